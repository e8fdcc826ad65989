"""Attempts to have a restore raise somebody's rights, or take away its own: the restorer's certificates and switches,
strangers under the names of others, grants that grew, secrets in plans."""

import pytest

from functions.catalogue import TYPES
from functions.core.plan import LiveState, Options
from functions.core.plan_make import deletion_item, items
from functions.core.plan_rules import Safety
from functions.core.record import Object
from tests.unit.restore.entries import ANN, BOB, CAT, FRAME, ME, Made, guid

APP = guid(80)
SAFETY = Safety(restorer=ME, restorer_app=APP, administrators={ANN: frozenset()})
STRANGER = Safety(restorer=CAT, restorer_app=guid(81), administrators={ANN: frozenset()})
CHOSEN_BY_PEOPLE = {"displayName", "description", "mail", "mailNickname", "name", "uniqueName", "userPrincipalName"}


def planned(key: str, record: Object, now: Object | None, safety: Safety = SAFETY, **options: object) -> Made:
    standing = "live" if now is not None else "gone"
    state = LiveState(id=ME, standing=standing, object=now or {})  # type: ignore[arg-type]
    return Made(items(record, state, Options(**options), TYPES[key], {}, FRAME, safety))  # type: ignore[arg-type]


def certificate(number: int) -> Object:
    return {"keyId": guid(number), "customKeyIdentifier": f"{number}", "type": "AsymmetricX509Cert", "key": "AAAA"}


@pytest.mark.parametrize("key", ["applicationKeyCredentials", "servicePrincipalKeyCredentials"])
@pytest.mark.parametrize("mode", ["add", "exact"])
def test_the_restorer_neither_loses_its_certificates_nor_gets_old_ones(key: str, mode: str):
    rest: Object = {"id": ME, "appId": APP, "displayName": "Restorer"}
    record = {**rest, "keyCredentials": [certificate(1)]}
    there = {**rest, "keyCredentials": [certificate(2)]}
    made = planned(key, record, there, mode=mode)
    assert made.steps == ()
    assert "signs in" in made.gaps[0].why
    (step,) = planned(key, record, there, STRANGER, mode=mode).steps
    assert step.danger == "high"


def test_the_restorer_is_not_switched_off():
    rest: Object = {"id": ME, "appId": APP, "displayName": "Restorer", "servicePrincipalType": "Application"}
    on, off = {"accountEnabled": True, "isDisabled": False}, {"accountEnabled": False, "isDisabled": True}
    for key in ("applications", "servicePrincipals"):
        made = planned(key, {**rest, **off}, {**rest, **on}, mode="exact")
        assert made.steps == ()
        assert any("signs in" in gap.why for gap in made.gaps)
        assert planned(key, {**rest, **off}, {**rest, **on}, STRANGER, mode="exact").steps


def test_nothing_that_people_choose_makes_a_stranger_the_object_that_is_gone():
    """An object that is found again by its keys gets what named the old one: whoever can choose them could wait."""
    for entry in TYPES.values():
        if entry.restore is not None and entry.restore.unique:
            assert not CHOSEN_BY_PEOPLE & set(entry.natural_keys), entry.key


@pytest.mark.parametrize("key", ["users", "groups", "applications", "administrativeUnits"])
def test_a_stranger_with_the_same_name_is_never_adopted(key: str):
    restore = TYPES[key].restore
    assert restore is not None
    assert not restore.unique


def test_no_secret_of_devices_is_restorable():
    """A plan is shown to whoever may plan; what is kept apart must not get into one."""
    assert not [entry.key for entry in TYPES.values() if entry.private and entry.restore is not None]


def test_client_secrets_and_private_keys_are_in_no_allow_list():
    for entry in TYPES.values():
        if entry.restore is None:
            continue
        written = entry.restore.create | entry.restore.update
        assert "passwordCredentials" not in written, entry.key
        assert "passwordProfile" not in written or entry.key == "users"
        if not entry.key.endswith("KeyCredentials"):
            assert "keyCredentials" not in written, entry.key


@pytest.mark.parametrize("there", ["User.Read", "User.Read Mail.Read", "Directory.ReadWrite.All", ""])
def test_no_grant_gets_broader_than_its_record(there: str):
    recorded = "User.Read openid"
    grant: Object = {"id": ME, "clientId": BOB, "resourceId": CAT, "consentType": "AllPrincipals", "scope": recorded}
    for mode in ("add", "exact"):
        for step in planned("oauth2PermissionGrants", grant, {**grant, "scope": there}, mode=mode).steps:
            assert set(step.body["scope"].split()) <= set(recorded.split())
    (created,) = planned("oauth2PermissionGrants", grant, None).steps
    assert set(created.body["scope"].split()) == set(recorded.split())


def test_an_application_role_is_given_as_recorded_and_no_other():
    record: Object = {
        "id": ME,
        "principalId": BOB,
        "resourceId": CAT,
        "appRoleId": guid(90),
        "principalType": "ServicePrincipal",
        "resourceDisplayName": "Microsoft Graph",
    }
    (step,) = planned("appRoleAssignments", record, None).steps
    assert step.danger == "high"
    assert {name: step.body[name] for name in ("principalId", "resourceId", "appRoleId")} == {
        name: record[name] for name in ("principalId", "resourceId", "appRoleId")
    }


def test_a_permission_of_the_restorer_is_not_taken_away():
    for key, end in (("appRoleAssignments", "principalId"), ("oauth2PermissionGrants", "clientId")):
        thing: Object = {"id": guid(91), end: ME, "resourceId": CAT, "appRoleId": guid(90)}
        there = LiveState(id=guid(91), standing="live", object=thing)
        assert not deletion_item(there, TYPES[key], FRAME, SAFETY).steps
        assert deletion_item(there, TYPES[key], FRAME, STRANGER).steps


@pytest.mark.parametrize("link", ["owners", "federatedIdentityCredentials"])
def test_what_lets_somebody_act_as_an_application_with_rights_is_dangerous(link: str):
    graph = {"resourceAppId": "00000003-0000-0000-c000-000000000000"}
    needed = [{**graph, "resourceAccess": [{"id": guid(92), "type": "Role"}]}]
    app: Object = {"id": ME, "appId": guid(93), "displayName": "Robot", "requiredResourceAccess": needed}  # type: ignore[dict-item]
    held = {
        "owners": [{"id": BOB, "type": "user"}],
        "federatedIdentityCredentials": [
            {"id": guid(94), "name": "fic", "issuer": "https://i.example", "subject": "s", "audiences": ["a"]}
        ],
        "extensionProperties": [],
    }
    record: Object = {**app, "@relationships": held}  # type: ignore[dict-item]
    state = LiveState(
        id=ME,
        standing="live",
        object=app,
        links={"owners": ()},
        parts={"federatedIdentityCredentials": (), "extensionProperties": ()},
    )
    made = Made(items(record, state, Options(), TYPES["applications"], {}, FRAME, SAFETY))
    assert {step.danger for step in made.steps if step.link == link} == {"high"}
