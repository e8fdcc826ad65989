"""What lies in the package: the app, and of each wheel what an app that runs can need.

In: the repository and wheels. Out: a folder laid out as the Functions platform wants it, sources only. Left out of the
wheels is what pip would write on this machine (RECORD, INSTALLER, direct_url), scripts, tests, stubs, sources in C, and
the package `msgraph`: the app uses the SDK's request adapter (msgraph-core, kiota), and the typed models that make up
the rest are 18,000 files that nothing imports.
"""

import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from release.wheels import ROOT, Refused

APP = ("function_app.py", "host.json")
CODE = "functions"
PACKAGES = PurePosixPath(".python_packages/lib/site-packages")

_NEVER_IMPORTED = frozenset({"msgraph"})
_FOLDERS = frozenset({"__pycache__", "tests", "test", "docs", "examples", "benchmarks", "sboms"})
_ENDINGS = frozenset({".pyc", ".pyi", ".pyx", ".pxd", ".pxi", ".c", ".h", ".js", ".css", ".png"})
_OF_INSTALLERS = frozenset({"RECORD", "WHEEL", "INSTALLER", "REQUESTED", "direct_url.json", "top_level.txt"})


def lay_out(folder: Path, wheels: Iterable[Path]) -> None:
    """Fills an empty folder. Raises Refused where two wheels hold a file of the same name."""
    for name in APP:
        shutil.copyfile(ROOT / name, folder / name)
    for source in sorted((ROOT / CODE).rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            target = folder / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as opened:
            for name, place in _wanted(opened):
                target = folder / PACKAGES / place
                if target.exists() and target.read_bytes() != opened.read(name):
                    raise Refused(f"{wheel.name}: another wheel has put a different {place} there")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(opened.read(name))


def _wanted(wheel: zipfile.ZipFile) -> Iterator[tuple[str, PurePosixPath]]:
    """Name in the wheel, place among the packages."""
    code = [name for name in sorted(wheel.namelist()) if not name.endswith("/")]
    if all(_installed(PurePosixPath(name)) is None or _of_metadata(name) for name in code):
        return  # nothing of it but its name: no reason to say that it is there
    for name in code:
        place = _installed(PurePosixPath(name))
        if place is not None:
            yield name, place


def _of_metadata(name: str) -> bool:
    return name.partition("/")[0].endswith(".dist-info")


def _installed(path: PurePosixPath) -> PurePosixPath | None:
    """Where a file of a wheel goes, None where it is left out."""
    parts = path.parts
    if parts[0].endswith(".data"):
        if parts[1] not in ("purelib", "platlib"):
            return None
        parts = parts[2:]
    if parts[0].endswith(".dist-info"):
        told = len(parts) > 2 or parts[1] not in _OF_INSTALLERS
        return PurePosixPath(*parts) if told and "sboms" not in parts else None
    if parts[0] in _NEVER_IMPORTED or _FOLDERS & set(parts[:-1]) or path.suffix in _ENDINGS:
        return None
    return PurePosixPath(*parts)
