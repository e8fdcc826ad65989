"""The generated pages are in step with the entries, and say all that the entries say."""

from pathlib import Path

from functions.catalogue import ENTRIES
from functions.catalogue.by_hand import by_hand_page
from functions.catalogue.docs import coverage_page, permissions_page
from functions.catalogue.permissions import read_permissions, write_permissions
from functions.catalogue.unread import UNREAD

DOCS = Path(__file__).parents[3] / "docs"
AGAIN = "run: python -m docs.generate"


def test_permissions_page_is_in_step():
    assert (DOCS / "permissions.md").read_text(encoding="utf-8") == permissions_page(), AGAIN


def test_coverage_page_is_in_step():
    assert (DOCS / "coverage.md").read_text(encoding="utf-8") == coverage_page(), AGAIN


def test_the_page_of_what_can_be_done_by_hand_is_in_step():
    assert (DOCS / "by-hand.md").read_text(encoding="utf-8") == by_hand_page(), AGAIN


def test_by_hand_names_every_type_and_every_property_that_may_be_sent():
    page = by_hand_page()
    assert [e.key for e in ENTRIES if (f"## {e.key}\n" in page) is not bool(e.restore)] == []
    assert [e.key for e in ENTRIES if not e.restore and f"| {e.title} | {e.unrestored} |" not in page] == []
    sections = {section.partition("\n")[0]: section for section in page.split("\n## ")}
    lacking = [
        (e.key, name)
        for e in ENTRIES
        if e.restore
        for name in (*e.restore.create, *e.restore.update)
        if f"`{name}`" not in sections[e.key]
    ]
    assert lacking == []


def test_the_table_of_permissions_equals_the_entries():
    page = (DOCS / "permissions.md").read_text(encoding="utf-8")
    reader, restorer = page.split("## Restorer")
    read = {scope for e in ENTRIES for scope in e.read_scopes}
    read |= {scope for e in ENTRIES for part in (*e.relationships, *e.extras) for scope in part.read_scopes}
    write = {scope for e in ENTRIES if e.restore for scope in (*e.restore.write_scopes, *e.restore.bin_scopes)}
    write |= {scope for e in ENTRIES if e.restore for scopes in e.restore.scopes_for.values() for scope in scopes}
    written = [link for e in ENTRIES if e.restore for link in e.relationships if link.restorable]
    write |= {scope for link in written for scope in link.write_scopes}
    write |= {scope for link in written for scopes in link.scopes_for.values() for scope in scopes}
    write |= {scope for link in written if link.part for scope in link.part.write_scopes}
    assert _first_column(reader) == sorted(read) == list(read_permissions(ENTRIES))
    assert _first_column(restorer) == sorted(write) == list(write_permissions(ENTRIES))


def test_a_permission_says_what_it_is_for():
    assert {"conditionalAccessPolicies", "namedLocations"} <= set(read_permissions(ENTRIES)["Policy.Read.All"])
    assert "groups/members" in read_permissions(ENTRIES)["Member.Read.Hidden"]
    assert write_permissions(ENTRIES)["User.DeleteRestore.All"] == ("users, recycle bin",)
    assert write_permissions(ENTRIES)["OrgContact.Read.All"] == ("groups/members/orgContact",)


def test_coverage_names_every_type_relationship_and_loss():
    page = coverage_page()
    names = [f"## {entry.key}\n" for entry in ENTRIES] + [entry.notes for entry in ENTRIES]
    names += [f"Relationship `{link.name}`" for entry in ENTRIES for link in entry.relationships]
    names += [
        text for e in ENTRIES if e.restore for lost in e.restore.lost for text in (lost.what, lost.why, lost.todo)
    ]
    names += [entry.unrestored for entry in ENTRIES]
    names += [text for item in UNREAD for text in (item.what, item.path, item.why, item.todo)]
    assert [name for name in names if name not in page] == []


def test_what_cannot_be_read_is_said_in_full_and_is_no_type():
    assert UNREAD
    assert [item for item in UNREAD if not all((item.what, item.path.startswith("/"), item.why, item.todo))] == []
    assert {item.path for item in UNREAD} & {entry.path for entry in ENTRIES} == set()


def _first_column(page: str) -> list[str]:
    return [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
