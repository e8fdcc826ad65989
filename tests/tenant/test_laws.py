"""Laws over whole tenants: every object of a generated company can be reached, and delta rounds add up to the lists."""

import random
from typing import Any

import pytest

from local.tenant.schema import BY_PATH, KINDS, Held, Kind
from tests.tenant import small, walk
from tests.tenant.conftest import Api

BIN = "/v1.0/directory/deletedItems"


async def test_every_object_and_every_link_of_a_company_can_be_read(company: Api) -> None:
    whole = walk.Walk(company)
    for kind in BY_PATH.values():
        if kind.delegated:
            assert (await company.get(walk.version(kind) + kind.path)).code == "Authorization_RequestDenied", kind.path
        else:
            await whole.kind(kind)
    assert not whole.complaints
    assert whole.reached == {kind.name for kind in KINDS.values() if not kind.delegated and not walk.asked(kind)}


async def test_every_selectable_property_of_every_kind_can_be_selected(company: Api) -> None:
    for path, kind in BY_PATH.items():
        if kind.delegated or "$select" not in kind.query:
            continue
        names = list(walk.selectable(kind))
        answer = await company.get(f"{await walk.listing(company, kind)}$select={','.join(names)}")
        assert answer.status == 200, (path, answer.body)
        if not kind.subtypes and not walk.asked(kind):
            shown = answer.body if kind.singleton else answer.body["value"][0]
            kept_silent = {name for name in names if kind.properties[name].sparse}
            assert set(names) - kept_silent <= set(shown) - {"@odata.context"} <= set(names), path


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.path], ids=lambda kind: kind.name)
def test_every_kind_that_can_be_listed_says_what_reading_it_takes(kind: Kind) -> None:
    assert kind.reads or kind.delegated
    assert kind.not_in <= {"usGov", "usGovDoD", "china"}
    assert not kind.refuses or kind.licence
    assert all(names <= kind.properties.keys() for names in kind.filters)
    assert kind.singleton or kind.key_property in kind.properties


async def test_what_is_refused_without_its_permission_is_read_with_any_of_them(company: Api) -> None:
    for kind in BY_PATH.values():
        if kind.delegated:
            continue
        await company.switch(revoked=list(kind.reads))
        path = await walk.listing(company, kind)
        refused = await company.get(path)
        assert (refused.status, refused.code) == (403, "Authorization_RequestDenied"), kind.path
        for kept in () if kind.reads_by else kind.reads:  # which of them it takes, its own tests see
            await company.switch(revoked=[name for name in kind.reads if name != kept])
            assert (await company.get(path)).status == 200, (kind.path, kept)


async def test_what_needs_a_licence_is_refused_without_and_nothing_else_is(company: Api) -> None:
    await company.switch(licences=[])
    for kind in BY_PATH.values():
        if not kind.delegated:
            answer = await company.get(await walk.listing(company, kind))
            assert (answer.status in (400, 403)) == bool(kind.licence), (kind.path, answer.status)


@pytest.mark.parametrize("cloud", ["usGov", "usGovDoD", "china"])
async def test_a_cloud_has_all_kinds_but_those_it_does_not_know(company: Api, cloud: str) -> None:
    await company.switch(cloud=cloud)
    for kind in BY_PATH.values():
        if kind.delegated:
            continue
        answer = await company.get(await walk.listing(company, kind))
        if cloud in kind.not_in:
            assert (answer.status, answer.code) == (400, "BadRequest"), kind.path
            assert "Resource not found for the segment" in answer.body["error"]["message"]
        else:
            assert answer.status == 200, (kind.path, answer.body)
            missing = {name for name, rule in kind.properties.items() if cloud in rule.not_in}
            shown = [answer.body] if kind.singleton else answer.body["value"]
            assert not any(missing & one.keys() for one in shown), kind.path


async def test_the_company_has_every_stored_link(company: Api) -> None:
    stored = {(kind.name, link.name) for kind in KINDS.values() for link in kind.links.values()}
    stored = {pair for pair in stored if KINDS[pair[0]].links[pair[1]].held in (Held.STORED, Held.CONTAINED)}
    found = set()
    for kind in KINDS:
        for one in await walk.stored(company, kind):
            found |= {(kind, link) for link in one["links"]}
    assert found <= stored
    assert {("user", "manager"), ("group", "members"), ("group", "owners"), ("administrativeUnit", "members")} <= found


class Replay:
    """A copy of users and groups that is kept by delta rounds alone."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.objects: dict[str, dict[str, Any]] = {}
        self.members: dict[str, set[str]] = {}
        self.links = {
            "users": "/v1.0/users/delta?$select=id,displayName,jobTitle",
            "groups": "/v1.0/groups/delta?$select=id,displayName,members",
        }

    async def catch_up(self) -> None:
        for name, link in self.links.items():
            pages = await self.api.pages(link)
            for item in (item for page in pages for item in page.body["value"]):
                self._take(item)
            self.links[name] = pages[-1].body["@odata.deltaLink"]

    def _take(self, item: dict[str, Any]) -> None:
        key = item["id"]
        if "@removed" in item:
            self.objects.pop(key, None)
            self.members.pop(key, None)
            return
        known = self.objects.setdefault(key, {})
        known.update({name: value for name, value in item.items() if "@" not in name})
        for member in item.get("members@delta", ()):
            if "@removed" in member:
                self.members.setdefault(key, set()).discard(member["id"])
            else:
                self.members.setdefault(key, set()).add(member["id"])

    async def check(self) -> None:
        users = [
            u
            for page in await self.api.pages("/v1.0/users?$select=id,displayName,jobTitle")
            for u in page.body["value"]
        ]
        groups = [g for page in await self.api.pages("/v1.0/groups?$select=id,displayName") for g in page.body["value"]]
        assert set(self.objects) == {one["id"] for one in users + groups}
        for one in users + groups:
            assert {name: self.objects[one["id"]].get(name) for name in one} == one
        for group in groups:
            pages = await self.api.pages(f"/beta/groups/{group['id']}/members?$select=id&$top=999")
            assert self.members.get(group["id"], set()) == {key for page in pages for key in page.ids}


async def disturb(api: Api, chance: random.Random, number: int) -> None:
    """One write of some kind; a refusal is as good."""
    user, group = small.user(chance.randrange(small.USERS)), chance.choice([small.GROUP, small.NESTED, small.BIG])
    ref = {"@odata.id": f"{api.url}/v1.0/directoryObjects/{user}"}
    new = {"displayName": f"N{number}", "mailNickname": f"n{number}", "mailEnabled": False, "securityEnabled": True}
    write = chance.choice(
        [
            ("PATCH", f"/v1.0/users/{user}", {"displayName": f"Name {number}"}),
            ("PATCH", f"/v1.0/users/{user}", {"jobTitle": chance.choice([None, f"Job {number}"])}),
            ("PATCH", f"/v1.0/users/{user}", {"city": f"City {number}"}),
            ("DELETE", f"/v1.0/users/{user}", None),
            ("POST", f"{BIN}/{user}/restore", None),
            ("POST", f"{BIN}/{group}/restore", None),
            ("DELETE", f"{BIN}/{user}", None),
            ("POST", f"/v1.0/groups/{group}/members/$ref", ref),
            ("DELETE", f"/v1.0/groups/{group}/members/{user}/$ref", None),
            ("DELETE", f"/v1.0/groups/{group}", None),
            ("POST", "/v1.0/groups", {**new, "members@odata.bind": [ref["@odata.id"]]}),
        ]
    )
    assert (await api.call(*write)).status in (200, 201, 204, 400, 403, 404)


@pytest.mark.parametrize("seed", range(6))
async def test_delta_rounds_add_up_to_the_lists(api: Api, seed: int) -> None:
    chance = random.Random(seed)
    await api.switch(deltaPageSize=7, deltaLinksPerPage=5, shuffle=seed)
    replay = Replay(api)
    for number in range(60):
        await disturb(api, chance, number)
        if chance.random() < 0.15:
            await api.switch(lag={"reads": chance.choice([0, 0, 2])})
            await replay.catch_up()
    await api.call("DELETE", "/_admin/switches")
    await replay.catch_up()
    await replay.check()
