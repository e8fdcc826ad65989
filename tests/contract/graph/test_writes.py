"""What must not happen twice is never sent twice after something that may have reached Graph."""

import json

import pytest

from functions.errors import GraphError, GraphRejected, GraphThrottled, GraphUnreachable
from functions.graph.transport import Timeouts
from tests.contract.graph.conftest import Bench, Open
from tests.contract.graph.wire import answer, dropped, hang, head, raw, refused

MAY_HAVE_ARRIVED = {
    "dropped": dropped,
    "hangs": hang,
    "half an answer": raw(head(201, 100) + b'{"id":', close=True),
    "503 with a time to come back": refused(503, "serviceNotAvailable", headers={"Retry-After": "1"}),
    "500": refused(500, "InternalServerError"),
    "504": refused(504, "GatewayTimeout"),
    "concurrent write": refused(409, "Directory_ConcurrencyViolation"),
}


@pytest.mark.parametrize("how", MAY_HAVE_ARRIVED)
async def test_creation_is_not_sent_again(open_client: Open, how: str) -> None:
    bench = await open_client(timeouts=Timeouts(read=0.1))
    bench.wire.script = [MAY_HAVE_ARRIVED[how], answer(201, {"id": "second"})]
    with pytest.raises(GraphError) as caught:
        await bench.client.send("POST", "/groups", body={"displayName": "a"}, repeatable=False)
    assert isinstance(caught.value, GraphUnreachable | GraphThrottled | GraphRejected)
    assert len(bench.wire.asked) == 1
    assert bench.time.waits == []


@pytest.mark.parametrize("how", MAY_HAVE_ARRIVED)
async def test_repeatable_write_is_sent_again(open_client: Open, how: str) -> None:
    bench = await open_client(timeouts=Timeouts(read=0.1))
    bench.wire.script = [MAY_HAVE_ARRIVED[how], answer(204)]
    reply = await bench.client.send("PATCH", "/groups/1", body={"description": None}, repeatable=True)
    assert (reply.status, reply.body) == (204, b"")
    assert [json.loads(asked.body) for asked in bench.wire.asked] == [{"description": None}] * 2


async def test_creation_is_sent_again_after_being_turned_away(bench: Bench) -> None:
    bench.wire.script = [
        refused(429, "TooManyRequests", headers={"Retry-After": "4"}),
        refused(401, "InvalidAuthenticationToken"),
        answer(201, {"id": "a"}),
    ]
    reply = await bench.client.send("POST", "/groups", body={"displayName": "a"}, repeatable=False)
    assert reply.status == 201
    assert bench.time.waits == [4.0]
    assert len(bench.wire.asked) == 3


async def test_creation_is_sent_again_when_no_connection_came_about(open_client: Open) -> None:
    bench = await open_client(limit=2, url="http://127.0.0.1:9")
    with pytest.raises(GraphUnreachable):
        await bench.client.send("POST", "/groups", body={}, repeatable=False)
    assert bench.time.waits == [1.0, 2.0]


async def test_write_without_body_and_with_headers(bench: Bench) -> None:
    bench.wire.script = [answer(200, {"id": "a"})]
    await bench.client.send(
        "POST",
        "/directory/deletedItems/1/restore",
        repeatable=False,
        api="beta",
        headers={"Prefer": "create-if-missing"},
    )
    (asked,) = bench.wire.asked
    assert (asked.method, asked.target, asked.body) == ("POST", "/beta/directory/deletedItems/1/restore", b"")
    assert asked.headers["prefer"] == "create-if-missing"
    assert asked.headers["content-length"] == "0"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_other_verbs(bench: Bench, method: str) -> None:
    bench.wire.script = [answer(204)]
    assert (await bench.client.send(method, "/users/1/manager/$ref", repeatable=True)).status == 204
    assert bench.wire.asked[0].method == method


async def test_body_goes_out_as_it_is(bench: Bench) -> None:
    bench.wire.script = [answer(204)]
    body = {"jobTitle": None, "otherMails": [], "displayName": "Zoë 山田", "@odata.type": "#microsoft.graph.user"}
    await bench.client.send("PATCH", "/users/1", body=body, repeatable=True)
    (asked,) = bench.wire.asked
    assert json.loads(asked.body) == body
    assert asked.headers["content-type"] == "application/json"
