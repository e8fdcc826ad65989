"""Users: what a new account needs, who may change what, and what the service sets by itself."""

import re
from collections.abc import Mapping
from typing import Any

from local.tenant.rules import security_attributes
from local.tenant.rules.body import invalid_value, required
from local.tenant.rules.directory import Directory, Object, bad_request, denied
from local.tenant.rules.mail import DOMAIN, EXTERNAL, SYNCED, check_addresses_free, initial_domain, with_primary
from local.tenant.rules.privileged import SENSITIVE, check_account, check_password, check_unrestricted
from local.tenant.schema import KINDS
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR, security_identifier

_KIND = KINDS["user"]
_NICKNAME = re.compile(r"[^@()\\\[\]\";:<>, ]{1,64}")
_UPN = re.compile(r"[A-Za-z0-9'._\-!#^~+&$%*/=?`{|}]{1,64}@(?P<domain>[A-Za-z0-9.\-]+)")
_COUNTRY = re.compile("[A-Z]{2}")
# What stays in the cloud when an account is mastered on-premises; the documentation names usageLocation, licences and
# links, the others are not confirmed
_CLOUD_SIDE = {
    "usageLocation",
    "ageGroup",
    "consentProvidedForMinor",
    "customSecurityAttributes",
    "passwordPolicies",
    "preferredDataLocation",
}


def create(body: Object, new: Object, directory: Directory) -> Object:
    required(_KIND, body, "accountEnabled", "displayName", "mailNickname", "userPrincipalName")
    profile = body.get("passwordProfile") or {}
    if not profile.get("password"):
        raise bad_request("A password must be specified to create a new user.")  # wording not confirmed
    _check_values(body, new["id"], directory)
    check_name(new, directory)
    stamp = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    new |= {
        "createdDateTime": stamp,
        "lastPasswordChangeDateTime": stamp,
        "signInSessionsValidFromDateTime": stamp,
        "securityIdentifier": security_identifier(new["id"]),
        "proxyAddresses": with_primary((), new.get("mail")),
        "identities": _identities(new, directory),
    }
    if body.get("customSecurityAttributes") is not None:
        new["customSecurityAttributes"] = security_attributes.merged({}, body, directory)
    new.setdefault("userType", "Member")
    _hide_password(new)
    return new


def update(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    check_unrestricted("user", current, directory)
    if body.keys() & SENSITIVE:
        check_account(current["id"], directory)
    if body.get("passwordProfile"):
        check_password(directory)
    _check_master(current, body)
    _check_values(body, current["id"], directory)
    if body.get("customSecurityAttributes") is not None:
        new["customSecurityAttributes"] = security_attributes.merged(current, body, directory)
    if "userPrincipalName" in body and body["userPrincipalName"] != current.get("userPrincipalName"):
        check_name(new, directory)
        new["identities"] = _identities(new, directory)
    if "mail" in body and body["mail"] != current.get("mail"):
        new["proxyAddresses"] = with_primary(current.get("proxyAddresses") or (), body["mail"])
    if body.get("passwordProfile") is not None:
        stamp = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        if body["passwordProfile"].get("password"):
            new["lastPasswordChangeDateTime"] = new["signInSessionsValidFromDateTime"] = stamp
        kept = {key: value for key, value in (current.get("passwordProfile") or {}).items() if value is not None}
        new["passwordProfile"] = {**new["passwordProfile"], **kept, **body["passwordProfile"]}
    _hide_password(new)
    return new


def delete(current: Object, directory: Directory) -> None:
    check_unrestricted("user", current, directory)
    check_account(current["id"], directory)
    holders = {
        item["principalId"]
        for item in directory.find("unifiedRoleAssignment", "roleDefinitionId", GLOBAL_ADMINISTRATOR)
        if item.get("directoryScopeId") == "/"
    }
    if holders == {current["id"]}:
        raise denied()  # the service keeps the last Global Administrator's account; its words are not known


def restore(deleted: Object, body: Mapping[str, Any], new: Object, directory: Directory) -> Object:
    check_account(new["id"], directory)
    if body.get("newUserPrincipalName"):
        new["userPrincipalName"] = body["newUserPrincipalName"]
        new["identities"] = _identities(new, directory)
    check_name(new, directory)
    if new.get("mail"):
        if body.get("autoReconcileProxyConflict"):
            _drop_taken_mail(new, directory)
        else:
            check_addresses_free([new["mail"]], new["id"], directory)
    return new


def check_name(user: Object, directory: Directory) -> None:
    """The sign-in name: well formed, in a verified domain, not taken by a live user."""
    name = user["userPrincipalName"]
    found = _UPN.fullmatch(name)
    if found is None:
        raise bad_request("Property userPrincipalName is invalid.", target="userPrincipalName", detail="InvalidValue")
    if found["domain"].casefold() not in {domain.casefold() for domain in directory.verified_domains()}:
        raise bad_request(DOMAIN)
    if any(other["id"] != user["id"] for other in directory.find("user", "userPrincipalName", name)):
        message = "Another object with the same value for property userPrincipalName already exists."
        raise bad_request(message, target="userPrincipalName", detail="ObjectConflict")


def _check_master(current: Object, body: Object) -> None:
    synced = current.get("onPremisesSyncEnabled")
    if synced and not body.keys() <= _CLOUD_SIDE:
        raise bad_request(SYNCED)
    if synced is False and "onPremisesExtensionAttributes" in body:
        raise bad_request(EXTERNAL)


def _check_values(body: Object, own_id: str, directory: Directory) -> None:
    for name in ("displayName", "userPrincipalName", "mailNickname"):
        if name in body and not (body[name] or "").strip():
            raise invalid_value(_KIND, name)
    nickname = body.get("mailNickname")
    if nickname is not None and not (_NICKNAME.fullmatch(nickname) and nickname.isascii()):
        raise invalid_value(_KIND, "mailNickname")
    if "usageLocation" in body and not _COUNTRY.fullmatch(body["usageLocation"] or ""):
        raise invalid_value(_KIND, "usageLocation")  # it cannot be cleared either
    if len(body.get("businessPhones") or ()) > 1:
        raise invalid_value(_KIND, "businessPhones")
    if body.get("userType") not in (None, "Member", "Guest"):
        raise invalid_value(_KIND, "userType")
    if "passwordProfile" in body and body["passwordProfile"] is None:
        raise invalid_value(_KIND, "passwordProfile")  # a password is changed, never cleared
    if body.get("mail"):
        check_addresses_free([body["mail"]], own_id, directory)
    password = (body.get("passwordProfile") or {}).get("password")
    if password is not None and not _complex_enough(password):
        raise bad_request(
            "The specified password does not comply with password complexity requirements. Please provide a different "
            "password.",
            target="password",
            detail="PasswordComplexity",
        )


def _complex_enough(password: str) -> bool:
    kinds = (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
    return 8 <= len(password) <= 256 and sum(any(map(kind, password)) for kind in kinds) >= 3


def _identities(user: Object, directory: Directory) -> list[Object]:
    others = [item for item in user.get("identities") or () if item["signInType"] != "userPrincipalName"]
    own = {
        "signInType": "userPrincipalName",
        "issuer": initial_domain(directory),
        "issuerAssignedId": user["userPrincipalName"],
    }
    return [own, *others]


def _hide_password(user: Object) -> None:
    if user.get("passwordProfile"):
        user["passwordProfile"] = {**user["passwordProfile"], "password": None}


def _drop_taken_mail(user: Object, directory: Directory) -> None:
    taken = any(
        other["id"] != user["id"] for kind in ("user", "group") for other in directory.find(kind, "mail", user["mail"])
    )
    if taken:
        user["proxyAddresses"] = [item for item in user["proxyAddresses"] if not item.startswith("SMTP:")]
        user["mail"] = None
