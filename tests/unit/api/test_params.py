"""What may pass into a path, a filter or a key, and what is told to whoever sends something else."""

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api import params
from functions.api.params import Query, read_path, read_query
from functions.catalogue import ENTRIES, TYPES
from functions.core.runid import is_run_id
from functions.errors import CallerError

GUID = "6f2b7d5e-0c1a-4e9b-8f3d-2a1b4c5d6e7f"
OPAQUE = "lAPpYvVpN0KRkAEhdxReEJC2sEqbR_9Hr48lds9SGHI-1"
RUN = "2026-11-22T020000Z"
ALL = ("name", "deleted", "top", "cursor", "run")


def slug(call: Callable[[], object]) -> str:
    with pytest.raises(CallerError) as refusal:
        call()
    return refusal.value.slug


def passed(call: Callable[[], str], codes: set[str]) -> str | None:
    """What the check let pass, or None where it refused with one of `codes`."""
    try:
        return call()
    except CallerError as refusal:
        if refusal.slug not in codes:
            raise
        return None


def query(text: str, allowed: tuple[str, ...] = ALL) -> Query:
    return read_query(f"http://localhost/api/objects/users?{text}", allowed)


def test_a_whole_query_is_read() -> None:
    assert query(f"name=J%C3%BCrgen+K&deleted=true&top=7&cursor=abc_-9&run={RUN}-2") == Query(
        name="Jürgen K", deleted=True, top=7, cursor="abc_-9", run=f"{RUN}-2"
    )


def test_an_empty_query_gives_the_defaults() -> None:
    assert query("") == Query(name="", deleted=None, top=100, cursor="", run="")
    assert read_query("http://localhost/api/backups", ()) == Query()


BAD_QUERIES = {
    "unknown": ("nope=1", "invalidQuery"),
    "in another case": ("Top=5", "invalidQuery"),
    "twice": ("top=5&top=5", "invalidQuery"),
    "many": ("&".join(f"x{n}=1" for n in range(30)), "invalidQuery"),
    "not UTF-8": ("name=%ff", "invalidQuery"),
    "a control character": ("name=a%00b", "invalidQuery"),
    "a line break": ("name=a%0Ab", "invalidQuery"),
    "a name too long": ("name=" + "x" * 257, "invalidQuery"),
    "a query too long": ("name=" + "x" * 9000, "invalidQuery"),
    "top none": ("top=", "invalidQuery"),
    "top zero": ("top=0", "invalidQuery"),
    "top negative": ("top=-1", "invalidQuery"),
    "top too many": ("top=1000", "invalidQuery"),
    "top a fraction": ("top=1.0", "invalidQuery"),
    "top with a sign": ("top=%2B5", "invalidQuery"),
    "top with a blank": ("top=5%20", "invalidQuery"),
    "top with a line break": ("top=5%0A", "invalidQuery"),
    "top in other digits": ("top=" + quote("٥"), "invalidQuery"),
    "deleted in another case": ("deleted=True", "invalidQuery"),
    "deleted as a number": ("deleted=1", "invalidQuery"),
    "deleted none": ("deleted=", "invalidQuery"),
    "a cursor with a slash": ("cursor=a/b", "invalidQuery"),
    "a cursor of nothing": ("cursor=", "invalidQuery"),
    "a cursor too long": ("cursor=" + "a" * 2049, "invalidQuery"),
    "a run of nothing": ("run=", "malformedRunId"),
    "a run with a line break": (f"run={RUN}%0A", "malformedRunId"),
    "a run up the tree": ("run=../x", "malformedRunId"),
    "a run that never was": ("run=2026-02-30T020000Z", "unknownRun"),
}


@pytest.mark.parametrize(("text", "code"), BAD_QUERIES.values(), ids=BAD_QUERIES.keys())
def test_a_bad_query_is_refused(text: str, code: str) -> None:
    assert slug(lambda: query(text)) == code


@pytest.mark.parametrize("name", ALL)
def test_a_parameter_of_another_call_is_refused(name: str) -> None:
    others = tuple(other for other in ALL if other != name)
    assert slug(lambda: query(f"{name}=1", others)) == "invalidQuery"


BAD_PATHS = {
    "no such type": ({"type": "printers"}, "unknownType"),
    "a type in another case": ({"type": "Users"}, "unknownType"),
    "a type of nothing": ({"type": ""}, "unknownType"),
    "a type with a line break": ({"type": "users\n"}, "unknownType"),
    "a type up the tree": ({"type": "../users"}, "unknownType"),
    "an id of nothing": ({"type": "users", "id": ""}, "malformedId"),
    "an opaque id where GUIDs are": ({"type": "users", "id": OPAQUE}, "malformedId"),
    "an id with a line break": ({"type": "users", "id": GUID + "\n"}, "malformedId"),
    "an id in braces": ({"type": "users", "id": "{" + GUID + "}"}, "malformedId"),
    "an id with a quote": ({"type": "users", "id": GUID[:-1] + "'"}, "malformedId"),
    "an id with a filter": ({"type": "roleAssignments", "id": "a' or 1 eq 1 or 'a' eq 'a"}, "malformedId"),
    "an id with a slash": ({"type": "roleAssignments", "id": "abcdefgh/../ij"}, "malformedId"),
    "an id with a bar": ({"type": "roleAssignments", "id": "abcdefgh|ij"}, "malformedId"),
    "a run": ({"runId": "latest"}, "malformedRunId"),
    "a run with an offset": ({"runId": "2026-11-22T020000+01"}, "malformedRunId"),
    "a run in other digits": ({"runId": "٢026-11-22T020000Z"}, "malformedRunId"),
    "a run with a suffix of one": ({"runId": f"{RUN}-1"}, "malformedRunId"),
    "a plan": ({"planId": "x"}, "malformedPlanId"),
    "a plan with a bar": ({"planId": f"{GUID}|00001"}, "malformedPlanId"),
    "a plan up the tree": ({"planId": "../../" + GUID}, "malformedPlanId"),
}


@pytest.mark.parametrize(("parts", "code"), BAD_PATHS.values(), ids=BAD_PATHS.keys())
def test_a_bad_path_is_refused(parts: dict[str, str], code: str) -> None:
    assert slug(lambda: read_path(parts, TYPES)) == code


def test_a_guid_is_taken_in_any_case_and_an_opaque_id_as_it_is() -> None:
    assert read_path({"type": "users", "id": GUID.upper()}, TYPES).id == GUID
    assert read_path({"type": "appRoleAssignments", "id": OPAQUE}, TYPES).id == OPAQUE


@given(
    st.sampled_from(ENTRIES),
    st.text(max_size=60) | st.from_regex(r"[0-9a-f-]{30,40}\s?") | st.from_regex(r"[\w/'|#?%.-]{8,50}"),
)
def test_an_id_that_passes_is_harmless_anywhere(entry: params.ObjectType, text: str) -> None:
    found = passed(lambda: read_path({"type": entry.key, "id": text}, TYPES).id, {"malformedId"})
    # letters (of any language in the names of attributes), digits and what means nothing in a path, a filter or a key
    assert found is None or re.fullmatch(r"\w[\w.-]{0,255}|[\w-]{8,128}", found)


@given(st.text(max_size=30) | st.from_regex(r"20\d\d-\d\d-\d\dT\d{6}Z(-\d{1,2})?\n?"))
def test_a_run_id_that_passes_names_a_moment(text: str) -> None:
    found = passed(lambda: read_path({"runId": text}, TYPES).run_id, {"malformedRunId", "unknownRun"})
    assert found is None or (found.isascii() and is_run_id(found))


@given(st.text(max_size=300))
def test_a_name_that_passes_has_no_control_characters(text: str) -> None:
    found = passed(lambda: query("name=" + quote(text, errors="surrogatepass")).name, {"invalidQuery"})
    if found is None:
        return
    assert found == text
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", found)


def test_a_refusal_shows_little_of_what_was_sent() -> None:
    with pytest.raises(CallerError) as refusal:
        read_path({"type": "x" * 5000}, TYPES)
    assert len(refusal.value.message) < 150
