"""Administrative units and devices: the rules that are short."""

from local.tenant.rules.body import invalid_value, required
from local.tenant.rules.directory import Directory, Object, Ref, denied
from local.tenant.rules.privileged import check_unrestricted
from local.tenant.schema import KINDS

_UNIT = KINDS["administrativeUnit"]
_DEVICE = KINDS["device"]
# What an application that is not a device manager may change; the rest belongs to MDM
_DEVICE_WRITES = {"accountEnabled", "extensionAttributes"}
_DEVICE_ROLES = ("Cloud Device Administrator", "Intune Administrator", "Global Administrator")


def create_unit(body: Object, new: Object, directory: Directory) -> Object:
    required(_UNIT, body, "displayName")
    new.setdefault("isMemberManagementRestricted", False)
    _check_membership(new)
    return new


def update_unit(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    _check_membership(new)
    return new


def delete_unit(current: Object, directory: Directory) -> None:
    _check_caller(directory)


def unlink_unit(source: Object, link: str, target: Ref, directory: Directory) -> None:
    _check_caller(directory)


def _check_caller(directory: Directory) -> None:
    """To delete a unit, or take members out of one, a permission is not enough."""
    if not directory.caller_is("Privileged Role Administrator", "Global Administrator"):
        raise denied()


def _check_membership(unit: Object) -> None:
    if unit.get("visibility") not in (None, "HiddenMembership"):
        raise invalid_value(_UNIT, "visibility")
    dynamic = unit.get("membershipType") == "Dynamic"
    if unit.get("membershipType") not in (None, "Assigned", "Dynamic"):
        raise invalid_value(_UNIT, "membershipType")
    if dynamic != bool(unit.get("membershipRule")):
        raise invalid_value(_UNIT, "membershipRule")
    if dynamic and unit.get("membershipRuleProcessingState") not in ("On", "Paused"):
        raise invalid_value(_UNIT, "membershipRuleProcessingState")


def create_device(body: Object, new: Object, directory: Directory) -> Object:
    required(
        _DEVICE,
        body,
        "accountEnabled",
        "alternativeSecurityIds",
        "deviceId",
        "displayName",
        "operatingSystem",
        "operatingSystemVersion",
    )
    if any(True for _ in directory.find("device", "deviceId", body["deviceId"])):
        raise invalid_value(_DEVICE, "deviceId")
    return new


def update_device(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    check_unrestricted("device", current, directory)
    if not body.keys() <= _DEVICE_WRITES:
        raise denied()
    if "accountEnabled" in body and not directory.caller_is(*_DEVICE_ROLES):
        raise denied()
    return new
