"""The app imported from the package alone: a bare Python, the package, nothing else."""

import json
import subprocess
import sys
from pathlib import Path

from release import report
from release.contents import PACKAGES
from tests.package.origins import elsewhere

_SLACK = 2.0  # a machine of tests is shared; `make package` holds the limit itself
_APP = "import function_app"
_ALL = """
import importlib, pkgutil, functions
import azure.data.tables.aio, azure.identity.aio, azure.storage.blob.aio
for module in pkgutil.walk_packages(functions.__path__, "functions."):
    importlib.import_module(module.name)
"""
_FILES = """
import json, sys
files = {name: getattr(module, "__file__", None) for name, module in sys.modules.copy().items()}
print(json.dumps({name: file for name, file in files.items() if file}))
"""


def _loaded(package: Path, script: str) -> dict[str, str]:
    """Module → file, in a process that can import from the package and the standard library alone."""
    paths = f"import sys; sys.path[:0] = {[str(package), str(package / PACKAGES)]!r}\n"
    done = subprocess.run(
        [sys.executable, *report.BARE, "-c", paths + script + _FILES], capture_output=True, text=True, cwd=package
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_app_needs_nothing_but_the_package(unpacked: Path) -> None:
    loaded = _loaded(unpacked, _APP)
    assert elsewhere(loaded, unpacked) == {}
    assert Path(loaded["function_app"]) == unpacked / "function_app.py"
    assert {"functions.blueprints.backup", "azure.functions", "azure.durable_functions"} <= loaded.keys()


def test_every_module_of_the_app_can_be_imported_from_the_package(unpacked: Path) -> None:
    loaded = _loaded(unpacked, _ALL)
    assert elsewhere(loaded, unpacked) == {}
    assert {"functions.graph.transport", "azure.storage.blob.aio", "azure.data.tables.aio", "msgspec"} <= loaded.keys()
    assert not [name for name in loaded if name.partition(".")[0] == "msgraph"], "the typed models are not shipped"


def test_the_import_reads_bytecode(unpacked: Path) -> None:
    """Without it the import takes several times as long: the source of every module would be compiled."""
    paths = f"import sys; sys.path[:0] = {[str(unpacked), str(unpacked / PACKAGES)]!r}\nimport function_app"
    done = subprocess.run(
        [sys.executable, *report.BARE, "-v", "-c", paths], capture_output=True, text=True, cwd=unpacked
    )
    assert done.returncode == 0
    compiled = [
        line for line in done.stderr.splitlines() if line.startswith("# code object from") and ".pyc" not in line
    ]
    assert [line for line in compiled if str(unpacked) in line] == []


def test_the_import_is_quick(unpacked: Path) -> None:
    clock, computing = report.import_seconds(unpacked, tries=3)
    print(f"import function_app: {computing:.2f} s of computing, {clock:.2f} s by the clock")
    assert computing < report.SLOWEST_IMPORT * _SLACK
