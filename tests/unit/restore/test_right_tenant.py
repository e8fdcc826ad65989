"""A restore writes to the tenant its plan was made for: as the restorer's token says, or else as Graph does."""

import base64
import json
from collections.abc import Iterator

import pytest

from functions.errors import PlanNotApplicable
from functions.graph.client import GraphClient
from functions.graph.limiter import Limiters
from functions.graph.links import GraphRoot
from functions.graph.tokens import FixedToken
from functions.graph.waits import WaitPolicy
from functions.restore.guards import Guards
from functions.settings import Secret, Settings
from tests.roundtrip.inprocess import TENANT, URL, Directory, InProcess

OTHER = "9d0f6a52-2222-4333-8444-555566667777"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    directory = Directory(tmp_path_factory.mktemp("tenant"))
    yield directory
    directory.close()


def token(**claims: object) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    head, body = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.unsigned"


def guards(directory: Directory, given: str) -> Guards:
    transport = InProcess(directory.service)
    root, policy = GraphRoot(URL), WaitPolicy(limit=1, pace=0.0)
    client = GraphClient(root, transport, FixedToken(Secret(given)), Limiters(0.0), policy)  # type: ignore[arg-type]
    return Guards(client, client, Settings(tenant_id=TENANT, graph_url=URL), TENANT, caller="")


async def test_a_token_of_the_tenant_is_enough_whatever_it_may_read(directory: Directory) -> None:
    before = directory.tenant.behaviour.on.revoked
    directory.tenant.behaviour.on.revoked = frozenset({"Organization.Read.All"})  # type: ignore[assignment]
    try:
        await guards(directory, token(tid=TENANT.upper())).right_tenant()
    finally:
        directory.tenant.behaviour.on.revoked = before


async def test_a_token_of_another_tenant_writes_nothing(directory: Directory) -> None:
    with pytest.raises(PlanNotApplicable, match="another"):
        await guards(directory, token(tid=OTHER)).right_tenant()


@pytest.mark.parametrize("given", ["plain-text", token(oid="x")])
async def test_where_the_token_does_not_say_graph_is_asked(directory: Directory, given: str) -> None:
    await guards(directory, given).right_tenant()
    other = guards(directory, given)
    other.tenant = OTHER
    with pytest.raises(PlanNotApplicable, match="another"):
        await other.right_tenant()
