"""Delta rounds: everything once, then only what moved, until the token is too old."""

from typing import Any

import pytest

from tests.tenant import small
from tests.tenant.conftest import Answer, Api


async def round_of(api: Api, link: str) -> tuple[list[dict[str, Any]], str]:
    """Every item of a round, and the link of the next."""
    pages: list[Answer] = await api.pages(link)
    assert all("@odata.deltaLink" not in page.body for page in pages[:-1])
    assert all(page.status == 200 for page in pages), pages[-1].body
    return [item for page in pages for item in page.body["value"]], pages[-1].body["@odata.deltaLink"]


async def start(api: Api, path: str) -> str:
    return (await round_of(api, f"/v1.0/{path}"))[1]


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("users", 25),
        ("groups", 3),
        ("applications", 1),
        ("servicePrincipals", 1),
        ("devices", 1),
        ("directory/administrativeUnits", 1),
        ("oauth2PermissionGrants", 0),
    ],
)
async def test_the_first_round_tells_everything_and_the_next_nothing(api: Api, path: str, count: int) -> None:
    await api.switch(deltaPageSize=10)
    items, link = await round_of(api, f"/v1.0/{path}/delta")
    assert len(items) == count
    assert (await round_of(api, link))[0] == []


async def test_what_was_never_set_is_left_out_and_what_was_cleared_is_null(api: Api) -> None:
    path = "users/delta?$select=id,displayName,jobTitle,department"
    items, link = await round_of(api, f"/v1.0/{path}")
    assert set(items[0]) == {"id", "displayName", "department"}
    await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"department": None})
    assert (await round_of(api, link))[0] == [{"id": small.user(1), "displayName": "Person 01", "department": None}]


async def test_select_narrows_what_is_tracked(api: Api) -> None:
    link = await start(api, "users/delta?$select=displayName")
    await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"jobTitle": "x"})
    items, link = await round_of(api, link)
    assert items == []
    await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"displayName": "New"})
    assert (await round_of(api, link))[0] == [{"id": small.user(1), "displayName": "New"}]


async def test_removals_say_whether_they_can_be_undone(api: Api) -> None:
    link = await start(api, "users/delta?$select=id")
    for number in (1, 2, 3):
        await api.call("DELETE", f"/v1.0/users/{small.user(number)}")
    await api.call("DELETE", f"/v1.0/directory/deletedItems/{small.user(2)}")
    await api.call("POST", f"/v1.0/directory/deletedItems/{small.user(3)}/restore")
    items, link = await round_of(api, link)
    by_id = {item["id"]: item for item in items}
    assert by_id[small.user(1)]["@removed"] == {"reason": "changed"}
    assert by_id[small.user(2)]["@removed"] == {"reason": "deleted"}
    assert "@removed" not in by_id[small.user(3)]
    await api.call("DELETE", f"/v1.0/directory/deletedItems/{small.user(1)}")
    assert (await round_of(api, link))[0] == [{"id": small.user(1), "@removed": {"reason": "deleted"}}]


async def test_a_large_group_is_spread_over_pages(api: Api) -> None:
    await api.switch(deltaLinksPerPage=7)
    pages = await api.pages("/v1.0/groups/delta?$select=id,members,owners")
    told: dict[str, list[str]] = {}
    for item in (item for page in pages for item in page.body["value"]):
        told.setdefault(item["id"], []).extend(one["id"] for one in item.get("members@delta", ()))
    assert len(pages) > 3
    assert sorted(told[small.BIG]) == [small.user(number) for number in range(small.USERS)]
    assert small.PRINCIPAL in told[small.GROUP]
    assert all(len(item.get("members@delta", ())) <= 7 for page in pages for item in page.body["value"])
    owners = [item["owners@delta"] for page in pages for item in page.body["value"] if "owners@delta" in item]
    assert owners == [[{"@odata.type": "#microsoft.graph.user", "id": small.user(0)}]]


async def test_links_are_told_by_their_last_change(api: Api) -> None:
    link = await start(api, "groups/delta?$select=displayName,members")
    path = f"/v1.0/groups/{small.GROUP}/members"
    await api.call("DELETE", f"{path}/{small.user(1)}/$ref")
    await api.call("POST", f"{path}/$ref", {"@odata.id": f"{api.url}/v1.0/users/{small.user(9)}"})
    await api.call("DELETE", f"/v1.0/users/{small.user(2)}")
    items, _ = await round_of(api, link)
    group = next(item for item in items if item["id"] == small.GROUP)
    kind = {"@odata.type": "#microsoft.graph.user"}
    gone = {"@removed": {"reason": "deleted"}}
    assert sorted(group["members@delta"], key=lambda one: one["id"]) == [
        {**kind, "id": small.user(1), **gone},
        {**kind, "id": small.user(2), **gone},
        {**kind, "id": small.user(9)},
    ]
    assert "displayName" not in group


async def test_members_are_told_without_select_and_only_by_name_with_it(api: Api) -> None:
    assert "members@delta" in (await round_of(api, "/v1.0/groups/delta"))[0][0]
    assert "members@delta" not in (await round_of(api, "/v1.0/groups/delta?$select=displayName"))[0][0]
    units, _ = await round_of(api, "/v1.0/directory/administrativeUnits/delta")
    assert units[0]["members@delta"] == [{"@odata.type": "#microsoft.graph.user", "id": small.user(3)}]


async def test_a_manager_is_told_where_it_is_selected(api: Api) -> None:
    items, link = await round_of(api, "/v1.0/users/delta?$select=id,manager")
    by_id = {item["id"]: item for item in items}
    assert by_id[small.user(1)]["manager@delta"] == [{"@odata.type": "#microsoft.graph.user", "id": small.user(0)}]
    assert "manager@delta" not in by_id[small.user(0)]
    await api.call("DELETE", f"/v1.0/users/{small.user(1)}/manager/$ref")
    items, _ = await round_of(api, link)
    assert items[0]["manager@delta"][0]["@removed"] == {"reason": "deleted"}


async def test_latest_gives_a_link_and_no_objects(api: Api) -> None:
    first = await api.get("/v1.0/users/delta?$deltatoken=latest&$select=displayName")
    assert first.body["value"] == []
    assert "@odata.nextLink" not in first.body
    created = await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"displayName": "Since"})
    assert created.status == 204
    items, _ = await round_of(api, first.body["@odata.deltaLink"])
    assert items == [{"id": small.user(1), "displayName": "Since"}]


async def test_what_changes_during_the_first_round_is_told_in_the_next(api: Api) -> None:
    await api.switch(deltaPageSize=10)
    first = await api.get("/v1.0/users/delta?$select=displayName")
    await api.call("PATCH", f"/v1.0/users/{first.body['value'][0]['id']}", {"displayName": "Meanwhile"})
    _, link = await round_of(api, first.body["@odata.nextLink"])
    assert [item["displayName"] for item in (await round_of(api, link))[0]] == ["Meanwhile"]


async def test_changes_come_in_pages_too(api: Api) -> None:
    link = await start(api, "users/delta?$select=city")
    await api.switch(deltaPageSize=4)
    for number in range(10):
        await api.call("PATCH", f"/v1.0/users/{small.user(number)}", {"city": "Kiel"})
    pages = await api.pages(link)
    assert [len(page.ids) for page in pages] == [4, 4, 2]


async def test_a_token_is_good_for_seven_days(api: Api) -> None:
    link = await start(api, "users/delta")
    await api.travel(6.9)
    assert (await api.get(link)).status == 200
    await api.travel(0.2)
    late = await api.get(link)
    assert (late.status, late.code) == (400, "syncStateNotFound")


async def test_a_token_of_another_kind_or_a_broken_one_is_refused(api: Api) -> None:
    link = await start(api, "users/delta")
    assert (await api.get(link.replace("/users/", "/groups/"))).status == 400
    assert (await api.get(link[:-3])).status == 400
    assert (await api.get("/v1.0/users/delta?$expand=manager")).status == 400


async def test_the_first_round_can_hold_tombstones(api: Api) -> None:
    await api.call("DELETE", f"/v1.0/users/{small.user(1)}")
    assert not [item for item in (await round_of(api, "/v1.0/users/delta"))[0] if "@removed" in item]
    await api.switch(deltaRemovedAtStart=True)
    items, _ = await round_of(api, "/v1.0/users/delta")
    assert {"id": small.user(1), "@removed": {"reason": "changed"}} in items


@pytest.mark.parametrize("form", ["", "syncStateNotFound"])
async def test_a_reset_can_be_asked_for(api: Api, form: str) -> None:
    link = await start(api, "users/delta")
    rule = await api.fault(do="deltaReset", form=form, times=1)
    reset = await api.get(link)
    assert await api.hits(rule) == 1
    if form:
        assert (reset.status, reset.code) == (400, "syncStateNotFound")
    else:
        assert reset.status == 410
        items, _ = await round_of(api, reset.headers["location"])
        assert len(items) == small.USERS
    assert (await api.get(link)).status == 200


async def test_many_new_links_come_piece_by_piece(api: Api) -> None:
    link = await start(api, "groups/delta?$select=members")
    path = f"/v1.0/groups/{small.NESTED}"
    url = f"{api.url}/v1.0/users/"
    await api.call("PATCH", path, {"members@odata.bind": [url + small.user(number) for number in range(20)]})
    await api.switch(deltaLinksPerPage=8)
    items, _ = await round_of(api, link)
    assert [len(item["members@delta"]) for item in items] == [8, 8, 4]
    assert {item["id"] for item in items} == {small.NESTED}


async def test_a_change_that_has_not_arrived_is_told_later_and_not_lost(api: Api) -> None:
    link = await start(api, "users/delta?$select=displayName")
    await api.switch(lag={"reads": 1})
    await api.call("PATCH", f"/v1.0/users/{small.user(1)}", {"displayName": "New"})
    items, link = await round_of(api, link)
    assert items == []
    assert (await round_of(api, link))[0] == [{"id": small.user(1), "displayName": "New"}]
