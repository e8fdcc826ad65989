"""Answers the typed client from tests/fixtures/graph instead of a tenant.

In: requests of a `Reader` for the type that is set. Out: the fixture's pages as one, its details, its parts.
"""

from typing import Any

import httpx

from functions.catalogue.model import ObjectType, Read, Relationship
from tests.unit.catalogue.fixture import fixture

URL = "http://fixtures.example"
TENANT = "the-tenant"


class FixtureTransport(httpx.AsyncBaseTransport):
    """`entry` is whose fixture is asked for."""

    entry: ObjectType

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = "/" + request.url.path.split("/", 2)[2].replace("/graph.", "/microsoft.graph.")  # a cast, shortened
        body = self._body(path, request.url.params.get("$expand", ""))
        if body is None:
            return httpx.Response(404, json={"error": {"code": "ResourceNotFound", "message": "None"}})
        return httpx.Response(200, json=body)

    def _body(self, path: str, expand: str) -> dict[str, Any] | None:
        entry, have = self.entry, fixture(self.entry.key)
        own = entry.path.replace("{tenant}", TENANT)
        if entry.read is Read.ONE:
            return dict(have["pages"][0])
        if entry.read is Read.CHILDREN:
            return _whole(have["parents"] if path == entry.parent else have["pages"])
        if path == own:
            return _whole(have["pages"])
        id, _, below = path.removeprefix(f"{own}/").partition("/")
        if not below:
            return dict(have["details"][id])
        [asked] = (
            one for one in entry.relationships if (one.path or one.name) == below and ",".join(one.expand) == expand
        )
        return _part(have["relationships"].get(asked.name, {}), asked, id)


def _whole(pages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"value": [item for page in pages for item in page["value"]]}


def _part(answers: dict[str, Any], relationship: Relationship, id: str) -> dict[str, Any] | None:
    """What a call of its own answers: from one such call, or from an expanded list."""
    items = _whole(answers.get("batch", {}).get(id, []))["value"]
    for item in _whole(answers.get("expand", []))["value"]:
        if item["id"] == id:
            found = item.get(relationship.name, [])
            items += found if isinstance(found, list) else [found]
    if relationship.single:
        return dict(items[0]) if items else None
    return {"value": items}
