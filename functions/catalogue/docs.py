"""The catalogue as pages for people: docs/permissions.md and docs/coverage.md. Entries in, Markdown out.

`python -m functions.catalogue.docs [permissions|coverage]` prints; `python -m docs.generate` writes the files.
"""

import sys
from collections.abc import Iterable, Mapping

from functions.catalogue import ENTRIES
from functions.catalogue.identities import ALL, reader_grants
from functions.catalogue.model import EXTENSION_SCOPES, Fetch, ObjectType, Outcome, Read, Relationship
from functions.catalogue.permissions import read_permissions, write_permissions
from functions.catalogue.unread import UNREAD, Unread

_GENERATED = "<!-- Generated from the catalogue by `python -m docs.generate`. Do not edit. -->"

_OUTCOMES = {
    Outcome.READ: "every object and relationship was read",
    Outcome.PARTIAL: "every object was read; a relationship or property was refused",
    Outcome.REFUSED: "the reader identity lacks a permission",
    Outcome.UNLICENSED: "the tenant lacks a licence",
    Outcome.UNAVAILABLE: "this cloud or kind of tenant does not have the type",
    Outcome.FAILED: "the list was not read to its end; nothing is concluded from it",
}

_READS = {
    Read.LIST: "as one list",
    Read.ONE: "a single object",
    Read.EACH: "listed, then each object by its own call, 20 in a batch{only}",
    Read.CHILDREN: "for each object of `{parent}`, 20 in a batch",
    Read.LOG: "as a stream: events by time window, a file for each day",
}


def permissions_page(entries: Iterable[ObjectType] = ENTRIES) -> str:
    """docs/permissions.md."""
    entries = tuple(entries)
    return "\n".join(
        (
            "# Permissions",
            "",
            _GENERATED,
            "",
            "All are application permissions of Microsoft Graph, given to managed identities. A permission that is",
            "missing costs the types named beside it, which the run reports as refused; the rest is backed up.",
            "",
            "## Reader: backup",
            "",
            "*Preset*: the smallest one that needs it; each holds the one before. –: for types that are in none.",
            "",
            *_table(("Permission", "Preset", "Reads"), _read_rows(entries)),
            "",
            "## Restorer: restore, only where it is turned on",
            "",
            *_table(("Permission", "Restores"), _rows(write_permissions(entries))),
            "",
            "Together these make the restorer as powerful as a Global Administrator; AppRoleAssignment.ReadWrite.All",
            "and RoleManagement.ReadWrite.Directory do so each by itself. Grant what one restore takes, and take it",
            "away again. One thing lies beyond permissions: accounts of privileged administrators, and members and",
            "owners of role-assignable groups, can be changed only if the restorer also holds the directory role",
            "Privileged Authentication Administrator. Nothing here gives it.",
            "",
            "How to grant them and take them away: [access.md](access.md#permissions-of-the-two-identities). The same",
            "lists, with the ids that Graph knows the permissions by: [graph-permissions.json]"
            "(../infra/graph-permissions.json).",
            "",
        )
    )


def coverage_page(entries: Iterable[ObjectType] = ENTRIES, unread: Iterable[Unread] = UNREAD) -> str:
    """docs/coverage.md."""
    entries = tuple(entries)
    lines = [
        "# What is covered",
        "",
        _GENERATED,
        "",
        f"{len(entries)} types. *Preset* is the smallest choice of types that has it: each holds the one before, and",
        "`standard` is what a new installation backs up; a type without one takes hours and is switched on by name.",
        "What each costs: [costs.md](costs.md). *Compared*: `GET /api/diff/{type}` and the versions of each",
        "object. *Exported*: the run's file opens with any tool that reads gzip and JSON.",
        "",
        *_table(
            ("Type", "Preset", "Backed up with", "Compared", "Restored", "Exported", "Licence"), map(_summary, entries)
        ),
        "",
        "Every type ends a run with one outcome:",
        "",
        *_table(("Outcome", "Meaning"), ((outcome.value, meaning) for outcome, meaning in _OUTCOMES.items())),
        "",
        "## What Graph does not give to an application",
        "",
        *_table(
            ("What", "Where", "Why it is not backed up", "What to do"),
            ((item.what, f"`{item.path}`", item.why, item.todo) for item in unread),
        ),
    ]
    for entry in entries:
        lines += ["", *_section(entry)]
    return "\n".join((*lines, ""))


def _summary(entry: ObjectType) -> tuple[str, ...]:
    log = entry.read is Read.LOG
    parts = [*(link.name for link in entry.relationships), *(name for extra in entry.extras for name in extra.select)]
    return (
        f"[{entry.key}](#{entry.key.lower()})",
        entry.preset.value if entry.preset else "–",
        ", ".join(parts) or "–",
        "no, a stream" if log else "yes, without content" if entry.private else "yes",
        "yes" if entry.restore else "no",
        "yes, in the container `secrets`" if entry.private else "yes",
        entry.licence or "–",
    )


def _section(entry: ObjectType) -> Iterable[str]:
    scopes = ", ".join(entry.read_scopes)
    yield f"## {entry.key}"
    yield ""
    yield f"{entry.title}. `GET /{entry.api}{entry.path}`; permission {scopes}."
    yield ""
    yield entry.notes
    facts = tuple(_facts(entry))
    if facts:
        yield ""
        yield from (f"- {label}: {text}" for label, text in facts)
    yield ""
    if entry.restore:
        yield from _restore(entry)
    else:
        yield f"Not restored: {entry.unrestored}"


def _facts(entry: ObjectType) -> Iterable[tuple[str, str]]:
    yield "Read", _way(entry)
    if entry.filter:
        yield "With the filter", _code((entry.filter,))
    if entry.expand:
        yield "Inside each record", _code(name.partition("(")[0] for name in entry.expand)
    for link in entry.relationships:
        yield f"Relationship `{link.name}`", _how(link)
    for extra in entry.extras:
        licence = f", licence {extra.licence}" if extra.licence else ""
        yield f"Only with {' and '.join(extra.read_scopes)}{licence}", _code(extra.select)
    if entry.extension_values:
        named = f"the values of all that target {entry.extension_values}"
        yield "Directory extensions", f"{named} ({', '.join(EXTENSION_SCOPES)})"
    if entry.bin:
        yield "Recycle bin", f"the type [{entry.bin}](#{entry.bin.lower()})"
    if entry.volatile:
        yield "Kept apart, makes no version", _code(sorted(entry.volatile))
    if entry.missing_in:
        yield "Not offered in cloud", ", ".join(sorted(entry.missing_in))
    for cloud, names in sorted(entry.missing_properties.items()):
        yield f"Not in cloud {cloud}", _code(sorted(names))
    if entry.references:
        yield "Holds ids of other objects", _ids(entry)
    if entry.depends_on:
        yield "Names objects of", ", ".join(entry.depends_on)


def _ids(entry: ObjectType) -> str:
    outside = [place for place in entry.references if place in entry.elsewhere]
    aside = f"; never told as dangling, for they may lead out of the tenant: {_code(outside)}" if outside else ""
    return _code(entry.references) + aside


def _way(entry: ObjectType) -> str:
    only = f"; only those with {entry.only_with}, the others come whole in the list" if entry.only_with else ""
    return _READS[entry.read].format(parent=entry.parent, only=only)


def _how(link: Relationship) -> str:
    fetched = {
        Fetch.EXPAND: "with the list, 100 objects a page"
        if link.single
        else "with the list, 100 objects a page; in full "
        "for an object that shows 20 of them, which is where Graph cuts off",
        Fetch.BATCH: "one call an object, 20 in a batch",
        Fetch.STREAM: "one call an object, an image",
    }[link.fetch]
    if link.only is not None:
        name, wanted = link.only
        fetched += f", where {name} is {' or '.join(sorted(wanted)) if wanted else 'not empty'}"
    version = f", from {link.api}" if link.api != "v1.0" else ""
    restored = "; put back by a restore" if link.restorable else ""
    notes = f". {link.notes}" if link.notes else ""
    return f"{fetched}{version} ({', '.join(link.read_scopes)}){restored}{notes}"


def _restore(entry: ObjectType) -> Iterable[str]:
    assert entry.restore is not None
    scopes = ", ".join((*entry.restore.write_scopes, *entry.restore.bin_scopes))
    yield f"Restored with {scopes}. Does not come back:"
    yield ""
    yield from _table(("What", "Why", "What to do"), ((lost.what, lost.why, lost.todo) for lost in entry.restore.lost))


def _read_rows(entries: tuple[ObjectType, ...]) -> Iterable[tuple[str, str, str]]:
    presets = reversed(tuple(reader_grants(entries).items()))
    smallest = {grant.name: preset for preset, grants in presets for grant in grants}
    for scope, purposes in read_permissions(entries).items():
        yield f"`{scope}`", "–" if smallest[scope] == ALL else smallest[scope], ", ".join(purposes)


def _rows(permissions: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    return ((f"`{scope}`", ", ".join(purposes)) for scope, purposes in permissions.items())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    pages = {"permissions": permissions_page, "coverage": coverage_page}
    for name in sys.argv[1:] or pages:
        sys.stdout.write(pages[name]())
