"""The stages on which the end-to-end tests play: one shared by most, and new ones for tests that kill."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.e2e.relay import Relays
from tests.e2e.stage import Stage

type MakeStage = Callable[..., Stage]

# What most tests look at or change, and what names it. A run of all hundred types costs eight times as much; it is for
# the tests that ask about all of them.
_COMMON = (
    *("users", "groups", "devices", "administrativeUnits", "organization", "roleDefinitions", "roleAssignments"),
    *("applications", "servicePrincipals", "appRoleAssignments", "oauth2PermissionGrants"),
    *("namedLocations", "conditionalAccessPolicies", "deletedUsers", "deletedGroups", "directoryAudits"),
)


@pytest.fixture(scope="session")
def relays() -> Iterator[Relays]:
    running = Relays()
    yield running
    running.close()


@pytest.fixture(scope="session")
def shared(lasting_azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage with one committed run."""
    data = tmp_path_factory.mktemp("shared")
    with Stage(data, lasting_azurite, relays, GRAPH_RETRY_LIMIT="2", GRAPH_TIMEOUT_SECONDS="2") as stage:
        stage.backup(*_COMMON)
        yield stage
        assert "api.defect" not in (data / "host.log").read_text()


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The shared stage, without the faults and switches of the test before."""
    shared.calm()
    yield shared
    shared.calm()


@pytest.fixture
def new_stage(azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeStage]:
    """Makes stages of a test's own."""
    with ExitStack() as opened:

        def make(**choices: object) -> Stage:
            data = tmp_path_factory.mktemp("stage")
            return opened.enter_context(Stage(data, azurite, relays, **choices))  # type: ignore[arg-type]

        yield make
