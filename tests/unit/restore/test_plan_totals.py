"""What a plan amounts to."""

from functions.core.plan import Estimate, LiveState, Needed, TypeCount
from functions.core.plan_totals import Quota, Totals
from tests.unit.restore.entries import (
    ANN,
    BOB,
    CAT,
    GONE,
    GROUPS,
    LOCATIONS,
    ME,
    USERS,
    binned,
    group,
    live,
    location,
    planned,
    user,
)


def test_objects_are_counted_by_what_happens_to_them():
    totals = Totals()
    for record, state in (
        (group((BOB, CAT)), GONE),
        (group(description="x"), binned(group())),
        (group(description="x"), live(group())),
        (group((BOB,)), live(group())),
        (group(), live(group())),
        (group(description=None), live(group())),
    ):
        totals.add(planned(GROUPS, record, state).items, GROUPS)
    (counted,) = totals.counts()
    assert counted == TypeCount("groups", undeleted=1, created=1, updated=2, unchanged=1, left=1, links=3, steps=6)


def test_permissions_are_counted_and_held_or_not_or_unknown():
    totals = Totals()
    totals.add(planned(GROUPS, group((BOB,)), GONE).items, GROUPS)
    assert totals.needs(frozenset({"Group.ReadWrite.All"})) == (
        Needed("Group.ReadWrite.All", 2, True),
        Needed("GroupMember.ReadWrite.All", 1, False),
    )
    assert {needed.held for needed in totals.needs(None)} == {None}


def test_the_time_follows_from_the_quota_and_from_the_slowest_service():
    totals = Totals(Quota(reads_back=2))
    for _ in range(100):
        totals.add(planned(USERS, user(), live(user(jobTitle="x"), manager=(ANN,))).items, USERS)
    assert totals.estimate() == Estimate(writes=100, reads=400, seconds=5)
    for _ in range(20):
        totals.add(planned(LOCATIONS, location(), live(location(displayName="x"))).items, LOCATIONS)
    assert totals.estimate().seconds == 20
    assert Totals().estimate() == Estimate(0, 0, 0)


def test_twenty_links_in_one_call_are_one_write():
    totals = Totals()
    people = tuple(f"00000000-0000-4000-8000-{number:012x}" for number in range(100, 140))
    totals.add(planned(GROUPS, group(people), live(group())).items, GROUPS)
    assert totals.estimate().writes == 2
    assert totals.counts()[0].links == 40


def test_an_empty_object_has_nothing_to_do():
    totals = Totals()
    totals.add(
        planned(USERS, user(), LiveState(id=ME, standing="live", object=user(), links={"manager": ()})).items, USERS
    )
    assert totals.counts()[0].updated == 1
