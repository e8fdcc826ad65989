"""The rows of `Objects` mean the same as the last committed run, whatever happened to runs before and after it."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from functions.storage.naming import Known, ObjectChange, ObjectRow, object_rows, state, undone
from functions.storage.rows import row_of
from functions.storage.tables import Row
from functions.storage.wire import Write

IDS = ["1", "2", "3"]
NAMES = ["Ada", "ada", "Bo", "b|o/", "İda"]
directories = st.dictionaries(st.sampled_from(IDS), st.sampled_from(NAMES), max_size=3)


@dataclass
class Index:
    """The table as the service keeps it, and what was written about versions."""

    rows: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    committed: set[str] = field(default_factory=set)
    last: dict[str, str] = field(default_factory=dict)  # the last committed run's objects
    ever: dict[str, Known] = field(default_factory=dict)  # what committed runs say of every object

    def write(self, row: Row) -> None:
        place = (row.partition, row.key)
        if row.write is Write.DELETE:
            self.rows.pop(place, None)
        elif row.write is Write.MERGE:
            self.rows[place] = {**self.rows.get(place, {}), **row.columns}
        else:
            self.rows[place] = dict(row.columns)

    def changes(self, run: str, now: dict[str, str]) -> list[ObjectChange]:
        found = [
            ObjectChange(id, name, "updated" if id in self.last else "created", run, self.last.get(id))
            for id, name in now.items()
            if self.last.get(id) != name
        ]
        gone = [ObjectChange(id, name, "deleted", run, name) for id, name in self.last.items() if id not in now]
        return found + gone

    def rows_of(self, change: ObjectChange) -> list[Row]:
        return object_rows("p", change, self.ever.get(change.id))

    def commit(self, run: str, now: dict[str, str]) -> None:
        self.committed.add(run)
        self.ever |= {id: Known(name, deleted=True) for id, name in self.last.items() if id not in now}
        self.ever |= {id: Known(name, deleted=False) for id, name in now.items()}
        self.last = dict(now)

    def remove(self, run: str) -> None:
        for (partition, key), columns in list(self.rows.items()):
            if run in (row := row_of(ObjectRow, columns), row.since, row.until, row.deleted, row.restored):
                self.write(undone(partition, key, row, run))

    def seen(self, what: str) -> list[tuple[str, str]]:
        rows = [row_of(ObjectRow, columns) for columns in self.rows.values()]
        return sorted((row.id, row.name) for row in rows if state(row, self.committed) == what)

    def check(self) -> None:
        assert self.seen("live") == sorted(self.last.items())
        assert self.seen("deleted") == sorted((id, known.name) for id, known in self.ever.items() if known.deleted)


runs = st.lists(
    st.fixed_dictionaries(
        {
            "now": directories,
            "again": st.booleans(),
            "end": st.sampled_from(["committed", "committed", "died", "died and removed"]),
            "written": st.integers(0, 12),
        }
    ),
    max_size=8,
)


@given(runs)
def test_readers_see_the_last_committed_run_after_any_history(history: list[dict[str, object]]) -> None:
    index = Index()
    for number, step in enumerate(history):
        run, now = f"run{number}", step["now"]
        assert isinstance(now, dict)
        rows = [row for change in index.changes(run, now) for row in index.rows_of(change)]
        dies = step["end"] != "committed"
        for row in rows[: step["written"]] if dies else rows:
            index.write(row)
            index.check()  # nothing shows before the commit, at no point
        if step["again"] and not dies:
            for row in rows:
                index.write(row)
        if not dies:
            index.commit(run, now)
        elif step["end"] == "died and removed":
            index.remove(run)
            index.remove(run)
            assert not any(run in columns.values() for columns in index.rows.values())
        index.check()


@given(runs, st.lists(st.integers(0, 7), max_size=4))
def test_removing_dead_runs_late_and_in_any_order_changes_nothing(
    history: list[dict[str, object]], order: list[int]
) -> None:
    index, dead = Index(), []
    for number, step in enumerate(history):
        run, now = f"run{number}", step["now"]
        assert isinstance(now, dict)
        for change in index.changes(run, now):
            for row in index.rows_of(change):
                index.write(row)
        if step["end"] == "committed":
            index.commit(run, now)
        else:
            dead.append(run)
    for place in order:
        if place < len(dead):
            index.remove(dead[place])
            index.check()


def test_an_update_that_keeps_the_name_writes_nothing() -> None:
    assert object_rows("p", ObjectChange("1", "Ada", "updated", "r", "Ada"), None) == []


@given(st.sampled_from(["created", "deleted"]), st.booleans())
def test_what_a_dead_run_wrote_to_a_name_that_retention_has_forgotten_meanwhile_is_no_object(
    change: str, renamed: bool
) -> None:
    """The run read that the object was deleted under its name; then the name's row went, and the run wrote to it."""
    name = "Bo" if renamed else "Ada"
    one = ObjectChange("1", name, change, "2", "Ada" if change == "deleted" else None)  # type: ignore[arg-type]
    index = Index(committed={"1"})
    for row in object_rows("t", one, Known("Ada", deleted=True)):
        index.write(row)
    index.remove("2")
    assert index.seen("live") == index.seen("deleted") == []
