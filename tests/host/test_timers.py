"""Timer functions in a running host: on time, by hand, once after a missed occurrence."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local.host import ncrontab
from tests.host.conftest import APPS, HostMaker

_YEARLY = "0 0 0 1 1 *"


def entries(path: Path, name: str) -> list[dict[str, Any]]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [entry for line in lines if (entry := json.loads(line))["name"] == name]


async def until(path: Path, name: str, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while len(found := entries(path, name)) < count:
            await asyncio.sleep(0.01)
    return found


async def test_timers_fire_on_time_by_hand_and_once_when_past_due(host_of: HostMaker, tmp_path: Path) -> None:
    ticks = tmp_path / "ticks"
    host = host_of(APPS / "plain", tmp_path / "data", env={"TICKS_FILE": str(ticks), "YEARLY": _YEARLY})
    await host.start()
    for tick in await until(ticks, "tick", 2):
        assert tick["at"] % 1 < 0.5
        assert not tick["pastDue"]
        assert tick["status"] == {}  # under a minute apart: not monitored
    assert len(entries(ticks, "at_start")) == 1
    assert entries(ticks, "yearly") == []

    assert (await host.call("POST", "/admin/functions/yearly", json={"input": ""}))[0] == 202
    (by_hand,) = await until(ticks, "yearly", 1)
    new_year = f"{datetime.now(UTC).year + 1}-01-01T00:00:00+00:00"
    assert not by_hand["pastDue"]
    assert by_hand["status"]["Last"] == "0001-01-01T00:00:00"
    assert by_hand["status"]["Next"] == new_year
    await host.stop()

    long_ago = datetime.now(UTC) - timedelta(days=800)
    rewrite(tmp_path / "data", long_ago)
    await host.start()
    _, missed = await until(ticks, "yearly", 2)
    assert missed["pastDue"]
    assert missed["status"]["Next"] < f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    await host.stop()

    await host.start()
    await until(ticks, "at_start", 3)
    assert len(entries(ticks, "yearly")) == 2  # the missed one has been made up for
    await host.stop()


async def test_a_changed_schedule_is_not_past_due(host_of: HostMaker, tmp_path: Path) -> None:
    ticks = tmp_path / "ticks"
    host = host_of(APPS / "plain", tmp_path / "data", env={"TICKS_FILE": str(ticks), "YEARLY": _YEARLY})
    await host.start()
    await host.stop()
    rewrite(tmp_path / "data", datetime.now(UTC) - timedelta(days=800))
    host = host_of(APPS / "plain", tmp_path / "data", env={"TICKS_FILE": str(ticks), "YEARLY": "0 0 0 1 6 *"})
    await host.start()
    await until(ticks, "at_start", 2)
    assert entries(ticks, "yearly") == []
    await host.stop()


def rewrite(data: Path, updated: datetime) -> None:
    """Makes the yearly schedule's status that of a host last seen at `updated`."""
    following = ncrontab.parse(_YEARLY).after(updated)
    assert following is not None
    database = sqlite3.connect(data / "host.sqlite")
    with database:
        database.execute(
            "UPDATE schedules SET last = -1, next = ?, updated = ? WHERE name = 'yearly'",
            (following.timestamp(), updated.timestamp()),
        )
    database.close()
