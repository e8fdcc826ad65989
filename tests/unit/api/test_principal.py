"""Who is believed, and as whom."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.principal import HEADER, Caller, Role, caller
from functions.errors import CallerError
from functions.settings import Settings
from tests.unit.api.principals import AZURE, CALLER, CLIENT, EVERY_ROLE, LOCAL, TENANT, URI, encoded, header

CLAIMS = "http://schemas.microsoft.com/identity/claims/"
ROLE_URI = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"


def asked(value: str | None, settings: Settings = AZURE) -> Caller:
    return caller({} if value is None else {HEADER: value}, settings)


def slug(value: str | None, settings: Settings = AZURE) -> tuple[int, str]:
    with pytest.raises(CallerError) as refusal:
        asked(value, settings)
    return refusal.value.status, refusal.value.slug


def test_roles_of_unmapped_claims_are_read() -> None:
    assert asked(header("Backup.Read", "Restore.Plan")).roles == {Role.BACKUP_READ, Role.RESTORE_PLAN}


def test_roles_of_mapped_claims_are_read() -> None:
    principal = {
        "auth_typ": "aad",
        "role_typ": ROLE_URI,
        "claims": [
            {"typ": f"{CLAIMS}tenantid", "val": TENANT.upper()},
            {"typ": f"{CLAIMS}objectidentifier", "val": CALLER},
            {"typ": "aud", "val": URI.upper()},
            {"typ": ROLE_URI, "val": "Backup.Run"},
        ],
    }
    found = asked(encoded(principal))
    assert (found.id, found.name, found.roles) == (CALLER, CALLER, {Role.BACKUP_RUN})


def test_the_header_does_not_say_which_claim_holds_roles() -> None:
    principal = {
        "auth_typ": "aad",
        "role_typ": "groups",
        "claims": [
            {"typ": "tid", "val": TENANT},
            {"typ": "oid", "val": CALLER},
            {"typ": "aud", "val": CLIENT},
            {"typ": "groups", "val": "Restore.Apply"},
        ],
    }
    assert asked(encoded(principal)).roles == frozenset()


@pytest.mark.parametrize("claim", ["scp", "groups", "wids", "role", "Roles"])
def test_other_claims_give_no_role(claim: str) -> None:
    assert asked(header(extra={claim: "Restore.Apply"})).roles == frozenset()


@pytest.mark.parametrize("role", ["backup.read", "Backup.Read ", "Backup.*", "Backup", "Restore.Apply,Backup.Read", ""])
def test_a_role_counts_only_to_the_letter(role: str) -> None:
    assert asked(header(role)).roles == frozenset()


@pytest.mark.parametrize("held", EVERY_ROLE)
@pytest.mark.parametrize("needed", list(Role))
def test_no_role_includes_another(held: str, needed: Role) -> None:
    found = asked(header(held))
    if needed.value == held:
        found.require((needed,))
        return
    with pytest.raises(CallerError) as refusal:
        found.require((needed,))
    assert (refusal.value.status, refusal.value.slug) == (403, "missingRole")


def test_one_of_several_roles_is_enough_and_no_role_asked_is_met_by_none() -> None:
    asked(header("Backup.Run")).require((Role.BACKUP_READ, Role.BACKUP_RUN))
    asked(header()).require(())


MALFORMED = {
    "not base64": "%%%",
    "base64 with a line break": header()[:20] + "\n" + header()[20:],
    "base64 of no JSON": base64.b64encode(b"hello").decode(),
    "base64 cut short": header()[:-3],
    "a list": encoded([]),
    "no claims": encoded({"auth_typ": "aad"}),
    "claims null": encoded({"claims": None}),
    "a claim without a value": encoded({"claims": [{"typ": "roles"}]}),
    "a claim with a number": encoded({"claims": [{"typ": "roles", "val": 1}]}),
    "a deep nest": base64.b64encode(b'{"claims":' + b"[" * 100_000).decode(),
    "no one": header(oid=""),
    "no tenant": header(tid=""),
    "an application without an object in the tenant": header(oid="", extra={"sub": CALLER, "azp": CLIENT}),
    "another provider": encoded(json.loads(base64.b64decode(header())) | {"auth_typ": "github"}),
    "no provider": encoded(json.loads(base64.b64decode(header())) | {"auth_typ": None}),
}


@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_principal_that_cannot_be_read_is_refused(value: str) -> None:
    assert slug(value) == (401, "invalidPrincipal")


def test_a_caller_of_another_tenant_is_refused() -> None:
    other = "11111111-2222-4333-8444-666666666666"
    assert slug(header(*EVERY_ROLE, tid=other)) == (403, "wrongTenant")
    assert slug(header(*EVERY_ROLE, tid=other), LOCAL) == (403, "wrongTenant")
    assert slug(header(*EVERY_ROLE, extra={f"{CLAIMS}tenantid": other})) == (403, "wrongTenant")


def test_a_token_for_another_application_is_refused() -> None:
    other = "77777777-2222-4333-8444-000000000003"
    assert asked(header(aud=URI)).id == CALLER
    for audience in (other, f"api://{other}", "https://graph.microsoft.com", f"{CLIENT} {other}", ""):
        assert slug(header(*EVERY_ROLE, aud=audience)) == (403, "wrongAudience")
    assert slug(header(*EVERY_ROLE, aud=other), replace(LOCAL, audiences=AZURE.audiences)) == (403, "wrongAudience")


def test_nobody_is_believed_while_no_audience_is_set() -> None:
    unset = replace(AZURE, audiences=frozenset())
    assert slug(header(*EVERY_ROLE), unset) == (403, "authenticationOff")
    assert slug(None, unset) == (403, "authenticationOff")


def test_a_guest_is_a_caller_of_the_tenant_with_the_roles_it_was_given() -> None:
    guest = header("Backup.Read", idp="https://sts.windows.net/22222222-2222-4333-8444-555555555555/")
    assert asked(guest).roles == {Role.BACKUP_READ}
    assert asked(header(idp="live.com")).roles == frozenset()


def test_no_header_is_nobody_where_the_platform_authenticates() -> None:
    assert slug(None) == (401, "notAuthenticated")
    assert slug("") == (401, "notAuthenticated")
    assert slug(None, replace(LOCAL, auth_enabled=True)) == (401, "notAuthenticated")


def test_nobody_is_believed_while_the_platform_does_not_authenticate() -> None:
    off = replace(AZURE, auth_enabled=False)
    assert slug(None, off) == (403, "authenticationOff")
    assert slug(header(*EVERY_ROLE), off) == (403, "authenticationOff")


def test_on_a_laptop_without_a_header_every_role_is_held() -> None:
    assert asked(None, LOCAL).roles == frozenset(Role)


def test_on_a_laptop_a_header_narrows_the_roles() -> None:
    assert asked(header("Backup.Read", tid=""), LOCAL).roles == {Role.BACKUP_READ}


def test_a_label_names_the_person_and_the_id_that_stays() -> None:
    assert asked(header()).label == f"Ada ({CALLER})"
    assert asked(header(name="")).label == CALLER


@given(st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()) | st.text(max_size=200))
def test_no_header_makes_anything_but_a_refusal(value: str) -> None:
    assert slug(value)[1] in {"invalidPrincipal", "notAuthenticated"}
