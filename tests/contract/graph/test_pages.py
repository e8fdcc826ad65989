"""A list to its end, one page ahead of its reader; and what every read carries."""

import asyncio

import msgspec
import pytest

from functions.errors import DeltaExpired, GraphRejected, GraphUnreachable, PageTokenExpired
from functions.graph.pages import page, pages
from tests.contract.graph.conftest import Bench
from tests.contract.graph.wire import answer, listing, refused


async def test_every_read_yields_and_asks_for_all_enum_members(bench: Bench) -> None:
    wire = bench.wire
    wire.script = [listing("a", next_link=f"{wire.url}/beta/users?p=2"), listing("b")]
    assert len([one async for one in pages(bench.client, "/users", api="beta")]) == 2
    for asked in wire.asked:
        assert asked.headers["x-ms-throttle-priority"] == "Low"
        assert asked.headers["prefer"] == "include-unknown-enum-members"
        assert asked.headers["accept"] == "application/json"
        assert len(asked.headers["client-request-id"]) == 36
        assert asked.headers["user-agent"].startswith("Lifeboat")
    assert wire.asked[0].target == "/beta/users"
    assert wire.asked[0].headers["client-request-id"] != wire.asked[1].headers["client-request-id"]


async def test_own_headers_are_added(bench: Bench) -> None:
    bench.wire.script = [answer(200, {"value": []})]
    await bench.client.get("/users/$count", headers={"ConsistencyLevel": "eventual", "Prefer": "return=minimal"})
    headers = bench.wire.asked[0].headers
    assert headers["consistencylevel"] == "eventual"
    assert headers["prefer"] == "include-unknown-enum-members, return=minimal"


async def test_one_attempt_after_another_has_the_same_client_request_id(bench: Bench) -> None:
    bench.wire.script = [refused(503, ""), listing()]
    await page(bench.client, "/users")
    assert len({asked.headers["client-request-id"] for asked in bench.wire.asked}) == 1


async def test_link_is_sent_as_graph_gave_it(bench: Bench) -> None:
    wire = bench.wire
    query = "%24skiptoken=RFNwdAIAAQ%3d%3d'x'(y),z:@+%20%2F|{}~!*&$select=id"
    wire.script = [listing(next_link=f"{wire.url}/v1.0/users?{query}"), listing("a")]
    assert [len(one.items) async for one in pages(bench.client, "/users")] == [0, 1]
    assert wire.asked[1].target == f"/v1.0/users?{query}"


async def test_page_keeps_objects_as_they_came(bench: Bench) -> None:
    body = b'{"@odata.context":"c","value":[{"id": "a", "n": 1.10, "x": null},\n{"id":"b"}],"@odata.deltaLink":"d"}'
    bench.wire.script = [answer(200, body)]
    found = await page(bench.client, "/users/delta")
    assert [bytes(item) for item in found.items] == [b'{"id": "a", "n": 1.10, "x": null}', b'{"id":"b"}']
    assert (found.next_link, found.delta_link) == ("", "d")


async def test_next_page_is_fetched_while_the_reader_works(bench: Bench) -> None:
    wire = bench.wire
    wire.script = [listing("a", next_link=f"{wire.url}/v1.0/users?p=2"), listing("b")]
    walk = aiter(pages(bench.client, "/users"))
    await anext(walk)
    for _ in range(100):
        if len(wire.asked) == 2:
            break
        await asyncio.sleep(0.01)
    assert len(wire.asked) == 2
    assert [len(one.items) async for one in walk] == [1]


async def test_reader_that_stops_leaves_nothing_running(bench: Bench) -> None:
    wire = bench.wire
    wire.script = [listing("a", next_link=f"{wire.url}/v1.0/users?p=2"), refused(403, "Authorization_RequestDenied")]
    before = asyncio.all_tasks()
    walk = pages(bench.client, "/users")
    await anext(walk)
    await walk.aclose()  # type: ignore[attr-defined]
    assert not [task for task in asyncio.all_tasks() - before if "page" in repr(task)]


async def test_list_that_points_at_itself_has_no_end(bench: Bench) -> None:
    wire = bench.wire
    wire.script = [listing("a", next_link=f"{wire.url}/v1.0/users?p=2")]
    walk = pages(bench.client, "/users")
    await anext(walk)
    with pytest.raises(GraphUnreachable):
        await anext(walk)


@pytest.mark.parametrize("code", ["Directory_ExpiredPageToken", "DirectoryPageTokenNotFoundException"])
async def test_expired_page_token_is_told_apart(bench: Bench, code: str) -> None:
    bench.wire.script = [refused(400, code)]
    with pytest.raises(PageTokenExpired):
        await page(bench.client, "/users")
    assert len(bench.wire.asked) == 1


@pytest.mark.parametrize(
    ("status", "code", "location"),
    [(410, "", "https://g/delta?$deltatoken="), (400, "syncStateNotFound", ""), (400, "resyncRequired", "")],
)
async def test_expired_delta_link_names_the_new_start(bench: Bench, status: int, code: str, location: str) -> None:
    bench.wire.script = [refused(status, code, headers={"Location": location} if location else None)]
    with pytest.raises(DeltaExpired) as caught:
        await page(bench.client, "/users/delta?$deltatoken=x")
    assert caught.value.location == location


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"error":null}',
        b'{"error":{"code":5,"message":[]}}',
        b'{"error":{"innererror":{"request-id":"r"}}}',
    ],
)
async def test_refusal_in_any_shape_is_a_refusal(bench: Bench, body: bytes) -> None:
    bench.wire.script = [answer(403, body)]
    with pytest.raises(GraphRejected) as caught:
        await page(bench.client, "/users")
    assert (caught.value.status, caught.value.graph_code) == (403, "")


async def test_usage_counts_requests_and_units_for_its_own_activity(bench: Bench) -> None:
    bench.wire.script = [listing(headers={"x-ms-resource-unit": "2"})]
    one, other = bench.client.with_usage(), bench.client.with_usage()
    for _ in range(3):
        await page(one, "/users")
    await page(other, "/users")
    assert (one.usage.requests, one.usage.resource_units) == (3, 6)
    assert (other.usage.requests, other.usage.resource_units) == (1, 2)
    assert bench.client.usage.requests == 0


def test_page_is_split_without_decoding_objects() -> None:
    from functions.graph.pages import read_page

    found = read_page(b'{"value":[{"id":"a"}]}')
    assert isinstance(found.items[0], msgspec.Raw)
