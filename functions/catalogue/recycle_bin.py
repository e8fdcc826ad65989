"""The recycle bin, a type for each kind of object that Graph keeps there for 30 days."""

from dataclasses import replace

from functions.catalogue.applications import APPLICATIONS, SERVICE_PRINCIPALS
from functions.catalogue.authentication import PKI
from functions.catalogue.groups import GROUPS
from functions.catalogue.model import ObjectType, Preset
from functions.catalogue.units import ADMINISTRATIVE_UNITS
from functions.catalogue.users import USERS

_KEPT_30_DAYS = (
    "Read so that what can still be undeleted is told from what is gone. Graph keeps a deleted object for 30 days, and "
    "its links come back with it; they are not shown while it lies in the bin."
)
_BY_UNDELETING = "an object in the recycle bin is brought back by undeleting it, from the type it belongs to."


def _binned(live: ObjectType, key: str, title: str, cast: str, notes: str = "") -> ObjectType:
    """The recycle bin of a type: the same properties, so that a record can stand in for the live one."""
    return replace(
        live,
        key=key,
        title=title,
        path=f"/directory/deletedItems/microsoft.graph.{cast}",
        page_size=999,
        extras=(),
        relationships=(),
        aliases=(),
        preset=Preset.STANDARD,
        bin="",
        read_only=frozenset(live.select) - live.volatile if live.select else live.read_only,
        references=(),
        leads_to={},
        elsewhere=frozenset(),
        depends_on=(),
        restore=None,
        unrestored=_BY_UNDELETING,
        notes=f"{_KEPT_30_DAYS} {notes}".strip(),
    )


DELETED_USERS = _binned(
    USERS,
    "deletedUsers",
    "Deleted users",
    "user",
    "The sign-in name has the object id in front, which frees the name for another account.",
)
DELETED_GROUPS = _binned(
    GROUPS,
    "deletedGroups",
    "Deleted groups",
    "group",
    "A deleted security group is shown with securityEnabled false, a known fault of Graph: groupTypes tells the kinds "
    "apart.",
)
DELETED_APPLICATIONS = _binned(
    APPLICATIONS,
    "deletedApplications",
    "Deleted app registrations",
    "application",
    "The service principal was deleted with its application and is undeleted by itself.",
)
DELETED_SERVICE_PRINCIPALS = _binned(
    SERVICE_PRINCIPALS,
    "deletedServicePrincipals",
    "Deleted enterprise applications",
    "servicePrincipal",
    "Agents (agentIdentity, agentUser and their blueprints) are kinds of principals, users and applications and are "
    "not asked for by their own names; whether these lists hold deleted ones is unverified.",
)
DELETED_ADMINISTRATIVE_UNITS = _binned(
    ADMINISTRATIVE_UNITS, "deletedAdministrativeUnits", "Deleted administrative units", "administrativeUnit"
)
DELETED_PKI = _binned(
    PKI,
    "deletedCertificateBasedAuthConfigurations",
    "Deleted certificate authorities (PKI store)",
    "certificateBasedAuthPki",
    "The store alone: an authority that was deleted by itself is in deletedCertificateAuthorities.",
)
DELETED_AUTHORITIES = ObjectType(
    key="deletedCertificateAuthorities",
    title="Deleted certificate authorities (single ones)",
    path="/directory/deletedItems/microsoft.graph.certificateAuthorityDetail",
    page_size=999,
    read_scopes=PKI.read_scopes,
    tolerates=PKI.tolerates,
    read_only=frozenset({"createdDateTime", "deletedDateTime", "expirationDateTime", "id", "issuer", "thumbprint"}),
    unrestored=_BY_UNDELETING,
    notes=(
        f"{_KEPT_30_DAYS} Authorities that were taken out of a PKI store, with their certificates, which are public. "
        "Which store each was in does not show here; earlier records of the stores tell."
    ),
)

ENTRIES: tuple[ObjectType, ...] = (
    DELETED_USERS,
    DELETED_GROUPS,
    DELETED_APPLICATIONS,
    DELETED_SERVICE_PRINCIPALS,
    DELETED_ADMINISTRATIVE_UNITS,
    DELETED_PKI,
    DELETED_AUTHORITIES,
)
