"""The settings of the app: what it reads, what Bicep sets and what the page of operations says are the same."""

import ast
import json
import math
import re
from pathlib import Path

import pytest

from functions import settings as settings_module
from functions.settings import _GRAPH_HOSTS, RETENTION_MODES, Settings
from tests.unit.infra.bicep_text import INFRA, BicepFile, Param, read

ROOT = INFRA.parent
APP = read(INFRA / "modules" / "app.bicep")
SETTINGS: dict[str, str] = APP.variables["settings"]
LAPTOP_ONLY = {"GRAPH_TOKEN", "SNAPSHOT_STORAGE_CONNECTION", "GRAPH_CLOUD"}
BY_THE_PLATFORM = {"WEBSITE_AUTH_ENABLED"}
FORBIDDEN_ON_FLEX = {
    "FUNCTIONS_WORKER_RUNTIME",
    "FUNCTIONS_WORKER_RUNTIME_VERSION",
    "FUNCTIONS_EXTENSION_VERSION",
    "FUNCTIONS_WORKER_PROCESS_COUNT",
    "SCM_DO_BUILD_DURING_DEPLOYMENT",
    "ENABLE_ORYX_BUILD",
    "WEBSITE_RUN_FROM_PACKAGE",
    "WEBSITE_CONTENTSHARE",
    "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING",
    "WEBSITE_VNET_ROUTE_ALL",
    "WEBSITE_TIME_ZONE",
    "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
}
# ARM refuses these in siteConfig of a Flex app (error 51021), in one region or another.
FORBIDDEN_IN_FLEX_CONFIG = {
    "linuxFxVersion",
    "netFrameworkVersion",
    "ftpsState",
    "use32BitWorkerProcess",
    "preWarmedInstanceCount",
    "functionAppScaleLimit",
    "functionsRuntimeScaleMonitoringEnabled",
}


class Numbers:
    """The calls `read.number(NAME, default, lowest, highest)` of settings.py, read from its source."""

    def __init__(self) -> None:
        tree = ast.parse(Path(settings_module.__file__).read_text(encoding="utf-8"))
        self.names: set[str] = set()
        self.limits: dict[str, tuple[float, float, float]] = {}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
                continue
            first = node.args[0]
            if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                continue
            owner = ast.unparse(node.func.value)
            if (owner, node.func.attr) in {
                ("env", "get"),
                ("read", "guid"),
                ("read", "guids"),
                ("read", "flag"),
                ("read", "words"),
            }:
                self.names.add(first.value)
            if owner == "read" and node.func.attr in {"number", "choice"}:
                self.names.add(first.value)
            if owner == "read" and node.func.attr == "number":
                default, lowest, highest = (ast.literal_eval(each) for each in node.args[1:])
                self.limits[first.value] = (default, lowest, highest)


READ = Numbers()


def triggers() -> set[str]:
    """The settings that triggers and host.json name as %NAME%."""
    sources = [ROOT / "host.json", *sorted((ROOT / "functions" / "blueprints").glob("*.py"))]
    return {name for path in sources for name in re.findall(r"%(\w+)%", path.read_text(encoding="utf-8"))}


def rows() -> dict[str, str]:
    """Setting → default, of the table in docs/operations.md."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = page.split("## Settings", 1)[1].split("\n## ", 1)[0]
    return dict(re.findall(r"^\| `([A-Z0-9_]+)` \| (.*?) \|", table, re.MULTILINE))


def behind(name: str) -> Param:
    """The parameter that a setting is made of."""
    [used] = [word for word in re.findall(r"\w+", SETTINGS[name]) if word in APP.params]
    return APP.params[used]


def test_the_source_is_read():
    """Were settings.py written in another way, the tests below would compare with nothing."""
    assert len(READ.limits) > 20
    assert {"TENANT_ID", "GRAPH_URL", "RESTORE_ENABLED", "RETENTION_MODE", "BREAK_GLASS_IDS"} <= READ.names


def test_bicep_sets_what_the_app_reads_and_nothing_else():
    assert set(SETTINGS) == (READ.names | triggers()) - LAPTOP_ONLY - BY_THE_PLATFORM


def test_the_page_names_what_bicep_sets_and_what_the_platform_sets():
    assert set(rows()) == set(SETTINGS) | BY_THE_PLATFORM


def test_every_trigger_finds_its_setting():
    assert triggers() >= {"BACKUP_SCHEDULE", "TASK_HUB_NAME"}
    assert triggers() <= set(SETTINGS)


@pytest.mark.parametrize("name", sorted(READ.limits))
def test_a_number_has_the_default_and_the_limits_of_the_code(name: str):
    default, lowest, highest = READ.limits[name]
    param = behind(name)
    assert (param.type, param.default) == ("int", default)
    assert param.decorators["minValue"] == [math.ceil(lowest)]
    assert param.decorators["maxValue"] == [highest]


@pytest.mark.parametrize("name", sorted(READ.limits))
def test_the_page_gives_the_default_of_the_code(name: str):
    assert rows()[name] == f"`{READ.limits[name][0]:g}`"


def test_choices_and_schedules_have_the_defaults_of_the_code_and_of_the_page():
    assert behind("RETENTION_MODE").allowed == list(RETENTION_MODES)
    assert behind("RETENTION_MODE").default == RETENTION_MODES[0]
    assert behind("GRAPH_URL").allowed == list(_GRAPH_HOSTS)
    assert behind("GRAPH_URL").default == Settings(tenant_id="").graph_url
    assert behind("RESTORE_ENABLED").default is Settings(tenant_id="").restore_enabled
    for name in ("BACKUP_SCHEDULE", "RETENTION_SCHEDULE", "VERIFY_SCHEDULE", "RETENTION_MODE"):
        assert rows()[name] == f"`{behind(name).default}`"


def test_the_settings_of_the_templates_are_settings_the_app_takes():
    """The app reads what Bicep sets by default, without a problem."""
    names = {"TENANT_ID", "SNAPSHOT_BLOB_URL", "SNAPSHOT_TABLE_URL", "READER_CLIENT_ID", "RESTORER_CLIENT_ID"}
    env = {name: str(behind(name).default).lower() for name in SETTINGS if name not in names}
    env |= {
        "TENANT_ID": "11111111-2222-3333-4444-555555555555",
        "SNAPSHOT_BLOB_URL": "https://account.blob.core.windows.net/",
        "SNAPSHOT_TABLE_URL": "https://account.table.core.windows.net/",
    }
    assert Settings.from_env(env) == Settings.from_env({name: env[name] for name in names if name in env})


def test_no_setting_that_flex_refuses():
    on_flex = set(SETTINGS) | set(APP.variables["platform"])
    assert not on_flex & FORBIDDEN_ON_FLEX
    assert APP.variables["allSettings"] == "union(settings, platform, flex ? {} : platformOfPremium)"
    assert not set(APP.variables["flexConfig"]) & FORBIDDEN_IN_FLEX_CONFIG


def test_storage_and_telemetry_of_the_host_go_by_identity():
    platform = APP.variables["platform"]
    assert "AzureWebJobsStorage" not in platform  # it would win over the settings below
    assert {name for name in platform if name.startswith("AzureWebJobsStorage__")} == {
        f"AzureWebJobsStorage__{part}"
        for part in ("credential", "clientId", "blobServiceUri", "queueServiceUri", "tableServiceUri")
    }
    assert platform["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] == "'ClientId=${hostClientId};Authorization=AAD'"


def test_events_are_never_sampled_away():
    """Alerts count lines of the log: a trace that is left out is a run that nobody saw."""
    logging = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))["logging"]
    assert "Trace" in logging["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")
    assert logging["logLevel"]["default"] == "Information"


def passes_on(outer: BicepFile, module: str, inner: BicepFile) -> None:
    """A template hands on each parameter that it shares with a module under the same name, with the same default,
    limits and description. Not so `location`, which group.bicep takes from its group, and the group of the backups,
    which main.bicep makes."""
    given = outer.module(module).body["params"]
    alike = {name for name, param in inner.params.items() if not param.required} - {"location", "backupGroupName"}
    shared = [name for name, text in given.items() if text == name in outer.params and name in alike]
    assert len(shared) > 40
    for name in shared:
        assert outer.params[name] == inner.params[name]


def test_a_parameter_is_the_same_at_every_level():
    passes_on(read(INFRA / "group.bicep"), "app", APP)
    passes_on(read(INFRA / "main.bicep"), "installation", read(INFRA / "group.bicep"))


@pytest.mark.parametrize("template", ["main.bicep", "group.bicep"])
def test_whoever_deploys_can_set_every_setting(template: str):
    """Besides those that follow from what is deployed."""
    follows = {"TENANT_ID", "SNAPSHOT_BLOB_URL", "SNAPSHOT_TABLE_URL", "READER_CLIENT_ID", "RESTORER_CLIENT_ID"}
    params = read(INFRA / template).params
    assert [name for name in SETTINGS if name not in follows and behind(name).name not in params] == []
