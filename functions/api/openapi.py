"""The OpenAPI 3.1 description, made from the table of calls, the structs and the catalogue.

In: calls. Out: plain JSON.
"""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from functions import VERSION
from functions.api import params
from functions.api.bodies import StartBackup, restorable_properties, restorable_relationships
from functions.api.call import Call
from functions.api.codes import CODES
from functions.api.plan_body import MOST_OBJECTS, MakePlan
from functions.api.problem import CONTENT_TYPE, Problem
from functions.catalogue import ENTRIES
from functions.catalogue.model import GUID_ID, ObjectType
from functions.restore.scope import restorable

type Json = dict[str, Any]

_ALWAYS = ("notAuthenticated", "invalidPrincipal", "authenticationOff", "wrongTenant", "wrongAudience", "internalError")
_ALWAYS_CONFIGURED = ("invalidConfiguration",)
_OF_BODY = ("invalidJson", "invalidBody", "bodyTooLarge", "unsupportedMediaType")

# Where an answer leads: call → call → its parameters, taken from the answer.
_FOUND = {"type": "$request.path.type", "id": "$response.body#/objects/0/id"}
_MADE = {"planId": "$response.body#/planId"}
_LINKS: dict[str, dict[str, dict[str, str]]] = {
    "start_backup": {"show_backup": {"runId": "$response.body#/runId"}},
    "search_objects": {"show_object": _FOUND, "list_versions": _FOUND},
    "make_plan": {"show_plan": _MADE, "list_plan_items": _MADE, "apply_plan": _MADE, "issue_passwords": _MADE},
    "list_plans": {"show_plan": {"planId": "$response.body#/plans/0/planId"}},
}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "A Microsoft Entra access token for this app, checked by App Service Authentication",
}


def _type(keys: list[str]) -> tuple[str, Json]:
    return "An object type: a key of the catalogue", {"enum": keys}


def _id(pattern: str) -> tuple[str, Json]:
    return "The object's id in Microsoft Graph", {"type": "string", "pattern": f"^{pattern}$"}


_PARAMETERS: dict[str, tuple[str, Json]] = {
    "runId": ("The id of a run: its start in UTC", {"type": "string", "pattern": f"^{params.RUN_ID}$"}),
    "planId": ("The id of a plan", {"type": "string", "pattern": f"^{params.PLAN_ID}$"}),
    "type": _type([entry.key for entry in ENTRIES]),
    "name": ("The beginning of a name, in any case", {"type": "string", "pattern": f"^{params.NAME}$"}),
    "deleted": ("Only deleted objects (true), or only those that are there (false)", {"type": "boolean"}),
    "top": (
        "The most items of a page",
        {"type": "integer", "minimum": 1, "maximum": params.TOP_MOST, "default": params.TOP_DEFAULT},
    ),
    "cursor": ("`nextCursor` of the page before", {"type": "string", "pattern": f"^{params.CURSOR}$"}),
    "run": ("As of this run", {"type": "string", "pattern": f"^{params.RUN_ID}$"}),
    "from": ("The run to compare with", {"type": "string", "pattern": f"^{params.RUN_ID}$"}),
    "to": ("The run that is compared, by default the newest", {"type": "string", "pattern": f"^{params.RUN_ID}$"}),
    "to:live": (
        f"The run that is compared, by default the newest; `{params.LIVE}` for the tenant as it is now",
        {"type": "string", "pattern": f"^({params.RUN_ID}|{params.LIVE})$"},
    ),
    "page": (
        "Which page of the items",
        {"type": "integer", "minimum": 1, "maximum": params.PAGE_MOST, "default": 1},
    ),
    "outcome": ("Only items with a step that ended so", {"enum": list(params.OUTCOMES)}),
}


def description(calls: Sequence[Call[Any]], origin: str, *, token: bool = True) -> Json:
    """The whole description, as it is served from `origin`. `token`: callers send one; on a laptop nobody does."""
    paths: dict[str, Json] = {}
    for call in calls:
        for route, operation in _operations(call):
            paths.setdefault(f"/{route}", {})[call.method.lower()] = operation
    described: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "Lifeboat",
            "version": VERSION,
            "description": "Backup and restore of a Microsoft Entra ID tenant. Errors are problem details.",
        },
        "servers": [{"url": f"{origin}/api"}],
        "paths": paths,
        "components": {"schemas": _schemas(calls)},
    }
    if token:
        described["security"] = [{"bearer": []}]
        described["components"]["securitySchemes"] = {"bearer": _BEARER}
    return described


def _operations(call: Call[Any]) -> Iterator[tuple[str, Json]]:
    """The call by route. A type whose ids are no GUIDs has a route of its own: what an id looks like follows the type,
    and a description cannot make one parameter depend on another."""
    if not {"type", "id"} <= set(call.parts):
        yield call.route, _operation(call, call.name, dict(_PARAMETERS))
        return
    usual = [entry.key for entry in ENTRIES if entry.id_pattern == GUID_ID]
    yield call.route, _operation(call, call.name, _PARAMETERS | {"type": _type(usual), "id": _id(GUID_ID)})
    for entry in ENTRIES:
        if entry.key not in usual:
            known = {name: about for name, about in _PARAMETERS.items() if name != "type"}
            operation = _operation(call, f"{call.name}_{entry.key}", known | {"id": _id(entry.id_pattern)})
            yield call.route.replace("{type}", entry.key), operation


def _operation(call: Call[Any], name: str, known: dict[str, tuple[str, Json]]) -> Json:
    role = " or ".join(call.roles)
    operation: Json = {
        "operationId": name,
        "summary": call.summary,
        "description": f"Needs the role {role}." if role else "Needs no role.",
        "responses": {
            **{str(status): _answer(call, status, shape) for status, shape in call.answers.items()},
            **_problems(call),
        },
    }
    parameters = [_parameter(call, part, *known[part]) for part in (*call.parts, *call.query) if part in known]
    if parameters:
        operation["parameters"] = parameters
    if call.body is not None:
        operation["requestBody"] = {
            "required": call.body_needed,
            "content": {"application/json": {"schema": _ref(call.body)}},
        }
    return operation


def _parameter(call: Call[Any], name: str, about: str, schema: Json) -> Json:
    inside = name in call.parts
    return {
        "name": name.partition(":")[0],
        "in": "path" if inside else "query",
        "required": inside,
        "description": about,
        "schema": schema,
    }


def _answer(call: Call[Any], status: int, shape: type[msgspec.Struct] | None) -> Json:
    answer: Json = {
        "description": HTTPStatus(status).phrase,
        "content": {"application/json": {"schema": _ref(shape) if shape else {"type": "object"}}},
    }
    if call.name in _LINKS:
        answer["links"] = {
            to: {"operationId": to, "parameters": parameters} for to, parameters in _LINKS[call.name].items()
        }
    if call.located:
        answer["headers"] = {"Location": {"required": True, "schema": {"type": "string", "format": "uri"}}}
    return answer


def _problems(call: Call[Any]) -> Json:
    slugs = [*_ALWAYS, *_ALWAYS_CONFIGURED, "invalidQuery", *call.codes]
    slugs += _OF_BODY if call.body is not None else ()
    slugs += ("missingRole",) if call.roles else ()
    slugs += ("restoreDisabled",) if call.restores else ()
    by_status: dict[int, list[str]] = {}
    for slug in slugs:
        by_status.setdefault(CODES[slug].status, []).append(slug)
    return {
        str(status): {
            "description": " · ".join(f"`{slug}`" for slug in sorted(found)),
            "content": {CONTENT_TYPE: {"schema": _ref(Problem)}},
        }
        for status, found in sorted(by_status.items())
    }


def _ref(shape: type[msgspec.Struct]) -> Json:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _schemas(calls: Sequence[Call[Any]]) -> Json:
    """Every struct of the table, by name. Two bodies say more than a struct can: which names the catalogue has."""
    shapes = {shape for call in calls for shape in call.answers.values() if shape}
    shapes |= {call.body for call in calls if call.body is not None} | {Problem}
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    types = schemas[StartBackup.__name__]["properties"]["types"]
    types |= {"items": {"enum": [entry.key for entry in ENTRIES]}, "uniqueItems": True}
    schemas[MakePlan.__name__] = {
        "title": MakePlan.__name__,
        "description": MakePlan.__doc__,
        "oneOf": [*(_plan_of(entry) for entry in ENTRIES if restorable(entry)), *_plans_of_many()],
    }
    return schemas


def _plan_of(entry: ObjectType) -> Json:
    """A plan for one object, or all, of a type."""
    names = {
        "properties": restorable_properties(entry),
        "relationships": restorable_relationships(entry),
    }
    chosen = {
        what: {"type": "array", "items": {"enum": known} if known else False, "uniqueItems": True}
        for what, known in names.items()
    }
    run = {"run": _PARAMETERS["run"][1]}
    one = {"id": _id(entry.id_pattern)[1], **run, **chosen}
    every = {"all": {"const": True}, **run, **chosen, "deleteAdded": {"type": "boolean"}}
    title, kind = entry.title, {"type": {"const": entry.key}}
    return {
        "oneOf": [
            _scope(title, {**kind, **one}, "type", "id"),
            _scope(f"{title}: all", {**kind, **every}, "type", "all"),
        ]
    }


def _plans_of_many() -> list[Json]:
    run = _PARAMETERS["run"][1]
    some = {"type": "array", "items": {"enum": _restorable()}, "uniqueItems": True, "minItems": 1}
    delete = {"deleteAdded": {"type": "boolean"}}
    ref: Json = {
        "type": "object",
        "required": ["type", "id"],
        "additionalProperties": False,
        "properties": {"type": {"enum": _restorable()}, "id": {"type": "string"}},
    }
    objects = {"type": "array", "items": ref, "minItems": 1, "maxItems": MOST_OBJECTS, "uniqueItems": True}
    between: Json = {
        "type": "object",
        "required": ["from"],
        "additionalProperties": False,
        "properties": {"from": run, "to": run, "types": some},
    }
    return [
        _scope("Objects", {"objects": objects, "run": run}, "objects"),
        _scope("Changes", {"changes": between, **delete}, "changes"),
        _scope("Tenant", {"tenant": {"const": True}, "types": some, "run": run, **delete}, "tenant"),
    ]


def _scope(title: str, properties: Json, *required: str) -> Json:
    references: Json = {
        "oneOf": [{"enum": ["all", "none"]}, {"type": "array", "items": {"type": "string"}, "uniqueItems": True}],
        "default": "all",
    }
    tenant = {"type": "string", "pattern": f"^{GUID_ID}$"}
    options = {
        "match": {"enum": ["add", "exact"], "default": "add"},
        "references": references,
        "state": {"enum": ["reportOnly", "asRecorded"], "default": "reportOnly"},
        "sourceTenant": tenant,
        "crossTenant": {"type": "boolean", "default": False},
    }
    return {
        "title": title,
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**properties, **options},
        "dependentRequired": {"crossTenant": ["sourceTenant"]},
        "if": {"properties": {"deleteAdded": {"const": True}}, "required": ["deleteAdded"]},
        "then": {"properties": {"match": {"const": "exact"}}, "required": ["match"]},
    }


def _restorable() -> list[str]:
    return [entry.key for entry in ENTRIES if restorable(entry)]
