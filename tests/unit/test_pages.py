"""The pages for people say what the code does: calls, numbers, codes and clouds, and links that lead somewhere."""

import re
from pathlib import Path
from typing import get_args

import pytest

from functions.api.answers import TypeAnswer, WarningAnswer
from functions.api.table import CALLS
from functions.catalogue import ENTRIES
from functions.catalogue.choice import Choice, enabled
from functions.catalogue.model import Preset
from functions.settings import _GRAPH_HOSTS

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README, OPERATIONS, FORMAT, CALLS_PAGE, DEMO = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "docs/operations.md", "docs/format.md", "docs/calls.md", "docs/demo.md")
)


def literals(struct: type, field: str) -> set[str]:
    """The strings that a field may hold, also where one literal names another."""
    found: set[str] = set()
    waiting = [struct.__annotations__[field]]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.add(one)
        waiting += get_args(one)
    return found


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "")).strip().lower().replace(" ", "-")


def test_every_call_is_on_the_page_of_calls_with_its_roles():
    rows = re.findall(r"^\| `(GET|POST|PUT|PATCH|DELETE) /api/(\S+)` \| .* \| (.*) \|$", CALLS_PAGE, re.MULTILINE)
    told = {(method, route): set(re.findall(r"`([\w.]+)`", roles)) for method, route, roles in rows}
    assert told == {(call.method, call.route): {role.value for role in call.roles} for call in CALLS.values()}


def test_the_numbers_of_readme_and_demo_are_those_of_the_catalogue():
    sizes = {preset.value: str(len(enabled(Choice(preset), ENTRIES))) for preset in Preset}
    [shown] = re.findall(r"^Types by preset: (.*)\.$", DEMO, re.MULTILINE)
    assert dict(part.split() for part in shown.split(", ")) == sizes
    [total] = re.findall(r"^(\d+) types, [\d,]+ objects", DEMO, re.MULTILINE)
    assert int(total) == len(ENTRIES)
    [least] = re.findall(r"^Over (\d+) object types", README, re.MULTILINE)
    assert int(least) < len(ENTRIES)


def test_operations_explains_every_status_warning_preset_and_cloud():
    words = {preset.value for preset in Preset} | set(_GRAPH_HOSTS) | set(_GRAPH_HOSTS.values())
    words |= literals(TypeAnswer, "status") | literals(WarningAnswer, "code") | {"present", "missing", "unknown"}
    assert {word for word in words if f"`{word}`" not in OPERATIONS} == set()


def test_every_code_of_a_gap_is_in_the_format():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "functions").rglob("*.py"))
    codes = set(re.findall(r'\bGap\(\s*"(\w+)"', sources)) | set(re.findall(r'^[A-Z_]+ = "(log\w+)"', sources, re.M))
    assert {"manyDeleted", "permissionsNotGranted", "logGap"} <= codes
    assert {code for code in codes if f"`{code}`" not in FORMAT} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), f"{page.name} links to {target}"
