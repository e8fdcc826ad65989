"""The package, built once for all tests that look into it, in whatever process they run."""

import fcntl
import os
from pathlib import Path

import pytest

from release import package


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip; the folder of the same name without its ending is what it was made of."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    target = shared / "built" / "lifeboat.zip"
    target.parent.mkdir(exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            package.build(target)
    return target


@pytest.fixture(scope="session")
def unpacked(built: Path) -> Path:
    """The folder."""
    return built.with_suffix("")
