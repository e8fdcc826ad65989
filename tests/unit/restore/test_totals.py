"""What a plan comes to: what becomes of each object, counted once."""

from dataclasses import replace

import pytest

from functions.core import plan_items, plan_make
from functions.core.plan_rules import Call, Rules
from functions.restore.totals import Totals
from tests.unit.restore.entries import BOB, GONE, GROUPS, group, live, planned

ASKED = Call(path="/requests", body={}, reason="It is asked for.", whole=True, later=True)


def counted(made) -> dict[str, int]:
    totals = Totals()
    totals.add(made.items)
    (count,) = totals.counts()
    return {
        name: getattr(count, name) for name in ("created", "updated", "undeleted", "unchanged") if getattr(count, name)
    }


@pytest.mark.parametrize(
    ("record", "state", "fate"),
    [
        (group((BOB,)), GONE, "created"),
        (group(displayName="x"), live(group()), "updated"),
        (group(), replace(live(group()), standing="deleted"), "undeleted"),
        (group(), live(group()), "unchanged"),
    ],
)
def test_an_object_counts_once(record, state, fate):
    assert counted(planned(GROUPS, record, state)) == {fate: 1}


def test_what_is_asked_for_counts_as_created(monkeypatch):
    for module in (plan_make, plan_items):
        monkeypatch.setattr(module, "rules_of", lambda key: Rules(asked=lambda situation, gaps: [ASKED]))
    assert counted(planned(GROUPS, group(), GONE)) == {"created": 1}
