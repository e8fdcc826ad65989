"""Applications, service principals and what hangs on them: each refusal by status, code and the core of its message."""

from collections.abc import Callable
from typing import Any

import pytest

from local.tenant.rules import GraphFault, Ref, check_create, check_restore, check_update
from tests.tenant_rules.attempts import (
    API,
    BAD,
    NOBODY,
    PIPELINE,
    Attempt,
    Row,
    check_refused,
    create,
    missing,
    ref,
    refused,
    update,
)
from tests.tenant_rules.memory import Memory


def _restored_identity(directory: Memory) -> object:
    deleted = directory.one("servicePrincipal", servicePrincipalType="ManagedIdentity")
    return check_restore("servicePrincipal", deleted, directory)


def _restored_principal(directory: Memory) -> object:
    deleted = directory.one("servicePrincipal", **API)
    directory.add("servicePrincipal", {**deleted, "id": NOBODY})
    return check_restore("servicePrincipal", deleted, directory)


def _principal_again(directory: Memory) -> object:
    return check_create("servicePrincipal", {"appId": directory.one("application", **API)["appId"]}, directory)


def _extension_again(directory: Memory) -> object:
    app = directory.one("application", displayName="Directory Schema")
    body = {"name": "badgeNumber", "dataType": "Integer", "targetObjects": ["User"]}
    return check_create("extensionProperty", body, directory, parent=Ref("application", app["id"]))


def _entitlement(change: Callable[[dict[str, Any]], None]) -> Attempt:
    def attempt(directory: Memory) -> object:
        app = directory.one("application", **API)
        body = {"appRoles": directory.one("application", **API)["appRoles"]}
        change(body)
        return check_update("application", app, body, directory)

    return attempt


def _scope_removed(directory: Memory) -> object:
    app = directory.one("application", **API)
    return check_update("application", app, {"api": {**app["api"], "oauth2PermissionScopes": []}}, directory)


def _federated(**changes: Any) -> Attempt:
    body = {
        "name": "staging",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:halden/cargo:environment:staging",
        "audiences": ["api://AzureADTokenExchange"],
    } | changes
    return create("federatedIdentityCredential", body, ref("application", **PIPELINE))


ROWS: list[Row] = [
    (
        "no name",
        create("application", {}),
        400,
        BAD,
        "A value is required for property 'displayName' of resource 'Application'.",
    ),
    ("app id", create("application", {"displayName": "x", "appId": NOBODY}), 400, BAD, "Property 'appId' is read-only"),
    (
        "audience",
        create("application", {"displayName": "x", "signInAudience": "Everyone"}),
        400,
        BAD,
        "property 'signInAudience'",
    ),
    (
        "identifier taken",
        create("application", {"displayName": "x", "identifierUris": ["https://cargo.halden.example"]}),
        400,
        BAD,
        "property identifierUris already exists.",
    ),
    (
        "51 APIs",
        create(
            "application",
            {
                "displayName": "x",
                "requiredResourceAccess": [{"resourceAppId": f"{n}", "resourceAccess": []} for n in range(51)],
            },
        ),
        403,
        "Directory_ResourceSizeExceeded",
        "The size of the object has exceeded its limit.",
    ),
    (
        "certificate without key",
        create(
            "application", {"displayName": "x", "keyCredentials": [{"type": "AsymmetricX509Cert", "usage": "Verify"}]}
        ),
        400,
        BAD,
        "property 'keyCredentials'",
    ),
    (
        "secrets by update",
        update("application", API, {"passwordCredentials": []}),
        400,
        BAD,
        "Property 'passwordCredentials' is read-only",
    ),
    (
        "enabled role changed",
        _entitlement(lambda body: body["appRoles"][0].update(value="Other")),
        400,
        "CannotDeleteOrUpdateEnabledEntitlement",
        "cannot be deleted or updated unless disabled first",
    ),
    (
        "enabled role removed",
        _entitlement(lambda body: body["appRoles"].pop(0)),
        400,
        "CannotDeleteOrUpdateEnabledEntitlement",
        "unless disabled first",
    ),
    ("enabled scope removed", _scope_removed, 400, "CannotDeleteOrUpdateEnabledEntitlement", "unless disabled first"),
    (
        "credential name taken",
        _federated(name="main-branch"),
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "already exists",
    ),
    (
        "credential trust taken",
        _federated(subject="repo:halden/cargo:ref:refs/heads/main"),
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "already exists",
    ),
    ("credential without subject", _federated(subject=None), 400, BAD, "property 'subject'"),
    (
        "credential of nothing",
        create(
            "federatedIdentityCredential",
            {"name": "a", "issuer": "b", "subject": "c", "audiences": ["d"]},
            missing("application"),
        ),
        404,
        "Request_ResourceNotFound",
        NOBODY,
    ),
    (
        "credential without parent",
        create("federatedIdentityCredential", {"name": "a", "issuer": "b", "subject": "c", "audiences": ["d"]}),
        400,
        BAD,
        "under their parent",
    ),
    (
        "extension type",
        create(
            "extensionProperty",
            {"name": "x", "dataType": "Float", "targetObjects": ["User"]},
            ref("application", **API),
        ),
        400,
        BAD,
        "property 'dataType'",
    ),
    (
        "extension target",
        create(
            "extensionProperty",
            {"name": "x", "dataType": "String", "targetObjects": ["Boat"]},
            ref("application", **API),
        ),
        400,
        BAD,
        "property 'targetObjects'",
    ),
    ("extension taken", _extension_again, 400, BAD, "An extension property exists with the name extension_"),
    (
        "principal of nothing",
        create("servicePrincipal", {"appId": NOBODY}),
        400,
        BAD,
        f"The appId '{NOBODY}' of the service principal does not reference a valid application object.",
    ),
    ("principal taken", _principal_again, 409, "Request_MultipleObjectsWithSameKeyValue", "is already in use."),
    (
        "principal restored into a taken name",
        _restored_principal,
        409,
        "Request_MultipleObjectsWithSameKeyValue",
        "is already in use.",
    ),
    ("managed identity restored", _restored_identity, 400, BAD, "Managed identity"),
    (
        "principal's mirrored roles",
        update("servicePrincipal", API, {"appRoles": []}),
        400,
        BAD,
        "Property 'appRoles' is read-only",
    ),
]


@refused(ROWS)
def test_it_is_refused_in_graphs_words(directory: Memory, attempt: Attempt, status: int, code: str, core: str) -> None:
    check_refused(directory, attempt, status, code, core)


def test_a_conflict_says_which_property(directory: Memory) -> None:
    with pytest.raises(GraphFault) as caught:
        _principal_again(directory)
    assert caught.value.details
    assert caught.value.details[0]["target"] == "servicePrincipalNames"
