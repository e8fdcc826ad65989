"""The script that delivers the package, with real curl against a server, and a stand-in for the Azure CLI."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.infra.bicep_text import INFRA
from tests.unit.infra.site import Site, listening

SCRIPT = INFRA / "scripts" / "deploy-package.sh"
LACKING = [tool for tool in ("bash", "curl", "jq", "openssl") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {', '.join(LACKING)}")

ZIP = b"PK the package, as it was built"
# Answers by what is asked for; keeps each call. What it does not know fails, as a wrong command would.
AZ = """#!/usr/bin/env bash
printf '%s\\n' "$*" >> "$STAND_IN_LOG"
case "$*" in
  "cloud show"*) echo https://management.example/ ;;
  "account get-access-token --resource https://management.example/ "*) echo token-of-the-deployer ;;
  "functionapp show"*sku*) echo "$STAND_IN_PLAN" ;;
  "functionapp show"*hostNameSslStates*) echo "$STAND_IN_ADDRESS" ;;
  "functionapp config appsettings list"*) echo https://account.blob.core.windows.net/app-package/lifeboat.zip ;;
  "resource invoke-action"*) exit "${STAND_IN_SYNC:-0}" ;;
  "storage blob upload"* | "functionapp restart"*) ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with listening(tmp_path) as site:
        yield site


async def deliver(
    tmp_path: Path, site: Site, plan: str, *, package: bool = True, sync: int = 0
) -> tuple[int, str, list[str]]:
    """Runs the script. Its status, what it said, and the calls of the Azure CLI."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "az").write_text(AZ, encoding="utf-8")
    (programs / "az").chmod(0o755)
    if package:
        (tmp_path / "lifeboat.zip").write_bytes(ZIP)
    log = tmp_path / "calls"
    log.touch()
    process = await asyncio.create_subprocess_exec(
        *("bash", str(SCRIPT), "rg-lifeboat", "lifeboat-app", str(tmp_path / "lifeboat.zip")),
        env={
            "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "STAND_IN_LOG": str(log),
            "STAND_IN_PLAN": plan,
            "STAND_IN_ADDRESS": site.address,
            "STAND_IN_SYNC": str(sync),
            "WAIT_SECONDS": "0",
            "ATTEMPTS": "3",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode(), log.read_text(encoding="utf-8").splitlines()


async def test_flex_gets_the_zip_as_it_is_and_builds_nothing(tmp_path: Path, site: Site):
    status, said, calls = await deliver(tmp_path, site, "FlexConsumption")
    assert (status, said) == (0, "lifeboat-app has the package\n")
    assert site.zip == ZIP
    assert site.asked[0] == ("POST", "/api/publish?RemoteBuild=false&Deployer=lifeboat")
    assert site.asked[1:] == [("GET", "/api/deployments/d3b07384-d113")] * 2
    assert site.tokens == {"Bearer token-of-the-deployer"}
    assert not [call for call in calls if "config-zip" in call or "token-of" in call]
    assert [call for call in calls if "syncfunctiontriggers" in call] == calls[-1:]


async def test_a_package_that_is_there_is_no_failure_when_its_triggers_could_not_be_read(tmp_path: Path, site: Site):
    site.statuses = [1, 6]
    status, said, calls = await deliver(tmp_path, site, "FlexConsumption", sync=1)
    assert status == 0
    assert "not all of it went well" in said
    assert "restart lifeboat-app" in said
    assert said.endswith("lifeboat-app has the package\n")
    assert len([call for call in calls if "syncfunctiontriggers" in call]) == 3


@pytest.mark.parametrize(
    ("accepts", "statuses", "told"),
    [
        (403, [], "answered 403"),
        (202, [0, 3], "the deployment failed"),
        (202, [-1], "status -1"),
        (202, [5], "status 5"),
        (202, [1, 1, 1], "has not ended"),
    ],
)
async def test_a_delivery_that_fails_is_told(tmp_path: Path, site: Site, accepts: int, statuses: list[int], told: str):
    site.accepts, site.statuses = accepts, statuses
    status, said, _ = await deliver(tmp_path, site, "FlexConsumption")
    assert status == 1
    assert told in said


async def test_premium_gets_it_from_host_storage_and_looks_at_it_again(tmp_path: Path, site: Site):
    status, said, calls = await deliver(tmp_path, site, "ElasticPremium")
    assert (status, said) == (0, "lifeboat-app restarts with the package\n")
    assert not site.asked
    upload, restart, triggers = calls[-3:]
    assert "--account-name account --container-name app-package --name lifeboat.zip" in upload
    assert "--auth-mode login" in upload
    assert restart.startswith("functionapp restart")
    assert "syncfunctiontriggers" in triggers


async def test_no_package_and_a_plan_of_another_kind_are_told_before_anything_happens(tmp_path: Path, site: Site):
    status, said, calls = await deliver(tmp_path, site, "FlexConsumption", package=False)
    assert (status, calls) == (1, [])
    assert "make package" in said


async def test_an_app_of_another_plan_is_left_alone(tmp_path: Path, site: Site):
    status, said, calls = await deliver(tmp_path, site, "Dynamic")
    assert status == 1
    assert "Dynamic" in said
    assert len(calls) == 1
    assert not site.asked
