"""How large a package is, what weighs most, how long its import takes, and whether that is within the limits.

In: a zip and the folder that it was made of. Out: lines for a person; Refused where a limit is missed. Azure publishes
no limit for a package on Flex Consumption; these are our own. They keep a cold start short, and they notice when the
typed models of an SDK come in by a side door.
"""

import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from release.contents import PACKAGES
from release.wheels import Refused

MEGABYTE = 1_000_000
LARGEST_ZIP = 60 * MEGABYTE
LARGEST_FOLDER = 250 * MEGABYTE
SLOWEST_IMPORT = 0.9  # seconds of computing, the median of some tries with a warm cache of files
_TRIES = 5
_SHOWN = 10

# A process as bare as can be: only the package and the standard library are there to import from.
BARE = ("-I", "-S", "-B")
_IMPORT = """
import sys, time
sys.path[:0] = {paths!r}
begun = time.perf_counter(), time.process_time()
import function_app
print(time.perf_counter() - begun[0], time.process_time() - begun[1])
"""


def sizes(target: Path, folder: Path) -> Iterator[str]:
    """Says how large it is. Raises Refused when it is too large."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    unpacked = sum(path.stat().st_size for path in files)
    zipped = target.stat().st_size
    yield f"zip        {zipped / MEGABYTE:8.2f} MB of at most {LARGEST_ZIP // MEGABYTE}"
    yield f"unpacked   {unpacked / MEGABYTE:8.2f} MB of at most {LARGEST_FOLDER // MEGABYTE}, {len(files)} files"
    weights = Counter[str]()
    for path in files:
        weights[_owner(path.relative_to(folder))] += path.stat().st_size
    for name, weight in weights.most_common(_SHOWN):
        yield f"  {name:30} {weight / MEGABYTE:8.2f} MB"
    if zipped > LARGEST_ZIP or unpacked > LARGEST_FOLDER:
        raise Refused("the package is too large: see above what weighs most (release/contents.py leaves things out)")


def import_seconds(folder: Path, tries: int = _TRIES) -> tuple[float, float]:
    """How long `import function_app` takes by the clock, and how long it computes: what else the machine does is not in
    the second. Medians of new processes with nothing but the package, after one to warm up."""
    script = _IMPORT.format(paths=[str(folder), str(folder / PACKAGES)])
    taken = []
    for _ in range(tries + 1):
        done = subprocess.run(
            [sys.executable, *BARE, "-c", script], capture_output=True, text=True, cwd=folder, env=_bare(os.environ)
        )
        if done.returncode:
            raise Refused(f"the app cannot be imported from the package alone:\n{done.stderr.strip()}")
        taken.append(tuple(map(float, done.stdout.split())))
    clock, computing = zip(*taken[1:], strict=True)
    return statistics.median(clock), statistics.median(computing)


def speed(folder: Path) -> Iterator[str]:
    """Says how long the import takes. Raises Refused when it is too long."""
    clock, computing = import_seconds(folder)
    told = f"{clock:.2f} s by the clock; median of {_TRIES}, warm"
    yield f"import     {computing:8.2f} s of at most {SLOWEST_IMPORT} ({told})"
    if computing > SLOWEST_IMPORT:
        raise Refused("the import takes too long: `python -X importtime` says where")


def _owner(path: Path) -> str:
    """The package that a file belongs to, as people name it."""
    if not path.is_relative_to(PACKAGES):
        return path.parts[0]
    parts = path.relative_to(PACKAGES).parts
    return ".".join(parts[:2]) if parts[0] == "azure" else parts[0].removesuffix(".py")


def _bare(environment: "os._Environ[str]") -> dict[str, str]:
    return {key: value for key, value in environment.items() if not key.startswith("PYTHON")}
