"""What the README says it costs is what the calculation gives, and the calculation follows what it is made from."""

import json
from dataclasses import replace

import pytest

from bench import price, price_figures
from bench.price_figures import ROOT, USERS, YEAR, kept_runs, month
from functions.catalogue import ENTRIES
from functions.catalogue.choice import Choice, enabled
from functions.catalogue.model import Preset


def test_the_readme_holds_what_the_calculation_prints():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.partition(price.BEGIN)[2].partition(price.END)[0].strip()
    assert shown == price.page(), "run `python -m bench.price`"
    assert "check a current sheet" in text.partition(price.BEGIN)[0]


def test_sizes_are_of_the_types_that_are_read_by_default():
    sizes = json.loads((ROOT / "bench" / "sizes.json").read_text(encoding="utf-8"))
    types = len(enabled(Choice(Preset.STANDARD), ENTRIES))
    assert {one["types"] for one in sizes.values()} == {types}, "run `python -m bench.sizes`"


def test_as_many_runs_stay_as_the_rules_say():
    kept = kept_runs()
    whole_days, days, weeks, months = 7 * 2, 30 - 7, 12, 12
    assert kept.keys() == set(range(1, YEAR + 1))
    assert all(earlier <= later + 2 for earlier, later in zip(kept.values(), list(kept.values())[1:], strict=False))
    assert kept[YEAR] <= whole_days + days + weeks + months + YEAR + 2
    assert kept[YEAR] >= whole_days + days + YEAR


def test_a_bill_adds_up_and_grows_with_the_tenant():
    small, middle, large = (month(users) for users in USERS)
    assert small.total < middle.total < large.total
    bill = dict(replace(large, gbs=1_100_000, executions=2_250_000, log_gb=10).lines())
    assert bill["compute"] == pytest.approx(1_000_000 * 0.000026 + 2 * 0.40)
    assert bill["logs"] == pytest.approx(23.0)
    assert dict(replace(large, gbs=99_999, executions=0).lines())["compute"] == 0
    assert dict(large.lines())["alert rules"] == large.rules * 0.5
    assert large.rules == len(list((ROOT / "infra/queries/alerts").glob("*.kql")))
    assert price_figures.lingering_days() > 30
