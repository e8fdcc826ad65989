"""Microsoft's typed client, as a reader that had no part in writing it, reads every type from the emulated tenant and
from the fixtures. What its models do not know, lose or take for something else is explained, name by name."""

import inspect
import re

import pytest
from msgraph.generated.models.entity import Entity

from functions.catalogue import ENTRIES
from functions.catalogue.model import Fetch
from tests.typed.client import OF_ENTITY, fields_of_entity
from tests.typed.explained import REFUSED, WITHOUT_MODEL, explained
from tests.typed.models import WITHOUT_BUILDER, named
from tests.typed.reading import Seen

PLACES = {entry.key for entry in ENTRIES} | {
    f"{entry.key}.{relationship.name}"
    for entry in ENTRIES
    for relationship in entry.relationships
    if relationship.fetch is not Fetch.STREAM
}


def expect_explained(seen: Seen) -> None:
    known = explained()
    new = [f"{finding}, {where}" for finding, where in sorted(seen.found.items()) if finding not in known]
    if new:
        pytest.fail("Neither known to the models nor explained:\n" + "\n".join(new), pytrace=False)


def test_every_type_and_every_part_of_it_is_read_from_the_company(of_company: Seen) -> None:
    assert not of_company.failed
    assert of_company.refused == set(REFUSED)
    refused = {place for place in PLACES if place.partition(".")[0] in REFUSED}
    assert {place for place, count in of_company.counts.items() if count} == PLACES - refused


def test_every_type_and_every_part_of_it_is_read_from_the_fixtures(of_fixtures: Seen) -> None:
    assert not of_fixtures.failed
    assert not of_fixtures.refused
    assert {place for place, count in of_fixtures.counts.items() if count} == PLACES


def test_what_the_models_make_of_the_company_is_explained(of_company: Seen) -> None:
    expect_explained(of_company)


def test_what_the_models_make_of_the_fixtures_is_explained(of_fixtures: Seen) -> None:
    expect_explained(of_fixtures)


def test_every_explanation_is_of_something_that_occurs(of_company: Seen, of_fixtures: Seen) -> None:
    gone = explained().keys() - of_company.found.keys() - of_fixtures.found.keys()
    assert not sorted(map(str, gone))


def test_all_but_the_named_places_are_read_through_the_clients_own_builders(
    of_company: Seen, of_fixtures: Seen
) -> None:
    assert of_company.without_builder == of_fixtures.without_builder == set(WITHOUT_BUILDER)


def test_what_is_read_without_a_model_has_none() -> None:
    assert {name for name in WITHOUT_BUILDER.values() if named(name) is None} == set(WITHOUT_MODEL)


def test_an_entity_is_read_as_by_the_client_itself() -> None:
    source = inspect.getsource(OF_ENTITY)
    assert re.findall(r"^ +(\".+\": lambda .*),$", source, re.MULTILINE) == [
        """"id": lambda n : setattr(self, 'id', n.get_str_value())""",
        """"@odata.type": lambda n : setattr(self, 'odata_type', n.get_str_value())""",
    ]
    assert list(fields_of_entity(Entity())) == ["id", "@odata.type"]
    assert "super()" not in source


@pytest.mark.parametrize("kind", ["unknown", "lost", "subtype"])
def test_a_difference_of_each_kind_would_be_seen(of_company: Seen, kind: str) -> None:
    assert any(finding.kind == kind for finding in of_company.found)
