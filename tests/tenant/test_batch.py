"""`$batch`: twenty requests in one, each for itself."""

from typing import Any

import pytest

from tests.tenant import small
from tests.tenant.conftest import Api


def get(number: int, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "method": "GET", "url": f"/users/{small.user(number)}?$select=id", **more}


async def send(api: Api, items: list[dict[str, Any]], version: str = "v1.0") -> dict[str, dict[str, Any]]:
    answer = await api.call("POST", f"/{version}/$batch", {"requests": items})
    assert answer.status == 200, answer.body
    return {response["id"]: response for response in answer.body["responses"]}


async def test_items_are_answered_one_by_one(api: Api) -> None:
    items = [get(1), get(999), {"id": "bad", "method": "GET", "url": "users?$select=nothing"}]
    done = await send(api, items)
    assert done["1"]["status"] == 200
    assert done["1"]["body"]["id"] == small.user(1)
    assert done["1"]["headers"]["x-ms-resource-unit"] == "1"
    assert (done["999"]["status"], done["999"]["body"]["error"]["code"]) == (404, "Request_ResourceNotFound")
    assert done["bad"]["status"] == 400


async def test_answers_come_in_any_order(api: Api) -> None:
    items = [get(number) for number in range(20)]
    answer = await api.call("POST", "/v1.0/$batch", {"requests": items})
    order = [response["id"] for response in answer.body["responses"]]
    assert order != sorted(order, key=int)
    assert sorted(order, key=int) == [str(number) for number in range(20)]


@pytest.mark.parametrize(
    "items",
    [
        [get(number) for number in range(21)],
        [get(1), get(1)],
        [{**get(1), "id": "a"}, {**get(2), "id": "A"}],
        [],
        [get(1, dependsOn=["7"])],
        [get(1, dependsOn=["2"]), get(2, dependsOn=["1"])],
        [{"id": "1"}],
    ],
)
async def test_a_wrong_envelope_is_refused_whole(api: Api, items: list[dict[str, Any]]) -> None:
    assert (await api.call("POST", "/v1.0/$batch", {"requests": items})).status == 400


async def test_more_than_twenty_has_a_code_of_its_own(api: Api) -> None:
    refused = await api.call("POST", "/v1.0/$batch", {"requests": [get(number) for number in range(21)]})
    assert refused.code == "MaximumValueExceeded"


async def test_what_depends_on_a_failure_is_not_done(api: Api) -> None:
    json = {"Content-Type": "application/json"}
    path = f"/users/{small.user(2)}"
    items = [
        {"id": "1", "method": "PATCH", "url": path, "headers": json, "body": {"nothing": 1}},
        {"id": "2", "method": "PATCH", "url": path, "headers": json, "body": {"jobTitle": "x"}, "dependsOn": ["1"]},
        {"id": "3", "method": "PATCH", "url": path, "headers": json, "body": {"city": "Kiel"}},
        {"id": "4", "method": "GET", "url": path + "?$select=city", "dependsOn": ["3"]},
    ]
    done = await send(api, items)
    assert [done[key]["status"] for key in "1234"] == [400, 424, 204, 200]
    assert done["4"]["body"]["city"] == "Kiel"
    assert (await api.get(f"/v1.0{path}?$select=jobTitle")).body["jobTitle"] is None


async def test_a_body_needs_its_content_type(api: Api) -> None:
    item = {"id": "1", "method": "PATCH", "url": f"/users/{small.user(2)}", "body": {"jobTitle": "x"}}
    assert (await send(api, [item]))["1"]["status"] == 400


async def test_headers_belong_to_the_item(api: Api) -> None:
    url = "/users/$count"
    items = [
        {"id": "1", "method": "GET", "url": url},
        {"id": "2", "method": "GET", "url": url, "headers": {"ConsistencyLevel": "eventual"}},
    ]
    answer = await api.call("POST", "/v1.0/$batch", {"requests": items}, {"ConsistencyLevel": "eventual"})
    done = {response["id"]: response for response in answer.body["responses"]}
    assert (done["1"]["status"], done["2"]["status"], done["2"]["body"]) == (400, 200, small.USERS)


async def test_an_item_stays_in_its_version_and_never_nests(api: Api) -> None:
    items = [
        {"id": "1", "method": "GET", "url": f"/groups/{small.GROUP}/members?$select=id"},
        {"id": "2", "method": "GET", "url": "/v1.0/users"},
        {"id": "3", "method": "POST", "url": "/$batch", "headers": {"Content-Type": "application/json"}, "body": {}},
        {"id": "4", "method": "GET", "url": f"{api.url}/beta/users"},
    ]
    done = await send(api, items, "beta")
    assert len(done["1"]["body"]["value"]) == 5
    assert [done[key]["status"] for key in "234"] == [400, 400, 400]


async def test_a_next_link_in_an_item_can_be_followed_alone(api: Api) -> None:
    item = {"id": "1", "method": "GET", "url": "/users?$select=id&$top=20"}
    link = (await send(api, [item]))["1"]["body"]["@odata.nextLink"]
    assert len((await api.get(link)).ids) == 5


async def test_throttled_items_are_told_so_one_by_one(api: Api) -> None:
    rule = await api.fault(do="throttle", path="/users/", where="item", calls=[1, 2], retryAfter=3)
    assert (await api.get(f"/v1.0/users/{small.user(1)}")).status == 200
    done = await send(api, [get(number) for number in range(4)])
    throttled = [response for response in done.values() if response["status"] == 429]
    assert len(throttled) == 2
    assert all(response["headers"]["retry-after"] == "3" for response in throttled)
    assert await api.hits(rule) == 2
