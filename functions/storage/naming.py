"""Which rows of the table `Objects` a change writes, and what a row means once it is known which runs are committed.

Pure. A row is one object under one exact name; its key starts with the folded name. Four columns name runs:

    Since     the object got this name          Until      it got another one
    Deleted   it was found to be gone           Restored   it was there again, under the same name

A run counts only if it is committed. A row shows if `Since` counts and `Until` does not; it shows as deleted if
`Deleted` counts and `Restored` does not. So the rows that a run writes change nothing a reader sees until the run is
committed, all of it then, and none of it if the run never is. `undone` takes them back.

For this to hold a run may overwrite a row only where the row shows nothing: a new name's row is replaced whole (either
it does not exist or the object has left that name), all else is merged, column by column.
"""

import hashlib
from collections.abc import Container
from dataclasses import dataclass
from typing import Literal

from functions.storage.keys import JOINT, KEY_LIMIT, cut, fold, joined, key
from functions.storage.rows import StoredRow, short
from functions.storage.tables import Row
from functions.storage.wire import Write

NAME_IN_KEY = 250  # letters of the folded, escaped name
_MARK = 8


class ObjectRow(StoredRow, frozen=True, kw_only=True):
    """One object under one name. `since` is empty only where the row that began it was lost: it then counts."""

    id: str
    name: str
    since: str = ""
    until: str = ""
    deleted: str = ""
    restored: str = ""


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """One change a run found.

    `previous_name` is the name in the last committed run, None where that run did not have the object. For `deleted`,
    `name` is that name too.
    """

    id: str
    name: str
    change: Literal["created", "updated", "deleted"]
    run: str
    previous_name: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What committed runs say of an object: its last name, and whether it was deleted."""

    name: str
    deleted: bool


def object_rows(partition: str, change: ObjectChange, known: Known | None) -> list[Row]:
    """The rows to write, none if the change does not touch the index. The same change gives the same rows.

    `known` matters for a created object, which may be one that was deleted before, perhaps under another name.
    """
    if change.previous_name is not None:
        known = Known(change.previous_name, deleted=False)
    if change.change == "deleted":
        return [_merge(partition, change.id, change.name, Deleted=change.run, Restored="")]
    if known is None:
        return [_new(partition, change)]
    if known.name != short(change.name) and known.name != change.name:
        return [_merge(partition, change.id, known.name, Until=change.run), _new(partition, change)]
    if known.deleted:
        return [_merge(partition, change.id, change.name, Restored=change.run)]
    return []


def undone(partition: str, row_key: str, row: ObjectRow, run: str) -> Row:
    """The row as it was before a run that never committed. One that names no other run was made by it: the row that it
    wanted to write to had been forgotten."""
    if {row.since, row.until, row.deleted, row.restored} <= {run, ""} or row.since == run:
        return Row(partition, row_key, {}, Write.DELETE)
    cleared = {
        column: ""
        for column, value in (("Until", row.until), ("Deleted", row.deleted), ("Restored", row.restored))
        if value == run
    }
    return Row(partition, row_key, cleared, Write.MERGE)


def state(row: ObjectRow, committed: Container[str]) -> Literal["live", "deleted", "hidden"]:
    """What a reader sees of a row."""
    if (row.since and row.since not in committed) or row.until in committed:
        return "hidden"
    if row.deleted in committed and row.restored not in committed:
        return "deleted"
    return "live"


def object_key(id: str, name: str) -> str:
    """The key of the row of an object under a name: folded name, id, and a mark of the exact name.

    Two spaces come before the id so that the shorter of two names comes first. The mark keeps apart two names of one
    object that fold alike or differ behind the cut, so that any change of name is a change of row.
    """
    name = short(name)
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
    return searched(name) + "  " + JOINT + joined(id, mark)


def searched(name: str) -> str:
    """The start of the keys of all objects whose name starts so."""
    return cut(key(fold(name)), NAME_IN_KEY)


assert NAME_IN_KEY * 2 < KEY_LIMIT


def _new(partition: str, change: ObjectChange) -> Row:
    row = {"Id": change.id, "Name": short(change.name), "Since": change.run}  # the whole row: what is not there is ""
    return Row(partition, object_key(change.id, change.name), row)


def _merge(partition: str, id: str, name: str, **runs: str) -> Row:
    return Row(partition, object_key(id, name), {"Id": id, "Name": short(name), **runs}, Write.MERGE)
