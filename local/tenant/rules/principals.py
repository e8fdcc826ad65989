"""Service principals: a tenant's own view of an application, mirrored from it where the application is at home here."""

from collections.abc import Mapping
from typing import Any

from local.tenant.rules.applications import keep_keys
from local.tenant.rules.body import required
from local.tenant.rules.directory import Directory, GraphFault, Object, bad_request
from local.tenant.schema import KINDS
from local.tenant.wellknown import FIRST_PARTY_APPS, MICROSOFT_TENANT

_KIND = KINDS["servicePrincipal"]


def create(body: Object, new: Object, directory: Directory) -> Object:
    required(_KIND, body, "appId")
    app_id = body["appId"]
    app = next(iter(directory.find("application", "appId", app_id)), None)
    foreign = directory.elsewhere(app_id)
    if app is None and foreign is None and app_id not in FIRST_PARTY_APPS:
        raise bad_request(
            f"The appId '{app_id}' of the service principal does not reference a valid application object."
        )
    _check_free(new, directory)
    mirrored = of_application(app, directory) if app else foreign or _of_microsoft(app_id)
    new.setdefault("accountEnabled", True)
    new.setdefault("appRoleAssignmentRequired", False)
    keep_keys({}, new, directory)
    return {**mirrored, **{name: value for name, value in new.items() if name != "displayName"}}


def update(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    if "keyCredentials" in body:
        keep_keys(current, new, directory)
    return new


def restore(deleted: Object, body: Mapping[str, Any], new: Object, directory: Directory) -> Object:
    if deleted.get("servicePrincipalType") == "ManagedIdentity":
        # documented as visible in the recycle bin and not restorable; the words are not known
        raise bad_request("Managed identity service principals cannot be restored.")
    _check_free(new, directory)
    return new


def _check_free(new: Object, directory: Directory) -> None:
    app_id = new["appId"]
    if any(other["id"] != new["id"] for other in directory.find("servicePrincipal", "appId", app_id)):
        message = (
            "The service principal cannot be created, updated, or restored because the service principal name "
            f"{app_id} is already in use."
        )
        details = [{"code": "ObjectConflict", "message": message, "target": "servicePrincipalNames"}]
        raise GraphFault(409, "Request_MultipleObjectsWithSameKeyValue", message, details)


def of_application(app: Mapping[str, Any], directory: Directory) -> Object:
    web = app.get("web") or {}
    return {
        "appDisplayName": app["displayName"],
        "appDescription": app.get("description"),
        "displayName": app["displayName"],
        "appOwnerOrganizationId": directory.tenant_id(),
        "appRoles": app.get("appRoles") or [],
        "oauth2PermissionScopes": (app.get("api") or {}).get("oauth2PermissionScopes") or [],
        "homepage": web.get("homePageUrl"),
        "info": app.get("info"),
        "replyUrls": [
            *(web.get("redirectUris") or ()),
            *((app.get("spa") or {}).get("redirectUris") or ()),
            *((app.get("publicClient") or {}).get("redirectUris") or ()),
        ],
        "servicePrincipalNames": [app["appId"], *(app.get("identifierUris") or ())],
        "servicePrincipalType": "Application",
        "signInAudience": app.get("signInAudience"),
    }


def _of_microsoft(app_id: str) -> Object:
    name = FIRST_PARTY_APPS[app_id]
    return {
        "appDisplayName": name,
        "displayName": name,
        "appOwnerOrganizationId": MICROSOFT_TENANT,
        "appRoles": [],
        "oauth2PermissionScopes": [],
        "replyUrls": [],
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMultipleOrgs",
    }
