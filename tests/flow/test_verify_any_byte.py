"""Every byte of every file of a run is covered: whichever is changed, a verification that reads the run says so."""

import asyncio
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow.backup_world import open_vault
from tests.flow.verify_world import Tenant, named, open_keeper


@pytest.fixture(scope="module")
def kept(azurite: str) -> Iterator[tuple[asyncio.Runner, Tenant, list[tuple[str, str]]]]:
    """A tenant with two runs, and every file of the second: logs and manifest, too."""
    with asyncio.Runner() as runner:
        vault_of, keeper_of = None, None
        vault_of = open_vault(azurite, str(uuid.uuid4()))
        vault = runner.run(vault_of.__aenter__())
        keeper_of = open_keeper(azurite, vault)
        tenant = Tenant(vault, runner.run(keeper_of.__aenter__()))
        runner.run(tenant.run())
        tenant.devices["d001"] += 1
        manifest = runner.run(tenant.run())
        files = runner.run(tenant.keeper.names(manifest.run_id))
        log = manifest.types["directoryAudits"].log
        assert log is not None
        files += [("snapshots", file.name) for file in log.files]
        yield runner, tenant, sorted(files)
        runner.run(keeper_of.__aexit__(None, None, None))
        runner.run(vault_of.__aexit__(None, None, None))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.integers(0, 10**6), where=st.integers(0, 10**9), bit=st.integers(0, 7))
def test_a_changed_bit_is_found_wherever_it_is(
    kept: tuple[asyncio.Runner, Tenant, list[tuple[str, str]]], which: int, where: int, bit: int
):
    runner, tenant, files = kept
    container, name = files[which % len(files)]

    async def damaged() -> list[tuple[str, str, str, str]]:
        whole = await tenant.keeper.bytes_of(name, container)
        await tenant.keeper.flip(name, where % len(whole), 1 << bit, container)
        try:
            found = await tenant.keeper.verify("readable", tenant.runs[1].run_id)
        finally:
            await tenant.keeper.put(name, whole, container)
        return named(found.findings)

    found = runner.run(damaged())
    assert found
    assert {one[1] for one in found} == {tenant.runs[1].run_id}
    assert {one[3] for one in found} == {name}
