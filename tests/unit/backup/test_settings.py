"""Settings: every one is documented, all problems are told at once, and a fixed token stays on a laptop."""

import re
from pathlib import Path

import pytest

from functions.errors import ConfigError
from functions.settings import Secret, Settings, is_loopback

ROOT = Path(__file__).parents[3]
AZURE = {
    "TENANT_ID": "11111111-2222-4333-8444-555555555555",
    "SNAPSHOT_BLOB_URL": "https://vault.blob.core.windows.net",
    "SNAPSHOT_TABLE_URL": "https://vault.table.core.windows.net",
}
EMULATOR = "BlobEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://127.0.0.1:2/a;AccountName=a;AccountKey=k"
LAPTOP = {
    "TENANT_ID": AZURE["TENANT_ID"],
    "GRAPH_URL": "http://127.0.0.1:4000",
    "GRAPH_TOKEN": "t",
    "SNAPSHOT_STORAGE_CONNECTION": EMULATOR,
}


def test_every_setting_is_documented():
    code = (ROOT / "functions" / "settings.py").read_text()
    names = set(re.findall(r'"([A-Z][A-Z_]{4,})"', code))
    page = (ROOT / "docs" / "operations.md").read_text()
    assert names
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_settings_of_azure_and_of_a_laptop_are_read():
    assert Settings.from_env(AZURE).cloud == "global"
    laptop = Settings.from_env(LAPTOP)
    assert (laptop.local, laptop.graph_token.reveal(), laptop.restore_enabled) == (True, "t", True)


def test_audiences_are_read_in_lower_case_with_commas_or_spaces_between():
    named = Settings.from_env({**AZURE, "AUTH_AUDIENCES": "ABCDEF12-0000-4000-8000-000000000001, api://x/Lifeboat"})
    assert named.audiences == {"abcdef12-0000-4000-8000-000000000001", "api://x/lifeboat"}
    assert Settings.from_env(AZURE).audiences == frozenset()


@pytest.mark.parametrize("cloud", ["local", "global", "usGov", "usGovDoD", "china"])
def test_a_laptop_may_stand_for_any_cloud(cloud):
    assert Settings.from_env(LAPTOP).cloud == "local"
    assert Settings.from_env({**LAPTOP, "GRAPH_CLOUD": cloud}).cloud == cloud
    with pytest.raises(ConfigError, match="GRAPH_CLOUD must be one of local, global, usGov, usGovDoD, china"):
        Settings.from_env({**LAPTOP, "GRAPH_CLOUD": cloud.upper()})


@pytest.mark.parametrize("host", ["https://graph.microsoft.com", "https://microsoftgraph.chinacloudapi.cn"])
def test_away_from_loopback_the_host_alone_says_which_cloud_it_is(host):
    assert Settings.from_env({**AZURE, "GRAPH_URL": host, "GRAPH_CLOUD": ""}).cloud in ("global", "china")
    with pytest.raises(ConfigError, match="GRAPH_CLOUD is for a loopback GRAPH_URL only"):
        Settings.from_env({**AZURE, "GRAPH_URL": host, "GRAPH_CLOUD": "global"})


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigError) as told:
        Settings.from_env({"TENANT_ID": "x", "RESTORE_ENABLED": "perhaps", "PLAN_LIFETIME_SECONDS": "-1"})
    for name in ("TENANT_ID", "RESTORE_ENABLED", "PLAN_LIFETIME_SECONDS", "SNAPSHOT_BLOB_URL"):
        assert name in told.value.message


@pytest.mark.parametrize(
    "host", ["https://graph.microsoft.com", "https://evil.example", "http://127.0.0.1.evil.example"]
)
@pytest.mark.parametrize("secret", ["GRAPH_TOKEN", "SNAPSHOT_STORAGE_CONNECTION"])
def test_a_fixed_secret_is_refused_away_from_loopback(host, secret):
    with pytest.raises(ConfigError):
        Settings.from_env({**AZURE, "GRAPH_URL": host, secret: "s"})


@pytest.mark.parametrize(
    "storage",
    [
        {"SNAPSHOT_STORAGE_CONNECTION": "DefaultEndpointsProtocol=https;AccountName=vault;AccountKey=k"},
        {"SNAPSHOT_STORAGE_CONNECTION": EMULATOR.replace("127.0.0.1:2", "vault.example")},
        {"SNAPSHOT_STORAGE_CONNECTION": "", **AZURE},
    ],
)
def test_a_loopback_graph_does_not_go_with_a_real_storage_account(storage):
    with pytest.raises(ConfigError, match="storage emulator only"):
        Settings.from_env({**LAPTOP, **storage})


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:7071", True),
        ("http://[::1]:1", True),
        ("http://localhost:1", True),
        ("http://127.0.0.1@evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://10.0.0.1", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_told_from_lookalikes(url, loopback):
    assert is_loopback(url) is loopback


def test_a_secret_does_not_show_itself():
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert "hunter2" not in repr(Settings.from_env(LAPTOP)) + str(
        Settings.from_env({**LAPTOP, "GRAPH_TOKEN": "hunter2"})
    )
    assert secret.reveal() == "hunter2"
