"""Every fault that Graph can do to a read, done to one type of each kind.

A fault that passes costs nothing: the type is read whole, and nothing about it has changed. One that lasts costs that
type alone: its outcome and gap say so, nothing of it counts as deleted, and the next run finds it as it was.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from functions.catalogue import TYPES
from functions.catalogue.devices import DEVICES
from functions.catalogue.groups import GROUPS
from functions.catalogue.model import ObjectType, Outcome
from functions.core.manifest import Manifest, TypeResult
from tests.flow.company_world import Company, open_company, outcomes

type Json = dict[str, Any]


@dataclass(frozen=True)
class Subject:
    """A type of one kind. Patterns of paths: `reads` give its objects, and are items of a `$batch` where `item` says
    so; `lists` come in pages of `page`; `sent` are the requests on the wire that carry its objects."""

    key: str
    reads: str
    lists: str = ""
    page: int = 5
    item: bool = False
    unlicensed: str = ""

    @property
    def entry(self) -> ObjectType:
        return TYPES[self.key]

    @property
    def sent(self) -> str:
        return r"/\$batch" if self.item else self.reads

    @property
    def where(self) -> str:
        return "item" if self.item else "request"


AUDITS = "directoryAudits"
SUBJECTS = {
    "collection": Subject("groups", r"^/v1.0/groups\?.*displayName", r"^/v1.0/groups\?.*displayName", page=15),
    "singleton": Subject("authorizationPolicy", "^/v1.0/policies/authorizationPolicy"),
    "filtered": Subject(
        "roleManagementPolicies",
        r"^/v1.0/policies/roleManagementPolicies\?",
        r"^/v1.0/policies/roleManagementPolicies\?",
        page=15,
        unlicensed="pim",
    ),
    "beta": Subject(
        "configurationPolicies",
        r"^/beta/deviceManagement/configurationPolicies\?",
        r"^/beta/deviceManagement/configurationPolicies\?",
        page=1,
        unlicensed="intune",
    ),
    "log": Subject(AUDITS, r"^/v1.0/auditLogs/directoryAudits\?", r"^/v1.0/auditLogs/directoryAudits\?"),
    "children": Subject(
        "appRoleAssignments", "/appRoleAssignedTo", r"^/v1.0/servicePrincipals\?\$select", page=6, item=True
    ),
    "each": Subject(
        "lifecycleWorkflows",
        "^/v1.0/identityGovernance/lifecycleWorkflows/workflows/[0-9a-f]",
        r"^/v1.0/identityGovernance/lifecycleWorkflows/workflows\?",
        page=1,
        item=True,
        unlicensed="governance",
    ),
}
PAGED = [name for name, subject in SUBJECTS.items() if subject.lists]
BYSTANDER = DEVICES  # read without a batch


@pytest.fixture(scope="module")
async def opened(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    async with open_company(azurite, tmp_path_factory.mktemp("tenant"), users=20, seed=12) as company:
        yield company


@pytest.fixture(scope="module")
async def first(opened: Company) -> Manifest:
    """A run of all subjects, undisturbed. The log has pages of events in what every later run reads again."""
    for _ in range(3 * SUBJECTS["log"].page):
        await add_event(opened)
    manifest = await opened.run(*(subject.entry for subject in SUBJECTS.values()), BYSTANDER)
    assert outcomes(manifest.types) == {}
    return manifest


@pytest.fixture
async def company(opened: Company, first: Manifest) -> AsyncIterator[Company]:
    yield opened
    await opened.tenant.calm()


@pytest.fixture(params=SUBJECTS)
async def subject(company: Company, request: pytest.FixtureRequest) -> Subject:
    found = SUBJECTS[request.param]
    await company.tenant.switch(maxPage=found.page)
    return found


_numbers = count(1)


async def add_event(company: Company) -> None:
    """An event of the last hours, listed late: runs read it though their watermark is past it."""
    number = next(_numbers)
    moment = datetime.now(UTC) - timedelta(hours=1, seconds=number)
    event = {"id": f"Directory_late_{number:04}", "activityDateTime": moment.isoformat()}
    reply = await company.http.post("/_admin/events/directoryAudit", json=event)
    assert reply.status_code == 201, reply.text


async def check_whole(company: Company, subject: Subject, result: TypeResult, first: Manifest) -> None:
    """All of the type was read, and it is what it was."""
    assert (result.outcome, result.gaps) == (Outcome.READ, ())
    if subject.key == AUDITS:
        there = [one["id"] for one in await company.tenant.state("directoryAudit")]
        assert sorted(await company.events(AUDITS)) == sorted(there)
        return
    assert (result.created, result.updated, result.deleted) == (0, 0, 0)
    lines = [await company.lines(results, subject.entry) for results in ({subject.key: result}, first.types)]
    assert lines[0] == lines[1]


# ---- what passes -----------------------------------------------------------------------------------------------------

READS: dict[str, Json] = {  # done to the reads of objects, items of a batch among them
    "throttled, told how long": {"do": "throttle", "retryAfter": 1},
    "throttled, untold": {"do": "throttle"},
    "500": {"do": "status", "status": 500},
    "503, told how long": {"do": "throttle", "status": 503, "code": "serviceNotAvailable", "retryAfter": "0.5"},
    "504": {"do": "status", "status": 504, "code": "GatewayTimeout"},
}
SENT: dict[str, Json] = {  # done to requests on the wire
    "throttled whole": {"do": "throttle", "retryAfter": 1},
    "dropped": {"do": "drop"},
    "cut off": {"do": "truncate", "form": "connection"},
    "half an answer": {"do": "truncate", "form": "json"},
    "too late": {"do": "delay", "seconds": 1.5},
    "token expired": {"do": "expireAccess"},
}
LISTS: dict[str, Json] = {  # done to pages
    "page token expired": {"do": "expirePageToken"},
    "repeated objects": {"do": "duplicate", "count": 2},
    "empty page": {"do": "emptyPage"},
}


async def check_passing(company: Company, subject: Subject, first: Manifest, fault: Json) -> None:
    if subject.key == AUDITS:
        await add_event(company)
    number = await company.tenant.fault(**fault)
    results = await company.attempt(subject.entry)
    assert await company.tenant.hits(number) >= 1
    await check_whole(company, subject, results[subject.key], first)


@pytest.mark.parametrize("fault", READS)
async def test_a_read_that_fails_once_is_repeated(
    company: Company, subject: Subject, first: Manifest, fault: str
) -> None:
    rule = {**READS[fault], "path": subject.reads, "where": subject.where, "calls": [1, 2]}
    await check_passing(company, subject, first, rule)


@pytest.mark.parametrize("fault", SENT)
async def test_a_request_that_is_lost_once_is_repeated(
    company: Company, subject: Subject, first: Manifest, fault: str
) -> None:
    await check_passing(company, subject, first, {**SENT[fault], "path": subject.sent, "where": "request", "times": 1})


@pytest.mark.parametrize("subject", PAGED, indirect=True)
@pytest.mark.parametrize("fault", LISTS)
async def test_pages_that_come_otherwise_make_the_same_list(
    company: Company, subject: Subject, first: Manifest, fault: str
) -> None:
    await check_passing(company, subject, first, {**LISTS[fault], "path": subject.lists, "times": 2})


# ---- what lasts ------------------------------------------------------------------------------------------------------

REFUSED = (Outcome.REFUSED, "permissionMissing")
UNLICENSED = (Outcome.UNLICENSED, "licenceMissing")
LASTING: dict[str, tuple[Json, tuple[Outcome, str]]] = {
    "refused": ({"do": "refuse", "at": "reads"}, REFUSED),
    "unlicensed": ({"do": "unlicensed", "at": "reads"}, UNLICENSED),
    "throttled": ({"do": "throttle", "at": "reads"}, (Outcome.FAILED, "graphThrottled")),
    "500": ({"do": "status", "status": 500, "at": "reads"}, (Outcome.FAILED, "graphUnreachable")),
    "dropped": ({"do": "drop", "at": "sent"}, (Outcome.FAILED, "graphUnreachable")),
    "half an answer": ({"do": "truncate", "form": "json", "at": "sent"}, (Outcome.FAILED, "graphUnreachable")),
    "token expired": ({"do": "expireAccess", "at": "sent"}, (Outcome.FAILED, "graphTokenRefused")),
    "page token expired": ({"do": "expirePageToken", "at": "lists"}, (Outcome.FAILED, "graphError")),
    "foreign link": ({"do": "foreignNextLink", "at": "lists"}, (Outcome.FAILED, "foreignLink")),
}


def rule_of(subject: Subject, described: Json) -> Json:
    rule = dict(described)
    at = rule.pop("at")
    if rule["do"] == "unlicensed":
        rule["form"] = subject.unlicensed
    if at == "reads":
        rule["where"] = subject.where
    return {**rule, "path": getattr(subject, at)}


@pytest.mark.parametrize(
    ("subject", "fault"),
    [(name, fault) for name in SUBJECTS for fault in LASTING if name in PAGED or LASTING[fault][0]["at"] != "lists"],
    indirect=["subject"],
)
async def test_a_fault_that_lasts_costs_its_type_and_nothing_else(
    company: Company, subject: Subject, first: Manifest, fault: str
) -> None:
    described, (outcome, code) = LASTING[fault]
    if subject.key == AUDITS:
        await add_event(company)
    number = await company.tenant.fault(**rule_of(subject, described))
    manifest = await company.run(subject.entry, BYSTANDER)
    assert await company.tenant.hits(number) >= 1
    found = manifest.types[subject.key]
    if subject.key == AUDITS and code == "graphError":  # a log goes on in shorter slices, and then gives up by itself
        code = "pageTokenExpired"
    assert (found.outcome, [gap.code for gap in found.gaps]) == (outcome, [code])
    assert found.gaps[0].remedy
    assert (found.created, found.updated, found.deleted, found.file) == (0, 0, 0, "")
    beside = manifest.types[BYSTANDER.key]
    assert (beside.outcome, beside.objects, beside.gaps) == (Outcome.READ, first.types[BYSTANDER.key].objects, ())
    await company.tenant.calm()
    again = await company.run(subject.entry)
    await check_whole(company, subject, again.types[subject.key], first)


@pytest.mark.parametrize("subject", PAGED, indirect=True)
async def test_a_list_that_breaks_off_is_not_the_whole_list(
    company: Company, subject: Subject, first: Manifest
) -> None:
    """Its first page has come, and its objects were read."""
    if subject.key == AUDITS:
        await add_event(company)
    number = await company.tenant.fault(do="status", status=500, path=f"{subject.lists}.*skiptoken=")
    manifest = await company.run(subject.entry, BYSTANDER)
    assert await company.tenant.hits(number) >= 1
    found = manifest.types[subject.key]
    assert (found.outcome, [gap.code for gap in found.gaps]) == (Outcome.FAILED, ["graphUnreachable"])
    assert (found.created, found.updated, found.deleted, found.file) == (0, 0, 0, "")
    await company.tenant.calm()
    await check_whole(company, subject, (await company.run(subject.entry)).types[subject.key], first)


BATCHED = [name for name, subject in SUBJECTS.items() if subject.item]


@pytest.mark.parametrize("subject", BATCHED, indirect=True)
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [({"do": "refuse"}, Outcome.REFUSED), ({"do": "status", "status": 503}, Outcome.FAILED)],
    ids=["refused", "503"],
)
async def test_one_item_of_a_batch_that_never_comes_is_not_passed_over(
    company: Company, subject: Subject, first: Manifest, fault: Json, outcome: Outcome
) -> None:
    before = await company.records(first.types, subject.entry)
    named = before[0]["resourceId" if subject.key == "appRoleAssignments" else "id"]
    number = await company.tenant.fault(**fault, path=f"{named}.*", where="item")
    found = (await company.attempt(subject.entry))[subject.key]
    assert await company.tenant.hits(number) >= 1
    assert (found.outcome, found.deleted, found.file) == (outcome, 0, "")


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        ({"do": "refuse"}, Outcome.PARTIAL, "permissionMissing"),
        ({"do": "unlicensed"}, Outcome.PARTIAL, "licenceMissing"),
        ({"do": "status", "status": 500}, Outcome.FAILED, "graphUnreachable"),
        ({"do": "throttle"}, Outcome.FAILED, "graphThrottled"),
    ],
    ids=["refused", "unlicensed", "500", "throttled"],
)
@pytest.mark.parametrize("path", [r"/groups\?.*expand=owners", "/groups/.*/settings"], ids=["expanded", "batched"])
async def test_a_relationship_that_cannot_be_read_is_absent_and_not_empty(
    company: Company, path: str, fault: Json, outcome: Outcome, code: str
) -> None:
    name = "owners" if "owners" in path else "settings"
    number = await company.tenant.fault(**fault, path=path)
    results = await company.attempt(GROUPS)
    assert await company.tenant.hits(number) >= 1
    found = results["groups"]
    assert (found.outcome, [gap.code for gap in found.gaps], found.deleted) == (outcome, [code], 0)
    if outcome is Outcome.PARTIAL:
        assert f"{name} of Groups" in found.gaps[0].message
        assert not any(name in one["@relationships"] for one in await company.records(results, GROUPS))
