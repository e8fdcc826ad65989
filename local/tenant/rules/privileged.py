"""Whom a caller may touch: accounts of administrators, groups that can hold roles, units with restricted management.

An application's permissions do not reach administrators: for what could take such an account over, its service
principal needs a directory role as well. Roles in a part of the tenant only are not counted: what they do is not
documented.
"""

from collections.abc import Iterator

from local.tenant.rules.directory import Directory, Object, Ref, denied
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR

ROLES_PERMISSION = "RoleManagement.ReadWrite.Directory"
SENSITIVE = frozenset(
    {
        "accountEnabled",
        "businessPhones",
        "mobilePhone",
        "onPremisesImmutableId",
        "otherMails",
        "passwordProfile",
        "userPrincipalName",
    }
)
_HIGHEST = ("Privileged Authentication Administrator", "Global Administrator")
_PASSWORDS = ("User Administrator", *_HIGHEST)
_HIGH = {
    GLOBAL_ADMINISTRATOR,
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",  # Privileged Authentication Administrator
    "e8611ab8-c189-46e8-94e1-60213ab1f814",  # Privileged Role Administrator
}
_MIDDLE = {
    "729827e3-9c14-49f7-bb1b-9608f156bbb8",  # Helpdesk Administrator
    "fdd7a751-b60b-444a-984c-02652fe8fa1c",  # Groups Administrator
    "966707d0-3269-4727-9be2-8c3a10f19b9d",  # Password Administrator
    "fe930be7-5e62-47db-91af-98c3a49a38b1",  # User Administrator
}


def check_account(user: str, directory: Directory) -> None:
    """Refuses a sensitive write to an administrator's account."""
    if directory.caller_is(*_HIGHEST):
        return
    trusted = list(_trusted_groups(user, directory))
    held = {
        item["roleDefinitionId"]
        for principal in (user, *trusted)
        for item in directory.find("unifiedRoleAssignment", "principalId", principal)
        if item.get("directoryScopeId") == "/"
    }
    if trusted or held & _HIGH or (held & _MIDDLE and not directory.caller_is(*_PASSWORDS)):
        raise denied()


def check_password(directory: Directory) -> None:
    """Refuses a new password of an existing account to a caller without a directory role."""
    if not directory.caller_is(*_PASSWORDS):
        raise denied()


def check_trusted(group: Object, directory: Directory, *roles: str) -> None:
    """Refuses a write to a group that can hold roles."""
    if group.get("isAssignableToRole") and not (directory.permitted(ROLES_PERMISSION) or directory.caller_is(*roles)):
        raise denied()


def check_unrestricted(kind: str, current: Object, directory: Directory) -> None:
    """Refuses a write to what a unit protects, but for those who have a role in that unit."""
    if current.get("isManagementRestricted"):
        units = restricting(Ref(kind, current["id"]), directory)
        if not directory.caller_is(units=units):
            raise denied()


def restricting(member: Ref, directory: Directory) -> list[str]:
    """The units with restricted management that an object is in."""
    return [
        unit["id"]
        for unit in directory.find("administrativeUnit", "isMemberManagementRestricted", True)
        if tuple(member) in [tuple(item) for item in directory.links("administrativeUnit", unit["id"], "members")]
    ]


def _trusted_groups(user: str, directory: Directory) -> Iterator[str]:
    """The groups that can hold roles and that a user is in or owns."""
    for group in directory.find("group", "isAssignableToRole", True):
        for link in ("members", "owners"):
            if ("user", user) in [tuple(item) for item in directory.links("group", group["id"], link)]:
                yield group["id"]
                break
