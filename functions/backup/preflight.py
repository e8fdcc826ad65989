"""A look before a backup: which permissions and licences its types need, and which of them are there.

In: the token of the reader identity and the tenant's subscriptions. Out: a `Preflight`. It decides nothing: a type is
read whatever is said here, because only the answer to that read is sure.
"""

from collections.abc import Iterable, Mapping

import msgspec

from functions import log
from functions.catalogue.licences import PLANS
from functions.catalogue.model import EXTENSION_SCOPES, ObjectType
from functions.catalogue.permissions import read_permissions
from functions.core.manifest import Gap
from functions.errors import GraphError
from functions.graph.client import GraphClient
from functions.graph.pages import pages
from functions.graph.roles import grants

_SKUS = "/subscribedSkus"
_IN_FORCE = frozenset({"Enabled", "Warning"})  # a subscription in its days of grace still serves


class Preflight(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """`permissions` are those that the types need, `missing` those among them that the token lacks, with what each is
    for; `spare` are those that the token has and the types do not need. Both are empty while `permissionsKnown` is
    false. `licences` says for each that the types need: present, missing or unknown. `types` says of each type that
    will not be read whole why not."""

    permissions: tuple[str, ...]
    permissions_known: bool
    missing: dict[str, tuple[str, ...]]
    spare: tuple[str, ...]
    licences: dict[str, str]
    types: dict[str, tuple[Gap, ...]]


async def preflight(client: GraphClient, entries: Iterable[ObjectType], cloud: str) -> Preflight:
    """Raises GraphError when no token is given; subscriptions that cannot be read only leave licences unknown."""
    entries = [entry for entry in entries]
    here = [entry for entry in entries if cloud not in entry.missing_in]
    held = await client.roles()
    needs = read_permissions(here)
    missing = {} if held is None else {scope: uses for scope, uses in needs.items() if not grants(held, scope)}
    licences = await _licences(client, here)
    return Preflight(
        permissions=tuple(needs),
        permissions_known=held is not None,
        missing=missing,
        spare=tuple(sorted((held or frozenset()) - needs.keys())),
        licences=licences,
        types={entry.key: found for entry in entries if (found := tuple(_gaps(entry, cloud, missing, licences)))},
    )


async def alerts(client: GraphClient, entries: Iterable[ObjectType], cloud: str) -> tuple[Gap, ...]:
    """What the manifest of a run says of it: what is missing, or that nobody could look."""
    try:
        found = await preflight(client, entries, cloud)
    except GraphError as error:
        log.warning("preflight.failed", reason=error.code)
        return (Gap("preflightFailed", f"nobody could look for permissions beforehand: {error.message}", error.remedy),)
    told = []
    if found.missing:
        what = "; ".join(f"{scope} ({', '.join(uses)})" for scope, uses in found.missing.items())
        told.append(Gap("permissionsNotGranted", f"the reader identity lacks: {what}", _grant(found.missing)))
    absent = sorted(name for name, state in found.licences.items() if state == "missing")
    if absent:
        told.append(Gap("licencesMissing", f"the tenant has no subscription with: {', '.join(absent)}", _LICENCE))
    return tuple(told)


_LICENCE = "Assign the licence, or switch the types that need it off: PUT /api/settings/types"


def _gaps(
    entry: ObjectType, cloud: str, missing: Mapping[str, tuple[str, ...]], licences: Mapping[str, str]
) -> Iterable[Gap]:
    if cloud in entry.missing_in:
        yield Gap(
            "notInThisCloud", f"{entry.title} do not exist in the cloud {cloud}", "Nothing to do; switch the type off"
        )
        return
    parts = [("", entry.read_scopes, entry.licence)]
    parts += [(f"/{link.name}", link.read_scopes, "") for link in entry.relationships]
    parts += [(f"/{'+'.join(extra.select)}", extra.read_scopes, extra.licence) for extra in entry.extras]
    parts += [("/directory extensions", EXTENSION_SCOPES, "")] if entry.extension_values else []
    for name, scopes, licence in parts:
        lacking = [scope for scope in scopes if scope in missing]
        if lacking:
            yield Gap("permissionMissing", f"{entry.key}{name} needs {' and '.join(lacking)}", _grant(lacking))
        if licence and licences.get(licence) == "missing":
            yield Gap("licenceMissing", f"{entry.key}{name} needs {licence}", _LICENCE)


def _grant(scopes: Iterable[str]) -> str:
    return f"Grant the reader identity {', '.join(sorted(scopes))} (application permissions of Microsoft Graph)"


class _Plan(msgspec.Struct, rename="camel"):
    service_plan_name: str = ""
    provisioning_status: str = ""


class _Sku(msgspec.Struct, rename="camel"):
    capability_status: str = ""
    service_plans: list[_Plan] = []


async def _licences(client: GraphClient, entries: Iterable[ObjectType]) -> dict[str, str]:
    wanted = {entry.licence for entry in entries} | {extra.licence for entry in entries for extra in entry.extras}
    wanted.discard("")
    if not wanted:
        return {}
    plans: set[str] = set()
    try:
        async for page in pages(client, _SKUS):
            for raw in page.items:
                sku = msgspec.json.decode(raw, type=_Sku)
                if sku.capability_status in _IN_FORCE:
                    plans |= {
                        plan.service_plan_name for plan in sku.service_plans if plan.provisioning_status != "Disabled"
                    }
    except (GraphError, msgspec.DecodeError) as error:
        log.warning("preflight.licencesUnknown", reason=type(error).__name__)
        return dict.fromkeys(sorted(wanted), "unknown")
    return {name: "present" if plans & PLANS[name] else "missing" for name in sorted(wanted)}
