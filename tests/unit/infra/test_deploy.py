"""The one command that deploys: real bash, curl and jq; an emulated tenant; a subscription and an app that stand in."""

import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.tenant import small
from tests.unit.infra.azure import RUN, TOKEN, App, Azure, answering, subscription
from tests.unit.infra.bicep_text import INFRA, read
from tests.unit.infra.shell import SCRIPTS, Ran, Shell
from tests.unit.infra.site import Site, listening
from tests.unit.infra.test_scripts import LISTS, READER, RESTORER, World, ids, world

__all__ = ["world"]  # the fixture
LACKING = [tool for tool in ("bash", "jq", "curl", "openssl") if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not on this machine: {', '.join(LACKING)}")

ME = small.user(1)
MOST = ids(LISTS["reader"]["essential"][2:])  # of the permissions of the reader
ZIP = b"PK the package"
MAIL = """alertEmails=["identity@contoso.com"]"""
STEPS = [
    "machine",
    "subscription",
    "providers",
    "registration",
    "what-if",
    "deployment",
    "permissions",
    "package",
    "app",
]


@dataclass
class Customer:
    """Somebody with a subscription, a tenant, a terminal and a package."""

    world: World
    azure: Azure
    site: Site
    app: App
    home: Path

    async def deploy(self, *arguments: str, typed: str = "", file: str = "small", **environment: str) -> Ran:
        shell = Shell(self.home, self.world.api.url, small.TENANT, programs=self.other, azure=self.azure.answer)
        given = (str(INFRA / "params" / f"{file}.bicepparam"), MAIL, *arguments)
        env = {"HOME": str(self.home), "LIFEBOAT_WAITS": "6", "WAIT_SECONDS": "0", "ATTEMPTS": "3"}
        return await shell.run("deploy.sh", *given, typed=typed, **env | environment)

    async def granted(self) -> None:
        """The reader has all but two of its permissions already, so that a run has less to do."""
        for row in LISTS["reader"]["essential"][2:]:
            await self.world.give(READER, row["appRoleId"])

    @property
    def zip(self) -> tuple[str, str]:
        return "--package", str(self.home / "lifeboat.zip")

    @property
    def everything(self) -> tuple[str, ...]:
        return ("--yes", "--preset", "essential", *self.zip)

    other: dict[str, str] = field(default_factory=dict)  # programs beside az

    def __post_init__(self) -> None:
        (self.home / "lifeboat.zip").write_bytes(ZIP)


@pytest.fixture
async def customer(world: World, tmp_path: Path) -> AsyncIterator[Customer]:
    async with listening(tmp_path) as site, answering() as app:
        outputs = {
            "AZURE_TENANT_ID": small.TENANT,
            "AZURE_RESOURCE_GROUP": "rg-lifeboat",
            "LIFEBOAT_APP": "lifeboat-x",
            "LIFEBOAT_API_URL": app.url,
            "LIFEBOAT_BACKUP_GROUP": "rg-lifeboat-backups",
            "LIFEBOAT_BACKUP_STORAGE": "stlifeboatx",
            "LIFEBOAT_READER_ID": READER,
        }
        azure = subscription(small.TENANT, ME, outputs, site.address)
        customer = Customer(world, azure, site, app, tmp_path)
        await customer.granted()
        yield customer


def steps(ran: Ran) -> list[str]:
    """The steps that say something, each once, in order."""
    return list(dict.fromkeys(re.findall(r"^([a-z][a-z-]+) {2,}\S", ran.out, re.MULTILINE)))


async def test_one_command_goes_from_nothing_to_the_first_backup(customer: Customer) -> None:
    ran = await customer.deploy(*customer.everything)
    assert ran.status == 0, ran.out + ran.told
    assert steps(ran)[: len(STEPS) + 2] == [*STEPS, "preflight", "backup"]
    client = (await customer.world.app())["appId"]
    assert await customer.world.assigned(client) == {(ME, "Backup.Read"), (ME, "Backup.Run")}
    assert await customer.world.held(READER) == ids(LISTS["reader"]["essential"])
    deployed = customer.azure.state["deployed"]
    assert (deployed["authClientId"], deployed["location"], deployed["backupSku"]) == (
        client,
        "westeurope",
        "Standard_ZRS",
    )
    assert deployed["alertEmails"] == MAIL.partition("=")[2]
    assert customer.site.zip == ZIP
    assert [status for *_, status in customer.app.asked[:4]] == [404, 401, 503, 200]
    assert customer.app.runs == [RUN]
    assert RUN in ran.out
    assert f"{customer.app.url}/backups/{RUN}" in ran.out
    assert customer.azure.state["providers"][3:] == [
        "Microsoft.Web",
        "Microsoft.App",
        "Microsoft.ManagedIdentity",
        "Microsoft.OperationalInsights",
    ]
    assert customer.azure.writes == ["provider register"] * 4 + ["deployment sub create"]


def read_providers() -> set[str]:
    """The resource providers of every type that the templates name."""
    files = [INFRA / "main.bicep", INFRA / "group.bicep", *sorted((INFRA / "modules").glob("*.bicep"))]
    types = {resource.type for file in files for resource in read(file).resources}
    return {type_.split("/")[0] for type_ in types}


def test_every_provider_of_the_templates_is_registered() -> None:
    [listed] = re.findall(r"^providers='(.*)'$", (SCRIPTS / "deploy.sh").read_text(), re.MULTILINE)
    always = {"Microsoft.Authorization", "Microsoft.Resources", "Microsoft.Consumption"}  # registered by Azure itself
    assert {name.lower() for name in read_providers() - always} <= {name.lower() for name in listed.split()}


async def test_a_second_run_writes_nothing_but_the_same_deployment_and_package(customer: Customer) -> None:
    assert (await customer.deploy(*customer.everything)).status == 0
    before = customer.azure.state
    customer.azure.forget()
    ran = await customer.deploy(*customer.everything)
    assert ran.status == 0, ran.told
    assert ran.writes == []
    assert customer.azure.writes == ["deployment sub create"]
    assert customer.azure.state["deployed"] == before["deployed"]
    assert customer.app.writes == ["/api/backups"]
    assert f"the newest is {RUN}: committed" in ran.out


async def test_no_token_is_printed_or_handed_over_as_an_argument(customer: Customer) -> None:
    ran = await customer.deploy(*customer.everything)
    assert TOKEN not in ran.out + ran.told
    assert "token-of" not in ran.out + ran.told + str(customer.azure.state["calls"])


async def test_it_asks_twice_and_a_no_ends_it(customer: Customer) -> None:
    for typed, deployed in (("", False), ("n\n", False), ("y\nn\n", False), ("y\ny\n", True)):
        customer.azure.forget()
        ran = await customer.deploy("--preset", "essential", *customer.zip, typed=typed)
        assert (ran.status == 0) is deployed, ran.told
        assert ("deployment sub create" in customer.azure.writes) is deployed
        assert "Contoso (55555555-" in ran.out
        assert small.TENANT in ran.out
        if typed in ("", "n\n"):
            assert (ran.writes, customer.azure.writes) == ([], [])


async def test_what_if_alone_writes_nothing(customer: Customer) -> None:
    ran = await customer.deploy("--only", "what-if")
    assert (ran.status, ran.calls, customer.azure.writes, customer.app.asked) == (0, [], [], []), ran.told
    assert "Resource changes: 40 to create." in ran.out


async def test_without_the_directory_roles_azure_goes_on_and_the_commands_are_named(customer: Customer) -> None:
    await customer.world.api.fault(do="refuse", method="PATCH", path="/applications", times=1)
    await customer.world.api.fault(do="refuse", method="POST", path="/appRoleAssignedTo", times=1)
    ran = await customer.deploy(*customer.everything)
    assert ran.status == 3, ran.told
    assert customer.azure.writes[-1] == "deployment sub create"
    assert customer.azure.state["deployed"]["authClientId"] == ""
    assert customer.site.zip == ZIP
    assert (customer.app.asked, customer.app.runs) == ([], [])
    register = f"infra/scripts/register-app.sh --name lifeboat --assign {ME}=Backup.Read,Backup.Run"
    grant = f"infra/scripts/grant-permissions.sh --reader {READER} --preset essential"
    for command in (register, grant):
        assert f"  {command}\n" in ran.out.replace("\\", "")
    # The administrator runs them, and the same command finishes.
    assert (await customer.world.register("--assign", f"{ME}=Backup.Read,Backup.Run")).status == 0
    assert (await customer.world.grant("--reader", READER, "--preset", "essential")).status == 0
    ran = await customer.deploy(*customer.everything)
    assert (ran.status, ran.writes, customer.app.runs) == (0, [], [RUN]), ran.told


async def test_who_may_not_change_the_registration_keeps_it_in_the_deployment(customer: Customer) -> None:
    assert (await customer.deploy(*customer.everything)).status == 0
    client = (await customer.world.app())["appId"]
    await customer.world.api.fault(do="refuse", method="POST", path="/appRoleAssignedTo")
    ran = await customer.deploy(*customer.everything, "--assign", f"{small.user(2)}=Backup.Read")
    assert ran.status == 3
    assert customer.azure.state["deployed"]["authClientId"] == client


async def test_permissions_that_are_not_there_yet_hold_back_the_first_token(customer: Customer) -> None:
    ran = await customer.deploy(*customer.everything, "--skip-grants")
    assert (ran.status, customer.app.runs) == (3, []), ran.told
    assert {route for _, route, _ in customer.app.asked} == {"/api/types"}
    assert await customer.world.held(READER) == MOST
    assert (await customer.world.grant("--reader", READER, "--preset", "essential")).status == 0
    ran = await customer.deploy(*customer.everything, "--skip-grants")
    assert (ran.status, customer.app.runs) == (0, [RUN]), ran.told


async def test_duties_can_be_split(customer: Customer) -> None:
    registered = await customer.world.register("--assign", f"{ME}=Backup.Read,Backup.Run")
    client = registered.outputs["authClientId"]
    ran = await customer.deploy(
        *customer.everything, "--skip-registration", "--auth-client-id", client, "--skip-backup"
    )
    assert ran.status == 0, ran.told
    assert [url for _, url, _ in ran.writes if "READER" in url or "applications" in url] == []
    assert customer.azure.state["deployed"]["authClientId"] == client
    assert customer.app.runs == []
    customer.site.zip, customer.app.refusals = b"", [404]
    ran = await customer.deploy("--yes", "--preset", "essential", "--skip-registration", "--skip-package")
    assert (ran.status, customer.site.zip) == (0, b""), ran.told
    assert "does not answer yet (404)" in ran.out
    assert customer.azure.state["deployed"]["authClientId"] == client  # as it was deployed before


@pytest.mark.parametrize(
    ("command", "said", "step"),
    [
        ("account show", "Please run 'az login'", "sign in first: az login"),
        ("bicep version", "Bicep CLI not found.", "az bicep upgrade"),
        ("bicep build-params", "Error BCP037", "Bicep does not take it"),
        ("provider list", "AuthorizationFailed", "stopped at: providers"),
        ("provider register", "AuthorizationFailed", "stopped at: providers"),
        ("ad signed-in-user show", "Forbidden", "stopped at: registration"),
        ("deployment sub what-if", "InvalidTemplate", "stopped at: what-if"),
        ("deployment sub create", "DeploymentFailed: QuotaExceeded", "stopped at: deployment"),
        ("functionapp show", "ResourceNotFound", "stopped at: package"),
    ],
)
async def test_a_step_that_fails_says_what_to_do(customer: Customer, command: str, said: str, step: str) -> None:
    customer.azure.change(fails={command: said})
    ran = await customer.deploy(*customer.everything)
    assert (ran.status, customer.app.runs) == (1, [])
    assert step in ran.told
    if "stopped at" in step:
        assert said in ran.told
        assert "run the same command again" in ran.told


async def test_after_a_deployment_that_failed_the_same_command_goes_on(customer: Customer) -> None:
    customer.azure.change(fails={"deployment sub create": "QuotaExceeded"})
    ran = await customer.deploy(*customer.everything)
    assert (ran.status, customer.site.asked, await customer.world.held(READER)) == (1, [], MOST)
    customer.azure.change(fails={})
    customer.azure.forget()
    ran = await customer.deploy(*customer.everything)
    assert (ran.status, customer.app.runs) == (0, [RUN]), ran.told
    assert customer.azure.writes == ["deployment sub create"]
    assert {url.rpartition("/")[2] for _, url, _ in ran.writes} == {"appRoleAssignedTo"}


async def test_a_package_that_cannot_be_built_or_delivered_is_told(customer: Customer) -> None:
    customer.other = {"make": "#!/bin/sh\necho 'no Python 3.13 here'\nexit 2\n"}
    ran = await customer.deploy("--yes", "--preset", "essential")
    assert (ran.status, customer.site.asked) == (1, [])
    assert "no Python 3.13 here" in ran.told
    assert "stopped at: package" in ran.told
    customer.site.accepts = 403
    ran = await customer.deploy(*customer.everything)
    assert (ran.status, customer.app.asked) == (1, [])
    assert "the deployment address answered 403" in ran.told


@pytest.mark.parametrize(
    ("refusals", "told"),
    [([403] * 9, "the app refuses you (403)"), ([503] * 9, "the app answers 503"), ([404] * 9, "the app answers 404")],
)
async def test_an_app_that_never_answers_ends_it(customer: Customer, refusals: list[int], told: str) -> None:
    customer.app.refusals = refusals
    ran = await customer.deploy(*customer.everything)
    assert (ran.status, len(customer.app.asked), customer.app.runs) == (1, 6, [])
    assert told in ran.told
    assert "not yet" in ran.told
    assert "run the same command again" in ran.told


async def test_no_token_is_a_sentence_too(customer: Customer) -> None:
    customer.azure.change(fails={"account get-access-token": "AADSTS65001"})
    ran = await customer.deploy("--yes", "--preset", "essential", "--skip-package")
    assert (ran.status, customer.app.asked) == (0, [])
    assert "does not answer yet (token)" in ran.out


async def test_what_the_reader_lacks_is_printed(customer: Customer) -> None:
    customer.app.missing = {"User.Read.All": ("users",), "Policy.Read.All": ("x",)}
    ran = await customer.deploy(*customer.everything)
    assert ran.status == 0
    assert "Policy.Read.All, User.Read.All" in ran.out


async def test_the_restorer_gets_its_list_only_when_asked_and_deployed(customer: Customer) -> None:
    ran = await customer.deploy(*customer.everything, "--grant-restorer")
    assert (ran.status, customer.azure.writes) == (1, [])
    assert "needs enableRestore=true" in ran.told
    outputs = customer.azure.state["outputs"]
    outputs["liFEBOAT_RESTORER_ID"] = {"type": "String", "value": RESTORER}
    customer.azure.change(outputs=outputs)
    assert (await customer.deploy(*customer.everything, "enableRestore=true")).status == 0
    assert await customer.world.held(RESTORER) == set()
    assert (await customer.deploy(*customer.everything, "enableRestore=true", "--grant-restorer")).status == 0
    assert await customer.world.held(RESTORER) == ids(LISTS["restorer"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--only", "package"), "--only takes what-if"),
        (("--auth-client-id", "x"), "must be an object id"),
        (("--nam", "x"), "unknown option --nam"),
        (("--name",), "--name needs a value"),
        (("another.bicepparam",), "one parameter file"),
        (("--package", "/no/such.zip"), "there is no package"),
        (("""alertEmails=["a@contoso.example"]""",), "the address of the sample"),
    ],
)
async def test_wrong_use_is_told_before_anything_happens(
    customer: Customer, arguments: tuple[str, ...], told: str
) -> None:
    ran = await customer.deploy(*arguments)
    assert (ran.status, ran.calls, customer.azure.writes) == (1, [], [])
    assert told in ran.told


@pytest.mark.parametrize(("tool", "old"), [("cli", "2.59.9"), ("bicep", "0.36.0")])
async def test_an_old_tool_is_told(customer: Customer, tool: str, old: str) -> None:
    customer.azure.change(**{tool: old})
    ran = await customer.deploy("--yes")
    assert (ran.status, customer.azure.writes) == (1, [])
    assert old in ran.told
    assert "upgrade" in ran.told


@pytest.mark.parametrize("script", ["deploy.sh", "first-backup.sh"])
def test_the_help_is_the_head_of_the_script(script: str) -> None:
    ran = subprocess.run(["bash", str(SCRIPTS / script), "--help"], capture_output=True, text=True, check=True)
    offered = set(re.findall(r"^    (--[a-z-]+)\)", (SCRIPTS / script).read_text(), re.MULTILINE))
    assert offered
    assert {option for option in offered if option not in ran.stdout} == set()
