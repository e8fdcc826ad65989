"""Whatever is sent is accepted as an object that fits the schema, or refused in Graph's terms: nothing else happens."""

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.tenant.rules import GraphFault, Ref, check_create, check_update, type_errors
from local.tenant.schema import COMPLEX, KINDS, Property, Writes
from tests.tenant_rules.bodies import CREATED
from tests.tenant_rules.memory import Memory

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["x", "", "All", "#microsoft.graph.iPv4CidrRange", "192.0.2.0/28", "enabled", "Dynamic"]),
    "bool": st.booleans(),
    "int": st.integers(0, 9),
    "datetime": st.just("2026-01-01T00:00:00Z"),
    "guid": st.just("11111111-2222-4333-8444-555555555555"),
    "binary": st.just("AAAA"),
    "float": st.floats(0, 9),
    "open": st.just({}),
    "any": _JSON,
}
_TYPES = st.sampled_from(["#microsoft.graph.ipNamedLocation", "#microsoft.graph.countryNamedLocation"])


@cache
def _complex(name: str) -> st.SearchStrategy[Any]:
    """Looked into when it is drawn from: some types contain themselves."""
    return st.deferred(lambda: st.fixed_dictionaries({}, optional=_each(COMPLEX[name].values())))


def _fitting(rule: Property) -> st.SearchStrategy[Any]:
    value = _complex(rule.type) if rule.type in COMPLEX else _VALUES[rule.type]
    if rule.collection:
        value = st.lists(value, max_size=2)
    return value | st.none() if rule.nullable else value


def _each(rules: Any) -> dict[str, st.SearchStrategy[Any]]:
    return {rule.name: _fitting(rule) for rule in rules}


_BODIES = {
    name: st.fixed_dictionaries(
        {},
        optional=_each(rule for rule in kind.properties.values() if rule.writes is not Writes.SERVER)
        | {"@odata.type": _TYPES},
    )
    for name, kind in KINDS.items()
    if kind.methods
}


@pytest.fixture(scope="module")
def shared() -> Memory:
    return Memory().load(20)


def _written(directory: Memory, kind: str, body: dict[str, Any], *, update: bool) -> dict[str, Any] | GraphFault:
    app = directory.one("application", displayName="Cargo API")
    parent = Ref("application", app["id"])
    try:
        if not update:
            base = next((dict(accepted) for known, accepted in CREATED if known == kind), {})
            return check_create(kind, {**base, **body}, directory, parent=parent)
        # as a store may keep it: what is null or empty is absent
        stored = directory.one(kind) if kind in directory.objects else {}
        current = {name: value for name, value in stored.items() if value not in (None, [])}
        before = copy.deepcopy(current)
        after = check_update(kind, current, body, directory, parent=parent)
        assert current == before
    except GraphFault as fault:
        return fault
    return after


def _check(kind: str, outcome: dict[str, Any] | GraphFault) -> None:
    if isinstance(outcome, GraphFault):
        assert 400 <= outcome.status < 500
        assert outcome.code
        assert outcome.message
    else:
        assert list(type_errors(KINDS[kind], outcome)) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(_BODIES)), update=st.booleans(), data=st.data())
def test_a_body_of_the_right_types(shared: Memory, kind: str, update: bool, data: st.DataObject) -> None:
    _check(kind, _written(shared, kind, data.draw(_BODIES[kind]), update=update))


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(sorted(_BODIES)), update=st.booleans(), data=st.data())
def test_a_body_of_any_json(shared: Memory, kind: str, update: bool, data: st.DataObject) -> None:
    names = st.sampled_from([*KINDS[kind].properties, "@odata.type", "members@odata.bind", "nonsense"])
    body = data.draw(st.dictionaries(names, _JSON, max_size=6))
    _check(kind, _written(shared, kind, body, update=update))
