"""A host killed in the middle goes on where it was when it starts again on the same data."""

import asyncio
from pathlib import Path

import pytest

from tests.host.conftest import APPS, HostEnded, HostMaker


async def test_killed_twice_in_mid_run_it_still_ends_with_the_right_result(host_of: HostMaker, tmp_path: Path) -> None:
    steps = tmp_path / "steps"
    steps.touch()
    host = host_of(APPS / "durable", tmp_path / "data", env={"STEPS_FILE": str(steps)})
    await host.start()
    await host.begin("slow_steps", "k", {"batches": 4, "width": 5, "seconds": 0.15})
    for reached in (2, 12):
        async with asyncio.timeout(10):
            while len(steps.read_text().split()) < reached:
                await asyncio.sleep(0.005)
        await host.kill()
        await host.start()
    found = await host.ended("k")
    assert (found["runtimeStatus"], found["output"]) == ("Completed", list(range(20)))
    ran = [int(number) for number in steps.read_text().split()]
    assert set(ran) == set(range(20))
    assert 20 < len(ran) <= 30  # at least once; what was under way ran again, what had ended did not
    assert (await host.stop())[0] == 0


async def test_a_timer_that_fell_due_while_the_host_was_down_fires_at_the_start(
    host_of: HostMaker, tmp_path: Path
) -> None:
    steps = tmp_path / "steps"
    host = host_of(APPS / "durable", tmp_path / "data", env={"STEPS_FILE": str(steps)})
    await host.start()
    await host.begin("slow_steps", "t", {"batches": 1, "width": 1, "seconds": 0.3})
    async with asyncio.timeout(10):
        while not steps.exists():
            await asyncio.sleep(0.005)
    assert (await host.stop())[0] == 0
    await host.start()
    assert (await host.ended("t"))["output"] == [0]
    await host.stop()


async def test_a_second_host_on_the_same_data_is_refused(host_of: HostMaker, tmp_path: Path) -> None:
    host = await host_of(APPS / "durable", tmp_path / "data").start()
    second = host_of(APPS / "durable", tmp_path / "data")
    with pytest.raises(HostEnded, match="in use by another host") as ended:
        await second.start()
    assert ended.value.code == 1
    await host.stop()
