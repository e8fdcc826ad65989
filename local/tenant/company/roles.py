"""Directory roles: the built-in definitions, two custom ones, and who holds what.

Ids and names of the built-in roles are Microsoft's; descriptions and the actions they allow are shortened stand-ins.
"""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import DAEMON, PIPELINE
from local.tenant.company.groups import ROLE_ASSIGNABLE
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.principals import own_id
from local.tenant.company.world import ADMINS, BREAK_GLASS, World
from local.tenant.wellknown import DIRECTORY_READERS, GLOBAL_ADMINISTRATOR, opaque_id

USER_ADMINISTRATOR = "fe930be7-5e62-47db-91af-98c3a49a38b1"
HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
PRIVILEGED_ROLE_ADMINISTRATOR = "e8611ab8-c189-46e8-94e1-60213ab1f814"
SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d"
APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"

BUILT_IN = {
    GLOBAL_ADMINISTRATOR: ("Global Administrator", "everything in the tenant"),
    USER_ADMINISTRATOR: ("User Administrator", "users and groups"),
    HELPDESK_ADMINISTRATOR: ("Helpdesk Administrator", "passwords of people without roles"),
    PRIVILEGED_ROLE_ADMINISTRATOR: ("Privileged Role Administrator", "role assignments"),
    SECURITY_ADMINISTRATOR: ("Security Administrator", "security settings"),
    APPLICATION_ADMINISTRATOR: ("Application Administrator", "applications and their principals"),
    DIRECTORY_READERS: ("Directory Readers", "reading basic directory data"),
    "9360feb5-f418-4baa-8175-e2a00bac4301": ("Directory Writers", "basic directory data"),
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": ("Privileged Authentication Administrator", "sign-in methods of everyone"),
    "c4e39bd9-1100-46d3-8c65-fb160da0071f": ("Authentication Administrator", "sign-in methods of most people"),
    "0526716b-113d-4c15-b2c8-68e3c22b9f80": ("Authentication Policy Administrator", "the sign-in method policy"),
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": ("Conditional Access Administrator", "Conditional Access"),
    "158c047a-c907-4556-b7ef-446551a6b5f7": ("Cloud Application Administrator", "applications but not the proxy"),
    "cf1c38e5-3621-4004-a7cb-879624dced7c": ("Application Developer", "applications of their own"),
    "7698a772-787b-4ac8-901f-60d6b08affd2": ("Cloud Device Administrator", "devices"),
    "29232cdf-9323-42fd-ade2-1d097af3e4de": ("Exchange Administrator", "Exchange"),
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": ("SharePoint Administrator", "SharePoint"),
    "3a2c62db-5318-420d-8d74-23affee5d9d5": ("Intune Administrator", "Intune"),
    "fdd7a751-b60b-444a-984c-02652fe8fa1c": ("Groups Administrator", "groups and their settings"),
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": ("Global Reader", "reading everything"),
    "5d6b6bb7-de71-4623-b4af-96380a352509": ("Security Reader", "reading security settings"),
    "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f": ("Security Operator", "security events"),
    "4a5d8f65-41da-4de4-8968-e035b65339cf": ("Reports Reader", "reading reports"),
    "b0f54661-2d74-4c50-afa3-1ec803f12efe": ("Billing Administrator", "purchases and subscriptions"),
    "4d6ac14f-3453-41d0-bef9-a3e0c569773a": ("License Administrator", "licences of users and groups"),
    "966707d0-3269-4727-9be2-8c3a10f19b9d": ("Password Administrator", "passwords"),
    "95e79109-95c0-4d8e-aee3-d01accf2d47b": ("Guest Inviter", "inviting guests"),
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2": ("Hybrid Identity Administrator", "directory synchronisation"),
    "d29b2b05-8046-44ba-8758-1e26182fcf32": ("Directory Synchronization Accounts", "the synchronisation service"),
    "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e": ("Identity Governance Administrator", "identity governance"),
    "8329153b-31d0-4727-b945-745eb3bc5f31": ("Domain Name Administrator", "domain names"),
    "be2f45a1-457d-42af-a067-6ec1fa63bc45": ("External Identity Provider Administrator", "federation of others"),
    "17315797-102d-40b4-93e0-432062caca18": ("Compliance Administrator", "compliance settings"),
    "58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d": ("Attribute Assignment Administrator", "security attribute values"),
    "8424c6f0-a189-499e-bbd0-26c1753c96d4": ("Attribute Definition Administrator", "security attribute definitions"),
    "59d46f88-662b-457b-bceb-5c3809e5908f": ("Lifecycle Workflows Administrator", "lifecycle workflows"),
}


def role_definitions(world: World) -> Iterator[Item]:
    for id, (name, area) in BUILT_IN.items():
        yield Object("unifiedRoleDefinition", _definition(id, name, f"Built-in role for {area}", built_in=True))
    for id in BUILT_IN:
        if id not in (DIRECTORY_READERS, GLOBAL_ADMINISTRATOR):
            yield Link(
                "unifiedRoleDefinition", id, "inheritsPermissionsFrom", "unifiedRoleDefinition", DIRECTORY_READERS
            )
    for number, name in enumerate(("Cargo Service Desk", "Cargo App Caretaker")):
        id = world.id("customRole", number)
        custom = _definition(id, name, "Made for Halden Shipping", built_in=False)
        custom["isEnabled"] = number == 0
        yield Object("unifiedRoleDefinition", custom)


def _definition(id: str, name: str, description: str, *, built_in: bool) -> dict[str, Any]:
    area = "allEntities/allTasks" if id == GLOBAL_ADMINISTRATOR else "users/basic/update"
    actions = [f"microsoft.directory/{area}", "microsoft.directory/groups/standard/read"]
    return {
        "id": id,
        "description": description,
        "displayName": name,
        "isBuiltIn": built_in,
        "isEnabled": True,
        "isPrivileged": id in (GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR, APPLICATION_ADMINISTRATOR),
        "resourceScopes": ["/"],
        "rolePermissions": [{"allowedResourceActions": actions, "excludedResourceActions": [], "condition": None}],
        "templateId": id,
        "version": "1" if built_in else None,
    }


def role_assignments(world: World) -> Iterator[Item]:
    for number in (*BREAK_GLASS, ADMINS[0]):
        yield assignment(world, world.user(number), GLOBAL_ADMINISTRATOR)
    yield assignment(world, world.id(ROLE_ASSIGNABLE), PRIVILEGED_ROLE_ADMINISTRATOR)
    yield assignment(world, world.user(ADMINS[1]), SECURITY_ADMINISTRATOR)
    yield assignment(world, world.employee(3), USER_ADMINISTRATOR)
    yield assignment(world, own_id(world, DAEMON), DIRECTORY_READERS)
    yield assignment(world, world.employee(2), world.id("customRole", 0))
    app = world.id("application", PIPELINE)
    yield assignment(world, world.employee(4), APPLICATION_ADMINISTRATOR, f"/{app}")


def assignment(world: World, principal: str, role: str, scope: str = "/") -> Object:
    properties = {
        "id": opaque_id(role, principal, world.id(f"roleAssignment:{principal}:{role}:{scope}")),
        "principalId": principal,
        "roleDefinitionId": role,
        "directoryScopeId": scope,
        "appScopeId": None,
        "condition": None,
        "principalOrganizationId": world.tenant_id,
    }
    return Object("unifiedRoleAssignment", properties)
