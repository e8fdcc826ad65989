"""What Graph refuses of schedules, rules, strengths, methods, contexts, security defaults and partners."""

from datetime import timedelta
from typing import Any

import pytest

from local.tenant.rules import GraphFault, Ref, check_create, check_delete, check_update
from local.tenant.rules.inline import added, changed, removed
from local.tenant.rules.pim import stamp
from local.tenant.schema import KINDS
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR
from tests.tenant_rules.memory import TENANT, Memory

ELIGIBLE, ASSIGNED = "unifiedRoleEligibilityScheduleRequest", "unifiedRoleAssignmentScheduleRequest"
GROUP = "privilegedAccessGroupEligibilityScheduleRequest"
NOBODY = "00000000-1111-4222-8333-444444444444"
METHODS, STRENGTH = KINDS["authenticationMethodsPolicy"], KINDS["authenticationStrengthPolicy"]
KEYS = {"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "appliesToCombinations": ["fido2"]}


@pytest.fixture
def directory() -> Memory:
    return Memory().load(20)


def request(directory: Memory, **more: Any) -> dict[str, Any]:
    return {
        "action": "adminAssign",
        "principalId": directory.one("user", jobTitle="Chief Executive Officer")["id"],
        "roleDefinitionId": GLOBAL_ADMINISTRATOR,
        "directoryScopeId": "/",
        "scheduleInfo": {"expiration": {"type": "noExpiration"}},
    } | more


def until(moment: str) -> dict[str, Any]:
    return {"scheduleInfo": {"expiration": {"type": "afterDateTime", "endDateTime": moment}}}


def refusal(write: Any) -> tuple[int, str]:
    with pytest.raises(GraphFault) as caught:
        write()
    return caught.value.status, caught.value.code


def test_a_request_is_taken(directory: Memory) -> None:
    made = check_create(ELIGIBLE, request(directory), directory)
    assert made["status"] == "Provisioned"
    assert check_create(ELIGIBLE, request(directory, **until("2030-01-01T00:00:00Z")), directory)


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"principalId": NOBODY}, 404, "SubjectNotFound"),
        ({"roleDefinitionId": NOBODY}, 404, "RoleNotFound"),
        ({"directoryScopeId": f"/administrativeUnits/{NOBODY}"}, 404, "ScopeNotFound"),
        ({"appScopeId": "/"}, 400, "Request_BadRequest"),
        ({"action": "selfActivate"}, 400, "InvalidAction"),
        ({"action": "adminRemove"}, 404, "RoleAssignmentDoesNotExist"),
        (until("2026-11-22T03:04:00Z"), 400, "ActiveDurationTooShort"),
        ({"scheduleInfo": {}}, 400, "Request_BadRequest"),
    ],
)
def test_a_request_is_refused(directory: Memory, more: dict[str, Any], status: int, code: str) -> None:
    assert refusal(lambda: check_create(ELIGIBLE, request(directory, **more), directory)) == (status, code)


@pytest.mark.parametrize(("age", "taken"), [(4, False), (6, True)])
def test_what_has_just_begun_does_not_end_yet(directory: Memory, age: int, taken: bool) -> None:
    there = directory.one("unifiedRoleAssignmentSchedule", assignmentType="Assigned")
    there = directory.get("unifiedRoleAssignmentSchedule", there["id"]) or {}
    there["createdDateTime"] = stamp(directory.now() - timedelta(minutes=age))
    names = ("principalId", "roleDefinitionId", "directoryScopeId")
    body = {**{name: there[name] for name in names}, "action": "adminRemove"}
    if taken:
        assert check_create(ASSIGNED, body, directory)
    else:
        assert refusal(lambda: check_create(ASSIGNED, body, directory)) == (400, "ActiveDurationTooShort")


def test_a_second_schedule_for_the_same_is_refused(directory: Memory) -> None:
    there = directory.one("unifiedRoleEligibilitySchedule")
    same = {name: there[name] for name in ("principalId", "roleDefinitionId", "directoryScopeId")}
    body = request(directory, **same)
    assert refusal(lambda: check_create(ELIGIBLE, body, directory)) == (400, "RoleAssignmentExists")


def test_principals_cannot_be_eligible_and_plain_groups_hold_no_role(directory: Memory) -> None:
    principal = directory.one("servicePrincipal")["id"]
    body = request(directory, principalId=principal)
    assert refusal(lambda: check_create(ELIGIBLE, body, directory)) == (400, "InvalidSubject")
    assert check_create(ASSIGNED, {**body, "roleDefinitionId": GLOBAL_ADMINISTRATOR}, directory)
    group = next(g for g in directory.objects["group"].values() if not g.get("isAssignableToRole"))["id"]
    held = request(directory, principalId=group)
    assert refusal(lambda: check_create(ASSIGNED, held, directory)) == (400, "InvalidSubject")


def test_a_group_schedule_says_of_what(directory: Memory) -> None:
    body = request(directory, groupId=directory.one("group")["id"], accessId="member")
    for name in ("roleDefinitionId", "directoryScopeId"):
        del body[name]
    assert check_create(GROUP, body, directory)
    assert refusal(lambda: check_create(GROUP, {**body, "accessId": "guest"}, directory))[0] == 400
    assert refusal(lambda: check_create(GROUP, {**body, "groupId": NOBODY}, directory)) == (404, "ResourceNotFound")


def test_a_rule_keeps_its_kind(directory: Memory) -> None:
    rule = directory.one("unifiedRoleManagementPolicyRule", id="Expiration_EndUser_Assignment")
    above = Ref("unifiedRoleManagementPolicy", directory.one("unifiedRoleManagementPolicy")["id"])

    def write(body: dict[str, Any]) -> dict[str, Any]:
        return check_update("unifiedRoleManagementPolicyRule", rule, body, directory, parent=above)

    kind = rule["@odata.type"]
    assert write({"@odata.type": kind, "maximumDuration": "PT2H"})["maximumDuration"] == "PT2H"
    other = "#microsoft.graph.unifiedRoleManagementPolicyEnablementRule"
    assert refusal(lambda: write({"@odata.type": other, "enabledRules": []})) == (400, "InvalidPolicyRule")
    assert refusal(lambda: write({"maximumDuration": "PT2H"}))[0] == 400
    assert refusal(lambda: write({"@odata.type": kind, "maximumDuration": None})) == (400, "InvalidPolicyRule")
    assert refusal(lambda: write({"@odata.type": kind, "id": "x"}))[0] == 400


def test_strengths(directory: Memory) -> None:
    kind = "authenticationStrengthPolicy"
    custom, built_in = directory.one(kind, policyType="custom"), directory.one(kind, policyType="builtIn")
    assert check_update(kind, custom, {"displayName": "x"}, directory)["displayName"] == "x"
    assert refusal(lambda: check_update(kind, custom, {"allowedCombinations": ["sms"]}, directory))[0] == 400
    assert refusal(lambda: check_update(kind, built_in, {"displayName": "x"}, directory))[0] == 400
    assert refusal(lambda: check_delete(kind, built_in, directory))[0] == 400
    assert refusal(lambda: check_create(kind, {"displayName": "x", "allowedCombinations": []}, directory))[0] == 400
    assert refusal(lambda: check_create(kind, {"displayName": "x"}, directory))[0] == 400


def test_what_narrows_a_strength(directory: Memory) -> None:
    bare = {"policyType": "custom", "allowedCombinations": ["fido2"], "combinationConfigurations": []}
    name = "combinationConfigurations"
    one = added(STRENGTH, name, bare, KEYS, directory)
    assert one["id"]
    taken = {**bare, name: [one]}
    for holder, body in (
        (taken, KEYS),
        (bare, {**KEYS, "appliesToCombinations": ["sms"]}),
        (bare, {**KEYS, "@odata.type": "#microsoft.graph.x509CertificateCombinationConfiguration"}),
        (bare, {"appliesToCombinations": ["fido2"]}),
        ({**bare, "policyType": "builtIn"}, KEYS),
    ):
        assert refusal(lambda holder=holder, body=body: added(STRENGTH, name, holder, body, directory))[0] == 400


def test_methods_are_changed_by_their_kind_and_only_external_ones_come_and_go(directory: Memory) -> None:
    policy, name = directory.one("authenticationMethodsPolicy"), "authenticationMethodConfigurations"
    voice = next(item for item in policy[name] if item["id"] == "Voice")
    body = {"@odata.type": voice["@odata.type"], "state": "enabled"}
    assert changed(METHODS, name, policy, voice, body, directory)["state"] == "enabled"
    for bad in ({"state": "enabled"}, {**body, "id": "x"}, {**body, "@odata.type": "#microsoft.graph.x"}):
        assert refusal(lambda bad=bad: changed(METHODS, name, policy, voice, bad, directory))[0] == 400
    assert refusal(lambda: added(METHODS, name, policy, body, directory))[0] == 400
    assert refusal(lambda: removed(METHODS, name, voice))[0] == 405


def test_contexts_have_ids_of_their_own_kind_and_stay_while_published(directory: Memory) -> None:
    kind, body = "authenticationContextClassReference", {"displayName": "x"}
    assert check_create(kind, {**body, "id": "c99"}, directory, method="PATCH")["id"] == "c99"
    for bad in ("c100", "c0", "x1"):
        write = {**body, "id": bad}
        assert refusal(lambda write=write: check_create(kind, write, directory, method="PATCH"))[0] == 400
    assert refusal(lambda: check_delete(kind, directory.one(kind, isAvailable=True), directory))[0] == 400


def test_security_defaults_and_conditional_access_exclude_each_other(directory: Memory) -> None:
    kind = "identitySecurityDefaultsEnforcementPolicy"
    policy = directory.one(kind)
    assert refusal(lambda: check_update(kind, policy, {"isEnabled": True}, directory)) == (400, "BadRequest")
    for other in directory.objects["conditionalAccessPolicy"].values():
        other["state"] = "disabled"
    assert check_update(kind, policy, {"isEnabled": True}, directory)["isEnabled"] is True


def test_partners(directory: Memory) -> None:
    kind = "crossTenantAccessPolicyConfigurationPartner"
    assert check_create(kind, {"tenantId": NOBODY}, directory)["inboundTrust"] is None
    there = next(iter(directory.objects[kind]))
    assert refusal(lambda: check_create(kind, {"tenantId": there}, directory))[0] == 409
    assert refusal(lambda: check_create(kind, {"tenantId": TENANT}, directory))[0] == 400
    synchronised = directory.one(kind, isInMultiTenantOrganization=True)
    assert refusal(lambda: check_delete(kind, synchronised, directory))[0] == 400
    default = directory.one("crossTenantAccessPolicyConfigurationDefault")
    consent = {"automaticUserConsentSettings": {"inboundAllowed": True, "outboundAllowed": True}}
    assert (
        refusal(lambda: check_update("crossTenantAccessPolicyConfigurationDefault", default, consent, directory))[0]
        == 400
    )
