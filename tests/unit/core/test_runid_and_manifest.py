"""Run ids sort as time does; a manifest of a newer format is refused by name."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.manifest import Manifest, read_manifest, write_manifest
from functions.core.runid import inverted, is_run_id, run_id, started
from functions.errors import FormatError, UnsupportedVersion

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made aware below
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@given(moments, moments)
def test_a_later_run_sorts_before_an_earlier_one_in_the_index(one, other):
    assert (one < other) == (inverted(run_id(one)) > inverted(run_id(other)))
    assert started(run_id(one)) == one


def test_runs_of_the_same_second_get_a_suffix_and_keep_their_order():
    moment = datetime(2026, 11, 22, 2, tzinfo=UTC)
    taken: list[str] = []
    for _ in range(12):
        taken.append(run_id(moment, taken.__contains__))
    assert taken[:3] == ["2026-11-22T020000Z", "2026-11-22T020000Z-2", "2026-11-22T020000Z-3"]
    assert [inverted(run) for run in taken] == sorted((inverted(run) for run in taken), reverse=True)
    assert inverted(taken[-1]) > inverted(run_id(moment + timedelta(seconds=1)))
    assert all(map(is_run_id, taken))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-22",
        "2026-13-22T020000Z",
        "2026-11-22T250000Z",
        "2026-11-22T020000Z-1",
        "2026-11-22T020000Z/",
        "２026-11-22T020000Z",
    ],
)
def test_what_is_no_run_id_is_refused(text):
    assert not is_run_id(text)


MANIFEST = Manifest(
    product="Lifeboat 0", tenant_id="t", cloud="global", run_id="2026-11-22T020000Z", started_at="", ended_at="",
    started_by="timer", previous=None, types={}, bases={},
)  # fmt: skip


def test_a_manifest_comes_back():
    assert read_manifest(write_manifest(MANIFEST)) == MANIFEST


def test_a_newer_format_is_refused_by_name():
    newer = msgspec.structs.replace(MANIFEST, format_version=2)
    with pytest.raises(UnsupportedVersion, match="format 2"):
        read_manifest(write_manifest(newer))
    featured = msgspec.structs.replace(MANIFEST, features=("sealed",))
    with pytest.raises(UnsupportedVersion, match="sealed"):
        read_manifest(write_manifest(featured))


def test_a_broken_manifest_is_refused():
    with pytest.raises(FormatError):
        read_manifest(b'{"formatVersion":1}')
    with pytest.raises(FormatError):
        read_manifest(b"x")
    with pytest.raises(FormatError):  # text that is not UTF-8
        read_manifest(b'{"formatVersion":1,"features":["\xb8"]}')
