"""Role definitions, assignments and scoped members: each refusal by status, code and the core of its message."""

from typing import Any

from local.tenant.rules import Ref, check_create
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR
from tests.tenant_rules.attempts import (
    BAD,
    EVERYONE,
    NOBODY,
    Attempt,
    Row,
    check_refused,
    create,
    delete,
    refused,
    unlicensed,
    update,
)
from tests.tenant_rules.memory import Memory


def _role(**changes: Any) -> Attempt:
    def attempt(directory: Memory) -> object:
        made = directory.one("unifiedRoleAssignment", directoryScopeId="/")
        body = {name: made[name] for name in ("principalId", "roleDefinitionId", "directoryScopeId")} | changes
        return check_create("unifiedRoleAssignment", body, directory)

    return attempt


def _role_to_group(directory: Memory) -> object:
    return _role(principalId=directory.one("group", **EVERYONE)["id"])(directory)


def _scoped_again(directory: Memory) -> object:
    made = directory.one("scopedRoleMembership")
    body = {"roleId": made["roleId"], "roleMemberInfo": {"id": made["roleMemberInfo"]["id"]}}
    return check_create(
        "scopedRoleMembership", body, directory, parent=Ref("administrativeUnit", made["administrativeUnitId"])
    )


def _scoped_unknown_role(directory: Memory) -> object:
    made = directory.one("scopedRoleMembership")
    body = {"roleId": NOBODY, "roleMemberInfo": {"id": made["roleMemberInfo"]["id"]}}
    return check_create(
        "scopedRoleMembership", body, directory, parent=Ref("administrativeUnit", made["administrativeUnitId"])
    )


ROWS: list[Row] = [
    (
        "custom role without permissions",
        create("unifiedRoleDefinition", {"displayName": "x", "isEnabled": True}),
        400,
        BAD,
        "property 'rolePermissions'",
    ),
    (
        "no actions",
        create(
            "unifiedRoleDefinition",
            {"displayName": "x", "isEnabled": True, "rolePermissions": [{"allowedResourceActions": []}]},
        ),
        400,
        BAD,
        "property 'rolePermissions'",
    ),
    (
        "template taken",
        create(
            "unifiedRoleDefinition",
            {
                "displayName": "x",
                "isEnabled": True,
                "templateId": GLOBAL_ADMINISTRATOR,
                "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/users/create"]}],
            },
        ),
        400,
        BAD,
        "A conflicting object with one or more of the specified property values is present in the directory.",
    ),
    (
        "unlicensed",
        unlicensed(create("unifiedRoleDefinition", {"displayName": "x", "isEnabled": True, "rolePermissions": [{}]})),
        400,
        "AadPremiumLicenseRequired",
        "",
    ),
    (
        "built-in",
        update("unifiedRoleDefinition", {"id": GLOBAL_ADMINISTRATOR}, {"description": "x"}),
        400,
        BAD,
        "Built-in",
    ),
    ("built-in deleted", delete("unifiedRoleDefinition", id=GLOBAL_ADMINISTRATOR), 400, BAD, "Built-in"),
    ("assigned already", _role(), 400, BAD, "A conflicting object"),
    ("unknown principal", _role(principalId=NOBODY), 404, "Request_ResourceNotFound", NOBODY),
    ("unknown role", _role(roleDefinitionId=NOBODY), 404, "Request_ResourceNotFound", NOBODY),
    ("unknown unit", _role(directoryScopeId=f"/administrativeUnits/{NOBODY}"), 404, "Request_ResourceNotFound", NOBODY),
    ("two scopes", _role(appScopeId="/"), 400, BAD, "property 'directoryScopeId'"),
    ("plain group", _role_to_group, 400, BAD, "assignable to roles"),
    ("scoped already", _scoped_again, 400, BAD, "A conflicting object"),
    ("scoped to an unknown role", _scoped_unknown_role, 404, "Request_ResourceNotFound", NOBODY),
]


@refused(ROWS)
def test_it_is_refused_in_graphs_words(directory: Memory, attempt: Attempt, status: int, code: str, core: str) -> None:
    check_refused(directory, attempt, status, code, core)
