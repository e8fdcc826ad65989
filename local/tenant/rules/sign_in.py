"""Strengths, contexts, security defaults and certificate authorities.

Wordings are not confirmed, except that of the conflict between security defaults and Conditional Access.
"""

import re

from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request
from local.tenant.wellknown import LEGACY_AUTHORITIES, read_from

_CONTEXT = re.compile(r"c[1-9][0-9]?")


def create_strength(body: Object, new: Object, directory: Directory) -> Object:
    if not body["allowedCombinations"]:
        raise bad_request("Invalid value specified for property 'allowedCombinations'.")
    return {**new, "policyType": "custom", "requirementsSatisfied": "mfa", "combinationConfigurations": []}


def update_strength(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    check_custom(current)
    return new


def delete_strength(current: Object, directory: Directory) -> None:
    check_custom(current)


def check_custom(strength: Object) -> None:
    if strength.get("policyType") == "builtIn":
        raise bad_request("Built-in policies cannot be changed.")


def create_context(body: Object, new: Object, directory: Directory) -> Object:
    if not _CONTEXT.fullmatch(str(new.get("id"))):
        raise bad_request("Invalid value specified for property 'id'.")
    new.setdefault("isAvailable", False)
    return new


def delete_context(current: Object, directory: Directory) -> None:
    if current.get("isAvailable"):
        raise bad_request("An authentication context that is published cannot be deleted.")


def update_defaults(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    if new["isEnabled"] and any(True for _ in directory.find("conditionalAccessPolicy", "state", "enabled")):
        raise GraphFault(
            400,
            "BadRequest",
            "Conditional Access policies are enabled in the tenant. Disable them before enabling Security Defaults.",
        )
    return new


def create_store(body: Object, new: Object, directory: Directory) -> Object:
    return {**new, "status": "succeeded", "statusDetails": None, "deletedDateTime": None}


def create_authority(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    if new.get("certificateAuthorityType") not in ("root", "intermediate"):
        raise bad_request("Invalid value specified for property 'certificateAuthorityType'.")
    new.setdefault("isIssuerHintEnabled", False)
    return new


def create_legacy(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    """There is one such list, under an id that is the same everywhere."""
    if not body["certificateAuthorities"]:
        raise bad_request("Invalid value specified for property 'certificateAuthorities'.")
    authorities = [{**one, **read_from(one["certificate"])} for one in new["certificateAuthorities"]]
    return {**new, "id": LEGACY_AUTHORITIES, "certificateAuthorities": authorities}
