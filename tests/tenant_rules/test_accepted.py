"""What the rules let through, and what the object looks like afterwards."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.tenant.rules import (
    Bound,
    Ref,
    binned,
    bound_links,
    check_create,
    check_delete,
    check_link,
    check_restore,
    check_unlink,
    check_update,
    consequences,
    type_errors,
)
from local.tenant.schema import KINDS, Writes
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR, GRAPH_APP_ID, security_identifier
from tests.tenant_rules import bodies
from tests.tenant_rules.memory import TENANT, Memory


@pytest.mark.parametrize(
    ("kind", "body"), bodies.CREATED, ids=[f"{kind}-{at}" for at, (kind, _) in enumerate(bodies.CREATED)]
)
def test_a_created_object_fits_the_schema_and_can_be_updated_with_itself(
    directory: Memory, kind: str, body: dict[str, Any]
) -> None:
    sent = copy.deepcopy(body)
    new = directory.add(kind, check_create(kind, body, directory))
    assert body == sent
    assert list(type_errors(KINDS[kind], new)) == []
    assert new["id"]
    if kind == "device":
        return
    writable = {
        name: value
        for name, value in new.items()
        if name == "@odata.type" or KINDS[kind].properties[name].writes is Writes.FREE
    }
    writable.pop("passwordProfile", None)
    writable.pop("identities", None)
    after = check_update(kind, copy.deepcopy(new), writable, directory)
    assert {name: value for name, value in after.items() if name != "modifiedDateTime"} == {
        name: value for name, value in new.items() if name != "modifiedDateTime"
    }


def test_a_new_user_gets_what_the_service_sets(directory: Memory) -> None:
    new = check_create("user", bodies.user(mail="nina@halden.example"), directory)
    assert new["createdDateTime"] == new["lastPasswordChangeDateTime"] == "2026-11-22T03:00:00Z"
    assert new["proxyAddresses"] == ["SMTP:nina@halden.example"]
    assert new["securityIdentifier"] == security_identifier(new["id"])
    assert new["identities"][0]["issuerAssignedId"] == "nina.faeroy@halden.example"
    assert new["userType"] == "Member"


def test_a_password_is_never_kept(directory: Memory) -> None:
    new = check_create("user", bodies.user(), directory)
    assert new["passwordProfile"] == {
        "password": None,
        "forceChangePasswordNextSignIn": True,
        "forceChangePasswordNextSignInWithMfa": None,
    }
    user = directory.one("user", jobTitle="Chief Executive Officer")
    directory.roles.add("User Administrator")
    after = check_update("user", user, {"passwordProfile": {"password": "Another-1-of-these"}}, directory)
    assert "Another-1-of-these" not in str(after)
    assert after["lastPasswordChangeDateTime"] == "2026-11-22T03:00:00Z"


def test_a_new_mail_keeps_the_old_address(directory: Memory) -> None:
    user = directory.one("user", jobTitle="Chief Executive Officer")
    after = check_update("user", user, {"mail": "head@halden.example"}, directory)
    assert after["proxyAddresses"][0] == "SMTP:head@halden.example"
    assert f"smtp:{user['mail']}" in after["proxyAddresses"]


def test_a_synced_user_still_takes_what_lives_in_the_cloud(directory: Memory) -> None:
    user = directory.one("user", onPremisesSyncEnabled=True)
    assert check_update("user", user, {"usageLocation": "SE"}, directory)["usageLocation"] == "SE"
    team = directory.one("group", displayName="Emergency access accounts")
    check_link("group", team, "members", Ref("user", user["id"]), directory)


def test_an_extension_value_is_accepted_where_it_is_registered(directory: Memory) -> None:
    name = directory.one("extensionProperty", dataType="String")["name"]
    user = directory.one("user", jobTitle="Chief Executive Officer")
    assert check_update("user", user, {name: "CC-9"}, directory)[name] == "CC-9"


def test_update_is_sparse_and_null_clears(directory: Memory) -> None:
    user = directory.one("user", jobTitle="Chief Executive Officer")
    before = copy.deepcopy(user)
    after = check_update("user", user, {"city": None, "state": "Viken"}, directory)
    assert user == before
    assert after == {**before, "city": None, "state": "Viken"}


@settings(max_examples=60, deadline=None)
@given(
    body=st.dictionaries(
        st.sampled_from(["city", "state", "jobTitle", "faxNumber", "employeeId", "streetAddress"]),
        st.none() | st.text(max_size=40),
    )
)
def test_an_update_changes_what_is_sent_and_nothing_else(body: dict[str, Any]) -> None:
    directory = Memory().load(20)
    user = directory.one("user", jobTitle="Chief Executive Officer")
    assert check_update("user", user, body, directory) == {**user, **body}


def test_a_group_turns_dynamic_and_back(directory: Memory) -> None:
    group = directory.one("group", displayName="All employees")
    rule = {
        "groupTypes": ["DynamicMembership"],
        "membershipRule": "(user.city -ne null)",
        "membershipRuleProcessingState": "On",
    }
    after = check_update("group", group, rule, directory)
    assert check_update("group", after, {"groupTypes": []}, directory)["membershipRule"] is None


def test_a_microsoft_365_group_gets_mail(directory: Memory) -> None:
    new = check_create("group", bodies.unified(), directory)
    assert (new["mail"], new["proxyAddresses"], new["visibility"]) == (
        "crew@halden.example",
        ["SMTP:crew@halden.example"],
        "Public",
    )


def test_members_of_every_kind_are_accepted(directory: Memory) -> None:
    group = directory.one("group", displayName="Old project (nobody left)")
    for kind in ("user", "device", "servicePrincipal"):
        check_link("group", group, "members", Ref(kind, directory.one(kind)["id"]), directory)
    check_link(
        "group", group, "members", Ref("group", directory.one("group", displayName="All employees")["id"]), directory
    )


def test_an_owner_goes_when_another_stays(directory: Memory) -> None:
    group = directory.one("group", isAssignableToRole=True)
    (first,) = directory.links("group", group["id"], "owners")
    directory.link("group", group["id"], "owners", "user", directory.one("user", mailNickname="emergency-1")["id"])
    check_unlink("group", group, "owners", Ref(*first), directory)


def test_bound_links_are_read_from_any_reference_url(directory: Memory) -> None:
    user = directory.one("user", mailNickname="emergency-1")["id"]
    device = directory.one("device")["id"]
    body = {
        "members@odata.bind": [bodies.reference(user), f"http://127.0.0.1:9/v1.0/devices/{device}"],
        "owners@odata.bind": [f"users('{user}')"],
    }
    assert bound_links("group", body, directory) == [
        Bound("members", Ref("user", user)),
        Bound("members", Ref("device", device)),
        Bound("owners", Ref("user", user)),
    ]


def test_a_role_is_disabled_first_and_then_removed(directory: Memory) -> None:
    app = directory.one("application", displayName="Cargo API")
    disabled = [{**role, "isEnabled": False} for role in app["appRoles"]]
    after = check_update("application", app, {"appRoles": disabled}, directory)
    assert check_update("application", after, {"appRoles": []}, directory)["appRoles"] == []


def test_a_certificate_sent_without_its_key_keeps_it(directory: Memory) -> None:
    app = directory.one("application", displayName="Nightly Export")
    listed = [{**item, "key": None} for item in app["keyCredentials"]]
    assert (
        check_update("application", app, {"keyCredentials": listed}, directory)["keyCredentials"]
        == app["keyCredentials"]
    )


def test_a_principal_mirrors_its_application(directory: Memory) -> None:
    app = directory.one("application", displayName="Prototype without principal")
    new = check_create("servicePrincipal", {"appId": app["appId"], "tags": ["x"]}, directory)
    assert (new["displayName"], new["appOwnerOrganizationId"], new["tags"]) == (app["displayName"], TENANT, ["x"])
    graph = directory.one("servicePrincipal", appId=GRAPH_APP_ID)
    del directory.objects["servicePrincipal"][graph["id"]]
    assert check_create("servicePrincipal", {"appId": GRAPH_APP_ID}, directory)["displayName"] == "Microsoft Graph"


def test_a_custom_role_comes_back_under_its_old_id(directory: Memory) -> None:
    custom = directory.one("unifiedRoleDefinition", displayName="Cargo Service Desk")
    del directory.objects["unifiedRoleDefinition"][custom["id"]]
    body = {name: custom[name] for name in ("displayName", "isEnabled", "rolePermissions", "templateId")}
    assert check_create("unifiedRoleDefinition", body, directory)["id"] == custom["id"]


def test_every_policy_and_location_of_the_company_can_be_made_again(directory: Memory) -> None:
    for kind in ("conditionalAccessPolicy", "namedLocation"):
        for stored in directory.objects[kind].values():
            body = {
                name: copy.deepcopy(value)
                for name, value in stored.items()
                if name == "@odata.type" or KINDS[kind].properties[name].writes is not Writes.SERVER
            }
            new = check_create(kind, body, directory)
            assert {name: new[name] for name in body} == body


def test_every_writable_object_of_the_company_can_be_patched_with_itself(directory: Memory) -> None:
    for kind in ("group", "application", "servicePrincipal", "administrativeUnit"):
        for stored in directory.objects[kind].values():
            mastered = stored.get("onPremisesSyncEnabled") or (
                stored.get("mailEnabled") and "Unified" not in stored.get("groupTypes", ())
            )
            if mastered:
                continue
            rules = KINDS[kind].properties
            body = {
                name: value for name, value in stored.items() if name in rules and rules[name].writes is Writes.FREE
            }
            assert check_update(kind, copy.deepcopy(stored), copy.deepcopy(body), directory) == stored


def test_conditions_merge_at_every_depth_and_lists_are_replaced(directory: Memory) -> None:
    policy = directory.one("conditionalAccessPolicy", displayName="CA003 Block sign-in from elsewhere")
    body = {"conditions": {"users": {"excludeUsers": []}, "locations": {"includeLocations": ["AllTrusted"]}}}
    after = check_update("conditionalAccessPolicy", policy, body, directory)["conditions"]
    before = policy["conditions"]
    assert after["users"] == {**before["users"], "excludeUsers": []}
    assert after["locations"] == {**before["locations"], "includeLocations": ["AllTrusted"]}
    assert after["applications"] == before["applications"]


def test_a_strength_is_named_by_id_and_shown_whole(directory: Memory) -> None:
    strength = {"id": "00000000-0000-0000-0000-000000000004"}
    body = bodies.policy(grantControls={"operator": "AND", "builtInControls": [], "authenticationStrength": strength})
    shown = check_create("conditionalAccessPolicy", body, directory)["grantControls"]["authenticationStrength"]
    assert shown["displayName"] == "Phishing-resistant MFA"
    assert shown["allowedCombinations"]


def test_a_report_only_policy_is_accepted_under_security_defaults(directory: Memory) -> None:
    directory.defaults_on = True
    check_create("conditionalAccessPolicy", bodies.policy(), directory)


def test_a_location_is_deleted_once_it_is_not_trusted(directory: Memory) -> None:
    location = directory.one("namedLocation", displayName="Halden offices")
    body = {"@odata.type": location["@odata.type"], "isTrusted": False}
    check_delete("namedLocation", check_update("namedLocation", location, body, directory), directory)


def test_nothing_stops_an_application_from_removing_the_last_administrators_assignment(directory: Memory) -> None:
    for id, item in list(directory.objects["unifiedRoleAssignment"].items()):
        if item["roleDefinitionId"] == GLOBAL_ADMINISTRATOR:
            check_delete("unifiedRoleAssignment", item, directory)
            del directory.objects["unifiedRoleAssignment"][id]


def test_the_bin_shows_users_and_security_groups_its_own_way(directory: Memory) -> None:
    user = directory.one("user", jobTitle="Chief Executive Officer")
    assert binned("user", user)["userPrincipalName"] == user["id"].replace("-", "") + user["userPrincipalName"]
    group = directory.one("group", displayName="All employees")
    assert binned("group", group)["securityEnabled"] is False
    team = directory.one("group", mailNickname="dept-0")
    assert binned("group", team) == team


def test_a_user_comes_back_whole_or_under_another_name(directory: Memory) -> None:
    user = directory.one("user", jobTitle="Chief Executive Officer")
    del directory.objects["user"][user["id"]]
    deleted = {**user, "deletedDateTime": "2026-11-20T00:00:00Z"}
    assert check_restore("user", deleted, directory) == user
    renamed = check_restore("user", deleted, directory, {"newUserPrincipalName": "back@halden.example"})
    assert renamed["userPrincipalName"] == renamed["identities"][0]["issuerAssignedId"] == "back@halden.example"


def test_a_taken_address_is_left_behind_when_asked(directory: Memory) -> None:
    user = directory.one("user", jobTitle="Chief Executive Officer")
    del directory.objects["user"][user["id"]]
    other = {**user, "id": directory.new_id(), "userPrincipalName": "other@halden.example"}
    directory.add("user", other)
    back = check_restore("user", user, directory, {"autoReconcileProxyConflict": True})
    assert back["mail"] is None
    assert not any(item.startswith("SMTP:") for item in back["proxyAddresses"])


def test_a_deleted_application_takes_its_principal_and_a_purge_takes_the_rest(directory: Memory) -> None:
    app = directory.one("application", displayName="Deployment Pipeline")
    principal = directory.one("servicePrincipal", displayName="Deployment Pipeline")
    assert list(consequences("application", app, directory, purge=False)) == [Ref("servicePrincipal", principal["id"])]
    assert {ref.kind for ref in consequences("application", app, directory, purge=True)} == {
        "federatedIdentityCredential"
    }
    daemon = directory.one("servicePrincipal", displayName="Nightly Export")
    assert not list(consequences("servicePrincipal", daemon, directory, purge=False))
    kinds = [ref.kind for ref in consequences("servicePrincipal", daemon, directory, purge=True)]
    assert kinds.count("appRoleAssignment") == 3
    assert kinds.count("unifiedRoleAssignment") == 1
