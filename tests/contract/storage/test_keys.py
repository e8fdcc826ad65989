"""Keys: reversible, injective, allowed by the service, and true to prefixes."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.errors import StoreError
from functions.storage.keys import HIGHEST, KEY_LIMIT, cut, fold, joined, key, unkey
from functions.storage.naming import NAME_IN_KEY, object_key, searched

NASTY = "/\\#?%'\"+&|!\x00\x1f\x7f\x9f\u2028\ud7ff\ue000\uffff😀İıßΣςé"
text = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(NASTY)), max_size=40)
escaped = st.text(st.sampled_from("!u0123456789abcdef /|x"), max_size=20)


@given(text)
@example(NASTY)
def test_a_key_can_be_read_back(name: str) -> None:
    assert unkey(key(name)) == name


@given(text, text)
def test_keys_join_and_split_as_their_texts_do(a: str, b: str) -> None:
    assert key(a + b) == key(a) + key(b)
    assert key(b).startswith(key(a)) == b.startswith(a)
    assert (key(a) == key(b)) == (a == b)


@given(text)
@example(NASTY)
def test_a_key_holds_nothing_the_service_forbids(name: str) -> None:
    found = key(name)
    assert not re.search("[/\\\\#?%'\"|\x00-\x1f\x7f-\x9f]", found)
    assert all(letter < HIGHEST for letter in found)


@given(text, text)
def test_a_range_of_keys_is_exactly_a_prefix(name: str, prefix: str) -> None:
    inside = key(prefix) <= key(name) < key(prefix) + HIGHEST
    assert inside == name.startswith(prefix)


@given(escaped)
def test_what_is_no_key_is_refused(found: str) -> None:
    try:
        plain = unkey(found)
    except StoreError:
        return
    assert key(plain) == found


@pytest.mark.parametrize("half", ["\ud800", "a\udfffb"])
def test_half_a_surrogate_pair_is_refused(half: str) -> None:
    with pytest.raises(StoreError, match="surrogate"):
        key(half)


@given(text, st.integers(1, 60))
def test_a_cut_falls_between_two_escapes(name: str, limit: int) -> None:
    whole = key(name)
    part = cut(whole, limit)
    assert whole.startswith(part)
    assert len(part) <= limit
    assert name.startswith(unkey(part))
    assert len(whole) <= limit or len(part) > limit - 8


@given(text, st.data())
@example("ΟΔΟΣ ΟΔΟΣ", None)
@example("İstanbul", None)
@example("STRASSE straße", None)
def test_any_start_of_a_name_finds_it_in_either_case(name: str, data: st.DataObject | None) -> None:
    ends = range(len(name) + 1) if data is None else [data.draw(st.integers(0, len(name)))]
    for end in ends:
        if end < len(name) and unicodedata.combining(name[end]):
            continue  # half a letter
        for typed in (name[:end], name[:end].swapcase().swapcase(), unicodedata.normalize("NFC", name[:end])):
            if fold(typed) == fold(name[:end]):
                assert fold(name).startswith(fold(typed))
                assert object_key("id", name).startswith(searched(typed))


def test_names_are_found_whatever_case_or_accent_form_was_typed() -> None:
    assert fold("JOSÉ") == fold("jose\u0301")
    assert fold("ΣΑΣ") == fold("σας")
    assert fold("Straße") == fold("STRASSE")
    assert fold("İ").startswith("i")


@given(st.text("x/😀é", max_size=700), st.sampled_from(["8e2b6d1c-0000-4000-8000-000000000001", "a/b|c" * 8]))
def test_the_longest_names_make_keys_that_fit(name: str, id: str) -> None:
    assert len(object_key(id, name)) <= KEY_LIMIT
    assert len(searched(name)) <= NAME_IN_KEY


def test_names_that_differ_behind_the_cut_or_in_case_have_rows_of_their_own() -> None:
    long = "n" * 400
    assert len({object_key("1", name) for name in (long + "a", long + "b", "Sales", "sales", "SALES")}) == 5


def test_a_key_that_is_too_long_is_refused() -> None:
    with pytest.raises(StoreError, match="512"):
        joined("i" * 600, "x")
