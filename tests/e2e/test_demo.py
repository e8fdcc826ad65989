"""`python -m local demo` is what the README shows first: it exits 0 only if everything it prints is so."""

import re
import subprocess
import sys
from pathlib import Path

from local.processes import ROOT


def test_the_demo_proves_what_it_prints(tmp_path: Path):
    command = [sys.executable, "-m", "local", "demo", "--users", "60", "--data", str(tmp_path / "demo")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Everything above was checked." in done.stdout
    assert "not named" not in done.stdout
    for outcome in ("read", "partial", "refused", "unlicensed", "unavailable"):
        assert re.search(rf"^{outcome} \(\d+\)$", done.stdout, re.MULTILINE), f"no type is shown as {outcome}"
    assert {len(line) > 120 for line in done.stdout.splitlines() if not line.startswith("{")} == {False}


def test_the_demo_fails_when_it_cannot_show_what_it_claims(tmp_path: Path):
    """A company without the cases it damages is not a success."""
    command = [sys.executable, "-m", "local", "demo", "--users", "1", "--data", str(tmp_path / "demo")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode != 0
