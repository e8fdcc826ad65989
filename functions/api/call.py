"""What a call is, as data, and what its handler gets.

Everything about a call stands in one entry: route, role, parameters, body, answers, errors. The endpoint obeys the
entry, the OpenAPI description is made from it, and the blueprints register it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from functions.api.bodies import Body
from functions.api.params import Path, Query
from functions.api.principal import Caller, Role
from functions.api.reply import Reply
from functions.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Request[B: Body]:
    """A request that has passed every check. `durable` is the Durable client of this invocation."""

    caller: Caller
    path: Path
    query: Query
    body: B
    origin: str  # scheme and host as the caller sees them, for absolute URLs
    services: Services
    durable: Any = None

    def url(self, path: str) -> str:
        """An absolute URL of this API."""
        return f"{self.origin}/api/{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call[B: Body]:
    """One call. `roles`: any one of them is enough; none named: any caller. `answers`: status → struct of the body.

    `codes` are the errors of this call beyond those every call can have. `restores`: refused while restore is off.
    """

    name: str
    method: str
    route: str
    summary: str
    handler: Callable[[Request[B]], Awaitable[Reply]]
    answers: Mapping[int, type[msgspec.Struct] | None]
    roles: tuple[Role, ...] = ()
    query: tuple[str, ...] = ()
    body: type[B] | None = None
    body_needed: bool = False
    codes: tuple[str, ...] = ()
    located: bool = False  # the answer has a Location header
    restores: bool = field(default=False)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parameters in the route, in order."""
        return tuple(part[1:-1] for part in self.route.split("/") if part.startswith("{"))
