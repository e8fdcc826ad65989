"""Which accounts only a privileged restorer may change: those with administrator roles, and those in groups that can
hold roles.

In: a Graph client. Out: for each such account how high it ranks; None where that could not be read. Asked once a plan.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import msgspec

from functions import log
from functions.core.administrators import Rank, rank_of
from functions.core.record import Object
from functions.errors import GraphRejected
from functions.graph.client import GraphClient
from functions.graph.pages import pages

_HOLDING = (
    "/roleManagement/directory/roleAssignments",
    "/roleManagement/directory/roleAssignmentSchedules",
)
_TRUSTED = "/groups?$filter=isAssignableToRole%20eq%20true&$select=id"
_decode = msgspec.json.Decoder(dict[str, object]).decode


@dataclass(slots=True)
class Privileged:
    """`known` is None until it was asked for, and where it could not be read."""

    reader: GraphClient
    known: Mapping[str, Rank] | None = None
    refused: bool = False

    async def ranks(self) -> Mapping[str, Rank] | None:
        """Raises GraphError for what is no refusal."""
        if self.known is None and not self.refused:
            try:
                self.known = await self._ask()
            except GraphRejected as error:
                log.warning("restore.administrators_unread", status=error.status, code=error.graph_code)
                self.refused = True
        return self.known

    async def _ask(self) -> dict[str, Rank]:
        found: dict[str, Rank] = {}
        for path in _HOLDING:
            async for one in self._held(path):
                rank = rank_of(str(one.get("roleDefinitionId")))
                principal = str(one.get("principalId"))
                if rank and found.get(principal) != "high":
                    found[principal] = rank
        async for group in self._listed(_TRUSTED):
            for link in ("members", "owners"):
                async for one in self._listed(f"/groups/{group['id']}/{link}?$select=id"):
                    found[str(one["id"])] = "high"
        return found

    async def _held(self, path: str) -> AsyncIterator[Object]:
        """Schedules take a licence; without it the assignments say all there is."""
        try:
            async for one in self._listed(path):
                yield one
        except GraphRejected:
            if path == _HOLDING[0]:
                raise

    async def _listed(self, path: str) -> AsyncIterator[Object]:
        async for page in pages(self.reader, path):
            for item in page.items:
                yield _decode(item)  # type: ignore[misc]
