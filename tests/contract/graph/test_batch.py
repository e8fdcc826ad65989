"""Many reads in few round trips: nothing lost, nothing doubled, only what failed asked again."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping

import pytest

from functions.errors import GraphError, GraphRejected, GraphThrottled, GraphUnreachable
from functions.graph.batch import BatchGet, batch, children, streams
from functions.graph.reply import Reply
from tests.contract.graph.conftest import Bench, Open
from tests.contract.graph.wire import Asked, answer, batch_answer, dropped, list_body, listing, raw, refused

OK = {"status": 200, "headers": {"Content-Type": "application/json"}, "body": {"value": []}}


def gets(count: int) -> list[BatchGet]:
    return [BatchGet(f"g{n}", f"/groups/g{n}/members?$select=id") for n in range(count)]


def ok(*ids: str, next_link: str = "", units: str = "1") -> dict[str, object]:
    return {"status": 200, "headers": {"x-ms-resource-unit": units}, "body": list_body(*ids, next_link=next_link)}


def throttled(wait: str = "") -> dict[str, object]:
    headers = {"Retry-After": wait} if wait else {}
    return {"status": 429, "headers": headers, "body": {"error": {"code": "TooManyRequests", "message": ""}}}


def denied(status: int, code: str) -> dict[str, object]:
    return {"status": status, "body": {"error": {"code": code, "message": "m", "innerError": {"request-id": "r-1"}}}}


async def test_any_number_of_items_in_their_order_twenty_at_a_time(bench: Bench) -> None:
    serve = batch_answer(lambda _, url: ok(url.split("/")[2]))

    async def slow(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        await serve(asked, writer)

    bench.wire.script = [slow]
    replies = await batch(bench.client, gets(103))
    assert [reply.id for reply in replies] == [f"g{n}" for n in range(103)]
    assert [json.loads(bytes(reply.body))["value"][0]["id"] for reply in replies] == [f"g{n}" for n in range(103)]
    sizes = [len(json.loads(asked.body)["requests"]) for asked in bench.wire.asked]
    assert sorted(sizes) == [3, 20, 20, 20, 20, 20]
    assert 1 < bench.wire.most_open <= 4
    assert (bench.client.usage.requests, bench.client.usage.resource_units) == (6, 103)


async def test_items_carry_the_headers_of_a_read(bench: Bench) -> None:
    bench.wire.script = [batch_answer(lambda *_: OK)]
    await batch(bench.client, gets(2), api="beta")
    (asked,) = bench.wire.asked
    assert (asked.method, asked.target) == ("POST", "/beta/$batch")
    for item in json.loads(asked.body)["requests"]:
        assert item["method"] == "GET"
        assert item["url"].startswith("/groups/")
        assert item["headers"]["prefer"] == "include-unknown-enum-members"
        assert item["headers"]["x-ms-throttle-priority"] == "Low"


async def test_nothing_asked_is_nothing_sent(bench: Bench) -> None:
    bench.wire.script = [dropped]
    assert await batch(bench.client, []) == []
    assert bench.wire.asked == []


async def test_throttled_items_alone_are_sent_again_after_the_longest_wait(bench: Bench) -> None:
    tries: Counter[str] = Counter()

    def serve(_: str, url: str) -> Mapping[str, object]:
        name = url.split("/")[2]
        tries[name] += 1
        if tries[name] == 1 and name in {"g3", "g7"}:
            return throttled("2" if name == "g3" else "9.5")
        return ok(f"member of {name}")

    bench.wire.script = [batch_answer(serve)]
    replies = await batch(bench.client, gets(20))
    assert [json.loads(bytes(reply.body))["value"][0]["id"] for reply in replies] == [
        f"member of g{n}" for n in range(20)
    ]
    assert [len(json.loads(asked.body)["requests"]) for asked in bench.wire.asked] == [20, 2]
    assert {name: count for name, count in tries.items() if count > 1} == {"g3": 2, "g7": 2}
    assert bench.time.waits == [9.5]
    assert bench.client.usage.throttled_seconds == 9.5


@pytest.mark.parametrize("status", [503, 504, 500])
async def test_item_that_failed_to_be_served_is_sent_again(bench: Bench, status: int) -> None:
    bench.wire.script = [batch_answer(lambda *_: denied(status, "UnknownError")), batch_answer(lambda *_: ok("a"))]
    (reply,) = await batch(bench.client, gets(1))
    assert reply.status == 200
    assert bench.time.waits == [1.0]


async def test_item_left_out_is_asked_again_then_unreachable(open_client: Open) -> None:
    bench = await open_client(limit=2)
    bench.wire.script = [batch_answer(lambda _, url: None if "/g1/" in url else ok("a"))]
    first, second = await batch(bench.client, gets(2))
    assert (first.status, second.status) == (200, 0)
    assert [len(json.loads(asked.body)["requests"]) for asked in bench.wire.asked] == [2, 1, 1]
    failure = second.failure("/groups/g1/members?$select=id")
    assert isinstance(failure, GraphUnreachable)
    assert failure.path == "/groups/g1/members"
    assert first.failure("") is None


async def test_item_throttled_for_ever_is_throttled(open_client: Open) -> None:
    bench = await open_client(limit=2)
    bench.wire.script = [batch_answer(lambda *_: throttled("5"))]
    (reply,) = await batch(bench.client, gets(1))
    failure = reply.failure("/groups/g0/members")
    assert isinstance(failure, GraphThrottled)
    assert failure.retry_after == 5.0
    assert len(bench.wire.asked) == 3


async def test_refused_items_come_back_as_they_are(bench: Bench) -> None:
    bench.wire.script = [
        batch_answer(lambda _, url: denied(404, "Request_ResourceNotFound") if "/g1/" in url else ok("a"))
    ]
    replies = await batch(bench.client, gets(3))
    assert [reply.status for reply in replies] == [200, 404, 200]
    failure = replies[1].failure("/groups/g1/members")
    assert isinstance(failure, GraphRejected)
    assert (failure.graph_code, failure.request_id) == ("Request_ResourceNotFound", "r-1")
    assert len(bench.wire.asked) == 1


@pytest.mark.parametrize(
    "broken",
    [
        dropped,
        refused(429, "TooManyRequests"),
        refused(504, "UnknownError"),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", close=True),
        answer(200, {"value": []}),
    ],
)
async def test_broken_envelope_is_sent_again(bench: Bench, broken: object) -> None:
    bench.wire.script = [broken, batch_answer(lambda *_: ok("a"))]  # type: ignore[list-item]
    replies = await batch(bench.client, gets(20))
    assert {reply.status for reply in replies} == {200}
    assert len(bench.wire.asked) == 2


async def test_refused_envelope_is_an_error(bench: Bench) -> None:
    bench.wire.script = [refused(400, "BadRequest")]
    with pytest.raises(GraphRejected):
        await batch(bench.client, gets(45))


async def test_buckets_with_tiny_limits_are_read_one_after_another(open_client: Open) -> None:
    bench = await open_client(spacing=1.0)
    bench.wire.script = [listing("a"), refused(404, "Request_ResourceNotFound"), listing("b")]
    replies = await batch(bench.client, gets(3), bucket="reports")
    assert [asked.method for asked in bench.wire.asked] == ["GET"] * 3
    assert [reply.status for reply in replies] == [200, 404, 200]
    assert isinstance(replies[1].failure("/groups/g1"), GraphRejected)
    assert replies[2].failure("/groups/g2") is None
    assert bench.wire.most_open == 1
    assert bench.time.waits == pytest.approx([2.0, 2.0])


async def test_lists_in_a_bucket_with_a_tiny_limit_are_followed_one_after_another(open_client: Open) -> None:
    bench = await open_client()
    bench.wire.script = [listing("a", next_link=f"{bench.wire.url}/v1.0/x?p=2"), listing("b"), refused(403, "No")]
    found = [given async for _, given in children(bench.client, gets(2), bucket="reports")]
    assert [json.loads(item)["id"] for item in _items(found[0])] == ["a", "b"]
    assert isinstance(found[1], GraphRejected)
    assert bench.wire.most_open == 1


async def test_throttling_of_a_tiny_limit_is_not_tried_item_after_item(open_client: Open) -> None:
    bench = await open_client(limit=1)
    bench.wire.script = [refused(429, "TooManyRequests")]
    with pytest.raises(GraphThrottled):
        await batch(bench.client, gets(50), bucket="reports")
    assert len(bench.wire.asked) == 2


async def test_streams_are_read_as_they_are_and_not_in_a_batch(bench: Bench) -> None:
    image = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    bench.wire.script = [answer(200, image, {"Content-Type": "image/png"}), refused(404, "ImageNotFound")]
    found = [given async for _, given in streams(bench.client, gets(2), bucket="conditionalAccess")]
    assert isinstance(found[0], Reply)
    assert (found[0].body, found[0].headers["content-type"]) == (image, "image/png")
    assert isinstance(found[1], GraphRejected)
    assert [asked.method for asked in bench.wire.asked] == ["GET", "GET"]
    assert {asked.headers["accept"] for asked in bench.wire.asked} == {"*/*"}


async def test_children_are_followed_to_their_last_page(bench: Bench) -> None:
    wire = bench.wire

    def serve(_: str, url: str) -> Mapping[str, object]:
        if "/g0/" in url:
            return ok("m1", next_link=f"{wire.url}/v1.0/groups/g0/members?p=2")
        if "/g1/" in url:
            return denied(404, "Request_ResourceNotFound")
        if "/g2/" in url:
            return ok("m8", next_link="https://evil.example/v1.0/groups/g2/members?p=2")
        if "/g3/" in url:
            return {"status": 200, "body": {"id": "not a list"}}
        return ok()

    wire.script = [
        batch_answer(serve),
        listing("m2", next_link=f"{wire.url}/v1.0/groups/g0/members?p=3"),
        refused(429, "TooManyRequests", headers={"Retry-After": "1"}),
        listing("m3"),
    ]
    found = {name: given async for name, given in children(bench.client, gets(5))}
    assert list(found) == ["g0", "g1", "g2", "g3", "g4"]
    assert [json.loads(item)["id"] for item in _items(found["g0"])] == ["m1", "m2", "m3"]
    assert isinstance(found["g1"], GraphRejected)
    assert isinstance(found["g2"], GraphError)
    assert found["g2"].code == "foreignLink"
    assert isinstance(found["g3"], GraphUnreachable)
    assert found["g4"] == []


async def test_child_list_that_breaks_off_is_an_error_not_a_shorter_list(open_client: Open) -> None:
    bench = await open_client(limit=1)
    wire = bench.wire
    wire.script = [batch_answer(lambda *_: ok("m1", next_link=f"{wire.url}/v1.0/x?p=2")), dropped]
    ((_, found),) = [pair async for pair in children(bench.client, gets(1))]
    assert isinstance(found, GraphUnreachable)


def _items(found: object) -> list[bytes]:
    assert isinstance(found, list)
    return [bytes(item) for item in found]
