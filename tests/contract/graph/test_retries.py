"""Waiting as told, trying again what may be tried again, and stopping."""

import gzip

import pytest

from functions.errors import GraphRejected, GraphThrottled, GraphTokenRefused, GraphUnreachable
from functions.graph.pages import page, pages
from functions.graph.transport import Timeouts
from tests.contract.graph.conftest import Bench, Open
from tests.contract.graph.wire import answer, dropped, hang, head, listing, raw, refused, trickle


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Sun, 22 Nov 2026 02:00:30 GMT"}, 30.0),
        ({"Retry-After": "Sun, 22 Nov 2026 05:00:30 GMT", "Date": "Sun, 22 Nov 2026 05:00:10 GMT"}, 20.0),
        ({"Retry-After": "Sun, 22 Nov 2026 01:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, 1.0),
        ({"Retry-After": "nan"}, 1.0),
        ({}, 1.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_throttled_call_waits_as_told(bench: Bench, status: int, told: dict[str, str], wait: float) -> None:
    bench.wire.script = [refused(status, "TooManyRequests", headers=told), listing("a")]
    found = await page(bench.client, "/users")
    assert [bytes(item) for item in found.items] == [b'{"id": "a"}']
    assert bench.time.waits == [pytest.approx(wait)]
    assert len(bench.wire.asked) == 2
    assert bench.client.usage.throttled_seconds == pytest.approx(wait)


async def test_jitter_never_shortens_what_graph_told(open_client: Open) -> None:
    bench = await open_client(dice=lambda: 0.99)
    bench.wire.script = [refused(429, "", headers={"Retry-After": "10"}), listing()]
    await page(bench.client, "/users")
    assert 10.0 < bench.time.waits[0] < 11.0


async def test_waits_grow_where_graph_tells_nothing(bench: Bench) -> None:
    bench.wire.script = [refused(429, "UnknownError")]
    with pytest.raises(GraphThrottled) as caught:
        await page(bench.client, "/identity/conditionalAccess/policies", bucket="conditionalAccess")
    assert bench.time.waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]
    assert caught.value.retry_after == 0.0
    assert len(bench.wire.asked) == 7


async def test_long_wait_is_honoured_within_the_budget_and_handed_up_beyond_it(open_client: Open) -> None:
    bench = await open_client(budget=400.0)
    bench.wire.script = [refused(429, "TooManyRequests", headers={"Retry-After": "300"})]
    with pytest.raises(GraphThrottled) as caught:
        await page(bench.client, "/users")
    assert bench.time.waits == [300.0]
    assert caught.value.retry_after == 300.0
    assert caught.value.status == 429
    assert len(bench.wire.asked) == 2


async def test_throttling_in_the_middle_of_a_list_neither_loses_nor_doubles(bench: Bench) -> None:
    wire = bench.wire
    wire.script = [
        listing("a", "b", next_link=f"{wire.url}/v1.0/users?$skiptoken=1"),
        refused(429, "TooManyRequests", headers={"Retry-After": "3"}),
        dropped,
        refused(503, "serviceNotAvailable"),
        listing("c", next_link=f"{wire.url}/v1.0/users?$skiptoken=2"),
        refused(504, "UnknownError"),
        listing("d"),
    ]
    found = [bytes(item) async for one in pages(bench.client, "/users") for item in one.items]
    assert found == [b'{"id": "a"}', b'{"id": "b"}', b'{"id": "c"}', b'{"id": "d"}']
    assert [asked.target.partition("?")[2] for asked in wire.asked] == [
        "",
        *["$skiptoken=1"] * 4,
        *["$skiptoken=2"] * 2,
    ]


@pytest.mark.parametrize("status", [500, 502, 504, 509])
async def test_failing_service_is_asked_again_then_unreachable(open_client: Open, status: int) -> None:
    bench = await open_client(limit=2)
    bench.wire.script = [refused(status, "generalException")]
    with pytest.raises(GraphUnreachable) as caught:
        await bench.client.get("/users")
    assert caught.value.status == status
    assert len(bench.wire.asked) == 3


@pytest.mark.parametrize("status", [301, 302, 307, 400, 403, 404, 409, 501])
async def test_refusal_is_not_asked_again(bench: Bench, status: int) -> None:
    bench.wire.script = [refused(status, "Some_Code", "Some words", {"request-id": "r-9", "Location": bench.wire.url})]
    with pytest.raises(GraphRejected) as caught:
        await bench.client.get("/users?$select=id")
    error = caught.value
    assert (error.status, error.graph_code, error.graph_message) == (status, "Some_Code", "Some words")
    assert (error.path, error.request_id) == ("/v1.0/users", "r-9")
    assert len(bench.wire.asked) == 1


async def test_refused_token_is_replaced_once(bench: Bench) -> None:
    bench.wire.script = [refused(401, "InvalidAuthenticationToken"), listing("a")]
    await page(bench.client, "/users")
    assert [asked.headers["authorization"] for asked in bench.wire.asked] == ["Bearer old", "Bearer fresh-1"]
    assert bench.tokens.asked == [False, True]


async def test_challenge_for_claims_is_not_answered_behind_our_back(bench: Bench) -> None:
    challenge = {"WWW-Authenticate": 'Bearer error="insufficient_claims", claims="e30="'}
    bench.wire.script = [refused(401, "InvalidAuthenticationToken", headers=challenge)]
    with pytest.raises(GraphTokenRefused):
        await page(bench.client, "/users")
    assert len(bench.wire.asked) == 2
    assert bench.tokens.asked == [False, True]


async def test_refused_fresh_token_is_an_error(bench: Bench) -> None:
    bench.wire.script = [refused(401, "InvalidAuthenticationToken")]
    with pytest.raises(GraphTokenRefused) as caught:
        await page(bench.client, "/users")
    assert caught.value.status == 401
    assert len(bench.wire.asked) == 2


WHOLE = b'{"value":[{"id":"a"}]}'
BROKEN = {
    "no byte": dropped,
    "shorter than told": raw(head(200, len(WHOLE)) + WHOLE[:12], close=True),
    "whole JSON, but shorter than told": raw(head(200, 500) + WHOLE, close=True),
    "in the headers": raw(b"HTTP/1.1 200 OK\r\nContent-Ty", close=True),
    "in a chunk": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n16\r\n" + WHOLE[:9], close=True),
    "between chunks": raw(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n" + WHOLE[:9] + b"\r\n", close=True
    ),
    "without a length": raw(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + WHOLE[:-2], close=True),
    "told shorter than it is": raw(head(200, 10) + WHOLE, close=True),
    "not HTTP": raw(b"220 smtp.example.com ready\r\n\r\n", close=True),
    "empty": answer(200, b""),
    "not a list": answer(200, {"id": "a"}),
    "null": answer(200, b"null"),
    "an error at the end": answer(200, b'{"value":[{"id":"a"}],"error":{"code":"InternalServerError"}}'),
    "a gateway's page": answer(200, b"<html>busy</html>", {"Content-Type": "text/html"}),
    "broken text": answer(200, b'{"value":[{"id":"\xff"}],"@odata.nextLink":"\xff"}'),
    "broken gzip": answer(200, WHOLE, {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("how", BROKEN)
async def test_body_that_is_not_whole_is_never_a_page(open_client: Open, how: str) -> None:
    bench = await open_client(limit=2)
    bench.wire.script = [BROKEN[how]]
    with pytest.raises(GraphUnreachable) as caught:
        await page(bench.client, "/users")
    assert caught.value.status == 0
    assert len(bench.wire.asked) == 3


@pytest.mark.parametrize("how", BROKEN)
async def test_list_recovers_from_a_broken_page(bench: Bench, how: str) -> None:
    wire = bench.wire
    wire.script = [listing("a", next_link=f"{wire.url}/v1.0/users?p=2"), BROKEN[how], listing("b")]
    found = [bytes(item) async for one in pages(bench.client, "/users") for item in one.items]
    assert found == [b'{"id": "a"}', b'{"id": "b"}']


async def test_truncated_gzip_is_not_a_page(open_client: Open) -> None:
    bench = await open_client(limit=1)
    packed = gzip.compress(WHOLE)
    bench.wire.script = [
        answer(200, packed[:-12], {"Content-Encoding": "gzip"}),
        answer(200, packed, {"Content-Encoding": "gzip"}),
    ]
    assert len((await page(bench.client, "/users")).items) == 1
    assert len(bench.wire.asked) == 2


async def test_chunked_body_is_a_page(bench: Bench) -> None:
    chunks = b"5\r\n" + WHOLE[:5] + b"\r\n" + b"%x\r\n" % len(WHOLE[5:]) + WHOLE[5:] + b"\r\n0\r\n\r\n"
    bench.wire.script = [raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)]
    assert len((await page(bench.client, "/users")).items) == 1
    assert bench.time.waits == []


async def test_truncated_object_is_not_an_object(open_client: Open) -> None:
    bench = await open_client(limit=1)
    bench.wire.script = [answer(200, b'{"id":"a","displayName":'), answer(200, b'{"id":"a"}')]
    assert (await bench.client.get("/users/a")).body == b'{"id":"a"}'


async def test_body_that_is_not_json_passes_untouched(bench: Bench) -> None:
    bench.wire.script = [answer(200, b"\x89PNG", {"Content-Type": "image/png"})]
    assert (await bench.client.get("/me/photo/$value")).body == b"\x89PNG"


@pytest.mark.parametrize(("answering", "timeouts"), [(hang, Timeouts(read=0.1)), (trickle, Timeouts(whole=1.0))])
async def test_answer_that_never_ends_is_given_up(open_client: Open, answering: object, timeouts: Timeouts) -> None:
    bench = await open_client(timeouts=timeouts, limit=1)
    bench.wire.script = [answering]  # type: ignore[list-item]
    with pytest.raises(GraphUnreachable):
        await page(bench.client, "/users")
    assert len(bench.wire.asked) == 2


async def test_refused_connection_is_unreachable(open_client: Open) -> None:
    bench = await open_client(limit=1, url="http://127.0.0.1:9")
    with pytest.raises(GraphUnreachable):
        await bench.client.get("/users")
    assert bench.time.waits == [1.0]
