"""The client against the emulated tenant: the whole list or an error, whatever the service does."""

import json
from collections.abc import AsyncIterator

import pytest

from functions.backup.addresses import collection, condition, query
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType, Outcome, Read
from functions.errors import (
    ForeignLink,
    GraphError,
    GraphRejected,
    GraphThrottled,
    GraphTokenRefused,
    GraphUnreachable,
    PageTokenExpired,
)
from functions.graph.batch import BatchGet, batch, children
from functions.graph.classify import gap
from functions.graph.client import GraphClient
from functions.graph.factory import reader, restorer
from functions.graph.pages import page, pages
from functions.settings import Secret, Settings
from tests.tenant_process import TOKEN, TenantProcess, tenant_process

# What Graph is documented to give to nobody or to signed-in people only: read where it answers after all.
WITHHELD = {"deletedConditionalAccessPolicies", "deletedNamedLocations", "termsOfUseAgreements"}
USERS = "/users?$select=id,displayName&$top=20"


@pytest.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TenantProcess]:
    async with tenant_process(tmp_path_factory.mktemp("tenant"), users=120) as tenant:
        yield tenant


@pytest.fixture
async def tenant(running: TenantProcess) -> AsyncIterator[TenantProcess]:
    yield running
    await running.calm()


def settings(tenant: TenantProcess, token: str = TOKEN) -> Settings:
    return Settings(tenant_id=tenant.tenant_id, graph_url=tenant.url, graph_token=Secret(token), graph_retry_limit=4)


@pytest.fixture
async def client(tenant: TenantProcess) -> AsyncIterator[GraphClient]:
    made = reader(settings(tenant), pace=0.01)
    yield made
    await made.aclose()


async def ids(client: GraphClient, url: str) -> list[str]:
    return [json.loads(bytes(item))["id"] async for one in pages(client, url) for item in one.items]


async def expected(tenant: TenantProcess, kind: str) -> set[str]:
    return {one["id"] for one in await tenant.state(kind) if not one["deleted"]}


async def test_list_is_whole(tenant: TenantProcess, client: GraphClient) -> None:
    found = await ids(client, USERS)
    assert len(found) == len(set(found))
    assert set(found) == await expected(tenant, "user")
    assert client.usage.requests == -(-len(found) // 20)
    assert client.usage.resource_units >= client.usage.requests


@pytest.mark.parametrize(
    "fault",
    [
        {"do": "throttle", "retryAfter": 2},
        {"do": "throttle", "retryAfter": 1.5},
        {"do": "throttle"},
        {"do": "throttle", "status": 503, "retryAfter": 1},
        {"do": "status", "status": 500},
        {"do": "status", "status": 504},
        {"do": "drop"},
        {"do": "truncate"},
        {"do": "truncate", "form": "json"},
        {"do": "expireAccess"},
        {"do": "emptyPage"},
    ],
    ids=str,
)
async def test_list_is_whole_in_spite_of(tenant: TenantProcess, client: GraphClient, fault: dict[str, object]) -> None:
    calm = await ids(client, USERS)
    number = await tenant.fault(path="/users", calls=[2, 4], **fault)
    assert await ids(client, USERS) == calm
    assert await tenant.hits(number) == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"do": "throttle", "calls": []}, GraphThrottled),
        ({"do": "drop", "calls": []}, GraphUnreachable),
        ({"do": "truncate", "calls": []}, GraphUnreachable),
        ({"do": "expireAccess", "calls": []}, GraphTokenRefused),
        ({"do": "expirePageToken", "calls": [2]}, PageTokenExpired),
        ({"do": "expirePageToken", "calls": [2], "code": "DirectoryPageTokenNotFoundException"}, PageTokenExpired),
        ({"do": "foreignNextLink", "calls": [2]}, ForeignLink),
        ({"do": "refuse", "calls": [3]}, GraphRejected),
    ],
    ids=str,
)
async def test_list_that_cannot_be_whole_is_an_error(
    tenant: TenantProcess, client: GraphClient, fault: dict[str, object], error: type[GraphError]
) -> None:
    number = await tenant.fault(path="/users", **fault)
    with pytest.raises(error):
        await ids(client, USERS)
    assert await tenant.hits(number) >= 1


async def test_wrong_token_is_refused_after_one_fresh_try(tenant: TenantProcess) -> None:
    client = reader(settings(tenant, "wrong"))
    with pytest.raises(GraphTokenRefused):
        await page(client, USERS)
    assert client.usage.requests == 2
    await client.aclose()


@pytest.mark.parametrize("entry", [entry for entry in TYPES.values() if entry.read is Read.LIST], ids=lambda e: e.key)
async def test_every_listed_type_can_be_read_as_its_entry_says_or_says_why_not(
    tenant: TenantProcess, client: GraphClient, entry: ObjectType
) -> None:
    asked = query(entry.select_in("local"), entry.expand, condition(entry, tenant.tenant_id), entry.page_size)
    url = collection(entry, tenant.tenant_id) + asked
    if entry.key in WITHHELD:
        with pytest.raises(GraphRejected) as caught:
            await page(client, url, api=entry.api, bucket=entry.bucket)
        assert gap(caught.value, entry, "local").outcome in {Outcome.REFUSED, Outcome.UNAVAILABLE}
    else:
        assert (await page(client, url, api=entry.api, bucket=entry.bucket)).items


async def test_refused_and_unlicensed_types_are_told_apart(tenant: TenantProcess, client: GraphClient) -> None:
    await tenant.fault(do="refuse", path="/devices")
    await tenant.fault(do="unlicensed", path="conditionalAccess/policies")
    await tenant.fault(do="drop", path="/groups")
    for key, outcome, remedy in [
        ("devices", Outcome.REFUSED, "Device.Read.All"),
        ("conditionalAccessPolicies", Outcome.UNLICENSED, "Entra ID P1"),
        ("groups", Outcome.FAILED, "next run"),
    ]:
        entry = TYPES[key]
        with pytest.raises(GraphError) as caught:
            await page(client, entry.path, bucket=entry.bucket)
        found = gap(caught.value, entry, "local")
        assert found.outcome is outcome, key
        assert remedy in found.remedy


async def test_batch_reads_every_member_once(tenant: TenantProcess, client: GraphClient) -> None:
    groups = await ids(client, "/groups?$select=id&$top=100")
    items = [BatchGet(one, f"/groups/{one}/members?$select=id&$top=5") for one in groups]
    number = await tenant.fault(do="throttle", where="item", path="/members", calls=[2, 7, 21], retryAfter=1)
    lost = await tenant.fault(do="drop", where="request", path="batch", calls=[2])
    found = {name: given async for name, given in children(client, items, api="beta")}
    assert list(found) == groups
    state = {one["id"]: one["links"] for one in await tenant.state("group")}
    binned = {one["id"] for kind in ("user", "group") for one in await tenant.state(kind) if one["deleted"]}
    for name, given in found.items():
        assert isinstance(given, list)
        members = set(state[name].get("members", [])) - binned
        assert sorted(json.loads(bytes(item))["id"] for item in given) == sorted(members)
    assert await tenant.hits(number) == 3
    assert await tenant.hits(lost) == 1


async def test_missing_parent_is_an_error_of_its_item(tenant: TenantProcess, client: GraphClient) -> None:
    (known, *_) = await ids(client, "/groups?$select=id&$top=1")
    gone = "00000000-0000-4000-8000-000000000000"
    replies = await batch(client, [BatchGet(one, f"/groups/{one}") for one in (known, gone)])
    assert [reply.status for reply in replies] == [200, 404]
    assert isinstance(replies[1].failure(f"/groups/{gone}"), GraphRejected)


async def test_write_that_was_lost_on_its_way_back_is_not_done_twice(tenant: TenantProcess) -> None:
    client = restorer(settings(tenant), pace=0.01)
    number = await tenant.fault(do="drop", when="after", method="POST", path="/groups", times=1)
    body = {"displayName": "Once", "mailEnabled": False, "mailNickname": "once", "securityEnabled": True}
    with pytest.raises(GraphUnreachable):
        await client.send("POST", "/groups", body=body, repeatable=False)
    assert await tenant.hits(number) == 1
    made = [write for write in await tenant.writes() if write["method"] == "POST"]
    assert len(made) == 1
    await client.aclose()
