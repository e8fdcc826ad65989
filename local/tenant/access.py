"""Who may read and write what: the application permissions the caller holds, and the service plans the tenant has.

The caller's permissions are the `roles` of its bearer token, if that is a JWT; any other token holds all of them. What
the switch `revoked` names is never held. A permission to write something (`X.ReadWrite.All`) lets read it too.
"""

import base64
from collections.abc import Iterable, Mapping

import msgspec

from local.tenant.rules import GraphFault, denied
from local.tenant.schema import KINDS, Held, Kind, LinkRule
from local.tenant.switches import Behaviour

# how a service says that a licence is missing; there is no common shape
UNLICENSED = {
    "pim": (
        400,
        "AadPremiumLicenseRequired",
        "The tenant needs to have a Microsoft Entra ID P2 or Governance license.",
    ),
    "intune": (400, "BadRequest", "Request not applicable to target tenant."),
    "entitlement": (
        403,
        "NoLicense",
        "User is not authorized to perform the operation. Reason: Tenant does not meet license requirement!",
    ),
    # access reviews and lifecycle workflows: status, code and words are not verified
    "governance": (403, "AccessDenied", "The tenant needs to have a Microsoft Entra ID Governance license."),
    "": (
        403,
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "Neither tenant is B2C or tenant doesn't have premium license",
    ),
}


class Claims(msgspec.Struct):
    roles: list[str] | None = None


def roles_of(token: str) -> frozenset[str] | None:
    """The roles claim of a JWT, signed or not; None for a token that is none, or that names no roles."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        roles = msgspec.json.decode(claims, type=Claims).roles
    except (ValueError, msgspec.DecodeError):
        return None
    return None if roles is None else frozenset(roles)


class Access:
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self.roles: frozenset[str] | None = None

    def holds(self, permissions: Iterable[str]) -> bool:
        """Whether any of these is held, of "A+B" both; no permission asked for is held by everyone."""
        asked = tuple(permissions)
        return not asked or any(all(map(self._held, one.split("+"))) for one in asked)

    def _held(self, permission: str) -> bool:
        revoked = self._behaviour.on.revoked
        if self.roles is None:
            return permission not in revoked
        stronger = permission.replace(".Read.", ".ReadWrite.", 1)
        return bool({permission, stronger} & (self.roles - set(revoked)))

    def readable(self, kind: Kind) -> bool:
        return not kind.delegated and self.holds(kind.reads)

    def check(self, kind: Kind) -> None:
        """Refuses a kind that the caller may not read, or that the tenant has no licence for."""
        if not self.readable(kind):
            self._behaviour.hit("permissions")
            raise denied()
        self.check_licence(kind.licence, kind.refuses)

    def check_link(self, kind: Kind, link: LinkRule) -> None:
        """As `check`, for what a link of the kind leads to. A link's own permissions stand in place of its kind's, and
        those of contained objects in place of both where the link names none."""
        contained = [KINDS[name] for name in link.to if name in KINDS] if link.held is Held.CONTAINED else []
        own = link.reads or next((target.reads for target in contained if target.reads), kind.reads)
        if kind.delegated or any(target.delegated for target in contained) or not self.holds(own):
            self._behaviour.hit("permissions")
            raise denied()
        for one in (kind, *contained):
            self.check_licence(one.licence, one.refuses)

    def check_write(self, kind: Kind, permissions: Iterable[str]) -> None:
        """Refuses a write that takes one of these permissions, of a kind that no application may write, or without the
        licence for it."""
        if kind.writes_delegated or not self.holds(permissions):
            self._behaviour.hit("permissions")
            raise denied()
        self.check_licence(kind.licence, kind.refuses)

    def check_written(self, kind: Kind, names: Iterable[str]) -> None:
        """As `check_write`, for what the body of a PATCH names: properties and links may take permissions of their own
        in place of the kind's."""
        for name in tuple(names) or ("",):
            link = kind.links.get(name.removesuffix("@odata.bind"))
            rule = link or kind.properties.get(name)
            self.check_write(kind, (rule.writes_with if rule else ()) or kind.writes("PATCH"))

    def check_filtered(self, kind: Kind, equal: Mapping[str, object]) -> None:
        """Refuses a list whose filter asks for objects that take a permission of their own."""
        for name, value, permissions in kind.reads_by:
            if equal.get(name) == value and not self.holds(permissions):
                self._behaviour.hit("permissions")
                raise denied()

    def check_properties(self, kind: Kind, names: Iterable[str]) -> None:
        """Refuses a property that needs a permission or a licence of its own. Whether the service refuses each of them,
        or leaves it out, is not confirmed."""
        for name in names:
            rule = kind.properties.get(name)
            if rule is None:
                continue
            if rule.needs and not self.holds((rule.needs,)):
                self._behaviour.hit("permissions")
                raise denied()
            self.check_licence(rule.licence, "")

    def check_licence(self, plans: frozenset[str], refuses: str) -> None:
        if plans and not plans & set(self._behaviour.on.licences):
            self._behaviour.hit("licences")
            raise GraphFault(*UNLICENSED[refuses])
