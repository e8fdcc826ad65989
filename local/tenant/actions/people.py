"""Users, groups, administrative units, devices: what can be asked of them beyond plain writes, and what follows.

Licences are assigned in one call for all products. Who is put into a unit with restricted management is protected by
it. An administrator of a unit is a role assignment as well, and the other way about.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from local.tenant.actions import scoped
from local.tenant.actions.model import Action, Call, Effects, shown
from local.tenant.message import Reply
from local.tenant.objects import Json, Row
from local.tenant.rules import Ref, bad_request
from local.tenant.rules.groups import check_writable
from local.tenant.rules.privileged import check_unrestricted, restricting
from local.tenant.tenant import Tenant


def _license_user(call: Call) -> Reply:
    before = call.target.object()
    check_unrestricted("user", before, call.tenant.directory)
    if call.body.get("addLicenses") and not before.get("usageLocation"):
        raise bad_request("License assignment cannot be done for user with invalid usage location.")
    states = list(before.get("licenseAssignmentStates") or ())
    direct = {state["skuId"]: state for state in states if not state.get("assignedByGroup")}
    inherited = [state for state in states if state.get("assignedByGroup")]
    added, removed = _asked(call, direct)
    moment = call.tenant.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    for item in added:
        state = {"assignedByGroup": None, "state": "Active", "error": "None", "lastUpdatedDateTime": moment}
        direct[item["skuId"]] = {**item, **state}
    for sku in removed:
        del direct[sku]
    whole = [*inherited, *direct.values()]
    assigned = {state["skuId"]: _licence(state) for state in whole}
    _write(call, before, {"licenseAssignmentStates": whole, "assignedLicenses": list(assigned.values())})
    return shown(call, "user", call.target.id)


def _license_group(call: Call) -> Reply:
    before = call.target.object()
    check_writable(before, "Update", call.tenant.directory)
    held = {item["skuId"]: item for item in before.get("assignedLicenses") or ()}
    added, removed = _asked(call, held)
    held |= {item["skuId"]: item for item in added}
    for sku in removed:
        del held[sku]
    _write(call, before, {"assignedLicenses": list(held.values())})
    return shown(call, "group", call.target.id, 202)


def _asked(call: Call, held: Mapping[str, Any]) -> tuple[list[Json], list[str]]:
    """What to add and to remove, checked; the sentences are as they have been reported."""
    added, removed = call.body.get("addLicenses"), call.body.get("removeLicenses")
    if not isinstance(added, list) or not isinstance(removed, list) or len(call.body) > 2:
        raise bad_request("Both addLicenses and removeLicenses have to be given.")  # wording not confirmed
    bought = {sku["skuId"]: sku for sku in _bought(call.tenant)}
    for item in added:
        if not isinstance(item, dict) or item.get("skuId") not in bought:
            sku = item.get("skuId") if isinstance(item, dict) else item
            raise bad_request(f"License {sku} does not correspond to a valid company License.")
        plans = {plan["servicePlanId"] for plan in bought[item["skuId"]]["servicePlans"]}
        if not set(item.get("disabledPlans") or ()) <= plans:
            raise bad_request("License assignment failed because a service plan is not part of the license.")
        if bought[item["skuId"]]["capabilityStatus"] != "Enabled":
            raise bad_request(f"Subscription with SKU {item['skuId']} does not have any available licenses.")
    if any(sku not in held for sku in removed):
        raise bad_request("User does not have a corresponding license.")
    return [_licence(item) for item in added], list(removed)


def _licence(item: Json) -> Json:
    return {"disabledPlans": list(item.get("disabledPlans") or ()), "skuId": item["skuId"]}


def _bought(tenant: Tenant) -> Iterator[Json]:
    return (row.object() for row in tenant.objects.by_id("subscribedSku", "", 1_000))


def _write(call: Call, before: Json, values: Json) -> None:
    call.tenant.ledger.update(call.target.kind, call.target.id, before, {**before, **values})


def _protect(tenant: Tenant, unit: Row, link: str, target: Ref) -> None:
    """Tells a member of a unit whether its management is restricted now."""
    row = tenant.objects.row(*target)
    if link != "members" or row is None:
        return
    before = row.object()
    protected = bool(restricting(target, tenant.directory))
    if bool(before.get("isManagementRestricted")) != protected:
        tenant.ledger.update(row.kind, row.id, before, {**before, "isManagementRestricted": protected})


def _protect_all(tenant: Tenant, unit: Row) -> None:
    if unit.object().get("isMemberManagementRestricted"):
        for link, kind, key in tenant.links.of_source((unit.kind, unit.id)):
            _protect(tenant, unit, link, Ref(kind, key))


ACTIONS: tuple[Action, ...] = (
    Action(
        kind="user",
        name="assignLicense",
        run=_license_user,
        writes_with=("LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"),
    ),
    Action(
        kind="group",
        name="assignLicense",
        run=_license_group,
        writes_with=("LicenseAssignment.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"),
    ),
)
EFFECTS: Mapping[str, Effects] = {
    "administrativeUnit": Effects(linked=_protect, unlinked=_protect, removed=_protect_all, restored=_protect_all),
    scoped.SCOPED: Effects(created=scoped.membership_made, removed=scoped.membership_gone),
}
