"""Two months of two backups a day, retention every day: each time every version that is kept is read as it was."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from functions.storage.runs import RunState
from tests.flow.retention_world import USERS, Administrator, History, open_history, parsed, states
from tests.tenant_process import TenantProcess

DAYS = 60  # by then runs have outlived their days and their weeks, and stay for their month
REFUSED = {11, 12, 13, 14, 32, 33}  # days on which the groups cannot be read
OFTEN = {20, 21, 40}  # days with a run of users alone, before the others


@pytest.mark.timeout(900)  # 123 backups and 60 passes, each checked
async def test_every_version_that_is_kept_is_read_as_it_was_for_two_months(azurite: str, tmp_path: Path):
    async with open_history(azurite, tmp_path, str(uuid.uuid4())) as (history, administrator, tenant):
        for day in range(DAYS):
            await _a_day(day, history, administrator, tenant)
        found = await states(history.stores)
        assert set(found.values()) == {RunState.COMMITTED, RunState.REMOVED}
        assert len(found) == 2 * DAYS + len(OFTEN)
        assert len(await history.there()) < 30
        await history.check(through=1000)


async def _a_day(day: int, history: History, administrator: Administrator, tenant: TenantProcess) -> None:
    if day in OFTEN:
        await administrator.half_a_day()
        await history.back_up(USERS)
    for _ in range(2):
        await administrator.half_a_day()
        if day in REFUSED:
            await tenant.fault(do="status", path=r"^/v1\.0/groups", status=403, code="Authorization_RequestDenied")
        run = await history.back_up()
        await tenant.calm()
        assert parsed(history, run).types["groups"].whole is (day not in REFUSED)
        history.vault.now += timedelta(hours=12)
    step = await history.retain()
    assert not step.error, step
    await history.check()
