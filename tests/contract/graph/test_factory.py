"""Which token, for which Graph; and that nothing heavy is loaded before it is needed."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError

from functions.errors import ConfigError, GraphTokenRefused
from functions.graph.factory import reader, restorer
from functions.graph.pages import page
from functions.graph.tokens import IdentityToken
from functions.settings import Secret, Settings
from tests.contract.graph.wire import Wire, answer, listing

TENANT = "22222222-2222-4222-8222-222222222222"


@dataclass
class Credential:
    """An azure-identity credential that counts what it is asked."""

    life: float = 3600.0
    fails: bool = False
    asked: list[tuple[tuple[str, ...], str | None]] = field(default_factory=list)

    async def get_token(self, *scopes: str, claims: str | None = None, **kwargs: object) -> AccessToken:
        self.asked.append((scopes, claims))
        if self.fails:
            raise ClientAuthenticationError("no identity here")
        return AccessToken(f"token-{len(self.asked)}", int(time.time() + self.life))

    async def close(self) -> None:
        return None


def source(credential: Credential) -> IdentityToken:
    return IdentityToken(credential, "https://graph.microsoft.us/.default")  # type: ignore[arg-type]


async def test_token_is_kept_until_it_nears_its_end() -> None:
    credential = Credential()
    tokens = source(credential)
    assert [await tokens.token() for _ in range(3)] == ["token-1"] * 3
    assert credential.asked == [(("https://graph.microsoft.us/.default",), None)]
    short = Credential(life=200.0)
    tokens = source(short)
    assert [await tokens.token() for _ in range(2)] == ["token-1", "token-2"]


async def test_fresh_token_bypasses_the_cache_of_the_credential_once_for_all_who_ask() -> None:
    credential = Credential()
    tokens = source(credential)
    assert await tokens.token() == "token-1"
    tokens._fetched -= 60
    assert set(await asyncio.gather(*(tokens.token(fresh=True) for _ in range(5)))) == {"token-2"}
    assert await tokens.token() == "token-2"
    assert [claims for _, claims in credential.asked] == [None, "{}"]


async def test_real_credential_asks_its_endpoint_again_for_a_fresh_token(
    local: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{local.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "h")
    given = {
        "expires_on": str(int(time.time()) + 86400),
        "resource": "https://graph.microsoft.com",
        "token_type": "Bearer",
    }
    local.script = [answer(200, {**given, "access_token": name}) for name in ("one", "two", "three")]
    client = reader(Settings(tenant_id=TENANT, reader_client_id=TENANT))
    tokens = client._tokens
    assert isinstance(tokens, IdentityToken)
    assert [await tokens.token(), await tokens.token()] == ["one", "one"]
    tokens._fetched -= 60
    assert [await tokens.token(fresh=True), await tokens.token()] == ["two", "two"]
    assert len(local.asked) == 2
    assert TENANT in local.asked[0].target
    await client.aclose()


async def test_identity_that_gives_no_token_is_an_error_of_the_graph_family() -> None:
    with pytest.raises(GraphTokenRefused) as caught:
        await source(Credential(fails=True)).token()
    assert "managed identity" in caught.value.message
    assert caught.value.remedy


@pytest.fixture
async def local() -> AsyncIterator[Wire]:
    wire = Wire()
    await wire.start()
    wire.script = [listing("a")]
    yield wire
    await wire.stop()


@pytest.mark.parametrize("make", [reader, restorer])
async def test_laptop_uses_the_fixed_token(local: Wire, make: object) -> None:
    client = make(Settings(tenant_id=TENANT, graph_url=local.url, graph_token=Secret("fixed")))  # type: ignore[operator]
    await page(client, "/users")
    assert local.asked[0].headers["authorization"] == "Bearer fixed"
    await client.aclose()


def test_laptop_without_a_token_is_a_matter_of_settings() -> None:
    with pytest.raises(ConfigError):
        reader(Settings(tenant_id=TENANT, graph_url="http://127.0.0.1:1"))


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("https://graph.microsoft.com", "https://graph.microsoft.com/.default"),
        ("https://dod-graph.microsoft.us", "https://dod-graph.microsoft.us/.default"),
        ("https://microsoftgraph.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn/.default"),
    ],
)
async def test_real_graph_is_spoken_to_as_a_managed_identity_and_never_with_a_fixed_token(url: str, scope: str) -> None:
    settings = Settings(
        tenant_id=TENANT, graph_url=url, graph_token=Secret("fixed"), reader_client_id=TENANT, restorer_client_id=TENANT
    )
    for make in (reader, restorer):
        client = make(settings)
        assert isinstance(client._tokens, IdentityToken)
        assert client._tokens._scope == scope
        await client.aclose()


@pytest.mark.parametrize("make", [reader, restorer])
def test_real_graph_needs_the_client_id_of_the_role(make: object) -> None:
    with pytest.raises(ConfigError, match="CLIENT_ID"):
        make(Settings(tenant_id=TENANT))  # type: ignore[operator]


def test_import_loads_no_http_client_no_identity_library_and_no_typed_models() -> None:
    code = (
        "import sys, json\n"
        "import functions.graph.factory, functions.graph.pages, functions.graph.batch, functions.graph.classify\n"
        "print(json.dumps([m for m in sys.modules if m.split('.')[0] in"
        " ('httpx', 'kiota_http', 'kiota_abstractions', 'msgraph_core', 'msgraph', 'azure', 'msal')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_first_use_loads_no_typed_models() -> None:
    code = (
        "import sys, functions.graph.transport\n"
        "print(any(m == 'msgraph' or m.startswith('msgraph.') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
