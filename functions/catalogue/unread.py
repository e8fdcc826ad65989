"""What Microsoft Graph has and an application cannot read, or only with a permission to write. Data only.

docs/coverage.md lists it, so that nobody takes it for backed up.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """`what` people call it, `path` in Graph, `why` it is not read, and what to do instead."""

    what: str
    path: str
    why: str
    todo: str


UNREAD: tuple[Unread, ...] = (
    Unread(
        what="API connectors, and which step of a user flow calls which",
        path="/identity/apiConnectors",
        why="Reading them takes APIConnectors.ReadWrite.All, and IdentityUserFlow.ReadWrite.All for the steps "
        "(/identity/b2xUserFlows/{id}/apiConnectorConfiguration): permissions to write, which the reader never has.",
        todo="Note the address of each connector and the steps it is used in; its secret cannot be read at all.",
    ),
    Unread(
        what="Settings of directory synchronization",
        path="/directory/onPremisesSynchronization",
        why="Graph gives them to a signed-in Global Administrator only, to no application.",
        todo="Export them from the synchronization server, or read the page as an administrator now and then.",
    ),
)
