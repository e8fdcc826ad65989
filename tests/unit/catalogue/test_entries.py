"""Laws over the entries themselves. Each walks all of them and reports every offender at once."""

import re
from collections import Counter

import pytest

from functions.catalogue import ENTRIES, TYPES, restore_order, type_named
from functions.catalogue.licences import PLANS
from functions.catalogue.model import Fetch, Outcome, Preset, Read
from functions.errors import CallerError

SCOPE = re.compile(r"[A-Z][A-Za-z-]*(\.[A-Z][A-Za-z0-9]*){2,3}|[A-Z][A-Za-z]*\.[A-Z][A-Za-z]*")
CLOUDS = {"global", "usGov", "usGovDoD", "china"}


def test_keys_are_unique_and_can_name_a_file_and_a_route():
    assert [key for key, count in Counter(entry.key for entry in ENTRIES).items() if count > 1] == []
    assert [entry.key for entry in ENTRIES if not re.fullmatch(r"[a-z][A-Za-z0-9]{3,62}", entry.key)] == []
    assert [key for key, count in Counter(entry.title for entry in ENTRIES).items() if count > 1] == []


def test_two_types_never_read_the_same():
    """Unless they differ in what they ask for, one of them would be a copy of the other."""
    reads = Counter((e.api, e.path, e.filter, e.select, e.read) for e in ENTRIES)
    assert [read for read, count in reads.items() if count > 1] == []


def test_paths_are_absolute_and_hold_no_query():
    assert [e.key for e in ENTRIES if not re.fullmatch(r"(/[A-Za-z0-9_.{}-]+)+", e.path)] == []
    assert [e.key for e in ENTRIES if e.parent and not re.fullmatch(r"(/[A-Za-z0-9_.]+)+", e.parent)] == []
    assert [e.key for e in ENTRIES if {e.api, e.parent_api} - {"v1.0", "beta"}] == []
    names = {e.key: set(re.findall(r"{(\w+)}", e.path + e.filter)) for e in ENTRIES}
    assert {key: found for key, found in names.items() if found - {"parent", "tenant"}} == {}


def test_a_way_of_reading_has_what_it_needs_and_nothing_else():
    offenders = []
    for entry in ENTRIES:
        children, each = entry.read is Read.CHILDREN, entry.read is Read.EACH
        checks = {
            "parent": bool(entry.parent) is children,
            "{parent}": ("{parent}" in entry.path + entry.filter) is children,
            "parent_id": entry.parent_id == "id" or children,
            "parent_api": entry.parent_api == "v1.0" or children,
            "detail": not entry.detail or each,
            "only_with": not entry.only_with
            or (each and entry.only_with in entry.select and entry.select == entry.detail and not entry.expand),
            "time": bool(entry.time) is (entry.read is Read.LOG),
            "identity": bool(entry.identity) or entry.read is Read.ONE,
            "page_size": not entry.page_size or entry.read is not Read.ONE,
            "also_beta": not entry.also_beta or (entry.read is Read.LIST and entry.api == "v1.0"),
            "relationships": not entry.relationships or (entry.read is not Read.LOG and "{parent}" not in entry.path),
        }
        offenders += [(entry.key, name) for name, holds in checks.items() if not holds]
    assert offenders == []


def test_relationships_are_fetched_in_a_way_that_exists():
    offenders = []
    for entry in ENTRIES:
        names = Counter(link.name for link in entry.relationships)
        offenders += [(entry.key, name) for name, count in names.items() if count > 1]
        for link in entry.relationships:
            whole = link.contained or link.fetch is Fetch.STREAM
            checks = {
                "expand without containing": not link.expand or link.contained,
                "expanded and elsewhere": link.fetch is not Fetch.EXPAND or not (link.path or link.only or link.bucket),
                "a stream is contained": link.fetch is not Fetch.STREAM or link.contained,
                "select of what is read whole": not whole or link.select in ((), ("id",)),
                "also inside the object": link.name not in {name.partition("(")[0] for name in entry.expand},
            }
            offenders += [(entry.key, link.name, name) for name, holds in checks.items() if not holds]
    assert offenders == []


def test_extras_ask_for_more_than_the_list_does():
    offenders = [
        (entry.key, extra.select)
        for entry in ENTRIES
        for extra in entry.extras
        if not extra.read_scopes or not extra.select or set(extra.select) & set(entry.select) or not entry.select
    ]
    assert offenders == []
    assert [e.key for e in ENTRIES if e.extension_values and not e.select] == []


def test_licences_are_known_by_their_plans():
    named = {(e.key, e.licence) for e in ENTRIES} | {(e.key, extra.licence) for e in ENTRIES for extra in e.extras}
    assert [pair for pair in sorted(named) if pair[1] and pair[1] not in PLANS] == []
    assert [name for name, plans in PLANS.items() if not plans] == []


def test_secrets_are_kept_apart_and_off_by_default():
    assert [e.key for e in ENTRIES if e.private and e.preset is not Preset.EVERYTHING] == []


def test_a_recycle_bin_is_a_type_of_its_own():
    assert [(e.key, e.bin) for e in ENTRIES if e.bin and e.bin not in TYPES] == []


def test_presets_hold_one_another_and_each_has_something():
    count = Counter(entry.preset for entry in ENTRIES)
    assert all(count[preset] for preset in Preset)


def test_dependencies_exist_and_come_first():
    missing = {entry.key: set(entry.depends_on) - set(TYPES) for entry in ENTRIES}
    assert {key: names for key, names in missing.items() if names} == {}
    order = restore_order()  # raises CycleError for a cycle
    assert sorted(order) == sorted(TYPES)
    late = [(e.key, name) for e in ENTRIES for name in e.depends_on if order.index(name) > order.index(e.key)]
    assert late == []


def test_what_references_lead_to_is_said_of_references_only():
    """A place is looked up in the types it leads to, or known to lead anywhere; never both."""
    offenders = []
    for entry in ENTRIES:
        places = {*entry.leads_to, *entry.elsewhere}
        offenders += [(entry.key, place) for place in places - set(entry.references)]
        offenders += [(entry.key, place) for place in entry.elsewhere & set(entry.leads_to)]
        offenders += [(entry.key, place) for place, types in entry.leads_to.items() if set(types) - set(TYPES)]
        offenders += [(entry.key, place) for place, types in entry.leads_to.items() if not types]
        contained = [link for link in entry.relationships if link.contained]
        offenders += [(entry.key, link.name) for link in contained if link.type != "directoryObject"]
    assert offenders == []


def test_a_reference_leads_somewhere():
    """Without a type to lead to, an id of another object would be told as dangling whatever was read."""
    offenders = [
        (entry.key, place)
        for entry in ENTRIES
        for place in set(entry.references) - entry.elsewhere - set(entry.leads_to)
        if not entry.depends_on
    ]
    assert offenders == []


def test_restore_order_brings_what_policies_name_before_the_policies():
    order = restore_order()
    place = order.index("conditionalAccessPolicies")
    assert {"users", "groups", "applications", "roleDefinitions", "namedLocations"} <= set(order[:place])
    assert order.index("users") < order.index("groups") < order.index("roleAssignments")
    assert order.index("applications") < order.index("servicePrincipals") < order.index("appRoleAssignments")


def test_scopes_are_named_and_well_formed():
    without = [entry.key for entry in ENTRIES if not entry.read_scopes]
    without += [f"{e.key}/{link.name}" for e in ENTRIES for link in e.relationships if not link.read_scopes]
    assert without == []
    scopes = {scope for e in ENTRIES for scope in e.read_scopes}
    scopes |= {scope for e in ENTRIES for part in (*e.relationships, *e.extras) for scope in part.read_scopes}
    assert [scope for scope in sorted(scopes) if not SCOPE.fullmatch(scope)] == []


def test_reading_needs_no_permission_to_write():
    scopes = {(e.key, scope) for e in ENTRIES for scope in e.read_scopes}
    scopes |= {(e.key, scope) for e in ENTRIES for part in (*e.relationships, *e.extras) for scope in part.read_scopes}
    assert [pair for pair in sorted(scopes) if "Write" in pair[1]] == []


def test_select_names_the_id_and_nothing_twice():
    twice = {e.key: [name for name, n in Counter(e.select).items() if n > 1] for e in ENTRIES}
    assert {key: names for key, names in twice.items() if names} == {}
    assert [entry.key for entry in ENTRIES if entry.select and entry.identity not in entry.select] == []


def test_a_property_unknown_in_a_cloud_is_selected_elsewhere_only():
    unknown = [(e.key, cloud) for e in ENTRIES for cloud in (*e.missing_in, *e.missing_properties)]
    assert [pair for pair in unknown if pair[1] not in CLOUDS] == []
    never = {e.key: set().union(*e.missing_properties.values()) - set(e.select) for e in ENTRIES}
    assert {key: names for key, names in never.items() if names} == {}
    for entry in ENTRIES:
        assert entry.select_in("global") == entry.select
        for cloud, names in entry.missing_properties.items():
            assert set(entry.select_in(cloud)) == set(entry.select) - names


def test_every_tolerated_refusal_is_an_outcome_with_a_remedy():
    tolerable = {Outcome.REFUSED, Outcome.UNLICENSED, Outcome.UNAVAILABLE}
    offenders = [(e.key, rule) for e in ENTRIES for rule in e.tolerates if not rule.remedy.strip()]
    offenders += [(e.key, rule) for e in ENTRIES for rule in e.tolerates if rule.outcome not in tolerable]
    assert offenders == []
    assert [entry.key for entry in ENTRIES if not any(rule.status == 403 for rule in entry.tolerates)] == []


def test_no_refusal_hides_behind_a_broader_one():
    """Rules are tried in order, so one that an earlier rule already covers would never be reached."""
    hidden = [
        (entry.key, rule)
        for entry in ENTRIES
        for place, rule in enumerate(entry.tolerates)
        for earlier in entry.tolerates[:place]
        if earlier.status == rule.status and earlier.code in ("", rule.code) and earlier.text in ("", rule.text)
    ]
    assert hidden == []


def test_a_type_that_can_be_unlicensed_names_its_licence():
    offenders = [
        entry.key
        for entry in ENTRIES
        if bool(entry.licence) is not any(rule.outcome is Outcome.UNLICENSED for rule in entry.tolerates)
    ]
    assert offenders == []


def test_entries_can_be_keys():
    assert len(set(ENTRIES)) == len(ENTRIES)


def test_a_pattern_of_ids_lets_nothing_out_of_its_segment():
    """An id goes into paths, filters and keys: whatever ends a segment, a string or a key must not match."""
    nasty = (
        "",
        "..",
        ".",
        "a/b",
        "a\\b",
        "a?b",
        "a#b",
        "a b",
        "a'b",
        "a%2fb",
        "a&b",
        "../a",
        "a\n",
        "\x00",
        "a" * 1100,
    )
    offenders = [(e.key, text) for e in ENTRIES for text in nasty if re.fullmatch(e.id_pattern, text)]
    assert offenders == []


def test_an_unknown_type_is_the_callers_mistake():
    assert type_named("users") is TYPES["users"]
    with pytest.raises(CallerError) as refusal:
        type_named("user/../secrets")
    assert (refusal.value.status, refusal.value.slug) == (404, "unknownType")
    assert "secrets" not in refusal.value.message + refusal.value.remedy
    assert "users" in refusal.value.remedy


def test_types_cannot_be_changed_by_a_reader():
    with pytest.raises(TypeError):
        TYPES["users"] = TYPES["groups"]  # type: ignore[index]
