"""Apps, roles, messages and what Intune ships: what can be made anew, with which calls, and how dangerous it is."""

import pytest

from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.model import Deletes, Stage
from functions.core.plan_registry import rules_of
from tests.unit.restore.entries import guid
from tests.unit.restore.intune import GROUP, KIND, OTHER, planned, steps, to, told

INTUNE = [entry for entry in ENTRIES if entry.bucket == "intune"]
ROLE = guid(50)


def app(kind, **more):
    return {"@odata.type": f"{KIND}{kind}", "displayName": "Menu", "publisher": "Us", "categories": [], **more}


@pytest.mark.parametrize("kind", ["webApp", "winGetApp", "iosStoreApp", "officeSuiteApp"])
def test_apps_without_a_file_come_back(kind):
    create, assign = steps(planned("mobileApps", app(kind, assignments=[to(GROUP, intent="required", settings=None)])))
    assert (create.action, create.body["@odata.type"]) == ("create", f"{KIND}{kind}")
    [sent] = assign.body["mobileAppAssignments"]
    assert (sent["@odata.type"], sent["intent"]) == (f"{KIND}mobileAppAssignment", "required")


@pytest.mark.parametrize(
    "kind", ["win32LobApp", "iosLobApp", "iosVppApp", "managedIOSStoreApp", "androidManagedStoreApp"]
)
def test_apps_with_a_file_or_a_store_of_their_own_do_not_and_the_plan_says_so(kind):
    found = planned("mobileApps", app(kind))
    assert steps(found) == []
    assert kind in told(found)
    (step,) = steps(planned("mobileApps", app(kind), app(kind, displayName="Other")))
    assert step.body == {"@odata.type": f"{KIND}{kind}", "displayName": "Menu"}


def test_categories_are_links_that_are_added_and_in_exact_taken_away():
    one, two = ({"id": identity, "displayName": "Fleet"} for identity in (GROUP, OTHER))
    (added,) = steps(planned("mobileApps", app("webApp", categories=[one]), app("webApp", categories=[two])))
    assert added.path.endswith("/categories/$ref")
    assert added.body["@odata.id"].endswith(f"/mobileAppCategories/{GROUP}")
    _, removed = steps(
        planned("mobileApps", app("webApp", categories=[one]), app("webApp", categories=[two]), mode="exact")
    )
    assert (removed.method, removed.path.endswith(f"/categories/{OTHER}/$ref")) == ("DELETE", True)


def needs(target, **more):
    return {"@odata.type": f"{KIND}mobileAppDependency", "targetId": target, "dependencyType": "autoInstall", **more}


def test_apps_that_an_app_needs_are_said_all_at_once_and_never_those_that_need_it():
    related = [needs(GROUP, targetType="child"), needs(guid(9), targetType="parent")]
    record = app("win32LobApp", **{"@relationships": {"relationships": related}})
    here = app("win32LobApp", **{"@relationships": {"relationships": []}})
    (step,) = steps(planned("mobileApps", record, here))
    assert [one["targetId"] for one in step.body["relationships"]] == [GROUP]
    assert steps(planned("mobileApps", record, here, missing={GROUP})) == []


def test_a_policy_for_apps_says_which_by_package():
    entry = {
        "id": "x",
        "version": "4",
        "mobileAppIdentifier": {"@odata.type": f"{KIND}iosMobileAppIdentifier", "bundleId": "a"},
    }
    record = {"displayName": "Own devices", "appGroupType": "selectedPublicApps", "apps": [entry]}
    _, target = steps(planned("iosManagedAppProtections", record))
    assert target.path.endswith("/targetApps")
    assert target.body == {
        "apps": [{"mobileAppIdentifier": entry["mobileAppIdentifier"]}],
        "appGroupType": "selectedPublicApps",
    }
    moved = {**record, "apps": [{**entry, "id": "y", "version": "5"}]}
    assert steps(planned("iosManagedAppProtections", record, moved)) == []


@pytest.mark.parametrize(
    ("key", "record"),
    [
        ("roleScopeTags", {"displayName": "Default", "isBuiltIn": True, "@relationships": {"assignments": []}}),
        ("deviceHealthScripts", {"displayName": "Theirs", "isGlobalScript": True}),
        (
            "intuneRoleDefinitions",
            {"displayName": "Help desk", "isBuiltIn": True, "rolePermissions": [{"resourceActions": []}]},
        ),
        ("deviceEnrollmentConfigurations", {"@odata.type": f"{KIND}x", "displayName": "All", "priority": 0}),
    ],
)
def test_what_microsoft_ships_is_never_made(key, record):
    found = planned(key, record)
    assert steps(found) == []
    assert "is not created again" in told(found)


@pytest.mark.parametrize("key", ["roleScopeTags", "deviceHealthScripts", "intuneRoleDefinitions"])
def test_what_microsoft_ships_is_not_changed_either(key):
    record = {"displayName": "Theirs", "description": "was", "isBuiltIn": True, "isGlobalScript": True}
    record["@relationships"] = {"assignments": []}
    found = planned(key, record, {**record, "description": "is"})
    assert steps(found) == []
    assert "description" in told(found)


def test_a_role_assignment_names_its_role_and_is_not_made_without():
    record = {"displayName": "Desk", "members": [GROUP], "scopeType": "allDevices"}
    known = {**record, "@relationships": {"roleDefinition": [{"id": ROLE, "type": "roleDefinition"}]}}
    (step,) = steps(planned("intuneRoleAssignments", known))
    assert step.body["roleDefinition@odata.bind"].endswith(f"/beta/deviceManagement/roleDefinitions('{ROLE}')")
    assert step.danger == "high"
    assert not any("@odata." in name for name in step.after)
    found = planned("intuneRoleAssignments", record)
    assert steps(found) == []
    assert "which role" in told(found)


def message(locale, text, *, default=False, **more):
    return {"locale": locale, "subject": text, "messageTemplate": text, "isDefault": default, **more}


def test_messages_are_written_one_by_one_the_default_first():
    record = {
        "displayName": "Attention",
        "localizedNotificationMessages": [message("nb-no", "Hei"), message("en-us", "Hello", default=True)],
    }
    here = {
        "displayName": "Attention",
        "localizedNotificationMessages": [message("nb-no", "Hallo", default=True, id="m1")],
    }
    made, changed = steps(planned("notificationMessageTemplates", record, here))
    assert (made.method, made.body["locale"]) == ("POST", "en-us")
    assert (changed.method, changed.path.rpartition("/")[2]) == ("PATCH", "m1")
    assert "locale" not in changed.body
    assert [one["isDefault"] for one in changed.after["localizedNotificationMessages"]] == [False, True]


def test_the_priority_of_an_enrolment_configuration_is_set_by_a_call():
    record = {
        "@odata.type": f"{KIND}deviceEnrollmentLimitConfiguration",
        "displayName": "Few",
        "limit": 5,
        "priority": 2,
    }
    (step,) = steps(planned("deviceEnrollmentConfigurations", record, {**record, "priority": 3}))
    assert (step.path.rpartition("/")[2], step.body, step.later) == ("setPriority", {"priority": 2}, True)


def test_nothing_of_intune_is_ever_deleted_and_all_of_it_comes_late():
    restored = [entry for entry in INTUNE if entry.restore]
    assert [entry.key for entry in INTUNE if not entry.restore] == ["managedDevices"]
    assert {entry.restore.deletes for entry in restored} == {Deletes.NO}
    assert {entry.restore.stage for entry in restored} == {Stage.ACCESS}
    assert {scope.endswith(".ReadWrite.All") for entry in restored for scope in entry.restore.write_scopes} == {True}
    assert {entry.api for entry in restored} == {"beta"}


def test_assignments_of_every_type_that_has_some_are_watched_or_parts():
    offenders = [
        entry.key
        for entry in INTUNE
        if entry.restore and "assignments" in entry.expand and "assignments" not in rules_of(entry.key).watched
    ]
    offenders += [
        entry.key
        for entry in INTUNE
        for link in entry.relationships
        if entry.restore and link.name == "assignments" and not link.restorable
    ]
    assert offenders == []


def test_scripts_compliance_and_roles_are_dangerous():
    for key in ("deviceManagementScripts", "deviceShellScripts", "deviceHealthScripts", "deviceCompliancePolicies"):
        record = {name: "x" for name in TYPES[key].restore.required}
        block = {"actionType": "block", "gracePeriodHours": 0}
        record["scheduledActionsForRule"] = [{"scheduledActionConfigurations": [block]}]
        assert {step.danger for step in steps(planned(key, record))} == {"elevated"}, key


def test_whatever_a_role_allows_is_written_as_the_most_dangerous():
    role = {"@odata.type": f"{KIND}deviceAndAppManagementRoleDefinition", "displayName": "Desk", "isBuiltIn": False}
    role["rolePermissions"] = [{"actions": ["a"], "resourceActions": [{"allowedResourceActions": ["a"]}]}]
    (step,) = steps(planned("intuneRoleDefinitions", role))
    assert step.danger == "high"
    assert "actions" not in step.body["rolePermissions"][0]
