"""Profiles, compliance, the settings catalog, intents and templates: what is written whole, and which secrets never."""

import json

from functions.core.plan_intune_profiles import ACTIONS, OMA
from tests.unit.restore.entries import guid
from tests.unit.restore.intune import KIND, gaps, planned, steps, told

TEMPLATE, NOBODY = guid(30), "00000000-0000-0000-0000-000000000000"
MASK = "****"


def oma(*settings):
    return {"@odata.type": f"{KIND}windows10CustomConfiguration", "displayName": "Bridge", OMA: list(settings)}


def setting(name, value=1, **more):
    return {
        "@odata.type": f"{KIND}omaSettingInteger",
        "displayName": name,
        "omaUri": f"./{name}",
        "isEncrypted": False,
        "secretReferenceValueId": None,
        "value": value,
        **more,
    }


def hidden(name, reference="r1"):
    return setting(name, MASK, isEncrypted=True, secretReferenceValueId=reference)


def test_a_masked_value_is_never_written():
    for current in (None, oma(), oma(setting("open", 2))):
        found = planned("deviceConfigurations", oma(hidden("key"), setting("open")), current)
        assert MASK not in json.dumps([step.body for step in steps(found)])
        assert "key (./key)" in told(found)
        assert "open" in json.dumps([step.body for step in steps(found)])


def test_a_list_with_a_secret_in_the_tenant_is_left_alone():
    found = planned("deviceConfigurations", oma(setting("open")), oma(hidden("key"), setting("open", 2)), mode="exact")
    assert steps(found) == []
    assert OMA in told(found)
    assert "open (./open)" in told(found)


def test_the_number_of_a_secret_is_no_difference():
    found = planned("deviceConfigurations", oma(hidden("key", "r1")), oma(hidden("key", "r2")))
    assert (steps(found), gaps(found)) == ([], [])


def test_every_write_of_a_profile_names_its_kind():
    record, current = oma(setting("open")), oma(setting("open", 2))
    for found in (planned("deviceConfigurations", record), planned("deviceConfigurations", record, current)):
        assert steps(found)[0].body["@odata.type"] == f"{KIND}windows10CustomConfiguration"


def test_a_profile_that_became_another_kind_is_left_alone():
    current = {"@odata.type": f"{KIND}macOSCustomConfiguration", "displayName": "Other"}
    found = planned("deviceConfigurations", oma(), current)
    assert steps(found) == []
    assert "macOSCustomConfiguration" in told(found)


def test_keys_and_certificates_that_a_new_profile_lacks_are_told():
    record = {"@odata.type": f"{KIND}iosEnterpriseWiFiConfiguration", "displayName": "Quay", "preSharedKey": None}
    assert "preSharedKey of Quay" in told(planned("deviceConfigurations", record))
    assert "certificate profiles Quay builds on" in told(planned("deviceConfigurations", record))


def test_what_graph_counts_is_neither_written_nor_missed():
    record = {**oma(), "supportsScopeTags": True, "version": 3}
    assert steps(planned("deviceConfigurations", record))[0].body.keys() == {"@odata.type", "displayName"}
    found = planned("deviceConfigurations", record, {**oma(), "supportsScopeTags": False, "version": 9})
    assert (steps(found), gaps(found)) == ([], [])


def action(kind, hours, template=NOBODY):
    return {
        "id": guid(hours + 40),
        "actionType": kind,
        "gracePeriodHours": hours,
        "notificationTemplateId": template,
        "notificationMessageCCList": [],
    }


def policy(*actions):
    rule = {"id": guid(31), "ruleName": None, "scheduledActionConfigurations": list(actions)}
    return {"@odata.type": f"{KIND}iosCompliancePolicy", "displayName": "Phones", ACTIONS: [rule]}


def kinds(body):
    [rule] = body
    assert rule["ruleName"] == "PasswordRequired"
    return [(one["actionType"], one["gracePeriodHours"]) for one in rule["scheduledActionConfigurations"]]


def test_a_new_compliance_policy_has_its_actions_from_the_first_moment():
    record = policy(action("block", 0), action("notification", 24, TEMPLATE))
    create, *_ = steps(planned("deviceCompliancePolicies", record))
    assert kinds(create.body[ACTIONS]) == [("block", 0), ("notification", 24)]
    assert create.danger == "elevated"


def test_a_compliance_policy_without_its_one_block_is_not_made():
    for actions in ((), (action("notification", 24),), (action("block", 0), action("block", 1))):
        found = planned("deviceCompliancePolicies", policy(*actions))
        assert steps(found) == []
        assert "exactly one action" in told(found)


def test_actions_of_a_policy_that_is_there_go_in_a_call_of_their_own():
    here = policy(action("block", 5), action("retire", 100))
    (add,) = steps(planned("deviceCompliancePolicies", policy(action("block", 0)), here))
    assert add.path.endswith("/scheduleActionsForRules")
    body = add.body["deviceComplianceScheduledActionForRules"]
    assert sorted(kinds(body)) == [("block", 0), ("retire", 100)]
    (exact,) = steps(planned("deviceCompliancePolicies", policy(action("block", 0)), here, mode="exact"))
    assert kinds(exact.body["deviceComplianceScheduledActionForRules"]) == [("block", 0)]


def test_an_action_whose_message_is_gone_is_left_out_and_told():
    record = policy(action("block", 0), action("notification", 24, TEMPLATE))
    found = planned("deviceCompliancePolicies", record, policy(action("block", 9)), missing={TEMPLATE})
    (step,) = steps(found)
    assert kinds(step.body["deviceComplianceScheduledActionForRules"]) == [("block", 0)]
    assert "notification after 24 hours" in told(found)


DEFINITION = f"{KIND}deviceManagementConfiguration"


def choice(name, value):
    return {
        "id": "0",
        "settingInstance": {
            "@odata.type": f"{DEFINITION}ChoiceSettingInstance",
            "settingDefinitionId": name,
            "choiceSettingValue": {"value": value, "children": []},
        },
    }


def password(name, value):
    return {
        "id": "1",
        "settingInstance": {
            "@odata.type": f"{DEFINITION}SimpleSettingInstance",
            "settingDefinitionId": name,
            "simpleSettingValue": {
                "@odata.type": f"{DEFINITION}SecretSettingValue",
                "value": value,
                "valueState": "encryptedValueToken",
            },
        },
    }


def within(child):
    return {
        "id": "2",
        "settingInstance": {
            "@odata.type": f"{DEFINITION}GroupSettingCollectionInstance",
            "settingDefinitionId": "rule",
            "groupSettingCollectionValue": [{"children": [child["settingInstance"]]}],
        },
    }


def catalog(*settings, **more):
    return {
        "name": "Firewall",
        "platforms": "windows10",
        "technologies": "mdm",
        "settingCount": 9,
        "@relationships": {"settings": list(settings)},
        **more,
    }


def test_a_new_policy_brings_its_settings_and_no_token_of_another():
    record = catalog(choice("a", "on"), password("p", "t1"), within(password("q", "t2")))
    found = planned("configurationPolicies", record)
    create = steps(found)[0]
    assert [one["settingInstance"]["settingDefinitionId"] for one in create.body["settings"]] == ["a", "rule"]
    assert "t1" not in json.dumps(create.body)
    assert "t2" not in json.dumps(create.body)
    assert "settings" not in create.after
    assert "The secret p" in told(found)
    assert "The secret q" in told(found)


def test_a_policy_is_written_whole_with_the_secret_it_holds():
    record = catalog(choice("a", "on"), password("p", "t1"))
    (step,) = steps(planned("configurationPolicies", record, catalog(choice("a", "off"), password("p", "t9"))))
    assert (step.method, step.link) == ("PUT", "settings")
    assert '"t9"' in json.dumps(step.body)
    assert '"t1"' not in json.dumps(step.body)
    assert {"name", "platforms", "technologies", "settings"} <= step.body.keys()


def test_a_secret_alone_is_no_difference():
    assert steps(planned("configurationPolicies", catalog(password("p", "t1")), catalog(password("p", "t9")))) == []


def test_settings_are_left_alone_where_writing_them_would_lose_a_secret():
    record = catalog(choice("a", "on"), within(password("q", "t1")))
    here = catalog(choice("a", "off"), within(password("q", "t8")), within(password("q", "t9")))
    for mode in ("add", "exact"):
        found = planned("configurationPolicies", record, here, mode=mode)
        assert steps(found) == []
        assert "would lose the secret in q" in told(found)


def test_a_new_name_takes_the_settings_along_as_they_are():
    here = catalog(choice("a", "off"), name="Other")
    found = planned("configurationPolicies", catalog(choice("a", "on")), here, properties=frozenset({"name"}))
    (step,) = steps(found)
    assert step.after == {"name": "Firewall"}
    assert step.body["settings"][0]["settingInstance"]["choiceSettingValue"]["value"] == "off"


def test_add_keeps_settings_that_were_not_in_the_backup():
    (step,) = steps(planned("configurationPolicies", catalog(choice("a", "on")), catalog(choice("b", "on"))))
    assert [one["settingInstance"]["settingDefinitionId"] for one in step.body["settings"]] == ["a", "b"]
    (exact,) = steps(
        planned("configurationPolicies", catalog(choice("a", "on")), catalog(choice("b", "on")), mode="exact")
    )
    assert [one["settingInstance"]["settingDefinitionId"] for one in exact.body["settings"]] == ["a"]


def intent(*values):
    settings = [
        {"id": guid(60 + at), "@odata.type": f"{KIND}deviceManagementStringSettingInstance", **value}
        for at, value in enumerate(values)
    ]
    return {
        "displayName": "BitLocker",
        "templateId": "t",
        "@relationships": {"assignments": [], "settings": settings},
    }


def test_settings_of_an_intent_go_by_what_they_define_and_secrets_stay():
    record = intent({"definitionId": "a", "valueJson": "1"}, {"definitionId": "s", "valueJson": None})
    create, *_ = steps(planned("intents", record))
    assert [one["definitionId"] for one in create.body["settings"]] == ["a"]
    here = intent({"definitionId": "a", "valueJson": "2"}, {"definitionId": "s", "valueJson": None})
    (step,) = steps(planned("intents", record, here))
    assert step.path.endswith("/updateSettings")
    assert [(one["id"], one["valueJson"]) for one in step.body["settings"]] == [(guid(60), "1")]


def value(place, definition, *, enabled=True, text="x"):
    field = {"id": guid(70 + place), "@odata.type": f"{KIND}groupPolicyPresentationValueText", "value": text}
    return {
        "id": guid(80 + place),
        "enabled": enabled,
        "definition": {"id": definition, "displayName": f"Policy {definition}"},
        "presentationValues": [field],
    }


def template(*values, fields=True):
    shown = [
        {
            "id": one["id"],
            "presentationValues": [{**field, "presentation": {"id": "f1"}} for field in one["presentationValues"]],
        }
        for one in values
    ]
    return {
        "displayName": "Edge",
        "@relationships": {"definitionValues": list(values), **({"presentations": shown} if fields else {})},
    }


def test_policies_of_a_template_are_added_changed_and_in_exact_taken_away():
    record = template(value(0, "d0"), value(1, "d1", text="new"))
    here = template(value(5, "d1", text="old"), value(6, "d2"))
    (add,) = steps(planned("groupPolicyConfigurations", record, here))
    assert add.path.endswith("/updateDefinitionValues")
    assert [one["definition@odata.bind"].rpartition("/")[2] for one in add.body["added"]] == [
        "groupPolicyDefinitions('d0')"
    ]
    (changed,) = add.body["updated"]
    assert changed["id"] == guid(85)
    assert changed["presentationValues"][0]["id"] == guid(75)
    assert changed["presentationValues"][0]["presentation@odata.bind"].endswith("('d1')/presentations('f1')")
    assert add.body["deletedIds"] == []
    (exact,) = steps(planned("groupPolicyConfigurations", record, here, mode="exact"))
    assert (exact.body["deletedIds"], exact.danger) == ([guid(86)], "elevated")


def test_without_its_fields_a_policy_of_a_template_is_told():
    found = planned("groupPolicyConfigurations", template(value(0, "d0"), fields=False), template())
    assert steps(found) == []
    assert "Policy d0" in told(found)
