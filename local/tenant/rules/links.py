"""Adding and removing links through `$ref`, and what is particular to members, owners and other navigations."""

from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, denied, not_found
from local.tenant.rules.families import RULES
from local.tenant.rules.groups import check_writable, is_dynamic, is_unified
from local.tenant.rules.privileged import check_unrestricted
from local.tenant.schema import KINDS, Held


def check_link(kind: str, source: Object, link: str, target: Ref, directory: Directory) -> None:
    """Refuses what Graph would refuse of `POST …/{link}/$ref` (or `PUT` for a single link)."""
    rule = KINDS[kind].links.get(link)
    if rule is None or rule.held is not Held.STORED or not rule.writable:
        raise bad_request(f"Invalid property '{link}'.")
    _check_source(kind, source, link, directory)
    found = directory.get(target.kind, target.id)
    if found is None:
        raise not_found(target.id)
    if target.kind not in rule.to or not _fits(kind, source, link, target, found):
        # the service has a sentence for each case; they are not known here
        raise bad_request("One or more property values specified are invalid.")
    existing = directory.links(kind, KINDS[kind].key_of(source), link)
    if rule.single:
        return
    if tuple(target) in [tuple(item) for item in existing]:
        raise bad_request(
            f"One or more added object references already exist for the following modified properties: '{link}'."
        )
    if rule.limit and len(existing) >= rule.limit:
        raise GraphFault(
            403,
            "Directory_QuotaExceeded",
            f"Unable to perform operation as '{len(existing) + 1}' would exceed the maximum quota count "
            f"'{rule.limit}' for forward-link '{link}'.",
        )
    own = RULES[kind].link if kind in RULES else None
    if own is not None:
        own(source, link, target, directory)


def check_unlink(kind: str, source: Object, link: str, target: Ref, directory: Directory) -> None:
    """Refuses what Graph would refuse of `DELETE …/{link}/{id}/$ref`."""
    rule = KINDS[kind].links.get(link)
    if rule is None or rule.held is not Held.STORED or not rule.writable:
        raise bad_request(f"Invalid property '{link}'.")
    _check_source(kind, source, link, directory)
    existing = [Ref(*item) for item in directory.links(kind, KINDS[kind].key_of(source), link)]
    if target not in existing:
        if directory.get(target.kind, target.id) is None:
            raise not_found(target.id)
        raise bad_request(
            f"One or more removed object references do not exist for the following modified properties: '{link}'."
        )
    if kind == "group" and link == "owners" and target.kind == "user":
        users = [item for item in existing if item.kind == "user"]
        if len(users) == 1:
            # wording from memory of the portal's text; not confirmed
            raise bad_request("The group must have at least one owner, hence this owner cannot be removed.")
    own = RULES[kind].unlink if kind in RULES else None
    if own is not None:
        own(source, link, target, directory)


def _check_source(kind: str, source: Object, link: str, directory: Directory) -> None:
    check_unrestricted(kind, source, directory)
    if kind == "group":
        check_writable(source, "Update", directory)
        if link == "members" and is_dynamic(source):
            raise denied()
    elif kind == "administrativeUnit" and link == "members" and source.get("membershipType") == "Dynamic":
        raise denied()
    elif kind == "user" and link == "manager" and source.get("onPremisesSyncEnabled"):
        # the manager of a synced user is mastered on-premises like the rest of the account
        raise bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects "
            "currently undergoing migration."
        )


def _fits(kind: str, source: Object, link: str, target: Ref, found: Object) -> bool:
    if target.id == source["id"] and (kind, link) in {("group", "members"), ("user", "manager")}:
        return False
    if kind == "group" and link == "members":
        if is_unified(source):
            return target.kind == "user"
        if source.get("isAssignableToRole"):
            return target.kind != "group"
        if target.kind == "group":
            return not is_unified(found)
    return True
