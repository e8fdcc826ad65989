"""Structs to columns and back."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import IntegrityError, StoreError
from functions.storage.rows import COLUMN_LIMIT, StoredRow, columns, row_of, short, utf16
from functions.storage.tables import Row, encoded
from functions.storage.versions import Change


class Sample(StoredRow, frozen=True, kw_only=True):
    name: str = ""
    change: Change = "created"
    count: int = 0
    flag: bool = False
    ratio: float = 0.0
    types: Mapping[str, Any] = {}
    started_at: str = ""
    roles: tuple[str, ...] = ()


plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
samples = st.builds(
    Sample,
    name=plain,
    change=st.sampled_from(["created", "updated", "deleted"]),
    count=st.integers(-(2**63), 2**63 - 1),
    flag=st.booleans(),
    ratio=st.floats(allow_nan=False, allow_infinity=False),
    types=st.dictionaries(plain, plain | st.integers(-(2**53), 2**53) | st.none(), max_size=4),
    roles=st.lists(plain, max_size=3).map(tuple),
)


@given(samples)
def test_a_row_comes_back_as_it_was(sample: Sample) -> None:
    stored = msgspec.json.decode(encoded(Row("p", "k", columns(sample))))
    assert row_of(Sample, stored) == sample


def test_columns_are_named_and_typed_for_people() -> None:
    found = columns(Sample(count=2**40, started_at="2026-11-22T02:00:00Z", change="deleted"))
    assert found["Count"] == str(2**40)
    assert found["Count@odata.type"] == "Edm.Int64"
    assert found["StartedAt"] == "2026-11-22T02:00:00Z"
    assert found["Change"] == "deleted"
    assert found["Types"] == "{}"


def test_long_json_is_spread_over_columns() -> None:
    sample = Sample(types={"a": "😀" * 40_000})
    found = columns(sample)
    assert "Types3" in found
    assert all(utf16(str(value)) <= COLUMN_LIMIT for value in found.values())
    assert row_of(Sample, found) == sample


@pytest.mark.parametrize("text", ["x" * (COLUMN_LIMIT + 1), "😀" * (COLUMN_LIMIT // 2 + 1)])
def test_text_that_no_column_can_hold_is_refused_by_name(text: str) -> None:
    with pytest.raises(StoreError, match=r"Name.*32000"):
        columns(Sample(name=text))


def test_a_number_beyond_64_bits_is_refused() -> None:
    with pytest.raises(StoreError, match="Count"):
        columns(Sample(count=2**63))


def test_half_a_surrogate_pair_in_a_column_is_refused() -> None:
    with pytest.raises(StoreError, match="surrogate"):
        encoded(Row("p", "k", columns(Sample(name="\ud800"))))


def test_columns_of_a_newer_version_are_left_alone_and_missing_ones_take_defaults() -> None:
    assert row_of(Sample, {"Name": "n", "Novelty": 1, "Timestamp": "t"}) == Sample(name="n")


@pytest.mark.parametrize("entity", [{"Count": "many"}, {"Types": "{"}, {"Change": "moved"}])
def test_a_row_that_makes_no_sense_is_an_integrity_error(entity: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="Sample"):
        row_of(Sample, entity)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(2, 30))
def test_short_text_fits_and_is_whole_where_it_can_be(text: str, limit: int) -> None:
    found = short(text, limit)
    assert utf16(found) <= limit
    assert found == text if utf16(text) <= limit else found.endswith("…")
