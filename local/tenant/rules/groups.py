"""Groups: which combinations exist, what is mastered elsewhere, what can never change."""

import re
from collections.abc import Mapping
from typing import Any

from local.tenant.rules.body import invalid_value, required
from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, denied, not_found
from local.tenant.rules.mail import SYNCED, check_addresses_free, default_domain
from local.tenant.rules.privileged import check_trusted, check_unrestricted
from local.tenant.rules.tenant_wide import check_setting
from local.tenant.schema import KINDS, Shown
from local.tenant.wellknown import security_identifier

_KIND = KINDS["group"]
# documented as the least that adding a member of this kind takes besides
_MEMBERS = {
    "device": "Device.ReadWrite.All",
    "orgContact": "OrgContact.Read.All",
    "servicePrincipal": "Application.ReadWrite.All",
}
_TYPES = {"Unified", "DynamicMembership"}
_STATES = {"On", "Paused"}
_NICKNAME = re.compile(r"[^@()\\\[\]\";:<>, ]{1,64}")  # the characters the documentation excludes, and space
# Exchange holds these; an application may not set them
_EXCHANGE = {name for name, rule in _KIND.properties.items() if rule.shown is Shown.SINGLE}


def is_unified(group: Mapping[str, Any]) -> bool:
    return "Unified" in (group.get("groupTypes") or ())


def is_dynamic(group: Mapping[str, Any]) -> bool:
    return "DynamicMembership" in (group.get("groupTypes") or ())


def check_writable(group: Object, verb: str, directory: Directory) -> None:
    """Refuses a write to a group that Exchange or an on-premises directory masters, or a restricted unit protects, or
    that can hold roles."""
    check_unrestricted("group", group, directory)
    check_trusted(group, directory, *(("Privileged Role Administrator",) if verb == "Delete" else ()))
    if group.get("mailEnabled") and not is_unified(group):
        raise bad_request(f"Cannot {verb} a mail-enabled security groups and or distribution list.")
    if group.get("onPremisesSyncEnabled"):
        raise bad_request(SYNCED)


def create(body: Object, new: Object, directory: Directory) -> Object:
    required(_KIND, body, "displayName", "mailEnabled", "mailNickname", "securityEnabled")
    new.setdefault("groupTypes", [])
    check_trusted(new, directory)
    if new["mailEnabled"] and not is_unified(new):
        raise bad_request("Cannot Create a mail-enabled security groups and or distribution list.")
    if is_dynamic(new) and any(name.startswith("members@") for name in body):
        raise denied()
    if new.get("visibility") == "HiddenMembership" and not is_unified(new):
        raise invalid_value(_KIND, "visibility")
    _check_whole(new)
    _check_nickname(new, directory)
    stamp = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    new |= {
        "createdDateTime": stamp,
        "renewedDateTime": stamp,
        "securityIdentifier": security_identifier(new["id"]),
    }
    if is_unified(new):
        new["mail"] = f"{new['mailNickname']}@{default_domain(directory)}"
        new["proxyAddresses"] = [f"SMTP:{new['mail']}"]
        new.setdefault("visibility", "Public")
    return new


def update(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    if body.keys() & _EXCHANGE:
        raise GraphFault(403, "ErrorGroupsAccessDenied", "User does not have permissions to execute this action.")
    check_writable(current, "Update", directory)
    if is_dynamic(new) and any(name.startswith("members@") for name in body):
        raise denied()
    visible = (current.get("visibility"), new.get("visibility"))
    if visible[0] != visible[1] and "HiddenMembership" in visible:
        raise invalid_value(_KIND, "visibility")
    if is_unified(current) != is_unified(new):
        raise invalid_value(_KIND, "groupTypes")  # a group does not turn into a Microsoft 365 group or back
    if is_dynamic(current) and not is_dynamic(new) and "membershipRule" not in body:
        new["membershipRule"] = new["membershipRuleProcessingState"] = None
    _check_whole(new)
    if "mailNickname" in body and body["mailNickname"] != current.get("mailNickname"):
        _check_nickname(new, directory)
    return new


def delete(current: Object, directory: Directory) -> None:
    check_writable(current, "Delete", directory)


def restore(deleted: Object, body: Mapping[str, Any], new: Object, directory: Directory) -> Object:
    _check_nickname(new, directory)
    return new


def link(source: Object, name: str, target: Ref, directory: Directory) -> None:
    """Who may write members may not for that reason add what is not a person or a group."""
    asked = _MEMBERS.get(target.kind) if name == "members" else None
    if asked and not directory.permitted(asked, "Directory.ReadWrite.All"):
        raise denied()


def create_setting(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    """One of each template in a group; which of them groups may have is not confirmed."""
    template = directory.get("groupSettingTemplate", body["templateId"])
    if template is None:
        raise not_found(body["templateId"])
    check_writable(directory.get(*parent) or {}, "Update", directory)
    for kind, key in directory.links(parent.kind, parent.id, "settings"):
        if (directory.get(kind, key) or {}).get("templateId") == template["id"]:
            raise bad_request(
                "A conflicting object with one or more of the specified property values is present in the directory."
            )
    check_setting(new, template)
    return {**new, "displayName": template["displayName"]}


def update_setting(current: Object, body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    check_writable(directory.get(*parent) or {}, "Update", directory)
    check_setting(new, directory.get("groupSettingTemplate", current["templateId"]) or {})
    return new


def _check_whole(group: Object) -> None:
    """What must hold of a group whichever way it came about."""
    types = group.get("groupTypes") or []
    if not set(types) <= _TYPES or len(set(types)) != len(types):
        raise invalid_value(_KIND, "groupTypes")
    if is_unified(group) != bool(group.get("mailEnabled")):
        raise invalid_value(_KIND, "mailEnabled")
    if not is_unified(group) and not group.get("securityEnabled"):
        raise invalid_value(_KIND, "securityEnabled")
    _check_rule(group)
    if group.get("isAssignableToRole"):
        if is_dynamic(group):
            raise invalid_value(_KIND, "groupTypes")
        if not group.get("securityEnabled"):
            raise invalid_value(_KIND, "securityEnabled")
        if group.get("visibility") == "Public":
            raise invalid_value(_KIND, "visibility")
    if group.get("visibility") not in (None, "Public", "Private", "HiddenMembership"):
        raise invalid_value(_KIND, "visibility")


def _check_rule(group: Object) -> None:
    rule, state = group.get("membershipRule"), group.get("membershipRuleProcessingState")
    if is_dynamic(group):
        if not rule:
            raise bad_request("A value is required for property 'membershipRule'.")
        if state not in _STATES:
            raise invalid_value(_KIND, "membershipRuleProcessingState")
    elif rule:
        raise invalid_value(_KIND, "membershipRule")


def _check_nickname(group: Object, directory: Directory) -> None:
    nickname = group["mailNickname"]
    if not _NICKNAME.fullmatch(nickname) or not nickname.isascii():
        raise invalid_value(_KIND, "mailNickname")
    if not is_unified(group):
        return
    for other in directory.find("group", "mailNickname", nickname):
        if other["id"] != group["id"] and is_unified(other):
            message = "Another object with the same value for property mailNickname already exists."
            raise bad_request(message, target="mailNickname", detail="ObjectConflict")
    check_addresses_free([f"{nickname}@{default_domain(directory)}"], group["id"], directory)
