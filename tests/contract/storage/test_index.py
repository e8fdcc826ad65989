"""Versions and names of objects over several runs, as the backup writes them and readers see them."""

from collections.abc import AsyncIterator

import pytest

from functions.errors import CallerError, RowConflict
from functions.storage.naming import ObjectChange
from functions.storage.objects import Found
from functions.storage.open import Stores, open_stores
from functions.storage.runs import RunState
from functions.storage.versions import Change, VersionRow
from tests.contract.storage.conftest import HASTY, settings_for
from tests.contract.storage.test_runs import AT, ids

R1, R2, R3, R4, R5 = ids(5)


def version(id: str, run: str, change: Change = "updated", name: str = "n") -> VersionRow:
    return VersionRow(
        id=id,
        change=change,
        name=name,
        run=run,
        blob=f"t/{run}/users.json.gz",
        offset=2**33,
        length=100_000,
        at=7,
        size=3_000,
        digest="d" * 64,
    )


class Backup:
    """Runs of one type, each given as the whole directory: id to name."""

    def __init__(self, stores: Stores, type: str = "users") -> None:
        self.stores = stores
        self.type = type
        self.last: dict[str, str] = {}

    async def run(self, run: str, now: dict[str, str], *, commit: bool = True) -> None:
        changes = [
            ObjectChange(id, name, "updated" if id in self.last else "created", run, self.last.get(id))
            for id, name in now.items()
            if self.last.get(id) != name
        ]
        changes += [ObjectChange(id, name, "deleted", run, name) for id, name in self.last.items() if id not in now]
        await self.stores.runs.start(run, started_at=AT)
        rows = [version(change.id, run, change.change, change.name) for change in changes]
        for _ in range(2):  # an activity may be delivered twice
            await self.stores.versions.write(self.type, rows)
            await self.stores.objects.write(self.type, changes)
        if commit:
            await self.stores.runs.finish(run, RunState.COMMITTED, ended_at=AT)
            self.last = dict(now)

    async def bury(self, run: str) -> None:
        await self.stores.versions.remove_run(run)
        await self.stores.objects.remove_run(run)

    async def search(self, prefix: str = "", *, deleted: bool | None = False, top: int = 50) -> list[Found]:
        found, cursor = list[Found](), ""
        while True:
            committed = await self.stores.runs.committed()
            rows, cursor = await self.stores.objects.search(
                self.type, prefix, deleted=deleted, top=top, cursor=cursor, committed=committed
            )
            assert len(rows) <= top
            found += rows
            if not cursor:
                return found

    async def names(self, prefix: str = "", *, deleted: bool | None = False) -> list[tuple[str, str]]:
        return [(row.id, row.name) for row in await self.search(prefix, deleted=deleted)]


@pytest.fixture
def backup(stores: Stores) -> Backup:
    return Backup(stores)


async def test_versions_of_an_object_come_newest_first(stores: Stores) -> None:
    for run in (R2, R1, R3):
        await stores.versions.write("users", [version("a", run), version("a|b", run), version("b/😀", run)])
    await stores.versions.write("groups", [version("a", R4)])
    assert await stores.versions.of_object("users", "a") == [version("a", run) for run in (R3, R2, R1)]
    assert [row.run for row in await stores.versions.of_object("users", "b/😀")] == [R3, R2, R1]
    assert [row.run for row in await stores.versions.of_object("users", "a", until=R2)] == [R2, R1]
    assert [row.run for row in await stores.versions.of_object("groups", "a")] == [R4]
    assert await stores.versions.of_object("users", "none") == []


async def test_removing_a_dead_run_takes_its_rows_only(stores: Stores) -> None:
    objects = [f"{number:04}" for number in range(250)]
    await stores.versions.write("users", [version(id, R1) for id in objects])
    await stores.versions.write("users", [version(id, R2) for id in objects])
    await stores.versions.write("groups", [version("g", R2)])
    assert await stores.versions.remove_run(R2, "users") == 250
    assert [row.run for row in await stores.versions.of_object("groups", "g")] == [R2]
    assert await stores.versions.remove_run(R2) == 1
    assert await stores.versions.remove_run(R2) == 0
    assert [row.run for row in await stores.versions.of_object("users", "0007")] == [R1]


async def test_a_committed_run_cannot_be_removed(backup: Backup) -> None:
    await backup.run(R1, {"1": "Ada"})
    with pytest.raises(RowConflict, match="committed"):
        await backup.stores.versions.remove_run(R1)
    with pytest.raises(RowConflict, match="committed"):
        await backup.stores.objects.remove_run(R1)
    assert await backup.names() == [("1", "Ada")]


async def test_names_follow_the_last_committed_run(backup: Backup) -> None:
    await backup.run(R1, {"1": "Ada", "2": "Bo"}, commit=False)
    assert await backup.names() == []
    await backup.bury(R1)
    await backup.run(R2, {"1": "Ada", "2": "Bo"})
    assert await backup.names() == [("1", "Ada"), ("2", "Bo")]
    await backup.run(R3, {"1": "Ada Lovelace"})
    assert await backup.names() == [("1", "Ada Lovelace")]
    assert await backup.search(deleted=True) == [Found("2", "Bo", R3)]
    await backup.run(R4, {"1": "Ada", "2": "Beau"}, commit=False)
    assert await backup.names() == [("1", "Ada Lovelace")]
    assert await backup.names(deleted=True) == [("2", "Bo")]
    await backup.run(R5, {"1": "Ada", "2": "Beau"})
    assert await backup.names() == [("1", "Ada"), ("2", "Beau")]
    assert await backup.names(deleted=True) == []
    await backup.bury(R4)
    assert await backup.names(deleted=None) == [("1", "Ada"), ("2", "Beau")]


async def test_a_deleted_object_that_is_back_under_its_name_shows_once(backup: Backup) -> None:
    await backup.run(R1, {"1": "Ada"})
    await backup.run(R2, {})
    await backup.run(R3, {"1": "Ada"}, commit=False)
    assert await backup.names(deleted=True) == [("1", "Ada")]
    await backup.bury(R3)
    assert await backup.search(deleted=None) == [Found("1", "Ada", R2)]
    await backup.run(R4, {"1": "Ada"})
    assert await backup.search(deleted=None) == [Found("1", "Ada", "")]
    await backup.run(R5, {})
    assert await backup.search(deleted=None) == [Found("1", "Ada", R5)]


async def test_types_and_tenants_are_apart(backup: Backup, azurite: str) -> None:
    groups = Backup(backup.stores, "groups")
    await backup.run(R1, {"1": "Ada"})
    await groups.run(R2, {"1": "Admins"})
    assert await backup.names() == [("1", "Ada")]
    assert await groups.names() == [("1", "Admins")]


NAMES = {
    "1": "İstanbul",
    "2": "istanbul",
    "3": "ΟΔΟΣ",
    "4": "José",
    "5": "100% a/b\\c #1?",
    "6": "😀 emoji",
    "7": 'O\'Brien, "x"',
    "8": "営業部（東京）",
    "9": "a|b",
    "a": "Straße",
    "b": "n" * 600 + "1",
    "c": "n" * 600 + "2",
    "d": "",
}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "123456789abcd"),
        ("i", "12"),
        ("ISTANBUL", "2"),
        ("İST", "1"),
        ("οδος", "3"),
        ("ΟΔΟΣ", "3"),
        ("jose", "4"),
        ("JOSE\u0301", "4"),
        ("100% A/B", "5"),
        ("100%", "5"),
        ("a/b", ""),
        ("😀", "6"),
        ("o'br", "7"),
        ("営業部（", "8"),
        ("A|", "9"),
        ("strass", "a"),
        ("n" * 300, "bc"),
        ("n" * 600 + "2", "c"),
        ("n" * 601, ""),
        ("' or PartitionKey ne '", ""),
    ],
)
async def test_any_name_is_found_by_any_start_of_it(named: Backup, typed: str, expected: str) -> None:
    assert sorted(row.id for row in await named.search(typed, top=3)) == sorted(expected)


@pytest.fixture(scope="module")
async def named(azurite: str) -> AsyncIterator[Backup]:
    stores = await open_stores(settings_for(azurite, "11111111-1111-4111-8111-111111111111"), patience=HASTY)
    backup = Backup(stores)
    await backup.run(R1, NAMES)
    yield backup
    await stores.aclose()


async def test_pages_of_a_search_join_without_gap_or_double(backup: Backup) -> None:
    everyone = {f"{number:03}": f"User {number % 5} {number}" for number in range(230)}
    await backup.run(R1, everyone)
    gone = {id: name for id, name in everyone.items() if int(id) % 3}
    await backup.run(R2, gone)
    for top in (1, 7, 100, 300):
        found = await backup.search("user 3", top=top)
        assert [row.name for row in found] == sorted(name for name in gone.values() if name.startswith("User 3"))


async def test_a_cursor_belongs_to_its_question(backup: Backup) -> None:
    await backup.run(R1, {"1": "Ada", "2": "Adam"})
    committed = await backup.stores.runs.committed()
    _, cursor = await backup.stores.objects.search("users", "ad", top=1, committed=committed)
    assert cursor
    for type, prefix, deleted in (("groups", "ad", False), ("users", "a", False), ("users", "ad", True)):
        with pytest.raises(CallerError, match="cursor"):
            await backup.stores.objects.search(type, prefix, deleted=deleted, top=1, cursor=cursor, committed=committed)
    for broken in (cursor[:-1], cursor + "A", "B" + cursor[1:]):
        with pytest.raises(CallerError, match="cursor"):
            await backup.stores.objects.search("users", "ad", top=1, cursor=broken, committed=committed)
