"""The real catalogue, over objects in Graph's own shape: what a plan would send for each."""

import json
from pathlib import Path

import pytest

from functions.catalogue import TYPES
from functions.core.plan import Choice, LiveState
from functions.core.plan_make import RULES, plan
from tests.unit.restore.entries import FRAME

RESTORABLE = [entry for entry in TYPES.values() if entry.restore is not None]
FIXTURES = Path(__file__).parents[2] / "fixtures" / "graph"


def objects(key: str):
    pages = json.loads((FIXTURES / f"{key}.json").read_text())["pages"]
    return [thing for page in pages for thing in page["value"]]


def made(entry, record, state):
    return plan(record, state, Choice(type=entry.key, id=record["id"], mode="exact"), entry, {}, FRAME)


@pytest.mark.parametrize("entry", RESTORABLE, ids=lambda entry: entry.key)
def test_every_restorable_type_has_rules_and_a_body_that_graph_may_take(entry):
    assert entry.key in RULES
    bodies = 0
    for thing in objects(entry.key):
        record = {**thing, "@relationships": {relationship.name: [] for relationship in entry.relationships}}
        for state in (
            LiveState(id=record["id"], standing="gone"),
            LiveState(
                id=record["id"], standing="live", object={"id": record["id"], "@odata.type": thing.get("@odata.type")}
            ),
        ):
            for step in made(entry, record, state).steps:
                bodies += 1
                allowed = entry.restore.create if step.action == "create" else entry.restore.update
                assert set(step.body) <= allowed | {"@odata.type"}
                assert not set(step.body) & entry.read_only
                assert not any("@odata.context" in key for key in json.dumps(step.body).split('"'))
    assert bodies


@pytest.mark.parametrize("entry", RESTORABLE, ids=lambda entry: entry.key)
def test_an_object_equal_to_its_record_needs_nothing(entry):
    for thing in objects(entry.key):
        record = {**thing, "@relationships": {relationship.name: [] for relationship in entry.relationships}}
        assert made(entry, record, LiveState(id=record["id"], standing="live", object=thing)).steps == ()


def test_no_password_is_ever_in_a_plan():
    for thing in objects("users"):
        profile = {"passwordProfile": {"password": "Recorded-by-mistake-1", "forceChangePasswordNextSignIn": False}}
        planned = made(TYPES["users"], {**thing, **profile}, LiveState(id=thing["id"], standing="gone"))
        assert "Recorded-by-mistake-1" not in json.dumps([step.body for step in planned.steps])
        assert "Recorded-by-mistake-1" not in json.dumps([step.after for step in planned.steps])
