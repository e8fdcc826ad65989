"""Laws over every kind of the emulated directory."""

import pytest

from local.tenant.schema import COMPLEX, KINDS, Held, Kind, Shown
from local.tenant.schema.notation import table

_PRIMITIVES = {"string", "bool", "int", "datetime", "guid", "binary", "open"}
_EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def test_the_kinds_are_those_the_product_backs_up() -> None:
    assert set(KINDS) == {
        "organization",
        "user",
        "group",
        "application",
        "servicePrincipal",
        "appRoleAssignment",
        "oAuth2PermissionGrant",
        "administrativeUnit",
        "scopedRoleMembership",
        "device",
        "unifiedRoleDefinition",
        "unifiedRoleAssignment",
        "conditionalAccessPolicy",
        "namedLocation",
        "federatedIdentityCredential",
        "extensionProperty",
    }


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
        targets = [KINDS[target] for target in rule.to if target != "orgContact"]
        assert targets
        assert bool(rule.via) == (rule.held in (Held.DERIVED, Held.OWN, Held.INVERSE))
        assert rule.held is Held.STORED or not rule.writable
        if rule.held is Held.DERIVED:
            assert all(rule.via in target.properties for target in targets)
        elif rule.held is Held.OWN:
            assert rule.via in kind.properties
            assert rule.single
        elif rule.held is Held.INVERSE:
            assert all(target.links[rule.via].held is Held.STORED for target in targets)
            assert all(kind.name in target.links[rule.via].to for target in targets)


@_EVERY
def test_a_kind_is_reached_and_paged(kind: Kind) -> None:
    assert kind.path or kind.parents
    assert kind.path.endswith(f"/{kind.collection}") or not kind.path
    assert 0 < kind.default_top <= kind.max_top
    assert kind.soft_delete == bool(kind.deleted_path)
    assert kind.properties["id"].writes == ("create" if "id" in kind.keys else "ro")
    assert set(kind.keys) <= kind.properties.keys()
    assert set(kind.blanked) <= kind.properties.keys()
    assert not set(kind.properties) & set(kind.links)


@_EVERY
def test_subtypes_share_the_other_properties(kind: Kind) -> None:
    for subtype, own in kind.subtypes.items():
        names = {rule.name for rule in kind.of_subtype(f"#microsoft.graph.{subtype}")}
        assert set(own) <= names
        assert "id" in names
        assert not names & {name for other, theirs in kind.subtypes.items() if other != subtype for name in theirs}


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
