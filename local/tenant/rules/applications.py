"""Applications, their federated credentials and extension properties."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from local.tenant.rules.body import invalid_value, required
from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, not_found
from local.tenant.rules.mail import default_domain
from local.tenant.schema import KINDS, Kind

_KIND = KINDS["application"]
_CREDENTIAL = KINDS["federatedIdentityCredential"]
_EXTENSION = KINDS["extensionProperty"]
_MOST_APIS = 50
_MOST_PERMISSIONS = 400
_AUDIENCES = {
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
}
_DATA_TYPES = {"Binary", "Boolean", "DateTime", "Integer", "LargeInteger", "String"}
_TARGETS = {"User", "Group", "AdministrativeUnit", "Application", "Device", "Organization"}


def create(body: Object, new: Object, directory: Directory) -> Object:
    required(_KIND, body, "displayName")
    new |= {
        "appId": directory.new_id(),
        "createdDateTime": directory.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "publisherDomain": default_domain(directory),
    }
    new.setdefault("signInAudience", "AzureADandPersonalMicrosoftAccount")
    for secret in new.get("passwordCredentials") or ():
        secret |= {"keyId": directory.new_id(), "secretText": None, "hint": "new"}
    _come_from_here(new)
    _check_values(new, directory)
    keep_keys({}, new, directory)
    check_encryption(_KIND, new)
    return new


def update(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    _come_from_here(new)
    _check_values(new, directory)
    for before, after in (
        (current.get("appRoles"), new.get("appRoles")),
        (_scopes(current), _scopes(new)),
    ):
        check_entitlements(before or (), after or ())
    if "keyCredentials" in body:
        keep_keys(current, new, directory)
    check_encryption(_KIND, new)
    return new


def restore(deleted: Object, body: Mapping[str, Any], new: Object, directory: Directory) -> Object:
    _check_values(new, directory)
    return new


def _come_from_here(app: Object) -> None:
    """Where a role or scope comes from is for the service to say."""
    for item in (*(app.get("appRoles") or ()), *(_scopes(app) or ())):
        item["origin"] = "Application"


def check_entitlements(before: Any, after: Any) -> None:
    """An enabled role or scope is neither changed nor removed: it is disabled first, in a write of its own."""
    later = {item["id"]: item for item in after}
    for item in before:
        now = _plain(later.get(item["id"]))
        if not item["isEnabled"] or now in (_plain(item), _plain({**item, "isEnabled": False})):
            continue
        raise GraphFault(
            400,
            "CannotDeleteOrUpdateEnabledEntitlement",
            "Permission (scope or role) cannot be deleted or updated unless disabled first",
        )


def _plain(item: Any) -> Any:
    """Who may have a role is a set: it may be sent in any order."""
    return item and {**item, "allowedMemberTypes": sorted(item.get("allowedMemberTypes") or ())}


def keep_keys(current: Mapping[str, Any], new: Object, directory: Directory) -> None:
    """Completes certificates: an id and thumbprint for a new one; one sent without its key must be there already."""
    had = {item["keyId"]: item for item in current.get("keyCredentials") or ()}
    for item in new.get("keyCredentials") or ():
        known = had.get(item.get("keyId"))
        if known is not None and item.get("key") not in (None, known["key"]):
            raise bad_request(f"Update to existing credential with KeyId '{known['keyId']}' is not allowed.")
        if item.get("key") is None:
            if known is None:
                raise invalid_value(_KIND, "keyCredentials")
            item["key"] = known["key"]
        if item.get("type") not in ("AsymmetricX509Cert", "X509CertAndPassword") or item.get("usage") not in (
            "Verify",
            "Sign",
        ):
            raise invalid_value(_KIND, "keyCredentials")
        item["keyId"] = item.get("keyId") or directory.new_id()
        thumbprint = hashlib.sha1(base64.b64decode(item["key"]), usedforsecurity=False).digest()
        item["customKeyIdentifier"] = item.get("customKeyIdentifier") or base64.b64encode(thumbprint).decode()


def check_encryption(kind: Kind, holder: Mapping[str, Any]) -> None:
    """Tokens are encrypted with a key that the object has; the words are not known."""
    named = holder.get("tokenEncryptionKeyId")
    if named and all(item["keyId"] != named for item in holder.get("keyCredentials") or ()):
        raise invalid_value(kind, "tokenEncryptionKeyId")


def _scopes(app: Mapping[str, Any]) -> Any:
    return (app.get("api") or {}).get("oauth2PermissionScopes")


def _check_values(app: Object, directory: Directory) -> None:
    if app.get("signInAudience") not in (None, *_AUDIENCES):
        raise invalid_value(_KIND, "signInAudience")
    asked = app.get("requiredResourceAccess") or ()
    if len(asked) > _MOST_APIS or sum(len(item["resourceAccess"]) for item in asked) > _MOST_PERMISSIONS:
        raise GraphFault(
            403,
            "Directory_ResourceSizeExceeded",
            "The size of the object has exceeded its limit. Please reduce the number of values and retry your request.",
        )
    for name, entries in (("appRoles", app.get("appRoles")), ("api", _scopes(app))):
        ids = [item["id"] for item in entries or ()]
        if len(set(ids)) != len(ids):
            raise invalid_value(_KIND, name)
    for uri in app.get("identifierUris") or ():
        if any(other["id"] != app["id"] for other in directory.find("application", "identifierUris", uri)):
            message = "Another object with the same value for property identifierUris already exists."
            raise bad_request(message, target="identifierUris", detail="ObjectConflict")


def create_federated(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    required(_CREDENTIAL, body, "name", "issuer")
    _check_match(new)
    if len(body.get("audiences") or ()) != 1:
        raise invalid_value(_CREDENTIAL, "audiences")
    if directory.get(parent.kind, parent.id) is None:
        raise not_found(parent.id)
    siblings = _siblings(parent, directory)
    if len(siblings) >= KINDS[parent.kind].links["federatedIdentityCredentials"].limit:
        # the limit is documented; the words are not
        raise GraphFault(403, "Directory_QuotaExceeded", "The maximum number of federated credentials is reached.")
    _check_unique(new, siblings)
    return new


def update_federated(current: Object, body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    required(_CREDENTIAL, new, "issuer")
    _check_match(new)
    _check_unique(new, _siblings(parent, directory))
    return new


def _check_match(credential: Object) -> None:
    """A credential is for one subject or, on beta, for all that an expression matches."""
    if not credential.get("claimsMatchingExpression"):
        required(_CREDENTIAL, credential, "subject")
    elif credential.get("subject"):
        raise invalid_value(_CREDENTIAL, "claimsMatchingExpression")


def _siblings(parent: Ref, directory: Directory) -> list[Object]:
    links = directory.links(parent.kind, parent.id, "federatedIdentityCredentials")
    return [item for kind, id in links if (item := directory.get(kind, id)) is not None]


def _check_unique(credential: Object, siblings: list[Object]) -> None:
    for other in siblings:
        if other["id"] == credential["id"]:
            continue
        subject = credential.get("subject")
        same_trust = subject and (other["issuer"], other.get("subject")) == (credential["issuer"], subject)
        if same_trust or other["name"] == credential["name"]:
            # code as for other duplicate keys; the words are not confirmed
            raise GraphFault(
                409,
                "Request_MultipleObjectsWithSameKeyValue",
                "FederatedIdentityCredential with the same name, or the same issuer and subject, already exists.",
            )


def create_extension(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    required(_EXTENSION, body, "name", "dataType")
    app = directory.get(parent.kind, parent.id)
    if app is None:
        raise not_found(parent.id)
    if body["dataType"] not in _DATA_TYPES:
        raise invalid_value(_EXTENSION, "dataType")
    targets = body.get("targetObjects") or ()
    if not targets or not set(targets) <= _TARGETS:
        raise invalid_value(_EXTENSION, "targetObjects")
    new["name"] = f"extension_{app['appId'].replace('-', '')}_{body['name']}"
    if any(True for _ in directory.find("extensionProperty", "name", new["name"])):
        message = f"An extension property exists with the name {new['name']}."  # wording not confirmed
        raise bad_request(message, target="name", detail="ObjectConflict")
    new |= {"appDisplayName": app["displayName"], "isSyncedFromOnPremises": False}
    new.setdefault("isMultiValued", False)
    return new
