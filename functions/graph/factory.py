"""Graph clients from settings: the reader that backs up, the restorer that writes.

In: `Settings`. Out: a `GraphClient`, one a process, closed by who asked for it. On a loopback Graph host the token is
the fixed one of the settings; anywhere else it comes from the user-assigned managed identity of that role, for the
Graph of the configured cloud. The HTTP client and the identity library are loaded here, on first use.
"""

from functions.errors import ConfigError
from functions.graph.client import GraphClient
from functions.graph.limiter import shared
from functions.graph.links import GraphRoot
from functions.graph.tokens import FixedToken, IdentityToken, TokenSource
from functions.graph.waits import WaitPolicy
from functions.settings import Settings


def reader(settings: Settings, *, pace: float = 1.0, spacing: float | None = None) -> GraphClient:
    """The client of the read-only identity.

    `pace` multiplies every wait. `spacing` multiplies the time that requests of a bucket with a limit of requests are
    kept apart; unless told, it is 1 for Microsoft's hosts and 0 for a loopback address, where no tenant's limit is
    shared.
    """
    return _client(settings, settings.reader_client_id, "READER_CLIENT_ID", pace, spacing)


def restorer(settings: Settings, *, pace: float = 1.0, spacing: float | None = None) -> GraphClient:
    """The client of the identity that may write. `pace` and `spacing` as for `reader`."""
    return _client(settings, settings.restorer_client_id, "RESTORER_CLIENT_ID", pace, spacing)


def _client(settings: Settings, client_id: str, name: str, pace: float, spacing: float | None) -> GraphClient:
    from functions.graph.transport import Timeouts, Transport

    root = GraphRoot(settings.graph_url)
    tokens = _tokens(settings, root, client_id, name)
    timeouts = Timeouts(read=settings.graph_timeout, whole=2 * settings.graph_timeout)
    if spacing is None:
        spacing = 0.0 if settings.local else 1.0
    return GraphClient(
        root,
        Transport(root.origin, tokens, loopback=settings.local, timeouts=timeouts),
        tokens,
        shared(root.origin, spacing * pace),
        WaitPolicy(limit=settings.graph_retry_limit, pace=pace),
    )


def _tokens(settings: Settings, root: GraphRoot, client_id: str, name: str) -> TokenSource:
    if settings.local:
        if not settings.graph_token:
            raise ConfigError("GRAPH_TOKEN is missing: a Graph on a loopback address is spoken to with a fixed token")
        return FixedToken(settings.graph_token)
    if not client_id:
        raise ConfigError(f"{name} is missing: the client id of the managed identity that speaks to Graph")
    from azure.identity.aio import ManagedIdentityCredential

    return IdentityToken(ManagedIdentityCredential(client_id=client_id), f"{root.origin}/.default")
