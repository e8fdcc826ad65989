"""What a run says aloud: at the edge of each limit, and not where a person would be called for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.catalogue.model import Outcome
from functions.core.manifest import Gap, TypeResult
from functions.core.run_alerts import Alert, Earlier, Thresholds, parts_missing, run_alerts

LIMITS = Thresholds(deleted_count=50, deleted_share=0.2, changed_count=500, changed_share=0.3)
MISSING = Gap("permissionMissing", "Members of Groups (groups) … request 1", "Grant the reader identity A.")
OTHER = Gap("permissionMissing", "Owners of Groups (groups) … request 2", "Grant the reader identity B.")
UNLICENSED = Gap("licenceMissing", "not in the licence", "It takes P2.")
counts = st.integers(0, 10_000)
WHOLE = Earlier(Outcome.READ, once=True, parts=())


def alerts(
    result: TypeResult, earlier: Earlier | None = WHOLE, base: str = "before", upgraded: bool = False
) -> list[str]:
    known = {} if earlier is None else {"users": earlier}
    found = run_alerts({"users": result}, known, {"users": base}, LIMITS, upgraded=upgraded)
    assert all(alert.type == "users" for alert in found)
    return [alert.gap.code for alert in found]


def whole(
    before: int, *, deleted: int = 0, updated: int = 0, created: int = 0, gaps: tuple[Gap, ...] = ()
) -> TypeResult:
    outcome = Outcome.PARTIAL if gaps else Outcome.READ
    objects = before - deleted + created
    return TypeResult(outcome, objects=objects, created=created, updated=updated, deleted=deleted, gaps=gaps)


def unread(outcome: Outcome, *gaps: Gap) -> TypeResult:
    return TypeResult(outcome, gaps=gaps or (Gap("graphUnreachable", "no answer", "The next run reads it again."),))


# ---- deletions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "deleted", "told"),
    [
        (100, 50, False),  # the count itself is not more than it
        (100, 51, True),
        (255, 51, False),  # a fifth itself is not more than it
        (254, 51, True),
        (1000, 200, False),
        (1000, 201, True),
        (10, 10, True),  # not one is left
        (10, 9, False),
        (9, 9, False),  # too few to mean anything
        (0, 0, False),
    ],
)
def test_many_deletions_are_told_beyond_both_limits(before: int, deleted: int, told: bool) -> None:
    assert alerts(whole(before, deleted=deleted)) == (["manyDeleted"] if told else [])


@given(counts, counts, counts)
def test_what_is_created_hides_no_deletions(before: int, deleted: int, created: int) -> None:
    deleted = min(before, deleted)
    assert alerts(whole(before, deleted=deleted, created=created)) == alerts(whole(before, deleted=deleted))


@given(counts, counts, counts)
def test_more_deletions_are_never_less_worth_telling(before: int, one: int, other: int) -> None:
    fewer, more = sorted((min(before, one), min(before, other)))
    assert LIMITS.dropped(before, fewer) <= LIMITS.dropped(before, more)


def test_the_limits_are_those_that_are_set() -> None:
    result = {"users": whole(100, deleted=4, updated=4)}
    strict = Thresholds(deleted_count=3, deleted_share=0.03, changed_count=3, changed_share=0.03)
    found = run_alerts(result, {"users": WHOLE}, {"users": "before"}, strict)
    assert [alert.gap.code for alert in found] == ["manyDeleted", "manyChanged"]
    assert run_alerts(result, {"users": WHOLE}, {"users": "before"}, LIMITS) == ()


def test_what_a_second_read_said_is_told_beside_the_deletions() -> None:
    confirmed, doubted = Gap("dropConfirmed", "users: gone", "Check"), Gap("dropDoubted", "users: there", "Nothing")
    told = TypeResult(Outcome.READ, objects=0, deleted=100, gaps=(doubted, confirmed, Gap("onlyInBeta", "", "")))
    found = run_alerts({"users": told}, {}, {"users": "before"}, LIMITS)
    assert found[:2] == (Alert("users", doubted), Alert("users", confirmed))
    assert [alert.gap.code for alert in found[2:]] == ["manyDeleted"]


# ---- changes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "updated", "told"),
    [(600, 500, False), (600, 501, True), (1670, 501, False), (1669, 501, True), (10_000, 3000, False)],
)
def test_many_changes_are_told_beyond_both_limits(before: int, updated: int, told: bool) -> None:
    assert alerts(whole(before, updated=updated)) == (["manyChanged"] if told else [])


def test_changes_of_a_part_that_came_back_or_went_are_not_changes_of_the_objects() -> None:
    changed = whole(1000, updated=1000)
    assert alerts(changed, Earlier(Outcome.PARTIAL, once=True, parts=parts_missing(whole(1, gaps=(MISSING,))))) == []
    assert alerts(whole(1000, updated=1000, gaps=(MISSING,))) == ["permissionLost"]
    still = Earlier(Outcome.PARTIAL, once=True, parts=parts_missing(whole(1, gaps=(MISSING,))))
    assert alerts(whole(1000, updated=1000, gaps=(MISSING,)), still) == ["manyChanged"]


def test_after_an_upgrade_every_record_may_differ_and_a_new_part_may_be_refused() -> None:
    assert alerts(whole(1000, updated=1000), upgraded=True) == []
    assert alerts(whole(1000, gaps=(MISSING,)), upgraded=True) == []
    assert alerts(whole(1000, deleted=1000), upgraded=True) == ["manyDeleted"]
    assert alerts(unread(Outcome.REFUSED, MISSING), upgraded=True) == ["permissionLost"]


# ---- permissions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNLICENSED])
def test_a_type_that_was_readable_and_is_refused_has_lost_its_permission_and_says_so_once(outcome: Outcome) -> None:
    assert alerts(unread(outcome, MISSING)) == ["permissionLost"]
    assert "permissionLost" not in alerts(unread(outcome, MISSING), Earlier(outcome, once=True, parts=()))


def test_a_part_that_is_refused_and_was_not_is_told_once_with_what_to_grant() -> None:
    partly = whole(10, gaps=(MISSING,))
    assert alerts(partly) == ["permissionLost"]
    since = Earlier(Outcome.PARTIAL, once=True, parts=parts_missing(partly))
    again = whole(10, gaps=(Gap(MISSING.code, "another request", MISSING.remedy),))
    assert alerts(again, since) == []
    [lost] = run_alerts({"users": whole(10, gaps=(MISSING, OTHER))}, {"users": since}, {"users": "before"}, LIMITS)
    assert lost.gap.remedy == OTHER.remedy
    assert alerts(whole(10), since) == [], "it has come back"


def test_two_parts_with_one_remedy_are_two_parts() -> None:
    same = Gap(MISSING.code, "Owners of Groups (groups)", MISSING.remedy)
    since = Earlier(Outcome.PARTIAL, once=True, parts=parts_missing(whole(10, gaps=(MISSING,))))
    assert alerts(whole(10, gaps=(MISSING, same)), since) == ["permissionLost"]


def test_a_part_lost_in_a_run_after_one_that_failed_is_told() -> None:
    failed = Earlier(Outcome.FAILED, once=True, parts=())
    assert alerts(whole(10, gaps=(UNLICENSED,)), failed) == ["permissionLost"]


# ---- failing again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [Outcome.FAILED, Outcome.REFUSED])
@pytest.mark.parametrize("then", [Outcome.FAILED, Outcome.REFUSED])
def test_a_type_that_was_whole_once_is_told_when_it_fails_twice(now: Outcome, then: Outcome) -> None:
    assert alerts(unread(now), Earlier(then, once=True)) == ["typeFailedAgain"]
    assert alerts(unread(now), Earlier(then, once=False)) == [], "it was never readable"


def test_a_type_that_fails_once_is_read_again_by_the_next_run_before_anybody_is_called() -> None:
    assert alerts(unread(Outcome.FAILED)) == []
    assert alerts(unread(Outcome.FAILED), None) == []
    assert alerts(unread(Outcome.UNAVAILABLE), Earlier(Outcome.FAILED, once=True)) == []


# ---- nobody is called for nothing ----------------------------------------------------------------------------------


@given(counts, st.sampled_from([Outcome.READ, Outcome.PARTIAL, Outcome.REFUSED, Outcome.FAILED, Outcome.UNLICENSED]))
def test_a_first_run_and_a_type_newly_switched_on_raise_no_alert(objects: int, outcome: Outcome) -> None:
    gaps = (MISSING,) if outcome is not Outcome.READ else ()
    assert alerts(TypeResult(outcome, objects=objects, created=objects, gaps=gaps), None, base="") == []


@given(counts)
def test_a_lost_base_is_told_and_nothing_besides(objects: int) -> None:
    lost = Gap("baseUnreadable", "users: …", "Find out")
    assert alerts(TypeResult(Outcome.READ, objects=objects, created=objects, gaps=(lost,))) == ["baseUnreadable"]


def test_types_that_a_run_did_not_read_are_not_in_its_alerts() -> None:
    known = {"users": WHOLE, "groups": Earlier(Outcome.FAILED, once=True)}
    assert run_alerts({"users": whole(10)}, known, {"users": "before", "groups": "before"}, LIMITS) == ()


def test_alerts_name_the_type_they_are_about() -> None:
    results = {"users": whole(100, deleted=100), "groups": unread(Outcome.FAILED), "devices": whole(100, deleted=60)}
    known = {"groups": Earlier(Outcome.FAILED, once=True)}
    found = run_alerts(results, known, dict.fromkeys(results, "before"), LIMITS)
    assert [(alert.type, alert.gap.code) for alert in found] == [
        ("users", "manyDeleted"),
        ("groups", "typeFailedAgain"),
        ("devices", "manyDeleted"),
    ]
    assert all(alert.gap.message.startswith(f"{alert.type}: ") and alert.gap.remedy for alert in found)
