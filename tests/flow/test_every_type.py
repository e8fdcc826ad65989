"""Every type of the catalogue, read from one emulated company with the permissions that docs/permissions.md lists: all
there is, in two orders, and every object by itself. tests/flow/test_every_type_without.py takes something away.
"""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from functions.backup.live import live_record
from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.model import ObjectType, Read
from functions.core.manifest import Manifest
from functions.core.record import identity_of
from functions.settings import Secret, Settings
from tests.flow.company_world import CLOSED, LOGS, TOLD, Company, open_company, outcomes


@pytest.fixture(scope="module")
async def opened(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    async with open_company(azurite, tmp_path_factory.mktemp("tenant"), users=20, seed=11) as company:
        yield company


@pytest.fixture(scope="module")
async def first(opened: Company) -> Manifest:
    """A run of everything."""
    return await opened.run(*ENTRIES)


@pytest.fixture
async def company(opened: Company, first: Manifest) -> AsyncIterator[Company]:
    yield opened
    await opened.tenant.calm()


async def listed(company: Company, api: str, path: str, where: str = "") -> list[dict[str, Any]]:
    """A list of the tenant to its last page, read by other means than the product's."""
    found: list[dict[str, Any]] = []
    url = f"/{api}{path}" + (f"?$filter={where}" if where else "")
    while url:
        reply = (await company.http.get(url)).raise_for_status().json()
        found += reply["value"]
        url = reply.get("@odata.nextLink", "").removeprefix(company.tenant.url)
    return found


async def there(company: Company, entry: ObjectType) -> int:
    """How many objects of a type the tenant lists."""
    tenant = company.tenant.tenant_id
    path, where = entry.path.replace("{tenant}", tenant), entry.filter.replace("{tenant}", tenant)
    if entry.read is Read.ONE:
        return 1
    if entry.read is not Read.CHILDREN:
        found = await listed(company, entry.api, path, where)
        more = await listed(company, "beta", path, where) if entry.also_beta else []
        return len({one[entry.identity] for one in (*found, *more)})
    count = 0
    for parent in await listed(company, entry.parent_api, entry.parent.replace("{tenant}", tenant)):
        name = str(parent[entry.parent_id])
        count += len(await listed(company, entry.api, path.replace("{parent}", name), where.replace("{parent}", name)))
    return count


async def test_every_type_is_read_with_the_permissions_that_the_docs_list(company: Company, first: Manifest) -> None:
    assert set(first.types) == set(TYPES)
    assert outcomes(first.types) == CLOSED
    whole = {key: result for key, result in first.types.items() if key not in CLOSED}
    assert {key: [gap.code for gap in result.gaps] for key, result in whole.items() if result.gaps} == TOLD
    counts = {key: await there(company, TYPES[key]) for key in whole if key not in LOGS}
    assert {key: whole[key].objects for key in counts} == counts
    assert all(counts.values())
    for key, kind in LOGS.items():
        events = [one["id"] for one in await company.tenant.state(kind)]
        assert sorted(await company.events(key)) == sorted(events)
        assert first.types[key].objects == len(events) > 5


async def test_another_order_and_what_moves_by_itself_change_not_a_byte(company: Company, first: Manifest) -> None:
    await company.tenant.switch(shuffle=5, volatile=True, maxPage=7)
    again = await company.run(*ENTRIES)
    assert outcomes(again.types) == CLOSED
    changed = {key: (one.created, one.updated, one.deleted) for key, one in again.types.items()}
    assert {key: counts for key, counts in changed.items() if any(counts)} == {}
    for entry in (entry for entry in ENTRIES if entry.key not in {*CLOSED, *LOGS}):
        assert await company.lines(again.types, entry) == await company.lines(first.types, entry), entry.key
    for key, kind in LOGS.items():
        assert sorted(await company.events(key)) == sorted(one["id"] for one in await company.tenant.state(kind))
        assert again.types[key].objects == 0


async def test_an_object_asked_for_by_itself_gives_the_record_of_the_list(company: Company, first: Manifest) -> None:
    """What a list missed is asked for so, and what is compared with the tenant as it is now."""
    tenant = company.tenant
    settings = Settings(tenant_id=tenant.tenant_id, graph_url=tenant.url, cloud="local", graph_token=Secret("unused"))
    asked = [one for one in ENTRIES if one.key not in CLOSED and one.read not in {Read.CHILDREN, Read.LOG}]
    for entry in asked:
        for line in await company.lines(first.types, entry):
            live = await live_record(company.client, entry, identity_of(line, entry), settings)
            assert (entry.key, live and live.record) == (entry.key, json.loads(line))
        if entry.read is not Read.ONE:
            assert await live_record(company.client, entry, str(uuid.UUID(int=1)), settings) is None, entry.key
