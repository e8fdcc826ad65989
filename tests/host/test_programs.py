"""Random programs through the real worker library and the replay engine come to what plain Python says they come to."""

import asyncio
from pathlib import Path

import pytest

from tests.host.conftest import APPS, HostMaker, HostProcess
from tests.host.programs import Node, Programs, result


async def start(host: HostProcess, seeds: range) -> dict[str, list[Node]]:
    programs = {f"p{seed}": Programs(seed).program() for seed in seeds}
    for name, program in programs.items():
        await host.begin("program", name, {"program": program, "done": [], "salt": name})
    return programs


async def wrong(host: HostProcess, programs: dict[str, list[Node]]) -> dict[str, object]:
    """Every program that did not come to its result."""
    found = {}
    for name, program in programs.items():
        ended = await host.ended(name, 60)
        if (ended["runtimeStatus"], ended["output"]) != ("Completed", result(program)):
            found[name] = (ended["runtimeStatus"], ended["output"], result(program))
    return found


@pytest.mark.parametrize("first", [0, 80, 160])
async def test_random_programs_come_to_what_plain_python_says(durable: HostProcess, first: int) -> None:
    assert await wrong(durable, await start(durable, range(first, first + 80))) == {}


async def test_so_do_programs_whose_host_is_killed_again_and_again(host_of: HostMaker, tmp_path: Path) -> None:
    host = host_of(APPS / "durable", tmp_path / "data", env={"ATTEMPTS_FILE": str(tmp_path / "attempts")})
    await host.start()
    programs = await start(host, range(1000, 1040))
    for pause in (0.02, 0.3, 0.5, 0.5):
        await asyncio.sleep(pause)
        await host.kill()
        await host.start()
    assert await wrong(host, programs) == {}
    await host.stop()
