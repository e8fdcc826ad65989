"""What holds of every entry that says how objects are written back."""

import re

import pytest

from functions.catalogue import ENTRIES, TYPES, restore_order
from functions.catalogue.model import Deletes, Linking, ObjectType, Read, Stage
from functions.catalogue.permissions import write_permissions
from functions.core.calls import check_call
from functions.core.plan_registry import rules_of
from functions.core.plan_rules import Rules
from functions.errors import PlanNotApplicable
from tests.unit.catalogue.test_entries import SCOPE

RESTORED = [entry for entry in ENTRIES if entry.restore is not None]
WRITTEN = [(entry, link) for entry in RESTORED for link in entry.relationships if link.restorable]
DELETABLE = {entry.restore.collection for entry in RESTORED if entry.restore.deletes is not Deletes.NO}
STAMPS = {"id", "createdDateTime", "deletedDateTime", "modifiedDateTime", "renewedDateTime", "lastModifiedDateTime"}
ID = "11111111-2222-3333-4444-555555555555"


def writable(entry: ObjectType) -> frozenset[str]:
    assert entry.restore is not None
    return entry.restore.create | entry.restore.update


def filled(template: str) -> str:
    return re.sub(r"\{\w+\}", ID, template)


def offenders(found: dict[str, object]) -> dict[str, object]:
    return {key: what for key, what in found.items() if what}


def test_every_type_says_whether_it_can_be_put_back():
    assert [e.key for e in ENTRIES if bool(e.unrestored) is bool(e.restore)] == []


def test_a_type_is_left_out_only_for_a_reason_of_its_own():
    """Graph does not let an application write it, or it must not be written without a person; never: not done yet."""
    lazy = re.compile(r"this release|this version|not yet|later", re.IGNORECASE)
    assert [e.key for e in ENTRIES if lazy.search(e.unrestored)] == []
    assert [(e.key, lost.what) for e in RESTORED for lost in e.restore.lost if lazy.search(lost.why)] == []
    assert len(RESTORED) > 70


def test_every_selected_property_is_written_or_declared_read_only():
    apart = {e.key: {name for extra in e.extras for name in extra.select} for e in RESTORED}
    found = {
        e.key: sorted(
            (set(e.select) - writable(e) - e.read_only - {e.identity}) | ((writable(e) & e.read_only) - {e.identity})
        )
        for e in RESTORED
    }
    assert offenders(found) == {}
    assert offenders({e.key: sorted(apart[e.key] - writable(e) - e.read_only) for e in RESTORED}) == {}


def test_no_volatile_property_and_no_stamp_reaches_a_body():
    moving = {e.key: {path for path in e.volatile if "." not in path} & writable(e) for e in RESTORED}
    assert offenders(moving) == {}
    own = {e.key: ({e.identity} if e.restore.keeps_id else set()) for e in RESTORED}
    assert offenders({e.key: (STAMPS & writable(e)) - own[e.key] for e in RESTORED}) == {}


def test_what_graph_computes_or_another_service_masters_is_read_only():
    computed = {
        "users": """assignedPlans authorizationInfo creationType externalUserState externalUserStateChangeDateTime
            imAddresses isManagementRestricted isResourceAccount lastPasswordChangeDateTime legalAgeGroupClassification
            licenseAssignmentStates onPremisesDistinguishedName onPremisesDomainName onPremisesLastSyncDateTime
            onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
            onPremisesUserPrincipalName provisionedPlans proxyAddresses securityIdentifier serviceProvisioningErrors
            showInAddressList signInSessionsValidFromDateTime""",
        "groups": """assignedLabels expirationDateTime isManagementRestricted licenseProcessingState mail
            onPremisesDomainName onPremisesExtensionAttributes onPremisesLastSyncDateTime onPremisesNetBiosName
            onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
            proxyAddresses resourceProvisioningOptions securityIdentifier serviceProvisioningErrors""",
        "applications": """appId publisherDomain verifiedPublisher applicationTemplateId certification
            disabledByMicrosoftStatus passwordCredentials""",
        "servicePrincipals": "appDisplayName appDescription appOwnerOrganizationId appRoles oauth2PermissionScopes "
        "servicePrincipalType verifiedPublisher passwordCredentials",
        "conditionalAccessPolicies": "templateId",
        "roleDefinitions": "isBuiltIn",
    }
    found = {key: sorted(set(names.split()) & writable(TYPES[key])) for key, names in computed.items()}
    found["servicePrincipals"] = [name for name in found["servicePrincipals"] if name != "appId"]
    assert offenders(found) == {}


def test_what_is_required_may_be_sent():
    assert offenders({e.key: e.restore.required - e.restore.create for e in RESTORED}) == {}
    without = [e.key for e in RESTORED if e.restore.create and not e.restore.required]
    assert without == []


def test_a_single_object_is_changed_and_never_made():
    ones = [e for e in RESTORED if e.read is Read.ONE]
    assert ones
    assert [
        e.key for e in ones if e.restore.create or e.restore.deletes is not Deletes.NO or not e.restore.update
    ] == []


def test_a_password_is_part_of_a_re_creation_only():
    users = TYPES["users"].restore
    assert users is not None
    assert "passwordProfile" in users.create - users.update
    assert [e.key for e in RESTORED if {"passwordCredentials", "secretText"} & writable(e)] == []


def test_every_address_is_one_that_a_restore_may_call():
    for entry in RESTORED:
        collection = filled(entry.restore.collection)
        check_call("POST" if entry.restore.create else "PATCH", collection)
        if entry.restore.method and entry.read is not Read.ONE:
            check_call(entry.restore.method, f"{collection}/{ID}")
        if entry.restore.upsert:
            check_call("PATCH", filled(entry.restore.upsert))
        if entry.restore.deletes not in (Deletes.NO, Deletes.REQUEST):
            check_call("DELETE", f"{collection}/{ID}")
        elif entry.restore.collection not in DELETABLE:
            with pytest.raises(PlanNotApplicable):
                check_call("DELETE", f"{collection}/{ID}")


def test_placeholders_of_a_collection_are_properties_that_the_record_has():
    for entry in RESTORED:
        names = set(re.findall(r"\{(\w+)\}", entry.restore.collection)) - {"tenant"}
        assert not entry.select or names <= set(entry.select), entry.key
        assert names <= {place.partition(".")[0] for place in entry.references} or not names, entry.key


def test_restore_paths_lead_to_a_recycle_bin():
    found = []
    for entry in RESTORED:
        for template in (entry.restore.undelete, entry.restore.deleted):
            if template and (template.count("{id}") != 1 or "/deletedItems/" not in template):
                found.append((entry.key, template))
        if entry.restore.undelete and entry.restore.undelete != f"{entry.restore.deleted}/restore":
            found.append((entry.key, entry.restore.undelete))
        if (entry.restore.deletes is Deletes.SOFT) and not entry.restore.undelete:
            found.append((entry.key, "soft, and no way back"))
    assert found == []


def test_only_what_is_a_grant_or_comes_back_may_be_deleted():
    soft = {e.key for e in RESTORED if e.restore.deletes is Deletes.SOFT}
    assert {"users", "groups", "applications", "servicePrincipals", "administrativeUnits"} <= soft
    links = [e for e in RESTORED if e.restore.deletes is Deletes.LINK]
    assert {"appRoleAssignments", "oauth2PermissionGrants", "roleAssignments"} <= {e.key for e in links}
    assert [e.key for e in links if not e.natural_keys or not e.restore.follows] == []


def test_what_goes_with_another_object_says_where_it_names_it():
    assert [
        (e.key, name) for e in RESTORED for name in e.restore.follows if name != e.identity and name not in e.references
    ] == []


def test_what_is_unique_can_be_found():
    assert [e.key for e in RESTORED if e.restore.unique and not e.natural_keys] == []


def test_relationships_that_are_written_say_how():
    called = {e.key for e in RESTORED if {rules_of(e.key).calls, rules_of(e.key).late} != {Rules().calls}}
    unsaid = [f"{e.key}/{link.name}" for e, link in WRITTEN if link.contained and not link.part and e.key not in called]
    assert unsaid == []
    assert [f"{e.key}/{link.name}" for e, link in WRITTEN if link.part and not link.contained] == []
    stray = [
        f"{e.key}/{link.name}"
        for e in ENTRIES
        for link in e.relationships
        if (link.restorable and e.restore is None) or (link.part is not None and not link.restorable)
    ]
    assert stray == []
    assert [
        link.name for _, link in WRITTEN if (link.linking is Linking.REVERSE) is not ("{target}" in link.reverse)
    ] == []


def test_no_call_that_deletes_a_member_itself_can_be_made():
    for entry in ENTRIES:
        for link in entry.relationships:
            if link.contained:
                continue
            collection = filled(entry.restore.collection if entry.restore else entry.path)
            with pytest.raises(PlanNotApplicable):
                check_call("DELETE", f"{collection}/{ID}/{link.path or link.name}/{ID}")


def test_parts_take_what_they_need_and_never_their_id():
    found = []
    for entry, link in WRITTEN:
        if link.part is not None:
            wrong = (link.part.required - link.part.create) | (link.part.create & STAMPS)
            wrong -= {link.part.identity} if link.part.makes == "PUT" or link.part.identity != "id" else set()
            if wrong or not (link.part.keys or link.single):
                found.append((entry.key, link.name, sorted(wrong)))
    assert found == []


def test_the_order_of_stages_agrees_with_what_names_what():
    """Up to the links a property that names a later object waits for them; what comes after has to find all there."""
    order = restore_order()
    late = [
        (e.key, key)
        for e in RESTORED
        if e.restore.stage > Stage.LINKS
        for key in e.depends_on
        if TYPES[key].restore is not None
        and (TYPES[key].restore.stage, order.index(key)) > (e.restore.stage, order.index(e.key))
    ]
    assert late == []
    stages = {stage for stage in Stage if stage not in (Stage.LINKS, Stage.REMOVALS, Stage.DELETIONS)}
    assert [e.key for e in RESTORED if e.restore.stage not in stages] == []


def test_permissions_to_write_are_named_and_well_formed():
    assert [e.key for e in RESTORED if not e.restore.write_scopes] == []
    assert [scope for scope in write_permissions(ENTRIES) if not SCOPE.fullmatch(scope)] == []
    unknown = {e.key: set(e.restore.scopes_for) - writable(e) - rules_of(e.key).watched for e in RESTORED}
    assert offenders(unknown) == {}


def test_nothing_that_lets_anybody_in_is_asked_for_by_default():
    """What makes a restorer as powerful as a Global Administrator is asked for by the types that cannot do without."""
    powerful = {"RoleManagement.ReadWrite.Directory", "AppRoleAssignment.ReadWrite.All", "Directory.ReadWrite.All"}
    found = {e.key for e in RESTORED if powerful & set(e.restore.write_scopes)}
    plain = {"users", "groups", "applications", "servicePrincipals", "conditionalAccessPolicies", "namedLocations"}
    assert found & plain == set()


def test_people_are_told_what_will_not_come_back():
    assert [entry.key for entry in RESTORED if not entry.restore.lost] == []
    empty = [(e.key, lost) for e in RESTORED for lost in e.restore.lost if not all((lost.what, lost.why, lost.todo))]
    assert empty == []
    assert [entry.key for entry in ENTRIES if not entry.notes or not entry.title] == []
