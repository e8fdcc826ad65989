"""Ids inside records turned round: every place an id stands at, blocks found through the index, nothing twice."""

import gzip
import json
import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.catalogue.model import Fetch, ObjectType, Relationship
from functions.core.gzipped import members_lines
from functions.core.referrers import Writer, blocks_for, blocks_of, lines_of, named_in, names_others
from functions.errors import FormatError

A, B, C = (str(uuid.UUID(int=number)) for number in (0xA, 0xB, 0xC))
GROUPS = ObjectType(
    key="groups",
    title="Groups",
    path="/groups",
    references=("membershipRule", "scopes.ids", "@relationships.parts.holder.id", "clients"),
    elsewhere=frozenset({"clients"}),
    relationships=(
        Relationship(name="members", fetch=Fetch.EXPAND),
        Relationship(name="parts", fetch=Fetch.BATCH, contained=True),
    ),
)
PLAIN = ObjectType(key="domains", title="Domains", path="/domains")


def named(**record: object) -> set[tuple[str, str]]:
    found = list(named_in(json.dumps(record).encode(), GROUPS))
    assert len(found) == len(set(found))
    return set(found)


def test_every_place_at_which_an_id_stands_is_told():
    found = named(
        id=C,
        membershipRule=f'user.memberOf -any (group.objectId -in ["{A.upper()}", "{A}"])',
        scopes=[{"ids": [B, "All"]}],
        clients=[B],
        other=B,
        **{"@relationships": {"members": [{"id": A, "type": "user"}], "parts": [{"id": B, "holder": {"id": A}}]}},
    )
    assert found == {
        (A, "membershipRule"),
        (B, "scopes.ids"),
        (B, "clients"),
        (A, "@relationships.members"),
        (A, "@relationships.parts.holder.id"),
    }


def test_a_relationship_that_could_not_be_read_names_nobody():
    assert named(id=C, **{"@relationships": {"members": None}}) == set()
    assert named(id=C) == set()


def test_what_is_no_record_is_refused():
    with pytest.raises(FormatError, match="groups"):
        list(named_in(b'{"id":', GROUPS))


def test_only_types_that_name_others_are_looked_through():
    assert names_others(GROUPS)
    assert not names_others(PLAIN)


ROWS = st.sets(
    st.tuples(st.integers(0, 6), st.sampled_from(("groups", "users")), st.integers(0, 30), st.sampled_from("xy")),
    min_size=1,
    max_size=300,
)


@given(ROWS, st.sets(st.integers(0, 8), min_size=1), st.integers(1, 1500))
def test_the_blocks_of_an_id_hold_all_that_is_said_of_it(found, asked, member):
    rows = sorted((f"{target:04}", key, f"{identity:04}", place) for target, key, identity, place in found)
    writer = Writer(member_text=member, most=3)
    data = b"".join(writer.pieces(rows))
    index = b"".join(writer.index())
    assert writer.named == len(rows)
    assert len(json.loads(gzip.decompress(data))) == len(members_lines(data))
    assert _flat(members_lines(data)) == rows
    blocks = blocks_of(members_lines(index))
    wanted = {f"{number:04}" for number in asked}
    read = [
        row
        for block in blocks_for(blocks, wanted)
        for row in _flat(members_lines(data[block.offset : block.offset + block.length]))
        if row[0] in wanted
    ]
    assert read == [row for row in rows if row[0] in wanted]


def _flat(lines: list[bytes]) -> list[tuple[str, ...]]:
    return [(line.id, *who) for line in lines_of(lines) for who in line.by]


def test_a_few_ids_take_a_few_blocks():
    rows = [(str(uuid.UUID(int=number << 64)), "groups", C, "x") for number in range(3000)]
    writer = Writer(member_text=2000)
    b"".join(writer.pieces(rows))
    blocks = blocks_of(members_lines(b"".join(writer.index())))
    assert len(blocks) > 50
    assert len(blocks_for(blocks, {rows[1500][0]})) == 1
    assert blocks_for(blocks, {"ffffffff-ffff-ffff-ffff-ffffffffffff"}) == blocks[-1:]
    assert blocks_for([], {A}) == []


def test_a_damaged_file_is_refused():
    with pytest.raises(FormatError):
        lines_of([b'{"id":1}'])
    with pytest.raises(FormatError):
        members_lines(gzip.compress(b"[\n")[:-3])
    with pytest.raises(FormatError):
        members_lines(msgspec.json.encode([1]))
