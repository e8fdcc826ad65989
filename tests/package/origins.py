"""Whose a loaded module is: of Python itself, of the package, or of somewhere else."""

import sysconfig
from collections.abc import Mapping
from pathlib import Path

_PYTHON = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]


def elsewhere(files: Mapping[str, str], package: Path) -> dict[str, str]:
    """Of module → file, what is neither Python's nor of the package."""
    return {name: file for name, file in files.items() if not (_pythons(file) or _inside(file, package))}


def _pythons(file: str) -> bool:
    return "site-packages" not in file and any(_inside(file, folder) for folder in _PYTHON)


def _inside(file: str, folder: Path) -> bool:
    return Path(file).resolve().is_relative_to(folder.resolve())
