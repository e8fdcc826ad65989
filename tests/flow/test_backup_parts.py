"""What hangs on the objects: where it is fetched, of which objects, images among it."""

import base64
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from functions.catalogue.model import Fetch, ObjectType, Outcome, Read, Relationship
from tests.flow.backup_world import DENIED, NOT_FOUND, Given, Image, Json, Vault, listed, open_vault

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        yield vault


def entry(*relationships: Relationship, **more: Any) -> ObjectType:
    return ObjectType(**{"key": "groups", "title": "Things", "path": "/things", "relationships": relationships, **more})


async def read(vault: Vault, entry: ObjectType) -> dict[str, Json]:
    """id → its relationships."""
    records = await vault.records(await vault.run(entry), entry.key)
    return {identity: record["@relationships"] for identity, record in records.items()}


THINGS = listed([{"id": "a", "kind": ["plain"]}, {"id": "b", "kind": ["special", "old"]}, {"id": "c"}])


async def test_a_relationship_is_fetched_where_its_path_says(vault: Vault):
    inner = Relationship(
        name="methods", fetch=Fetch.BATCH, path="authentication/methods", contained=True, api="beta", expand=("x",)
    )

    def beta(path: str) -> Given:
        name = path.split("/")[2]
        return listed([{"id": f"m of {name}", "x": [1]}])

    vault.graph.answer, vault.graph.beta = lambda path: THINGS, beta
    found = await read(vault, entry(inner))
    assert found["a"] == {"methods": [{"id": "m of a", "x": [1]}]}
    assert vault.graph.asked[1] == "/things/a/authentication/methods?$expand=x"
    assert vault.graph.calls[1:] == ["POST /beta/$batch"]


async def test_a_sweep_asks_the_version_and_the_filter_it_is_told(vault: Vault):
    owners = Relationship(name="owners", fetch=Fetch.EXPAND, api="beta")
    values = Relationship(name="values", fetch=Fetch.EXPAND, contained=True, expand=("definition",))

    def beta(path: str) -> Given:
        return listed([{"id": "a", "owners": [{"id": "o"}]}, {"id": "b", "owners": []}, {"id": "c", "owners": []}])

    def answer(path: str) -> Given:
        if path.startswith("/things/a/values"):
            return listed([{"id": "v1", "definition": {"id": "d"}}])
        if "$expand" in path:
            value = {"id": "v", "parts": [], "parts@odata.nextLink": "https://elsewhere.example"}
            return listed([{"id": "a", "values": [value]}, {"id": "b", "values": []}, {"id": "c", "values": []}])
        return THINGS

    vault.graph.answer, vault.graph.beta = answer, beta
    found = await read(vault, entry(owners, values, filter="kind eq 'x'"))
    assert found["a"] == {
        "owners": [{"id": "o", "type": "directoryObject"}],
        "values": [{"id": "v1", "definition": {"id": "d"}}],
    }, "what was cut short in a sweep is read again"
    where = "$filter=kind%20eq%20'x'"
    assert vault.graph.calls == [
        f"GET /beta/things?$select=id&{where}&$expand=owners($select=id)",
        f"GET /v1.0/things?$select=id&{where}&$expand=values($expand=definition)",
        f"GET /v1.0/things?{where}",
        "POST /v1.0/$batch",
    ]


@pytest.mark.parametrize("fetch", [Fetch.BATCH, Fetch.EXPAND])
async def test_a_relationship_of_some_objects_is_read_for_those_alone(vault: Vault, fetch: Fetch):
    settings = Relationship(name="settings", fetch=fetch, contained=True, only=("kind", frozenset({"special", "x"})))

    def answer(path: str) -> Given:
        if "/settings" in path:
            return listed([{"id": "s"}])
        return listed([]) if "$expand" in path else THINGS

    vault.graph.answer = answer
    assert await read(vault, entry(settings)) == {
        "a": {"settings": []},
        "b": {"settings": [{"id": "s"}]},
        "c": {"settings": []},
    }
    assert [path for path in vault.graph.asked if "/settings" in path] == ["/things/b/settings"]


async def test_a_property_that_is_no_text_chooses_too(vault: Vault):
    some = Relationship(name="some", fetch=Fetch.BATCH, contained=True, only=("federated", frozenset({"true"})))
    things = listed([{"id": "a", "federated": True}, {"id": "b", "federated": False}, {"id": "c", "federated": None}])
    vault.graph.answer = lambda path: listed([{"id": "s"}]) if "/some" in path else things
    found = await read(vault, entry(some))
    assert {identity for identity, parts in found.items() if parts["some"]} == {"a"}


async def test_objects_with_any_value_of_a_property_are_asked(vault: Vault):
    some = Relationship(name="some", fetch=Fetch.BATCH, contained=True, only=("scopes", frozenset()))
    things = listed([{"id": "a", "scopes": [{"id": "s"}]}, {"id": "b", "scopes": []}, {"id": "c"}])
    vault.graph.answer = lambda path: listed([{"id": "s"}]) if "/some" in path else things
    found = await read(vault, entry(some))
    assert found == {"a": {"some": [{"id": "s"}]}, "b": {"some": []}, "c": {"some": []}}
    assert [path for path in vault.graph.asked if "/some" in path] == ["/things/a/some"]


async def test_a_bucket_of_its_own_is_not_read_in_batches(vault: Vault):
    methods = Relationship(name="methods", fetch=Fetch.BATCH, contained=True, bucket="reports")
    phone = Relationship(name="phone", fetch=Fetch.BATCH, contained=True, single=True, bucket="reports")

    def answer(path: str) -> Given:
        if "/phone" in path:
            return {"id": "p"} if path.startswith("/things/a/") else NOT_FOUND
        if "/methods" in path:
            return listed([{"id": "m"}])
        return {"id": path.split("/")[2].partition("?")[0]} if path.startswith("/things/") else THINGS

    vault.graph.answer = answer
    found = await read(vault, entry(methods, phone))
    assert found["a"] == {"methods": [{"id": "m"}], "phone": [{"id": "p"}]}
    assert found["b"] == {"methods": [{"id": "m"}], "phone": []}
    assert [call for call in vault.graph.calls if "methods" in call or "phone" in call] == [
        f"GET /v1.0/things/{name}/{part}" for part in ("methods", "phone") for name in "abc"
    ]


async def test_images_are_kept_with_their_type_and_absent_ones_are_none(vault: Vault):
    logo = Relationship(name="logo", fetch=Fetch.STREAM, path="images/logo")

    def answer(path: str) -> Given:
        if path.startswith("/things/a/"):
            return Image(PNG)
        if path.startswith("/things/b/"):
            return Image(b"")
        if path.startswith("/things/c/"):
            return NOT_FOUND
        return {"id": "c"} if path.startswith("/things/c") else THINGS

    vault.graph.answer = answer
    found = await read(vault, entry(logo))
    assert found == {
        "a": {"logo": [{"base64": base64.b64encode(PNG).decode(), "contentType": "image/png"}]},
        "b": {"logo": []},
        "c": {"logo": []},
    }
    assert "GET /v1.0/things/a/images/logo" in vault.graph.calls
    again = (await vault.run(entry(logo))).types["groups"]
    assert (again.objects, again.updated) == (3, 0)


async def test_a_refused_image_is_a_gap_and_no_empty_image(vault: Vault):
    logo = Relationship(name="logo", fetch=Fetch.STREAM, read_scopes=("Logo.Read.All",))
    vault.graph.answer = lambda path: DENIED if "/logo" in path else THINGS
    manifest = await vault.run(entry(logo))
    assert manifest.types["groups"].outcome is Outcome.PARTIAL
    assert "Logo.Read.All" in manifest.types["groups"].gaps[0].remedy
    assert (await vault.records(manifest, "groups"))["a"]["@relationships"] == {}


async def test_what_hangs_on_a_single_object_hangs_on_its_path(vault: Vault):
    one = entry(
        Relationship(name="localizations", fetch=Fetch.EXPAND, contained=True),
        Relationship(name="logo", fetch=Fetch.STREAM),
        Relationship(name="owner", fetch=Fetch.BATCH, single=True),
        read=Read.ONE,
        identity="",
        path="/organization/{tenant}/branding",
    )

    def answer(path: str) -> Given:
        if path.endswith("/localizations"):
            return listed([{"id": "de"}])
        return NOT_FOUND if path.endswith("/logo") or "/owner" in path else {"id": "0"}

    vault.graph.answer = answer
    manifest = await vault.run(one)
    assert (manifest.types["groups"].outcome, manifest.types["groups"].objects) == (Outcome.READ, 1)
    above = f"/organization/{vault.tenant}/branding"
    assert vault.graph.asked == [above, f"{above}/localizations", f"{above}/logo", f"{above}/owner?$select=id"]


async def test_what_hangs_on_a_child_is_below_its_parent(vault: Vault):
    child = entry(
        Relationship(name="settings", fetch=Fetch.EXPAND, contained=True),
        read=Read.CHILDREN,
        parent="/things",
        path="/things/{parent}/parts",
    )

    def answer(path: str) -> Given:
        if path.endswith("/settings"):
            return listed([{"id": path.split("/")[2]}])
        return listed([{"id": f"p {path.split('/')[2]}"}] if path.endswith("/parts") else [{"id": "a"}, {"id": "b/c"}])

    vault.graph.answer = answer
    found = await read(vault, child)
    assert found == {"p a": {"settings": [{"id": "a"}]}, "p b": {"settings": [{"id": "b"}]}}
    assert "/things/b%2Fc/parts/p%20b/settings" in vault.graph.asked
