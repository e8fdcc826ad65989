"""What goes together: objects that a deletion or a purge takes along, and how the recycle bin shows what is in it."""

from collections.abc import Iterator

from local.tenant.rules.directory import Directory, Object, Ref
from local.tenant.schema import KINDS, Held

_HOLDERS = (
    ("unifiedRoleAssignment", "principalId"),
    ("unifiedRoleAssignmentSchedule", "principalId"),
    ("unifiedRoleEligibilitySchedule", "principalId"),
    ("privilegedAccessGroupAssignmentSchedule", "principalId"),
    ("privilegedAccessGroupEligibilitySchedule", "principalId"),
    ("privilegedAccessGroupAssignmentSchedule", "groupId"),
    ("privilegedAccessGroupEligibilitySchedule", "groupId"),
)
_REPORTED = "userRegistrationDetails"  # a report with a row for each account that is there, under the account's id


def consequences(kind: str, current: Object, directory: Directory, *, purge: bool, key: str = "") -> Iterator[Ref]:
    """Other objects that disappear with this one, and with them what hangs on them; `key` is what the store keeps it
    under, where that is not its id.

    A soft delete hides an application's service principal with it (it is restored by a call of its own, as documented)
    and leaves what hangs on the object to come back with it. A purge, or the deletion of a kind without a recycle bin,
    ends grants, assignments and contained objects for good. Links need no mention: they go with either end.
    """
    if not purge and KINDS[kind].soft_delete:
        if kind == "application":
            for principal in directory.find("servicePrincipal", "appId", current["appId"]):
                yield Ref("servicePrincipal", principal["id"])
        return
    own = key or KINDS[kind].key_of(current)
    for rule in KINDS[kind].links.values():
        if rule.held is Held.CONTAINED:
            yield from (Ref(*item) for item in directory.links(kind, own, rule.name))
        elif rule.held is Held.DERIVED:
            for target in rule.to:
                found = directory.find(target, rule.via, own)
                yield from (Ref(target, KINDS[target].key_of(item)) for item in found)
    yield from _named(kind, current, directory)


def _named(kind: str, current: Object, directory: Directory) -> Iterator[Ref]:
    """Grants, assignments, schedules and reports that hold the id of what goes."""
    if kind == "servicePrincipal":
        grants = directory.find("oAuth2PermissionGrant", "resourceId", current["id"])
        yield from (Ref("oAuth2PermissionGrant", item["id"]) for item in grants)
    if kind == "user" and directory.get(_REPORTED, current["id"]) is not None:
        yield Ref(_REPORTED, current["id"])
    if kind == "administrativeUnit":
        held = directory.find("unifiedRoleAssignment", "directoryScopeId", f"/administrativeUnits/{current['id']}")
        yield from (Ref("unifiedRoleAssignment", item["id"]) for item in held)
    if kind not in ("user", "group", "servicePrincipal"):
        return
    for holder, name in _HOLDERS:
        yield from (Ref(holder, item["id"]) for item in directory.find(holder, name, current["id"]))


def binned(kind: str, deleted: Object) -> Object:
    """A deleted object as `deletedItems` lists it.

    A user's sign-in name gets the object id in front, which frees the name. A security group shows securityEnabled as
    false, a known fault of the service.
    """
    if kind == "user":
        return {**deleted, "userPrincipalName": deleted["id"].replace("-", "") + deleted["userPrincipalName"]}
    if kind == "group" and "Unified" not in (deleted.get("groupTypes") or ()):
        return {**deleted, "securityEnabled": False}
    return deleted
