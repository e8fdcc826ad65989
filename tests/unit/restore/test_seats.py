"""Licences of a plan as a whole: more accounts than free units are told once."""

from dataclasses import replace

from functions.catalogue import TYPES
from functions.restore.seats import Seats
from tests.unit.restore.entries import FRAME, live, planned
from tests.unit.restore.test_plan_people import licensed, state


def test_more_accounts_than_free_units_are_told():
    units = {"a": 1, "b": 5}
    seats = Seats(None, units)  # type: ignore[arg-type]  # nothing is asked for
    record = licensed(state("a"), state("b"))
    for there in (licensed(), licensed(), licensed(state("a", off=("p",)))):
        made = planned(TYPES["users"], record, live(there), frame=replace(FRAME, units=units))
        seats.add(made.items)
    (gap,) = seats.gaps()
    assert gap.what == "Licences a: 2 accounts, 1 free units"
