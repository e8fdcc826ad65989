"""The calls that docs/calls.md shows for a laptop, run as they stand there."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.processes import ROOT
from tests.e2e.test_up import up

LACKING = [tool for tool in ("bash", "curl", "jq", "zcat", "sha256sum") if shutil.which(tool) is None]
PAGE = (ROOT / "docs" / "calls.md").read_text(encoding="utf-8").partition("## On a laptop")[2]
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {', '.join(LACKING)}")
def test_the_calls_of_the_page_run_as_they_stand(tmp_path: Path) -> None:
    assert len(BLOCKS) >= 4
    with up(tmp_path / "up", "--users", "30") as (_, stack):
        script = "\n".join(f"{block}\necho ====\n" for block in BLOCKS)
        for old, new in (
            ("http://127.0.0.1:7071", stack["functionsUrl"]),
            (".venv/bin/python -m local files", f"{sys.executable} -m local files --data {tmp_path}/up"),
            (".lifeboat/", f"{tmp_path}/"),
        ):
            assert old in script
            script = script.replace(old, new)
        script = script.replace(" files --data", f" files --to {tmp_path}/files --data")
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=240
        )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr
    backup, change, restore, files = ran.stdout.split("====\n")[:4]
    assert '"state": "committed"' in backup
    assert '"missing"' not in backup
    [opened] = json.JSONDecoder().raw_decode(change)[0]
    assert (opened["path"], opened["after"]) == ("signInAudience", "AzureADMultipleOrgs"), change
    assert '"state": "applied"' in restore
    assert restore.splitlines()[-1] == f'"{opened["before"]}"'
    assert '"users": "read"' in files
    found, told = files.splitlines()[-2:]
    assert found == f"{told}  users.json.gz"
