"""Writes that no kind has rules of its own for: what the schema says of methods, keys, children and permissions."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from local.tenant.actions import ACTIONS, EFFECTS, Action, Call, Effects
from local.tenant.message import Reply
from local.tenant.objects import Row
from local.tenant.schema import BY_PATH, KINDS
from local.tenant.schema.model import Held, Kind, LinkRule, links
from local.tenant.schema.notation import table
from local.tenant.tenant import Tenant
from local.tenant.tree import ROOTS
from tests.tenant import small
from tests.tenant.conftest import Api, serving
from tests.tenant.test_access import token

ALL = frozenset({"POST", "PATCH", "PUT", "DELETE"})
GADGET = Kind(
    name="gadget",
    collection="gadgets",
    path="/test/gadgets",
    methods=ALL,
    keys=("serial",),
    writes_with=("Gadget.ReadWrite.All",),
    writes_by={"DELETE": ("Gadget.Delete.All",)},
    required=("name",),
    subtypes={"roundGadget": ("radius",), "flatGadget": ("width",)},
    properties=table("""
        id guid ro
        createdDateTime datetime? ro
        lastModifiedDateTime datetime? ro
        version int ro
        name string
        note string? writes_with=Gadget.Note.All,Gadget.ReadWrite.All
        serial string? create
        ownerId guid?
        radius int?
        width int?
    """),
    links=links(
        LinkRule(name="parts", to=("gadgetPart",), held=Held.CONTAINED, deep=True, expand=False),
        LinkRule(name="owner", to=("user",), single=True, held=Held.OWN, via="ownerId", bound=True),
        LinkRule(name="settings", to=("gadgetSettings",), single=True, held=Held.CONTAINED, expand=False),
    ),
)
PART = Kind(
    name="gadgetPart",
    collection="parts",
    path="",
    keys=("code",),
    key_property="code",
    methods=ALL,
    properties=table("code string create\nsize int?"),
    links=links(LinkRule(name="screws", to=("gadgetScrew",), held=Held.CONTAINED, expand=False)),
)
SCREW = Kind(
    name="gadgetScrew",
    collection="screws",
    path="",
    methods=frozenset({"POST", "PATCH", "DELETE"}),
    properties=table("id guid ro\nthread string"),
)
SETTINGS = Kind(
    name="gadgetSettings",
    collection="settings",
    path="",
    key_property="",
    methods=frozenset({"PATCH", "PUT"}),
    upsert=True,
    properties=table("loud bool?\ncolour string?"),
)
RULING = Kind(
    name="gadgetRuling",
    collection="ruling",
    path="/test/ruling",
    singleton=True,
    methods=frozenset({"PATCH", "PUT"}),
    upsert=True,
    shows_updates=True,
    writes_delegated=False,
    properties=table("id string ro\nversion int? ro\non bool\nwhom string[]"),
    key_property="",
)
SEALED = Kind(
    name="gadgetSeal",
    collection="seals",
    path="/test/seals",
    writes_delegated=True,
    properties=table("id guid ro\nname string"),
)
GADGETS = "/v1.0/test/gadgets"
ROUND = {"@odata.type": "#microsoft.graph.roundGadget", "name": "Wheel", "radius": 3}


def _spin(call: Call) -> Reply:
    before = call.target.object()
    call.tenant.ledger.update(call.target.kind, call.target.id, before, {**before, "note": call.body["note"]})
    return Reply(204)


def _count(call: Call) -> Reply:
    return Reply(200, {"value": len(list(call.tenant.objects.by_id("gadget", "", 100)))})


def _noted(tenant: Tenant, row: Row) -> None:
    tenant.ledger.update("gadget", row.id, row.object(), {**row.object(), "note": "made"})


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (GADGET, PART, SCREW, SETTINGS, RULING, SEALED):
        monkeypatch.setitem(KINDS, kind.name, kind)
        if kind.path:
            monkeypatch.setitem(BY_PATH, kind.path, kind)
            monkeypatch.setitem(ROOTS, kind.path.removeprefix("/"), kind)
    spin = Action(kind="gadget", name="spin", run=_spin, writes_with=("Gadget.Spin",))
    count = Action(kind="gadget", name="count", run=_count, collection=True)
    for action in (spin, count):
        monkeypatch.setitem(ACTIONS, (action.kind, action.name, action.collection), action)


@pytest.fixture
def gadgets(kinds: None, api: Api) -> Api:
    return api


async def made(api: Api, **more: Any) -> str:
    created = await api.call("POST", GADGETS, {**ROUND, **more})
    assert created.status == 201, created.body
    return str(created.body["id"])


async def test_the_service_sets_ids_stamps_and_versions(gadgets: Api) -> None:
    created = await gadgets.call("POST", GADGETS, ROUND)
    assert created.status == 201
    assert created.headers["location"].endswith(f"/test/gadgets/{created.body['id']}")
    assert created.body["version"] == 1
    assert created.body["createdDateTime"] == created.body["lastModifiedDateTime"]
    await gadgets.travel(1)
    path = f"{GADGETS}/{created.body['id']}"
    assert (await gadgets.call("PATCH", path, {"name": "Disc"})).status == 204
    read = (await gadgets.get(path)).body
    assert (read["name"], read["version"], read["radius"]) == ("Disc", 2, 3)
    assert read["lastModifiedDateTime"] > read["createdDateTime"] == created.body["createdDateTime"]
    assert (await gadgets.call("DELETE", path)).status == 204
    assert (await gadgets.get(path)).status == 404


async def test_types_are_named_and_keep_to_their_own(gadgets: Api) -> None:
    for body in (
        {"name": "x"},
        {**ROUND, "@odata.type": "#microsoft.graph.gadget"},
        {**ROUND, "width": 1},
        {"@odata.type": "#microsoft.graph.roundGadget", "radius": 1},
    ):
        assert (await gadgets.call("POST", GADGETS, body)).status == 400, body
    path = f"{GADGETS}/{await made(gadgets)}"
    assert (await gadgets.call("PATCH", path, {"radius": 5})).status == 400
    assert (await gadgets.call("PATCH", path, {**ROUND, "@odata.type": "#microsoft.graph.flatGadget"})).status == 400
    assert (await gadgets.call("PATCH", path, {**ROUND, "radius": 5})).status == 204


async def test_a_put_replaces_whole(gadgets: Api) -> None:
    key = await made(gadgets, note="n", serial="s-1")
    path = f"{GADGETS}/{key}"
    assert (await gadgets.call("PUT", path, {**ROUND, "name": "Ring", "serial": "s-2"})).status == 400
    assert (await gadgets.call("PUT", path, {"@odata.type": ROUND["@odata.type"]})).status == 400
    assert (await gadgets.call("PUT", path, {**ROUND, "name": "Ring", "serial": "s-1", "id": key})).status == 204
    read = (await gadgets.get(path)).body
    assert (read["name"], read["note"], read["serial"], read["id"]) == ("Ring", None, "s-1", key)


async def test_a_key_is_taken_once(gadgets: Api) -> None:
    await made(gadgets, serial="s-1")
    refused = await gadgets.call("POST", GADGETS, {**ROUND, "serial": "S-1"})
    assert (refused.status, refused.code) == (409, "Request_MultipleObjectsWithSameKeyValue")
    assert refused.body["error"]["details"][0]["target"] == "serial"


async def test_children_at_any_depth(gadgets: Api) -> None:
    first, second = await made(gadgets), await made(gadgets)
    for key in (first, second):
        assert (await gadgets.call("POST", f"{GADGETS}/{key}/parts", {"code": "p"})).status == 201
    path = f"{GADGETS}/{first}/parts"
    assert (await gadgets.call("POST", path, {"code": "p"})).status == 409
    assert (await gadgets.call("POST", path, {"size": 1})).status == 400
    assert (await gadgets.call("PATCH", f"{path}/p", {"size": 4})).status == 204
    assert (await gadgets.get(f"{path}/p")).body["size"] == 4
    assert (await gadgets.get(f"{GADGETS}/{second}/parts/p")).body["size"] is None
    screw = await gadgets.call("POST", f"{path}/p/screws", {"thread": "M3"})
    below = f"{path}/p/screws/{screw.body['id']}"
    assert (await gadgets.call("PATCH", below, {"thread": "M4"})).status == 204
    assert (await gadgets.get(below)).body["thread"] == "M4"
    assert (await gadgets.call("DELETE", f"{GADGETS}/{first}")).status == 204
    digest = (await gadgets.get("/_admin/digest")).body["kinds"]
    assert (digest["gadgetPart"]["live"], "gadgetScrew" in digest) == (1, False)


async def test_a_body_brings_children_along_and_a_put_replaces_them(gadgets: Api) -> None:
    key = await made(gadgets, parts=[{"code": "a"}, {"code": "b", "size": 2}])
    path = f"{GADGETS}/{key}/parts"
    assert {part["code"] for part in (await gadgets.get(path)).body["value"]} == {"a", "b"}
    assert (await gadgets.call("PUT", f"{GADGETS}/{key}", {**ROUND, "parts": [{"code": "c"}]})).status == 204
    assert [part["code"] for part in (await gadgets.get(path)).body["value"]] == ["c"]
    before = (await gadgets.get("/_admin/digest")).body
    assert (await gadgets.call("POST", GADGETS, {**ROUND, "parts": [{"code": "a"}, {"code": "a"}]})).status == 409
    assert (await gadgets.call("POST", GADGETS, {**ROUND, "parts": "a"})).status == 400
    assert (await gadgets.get("/_admin/digest")).body == before


async def test_an_object_names_what_it_belongs_to(gadgets: Api) -> None:
    for named in (
        {"owner": {"id": small.user(1)}},
        {"owner@odata.bind": f"https://graph.microsoft.com/v1.0/users('{small.user(1)}')"},
    ):
        key = await made(gadgets, **named)
        assert (await gadgets.get(f"{GADGETS}/{key}/owner")).body["id"] == small.user(1)
    assert (await gadgets.call("POST", GADGETS, {**ROUND, "owner": {"id": small.key(1, 999)}})).status == 404


async def test_a_single_child_and_a_singleton_come_with_their_first_write(gadgets: Api) -> None:
    path = f"{GADGETS}/{await made(gadgets)}/settings"
    assert (await gadgets.get(path)).status == 404
    assert (await gadgets.call("PUT", path, {"loud": True})).status == 201
    assert (await gadgets.call("PATCH", path, {"colour": "red"})).status == 204
    assert (await gadgets.call("PUT", path, {"colour": "blue"})).status == 204
    assert (await gadgets.get(path)).body["loud"] is None
    assert (await gadgets.call("PATCH", "/v1.0/test/ruling", {"on": True, "whom": ["a"]})).status == 201
    changed = await gadgets.call("PUT", "/v1.0/test/ruling", {"on": False})
    assert (changed.status, changed.body["on"], changed.body["whom"]) == (200, False, [])


async def test_actions_of_an_object_and_of_a_collection(gadgets: Api) -> None:
    key = await made(gadgets)
    assert (await gadgets.call("POST", f"{GADGETS}/{key}/spin", {"note": "dizzy"})).status == 204
    assert (await gadgets.get(f"{GADGETS}/{key}")).body["note"] == "dizzy"
    assert (await gadgets.call("POST", f"{GADGETS}/{small.key(9, 9)}/microsoft.graph.spin", {"note": ""})).status == 404
    assert (await gadgets.call("POST", f"{GADGETS}/count")).body == {"value": 1}
    assert (await gadgets.get(f"{GADGETS}/{key}/spin")).status == 405
    await gadgets.switch(revoked=["Gadget.Spin"])
    assert (await gadgets.call("POST", f"{GADGETS}/{key}/spin", {"note": "x"})).status == 403


async def test_effects_are_part_of_the_write(gadgets: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EFFECTS, "gadget", Effects(created=_noted))
    created = await gadgets.call("POST", GADGETS, ROUND)
    assert created.body["note"] == "made"


async def test_who_may_write_what(kinds: None, tmp_path: Path) -> None:
    tenant = Tenant(tmp_path, small.TENANT)
    small.fill(tenant)
    roles = ["Gadget.ReadWrite.All", "Gadget.Read.All"]
    async with serving(tenant, token({"roles": roles})) as api:
        path = f"{GADGETS}/{await made(api)}"
        refused = await api.call("DELETE", path)
        assert (refused.status, refused.code) == (403, "Authorization_RequestDenied")
        await api.switch(revoked=["Gadget.ReadWrite.All"])
        assert (await api.call("POST", GADGETS, ROUND)).status == 403
        assert (await api.call("PATCH", path, {"note": "x"})).status == 403
        tenant.access.roles = frozenset({"Gadget.Note.All"})
        assert (await api.call("PATCH", path, {"note": "x"})).status == 204
        assert (await api.call("PATCH", path, {"note": "x", "name": "y"})).status == 403
        tenant.access.roles = None
        assert (await api.call("POST", "/v1.0/test/seals", {"name": "x"})).status == 403


async def test_two_permissions_may_be_needed_together(api: Api) -> None:
    body = {"principalId": small.user(2), "resourceId": small.PRINCIPAL, "appRoleId": small.key(0, 0)}
    path = f"/v1.0/servicePrincipals/{small.PRINCIPAL}/appRoleAssignedTo"
    body["appRoleId"] = "00000000-0000-0000-0000-000000000000"
    await api.switch(revoked=["Application.Read.All", "Directory.Read.All"])
    assert (await api.call("POST", path, body)).status == 403
    await api.switch(revoked=["Directory.Read.All"])
    assert (await api.call("POST", path, body)).status == 201


async def test_members_take_less_than_the_group(api: Api) -> None:
    await api.switch(revoked=["Group.ReadWrite.All", "Directory.ReadWrite.All"])
    group = f"/v1.0/groups/{small.GROUP}"
    one = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{small.user(19)}"}
    assert (await api.call("PATCH", group, {"description": "x"})).status == 403
    assert (await api.call("POST", f"{group}/owners/$ref", one)).status == 403
    assert (await api.call("POST", f"{group}/members/$ref", one)).status == 204
    both = {"members@odata.bind": [f"https://graph.microsoft.com/v1.0/users/{small.user(18)}"]}
    assert (await api.call("PATCH", group, both)).status == 204
    assert (await api.call("PATCH", group, {**both, "description": "x"})).status == 403


async def test_writes_beyond_the_quota_wait(api: Api) -> None:
    await api.switch(writeQuota={"writes": 2, "seconds": 60})
    path = f"/v1.0/users/{small.user(1)}"
    assert (await api.call("PATCH", path, {"jobTitle": "a"})).status == 204
    item = {"method": "PATCH", "url": f"/users/{small.user(1)}", "headers": {"Content-Type": "application/json"}}
    requests = [{**item, "id": str(at), "body": {"jobTitle": str(at)}} for at in range(3)]
    replies = (await api.call("POST", "/v1.0/$batch", {"requests": requests})).body["responses"]
    assert sorted(reply["status"] for reply in replies) == [204, 429, 429]
    refused = await api.call("PATCH", path, {"jobTitle": "z"})
    assert (refused.status, refused.code) == (429, "TooManyRequests")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert (await api.get(path)).status == 200
    assert (await api.get("/_admin/quota")).body == {"counted": 2, "refused": 3}


async def test_the_quota_opens_again(api: Api) -> None:
    await api.switch(writeQuota={"writes": 1, "seconds": 0.2})
    path = f"/v1.0/users/{small.user(1)}"
    assert [(await api.call("PATCH", path, {"jobTitle": name})).status for name in "ab"] == [204, 429]
    await asyncio.sleep(0.25)
    assert (await api.call("PATCH", path, {"jobTitle": "b"})).status == 204


async def test_two_writes_to_one_application_do_not_go_side_by_side(api: Api) -> None:
    await api.switch(latency=50)
    path = f"/v1.0/applications/{small.APP}/federatedIdentityCredentials"
    bodies = [{"name": name, "issuer": "https://x.example", "subject": name, "audiences": ["a"]} for name in "pq"]
    replies = await asyncio.gather(*(api.call("POST", path, body) for body in bodies))
    assert sorted(reply.status for reply in replies) == [201, 409]
    refused = next(reply for reply in replies if reply.status == 409)
    assert refused.code == "Directory_ConcurrencyViolation"
    await api.switch(concurrency=False)
    bodies = [{"name": name, "issuer": "https://x.example", "subject": name, "audiences": ["a"]} for name in "rs"]
    replies = await asyncio.gather(*(api.call("POST", path, body) for body in bodies))
    assert [reply.status for reply in replies] == [201, 201]


async def test_lag_holds_for_children_actions_and_singletons(gadgets: Api) -> None:
    key = await made(gadgets, parts=[{"code": "a", "size": 1}])
    path = f"{GADGETS}/{key}"
    assert (await gadgets.call("PATCH", "/v1.0/test/ruling", {"on": True, "whom": []})).status == 201
    await gadgets.switch(lag={"milliseconds": 60_000})
    for size in (2, 3):
        assert (await gadgets.call("PATCH", f"{path}/parts/a", {"size": size})).status == 204
    assert (await gadgets.get(f"{path}/parts/a")).body["size"] == 1
    assert (await gadgets.call("POST", f"{path}/parts", {"code": "b"})).status == 201
    assert (await gadgets.call("PATCH", f"{path}/parts/b", {"size": 5})).status == 204
    assert (await gadgets.get(f"{path}/parts/b")).status == 404
    assert (await gadgets.call("POST", f"{path}/spin", {"note": "x"})).status == 204
    assert (await gadgets.call("PATCH", "/v1.0/test/ruling", {"on": False})).status == 200
    read = (await gadgets.get(path)).body, (await gadgets.get("/v1.0/test/ruling")).body
    assert (read[0]["note"], read[1]["on"]) == (None, True)
    await gadgets.call("DELETE", "/_admin/switches")
    read = (await gadgets.get(path)).body, (await gadgets.get("/v1.0/test/ruling")).body
    assert (read[0]["note"], read[1]["on"]) == ("x", False)
    assert (await gadgets.get(f"{path}/parts/b")).body["size"] == 5


async def test_later_writes_may_miss_what_has_just_been_made(gadgets: Api) -> None:
    path = f"{GADGETS}/{await made(gadgets)}"
    await gadgets.switch(lag={"milliseconds": 60_000, "writes": True})
    assert (await gadgets.call("POST", f"{path}/parts", {"code": "b"})).status == 201
    assert (await gadgets.call("PATCH", f"{path}/parts/b", {"size": 5})).status == 404
    fresh = await gadgets.call("POST", GADGETS, ROUND)
    assert (await gadgets.call("POST", f"{GADGETS}/{fresh.body['id']}/spin", {"note": "x"})).status == 404


def test_every_kind_that_can_be_written_says_by_whom() -> None:
    led: dict[str, list[bool]] = {}
    for kind in KINDS.values():
        for link in kind.links.values():
            for target in link.to:
                led.setdefault(target, []).append(bool(link.writes_with or kind.writes_with or not kind.methods))
    for kind in KINDS.values():
        if kind.methods and not kind.writes_delegated and not kind.writes_with:
            assert not kind.path, kind.name
            assert all(led[kind.name]), kind.name
        assert set(kind.required) <= kind.properties.keys() | kind.links.keys()
        assert set(kind.writes_by) <= ALL | {"restore"}
        for link in kind.links.values():
            assert not link.bound or link.held is Held.OWN
            assert not link.deep or link.held is Held.CONTAINED


def test_every_action_belongs_to_a_kind() -> None:
    for (kind, name, _), action in ACTIONS.items():
        assert (action.kind, action.name) == (kind, name)
        assert KINDS[kind].writes_with or action.writes_with or KINDS[kind].writes_delegated, name
    assert set(EFFECTS) <= set(KINDS)
    assert not GADGET.chosen_key
    assert PART.chosen_key
