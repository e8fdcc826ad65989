"""How people sign in: the last method stays on, security defaults wait to be asked for, settings keep their targets."""

from functions.catalogue import TYPES
from functions.core.plan import LiveState, Options
from functions.core.plan_make import items
from functions.core.record import Object
from tests.unit.restore.entries import ANN, CAT, FRAME, ME, Made, guid

CONFIGURATIONS = "authenticationMethodConfigurations"
METHODS = "/policies/authenticationMethodsPolicy"


def planned(key: str, record: Object, now: Object | None, *missing: str, **options: object) -> Made:
    identity = str(record.get("id") or key)
    standing = "live" if now is not None else "gone"
    state = LiveState(id=identity, standing=standing, object=now or {}, missing=frozenset(missing))  # type: ignore[arg-type]
    return Made(items(record, state, Options(**options), TYPES[key], {}, FRAME))  # type: ignore[arg-type]


def method(kind: str, state: str = "enabled", *targets: str, excluded: tuple[str, ...] = (), **more: object) -> Object:
    return {
        "@odata.type": f"#microsoft.graph.{kind}AuthenticationMethodConfiguration",
        "id": kind.capitalize(),
        "state": state,
        "excludeTargets": [{"id": one, "targetType": "group"} for one in excluded],
        "includeTargets": [{"id": one, "targetType": "group"} for one in targets or ("all_users",)],
        **more,
    }  # type: ignore[return-value]


def methods(*configurations: Object, **more: object) -> Object:
    return {"id": "authenticationMethodsPolicy", CONFIGURATIONS: [*configurations], **more}  # type: ignore[return-value]


def sent(record: Object, now: Object, *missing: str) -> list[tuple[str, str, object]]:
    made = planned("authenticationMethodsPolicy", record, now, *missing)
    return [(step.method, step.path, step.body["state"]) for step in made.steps]


def test_each_method_goes_by_its_own_call_and_what_lets_in_goes_first():
    record = methods(method("fido2", "disabled"), method("microsoftAuthenticator", "enabled"))
    now = methods(method("fido2", "enabled"), method("microsoftAuthenticator", "disabled"))
    made = planned("authenticationMethodsPolicy", record, now)
    assert [(step.method, step.path) for step in made.steps] == [
        ("PATCH", f"{METHODS}/{CONFIGURATIONS}/Microsoftauthenticator"),
        ("PATCH", f"{METHODS}/{CONFIGURATIONS}/Fido2"),
    ]
    assert made.steps[0].body["@odata.type"].endswith("microsoftAuthenticatorAuthenticationMethodConfiguration")
    assert "id" not in made.steps[0].body
    assert made.steps[1].after == {CONFIGURATIONS: made.steps[1].after[CONFIGURATIONS]}
    assert [step.danger for step in made.steps] == ["high", "high"]


def test_the_last_method_people_sign_in_with_is_never_switched_off():
    now = methods(method("fido2"), method("email"), method("temporaryAccessPass"), method("voice", "disabled"))
    record = methods(
        method("fido2", "disabled"), method("email"), method("temporaryAccessPass"), method("voice", "disabled")
    )
    made = planned("authenticationMethodsPolicy", record, now)
    assert made.steps == ()
    assert made.gaps[0].what == "Fido2 stay switched on"
    for_nobody = methods({**method("fido2"), "includeTargets": []}, method("email"))
    assert sent(for_nobody, methods(method("fido2"), method("email"))) == []


def test_one_may_be_switched_off_while_another_is_on():
    record = methods(method("fido2", "disabled"), method("softwareOath"))
    assert [state for *_, state in sent(record, methods(method("fido2"), method("softwareOath")))] == ["disabled"]


def test_targets_are_never_dropped_because_their_group_is_missing():
    record = methods(method("fido2", "enabled", ANN, excluded=(CAT,)), method("voice"))
    now = methods(method("fido2", "enabled", ANN), method("voice"))
    for lost in (ANN, CAT):
        made = planned("authenticationMethodsPolicy", record, now, lost)
        assert made.steps == ()
        assert lost in made.gaps[0].why


def test_a_method_that_is_not_there_is_made_only_where_somebody_can_make_it():
    outside = method("external", displayName="Harbour") | {"id": guid(9)}
    made = planned("authenticationMethodsPolicy", methods(method("fido2"), outside), methods(method("fido2")))
    (step,) = made.steps
    assert (step.method, step.path) == ("POST", f"{METHODS}/{CONFIGURATIONS}")
    assert "id" not in step.after[CONFIGURATIONS][1]
    odd = planned("authenticationMethodsPolicy", methods(method("fido2"), method("new")), methods(method("fido2")))
    assert odd.steps == ()
    assert "no such method" in odd.gaps[0].why


def test_the_campaign_keeps_its_targets():
    def campaign(one: str) -> Object:
        inner = {"state": "enabled", "excludeTargets": [{"id": one, "targetType": "group"}], "includeTargets": []}
        return {"authenticationMethodsRegistrationCampaign": inner}  # type: ignore[dict-item]

    record = methods(method("fido2"), registrationEnforcement=campaign(ANN))
    made = planned("authenticationMethodsPolicy", record, methods(method("fido2")), ANN)
    assert made.steps == ()
    assert ANN in made.gaps[0].why


# ---- security defaults


def defaults(on: bool) -> Object:
    return {"id": ME, "displayName": "Security Defaults", "isEnabled": on}


KEY = "identitySecurityDefaultsEnforcementPolicy"


def test_security_defaults_are_switched_on_only_where_exactly_that_is_asked_for():
    for options in ({}, {"mode": "exact"}):
        made = planned(KEY, defaults(on=True), defaults(on=False), **options)
        assert made.steps == ()
        assert "stay off" in made.gaps[0].what
    asked = planned(KEY, defaults(on=True), defaults(on=False), properties=frozenset({"isEnabled"}))
    assert [(step.body, step.danger) for step in asked.steps] == [({"isEnabled": True}, "high")]


def test_switching_them_off_says_what_follows():
    made = planned(KEY, defaults(on=False), defaults(on=True))
    assert [(step.body, step.danger) for step in made.steps] == [({"isEnabled": False}, "high")]
    assert "switched off" in made.gaps[0].what


# ---- strengths


def strength(combinations: list[str], narrowing: list[Object], **more: object) -> Object:
    return {
        "id": ME,
        "displayName": "Crew",
        "description": None,
        "policyType": "custom",
        "requirementsSatisfied": "mfa",
        "allowedCombinations": combinations,
        "combinationConfigurations": narrowing,
        **more,
    }  # type: ignore[return-value]


def keys(*allowed: str, identity: str = "") -> Object:
    return {
        "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
        **({"id": identity} if identity else {}),
        "appliesToCombinations": ["fido2"],
        "allowedAAGUIDs": [*allowed],
    }


def test_combinations_and_what_narrows_them_go_by_calls_of_their_own():
    record = strength(["fido2", "password, sms"], [keys("a", identity=guid(1))])
    now = strength(["fido2"], [keys("b", identity=guid(2))], displayName="x")
    made = planned("authenticationStrengthPolicies", record, now)
    base = f"/policies/authenticationStrengthPolicies/{ME}"
    assert [(step.method, step.path, step.body) for step in made.steps] == [
        ("PATCH", base, {"displayName": "Crew"}),
        ("POST", f"{base}/updateAllowedCombinations", {"allowedCombinations": ["fido2", "password,sms"]}),
        ("PATCH", f"{base}/combinationConfigurations/{guid(2)}", keys("a")),
    ]
    assert [step.danger for step in made.steps] == ["elevated", "high", "high"]


def test_a_gone_strength_is_made_and_then_narrowed():
    made = planned("authenticationStrengthPolicies", strength(["fido2"], [keys("a", identity=guid(1))]), None)
    assert [(step.method, step.path) for step in made.steps] == [
        ("POST", "/policies/authenticationStrengthPolicies"),
        ("POST", f"/policies/authenticationStrengthPolicies/{{new:{ME}}}/combinationConfigurations"),
    ]
    assert made.steps[0].body == {"displayName": "Crew", "allowedCombinations": ["fido2"]}


def test_what_narrows_a_strength_is_not_taken_away():
    made = planned("authenticationStrengthPolicies", strength(["fido2"], []), strength(["fido2"], [keys("a")]))
    assert made.steps == ()
    assert any("stays narrowed" in gap.what for gap in made.gaps)


def test_built_in_strengths_are_not_written():
    made = planned(
        "authenticationStrengthPolicies", strength(["fido2"], [], policyType="builtIn"), strength(["sms"], [])
    )
    assert made.steps == ()
    assert "built-in" in made.gaps[0].why


def test_a_combination_the_backup_could_not_read_is_not_written():
    made = planned("authenticationStrengthPolicies", strength(["fido2", "unknownFutureValue"], []), None)
    assert made.steps == ()


# ---- contexts, authorization, other tenants


def test_a_context_comes_back_under_its_id():
    record = {"id": "c7", "displayName": "Payroll", "description": None, "isAvailable": True}
    (step,) = planned("authenticationContextClassReferences", record, None).steps
    assert (step.method, step.path) == (
        "PATCH",
        "/identity/conditionalAccess/authenticationContextClassReferences/c7",
    )
    assert step.body == {"displayName": "Payroll", "isAvailable": True}


def authorization(**permissions: bool) -> Object:
    held = {"allowedToCreateApps": False, "allowedToReadOtherUsers": True, **permissions}
    return {"id": "authorizationPolicy", "allowedToUseSSPR": True, "defaultUserRolePermissions": {**held}}


def test_that_people_may_not_read_others_is_never_written():
    off = authorization(allowedToReadOtherUsers=False)
    made = planned("authorizationPolicy", off, authorization())
    assert made.steps == ()
    assert "stays on" in made.gaps[0].what
    both = planned("authorizationPolicy", off, authorization(allowedToCreateApps=True))
    assert [step.body for step in both.steps] == [
        {"defaultUserRolePermissions": {"allowedToCreateApps": False, "allowedToReadOtherUsers": True}}
    ]
    already = planned(
        "authorizationPolicy", off, authorization(allowedToReadOtherUsers=False, allowedToCreateApps=True)
    )
    assert [step.body for step in already.steps] == [{"defaultUserRolePermissions": {"allowedToCreateApps": False}}]
    back = planned("authorizationPolicy", authorization(), off)
    assert back.steps[0].body["defaultUserRolePermissions"]["allowedToReadOtherUsers"] is True


def partner(**more: object) -> Object:
    return {"tenantId": guid(50), "b2bCollaborationInbound": None, "inboundTrust": None, **more}  # type: ignore[return-value]


def opened(target: str) -> Object:
    targets = [{"target": target, "targetType": "group"}]
    return {"usersAndGroups": {"accessType": "allowed", "targets": targets}}  # type: ignore[dict-item]


def test_a_partner_setting_that_follows_the_default_follows_it_again():
    made = planned("crossTenantAccessPartners", partner(), partner(b2bCollaborationInbound=opened(ANN)))
    assert [step.body for step in made.steps] == [{"b2bCollaborationInbound": None}]
    assert made.steps[0].danger == "high"


def test_a_partner_setting_keeps_its_targets():
    record = partner(b2bDirectConnectOutbound=opened(ANN))
    made = planned("crossTenantAccessPartners", record, partner(b2bDirectConnectOutbound=opened(CAT)), ANN)
    assert made.steps == ()
    assert ANN in made.gaps[0].why


def test_a_default_that_nobody_had_changed_is_reset():
    record = {"isServiceDefault": True, "inboundTrust": {"isMfaAccepted": False}}
    now = {"isServiceDefault": False, "inboundTrust": {"isMfaAccepted": False}}
    (step,) = planned("crossTenantAccessPolicyDefault", record, now).steps
    assert (step.method, step.path) == ("POST", "/policies/crossTenantAccessPolicy/default/resetToSystemDefault")
    assert step.danger == "high"


def test_what_people_may_consent_to_is_changed_only_where_exactly_that_is_asked_for():
    def policy(*consent: str, apps: bool = False) -> Object:
        held = {"allowedToCreateApps": apps, "permissionGrantPoliciesAssigned": [*consent]}
        return {"id": "authorizationPolicy", "allowedToUseSSPR": True, "defaultUserRolePermissions": held}

    record, now = policy("ManagePermissionGrantsForSelf.microsoft-user-default-low"), policy()
    made = planned("authorizationPolicy", record, now)
    assert made.steps == ()
    assert "permissionGrantPoliciesAssigned" in made.gaps[0].what
    both = planned("authorizationPolicy", record, policy(apps=True))
    assert [step.body["defaultUserRolePermissions"] for step in both.steps] == [
        {"allowedToCreateApps": False, "permissionGrantPoliciesAssigned": []}
    ]
    named = planned("authorizationPolicy", record, now, properties=frozenset({"defaultUserRolePermissions"}))
    assert named.steps[0].body["defaultUserRolePermissions"] == record["defaultUserRolePermissions"]


def test_whom_the_tenant_trusts_is_changed_only_where_exactly_that_is_asked_for():
    trusting = {"isMfaAccepted": True}
    for key, record in (
        ("crossTenantAccessPartners", partner(inboundTrust=trusting)),
        ("crossTenantAccessPolicyDefault", {"isServiceDefault": False, "inboundTrust": trusting}),
    ):
        now = {**record, "inboundTrust": {"isMfaAccepted": False}}
        made = planned(key, record, now)
        assert made.steps == ()
        assert "inboundTrust" in made.gaps[0].what
        (step,) = planned(key, record, now, properties=frozenset({"inboundTrust"})).steps
        assert step.body == {"inboundTrust": trusting}
    (step,) = planned("crossTenantAccessPartners", partner(inboundTrust=trusting), None).steps
    assert "inboundTrust" not in step.body


def test_a_default_is_not_reset_where_that_would_change_whom_it_trusts():
    record = {"isServiceDefault": True, "inboundTrust": {"isMfaAccepted": False}}
    made = planned(
        "crossTenantAccessPolicyDefault", record, {"isServiceDefault": False, "inboundTrust": {"isMfaAccepted": True}}
    )
    assert made.steps == ()
    assert "inboundTrust" in made.gaps[0].what


def test_the_default_domain_changes_only_where_exactly_that_is_asked_for():
    def domain(default: bool, **more: object) -> Object:
        return {"id": "x.example", "isVerified": True, "isDefault": default, "authenticationType": "Managed", **more}

    made = planned("domains", domain(True), domain(False))
    assert made.steps == ()
    assert "isDefault" in made.gaps[0].what
    (step,) = planned("domains", domain(True), domain(False), properties=frozenset({"isDefault"})).steps
    assert step.body == {"isDefault": True}
    federated = planned("domains", domain(True, authenticationType="Federated"), domain(True))
    assert federated.steps == ()
    assert "stays Managed" in federated.gaps[0].what
