"""The description is valid OpenAPI 3.1, says all that the table says, and the blueprints register just that."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from functions.api.codes import CODES
from functions.api.openapi import description
from functions.api.table import CALLS
from functions.blueprints import http
from functions.catalogue import ENTRIES
from functions.catalogue.model import GUID_ID

GUID = "6f2b7d5e-0c1a-4e9b-8f3d-2a1b4c5d6e7f"
DOCUMENT: dict[str, Any] = json.loads(json.dumps(description(tuple(CALLS.values()), "https://lifeboat.example")))


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
    }


def registered() -> dict[str, tuple[str, str]]:
    found = {}
    for builder in http.bp._function_builders:
        function = builder.build()
        trigger = function.get_trigger().get_dict_repr()
        assert trigger["authLevel"].value == "anonymous"
        (method,) = trigger["methods"]
        found[function.get_function_name()] = (getattr(method, "value", method), f"/{trigger['route']}")
    return found


def valid(shape: str, instance: object) -> bool:
    schema = {"$ref": f"#/components/schemas/{shape}", "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(schema).is_valid(instance)


def test_the_description_is_openapi_3_1() -> None:
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(DOCUMENT)] == []


def test_every_schema_is_a_schema() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema)
        assert name in json.dumps(DOCUMENT["paths"]) + json.dumps(DOCUMENT["components"])


def test_every_reference_leads_somewhere() -> None:
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)):
        assert name in DOCUMENT["components"]["schemas"]


def test_blueprints_table_and_description_name_the_same_calls() -> None:
    table = {call.name: (call.method, f"/{call.route}") for call in CALLS.values()}
    assert registered() == table
    opaque = {f"/objects/{entry.key}/" for entry in ENTRIES if entry.id_pattern != GUID_ID}
    described = {
        (method, "/objects/{type}/" + path.split("/", 3)[3] if path.startswith(tuple(opaque)) else path)
        for method, path in operations()
    }
    assert described == set(table.values())


def test_each_type_is_described_with_the_ids_it_has() -> None:
    for entry in ENTRIES:
        template = "/objects/{type}/{id}" if entry.id_pattern == GUID_ID else f"/objects/{entry.key}/{{id}}"
        for path in (template, f"{template}/versions"):
            parameters = {one["name"]: one["schema"] for one in operations()["GET", path]["parameters"]}
            assert parameters["id"]["pattern"] == f"^{entry.id_pattern}$"
            assert "type" not in parameters or entry.key in parameters["type"]["enum"]


def test_on_a_laptop_no_token_is_asked_for() -> None:
    local = description(tuple(CALLS.values()), "http://127.0.0.1:7071", token=False)
    assert "security" not in local
    assert "securitySchemes" not in local["components"]
    assert DOCUMENT["security"] == [{"bearer": []}]


def test_links_lead_to_calls_and_give_all_their_path_takes() -> None:
    by_id = {operation["operationId"]: operation for operation in operations().values()}
    links = [
        link
        for operation in operations().values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert len(links) == 12
    for link in links:
        parameters = by_id[link["operationId"]]["parameters"]
        assert set(link["parameters"]) == {one["name"] for one in parameters if one["in"] == "path"}


def test_no_route_begins_with_what_the_platform_reserves() -> None:
    for call in CALLS.values():
        assert not call.route.startswith(("admin", "runtime"))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_every_code_of_a_call_is_described_under_its_status(call: Any) -> None:
    responses = operations()[call.method, f"/{call.route}"]["responses"]
    expected = {*call.codes, "notAuthenticated", "invalidPrincipal", "internalError", "invalidQuery"}
    if call.body is not None:
        expected |= {"invalidJson", "bodyTooLarge", "unsupportedMediaType"}
    for code in expected:
        response = responses[str(CODES[code].status)]
        assert f"`{code}`" in response["description"]
        assert "application/problem+json" in response["content"]


def test_the_description_of_a_plan_knows_the_catalogue() -> None:
    assert valid("MakePlan", {"type": "users", "id": GUID})
    assert valid("MakePlan", {"type": "users", "id": GUID, "properties": ["jobTitle"], "match": "exact"})
    assert valid("MakePlan", {"type": "groups", "id": GUID, "relationships": ["members"]})
    assert not valid("MakePlan", {"type": "deletedUsers", "id": GUID})
    assert not valid("MakePlan", {"type": "users", "id": "1"})
    assert not valid("MakePlan", {"type": "users", "id": GUID, "properties": ["createdDateTime"]})
    assert not valid("MakePlan", {"type": "users", "id": GUID, "relationships": ["members"]})
    assert not valid("MakePlan", {"type": "users", "id": GUID, "force": True})
    assert valid("MakePlan", {"objects": [{"type": "users", "id": GUID}, {"type": "groups", "id": GUID}]})
    assert valid("MakePlan", {"type": "users", "all": True, "match": "exact", "deleteAdded": True})
    assert valid("MakePlan", {"changes": {"from": "2026-11-22T020000Z"}, "references": ["groups"]})
    assert valid("MakePlan", {"tenant": True, "types": ["users"], "sourceTenant": GUID, "crossTenant": True})
    assert not valid("MakePlan", {"type": "users", "all": True, "deleteAdded": True})
    assert not valid("MakePlan", {"tenant": True, "crossTenant": True})
    assert not valid("MakePlan", {"tenant": True, "changes": {"from": "2026-11-22T020000Z"}})


def test_the_description_of_a_backup_knows_the_catalogue() -> None:
    assert valid("StartBackup", {})
    assert valid("StartBackup", {"types": [entry.key for entry in ENTRIES]})
    assert not valid("StartBackup", {"types": []})
    assert not valid("StartBackup", {"types": ["printers"]})
    assert not valid("StartBackup", {"types": ["users", "users"]})
    assert not valid("StartBackup", {"types": None})
