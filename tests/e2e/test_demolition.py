"""Thirty-six objects of nineteen types, all tied to each other, are destroyed for good; one plan brings them back.

What is compared is what two backups hold and what the tenant itself holds: every id that was given anew is read as the
old one, and what then still differs has to be in the plan's own words about the object.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from local.api_client import Tenant
from local.demo_quarter import PACKAGES, REPORT_ONLY, START_PASSWORD, V1, Quarter, Thing
from local.demo_quarter_build import quarter
from local.demo_same import GUID, unnamed
from tests.e2e.relay import Relays
from tests.e2e.stage import Json, Stage

type State = Mapping[tuple[str, str], Json]

# All that the plan says will be otherwise.
NAMED = {
    ("groups", "securityIdentifier"),
    ("users", "securityIdentifier"),
    ("conditionalAccessPolicies", "state"),
}
# What happened keeps the ids of its time.
HISTORY = {"signIn", "directoryAudit", "provisioningObjectSummary"}
REQUEST = "Request"  # the kinds of requests end so: what was asked for once


@dataclass
class Story:
    """All that a test may ask about."""

    stage: Stage
    quarter: Quarter
    first: str
    razed: str
    last: str
    gone: list[Thing]
    before: State
    after: State
    plan: Json
    items: list[Json]
    writes: list[Json]
    took: dict[str, float]
    ids: dict[str, str] = field(default_factory=dict)
    read: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """What is made anew has a new id, an application another name besides."""
        self.ids = {one["objectId"]: one["liveId"] for one in self.items if one["liveId"]}
        for key in ("applications", "servicePrincipals"):
            old, new = self.records(self.first, key), self.records(self.last, key)
            self.ids |= {
                old[id]["appId"]: new[self.ids[id]]["appId"] for kind, id in self.gone if kind == key and id in old
            }

    def records(self, run: str, key: str) -> dict[str, Json]:
        if (run, key) not in self.read:
            lines = self.stage.vault.records(run, key)
            self.read[run, key] = {identity: json.loads(line) for identity, line in lines.items()}
        return self.read[run, key]

    def told(self, key: str, identity: str) -> str:
        """All that the plan says will not come back of an object."""
        gaps = [gap for one in self.items if (one["type"], one["objectId"]) == (key, identity) for gap in one["gaps"]]
        return " ".join(f"{gap['what']} {gap['why']}" for gap in gaps)

    def new(self, name: str) -> str:
        return self.ids[self.quarter.id(name)]


def until(stage: Stage, plan: str, working: set[str]) -> Json:
    deadline = time.monotonic() + 120
    while (shown := stage.get(f"restore/plans/{plan}"))["state"] in working:
        assert time.monotonic() < deadline, shown["state"]
        time.sleep(0.1)
    return shown


def items_of(stage: Stage, plan: Json) -> list[Json]:
    found: list[Json] = []
    for page in range(1, plan["pages"] + 1):
        found += stage.get(f"restore/plans/{plan['planId']}/items", page=str(page))["items"]
    return found


def emptied(stage: Stage) -> None:
    """A month passes: what lay in the recycle bins is gone."""
    stage.admin("POST", "/_admin/clock", {"advanceSeconds": 31 * 86_400})


@pytest.fixture(scope="module")
def story(azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    settings = {"RESTORE_SETTLE_SECONDS": "0.05", "RESTORE_SETTLE_READS": "2"}
    with (
        Stage(tmp_path_factory.mktemp("demolition"), azurite, relays, users=40, **settings) as stage,
        closing(Tenant(stage)) as tenant,
    ):
        emptied(stage)
        built = quarter(stage.admin, stage.tenant_url)
        first = stage.backup()
        before = tenant.state()
        gone = built.raze(month=True)
        razed = stage.backup(*{key for key, _ in (*gone, *built.survivors)})
        began = time.monotonic()
        objects = [{"type": key, "id": identity} for key, identity in gone]
        reply = stage.call("POST", "restore/plans", json={"objects": objects, "run": first})
        assert reply.status_code in (201, 202), reply.text
        plan = until(stage, reply.json()["planId"], {"planning"})
        took = {"planning": time.monotonic() - began}
        assert plan["state"] == "planned", plan["error"]
        mark = stage.mark()
        began = time.monotonic()
        reply = stage.call("POST", f"restore/plans/{plan['planId']}/apply")
        assert reply.status_code == 202, reply.text
        plan = until(stage, plan["planId"], {"planned", "applying"})
        took["applying"] = time.monotonic() - began
        writes = stage.writes(mark)
        last = stage.backup()
        items = items_of(stage, plan)
        yield Story(stage, built, first, razed, last, gone, before, tenant.state(), plan, items, writes, took)


def test_it_is_a_demolition(story: Story) -> None:
    assert len(story.gone) >= 30
    assert len({key for key, _ in story.gone}) >= 12
    for key, identity in story.gone:
        assert identity in story.records(story.first, key)
        assert identity not in story.records(story.razed, key), f"{key} {identity} survived"
    dangling = story.stage.vault.manifest(story.razed)["references"]["first"]
    assert {one["type"] for one in dangling} == {key for key, _ in story.quarter.survivors}


def test_one_plan_does_it_all_and_graph_refuses_nothing(story: Story) -> None:
    undone = [(one["name"], step) for one in story.items for step in one["steps"] if step["outcome"] != "done"]
    assert undone == []
    assert story.plan["state"] == "applied", story.plan["error"]
    assert [(one["method"], one["path"], one["status"]) for one in story.writes if one["status"] >= 300] == []
    assert len(story.writes) == story.plan["progress"]["steps"]
    assert {one["standing"] for one in story.items if one["origin"] == "chosen"} == {"gone"}
    assert "{new:" not in json.dumps([[one["gaps"], one["name"]] for one in story.items])


def test_every_object_is_what_its_record_says_or_the_plan_names_it(story: Story) -> None:
    found, allowed = [], set()
    for key, identity in story.gone:
        old = story.records(story.first, key)[identity]
        new = story.records(story.last, key).get(story.ids.get(identity, ""))
        assert new is not None, f"{key} {identity} did not come back"
        found += [(key, *one) for one in unnamed(old, new, story.ids, story.told(key, identity))]
        allowed |= {(key, name) for name, _, _ in unnamed(old, new, story.ids, "")}
    assert found == []
    assert allowed == NAMED


def test_nothing_in_the_tenant_names_what_is_gone(story: Story) -> None:
    assert story.stage.vault.manifest(story.last)["references"]["dangling"] == 0
    dead = {old for old, new in story.ids.items() if old != new and GUID.fullmatch(old)}
    assert len(dead) > 25
    for (kind, identity), thing in story.after.items():
        if kind not in HISTORY and not kind.endswith(REQUEST):
            assert not set(GUID.findall(json.dumps(thing))) & dead, f"{kind} {identity} names what is gone"


def test_nobody_else_was_touched(story: Story) -> None:
    """What names nothing that was razed has the record that it had."""
    ours = set(story.ids) | {identity for _, identity in story.quarter.survivors}
    compared = 0
    for key, result in story.stage.vault.manifest(story.first)["types"].items():
        if result["file"] and result["container"] == "snapshots":
            now = story.records(story.last, key)
            for identity, old in story.records(story.first, key).items():
                if not ours & {identity, *GUID.findall(json.dumps(old))}:
                    assert identity in now, f"{key} {identity} is gone"
                    assert list(unnamed(old, now[identity], {}, "")) == [], f"{key} {identity} was changed"
                    compared += 1
    assert compared > 500


def test_what_survived_names_the_new_objects(story: Story) -> None:
    inner = story.new("inner")
    for key, identity in story.quarter.survivors:
        now = story.records(story.last, key)[identity]
        assert inner in json.dumps(now)
        assert story.quarter.id("inner") not in json.dumps(now)
    origins = {one["type"] for one in story.items if one["origin"] == "reference" and one["steps"]}
    assert origins == {key for key, _ in story.quarter.survivors}


def test_the_ties_are_there_by_their_new_ids(story: Story) -> None:
    stage, new = story.stage, story.new
    assert stage.linked(f"{V1}/groups/{new('outer')}/members") == {new("inner"), new("mate0")}
    assert stage.linked(f"{V1}/groups/{new('outer')}/owners") == {new("boss"), new("owner")}
    assert stage.admin("GET", f"{V1}/users/{new('mate3')}/manager")["id"] == new("boss")
    assert new("inner") in stage.admin("GET", f"{V1}/groups/{new('dynamic')}")["membershipRule"]
    assert stage.linked(f"{V1}/directory/administrativeUnits/{new('unit')}/members") == {new("mate0"), new("inner")}
    client, api = (stage.admin("GET", f"{V1}/applications/{new(name)}") for name in ("client", "api"))
    assert [one["resourceAppId"] for one in client["requiredResourceAccess"]] == [api["appId"]]
    assert [one["appId"] for one in api["api"]["preAuthorizedApplications"]] == [client["appId"]]
    assert api["identifierUris"] == [f"api://{api['appId']}"]
    assert stage.linked(f"{V1}/policies/claimsMappingPolicies/{new('claimsMappingPolicies')}/appliesTo") == {
        new("api principal")
    }
    strong = stage.admin("GET", f"{V1}/identity/conditionalAccess/policies/{new('strong')}")
    assert strong["grantControls"]["authenticationStrength"]["id"] == new("keys")
    assert strong["conditions"]["applications"]["includeApplications"] == [api["appId"]]
    held = stage.admin("GET", f"{PACKAGES}/accessPackages/{new('package')}/resourceRoleScopes?$expand=role,scope")
    assert [one["role"]["originId"] for one in held["value"]] == [f"Member_{new('outer')}"]


def test_policies_that_were_in_force_come_back_report_only(story: Story) -> None:
    states = {name: story.new(name) for name in ("strong", "places", "person")}
    found = {
        name: story.stage.admin("GET", f"{V1}/identity/conditionalAccess/policies/{identity}")["state"]
        for name, identity in states.items()
    }
    assert found == {"strong": REPORT_ONLY, "places": REPORT_ONLY, "person": "disabled"}


def test_no_password_is_kept_anywhere(story: Story) -> None:
    sent = set()
    for write in story.writes:
        body = json.loads(write["body"]) if write["body"] else {}
        if "passwordProfile" in body:
            sent.add(body["passwordProfile"]["password"])
    assert len(sent) == sum(key == "users" for key, _ in story.gone)
    vault, secrets = story.stage.vault, [secret.encode() for secret in (*sent, START_PASSWORD)]
    within = f"PartitionKey ge '{story.stage.tenant_id}' and PartitionKey lt '{story.stage.tenant_id}}}'"
    kept = [vault.blob(name) for name in vault.names() if "_plans" in name]
    kept += [str(vault.rows(table, within)).encode() for table in ("Restores", "Audit", "IdMap")]
    kept.append((story.stage.data / "host.log").read_bytes())
    assert not [secret for secret in secrets for text in kept if secret in text]


def test_a_second_plan_has_nothing_left_to_do(story: Story) -> None:
    objects = [{"type": key, "id": identity} for key, identity in story.gone]
    reply = story.stage.call("POST", "restore/plans", json={"objects": objects, "run": story.first})
    plan = until(story.stage, reply.json()["planId"], {"planning"})
    left = [(one["type"], one["name"], step["method"], step["path"], step["body"])
            for one in items_of(story.stage, plan) for step in one["steps"]]  # fmt: skip
    # Policies came back report-only: putting them in force is for whoever has looked at them.
    assert left == []
