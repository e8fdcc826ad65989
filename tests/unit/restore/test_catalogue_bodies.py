"""The real catalogue, over objects in Graph's own shape: what a plan would send for each."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from functions.catalogue import TYPES
from functions.core.plan import LiveState
from tests.unit.restore.entries import planned

RESTORABLE = [entry for entry in TYPES.values() if entry.restore is not None]
FIXTURES = Path(__file__).parents[2] / "fixtures" / "graph"


def objects(key: str):
    pages = json.loads((FIXTURES / f"{key}.json").read_text())["pages"]
    return [thing for page in pages for thing in page.get("value", [page])]


def made(entry, record, state):
    return planned(entry, record, state, mode="exact")


def allowed(entry, step):
    """What may stand in the body of a step, or None for a call, which the rules of the type make up."""
    if step.action in ("create", "update", "clearProperty"):
        return entry.restore.create | entry.restore.update | {"@odata.type"}
    links = {relationship.name: relationship for relationship in entry.relationships}
    if step.action in ("addPart", "changePart"):
        return links[step.link].part.create | links[step.link].part.update | {"@odata.type"}
    return {"@odata.id", f"{step.link}@odata.bind"} if step.action in ("addLinks", "setLink") else None


def recorded(entry, thing):
    return {**thing, "@relationships": {relationship.name: [] for relationship in entry.relationships}}


def states(entry, record):
    identity = record.get(entry.identity) or entry.key
    bare = {key: record[key] for key in ("@odata.type", entry.identity) if key in record}
    parts = {relationship.name: () for relationship in entry.relationships}
    return (
        LiveState(id=identity, standing="gone"),
        LiveState(id=identity, standing="live", object=bare, parts=parts),
    )


@pytest.mark.parametrize("entry", RESTORABLE, ids=lambda entry: entry.key)
def test_every_body_holds_only_what_the_entry_lets_be_written(entry):
    for thing in objects(entry.key):
        record = recorded(entry, thing)
        for state in states(entry, record):
            for step in made(entry, record, state).steps:
                may = allowed(entry, step)
                if may is None:
                    continue
                assert set(step.body) & record.keys() <= may
                assert not set(step.body) & (entry.read_only - may)
                assert not any("@odata.context" in key for key in json.dumps(step.body).split('"'))


@pytest.mark.parametrize("entry", RESTORABLE, ids=lambda entry: entry.key)
def test_an_object_equal_to_its_record_needs_nothing(entry):
    for thing in objects(entry.key):
        record = recorded(entry, thing)
        there = states(entry, record)[1]
        assert made(entry, record, replace(there, object=thing)).steps == ()


def test_no_password_is_ever_in_a_plan():
    for thing in objects("users"):
        profile = {"passwordProfile": {"password": "Recorded-by-mistake-1", "forceChangePasswordNextSignIn": False}}
        found = made(TYPES["users"], {**thing, **profile}, LiveState(id=thing["id"], standing="gone"))
        assert "Recorded-by-mistake-1" not in json.dumps([step.body for step in found.steps])
        assert "Recorded-by-mistake-1" not in json.dumps([step.after for step in found.steps])
