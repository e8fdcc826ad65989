"""Faults on demand: each does what it says to the calls it names, counts its hits, and leaves the rest alone."""

import time
from typing import Any

import aiohttp
import pytest

from tests.tenant import small
from tests.tenant.conftest import EVENTUAL, Api


@pytest.mark.parametrize(
    ("given", "header"), [(2, "2"), (1.5, "1.5"), ("Wed, 21 Oct 2026 07:28:00 GMT", None), (None, "")]
)
async def test_throttling_with_and_without_a_hint(api: Api, given: Any, header: str | None) -> None:
    rule = await api.fault(do="throttle", path="/users", times=2, **({"retryAfter": given} if given else {}))
    for _ in range(2):
        refused = await api.get("/v1.0/users")
        assert (refused.status, refused.code) == (429, "TooManyRequests")
        assert refused.headers.get("retry-after", "") == (given if header is None else header)
        assert refused.headers["x-ms-throttle-scope"]
        assert refused.body["error"]["innerError"]["code"] == "429"
    assert (await api.get("/v1.0/users")).status == 200
    assert await api.hits(rule) == 2


async def test_a_status_on_the_nth_matching_call(api: Api) -> None:
    rule = await api.fault(do="status", method="GET", path=r"^/v1\.0/groups", calls=[2, 4], status=503, code="Busy")
    statuses = [(await api.get("/v1.0/groups")).status for _ in range(5)]
    assert statuses == [200, 503, 200, 503, 200]
    assert (await api.get("/v1.0/users")).status == 200
    assert (await api.hits(rule)) == 2


async def test_a_dropped_connection(api: Api) -> None:
    rule = await api.fault(do="drop", path="/users", calls=[1, 2])  # the client of this test asks a second time
    with pytest.raises(aiohttp.ClientError):
        await api.get("/v1.0/users")
    assert (await api.get("/v1.0/users")).status == 200
    assert await api.hits(rule) == 2


async def test_a_write_that_happened_but_was_never_answered(api: Api) -> None:
    await api.fault(do="drop", method="PATCH", when="after", times=1)
    with pytest.raises(aiohttp.ClientError):
        await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"jobTitle": "x"})
    assert (await api.get(f"/v1.0/users/{small.user(1)}")).body["jobTitle"] == "x"
    assert [(write["status"], write["fault"]) for write in await api.writes()] == [(204, "drop#1")]


async def test_a_write_that_was_refused_before_it_happened(api: Api) -> None:
    await api.fault(do="status", method="PATCH", status=504, times=1)
    assert (await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"jobTitle": "x"})).status == 504
    assert (await api.get(f"/v1.0/users/{small.user(1)}")).body["jobTitle"] is None
    assert [(write["status"], write["fault"]) for write in await api.writes()] == [(0, "status#1")]


async def test_a_body_cut_by_a_closed_connection(api: Api) -> None:
    await api.fault(do="truncate", path="/users", times=1)
    with pytest.raises(aiohttp.ClientPayloadError):
        await api.get("/v1.0/users")
    assert (await api.get("/v1.0/users")).status == 200


async def test_a_body_cut_that_looks_whole(api: Api) -> None:
    await api.fault(do="truncate", path="/users", form="json", times=1)
    with pytest.raises(ValueError, match=r".*"):
        await api.get("/v1.0/users")


async def test_a_delay(api: Api) -> None:
    rule = await api.fault(do="delay", path="/users", seconds=0.2, times=1)
    began = time.monotonic()
    assert (await api.get("/v1.0/users")).status == 200
    assert time.monotonic() - began >= 0.2
    assert await api.hits(rule) == 1


async def test_an_expired_token_once(api: Api) -> None:
    await api.fault(do="expireAccess", times=1)
    refused = await api.get("/v1.0/users")
    assert (refused.status, refused.code) == (401, "InvalidAuthenticationToken")
    assert (await api.get("/v1.0/users")).status == 200


async def test_an_expired_page_token(api: Api) -> None:
    rule = await api.fault(do="expirePageToken", path="/users", calls=[2])
    link = (await api.get("/v1.0/users?$top=10")).body["@odata.nextLink"]
    link = (await api.get(link)).body["@odata.nextLink"]
    expired = await api.get(link)
    assert (expired.status, expired.code) == (400, "Directory_ExpiredPageToken")
    assert await api.hits(rule) == 1
    await api.fault(do="expirePageToken", code="DirectoryPageTokenNotFoundException", times=1)
    assert (await api.get(link)).code == "DirectoryPageTokenNotFoundException"


@pytest.mark.parametrize(
    ("rule", "status", "code"),
    [
        ({"do": "refuse"}, 403, "Authorization_RequestDenied"),
        ({"do": "unlicensed"}, 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"),
        ({"do": "unlicensed", "form": "pim"}, 400, "AadPremiumLicenseRequired"),
        ({"do": "unlicensed", "form": "intune"}, 400, "BadRequest"),
    ],
)
async def test_a_refused_or_unlicensed_type(api: Api, rule: dict[str, Any], status: int, code: str) -> None:
    await api.fault(path="^/v1.0/devices", **rule)
    refused = await api.get("/v1.0/devices")
    assert (refused.status, refused.code) == (status, code)
    assert (await api.get("/v1.0/users")).status == 200


async def test_a_next_link_to_another_host(api: Api) -> None:
    rule = await api.fault(do="foreignNextLink", path="/users", times=1, host="evil.example")
    assert (await api.get("/v1.0/users?$top=10")).body["@odata.nextLink"].startswith("https://evil.example/v1.0/users?")
    assert (await api.get("/v1.0/users?$top=10")).body["@odata.nextLink"].startswith(api.url)
    assert await api.hits(rule) == 1


async def test_objects_that_come_twice(api: Api) -> None:
    rule = await api.fault(do="duplicate", path="/users", count=3)
    pages = await api.pages("/v1.0/users?$select=id&$top=10")
    ids = [key for page in pages for key in page.ids]
    assert pages[1].ids[:3] == pages[0].ids[-3:]
    assert len(ids) > len(set(ids)) == small.USERS
    assert await api.hits(rule) == len(pages)


async def test_objects_that_come_twice_are_those_of_the_same_list(api: Api) -> None:
    await api.fault(do="duplicate", path="/users")
    await api.pages("/v1.0/users?$select=id&$top=10")
    for page in await api.pages("/v1.0/users?$select=displayName&$top=10"):
        assert all(item.keys() == {"displayName"} for item in page.body["value"])


async def test_an_empty_page_with_a_next_link(api: Api) -> None:
    rule = await api.fault(do="emptyPage", path="/users", calls=[1, 3])
    pages = await api.pages("/v1.0/users?$select=id&$top=10")
    assert [len(page.ids) for page in pages] == [0, 10, 0, 10, 5]
    assert len({key for page in pages for key in page.ids}) == small.USERS
    assert await api.hits(rule) == 2


async def test_objects_that_change_while_they_are_listed(api: Api) -> None:
    calls = [
        {"method": "DELETE", "path": f"/v1.0/users/{small.user(20)}"},
        {"method": "PATCH", "path": f"/v1.0/users/{small.user(21)}", "body": {"displayName": "Moved"}},
    ]
    rule = await api.fault(do="interleave", path="/users", calls=[1], requests=calls)
    pages = await api.pages("/v1.0/users?$select=id,displayName&$top=10")
    shown = {item["id"]: item["displayName"] for page in pages for item in page.body["value"]}
    assert small.user(20) not in shown
    assert shown[small.user(21)] == "Moved"
    assert await api.hits(rule) == 1
    assert [(write["method"], write["fault"]) for write in await api.writes()] == [
        ("DELETE", "interleave"),
        ("PATCH", "interleave"),
    ]


async def test_rules_can_be_cleared_and_wrong_ones_are_refused(api: Api) -> None:
    await api.fault(do="refuse")
    assert (await api.call("DELETE", "/_admin/faults")).status == 204
    assert (await api.get("/v1.0/users")).status == 200
    for wrong in ({}, {"do": "explode"}, {"do": "drop", "pth": "x"}, {"do": "drop", "path": "("}):
        assert (await api.call("POST", "/_admin/faults", wrong)).status == 400
    for wrong in ({"shufle": 1}, {"shuffle": "x"}, {"caRestore": "maybe"}):
        assert (await api.call("PATCH", "/_admin/switches", wrong)).status == 400


async def test_latency(api: Api) -> None:
    await api.switch(latency=120)
    began = time.monotonic()
    await api.get("/v1.0/users?$top=1")
    assert time.monotonic() - began >= 0.12
    assert (await api.switch_hits())["latency"] == 1


async def test_conditional_access_can_be_limited_without_a_hint(api: Api) -> None:
    path = "/v1.0/identity/conditionalAccess/policies"
    assert [(await api.get(path)).status for _ in range(3)] == [200] * 3
    await api.switch(rates={"conditionalAccess": 4})
    assert (await api.get(path)).status == 200
    refused = await api.get("/v1.0/identity/conditionalAccess/namedLocations")
    assert refused.status == 429
    assert "retry-after" not in refused.headers
    assert (await api.get("/v1.0/users")).status == 200
    assert (await api.switch_hits())["rates.conditionalAccess"] == 1


async def test_reports_can_be_limited_over_ten_seconds_with_a_hint(company: Api) -> None:
    await company.switch(rates={"reports": 0.5, "signInActivity": 0.1})
    paths = ["signIns", "directoryAudits", "provisioning", "signIns", "directoryAudits"]
    assert [(await company.get(f"/v1.0/auditLogs/{path}")).status for path in paths] == [200] * 5
    refused = await company.get("/v1.0/auditLogs/signIns")
    assert (refused.status, refused.code) == (429, "TooManyRequests")
    assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert [(await company.get("/v1.0/users?$select=id,signInActivity")).status for _ in range(2)] == [200, 429]
    assert (await company.get("/v1.0/users?$select=id")).status == 200
    assert await company.switch_hits() == {"rates.reports": 1, "rates.signInActivity": 1}


async def test_items_of_a_batch_count_against_the_rate_one_by_one(api: Api) -> None:
    await api.switch(rates={"conditionalAccess": 1})
    url = "/identity/conditionalAccess/policies"
    requests = [{"id": str(number), "method": "GET", "url": url} for number in range(3)]
    answer = await api.call("POST", "/v1.0/$batch", {"requests": requests})
    assert sorted(item["status"] for item in answer.body["responses"]) == [200, 429, 429]


async def test_switches_go_back_to_the_start(api: Api) -> None:
    await api.switch(maxPage=5)
    assert len((await api.get("/v1.0/users?$top=999")).ids) == 5
    assert (await api.call("DELETE", "/_admin/switches")).status == 204
    assert len((await api.get("/v1.0/users?$top=999")).ids) == small.USERS


async def test_a_fault_reaches_only_the_version_and_kind_of_call_it_names(api: Api) -> None:
    await api.fault(do="refuse", path="^/beta/", where="request")
    assert (await api.get("/beta/users")).status == 403
    assert (await api.get("/v1.0/users", EVENTUAL)).status == 200


async def test_headers_on_an_answer(api: Api) -> None:
    rule = await api.fault(do="headers", headers={"x-ms-throttle-limit-percentage": "0.9"}, calls=[1])
    assert (await api.get("/v1.0/users")).headers["x-ms-throttle-limit-percentage"] == "0.9"
    assert "x-ms-throttle-limit-percentage" not in (await api.get("/v1.0/users")).headers
    assert await api.hits(rule) == 1


async def test_a_call_meets_the_first_fault_that_answers_it(api: Api) -> None:
    first = await api.fault(do="status", status=503, times=1)
    second = await api.fault(do="refuse", times=1)
    assert [(await api.get("/v1.0/users")).status for _ in range(3)] == [503, 403, 200]
    assert (await api.hits(first), await api.hits(second)) == (1, 1)


async def test_a_replica_that_has_not_got_the_objects(api: Api) -> None:
    rule = await api.fault(do="absent", path=r"/users(\?|/)", times=3)
    page = await api.get("/v1.0/users?$select=id&$top=10")
    assert (page.status, page.ids, "@odata.nextLink" in page.body) == (200, [], False)
    for _ in range(2):
        lost = await api.get(f"/v1.0/users/{small.user(1)}")
        assert (lost.status, lost.code) == (404, "Request_ResourceNotFound")
    assert (await api.get(f"/v1.0/users/{small.user(1)}")).status == 200
    assert await api.hits(rule) == 3
