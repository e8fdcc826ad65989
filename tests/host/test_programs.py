"""Random programs through the real worker library and the replay engine come to what plain Python says they come to."""

import pytest

from tests.host.conftest import HostProcess
from tests.host.programs import Programs, result


@pytest.mark.parametrize("first", [0, 80, 160])
async def test_random_programs_come_to_what_plain_python_says(durable: HostProcess, first: int) -> None:
    programs = {f"p{seed}": Programs(seed).program() for seed in range(first, first + 80)}
    for name, program in programs.items():
        await durable.begin("program", name, {"program": program, "done": [], "salt": name})
    wrong = {}
    for name, program in programs.items():
        found = await durable.ended(name, 60)
        if (found["runtimeStatus"], found["output"]) != ("Completed", result(program)):
            wrong[name] = (found["runtimeStatus"], found["output"], result(program))
    assert not wrong
