"""Opens everything Lifeboat keeps: settings in, `Stores` out. One per process and event loop, closed by its owner.

The app signs in with its reader identity; a connection string is taken only beside a loopback Graph. Containers and
tables are looked for, and made only if they are missing: a deployment makes them, and gives rights on these alone.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.catalogue.model import ObjectType
from functions.clock import Clock, utc_now
from functions.core.names import SECRETS, SNAPSHOTS, WORK
from functions.errors import ConfigError
from functions.settings import Settings
from functions.storage import audit, choices, idmap, logs, objects, reports, restores, runs, versions
from functions.storage.audit import Audit
from functions.storage.blobs import RAW_LIMIT, BlobStore
from functions.storage.choices import Choices
from functions.storage.failures import code_of, told
from functions.storage.idmap import IdMap
from functions.storage.logs import Logs
from functions.storage.objects import Objects
from functions.storage.plans import Plans
from functions.storage.reports import Reports
from functions.storage.restores import Restores
from functions.storage.runs import Runs
from functions.storage.tables import Tables
from functions.storage.versions import Versions
from functions.storage.wire import Wire

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient, ContainerClient

TABLES = (
    runs.TABLE,
    versions.TABLE,
    objects.TABLE,
    restores.TABLE,
    idmap.TABLE,
    audit.TABLE,
    choices.TABLE,
    logs.TABLE,
    reports.TABLE,
)
_PIECE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call is tried again before it fails. Seconds; the wait before try n grows by growth**n."""

    attempts: int = 6
    first_wait: float = 0.8
    growth: float = 2.0
    longest_wait: float = 30.0
    connect: float = 10.0
    read: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """All that is kept for one tenant. `secrets` are the blobs of types that hold secrets, in a container of their own:
    who may read the snapshots need not be let into it. `work` is what the app sets down for itself."""

    blobs: BlobStore
    secrets: BlobStore
    work: BlobStore
    runs: Runs
    versions: Versions
    objects: Objects
    restores: Restores
    plans: Plans
    ids: IdMap
    audit: Audit
    choices: Choices
    logs: Logs
    reports: Reports
    tables: Tables
    _open: AsyncExitStack = field(repr=False)

    def of(self, entry: ObjectType) -> BlobStore:
        """Where the files of a type lie."""
        return self.secrets if entry.private else self.blobs

    @property
    def containers(self) -> tuple[BlobStore, BlobStore]:
        """Where the files of runs lie."""
        return self.blobs, self.secrets

    async def aclose(self) -> None:
        """Closes the connections. The stores are of no use afterwards."""
        await self._open.aclose()


async def open_stores(
    settings: Settings, *, clock: Clock = utc_now, patience: Patience | None = None, in_flight: int = 4
) -> Stores:
    """Connects, makes what is missing, and returns the stores of the tenant in `settings`."""
    async with AsyncExitStack() as stack:
        blob_service, table_service = await _services(settings, patience or Patience(), stack)
        containers = [blob_service.get_container_client(name) for name in (SNAPSHOTS, SECRETS, WORK)]
        for container in containers:
            await _create_container(container)
        tables = Tables(Wire(table_service), in_flight=in_flight)
        await tables.create(*TABLES)
        blobs, secrets, work = map(BlobStore, containers)
        return _stores(settings.tenant_id, (blobs, secrets, work), tables, clock, stack.pop_all())


def _stores(
    tenant: str,
    containers: tuple[BlobStore, BlobStore, BlobStore],
    tables: Tables,
    clock: Clock,
    opened: AsyncExitStack,
) -> Stores:
    blobs, secrets, work = containers
    runs = Runs(tables, tenant)
    versions = Versions(tables, tenant, runs)
    return Stores(
        blobs=blobs,
        secrets=secrets,
        work=work,
        runs=runs,
        versions=versions,
        objects=Objects(tables, tenant, runs, versions),
        restores=Restores(tables, tenant),
        plans=Plans(tables, work, tenant, clock),
        ids=IdMap(tables, tenant),
        audit=Audit(tables, tenant, clock),
        choices=Choices(tables, tenant),
        logs=Logs(tables, tenant, clock),
        reports=Reports(tables, tenant),
        tables=tables,
        _open=opened,
    )


async def _services(
    settings: Settings, patience: Patience, stack: AsyncExitStack
) -> "tuple[BlobServiceClient, TableServiceClient]":
    from azure.data.tables.aio import TableServiceClient
    from azure.storage.blob.aio import BlobServiceClient

    blob_options, table_options = _options(patience)
    connection = settings.storage_connection.reveal()
    if connection and not settings.local:
        raise ConfigError("SNAPSHOT_STORAGE_CONNECTION is for a loopback GRAPH_URL only; set SNAPSHOT_BLOB_URL")
    if connection:
        # On loopback no proxy of the environment applies; looking for one costs two thread switches a request.
        here: dict[str, Any] = {"use_env_settings": False}
        blobs = BlobServiceClient.from_connection_string(connection, **blob_options, **here)
        tables = TableServiceClient.from_connection_string(connection, **table_options, **here)
        return await stack.enter_async_context(blobs), await stack.enter_async_context(tables)
    from azure.identity.aio import ManagedIdentityCredential

    client_id = settings.reader_client_id
    identity = await stack.enter_async_context(
        ManagedIdentityCredential(client_id=client_id) if client_id else ManagedIdentityCredential()
    )
    return (
        await stack.enter_async_context(BlobServiceClient(settings.blob_url, credential=identity, **blob_options)),
        await stack.enter_async_context(TableServiceClient(settings.table_url, credential=identity, **table_options)),
    )


def _options(patience: Patience) -> tuple[dict[str, Any], dict[str, Any]]:
    common = {
        "connection_timeout": patience.connect,
        "read_timeout": patience.read,
        "retry_total": patience.attempts,
        "retry_connect": patience.attempts,
        "retry_read": patience.attempts,
        "retry_status": patience.attempts,
    }
    blob = {
        **common,
        "max_single_get_size": _PIECE,
        "max_chunk_get_size": _PIECE,
        "max_single_put_size": RAW_LIMIT,
        "max_block_size": RAW_LIMIT,
        "initial_backoff": patience.first_wait,
        "increment_base": patience.growth,
        "random_jitter_range": patience.first_wait / 4,
    }
    table = {
        **common,
        "retry_backoff_factor": patience.first_wait,
        "retry_backoff_max": patience.longest_wait,
    }
    return blob, table


async def _create_container(container: "ContainerClient") -> None:
    from azure.core.exceptions import ResourceExistsError

    with told("create container", container.container_name):
        if await container.exists():
            return
        try:
            await container.create_container()
        except ResourceExistsError as problem:
            if code_of(problem) != "ContainerAlreadyExists":
                raise
