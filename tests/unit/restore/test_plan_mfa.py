"""The state of multifactor authentication of a person: written, unless the service has moved it on by itself."""

import pytest

from functions.catalogue import TYPES
from functions.core.plan import LiveState
from functions.core.record import RELATIONSHIPS
from tests.unit.restore.entries import GONE, ME, Made, planned

ENTRY = TYPES["userAuthenticationMethods"]


def made(wanted: str, now: str) -> Made:
    record = {"id": ME, "userPrincipalName": "me@x.example"}
    recorded = {RELATIONSHIPS: {"methods": [], "requirements": [{"perUserMfaState": wanted}]}}
    state = LiveState(id=ME, standing="live", object=record, parts={"requirements": ({"perUserMfaState": now},)})
    return planned(ENTRY, {**record, **recorded}, state)


@pytest.mark.parametrize(
    ("wanted", "now", "danger"),
    [("enforced", "disabled", "elevated"), ("disabled", "enforced", "high"), ("enabled", "disabled", "elevated")],
)
def test_the_state_is_written_by_a_call_of_its_own(wanted, now, danger):
    (step,) = made(wanted, now).steps
    assert (step.method, step.api, step.path) == ("PATCH", "beta", f"/users/{ME}/authentication/requirements")
    assert (step.body, step.danger) == ({"perUserMfaState": wanted}, danger)
    assert step.needs == ("Policy.ReadWrite.AuthenticationMethod",)


def test_what_the_service_has_moved_on_is_left_and_told():
    left = made("enabled", "enforced")
    assert left.steps == ()
    assert "stays enforced" in left.gaps[0].what
    assert "may become enforced" in made("enabled", "disabled").gaps[0].what
    assert made("enforced", "enforced").gaps == ()


def test_nothing_is_written_to_an_account_that_is_not_there():
    gone = planned(ENTRY, {"id": ME, RELATIONSHIPS: {"requirements": [{"perUserMfaState": "enabled"}]}}, GONE)
    assert gone.steps == ()
    assert "does not come back" in gone.gaps[0].what
