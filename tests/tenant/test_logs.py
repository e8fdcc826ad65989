"""Logs of the emulated tenant: newest first, cut by their times, kept for a while, and late at times."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from aiohttp import web

from local.tenant.faults import Faults
from local.tenant.load import load
from local.tenant.schema.logs import KINDS, LOGS
from local.tenant.serve import Service
from local.tenant.server import application
from local.tenant.tenant import Tenant
from tests.tenant import small
from tests.tenant.conftest import Api

AUDITS, SIGN_INS, PROVISIONING = (
    "/v1.0/auditLogs/directoryAudits",
    "/v1.0/auditLogs/signIns",
    "/v1.0/auditLogs/provisioning",
)
EVERY = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Api]:
    tenant = Tenant(tmp_path, small.TENANT)
    load(tenant, 20, 5)
    runner = web.AppRunner(application(Service(tenant, Faults(), "local-token")), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Api(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    await runner.cleanup()
    tenant.close()


def ago(**by: float) -> datetime:
    return datetime.now(UTC) - timedelta(**by)


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def asked(api: Api, path: str, text: str) -> list[str]:
    answer = await api.get(f"{path}?$filter={quote(text)}")
    assert answer.status == 200, answer.body
    return answer.ids


async def add(api: Api, kind: str, identity: str, moment: datetime) -> None:
    event = {"id": identity, LOGS[kind].time: moment.isoformat(), "activityDisplayName": "Late"}
    added = await api.call("POST", f"/_admin/events/{kind}", event)
    assert added.status == 201, added.body


@EVERY
async def test_events_come_newest_first_on_every_page(company: Api, kind) -> None:
    time = LOGS[kind.name].time
    whole = (await company.get(f"/v1.0{kind.path}")).body["value"]
    times = [event[time] for event in whole]
    assert len(whole) > 5
    assert times == sorted(times, reverse=True)
    assert datetime.fromisoformat(times[-1]) < ago(days=20)
    pages = await company.pages(f"/v1.0{kind.path}?$top=4")
    assert [len(page.ids) for page in pages[:-1]] == [4] * (len(pages) - 1)
    assert [identity for page in pages for identity in page.ids] == [event["id"] for event in whole]


async def test_a_stretch_is_cut_out_with_both_its_ends(company: Api) -> None:
    middle = ago(days=3).replace(microsecond=0)
    for name, moment in (
        ("low", middle - timedelta(hours=1)),
        ("high", middle),
        ("over", middle + timedelta(microseconds=1)),
    ):
        await add(company, "directoryAudit", name, moment)
    found = await asked(
        company, AUDITS, f"activityDateTime ge {at(middle - timedelta(hours=1))} and activityDateTime le {at(middle)}"
    )
    assert {"low", "high"} <= set(found)
    assert "over" not in found
    assert "over" in await asked(company, AUDITS, f"activityDateTime ge {at(middle)}")


async def test_a_time_is_compared_with_the_operators_of_its_list_alone(company: Api) -> None:
    when = at(ago(days=2))
    for path, name, operators in (
        (SIGN_INS, "createdDateTime", ("gt", "lt", "ne")),
        (AUDITS, "activityDateTime", ("gt", "lt")),
        (PROVISIONING, "activityDateTime", ("ge", "le")),
    ):
        for operator in operators:
            answer = await company.get(f"{path}?$filter={quote(f'{name} {operator} {when}')}")
            assert answer.status == 400, (path, operator)
    assert await asked(company, PROVISIONING, f"activityDateTime gt {at(ago(days=29))} and activityDateTime lt {when}")


async def test_an_event_that_is_listed_late_takes_its_place_among_the_others(company: Api) -> None:
    before = (await company.get(AUDITS)).ids
    await add(company, "directoryAudit", "late", ago(days=5))
    after = (await company.get(AUDITS)).body["value"]
    assert [event["id"] for event in after if event["id"] != "late"] == before
    times = [event["activityDateTime"] for event in after]
    assert times == sorted(times, reverse=True)
    assert 0 < [event["id"] for event in after].index("late") < len(after) - 1


async def test_an_event_that_cannot_be_is_refused(company: Api) -> None:
    when = at(ago(days=1))
    for kind, event in (
        ("user", {"id": "a", "createdDateTime": when}),
        ("signIn", {"createdDateTime": when}),
        ("signIn", {"id": "a"}),
        ("signIn", {"id": "a", "createdDateTime": "yesterday"}),
        ("signIn", {"id": "a", "createdDateTime": when, "colour": "red"}),
    ):
        assert (await company.call("POST", f"/_admin/events/{kind}", event)).status == 400, event
    await add(company, "directoryAudit", "once", ago(days=1))
    again = {"id": "once", "activityDateTime": when}
    assert (await company.call("POST", "/_admin/events/directoryAudit", again)).status == 400


async def test_events_are_kept_for_as_long_as_the_licence_says(company: Api) -> None:
    whole = len((await company.get(AUDITS)).ids)
    await company.switch(licences=())
    free = (await company.get(AUDITS)).body["value"]
    assert 0 < len(free) < whole
    assert all(datetime.fromisoformat(event["activityDateTime"]) > ago(days=7, minutes=1) for event in free)
    await company.switch(licences=("AAD_PREMIUM",))
    await company.travel(20)
    assert 0 < len((await company.get(AUDITS)).ids) < whole
    await company.travel(11)
    assert (await company.get(AUDITS)).ids == []


async def test_sign_ins_take_a_licence_and_audits_do_not(company: Api) -> None:
    await company.switch(licences=())
    for path in (SIGN_INS, PROVISIONING):
        refused = await company.get(path)
        assert (refused.status, refused.code) == (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    assert (await company.get(AUDITS)).status == 200


@EVERY
async def test_a_log_takes_a_permission_and_is_not_in_china(company: Api, kind) -> None:
    await company.switch(revoked=["AuditLog.Read.All", "ProvisioningLog.Read.All"])
    assert (await company.get(f"/v1.0{kind.path}")).code == "Authorization_RequestDenied"
    await company.switch(revoked=[], cloud="china")
    assert (await company.get(f"/v1.0{kind.path}")).status == 400


async def test_the_three_share_five_requests_in_ten_seconds(company: Api) -> None:
    await company.switch(rates={"reports": 0.5})
    answers = [await company.get(path) for path in (SIGN_INS, AUDITS, PROVISIONING) * 2]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 10


@EVERY
async def test_events_cannot_be_written(company: Api, kind) -> None:
    assert (await company.call("POST", f"/v1.0{kind.path}", {"id": "a"})).status >= 400
    first = (await company.get(f"/v1.0{kind.path}")).ids[0]
    assert (await company.call("DELETE", f"/v1.0{kind.path}/{first}")).status >= 400
    assert first in (await company.get(f"/v1.0{kind.path}")).ids
