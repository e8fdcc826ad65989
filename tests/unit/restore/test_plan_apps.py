"""What a plan says of applications, service principals, their credentials and grants; no doubles."""

from copy import deepcopy
from dataclasses import replace

import pytest

from functions.catalogue import TYPES
from functions.core.calls import token
from functions.core.plan import LiveState
from functions.core.plan_draft import stage_of
from functions.core.plan_make import deletion_item
from functions.core.plan_rules import Safety
from tests.unit.restore.entries import ANN, BOB, FRAME, GONE, ME, NEW, Made, guid, live, planned

APPS, PRINCIPALS = TYPES["applications"], TYPES["servicePrincipals"]
GRAPH = "00000003-0000-0000-c000-000000000000"
APP_ID, OTHER_APP_ID, READER, WRITER, SCOPE = (guid(number) for number in (50, 51, 60, 61, 62))
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


def role(identity: str = READER, **more: object) -> dict:
    return {
        "id": identity,
        "allowedMemberTypes": ["User"],
        "description": "Reads",
        "displayName": "Reader",
        "isEnabled": True,
        "origin": "Application",
        "value": "Read",
        **more,
    }


def scope(**more: object) -> dict:
    return {"id": SCOPE, "isEnabled": True, "origin": "Application", "type": "User", "value": "Cargo.View", **more}


def app(**more: object) -> dict:
    return {
        "id": ME,
        "appId": APP_ID,
        "displayName": "Cargo API",
        "api": {
            "oauth2PermissionScopes": [scope()],
            "preAuthorizedApplications": [],
            "knownClientApplications": [],
            "acceptMappedClaims": None,
        },
        "appRoles": [role()],
        "identifierUris": [f"api://{APP_ID}"],
        "info": {"logoUrl": None, "supportUrl": "https://support.example"},
        "keyCredentials": [],
        "passwordCredentials": [],
        "requiredResourceAccess": [],
        "web": {"redirectUris": ["https://cargo.example/back"], "homePageUrl": None},
        "@relationships": {"owners": [], "federatedIdentityCredentials": [], "extensionProperties": []},
        **more,
    }


def tied(**more: list) -> dict:
    return {"owners": [], "federatedIdentityCredentials": [], "extensionProperties": [], **more}


def there(thing: dict, **parts: object) -> LiveState:
    found = replace(live(thing), parts={"federatedIdentityCredentials": (), "extensionProperties": ()})
    return replace(found, **parts)


def bodies(made: Made) -> list[object]:
    return [step.body for step in made.steps]


@pytest.mark.parametrize("mode", ["add", "exact"])
def test_an_application_like_its_record_gives_an_empty_plan(mode):
    logo = app(info={"logoUrl": "https://elsewhere.example/logo", "supportUrl": "https://support.example"})
    made = planned(APPS, app(), there(logo), mode=mode)
    assert (made.steps, made.gaps) == ((), ())


def test_an_enabled_role_is_disabled_in_a_step_of_its_own_before_it_changes():
    made = planned(APPS, app(), there(app(appRoles=[role(description="Reads all"), role(WRITER, value="Write")])))
    first, second = made.steps
    assert (first.action, first.method, first.path) == ("call", "PATCH", f"/applications/{ME}")
    assert {item["id"]: item["isEnabled"] for item in first.body["appRoles"]} == {READER: False, WRITER: False}
    assert [item["description"] for item in first.body["appRoles"]] == ["Reads all", "Reads"]
    assert second.body == {"appRoles": [{key: value for key, value in role().items() if key != "origin"}]}


def test_an_enabled_scope_is_disabled_with_the_rest_of_the_api_as_it_is():
    changed = app(api={**app()["api"], "oauth2PermissionScopes": [scope(value="Cargo.Look")]})
    first, second = planned(APPS, app(), there(changed)).steps
    assert first.body["api"]["oauth2PermissionScopes"] == [
        {"id": SCOPE, "isEnabled": False, "type": "User", "value": "Cargo.Look"}
    ]
    assert first.body["api"]["preAuthorizedApplications"] == []
    assert second.body["api"]["oauth2PermissionScopes"][0]["value"] == "Cargo.View"
    assert second.body["api"]["oauth2PermissionScopes"][0]["id"] == SCOPE


@pytest.mark.parametrize(
    "now",
    [[role(), role(WRITER, isEnabled=False)], [role(isEnabled=False, description="Reads all")], []],
    ids=["only one that is off goes", "the one that changes is off", "there is none"],
)
def test_nothing_is_disabled_where_graph_does_not_ask_for_it(now):
    made = planned(APPS, app(), there(app(appRoles=now)))
    assert [step.action for step in made.steps] == ["update"]


def test_disabling_a_role_is_one_step():
    made = planned(APPS, app(appRoles=[role(isEnabled=False)]), there(app()))
    assert [step.action for step in made.steps] == ["update"]


def test_roles_that_stay_are_not_disabled():
    """Nothing is emptied unless an exact match is asked for, so nothing has to be switched off for it."""
    assert planned(APPS, app(appRoles=[]), there(app())).steps == ()
    exact = planned(APPS, app(appRoles=[]), there(app()), mode="exact")
    assert [step.action for step in exact.steps] == ["call", "clearProperty"]


def test_what_was_not_chosen_is_not_disabled():
    made = planned(APPS, app(), there(app(appRoles=[role(value="Look")], notes="x")), properties=frozenset({"notes"}))
    assert made.steps == ()


def test_a_purged_application_comes_back_with_its_own_appid_in_a_second_step():
    made = planned(APPS, app(), GONE, ids={ME: token(ME), APP_ID: token(APP_ID)}, frame=_making(APPS))
    create = made["object"].steps[0]
    assert (create.action, create.method, create.path) == ("create", "POST", "/applications")
    assert "identifierUris" not in create.body
    assert create.body["appRoles"][0]["id"] == READER
    assert not {"appId", "passwordCredentials", "keyCredentials", "id"} & create.body.keys()
    later = made["links"].steps[0]
    assert (later.path, later.body) == (f"/applications/{token(ME)}", {"identifierUris": [f"api://{token(APP_ID)}"]})
    assert made["object"].aliases == {"appId": APP_ID}


def _making(*entries):
    return replace(FRAME, made={name: stage_of(entry) for entry in entries for name in (ME, APP_ID)})


def test_an_application_with_a_unique_name_is_made_by_it():
    step = planned(APPS, app(uniqueName="cargo-api"), GONE).steps[0]
    assert (step.method, step.path) == ("PATCH", "/applications(uniqueName='cargo-api')")
    assert step.headers == {"Prefer": "create-if-missing"}
    assert "uniqueName" not in step.body


def test_secrets_and_certificates_are_never_written_and_named_one_by_one():
    secret = {"keyId": guid(70), "hint": "abc", "displayName": "CI", "endDateTime": "2027-01-01T00:00:00Z"}
    expired = {"keyId": guid(71), "hint": "xyz", "displayName": "old", "endDateTime": "2020-01-01T00:00:00Z"}
    certificate = {"keyId": guid(72), "customKeyIdentifier": "VEhVTUI=", "displayName": "CN=x", "usage": "Verify"}
    record = app(passwordCredentials=[secret, expired], keyCredentials=[certificate])
    for state in (GONE, there(app())):
        made = planned(APPS, record, state)
        told = " ".join(f"{gap.what} {gap.why} {gap.todo}" for gap in made.gaps)
        assert "abc" in told
        assert "xyz" not in told
        assert "VEhVTUI=" in told
        assert f"applicationKeyCredentials/{ME}" in told
        assert not any({"passwordCredentials", "keyCredentials"} & set(step.body or ()) for step in made.steps)


def test_a_recycled_application_says_that_its_principal_lies_there_too():
    made = planned(APPS, app(), replace(there(app()), standing="deleted"))
    assert made.steps[0].path == f"/directory/deletedItems/{ME}/restore"
    assert "servicePrincipals" in " ".join(gap.todo for gap in made.gaps)


def test_principals_are_undeleted_and_made_after_their_applications():
    assert stage_of(APPS) < stage_of(PRINCIPALS) < stage_of(TYPES["appRoleAssignments"])
    assert stage_of(APPS) < stage_of(TYPES["applicationKeyCredentials"])


def test_extensions_are_made_by_their_short_names_and_their_values_are_told_lost():
    extension = {
        "id": guid(80),
        "name": f"extension_{APP_ID.replace('-', '')}_costCenter",
        "dataType": "String",
        "isMultiValued": False,
        "targetObjects": ["User"],
    }
    record = app(**{"@relationships": tied(extensionProperties=[extension])})
    made = planned(APPS, record, GONE)
    (step,) = (step for step in made.steps if step.link == "extensionProperties")
    assert (step.method, step.path) == ("POST", f"/applications/{token(ME)}/extensionProperties")
    assert step.body == {
        "name": "costCenter",
        "dataType": "String",
        "isMultiValued": False,
        "targetObjects": ["User"],
    }
    assert extension["name"] in " ".join(gap.why for gap in made.gaps)
    renamed = {**extension, "id": guid(81), "name": f"extension_{OTHER_APP_ID.replace('-', '')}_costCenter"}
    again = there(app(), parts={"federatedIdentityCredentials": (), "extensionProperties": (renamed,)})
    assert planned(APPS, record, again).steps == ()


def test_federated_credentials_are_added_and_changed_one_by_one():
    def trust(name: str, **more: object) -> dict:
        return {
            "id": guid(90 + len(name)),
            "name": name,
            "issuer": "https://issuer.example",
            "subject": name,
            "audiences": ["api://AzureADTokenExchange"],
            "description": None,
            **more,
        }

    record = app(**{"@relationships": tied(federatedIdentityCredentials=[trust("main"), trust("release")])})
    now = there(
        app(),
        parts={
            "federatedIdentityCredentials": (trust("main", subject="attacker"), trust("x")),
            "extensionProperties": (),
        },
    )
    made = planned(APPS, record, now, mode="exact")
    assert [(step.action, step.method, step.danger) for step in made.steps] == [
        ("changePart", "PATCH", "elevated"),
        ("addPart", "POST", "elevated"),
        ("removePart", "DELETE", "elevated"),
    ]
    assert made.steps[0].body == {"subject": "main"}
    assert made.steps[0].api == "beta"


PRIVILEGED = [{"resourceAppId": GRAPH, "resourceAccess": [{"id": guid(99), "type": "Role"}]}]
DELEGATED = [{"resourceAppId": GRAPH, "resourceAccess": [{"id": guid(99), "type": "Scope"}]}]


@pytest.mark.parametrize(("access", "danger"), [(PRIVILEGED, "high"), (DELEGATED, "elevated"), ([], "elevated")])
def test_ways_into_a_privileged_application_are_highly_dangerous(access, danger):
    record = app(requiredResourceAccess=access, **{"@relationships": tied(owners=[{"id": ANN, "type": "user"}])})
    now = there(app(requiredResourceAccess=access, web={"redirectUris": ["https://evil.example"], "homePageUrl": None}))
    made = planned(APPS, record, now)
    assert {step.link or "web": step.danger for step in made.steps} == {"web": danger, "owners": danger}


def test_switching_an_application_on_again_is_highly_dangerous():
    (step,) = planned(APPS, app(isDisabled=False), there(app(isDisabled=True))).steps
    assert (step.body, step.danger) == ({"isDisabled": False}, "high")


def test_an_application_that_was_off_is_made_and_switched_off():
    made = planned(APPS, app(isDisabled=True), GONE)
    assert "isDisabled" not in made.steps[0].body
    assert {"isDisabled": True} in bodies(made)


def test_required_access_is_written_as_recorded_and_no_wider():
    more = [
        {"resourceAppId": GRAPH, "resourceAccess": [{"id": guid(98), "type": "Role"}, *DELEGATED[0]["resourceAccess"]]}
    ]
    (step,) = planned(APPS, app(requiredResourceAccess=DELEGATED), there(app(requiredResourceAccess=more))).steps
    assert step.body == {"requiredResourceAccess": DELEGATED}


def test_an_encryption_key_that_is_not_there_is_not_named():
    record = app(tokenEncryptionKeyId=guid(72))
    for state in (GONE, there(app())):
        made = planned(APPS, record, state)
        assert not any("tokenEncryptionKeyId" in (step.body or ()) for step in made.steps)
        assert any("tokenEncryptionKeyId" in gap.what for gap in made.gaps)
    held = there(app(keyCredentials=[{"keyId": guid(72), "usage": "Encrypt"}]))
    assert {"tokenEncryptionKeyId": guid(72)} in bodies(planned(APPS, record, held))


# service principals


def principal(**more: object) -> dict:
    return {
        "id": ME,
        "appId": APP_ID,
        "displayName": "Cargo API",
        "accountEnabled": True,
        "appOwnerOrganizationId": FRAME.tenant,
        "appRoleAssignmentRequired": False,
        "servicePrincipalType": "Application",
        "alternativeNames": [],
        "keyCredentials": [],
        "passwordCredentials": [],
        "tags": [],
        "@relationships": {"owners": [], "delegatedPermissionClassifications": []},
        **more,
    }


def held(thing: dict) -> LiveState:
    return replace(live(thing), parts={"delegatedPermissionClassifications": ()})


def test_a_principal_is_made_for_the_new_appid_of_its_application():
    ids = {ME: token(ME), APP_ID: token(APP_ID)}
    made = planned(PRINCIPALS, principal(notes="x"), GONE, ids=ids, frame=_making(APPS))
    step = made.steps[0]
    assert (step.method, step.path) == ("PATCH", f"/servicePrincipals(appId='{token(APP_ID)}')")
    assert step.body == {"accountEnabled": True, "appRoleAssignmentRequired": False, "notes": "x"}
    assert step.after == {**step.body, "appId": token(APP_ID)}


@pytest.mark.parametrize("standing", ["gone", "deleted"])
def test_a_managed_identity_is_a_sentence_and_not_a_step(standing):
    names = ["isExplicit=False", "/subscriptions/1/sites/func-cargo"]
    record = principal(servicePrincipalType="ManagedIdentity", alternativeNames=names)
    made = planned(PRINCIPALS, record, replace(held(record), standing=standing))
    assert made.steps == ()
    assert "/subscriptions/1/sites/func-cargo" in made.gaps[0].todo


def test_a_principal_in_the_bin_is_of_no_use_to_an_application_that_is_made_anew():
    ids = {APP_ID: token(APP_ID)}
    made = planned(PRINCIPALS, principal(), replace(held(principal()), standing="deleted"), ids=ids)
    assert made.steps == ()
    assert f"/directory/deletedItems/{ME}" in made.gaps[0].todo


def test_little_is_written_to_a_principal_of_microsoft():
    record = principal(appOwnerOrganizationId=MICROSOFT, accountEnabled=False, notes="x", loginUrl="https://x.example")
    step = planned(PRINCIPALS, record, GONE).steps[0]
    assert step.body == {"accountEnabled": False, "appRoleAssignmentRequired": False}
    made = planned(PRINCIPALS, record, held(principal(appOwnerOrganizationId=MICROSOFT)))
    assert bodies(made) == [{"accountEnabled": False}]
    assert "loginUrl, notes" in made.gaps[0].what


def test_a_principal_of_another_tenant_says_on_whom_it_depends():
    made = planned(PRINCIPALS, principal(appOwnerOrganizationId=guid(123)), GONE)
    assert any(guid(123) in gap.why for gap in made.gaps)


def test_the_restorer_is_neither_disabled_nor_deleted():
    own = Safety(restorer=ME)
    made = planned(PRINCIPALS, principal(accountEnabled=False), held(principal()), safety=own)
    assert made.steps == ()
    assert deletion_item(held(principal()), PRINCIPALS, FRAME, own).steps == ()
    assert len(deletion_item(held(principal()), PRINCIPALS, FRAME, Safety(restorer=BOB)).steps) == 1


def test_the_application_that_a_restore_signs_in_with_is_not_deleted():
    assert deletion_item(there(app()), APPS, FRAME, Safety(restorer_app=APP_ID)).steps == ()
    (step,) = deletion_item(there(app()), APPS, FRAME, Safety(restorer_app=OTHER_APP_ID)).steps
    assert (step.method, step.path) == ("DELETE", f"/applications/{ME}")


@pytest.mark.parametrize("more", [{"appOwnerOrganizationId": MICROSOFT}, {"servicePrincipalType": "ManagedIdentity"}])
def test_what_is_not_the_tenants_own_is_not_deleted(more):
    assert deletion_item(held(principal(**more)), PRINCIPALS, FRAME).steps == ()


def test_owners_and_signing_keys_of_principals_are_highly_dangerous():
    tie = {"owners": [{"id": ANN, "type": "user"}], "delegatedPermissionClassifications": []}
    key = [{"keyId": guid(72), "customKeyIdentifier": "AB12", "usage": "Sign"}]
    record = principal(preferredTokenSigningKeyThumbprint="ab12", keyCredentials=key, **{"@relationships": tie})
    made = planned(PRINCIPALS, record, held(principal(keyCredentials=key)))
    assert [step.danger for step in made.steps] == ["high", "high"]


def test_security_attributes_go_by_themselves_with_their_types():
    cargo = {"@odata.type": "#microsoft.graph.customSecurityAttributeValue", "Level": 3, "Lanes": ["a"], "Ok": True}
    made = planned(PRINCIPALS, principal(customSecurityAttributes={"Cargo": cargo}), held(principal(notes="")))
    (step,) = made.steps
    assert step.body == {
        "customSecurityAttributes": {
            "Cargo": {
                "@odata.type": "#Microsoft.DirectoryServices.CustomSecurityAttributeValue",
                "Level@odata.type": "#Int32",
                "Level": 3,
                "Lanes@odata.type": "#Collection(String)",
                "Lanes": ["a"],
                "Ok": True,
            }
        }
    }
    assert "CustomSecAttributeAssignment.ReadWrite.All" in step.needs


def test_security_attributes_that_were_added_stay_unless_exact():
    now = principal(customSecurityAttributes={"Cargo": {"Level": 3, "Extra": "x"}})
    record = principal(customSecurityAttributes={"Cargo": {"Level": 3}})
    assert planned(PRINCIPALS, record, held(now)).steps == ()
    (step,) = planned(PRINCIPALS, record, held(now), mode="exact").steps
    assert step.body["customSecurityAttributes"]["Cargo"]["Extra"] is None


# certificates


def certificate(number: int, **more: object) -> dict:
    return {
        "keyId": guid(number),
        "customKeyIdentifier": f"thumb{number}",
        "displayName": f"CN={number}",
        "endDateTime": "2028-01-01T00:00:00Z",
        "key": f"public{number}",
        "startDateTime": "2025-01-01T00:00:00Z",
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        **more,
    }


def holder(*certificates: dict) -> dict:
    return {"id": ME, "appId": APP_ID, "displayName": "Cargo API", "keyCredentials": list(certificates)}


@pytest.mark.parametrize("key", ["applicationKeyCredentials", "servicePrincipalKeyCredentials"])
def test_a_certificate_comes_back_beside_those_that_are_there(key):
    made = planned(TYPES[key], holder(certificate(1), certificate(2)), live(holder(certificate(2), certificate(3))))
    (step,) = made.steps
    sent = {item["keyId"]: item.get("key") for item in step.body["keyCredentials"]}
    assert sent == {guid(1): "public1", guid(2): None, guid(3): None}
    assert (step.method, step.path) == ("PATCH", f"{TYPES[key].path}/{ME}")
    assert step.danger == "high"
    assert "CN=3" in made.gaps[0].what


def test_exact_takes_away_a_certificate_that_was_added():
    entry = TYPES["applicationKeyCredentials"]
    made = planned(entry, holder(certificate(1)), live(holder(certificate(1), certificate(3))), mode="exact")
    assert [[item["keyId"] for item in step.body["keyCredentials"]] for step in made.steps] == [[guid(1)]]
    assert planned(entry, holder(certificate(1)), live(holder(certificate(1), certificate(3)))).steps == ()


def test_a_signing_certificate_is_not_put_back():
    pair = (certificate(1, usage="Sign"), certificate(2, customKeyIdentifier="thumb1"))
    made = planned(TYPES["servicePrincipalKeyCredentials"], holder(*pair), live(holder()))
    assert made.steps == ()
    assert all("addTokenSigningCertificate" in gap.todo for gap in made.gaps)


@pytest.mark.parametrize("standing", ["gone", "deleted"])
def test_certificates_wait_for_what_holds_them(standing):
    state = replace(live(holder()), standing=standing)
    made = planned(TYPES["applicationKeyCredentials"], holder(certificate(1)), state)
    assert made.steps == ()
    assert made.gaps


# grants


def assignment(**more: object) -> dict:
    return {
        "id": "assignment-1",
        "appRoleId": READER,
        "principalId": ANN,
        "principalType": "User",
        "resourceId": BOB,
        "resourceDisplayName": "Cargo API",
        "createdDateTime": "2025-01-01T00:00:00Z",
        **more,
    }


def grant(scopes: str, **more: object) -> dict:
    return {
        "id": "grant-1",
        "clientId": ANN,
        "consentType": "AllPrincipals",
        "principalId": None,
        "resourceId": BOB,
        "scope": scopes,
        **more,
    }


ASSIGNMENTS, GRANTS = TYPES["appRoleAssignments"], TYPES["oauth2PermissionGrants"]
NO_GRANT = LiveState(id="grant-1", standing="gone")


def test_an_assignment_is_made_at_its_resource_with_the_new_ids():
    made = planned(ASSIGNMENTS, assignment(), replace(NO_GRANT, id="assignment-1"), ids={BOB: token(BOB)})
    (step,) = made.steps
    assert (step.method, step.path) == ("POST", f"/servicePrincipals/{token(BOB)}/appRoleAssignedTo")
    assert step.body == {"appRoleId": READER, "principalId": ANN, "resourceId": token(BOB)}
    assert {"AppRoleAssignment.ReadWrite.All", "Application.Read.All"} <= set(step.needs)


@pytest.mark.parametrize(
    ("more", "danger"),
    [
        ({"resourceDisplayName": "Microsoft Graph", "principalType": "ServicePrincipal"}, "high"),
        ({"resourceDisplayName": "Office 365 Exchange Online", "principalType": "ServicePrincipal"}, "high"),
        ({"principalType": "ServicePrincipal"}, "elevated"),
        ({}, "elevated"),
        ({"appRoleId": "00000000-0000-0000-0000-000000000000"}, "low"),
    ],
)
def test_how_dangerous_an_assignment_is(more, danger):
    (step,) = planned(ASSIGNMENTS, assignment(**more), NO_GRANT).steps
    assert step.danger == danger


def test_an_assignment_of_somebody_who_is_gone_is_not_made():
    made = planned(ASSIGNMENTS, assignment(), replace(NO_GRANT, missing=frozenset({ANN})))
    assert made.steps == ()
    assert made.gaps


@pytest.mark.parametrize("mode", ["add", "exact"])
@pytest.mark.parametrize(
    "now", ["", "User.Read", "openid User.Read", "User.Read Mail.Send", "Mail.Send", " User.Read openid"]
)
def test_no_grant_gets_broader_than_its_record(now, mode):
    record = grant(" openid  User.Read")
    made = planned(GRANTS, record, live(grant(now)), mode=mode)
    wanted, held_now = {"openid", "User.Read"}, set(now.split())
    for step in made.steps:
        assert set(step.body["scope"].split()) == wanted
    narrowed = held_now - wanted and made.steps
    assert not narrowed or mode == "exact"
    assert bool(made.steps) is (held_now != wanted and (mode == "exact" or not held_now - wanted))
    assert bool(made.gaps) is (mode == "add" and bool(held_now - wanted))


def test_a_grant_for_everyone_to_write_is_highly_dangerous():
    assert planned(GRANTS, grant("Directory.ReadWrite.All"), NO_GRANT).steps[0].danger == "high"
    assert planned(GRANTS, grant("User.Read"), NO_GRANT).steps[0].danger == "elevated"


def test_the_permissions_of_the_restorer_stay():
    own = Safety(restorer=ANN)
    for entry, thing in ((ASSIGNMENTS, assignment()), (GRANTS, grant("x"))):
        assert deletion_item(live(thing), entry, FRAME, own).steps == ()
        (step,) = deletion_item(live(thing), entry, FRAME, Safety(restorer=NEW)).steps
        assert step.method == "DELETE"


def test_the_record_itself_is_not_changed_by_planning():
    for entry, record in ((APPS, app()), (PRINCIPALS, principal()), (GRANTS, grant(" b a"))):
        before = deepcopy(record)
        planned(entry, record, GONE)
        assert record == before


def test_certificates_of_an_application_that_the_plan_makes_are_put_on_the_new_one():
    made = planned(
        TYPES["applicationKeyCredentials"],
        holder(certificate(1)),
        replace(GONE, object={}),
        ids={ME: token(ME), APP_ID: token(APP_ID)},
        frame=_making(APPS),
    )
    (step,) = made.steps
    assert (step.action, step.method, step.path) == ("update", "PATCH", f"/applications/{token(ME)}")
    assert [item["key"] for item in step.body["keyCredentials"]] == ["public1"]
    (item,) = made.items
    assert (item.live_id, item.digest, item.makes) == ("", "", False)
    assert item.stage > stage_of(APPS)
