"""Tables of contents and what differs between two of them."""

from hypothesis import given
from hypothesis import strategies as st

from functions.core.toc import Entry, changes, read_toc, write_toc

states = st.dictionaries(st.text("abcdé😀-", min_size=1, max_size=4), st.sampled_from(["d1", "d2", "d3"]), max_size=30)


def entries(state: dict[str, str]) -> list[Entry]:
    return [Entry(key, f"name {key}", digest, 0, 1, 2, 3) for key, digest in sorted(state.items())]


async def stream(state: dict[str, str]):
    for entry in entries(state):
        yield entry


@given(states, states)
async def test_changes_are_exactly_what_differs(before, after):
    found = {change.entry.id: change.kind async for change in changes(stream(before), entries(after))}
    expected = {key: "created" for key in after.keys() - before.keys()}
    expected |= {key: "deleted" for key in before.keys() - after.keys()}
    expected |= {key: "updated" for key in before.keys() & after.keys() if before[key] != after[key]}
    assert found == expected


@given(states)
async def test_a_table_of_contents_comes_back_as_it_was_written(state):
    data = b"".join(write_toc(entries(state)))

    async def chunks():
        for start in range(0, len(data), 37):
            yield data[start : start + 37]

    assert [entry async for entry in read_toc(chunks())] == entries(state)
