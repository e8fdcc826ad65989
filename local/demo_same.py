"""Whether an object that was made anew is what its record says: two records, the ids that were given anew, the plan.

In: records as they stand in the files of two runs. Out: what differs and is not in the plan's words about the object.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

type Json = dict[str, Any]

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RELATIONSHIPS = "@relationships"
# The service sets these on whatever is made or changed.
STAMPS = {
    "createdDateTime",
    "lastModifiedDateTime",
    "lastPasswordChangeDateTime",
    "modifiedDateTime",
    "renewedDateTime",
    "signInSessionsValidFromDateTime",
    "startDateTime",
    "version",
}
_PLAIN = {"id", "type", "@odata.type"}  # what a link has
# The plan names these by what they mean to a person.
_TOLD_AS = {"securityIdentifier": "The id ", "state": "comes back report-only"}


def unnamed(old: Json, new: Json, ids: Mapping[str, str], told: str) -> Iterator[tuple[str, Any, Any]]:
    """Each property or relationship that differs though no gap speaks of it, with both values. `ids`: old → new;
    `told`: all that the plan says of the object."""
    left, right = ({**thing, **thing.get(RELATIONSHIPS, {})} for thing in (old, new))
    for name in sorted((left.keys() | right.keys()) - STAMPS - {RELATIONSHIPS}):
        was, now = plain(left.get(name), ids), plain(right.get(name), ids)
        if was != now and not _named(name, told):
            yield name, was, now


def plain(value: Any, ids: Mapping[str, str]) -> Any:
    """The value with old ids as new ones wherever they stand. What lies inside another object has an id of its own,
    which says nothing; arrays in the directory are sets, and no value is as good as none."""
    if isinstance(value, list):
        return sorted((plain(inner, ids) for inner in value), key=json.dumps) or None
    if isinstance(value, dict):
        own = value.keys() - _PLAIN and value.get("id") not in {*ids, *ids.values()}
        kept = {key: plain(inner, ids) for key, inner in value.items() if key not in STAMPS}
        return {key: inner for key, inner in kept.items() if not (own and key == "id") and inner is not None}
    if isinstance(value, str):
        return ids.get(value) or GUID.sub(lambda found: ids.get(found[0], found[0]), value)
    return value


def _named(name: str, told: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", told) is not None or _TOLD_AS.get(name, "\0") in told
