"""docs/costs.md: figures of a run for every type, within what a whole backup may take."""

import re

import pytest

from bench.costs import MOST_REQUESTS, MOST_RESOURCE_UNITS, PAGE
from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.choice import Choice, enabled
from functions.catalogue.model import Preset

_TYPE = re.compile(r"\| \[(\w+)\]\(coverage\.md#\w+\) \| (?:`(\w+)`|–) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| (\w+) \|")
_PRESET = re.compile(r"^\| `(\w+)` \| (\d+) \| ([\d,]+) \| ([\d,]+) \|$", re.MULTILINE)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def types(page: str) -> dict[str, tuple[str, int, int]]:
    """Type → preset, requests, resource units."""
    return {key: (preset, _number(n), _number(u)) for key, preset, _, n, u, _ in _TYPE.findall(page)}


def test_every_type_has_the_figures_of_a_run(types: dict[str, tuple[str, int, int]]) -> None:
    stale = [
        entry.key
        for entry in ENTRIES
        if entry.key not in types or types[entry.key][0] != (entry.preset or "") or not types[entry.key][1]
    ]
    stale += sorted(set(types) - set(TYPES))
    assert stale == [], "run: python -m bench.costs"


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_costs_what_its_types_cost(page: str, types: dict[str, tuple[str, int, int]], preset: Preset) -> None:
    stated = {name: tuple(map(_number, numbers)) for name, *numbers in _PRESET.findall(page)}
    held = [types[key] for key in enabled(Choice(preset), ENTRIES) if key in types]
    assert stated[preset] == (len(held), sum(n for _, n, _ in held), sum(u for _, _, u in held)), (
        "run: python -m bench.costs"
    )


def test_everything_stays_within_what_a_backup_may_take(types: dict[str, tuple[str, int, int]]) -> None:
    held = [types[key] for key in enabled(Choice(Preset.EVERYTHING), ENTRIES) if key in types]
    assert len(held) > 100
    assert sum(requests for _, requests, _ in held) <= MOST_REQUESTS
    assert sum(units for _, _, units in held) <= MOST_RESOURCE_UNITS
