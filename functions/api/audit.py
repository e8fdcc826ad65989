"""The audit of a call that acts: one row before it acts, one for how it ended.

The first row is a condition: where it cannot be written, nothing is done. The last is a record of what has happened: if
it cannot be written, the log says so and the caller still gets the answer.
"""

from dataclasses import dataclass
from typing import Any

from functions import log
from functions.api.call import Request
from functions.errors import StoreError


@dataclass(frozen=True, slots=True)
class Trail:
    """The audit rows of one request."""

    request: Request[Any]
    action: str

    async def asked(self) -> None:
        """The caller is about to act. Raises StoreError."""
        await self._append("requested")

    async def ended(self, outcome: str) -> None:
        """How it ended: `done`, or the code of the problem the caller got."""
        try:
            await self._append(outcome)
        except StoreError as error:
            log.error("audit.lost", action=self.action, outcome=outcome, reason=error.code)

    async def _append(self, outcome: str) -> None:
        from functions.storage.audit import AuditRow

        request = self.request
        path, who = request.path, request.caller
        named = "/".join(part for part in (path.type, path.id, path.run_id, path.plan_id) if part)
        await request.services.stores.audit.append(
            AuditRow(
                who=who.label,
                roles=tuple(sorted(role.value for role in who.roles)),
                action=self.action,
                subject=named or request.body.subject(),
                outcome=outcome,
            )
        )
