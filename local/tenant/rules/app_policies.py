"""Policies about applications: consent, admin consent, tokens, claims, home realms, idle sessions, credentials.

Which words the service uses for these refusals is not confirmed but where it is said.
"""

import json
from typing import Any

from local.tenant.rules.body import invalid_value
from local.tenant.rules.directory import Directory, Object, Ref, bad_request, denied, not_found
from local.tenant.rules.general import taken
from local.tenant.rules.kinds import Rules
from local.tenant.schema import KINDS

TOKEN_POLICIES = (
    "tokenLifetimePolicy",
    "tokenIssuancePolicy",
    "claimsMappingPolicy",
    "homeRealmDiscoveryPolicy",
    "activityBasedTimeoutPolicy",
)
_CLASSES = {"low", "medium", "high"}
_CONSENT = KINDS["permissionGrantPolicy"]
_ADMIN = KINDS["adminConsentRequestPolicy"]
_CLASSIFICATION = KINDS["delegatedPermissionClassification"]
_PERMISSION_CLASSES = _CLASSES | {"all"}
_PERMISSION_TYPES = {"application", "delegated"}  # delegatedUserConsentable is for Microsoft's own policies alone
_LONGEST_REQUEST = 60  # days


def token_policy(kind: str) -> Rules:
    """Those that differ in what their definition says, which is one JSON text named after the kind."""

    def create(body: Object, new: Object, directory: Directory) -> Object:
        new.setdefault("isOrganizationDefault", False)
        return _checked(kind, new, directory)

    def update(current: Object, body: Object, new: Object, directory: Directory) -> Object:
        return _checked(kind, new, directory)

    return Rules(create=create, update=update)


def _checked(kind: str, new: Object, directory: Directory) -> Object:
    definition = new.get("definition") or []
    if len(definition) != 1 or not _defines(definition[0], kind):
        raise invalid_value(KINDS[kind], "definition")
    if new.get("isOrganizationDefault"):
        others = directory.find(kind, "isOrganizationDefault", True)
        if any(other["id"] != new["id"] for other in others):
            raise bad_request(
                "A conflicting object with one or more of the specified property values is present in the directory."
            )
    return new


def _defines(text: str, kind: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and [name.lower() for name in found] == [kind.lower()]


def create_consent(body: Object, new: Object, directory: Directory) -> Object:
    _own(str(new["id"]))
    if directory.get(_CONSENT.name, new["id"]) is not None:
        raise taken("id")
    return {"includes": [], "excludes": [], "description": None, **new}


def update_consent(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    _own(str(current["id"]))
    return new


def delete_consent(current: Object, directory: Directory) -> None:
    _own(str(current["id"]))


def _own(id: str) -> None:
    """The policies of the service itself are read-only."""
    if id.startswith("microsoft-"):
        raise denied()


def conditions(policy: Object, body: Object, directory: Directory) -> Object:
    """One set of conditions as it is stored; what is not said matches anything."""
    _own(str(policy["id"]))
    unknown = sorted(set(body) - {"@odata.type", *_MATCHES_ANYTHING})
    if unknown:
        raise bad_request(f"Invalid property '{unknown[0]}'.")
    found: Object = {"id": directory.new_id(), **_MATCHES_ANYTHING}
    found |= {name: value for name, value in body.items() if name != "@odata.type" and value is not None}
    if found["permissionType"] not in _PERMISSION_TYPES:
        raise invalid_value(_CONSENT, "permissionType")
    if found["permissionClassification"] not in _PERMISSION_CLASSES:
        raise invalid_value(_CONSENT, "permissionClassification")
    return found


_MATCHES_ANYTHING: dict[str, Any] = {
    "permissionClassification": "all",
    "permissionType": None,
    "resourceApplication": "any",
    "permissions": ["all"],
    "clientApplicationIds": ["all"],
    "clientApplicationTenantIds": ["all"],
    "clientApplicationPublisherIds": ["all"],
    "clientApplicationsFromVerifiedPublisherOnly": False,
}


def update_admin_consent(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    if not 1 <= new["requestDurationInDays"] <= _LONGEST_REQUEST:
        raise invalid_value(_ADMIN, "requestDurationInDays")
    if new["isEnabled"] and not new["reviewers"]:
        raise invalid_value(_ADMIN, "reviewers")
    return new


def create_management(body: Object, new: Object, directory: Directory) -> Object:
    return {"isEnabled": False, **new}


def create_classification(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    principal = directory.get(*parent)
    if principal is None:
        raise not_found(parent.id)
    if body["classification"] not in _CLASSES:
        raise invalid_value(_CLASSIFICATION, "classification")
    scope = next(
        (one for one in principal.get("oauth2PermissionScopes") or () if one["id"] == body["permissionId"]), None
    )
    if scope is None or body.get("permissionName") not in (None, scope["value"]):
        raise invalid_value(_CLASSIFICATION, "permissionId")
    for ref in directory.links(parent.kind, parent.id, "delegatedPermissionClassifications"):
        if (directory.get(*ref) or {}).get("permissionId") == body["permissionId"]:
            raise taken("permissionId")
    return {**new, "permissionName": scope["value"]}
