"""Who asks: read from the header that the platform sets after it has checked the token.

In: the request's headers and the settings. Out: a Caller with the roles it holds, or a CallerError (401, 403).

App Service Authentication strips this header from outside requests and sets its own, but only while it is switched on
(`WEBSITE_AUTH_ENABLED`). While it is off, anybody could write the header, so every call is refused. What the platform
is told to check (tenant, audience) is checked here once more, for that configuration lies outside this code and
somebody may change it. The exception is a laptop, where Graph is a loopback address: there a request without the
header holds every role.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from functions.api.problem import refused
from functions.settings import Settings

HEADER = "x-ms-client-principal"

_CLAIMS = "http://schemas.microsoft.com/identity/claims/"
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
# The platform may map the names of a token's claims to the older URIs, or leave them. These names alone count: the
# header has a field that names a claim for roles, and nothing needs it.
_ROLES = frozenset({"roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"})
_TENANT = frozenset({"tid", f"{_CLAIMS}tenantid"})
# Of callers with an object in the tenant. A token for an application that has none there comes without it.
_OBJECT = ("oid", f"{_CLAIMS}objectidentifier")
_AUDIENCE = "aud"
_NAME = ("preferred_username", f"{_SOAP}upn", "upn", "name", f"{_SOAP}name", "appid", "azp")


class Role(StrEnum):
    """What a caller may do. No role includes another."""

    BACKUP_READ = "Backup.Read"
    BACKUP_RUN = "Backup.Run"
    RESTORE_PLAN = "Restore.Plan"
    RESTORE_APPLY = "Restore.Apply"


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone the platform vouches for. `id` is the object id in the directory."""

    id: str
    name: str
    roles: frozenset[Role]

    @property
    def label(self) -> str:
        """For people and for the audit: the name, and the id that cannot be changed."""
        return self.id if self.name == self.id else f"{self.name} ({self.id})"

    def require(self, roles: tuple[Role, ...]) -> None:
        """Raises `missingRole` unless the caller holds one of `roles`. None named: any caller will do."""
        if roles and not self.roles.intersection(roles):
            raise refused("missingRole", f"This call needs the role {' or '.join(roles)}")


_PROVIDER = "aad"  # another provider of the same app could give out claims of the same names

LAPTOP = Caller("local", "local", frozenset(Role))


def caller(headers: Mapping[str, str], settings: Settings) -> Caller:
    """The caller of a request. Raises CallerError where there is none to trust."""
    if not settings.auth_enabled and not settings.local:
        raise refused("authenticationOff", "App Service Authentication is not switched on for this app")
    if not settings.audiences and not settings.local:
        raise refused("authenticationOff", "AUTH_AUDIENCES does not say for whom tokens have to be issued")
    header = headers.get(HEADER, "")
    if header:
        return _parsed(header, settings)
    if settings.auth_enabled:
        raise refused("notAuthenticated", "The request carries no signed-in caller")
    return LAPTOP


class _Claim(msgspec.Struct):
    typ: str
    val: str


class _Principal(msgspec.Struct):
    claims: list[_Claim]
    auth_typ: str | None = None


def _parsed(header: str, settings: Settings) -> Caller:
    try:
        principal = msgspec.json.decode(base64.b64decode(header, validate=True), type=_Principal)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise refused("invalidPrincipal", "The caller's principal is not base64 of the JSON it should be") from error
    if principal.auth_typ != _PROVIDER and not (settings.local and principal.auth_typ is None):
        raise refused("invalidPrincipal", "The caller signed in with another provider than Microsoft Entra ID")
    tenants = {claim.val.lower() for claim in principal.claims if claim.typ in _TENANT}
    if not tenants and not settings.local:
        raise refused("invalidPrincipal", "The caller's principal names no tenant")
    if tenants - {settings.tenant_id}:
        raise refused("wrongTenant", "The caller does not belong to the tenant of this app")
    audiences = {claim.val.lower() for claim in principal.claims if claim.typ == _AUDIENCE}
    if settings.audiences and not audiences & settings.audiences:
        raise refused("wrongAudience", "The token was not issued for this app")
    identity = _first(principal.claims, _OBJECT)
    if not identity:
        raise refused("invalidPrincipal", "The caller's principal names no one")
    held = {claim.val for claim in principal.claims if claim.typ in _ROLES}
    return Caller(
        id=identity,
        name=_first(principal.claims, _NAME) or identity,
        roles=frozenset(role for role in Role if role.value in held),
    )


def _first(claims: list[_Claim], names: tuple[str, ...]) -> str:
    """The value of the first of `names` that occurs among the claims, or ""."""
    return next((claim.val for name in names for claim in claims if claim.typ == name and claim.val), "")
