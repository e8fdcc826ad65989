"""Create, update, replace, delete and restore: the checks all kinds share, then those of the kind."""

from collections.abc import Mapping
from typing import Any

from local.tenant.rules import conditional_access, general
from local.tenant.rules.body import check_body
from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, not_found
from local.tenant.rules.families import RULES
from local.tenant.rules.kinds import Rules
from local.tenant.rules.references import bound_links
from local.tenant.schema import KINDS

_PLAIN = Rules()


def rules_of(kind: str) -> Rules:
    return RULES.get(kind, _PLAIN)


def check_create(
    kind: str,
    body: Mapping[str, Any],
    directory: Directory,
    *,
    parent: Ref | None = None,
    method: str = "POST",
) -> Object:
    """`method` is by which it is made: PATCH or PUT where that makes what is not there."""
    check_method(kind, method)
    sent = dict(body)
    rules = rules_of(kind)
    if rules.create_child is not None and parent is None:
        raise bad_request(f"{KINDS[kind].collection} are created under their parent.")
    check_body(KINDS[kind], sent, directory, creating=True)
    bound_links(kind, sent, directory)
    new = general.opened(KINDS[kind], sent, directory, parent)
    if rules.create_child is not None and parent is not None:
        new = rules.create_child(sent, new, directory, parent)
    elif rules.create is not None:
        new = rules.create(sent, new, directory)
    _check_key(kind, new)
    general.check_keys(KINDS[kind], new, directory, "", general.stored_key(KINDS[kind], new, parent))
    return new


def _check_key(kind: str, new: Object) -> None:
    name = KINDS[kind].key_property
    if name and not new.get(name):
        raise bad_request(f"A value is required for property '{name}'.")


def check_update(
    kind: str, current: Object, body: Mapping[str, Any], directory: Directory, *, parent: Ref | None = None
) -> Object:
    """What is not sent stays. A complex value replaces the old one whole, except in a policy's conditions."""
    check_method(kind, "PATCH")
    sent = dict(body)
    if kind == "conditionalAccessPolicy" and isinstance(sent.get("conditions"), dict):
        sent["conditions"] = conditional_access.merged(current.get("conditions"), sent["conditions"])
    check_body(KINDS[kind], sent, directory, creating=False)
    bound_links(kind, sent, directory)
    new = general.changed(KINDS[kind], current, sent, directory)
    return _by_own_rules(kind, current, sent, new, directory, parent)


def check_replace(
    kind: str, current: Object, body: Mapping[str, Any], directory: Directory, *, parent: Ref | None = None
) -> Object:
    """What is not sent goes."""
    check_method(kind, "PUT")
    sent = general.without_echoes(KINDS[kind], current, body)
    check_body(KINDS[kind], sent, directory, creating=False)
    bound_links(kind, sent, directory)
    new = general.replaced(KINDS[kind], current, sent, directory)
    return _by_own_rules(kind, current, sent, new, directory, parent)


def _by_own_rules(
    kind: str, current: Object, sent: Object, new: Object, directory: Directory, parent: Ref | None
) -> Object:
    rules = rules_of(kind)
    if rules.update_child is not None:
        if parent is None:
            raise not_found(current["id"])
        new = rules.update_child(current, sent, new, directory, parent)
    elif rules.update is not None:
        new = rules.update(current, sent, new, directory)
    own = KINDS[kind].key_of(current)
    general.check_keys(KINDS[kind], new, directory, own, own)
    return new


def check_delete(kind: str, current: Object, directory: Directory) -> None:
    check_method(kind, "DELETE")
    rule = rules_of(kind).delete
    if rule is not None:
        rule(current, directory)


def check_restore(kind: str, deleted: Object, directory: Directory, body: Mapping[str, Any] | None = None) -> Object:
    """`deleted` is the object as it was when it was deleted, not as the recycle bin shows it."""
    new = {name: value for name, value in deleted.items() if name != "deletedDateTime"}
    rule = rules_of(kind).restore
    return rule(deleted, body or {}, new, directory) if rule else new


def check_method(kind: str, method: str) -> None:
    if method not in KINDS[kind].methods:
        raise GraphFault(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
