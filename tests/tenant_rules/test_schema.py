"""Laws over every kind of the emulated directory."""

import pytest

from local.tenant.schema import COMPLEX, KINDS, Held, Kind, Shown
from local.tenant.schema.notation import table

_PRIMITIVES = {"string", "bool", "int", "float", "datetime", "guid", "binary", "open", "any"}
_EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_every_kind_has_a_path_or_a_link_that_leads_to_it() -> None:
    led_to = {target for kind in KINDS.values() for rule in kind.links.values() for target in rule.to}
    assert {kind.name for kind in KINDS.values() if not kind.path} <= led_to
    assert len({kind.path for kind in KINDS.values() if kind.path}) == sum(bool(kind.path) for kind in KINDS.values())


def test_every_type_that_is_named_exists() -> None:
    rules = [
        rule
        for fields in (*(kind.properties for kind in KINDS.values()), *COMPLEX.values())
        for rule in fields.values()
    ]
    assert {rule.type for rule in rules} <= _PRIMITIVES | COMPLEX.keys()
    assert len(rules) > 400


def test_every_complex_type_is_used() -> None:
    used = {rule.type for kind in KINDS.values() for rule in kind.properties.values()}
    used |= {rule.type for fields in COMPLEX.values() for rule in fields.values()}
    assert used >= COMPLEX.keys()


@_EVERY
def test_links_lead_to_kinds_and_say_where_they_come_from(kind: Kind) -> None:
    for name, rule in kind.links.items():
        assert name == rule.name
        targets = [KINDS[target] for target in rule.to]
        assert bool(targets) != rule.stream
        assert bool(rule.via) == (rule.stream or rule.held in (Held.DERIVED, Held.OWN, Held.INVERSE))
        assert rule.held in (Held.STORED, Held.INVERSE) or not rule.writable
        if rule.stream:
            assert kind.properties[rule.via].shown is Shown.NEVER
        elif rule.held is Held.DERIVED:
            assert all(rule.via in target.properties for target in targets)
        elif rule.held is Held.OWN:
            assert rule.via in kind.properties
            assert rule.single
        elif rule.held is Held.INVERSE:
            assert all(target.links[rule.via].held is Held.STORED for target in targets)
            assert all(kind.name in target.links[rule.via].to for target in targets)


@_EVERY
def test_a_kind_is_reached_and_paged(kind: Kind) -> None:
    assert kind.singleton or kind.path.endswith(f"/{kind.collection}") or not kind.path
    assert 0 < kind.default_top <= kind.max_top
    assert kind.soft_delete == bool(kind.deleted_path)
    assert "id" not in kind.properties or "id" in kind.keys or kind.properties["id"].writes == "ro" or not kind.methods
    assert not kind.key_property or kind.key_property in kind.properties
    assert kind.singleton or kind.key_property or not kind.path
    assert set(kind.keys) <= kind.properties.keys()
    assert set(kind.blanked) <= kind.properties.keys()
    assert not set(kind.properties) & set(kind.links)


@_EVERY
def test_subtypes_share_the_other_properties(kind: Kind) -> None:
    for subtype, own in kind.subtypes.items():
        names = {rule.name for rule in kind.of_subtype(f"#microsoft.graph.{subtype}")}
        assert set(own) <= names
        assert not kind.key_property or kind.key_property in names
        others = {name for other, theirs in kind.subtypes.items() if other != subtype for name in theirs}
        assert not names & (others - set(own))


def test_a_user_shows_twelve_properties_unasked() -> None:
    assert set(KINDS["user"].defaults) == {
        "id",
        "businessPhones",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "securityIdentifier",
        "surname",
        "userPrincipalName",
    }


def test_what_needs_a_permission_of_its_own_or_a_single_object_is_never_shown_unasked() -> None:
    for kind in KINDS.values():
        for rule in kind.properties.values():
            if rule.needs or rule.shown is Shown.SINGLE or rule.beta:
                assert rule.name not in kind.defaults


def test_a_table_with_an_unknown_word_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown word 'readonly'"):
        table("id guid readonly")
