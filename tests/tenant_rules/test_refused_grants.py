"""App role assignments and permission grants: each refusal by status, code and the core of its message."""

from typing import Any

from local.tenant.rules import GraphFault, Ref, assignment_missing, check_create
from tests.tenant_rules.attempts import BAD, NOBODY, Attempt, Row, check_refused, refused, update
from tests.tenant_rules.memory import Memory


def _assign(**changes: Any) -> Attempt:
    def attempt(directory: Memory) -> object:
        made = directory.one(
            "appRoleAssignment", principalType="ServicePrincipal", resourceDisplayName="Microsoft Graph"
        )
        body = {name: made[name] for name in ("principalId", "resourceId", "appRoleId")} | changes
        return check_create("appRoleAssignment", body, directory, parent=Ref("servicePrincipal", made["resourceId"]))

    return attempt


def _grant(**changes: Any) -> Attempt:
    def attempt(directory: Memory) -> object:
        made = directory.one("oAuth2PermissionGrant", consentType="AllPrincipals")
        body = {name: made[name] for name in ("clientId", "consentType", "resourceId", "scope")} | changes
        return check_create("oAuth2PermissionGrant", body, directory)

    return attempt


def _raise(fault: GraphFault) -> object:
    raise fault


ROWS: list[Row] = [
    ("assigned already", _assign(), 400, BAD, "Permission being assigned already exists on the object"),
    ("unknown principal", _assign(principalId=NOBODY), 400, BAD, "Not a valid reference update"),
    ("other resource", _assign(resourceId=NOBODY), 400, BAD, "Not a valid reference update"),
    ("unknown role", _assign(appRoleId=NOBODY), 400, BAD, "Permission being assigned was not found"),
    ("principal type", _assign(principalType="User"), 400, BAD, "Property 'principalType' is read-only"),
    (
        "missing assignment",
        lambda directory: _raise(assignment_missing()),
        400,
        BAD,
        "EntitlementGrant being updated or deleted is not found.",
    ),
    ("granted already", _grant(), 409, "Request_MultipleObjectsWithSameKeyValue", "Permission entry already exists."),
    ("person without principal", _grant(consentType="Principal"), 400, BAD, "property 'principalId'"),
    ("everyone with principal", _grant(principalId=NOBODY), 400, BAD, "property 'principalId'"),
    ("unknown client", _grant(clientId=NOBODY), 404, "Request_ResourceNotFound", NOBODY),
    ("unknown person", _grant(consentType="Principal", principalId=NOBODY), 404, "Request_ResourceNotFound", NOBODY),
    (
        "client changed",
        update("oAuth2PermissionGrant", {}, {"clientId": NOBODY}),
        400,
        BAD,
        "Property 'clientId' is read-only",
    ),
    ("assignment changed", update("appRoleAssignment", {}, {}), 405, BAD, "Specified HTTP method is not allowed"),
]


@refused(ROWS)
def test_it_is_refused_in_graphs_words(directory: Memory, attempt: Attempt, status: int, code: str, core: str) -> None:
    check_refused(directory, attempt, status, code, core)
