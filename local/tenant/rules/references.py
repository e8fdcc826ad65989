"""Links asked for in a body (`members@odata.bind`) or in a `$ref` body (`@odata.id`), turned into (kind, id).

A URL's root is not looked at: only its last two segments, `directoryObjects/{id}` or a collection and an id.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from local.tenant.rules.directory import Bound, Directory, Object, Ref, bad_request, not_found
from local.tenant.schema import KINDS, Held, Kind, LinkRule

MOST_AT_ONCE = 20  # relationships in one create or update
_URL = re.compile(r"(?:^|/)(?P<set>[A-Za-z0-9]+)/(?P<id>[^/?#()]+)$|(?:^|/)(?P<fn>[A-Za-z0-9]+)\('(?P<key>[^']+)'\)$")
_BY_COLLECTION = {kind.collection: kind.name for kind in KINDS.values() if kind.directory_object}
DIRECTORY_KINDS = tuple(kind.name for kind in KINDS.values() if kind.directory_object)


def any_object(directory: Directory, id: str, kinds: Sequence[str] = DIRECTORY_KINDS) -> Ref | None:
    return next((Ref(kind, id) for kind in kinds if directory.get(kind, id) is not None), None)


def target_of(url: object, rule: LinkRule, directory: Directory) -> Ref:
    """The live object a reference URL names; refused when it is not one, or not of a kind the link takes."""
    found = _URL.search(url) if isinstance(url, str) else None
    if found is None:
        raise bad_request("Invalid URL format specified in @odata.bind for " + rule.name)
    collection, id = found["set"] or found["fn"], found["id"] or found["key"]
    if collection == "directoryObjects":
        ref = any_object(directory, id)
    else:
        own = (kind for kind in rule.to if kind in KINDS and KINDS[kind].collection == collection)
        kind = _BY_COLLECTION.get(collection) or next(own, "")
        ref = Ref(kind, id) if kind and directory.get(kind, id) is not None else None
    if ref is None:
        raise not_found(id)
    if ref.kind not in rule.to:
        # wording not confirmed
        raise bad_request("One or more property values specified are invalid.")
    return ref


def bound_links(kind: str, body: Mapping[str, Any], directory: Directory) -> list[Bound]:
    """The links a body asks for. The same target twice in one list is refused, as are more than 20 together."""
    bound: list[Bound] = []
    for name, value in body.items():
        if not name.endswith("@odata.bind"):
            continue
        link = name.removesuffix("@odata.bind")
        rule = KINDS[kind].links.get(link)
        if rule is not None and rule.bound:
            continue
        if rule is None or rule.held is not Held.STORED or not rule.writable:
            raise bad_request(f"Invalid property '{link}'.")
        urls = value if isinstance(value, list) else [value]
        targets = [target_of(url, rule, directory) for url in urls]
        for target in targets:
            if targets.count(target) > 1:
                raise bad_request(_twice(kind, link, target))
        bound += (Bound(link, target) for target in targets)
    if len(bound) > MOST_AT_ONCE:
        # wording not confirmed
        raise bad_request(f"The number of relationships in one request is limited to {MOST_AT_ONCE}.")
    return bound


def own_values(kind: Kind, body: Mapping[str, Any], directory: Directory) -> Object:
    """The properties behind the links that an object holds itself, where a body names their targets."""
    values: Object = {}
    for link in kind.links.values():
        if link.bound:
            for name in (link.name, f"{link.name}@odata.bind"):
                if name in body:
                    values[link.via] = _own_target(link, body[name], directory)
    return values


def _own_target(link: LinkRule, named: object, directory: Directory) -> str | None:
    if named is None:
        return None
    id = named.get("id") if isinstance(named, Mapping) else None
    if isinstance(named, str):
        found = _URL.search(named)
        id = (found["id"] or found["key"]) if found else None
    if not isinstance(id, str):
        raise bad_request("Invalid URL format specified in @odata.bind for " + link.name)
    if any_object(directory, id, link.to) is None:
        raise not_found(id)
    return id


def _twice(kind: str, link: str, target: Ref) -> str:
    if link == "owners":
        return "Request contains a property with duplicate values."
    return f"Object '{target.id}' referenced from '{kind}' can only be present once as an add/remove change."
