"""Which Microsoft Graph application permissions a set of types needs, and what for. Entries in, permissions out."""

from collections.abc import Iterable, Mapping

from functions.catalogue.model import EXTENSION_SCOPES, ObjectType


def read_permissions(entries: Iterable[ObjectType]) -> Mapping[str, tuple[str, ...]]:
    """Permission → what the reader identity reads with it (`users`, `groups/members`), sorted by permission."""
    needs = [
        (scope, purpose)
        for entry in entries
        for purpose, scopes in (
            (entry.key, entry.read_scopes),
            *((f"{entry.key}/{link.name}", link.read_scopes) for link in entry.relationships),
            *((f"{entry.key}/{'+'.join(extra.select)}", extra.read_scopes) for extra in entry.extras),
            *(((f"{entry.key}/directory extensions", EXTENSION_SCOPES),) if entry.extension_values else ()),
        )
        for scope in scopes
    ]
    return _grouped(needs)


def write_permissions(entries: Iterable[ObjectType]) -> Mapping[str, tuple[str, ...]]:
    """Permission → what the restorer identity writes back with it (`users`, `groups/members`, `users.accountEnabled`),
    sorted by permission."""
    needs = [
        (scope, purpose)
        for entry in entries
        if entry.restore
        for purpose, scopes in (
            (entry.key, entry.restore.write_scopes),
            (f"{entry.key}, recycle bin", entry.restore.bin_scopes),
            *((f"{entry.key}.{name}", scopes) for name, scopes in sorted(entry.restore.scopes_for.items())),
            *(
                (f"{entry.key}/{link.name}", (*link.write_scopes, *(link.part.write_scopes if link.part else ())))
                for link in entry.relationships
                if link.restorable
            ),
            *(
                (f"{entry.key}/{link.name}/{target}", scopes)
                for link in entry.relationships
                if link.restorable
                for target, scopes in sorted(link.scopes_for.items())
            ),
        )
        for scope in scopes
    ]
    return _grouped(needs)


def _grouped(needs: list[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for scope, purpose in needs:
        found.setdefault(scope, {})[purpose] = None
    return {scope: tuple(found[scope]) for scope in sorted(found)}
