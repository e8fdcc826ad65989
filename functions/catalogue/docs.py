"""The catalogue as pages for people: docs/permissions.md and docs/coverage.md. Entries in, Markdown out.

`python -m functions.catalogue.docs [permissions|coverage]` prints; `python -m docs.generate` writes the files.
"""

import sys
from collections.abc import Iterable, Mapping

from functions.catalogue import ENTRIES
from functions.catalogue.model import Fetch, ObjectType, Outcome, Relationship
from functions.catalogue.permissions import read_permissions, write_permissions

_GENERATED = "<!-- Generated from the catalogue by `python -m docs.generate`. Do not edit. -->"

_OUTCOMES = {
    Outcome.READ: "every object and relationship was read",
    Outcome.PARTIAL: "every object was read; a relationship or property was refused",
    Outcome.REFUSED: "the reader identity lacks a permission",
    Outcome.UNLICENSED: "the tenant lacks a licence",
    Outcome.UNAVAILABLE: "this cloud or kind of tenant does not have the type",
    Outcome.FAILED: "the list was not read to its end; nothing is concluded from it",
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
            *_table(("Permission", "Reads"), _rows(read_permissions(entries))),
            "",
            "## Restorer: restore, only where it is turned on",
            "",
            *_table(("Permission", "Restores"), _rows(write_permissions(entries))),
            "",
            "Two things lie beyond these permissions on purpose. Accounts of privileged administrators, and members",
            "and owners of role-assignable groups, can be changed only if the restorer also holds the directory role",
            "Privileged Authentication Administrator. Role-assignable groups and their members need",
            "RoleManagement.ReadWrite.Directory. Either makes the restorer nearly as powerful as a Global",
            "Administrator: give it for one restore and take it away again.",
            "",
        )
    )


def coverage_page(entries: Iterable[ObjectType] = ENTRIES) -> str:
    """docs/coverage.md."""
    entries = tuple(entries)
    lines = [
        "# What is covered",
        "",
        _GENERATED,
        "",
        *_table(("Type", "Relationships", "Licence", "Restored"), map(_summary, entries)),
        "",
        "Every type ends a run with one outcome:",
        "",
        *_table(("Outcome", "Meaning"), ((outcome.value, meaning) for outcome, meaning in _OUTCOMES.items())),
    ]
    for entry in entries:
        lines += ["", *_section(entry)]
    return "\n".join((*lines, ""))


def _summary(entry: ObjectType) -> tuple[str, ...]:
    return (
        f"[{entry.key}](#{entry.key.lower()})",
        ", ".join(link.name for link in entry.relationships) or "–",
        entry.licence or "–",
        "yes" if entry.restore else "not yet",
    )


def _section(entry: ObjectType) -> Iterable[str]:
    path = entry.path if entry.path.startswith("/") else f"{entry.parent}/{{id}}/{entry.path}"
    yield f"## {entry.key}"
    yield ""
    yield f"{entry.title}. `GET /{entry.api}{path}`; permission {', '.join(entry.read_scopes)}."
    yield ""
    yield entry.notes
    facts = tuple(_facts(entry))
    if facts:
        yield ""
        yield from (f"- {label}: {text}" for label, text in facts)
    if entry.restore:
        yield from _restore(entry)


def _facts(entry: ObjectType) -> Iterable[tuple[str, str]]:
    for link in entry.relationships:
        yield f"Relationship `{link.name}`", _how(link)
    if entry.volatile:
        yield "Kept apart, makes no version", _code(sorted(entry.volatile))
    for cloud, names in sorted(entry.missing_properties.items()):
        yield f"Not in cloud {cloud}", _code(sorted(names))
    if entry.references:
        yield "Holds ids of other objects", _code(entry.references)


def _how(link: Relationship) -> str:
    fetched = {
        Fetch.EXPAND: "with the list, 100 objects a page"
        if link.single
        else "with the list, 100 objects a page; in full "
        "for an object that shows 20 of them, which is where Graph cuts off",
        Fetch.BATCH: "one call an object, 20 in a batch",
    }[link.fetch]
    version = f", from {link.api}" if link.api != "v1.0" else ""
    restored = "; put back by a restore" if link.restorable else ""
    return f"{fetched}{version} ({', '.join(link.read_scopes)}){restored}"


def _restore(entry: ObjectType) -> Iterable[str]:
    assert entry.restore is not None
    yield ""
    yield f"Restored with {', '.join(entry.restore.write_scopes)}. Does not come back:"
    yield ""
    yield from _table(("What", "Why", "What to do"), ((lost.what, lost.why, lost.todo) for lost in entry.restore.lost))


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
