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
    razed = re.search(r"^• Pier 9, (\d+) objects of (\d+) types that name each other", done.stdout, re.MULTILINE)
    assert razed
    assert (int(razed[1]) >= 30, int(razed[2]) >= 12) == (True, True)
    assert re.search(r" (\d+) of \1 steps done, 0 failed$", done.stdout, re.MULTILINE)
    assert re.search(rf"^│ all +│ +{razed[1]} │ +0 │ +{razed[1]} │", done.stdout, re.MULTILINE)
    for proof in (
        "differences: 0 besides",
        "0 objects of the tenant still name one",
        "the same plan once more: 0 steps",
    ):
        assert proof in done.stdout
    assert {len(line) > 120 for line in done.stdout.splitlines() if not line.startswith("{")} == {False}


def test_the_demo_fails_when_it_cannot_show_what_it_claims(tmp_path: Path):
    """A company without the cases it damages is not a success."""
    command = [sys.executable, "-m", "local", "demo", "--users", "1", "--data", str(tmp_path / "demo")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode != 0
