"""Laws over the entries themselves. Each walks all of them and reports every offender at once."""

import re
from collections import Counter

import pytest

from functions.catalogue import ENTRIES, TYPES, restore_order, type_named
from functions.catalogue.model import GUID_ID, OPAQUE_ID, Outcome, Read
from functions.errors import CallerError

# Graph says "policies" and "appRoleAssignedTo", which name nothing outside their path.
KEYS_UNLIKE_THEIR_PATH = {"conditionalAccessPolicies": "policies", "appRoleAssignments": "appRoleAssignedTo"}
SCOPE = re.compile(r"[A-Z][A-Za-z-]*(\.[A-Z][A-Za-z]*){2,3}|[A-Z][A-Za-z]*\.[A-Z][A-Za-z]*")
CLOUDS = {"global", "usGov", "usGovDoD", "china"}


def test_keys_are_unique_and_equal_the_last_segment_of_the_path():
    assert [key for key, count in Counter(entry.key for entry in ENTRIES).items() if count > 1] == []
    found = {entry.key: entry.path.rpartition("/")[2] for entry in ENTRIES}
    assert {key: last for key, last in found.items() if key != last} == KEYS_UNLIKE_THEIR_PATH


def test_paths_are_absolute_and_only_children_have_a_parent():
    assert [e.key for e in ENTRIES if e.path.startswith("/") is (e.read is Read.CHILDREN)] == []
    assert [e.key for e in ENTRIES if bool(e.parent) is not (e.read is Read.CHILDREN)] == []


def test_dependencies_exist_and_come_first():
    missing = {entry.key: set(entry.depends_on) - set(TYPES) for entry in ENTRIES}
    assert {key: names for key, names in missing.items() if names} == {}
    order = restore_order()  # raises CycleError for a cycle
    assert sorted(order) == sorted(TYPES)
    late = [(e.key, name) for e in ENTRIES for name in e.depends_on if order.index(name) > order.index(e.key)]
    assert late == []


def test_restore_order_brings_what_policies_name_before_the_policies():
    order = restore_order()
    assert order[-1] == "conditionalAccessPolicies"
    assert order.index("users") < order.index("groups") < order.index("roleAssignments")
    assert order.index("applications") < order.index("servicePrincipals") < order.index("appRoleAssignments")


def test_scopes_are_named_and_well_formed():
    without = [entry.key for entry in ENTRIES if not entry.read_scopes]
    without += [f"{e.key}/{link.name}" for e in ENTRIES for link in e.relationships if not link.read_scopes]
    without += [f"{e.key} (write)" for e in ENTRIES if e.restore and not e.restore.write_scopes]
    assert without == []
    scopes = {scope for e in ENTRIES for scope in (*e.read_scopes, *(e.restore.write_scopes if e.restore else ()))}
    scopes |= {scope for e in ENTRIES for link in e.relationships for scope in link.read_scopes}
    assert [scope for scope in sorted(scopes) if not SCOPE.fullmatch(scope)] == []


def test_reading_needs_no_permission_to_write():
    scopes = {(e.key, scope) for e in ENTRIES for scope in e.read_scopes}
    scopes |= {(e.key, scope) for e in ENTRIES for link in e.relationships for scope in link.read_scopes}
    assert [pair for pair in sorted(scopes) if "Write" in pair[1]] == []


def test_select_names_the_id_and_nothing_twice():
    twice = {e.key: [name for name, n in Counter(e.select).items() if n > 1] for e in ENTRIES}
    assert {key: names for key, names in twice.items() if names} == {}
    assert [entry.key for entry in ENTRIES if entry.select and "id" not in entry.select] == []


def test_a_property_unknown_in_a_cloud_is_selected_elsewhere_only():
    unknown = [(e.key, cloud) for e in ENTRIES for cloud in (*e.missing_in, *e.missing_properties)]
    assert [pair for pair in unknown if pair[1] not in CLOUDS] == []
    never = {e.key: set().union(*e.missing_properties.values()) - set(e.select) for e in ENTRIES}
    assert {key: names for key, names in never.items() if names} == {}
    for entry in ENTRIES:
        assert entry.select_in("global") == entry.select
        for cloud, names in entry.missing_properties.items():
            assert set(entry.select_in(cloud)) == set(entry.select) - names


def test_every_selected_property_of_a_restorable_type_is_written_or_declared_read_only():
    def offenders(entry):
        writable = entry.restore.create | entry.restore.update
        return sorted((set(entry.select) - writable - entry.read_only) | (writable & entry.read_only))

    found = {entry.key: offenders(entry) for entry in ENTRIES if entry.restore}
    assert {key: names for key, names in found.items() if names} == {}


def test_no_read_only_or_volatile_property_reaches_a_body():
    def offenders(entry):
        kept = entry.read_only | {path.partition(".")[0] for path in entry.volatile}
        return sorted(kept & (entry.restore.create | entry.restore.update))

    found = {entry.key: offenders(entry) for entry in ENTRIES if entry.restore}
    assert {key: names for key, names in found.items() if names} == {}


def test_what_graph_never_takes_is_read_only_everywhere():
    """id, stamps and deletedDateTime are refused in any body, whatever the type."""
    always = {"id", "createdDateTime", "deletedDateTime", "modifiedDateTime", "renewedDateTime"}
    found = {e.key: always & (e.restore.create | e.restore.update) for e in ENTRIES if e.restore}
    assert {key: names for key, names in found.items() if names} == {}


def test_what_graph_computes_or_another_service_masters_is_read_only():
    computed = {
        "users": """assignedLicenses assignedPlans authorizationInfo creationType externalUserState
            externalUserStateChangeDateTime imAddresses isManagementRestricted isResourceAccount
            lastPasswordChangeDateTime legalAgeGroupClassification licenseAssignmentStates onPremisesDistinguishedName
            onPremisesDomainName onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName
            onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName provisionedPlans
            proxyAddresses securityIdentifier serviceProvisioningErrors showInAddressList
            signInSessionsValidFromDateTime""",
        "groups": """assignedLicenses assignedLabels expirationDateTime isManagementRestricted licenseProcessingState
            mail onPremisesDomainName onPremisesExtensionAttributes onPremisesLastSyncDateTime onPremisesNetBiosName
            onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
            proxyAddresses resourceProvisioningOptions securityIdentifier serviceProvisioningErrors uniqueName""",
        "conditionalAccessPolicies": "templateId",
        "namedLocations": "",
    }
    assert sorted(computed) == sorted(entry.key for entry in ENTRIES if entry.restore)
    found = {key: sorted(set(names.split()) - TYPES[key].read_only) for key, names in computed.items()}
    assert {key: names for key, names in found.items() if names} == {}


def test_what_is_fixed_at_creation_is_not_part_of_an_update():
    groups = TYPES["groups"].restore
    assert groups is not None
    assert groups.create - groups.update == {"isAssignableToRole", "resourceBehaviorOptions"}
    assert [e.key for e in ENTRIES if e.restore and not e.restore.update <= e.restore.create] == []


def test_what_is_required_may_be_sent():
    found = {e.key: e.restore.required - e.restore.create for e in ENTRIES if e.restore}
    assert {key: names for key, names in found.items() if names} == {}
    assert [e.key for e in ENTRIES if e.restore and not e.restore.required] == []


def test_a_password_is_part_of_a_re_creation_only():
    users = TYPES["users"].restore
    assert users is not None
    assert "passwordProfile" in users.create
    assert "passwordProfile" not in users.update


def test_restore_paths_lie_below_the_collection_or_the_recycle_bin():
    offenders = []
    for entry in ENTRIES:
        if entry.restore is None:
            continue
        if entry.restore.collection != entry.path:
            offenders.append((entry.key, entry.restore.collection))
        for template in (entry.restore.undelete, entry.restore.deleted):
            if template and (template.count("{id}") != 1 or "/deletedItems/" not in template):
                offenders.append((entry.key, template))
        if entry.restore.undelete and entry.restore.undelete != f"{entry.restore.deleted}/restore":
            offenders.append((entry.key, entry.restore.undelete))
    assert offenders == []


def test_relationships_are_restorable_only_where_the_type_is():
    offenders = [
        f"{entry.key}/{link.name}"
        for entry in ENTRIES
        for link in entry.relationships
        if link.restorable and (entry.restore is None or link.contained)
    ]
    assert offenders == []


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


def test_people_are_told_what_will_not_come_back():
    assert [entry.key for entry in ENTRIES if entry.restore and not entry.restore.lost] == []
    empty = [
        (e.key, lost)
        for e in ENTRIES
        if e.restore
        for lost in e.restore.lost
        if not all((lost.what, lost.why, lost.todo))
    ]
    assert empty == []
    assert [entry.key for entry in ENTRIES if not entry.notes or not entry.title] == []


def test_entries_can_be_keys():
    assert len(set(ENTRIES)) == len(ENTRIES)


def test_ids_match_one_of_the_two_shapes():
    assert [entry.key for entry in ENTRIES if entry.id_pattern not in (GUID_ID, OPAQUE_ID)] == []


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
