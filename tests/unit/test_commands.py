"""Commands on the pages name what there is: scripts and their options, targets of make, modules, parameter files."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from local.processes import ROOT
from tests.unit.infra.bicep_text import INFRA, read

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
_CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def commands(page: Path) -> list[str]:
    """What the page shows as code, a line each; a line that ends in a backslash goes on in the next."""
    code = [block or span for block, span in _CODE.findall(page.read_text(encoding="utf-8"))]
    lines = "\n".join(code).replace("\\\n", " ").splitlines()
    return [line.partition("  #")[0].strip() for line in lines]


@cache
def help_of(script: str) -> str:
    ran = subprocess.run(["bash", str(ROOT / script), "--help"], capture_output=True, text=True, check=True)
    return ran.stdout


EVERY = [(page.name, line) for page in PAGES for line in commands(page)]


def test_pages_have_commands():
    shown = "\n".join(line for _, line in EVERY)
    for one in ("make demo", "make up", "infra/scripts/deploy.sh infra/params/small.bicepparam", "az deployment sub"):
        assert one in shown


@pytest.mark.parametrize(("page", "line"), [row for row in EVERY if "infra/scripts/" in row[1]])
def test_scripts_and_their_options_are_there(page: str, line: str):
    line = re.sub(r"\$\((?!infra).*?\)", "ID", line)  # what another command prints
    for script, arguments in re.findall(r"(infra/scripts/[\w.-]+)([^|;&]*)", line):
        assert (ROOT / script).is_file(), (page, line)
        if not script.endswith(".sh") or script.endswith("graph.sh"):
            continue
        options = set(re.findall(r"(?<=\s)--[a-z-]+", arguments))
        assert {option for option in options if option not in help_of(script)} == set(), (page, line)


def test_what_make_is_told_is_a_target():
    told = {(page, name) for page, line in EVERY for name in re.findall(r"^make ([a-z-]+)", line)}
    assert {name for _, name in told} >= {"demo", "up", "package", "help"}
    assert {row for row in told if row[1] not in TARGETS} == set()


def test_templates_and_parameter_files_are_there_and_know_what_they_are_given():
    known = {"main.bicep": set(read(INFRA / "main.bicep").params)}
    given = 0
    for page, line in EVERY:
        for path in re.findall(r"(?<![\w/.])infra/[\w./-]+\.(?:bicepparam|bicep|json)\b", line):
            assert (ROOT / path).is_file(), (page, line)
        if "deploy.sh" in line or "infra/params/" in line:
            names = re.findall(r"(?<=\s)([a-z]\w+)=", line)
            given += len(names)
            assert set(names) <= known["main.bicep"], (page, line)
    assert given


def test_modules_that_are_run_are_there():
    modules = {name for _, line in EVERY for name in re.findall(r"python3? -m ([\w.]+)", line)}
    modules -= {"venv", "pip", "pytest"}
    assert {"local", "bench.price", "release"} & modules
    for name in modules:
        path = ROOT.joinpath(*name.split("."))
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), name


def test_the_first_screen_has_the_prices_of_the_calculation():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [row] = re.findall(r"^\| \*\*together\*\* \| (.*) \|$", text, re.MULTILINE)
    small, _, large = (round(float(cell.strip("* "))) for cell in row.split("|"))
    assert f"some {small} US dollars a month for 1,000 users, {large} for 100,000" in text
    assert text.index("US dollars a month") < 1500
