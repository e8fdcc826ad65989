"""The wheels that go into the package: pinned and hashed in requirements.lock, fetched for the platform of Functions.

In: requirements.txt and constraints.txt (to lock), the lock (to fetch). Out: wheel files whose SHA-256 is the one in
the lock. What was fetched once is kept by its hash, so that a second build needs no network. A source distribution is
never built: it would run a stranger's code on the machine that makes the package.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "release" / "requirements.lock"
CACHE = ROOT / ".lifeboat" / "wheels"
PYTHON = "3.13"

_PLATFORM = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
_LINE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+) --hash=sha256:(?P<hash>[0-9a-f]{64})")
_HEAD = (
    "# Written by `python -m release lock` from requirements.txt and constraints.txt: the wheels of the package, for\n"
    f"# CPython {PYTHON} on Linux x86-64. A wheel whose hash is another is refused.\n"
)


class Refused(Exception):
    """The package cannot be made as it should be; the text says why and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """One line of the lock."""

    name: str
    version: str
    hash: str


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(path: Path = LOCK) -> list[Pin]:
    """The lock, by name. Raises Refused where a line is none of a lock."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    found = [_LINE.fullmatch(line) for line in lines]
    if None in found:
        raise Refused(f"{path}: not a line of a lock: {lines[found.index(None)]!r}")
    return sorted(Pin(normal(match["name"]), match["version"], match["hash"]) for match in found if match)


def lock(path: Path = LOCK) -> list[Pin]:
    """Resolves the requirements for the platform and writes the lock."""
    with tempfile.TemporaryDirectory() as folder:
        _pip(Path(folder), "-r", str(ROOT / "requirements.txt"), "-c", str(ROOT / "constraints.txt"))
        pins = sorted(_pin(wheel) for wheel in Path(folder).glob("*.whl"))
    path.write_text(_HEAD + "".join(f"{pin.name}=={pin.version} --hash=sha256:{pin.hash}\n" for pin in pins))
    return pins


def fetch(pins: Sequence[Pin], cache: Path = CACHE) -> list[Path]:
    """The wheel of each pin, in the order of the pins. Raises Refused where one cannot be had with its hash."""
    cache.mkdir(parents=True, exist_ok=True)
    have = _by_hash(cache.glob("*.whl"))
    missing = [pin for pin in pins if pin.hash not in have]
    if missing:
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            wanted = Path(folder) / "wanted.txt"
            wanted.write_text("".join(f"{pin.name}=={pin.version} --hash=sha256:{pin.hash}\n" for pin in missing))
            _pip(Path(folder), "--no-deps", "--require-hashes", "-r", str(wanted))
            for wheel in Path(folder).glob("*.whl"):
                wheel.replace(cache / wheel.name)
        have = _by_hash(cache.glob("*.whl"))
    absent = [pin.name for pin in pins if pin.hash not in have]
    if absent:
        raise Refused(f"no wheel has the locked hash of {', '.join(absent)}")
    return [have[pin.hash] for pin in pins]


def _by_hash(wheels: Iterable[Path]) -> dict[str, Path]:
    return {hashlib.sha256(wheel.read_bytes()).hexdigest(): wheel for wheel in sorted(wheels)}


def _pin(wheel: Path) -> Pin:
    name, version = wheel.name.split("-")[:2]
    return Pin(normal(name), version, hashlib.sha256(wheel.read_bytes()).hexdigest())


def _pip(folder: Path, *arguments: str) -> None:
    platform = [part for tag in _PLATFORM for part in ("--platform", tag)]
    abis = [part for abi in ("cp313", "abi3", "none") for part in ("--abi", abi)]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--quiet", "--disable-pip-version-check"]
    command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", PYTHON, *platform, *abis]
    done = subprocess.run([*command, "--dest", str(folder), *arguments], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise Refused(f"the wheels of the package could not be fetched:\n{done.stderr.strip()}")
