"""The description of the API against the API: schemathesis sends what it allows, and what it does not."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.stage import Stage

_SECONDS = 15


def test_the_api_is_what_its_description_says(stage: Stage, tmp_path: Path) -> None:
    mark = stage.mark()
    ended = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run"),
            f"{stage.functions_url}/api/openapi.json",
            *("--checks", "all", "--mode", "all", "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", "12", "--seed", "20261122", "--generation-database", "none"),
            # One caller: a backup and a rebuild of the index that are started in one moment do not see each other.
            *("--max-time", str(_SECONDS), "--request-timeout", "20", "--no-color", "--workers", "1"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=_SECONDS * 4,
    )
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    assert stage.mark() == mark, "nothing was written to the tenant"
    stage.idle()
    stage.backup("organization")
    assert stage.call("PUT", "settings/types", json={"preset": "standard"}).is_success, "as it was"
