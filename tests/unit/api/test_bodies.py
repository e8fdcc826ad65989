"""Which bodies are taken. Every refusal has its code."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from functions.api.bodies import LARGEST, Body, StartBackup, read_body, restorable_properties
from functions.api.plan_body import MakePlan
from functions.catalogue import TYPES
from functions.catalogue.model import GUID_ID
from functions.errors import CallerError
from functions.restore.scope import PlanRequest, restorable

JSON = "application/json"
GUID = "6f2b7d5e-0c1a-4e9b-8f3d-2a1b4c5d6e7f"
DEEP = b"[" * 30_000 + b"]" * 30_000


def refusal(data: bytes, shape: type[Body] = MakePlan, content_type: str = JSON) -> tuple[int, str]:
    with pytest.raises(CallerError) as found:
        read_body(data, content_type, shape).checked(TYPES)
    return found.value.status, found.value.slug


def plan(**fields: object) -> bytes:
    return json.dumps({"type": "users", "id": GUID} | fields).encode()


def test_a_plan_is_read() -> None:
    body = read_body(
        plan(id=GUID.upper(), run="2026-11-22T020000Z", properties=["jobTitle"], relationships=[], match="exact"),
        "application/json; charset=utf-8",
        MakePlan,
    ).checked(TYPES)
    run = "2026-11-22T020000Z"
    assert body == MakePlan(type="users", id=GUID, run=run, properties=["jobTitle"], relationships=[], match="exact")
    assert body.subject() == f"users/{GUID}"


def test_absent_fields_are_unset_and_links_are_added_only() -> None:
    body = read_body(plan(), JSON, MakePlan).checked(TYPES)
    assert (body.run, body.properties, body.relationships, body.match) == (UNSET, UNSET, UNSET, "add")


@pytest.mark.parametrize("data", [b"", b"{}", b" {} "])
def test_no_body_is_an_empty_object(data: bytes) -> None:
    body = read_body(data, JSON if data else "", StartBackup).checked(TYPES)
    assert (body.types, body.subject()) == (UNSET, "enabled")


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_only_json_is_taken(content_type: str) -> None:
    assert refusal(plan(), content_type=content_type) == (415, "unsupportedMediaType")


def test_a_large_body_is_refused_before_it_is_read() -> None:
    assert refusal(b"x" * (LARGEST + 1), content_type="text/plain") == (413, "bodyTooLarge")
    assert refusal(b" " * (LARGEST - 2) + b"{}") == (400, "invalidBody")


NO_JSON = {
    "text": b"hello",
    "cut short": plan()[:-1],
    "more behind": plan() + b"{}",
    "a byte order mark": b"\xef\xbb\xbf" + plan(),
    "UTF-16": plan().decode().encode("utf-16"),
    "not UTF-8": b'{"type":"\xff"}',
    "half a surrogate pair": b'{"type":"users","id":"\\ud800"}',
    "a name twice": b'{"type":"users","type":"groups","id":"' + GUID.encode() + b'"}',
    "a name twice inside": plan()[:-1] + b',"x":{"a":1,"a":2}}',
    "NaN": plan(x=float("nan")),
    "a deep nest": DEEP,
    "a deep nest in a field": plan()[:-1] + b',"x":' + DEEP + b"}",
    "an endless number": b"[1" + b"0" * 5000 + b"]",
    "a comment": b"{/**/}",
}


@pytest.mark.parametrize("data", NO_JSON.values(), ids=NO_JSON.keys())
def test_what_is_not_plain_json_is_refused(data: bytes) -> None:
    assert refusal(data) == (400, "invalidJson")


WRONG = {
    "a list": (b"[]", "invalidBody"),
    "null": (b"null", "invalidBody"),
    "empty": (b"{}", "invalidBody"),
    "an unknown field": (plan(force=True), "invalidBody"),
    "a field in another case": (plan(Run="2026-11-22T020000Z"), "invalidBody"),
    "a number": (plan(type=1), "invalidBody"),
    "run null": (plan(run=None), "invalidBody"),
    "properties null": (plan(properties=None), "invalidBody"),
    "properties a string": (plan(properties="jobTitle"), "invalidBody"),
    "properties of numbers": (plan(properties=[1]), "invalidBody"),
    "properties twice": (plan(properties=["jobTitle", "jobTitle"]), "invalidBody"),
    "a wrong match": (plan(match="all"), "invalidBody"),
    "an unknown type": (plan(type="printers"), "unknownType"),
    "a type that is only read": (plan(type="deletedUsers"), "notRestorable"),
    "a read-only property": (plan(properties=["createdDateTime"]), "notRestorable"),
    "no property at all": (plan(properties=["jobTitle/x"]), "notRestorable"),
    "no such relationship": (plan(relationships=["memberOf"]), "notRestorable"),
    "a malformed id": (plan(id="1"), "malformedId"),
    "a malformed run": (plan(run=""), "malformedRunId"),
    "a run that cannot be": (plan(run="2026-02-30T000000Z"), "unknownRun"),
}


@pytest.mark.parametrize(("data", "code"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_plan_is_refused(data: bytes, code: str) -> None:
    assert refusal(data)[1] == code


WRONG_TYPES = {
    "none": ({"types": []}, "invalidBody"),
    "null": ({"types": None}, "invalidBody"),
    "a string": ({"types": "users"}, "invalidBody"),
    "twice": ({"types": ["users", "users"]}, "invalidBody"),
    "unknown": ({"types": ["users", "printers"]}, "unknownType"),
    "another field": ({"type": ["users"]}, "invalidBody"),
}


@pytest.mark.parametrize(("body", "code"), WRONG_TYPES.values(), ids=WRONG_TYPES.keys())
def test_wrong_types_are_refused(body: object, code: str) -> None:
    assert refusal(json.dumps(body).encode(), StartBackup)[1] == code


def test_what_a_plan_may_name_is_what_the_catalogue_may_write() -> None:
    for entry in TYPES.values():
        if entry.restore:
            assert not set(restorable_properties(entry)) & entry.read_only


@given(
    st.binary(max_size=100)
    | st.recursive(st.none() | st.text(max_size=5), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_no_bytes_make_anything_but_a_refusal(data: bytes) -> None:
    assert refusal(data)[0] == 400


def test_a_call_that_takes_nothing_takes_nothing() -> None:
    assert read_body(b"", "", Body).checked(TYPES).subject() == ""
    assert refusal(b'{"a":1}', Body) == (400, "invalidBody")


RUN = "2026-11-22T020000Z"
ONE = {"type": "users", "id": GUID}
SCOPES: dict[str, tuple[dict[str, object], str]] = {
    "one": (ONE, f"users/{GUID}"),
    "objects": ({"objects": [ONE, {"type": "groups", "id": GUID}]}, "2 objects"),
    "a type": ({"type": "users", "all": True}, "users: all"),
    "changes": ({"changes": {"from": RUN}}, f"changes {RUN} to newest"),
    "the tenant": ({"tenant": True, "types": ["users"]}, "tenant: users"),
}


@pytest.mark.parametrize(("body", "words"), SCOPES.values(), ids=SCOPES.keys())
def test_each_scope_is_read(body: dict[str, object], words: str) -> None:
    asked = read_body(json.dumps(body).encode(), JSON, MakePlan).checked(TYPES)
    assert asked.subject() == words
    again = msgspec.convert(asked.request().told(), PlanRequest)  # as it lies in the plan's row
    assert again == asked.request()


WRONG_SCOPES: dict[str, tuple[dict[str, object], str]] = {
    "none": ({}, "invalidBody"),
    "two": ({"tenant": True, **ONE}, "invalidBody"),
    "a type alone": ({"type": "users"}, "invalidBody"),
    "an id alone": ({"id": GUID}, "invalidBody"),
    "no objects": ({"objects": []}, "invalidBody"),
    "an object twice": ({"objects": [ONE, {"type": "users", "id": GUID.upper()}]}, "invalidBody"),
    "a malformed id among objects": ({"objects": [{"type": "users", "id": "../x"}]}, "malformedId"),
    "an object of a type that is only read": ({"objects": [{"type": "deletedUsers", "id": GUID}]}, "notRestorable"),
    "a type that is only read": ({"type": "deletedUsers", "all": True}, "notRestorable"),
    "all that is false": ({"type": "users", "all": False}, "invalidBody"),
    "types of one type": ({"type": "users", "all": True, "types": ["users"]}, "invalidBody"),
    "an unknown type among types": ({"tenant": True, "types": ["printers"]}, "unknownType"),
    "a run beside changes": ({"changes": {"from": RUN}, "run": RUN}, "invalidBody"),
    "a malformed run among changes": ({"changes": {"from": "yesterday"}}, "malformedRunId"),
    "properties of many types": ({"tenant": True, "properties": ["jobTitle"]}, "invalidBody"),
    "deleting without exact": ({"tenant": True, "deleteAdded": True}, "invalidBody"),
    "deleting beside one object": ({**ONE, "match": "exact", "deleteAdded": True}, "invalidBody"),
    "an unknown reference": ({**ONE, "references": ["printers"]}, "unknownType"),
    "a malformed reference": ({**ONE, "references": ["groups/../x"]}, "malformedId"),
    "another tenant that is none": ({**ONE, "sourceTenant": "contoso", "crossTenant": True}, "invalidBody"),
    "across no tenants": ({**ONE, "crossTenant": True}, "invalidBody"),
}


@pytest.mark.parametrize(("body", "code"), WRONG_SCOPES.values(), ids=WRONG_SCOPES.keys())
def test_a_wrong_scope_is_refused(body: dict[str, object], code: str) -> None:
    assert refusal(json.dumps(body).encode())[1] == code


def test_a_thousand_objects_fit_into_a_body() -> None:
    longest = max((entry.key for entry in TYPES.values() if restorable(entry) and entry.id_pattern == GUID_ID), key=len)
    objects = [{"type": longest, "id": f"6f2b7d5e-0c1a-4e9b-8f3d-{n:012d}"} for n in range(1000)]
    asked = read_body(json.dumps({"objects": objects}).encode(), JSON, MakePlan).checked(TYPES)
    assert len(asked.request().named) == 1000
    objects.append({"type": longest, "id": GUID})
    assert refusal(json.dumps({"objects": objects}, separators=(",", ":")).encode()) == (400, "invalidBody")
