"""Compiles the sources of a package folder, so that a cold start does not.

In: a folder. Out: a .pyc in the __pycache__ beside each .py, the same bytes wherever the folder lies. Both are shipped:
tracebacks show the line of the source, and the platform's indexer looks for function_app.py. The .pyc are not checked
against their sources: by default the time of the source is compared, and unpacking a zip sets that time anew, which
would make every one of them void. Names of files in them are relative; the import system puts the true one in.
"""

import os
import subprocess
import sys
from pathlib import Path

from release.wheels import PYTHON, Refused

_COMPILE = """
import py_compile, sys
for line in sys.stdin.read().splitlines():
    py_compile.compile(line, dfile=line, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"""


def compile_all(folder: Path) -> int:
    """Returns how many files were compiled. Raises Refused where one is not Python, or this is another Python."""
    if sys.version_info[:2] != tuple(map(int, PYTHON.split("."))):
        raise Refused(f"bytecode for Python {PYTHON} is made with Python {PYTHON}, not {sys.version.split()[0]}")
    sources = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
    # In a process of its own, in one order and with one hash seed: what is in memory before leaves traces in bytecode.
    environment = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", _COMPILE],
        input="\n".join(sources),
        capture_output=True,
        text=True,
        cwd=folder,
        env={**environment, "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "ignore", "LC_ALL": "C.UTF-8"},
    )
    if done.returncode:
        raise Refused(f"a source of the package does not compile:\n{done.stderr.strip()}")
    return len(sources)
