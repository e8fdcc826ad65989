"""What the templates make together: two groups, storage before the app, nothing by key, and a page that says so."""

import json
import re
from pathlib import Path

import pytest

from tests.unit.infra.bicep_text import INFRA, BicepFile, Expr, bicep_files, read

ROOT = INFRA.parent
MAIN, GROUP, APP = read(INFRA / "main.bicep"), read(INFRA / "group.bicep"), read(INFRA / "modules" / "app.bicep")
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
AZURE_YAML = (ROOT / "azure.yaml").read_text(encoding="utf-8")
SAMPLES = [path for path in bicep_files("bicepparam") if read(path).using == "../main.bicep"]


def text_of(value: object) -> str:
    """A default as the page shows it."""
    if isinstance(value, Expr):
        return f"`{value}`"
    if value in ("", None):
        return "–"
    return f"`{json.dumps(value)}`" if isinstance(value, bool | list | dict) else f"`{value}`"


def rows() -> dict[str, tuple[str, str]]:
    """Parameter → default and description, of the table of the page."""
    table = PAGE.split("## Parameters", 1)[1].split("\n## ", 1)[0]
    return {
        name: (default, said)
        for name, default, said in re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", table, re.MULTILINE)
    }


def test_the_backups_lie_in_a_group_of_their_own():
    groups = {each.symbol: each for each in MAIN.of_type("Microsoft.Resources/resourceGroups")}
    assert set(groups) == {"appGroup", "backupGroup"}
    assert GROUP.module("backupStorage").body["scope"] == "resourceGroup(backupGroupName)"
    assert GROUP.module("storageRoles").body["scope"] == "resourceGroup(backupGroupName)"
    assert MAIN.module("installation").body["dependsOn"] == ["backupGroup"], (
        "the scope makes it wait for the other alone"
    )
    elsewhere = [each.symbol for each in GROUP.modules if "scope" in each.body]
    assert elsewhere == ["backupStorage", "storageRoles", "activityAlerts"]


def test_azd_neither_tags_nor_takes_down_the_group_of_the_backups():
    [group] = [each for each in MAIN.resources if each.symbol == "backupGroup"]
    assert "environmentName" not in str(group.body["tags"])
    assert "azd-env-name" not in str(MAIN.variables["allTags"])
    predown = AZURE_YAML.split("predown:", 1)[1]
    assert re.search(r"^ +exit 1$", predown, re.MULTILINE)
    assert "continueOnError" not in AZURE_YAML


def test_the_app_starts_when_its_storage_and_its_rights_are_there():
    app = GROUP.module("app").body
    assert app["dependsOn"] == ["storageRoles", "backupEndpoints", "hostEndpoints"]
    assert app["params"]["hostBlobUrl"] == "hostStorage.outputs.blobUrl"


def test_every_module_is_used_and_no_other_module_takes_its_place():
    used = {(INFRA / "modules" / Path(each.type).name) for file in bicep_files() for each in read(file).modules}
    used -= {INFRA / "modules" / "group.bicep"}
    assert {path for path in bicep_files() if path.parent.name == "modules"} == used


def test_sign_in_is_asked_of_everybody_and_nothing_is_left_out():
    auth = APP.resource("authentication").body["properties"]
    assert auth["platform"]["enabled"] is True
    assert auth["globalValidation"] == {"requireAuthentication": True, "unauthenticatedClientAction": "Return401"}
    directory = auth["identityProviders"]["azureActiveDirectory"]
    assert set(auth["identityProviders"]) == {"azureActiveDirectory"}
    assert directory["enabled"] is True
    assert "tenantId" in directory["registration"]["openIdIssuer"]
    assert APP.variables["platform"]["WEBSITE_AUTH_AAD_ALLOWED_TENANTS"] == "tenantId"


def test_publishing_passwords_are_refused_and_only_https_is_spoken():
    policies = {
        each.body["name"]: each for each in APP.of_type("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
    }
    assert {name: each.body["properties"] for name, each in policies.items()} == {
        "ftp": {"allow": False},
        "scm": {"allow": False},
    }
    assert APP.resource("site").body["properties"]["httpsOnly"] is True
    for config in ("flexConfig", "premiumConfig"):
        assert APP.variables[config]["minTlsVersion"] == "1.2"
        assert APP.variables[config]["cors"] == {"allowedOrigins": "corsOrigins", "supportCredentials": False}
    assert APP.params["corsOrigins"].default == []


@pytest.mark.parametrize("path", bicep_files(), ids=lambda path: str(path.relative_to(INFRA)))
def test_nothing_goes_by_key(path: Path):
    """No template reads a key, hands one out, or allows one."""
    code = re.sub(r"//.*", "", read(path).text)
    assert not re.search(r"\blist(Keys|AccountSas|ServiceSas|Secrets)\(|AccountKey=|allowSharedKeyAccess: true", code)
    assert not re.search(r"allowBlobPublicAccess: true|disableLocalAuth: false", code, re.IGNORECASE)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_gives_what_is_asked_for_and_nothing_unknown(path: Path):
    given = read(path).variables
    assert set(given) <= set(MAIN.params)
    assert {name for name, param in MAIN.params.items() if param.required} <= set(given)
    for name, value in given.items():
        allowed = MAIN.params[name].decorators.get("allowed")
        assert not allowed or value in allowed[0]


def test_there_is_a_sample_for_each_cloud():
    assert {path.stem for path in SAMPLES} == {"small", "enterprise", "usgov", "china"}
    hosts = {path.stem: read(path).variables.get("graphUrl") for path in SAMPLES}
    assert hosts["usgov"] == "https://graph.microsoft.us"
    assert hosts["china"] == "https://microsoftgraph.chinacloudapi.cn"
    assert read(INFRA / "params" / "usgov.bicepparam").variables["plan"] == "premium"


def test_the_parameters_of_azd_are_parameters_and_have_their_defaults():
    given = json.loads((INFRA / "main.parameters.json").read_text(encoding="utf-8"))["parameters"]
    assert set(given) <= set(MAIN.params)
    assert {name for name, param in MAIN.params.items() if param.required} <= set(given)
    for name, value in given.items():
        one = value["value"]
        default = re.fullmatch(r"\$\{LIFEBOAT_\w+=(.*)\}", one[0] if isinstance(one, list) else one)
        if default:
            of_template = MAIN.params[name].default
            assert default[1] == ("" if of_template == [] else str(of_template)).replace("False", "false").replace(
                "True", "true"
            )
        for variable in re.findall(r"LIFEBOAT_\w+", str(one)):
            assert f"`{variable}`" in PAGE or f"set {variable}" in PAGE


def test_azd_can_go_on_after_the_policies_were_locked_and_tells_somebody():
    given = json.loads((INFRA / "main.parameters.json").read_text(encoding="utf-8"))["parameters"]
    assert {"immutability", "immutabilityIsLocked", "alertEmails"} <= set(given)
    assert GROUP.variables["told"] == "filter(alertEmails, address => !empty(address))", "an empty address is refused"
    assert {GROUP.module(name).body["params"]["emails"] for name in ("alerts", "activityAlerts")} == {"told"}


def test_what_the_hooks_of_azd_need_is_an_output_or_set_by_hand():
    names = set(re.findall(r"\$\{?([A-Z_]+)", AZURE_YAML))
    assert names
    by_hand = set(re.findall(r"\$\{([A-Z_]+)", (INFRA / "main.parameters.json").read_text(encoding="utf-8")))
    assert names <= set(MAIN.outputs) | by_hand
    for script in re.findall(r"infra/scripts/[\w.-]+", AZURE_YAML):
        assert (ROOT / script).stat().st_mode & 0o111


def outputs_used(file: BicepFile) -> set[tuple[str, str]]:
    """module → output, wherever a template names `module.outputs.x`."""
    return set(re.findall(r"(\w+)!?\.outputs\.(\w+)", file.text))


@pytest.mark.parametrize("file", [MAIN, GROUP], ids=["main", "group"])
def test_an_output_that_is_used_is_one_of_the_module(file: BicepFile):
    assert outputs_used(file)
    for module, output in outputs_used(file):
        target = read((file.path.parent / file.module(module).type).resolve())
        assert output in target.outputs


def test_the_page_has_every_parameter_with_its_default():
    assert {name: default for name, (default, _) in rows().items()} == {
        name: "–" if param.required else text_of(param.default) for name, param in MAIN.params.items()
    }


def test_the_page_says_of_a_parameter_what_the_template_says():
    assert {name: said for name, (_, said) in rows().items()} == {
        name: param.description for name, param in MAIN.params.items()
    }


def test_the_page_names_every_output():
    assert [name for name in MAIN.outputs if f"`{name}`" not in PAGE] == []


def test_with_a_private_network_storage_is_reached_through_it_alone():
    endpoints = {name: GROUP.module(name) for name in ("backupEndpoints", "hostEndpoints", "appEndpoint")}
    assert {name: each.body["params"]["kinds"] for name, each in endpoints.items()} == {
        "backupEndpoints": ["blob", "table"],
        "hostEndpoints": ["blob", "queue", "table"],
        "appEndpoint": ["sites"],
    }
    assert endpoints["backupEndpoints"].condition == endpoints["hostEndpoints"].condition == "(inNetwork)"
    assert GROUP.variables["storageAccess"] == "inNetwork ? 'Disabled' : 'Enabled'"
    assert GROUP.variables["inNetwork"] == "privateNetwork || appAccess == 'private'"
    assert GROUP.variables["backupAccess"] == "inNetwork && empty(backupAllowedIps) ? 'Disabled' : 'Enabled'"
    assert GROUP.module("hostStorage").body["params"]["publicNetworkAccess"] == "storageAccess"
    assert GROUP.module("backupStorage").body["params"]["publicNetworkAccess"] == "backupAccess"
    assert APP.resource("site").body["properties"]["publicNetworkAccess"] == (
        "appAccess == 'private' ? 'Disabled' : 'Enabled'"
    )


def test_the_network_fits_the_plan_and_the_cloud():
    network = read(INFRA / "modules" / "network.bicep")
    assert network.variables["delegation"] == (
        "plan == 'flex' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'"
    )
    assert network.variables["sitesZones"] == {
        "AzureCloud": "privatelink.azurewebsites.net",
        "AzureUSGovernment": "privatelink.azurewebsites.us",
        "AzureChinaCloud": "privatelink.chinacloudsites.cn",
    }
    assert set(network.variables["zoneNames"]) == set(network.variables["ids"]) == set(network.variables["zoneKinds"])


def test_the_app_has_the_identities_and_no_other():
    assert APP.variables["twoIdentities"] == {"'${hostIdentityId}'": {}, "'${readerIdentityId}'": {}}
    assert APP.resource("site").body["identity"]["type"] == "UserAssigned"
    identities = read(INFRA / "modules" / "identities.bicep")
    assert {each.symbol: each.condition for each in identities.resources} == {
        "reader": "",
        "restorer": "(enableRestore)",
        "host": "",
        "noFederation": "(forbidFederation)",
    }


def test_nobody_may_sign_in_as_an_identity_from_elsewhere():
    """Contributor on an identity is enough to give it a federated credential; a policy takes more to remove."""
    identities = read(INFRA / "modules" / "identities.bicep")
    policy = identities.resource("noFederation").body["properties"]
    assert policy["parameters"] == {"allowFederatedCredentials": {"value": False}, "effect": {"value": "Deny"}}
    assert policy["enforcementMode"] == "Default"
    assert GROUP.module("identities").body["params"]["forbidFederation"] == "forbidFederation"
    assert MAIN.params["forbidFederation"].default is GROUP.params["forbidFederation"].default is True
    made = [each.symbol for path in bicep_files() for each in read(path).resources if "federated" in each.type.lower()]
    assert made == []


def test_one_account_is_changed_by_one_hand_at_a_time():
    """A storage account that is at one change refuses the next: endpoints one by one, policies one after the other."""
    endpoints = (INFRA / "modules" / "private-endpoints.bicep").read_text(encoding="utf-8")
    assert "@batchSize(1)\nresource endpoints " in endpoints
    storage = read(INFRA / "modules" / "backup-storage.bicep")
    assert "lifecycle" in storage.resource("inventoryPolicy").body["dependsOn"]
    assert "inventoryPolicy" in storage.resource("replication").body["dependsOn"]


def test_existing_subnets_get_the_zones_of_their_network():
    network = read(INFRA / "modules" / "network.bicep")
    assert [network.resource(name).condition for name in ("zones", "links")] == ["(makeDnsZones)"] * 2
    assert network.outputs["zoneIds"].value == "makeDnsZones ? ids : {}"
    linked = network.resource("links").body["properties"]["virtualNetwork"]["id"]
    assert linked == "makeNetwork ? network.id : split(appSubnetId, '/subnets/')[0]"
    assert network.variables["makeNetwork"] == "empty(appSubnetId) && empty(endpointSubnetId)"


def test_half_of_what_goes_together_is_refused_and_not_passed_over():
    network = read(INFRA / "modules" / "network.bicep")
    for name in ("appSubnetId", "endpointSubnetId"):
        assert f"empty({name}) ? '{name} is missing' : {name}" in network.outputs[name].value
    assert read(INFRA / "modules" / "alerts.bicep").resource("budget").condition == "(budgetAmount > 0)"


def test_names_fit_and_have_no_characters_that_azure_refuses():
    [longest] = GROUP.params["namePrefix"].decorators["maxLength"]
    unique = 13  # what uniqueString() gives
    assert GROUP.variables["token"] == "uniqueString(resourceGroup().id, namePrefix)"
    assert "'${namePrefix}bk${token}'" in GROUP.variables["accountName"]
    assert GROUP.module("hostStorage").body["params"]["name"] == "'${namePrefix}ho${token}'"
    assert longest + len("bk") + unique <= 24
    assert GROUP.variables["appName"] == "'${namePrefix}-${token}'"
    assert longest + 1 + unique <= 32, "two apps with the same first 32 characters would share locks in host storage"
    assert 3 <= len(GROUP.module("hostStorage").body["params"]["deploymentContainer"]) <= 63
    for file in ("alerts", "activity-alerts"):
        module = read(INFRA / "modules" / f"{file}.bicep")
        assert len(module.resource("group").body["properties"]["groupShortName"]) <= 12
        for rule in [*module.variables.get("rules", []), *module.variables.get("activities", [])]:
            assert not re.search(r"[<>*%&:\\?+/#{}@]", rule["key"] + rule["title"])
    name = read(INFRA / "modules" / "alerts.bicep").resource("logRules").body["properties"]["displayName"]
    assert ":" not in name.replace("${rule.title}", "")
