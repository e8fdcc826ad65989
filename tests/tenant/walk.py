"""Walks a tenant over HTTP as its schema says it can be walked: every list, every object, every link below."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from local.tenant.schema import KINDS, Held, Kind, LinkRule, Shown
from tests.tenant.conftest import Answer, Api

LOOKED_AT = 3  # objects of a list that are followed further down


async def stored(api: Api, kind: str) -> list[dict[str, Any]]:
    """Objects as they are kept, each with `id`, `object` and `links`."""
    async with api.session.get(f"{api.url}/_admin/state/{kind}") as answer:
        return [json.loads(line) for line in (await answer.text()).splitlines()]


def version(rule: Kind | LinkRule) -> str:
    return "/beta" if rule.beta else "/v1.0"


async def listing(api: Api, kind: Kind) -> str:
    """The path of a list or a singleton, with the filter that it cannot do without."""
    path = version(kind) + kind.path
    if not kind.filters:
        return f"{path}?"
    first = (await stored(api, kind.name))[0]["object"]
    terms = [f"{name} eq '{first[name]}'" for name in sorted(kind.filters[0])]
    return f"{path}?$filter={quote(' and '.join(terms))}&"


async def holders(api: Api, kind: Kind) -> list[str]:
    """For each link, the key of one object that has it."""
    found: dict[str, str] = {}
    for one in await stored(api, kind.name):
        for link in () if one["deleted"] else one["links"]:
            found.setdefault(link, one["id"])
    return sorted(set(found.values()))


def selectable(kind: Kind) -> Iterator[str]:
    for name, rule in kind.properties.items():
        if rule.shown in (Shown.DEFAULT, Shown.DETAIL, Shown.SELECT) and not rule.beta:
            yield name


def agrees(kind: Kind, single: dict[str, Any], listed: dict[str, Any]) -> bool:
    """What a list keeps back may differ, and nothing else."""
    kept_back = {name for name, rule in kind.properties.items() if rule.shown is Shown.DETAIL}
    return {k: v for k, v in single.items() if k not in kept_back and k != "@odata.context"} == {
        k: v for k, v in listed.items() if k not in kept_back
    }


def asked(kind: Kind) -> bool:
    """Requests: what they asked for is there, and they themselves may be long gone."""
    return bool(kind.path) and kind.methods == {"POST"}


class Walk:
    """`reached` are the kinds of which an object was seen."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.reached: set[str] = set()
        self.complaints: list[str] = []

    async def kind(self, kind: Kind) -> None:
        base = version(kind) + kind.path
        answer = await self.api.get(await listing(self.api, kind))
        if answer.status == 200 and asked(kind):
            return
        if answer.status != 200 or not (kind.singleton or answer.body["value"]):
            self.complaints.append(f"{base}: {answer.status} {answer.body}")
            return
        self.reached.add(kind.name)
        keys: list[str] = []
        for shown in [answer.body] if kind.singleton else answer.body["value"][:LOOKED_AT]:
            keys.append("" if kind.singleton else str(shown[kind.key_property]))
            single = await self.api.get(_of(base, keys[-1]))
            if single.status != 200 or not agrees(kind, single.body, _plain(shown)):
                self.complaints.append(f"{_of(base, keys[-1])}: {single.status}, not what its list shows")
        if not kind.singleton:
            keys += [key for key in await holders(self.api, kind) if key not in keys]
        for key in keys:
            await self.below(kind, _of(base, key))

    async def below(self, kind: Kind, url: str) -> None:
        for link in kind.links.values():
            if link.beta:
                url = url.replace("/v1.0/", "/beta/")
            if link.readable:
                await self.link(link, f"{url}/{link.name}")
            elif link.expand:
                await self.expanded(link, url)

    async def expanded(self, link: LinkRule, url: str) -> None:
        """What has no path of its own is seen inside of its parent."""
        answer = await self.api.get(f"{url}?$expand={link.name}")
        if answer.status != 200:
            self.complaints.append(f"{url}?$expand={link.name}: {answer.status} {answer.body}")
        elif answer.body[link.name]:
            self.reached |= {*link.to}

    async def link(self, link: LinkRule, path: str) -> None:
        answer = await self.api.get(path)
        targets = [KINDS[name] for name in link.to]
        if any(target.delegated for target in targets):
            if answer.status != 403:
                self.complaints.append(f"{path}: {answer.status}, not refused")
            return
        if link.held is Held.CONTAINED and targets[0].filters:
            if answer.status != 400:
                self.complaints.append(f"{path}: {answer.status} without its filter")
            return
        if answer.status != 200:
            if answer.status != 404 or not (link.single or link.stream):
                self.complaints.append(f"{path}: {answer.status} {answer.body}")
            return
        if link.stream:
            return
        await self._targets(link, targets, path, answer)

    async def _targets(self, link: LinkRule, targets: list[Kind], path: str, answer: Answer) -> None:
        found = [answer.body] if link.single else answer.body["value"]
        own = link.held in (Held.CONTAINED, Held.DERIVED) and len(targets) == 1
        for shown in found[:LOOKED_AT] if own else ():
            target = targets[0]
            self.reached.add(target.name)
            if not target.path:
                await self.below(target, path if link.single else _of(path, str(shown[target.key_property])))


def _of(collection: str, key: str) -> str:
    return f"{collection}/{quote(key, safe='')}" if key else collection


def _plain(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name != "@odata.context"}
