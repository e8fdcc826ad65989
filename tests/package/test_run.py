"""A backup run by the app of the package: the local host serves the unpacked zip, with the modules that lie in it."""

import json
import time
import zipfile
from pathlib import Path

import httpx
import pytest

from local.processes import Child
from local.stack import Choices, Stack
from tests.e2e.vault import Vault
from tests.e2e.verify import assert_whole
from tests.package.origins import elsewhere

_NEVER = "0 0 0 29 2 *"
_OF_THE_HOST = {"__main__", "local", "tests", "azure_functions_runtime", "azurefunctions"}
_TRIED = {"rich", "click", "pygments"}  # httpx takes them for its command line where they are installed


class Packaged(Stack):
    """The stack, with the app as it is deployed."""

    def __init__(self, data: Path, app: Path) -> None:
        super().__init__(Choices(data=data, users=20, env={"BACKUP_SCHEDULE": _NEVER}))
        self.app = app
        self.modules = data / "modules.json"

    def start_host(self) -> None:
        arguments = [str(self.modules), "--app", str(self.app), "--port", "0", "--data", str(self.data / "host")]
        env = self.app_settings()
        self.host = Child("tests.package.served", arguments, log=self.data / "host.log", env=env, patience=60)


@pytest.fixture(scope="module")
def unzipped(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the platform unpacks."""
    folder = tmp_path_factory.mktemp("wwwroot")
    with zipfile.ZipFile(built) as opened:
        opened.extractall(folder)
    return folder


def test_a_backup_from_the_package_is_whole_and_runs_on_its_modules(unzipped: Path, tmp_path: Path) -> None:
    with (
        Packaged(tmp_path, unzipped) as stack,
        httpx.Client(base_url=f"{stack.functions_url}/api/", timeout=60) as http,
    ):
        started = http.post("backups", json={})
        assert started.status_code == 202, started.text
        run = started.json()["runId"]
        for _ in range(240):
            found = http.get(f"backups/{run}").json()
            if found["state"] != "running":
                break
            time.sleep(0.5)
        assert found["state"] == "committed", found
        instance = f"{stack.functions_url}/runtime/webhooks/durabletask/instances/backup-{stack.tenant_id}"
        while http.get(instance).status_code == 202:
            time.sleep(0.2)
        vault = Vault(stack.storage, stack.tenant_id)
        manifest = assert_whole(vault, run)
        vault.close()
    assert len(manifest["types"]) > 100
    assert manifest["types"]["users"]["objects"] > 10

    loaded = json.loads(stack.modules.read_text())
    foreign = elsewhere(loaded, unzipped)
    assert {name.partition(".")[0] for name in foreign} <= _OF_THE_HOST | _TRIED, foreign
    for name in (
        "function_app",
        "functions.backup.flow",
        "msgspec",
        "azure.storage.blob",
        "azure.functions",
        "aiohttp",
    ):
        assert Path(loaded[name]).is_relative_to(unzipped), name
    assert not [name for name in loaded if name.partition(".")[0] == "msgraph"]
