"""Graph asks for patience: waits are as long as told, and no object is lost or doubled."""

import json

import pytest

from tests.e2e.relay import Seen
from tests.e2e.stage import Stage
from tests.e2e.verify import assert_no_change, assert_whole, same_records


def _unchanged(stage: Stage, before: str, run: str, key: str) -> None:
    assert stage.outcome(run, key)["outcome"] == "read"
    assert_whole(stage.vault, run)
    assert_no_change(stage.vault, run)
    same_records(stage.vault, before, run, (key,))


def test_an_expired_token_is_replaced_once(stage: Stage) -> None:
    before = stage.backup("namedLocations")
    rule = stage.fault("expireAccess", "/namedLocations", times=1)
    stage.graph.reset()
    run = stage.backup("namedLocations")
    assert stage.hits(rule) == 1
    requests = stage.graph.seen("GET", "/namedLocations")
    assert [one.status for one in requests] == [401, 200]
    assert all(one.headers["authorization"] == "Bearer local-token" for one in requests)
    _unchanged(stage, before, run, "namedLocations")


def test_a_token_that_is_refused_twice_fails_the_type(stage: Stage) -> None:
    rule = stage.fault("expireAccess", "/namedLocations")
    run = stage.backup("namedLocations", "organization")
    assert stage.hits(rule) == 2
    result = stage.outcome(run, "namedLocations")
    assert (result["outcome"], [gap["code"] for gap in result["gaps"]]) == ("failed", ["graphTokenRefused"])
    assert_no_change(stage.vault, run)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("told", [1, 0.3, None], ids=["integer", "decimal", "none"])
def test_a_throttled_page_is_asked_for_again_after_the_time_told(stage: Stage, status: int, told: float | None) -> None:
    before = stage.backup("users")
    stage.switch(maxPage=9)
    rule = stage.fault(
        "throttle", r"/users\?\$select=id,businessPhones.*skiptoken", status=status, retryAfter=told, times=1
    )
    stage.graph.reset()
    run = stage.backup("users")
    assert stage.hits(rule) == 1
    refused, again = _pair(stage.graph.seen("GET", r"/users\?\$select=id,businessPhones.*skiptoken"), status)
    assert again.target == refused.target
    assert again.at - refused.at >= (told or 0.9)
    assert stage.vault.manifest(run)["types"]["users"]["throttledSeconds"] >= (told or 0.9)
    _unchanged(stage, before, run, "users")


def _pair(requests: list[Seen], status: int) -> tuple[Seen, Seen]:
    """The one request that was refused, and the next one with its target."""
    (refused,) = [one for one in requests if one.status == status]
    return refused, next(one for one in requests if one.at > refused.at and one.target == refused.target)


@pytest.mark.parametrize("status", [429, 503])
def test_of_a_batch_only_the_throttled_items_are_asked_for_again(stage: Stage, status: int) -> None:
    before = stage.backup("administrativeUnits")
    rule = stage.fault(
        "throttle", "/administrativeUnits/.*/members", where="item", status=status, calls=[2, 4], retryAfter=1
    )
    stage.graph.reset()
    run = stage.backup("administrativeUnits")
    assert stage.hits(rule) == 2
    batches = stage.graph.seen("POST", r"/\$batch", body="/members")
    asked = [[item["url"] for item in json.loads(one.body)["requests"]] for one in batches]
    assert len(asked) == 2
    assert len(asked[0]) == 4
    assert asked[1] == [asked[0][1], asked[0][3]]
    assert batches[1].at - batches[0].at >= 1
    _unchanged(stage, before, run, "administrativeUnits")


def test_reads_yield_to_others_and_ask_for_newer_enum_values(stage: Stage) -> None:
    stage.graph.reset()
    stage.backup("users", "administrativeUnits")
    for one in stage.graph.seen("GET", "/v1.0/"):
        assert one.headers["x-ms-throttle-priority"] == "Low"
        assert "include-unknown-enum-members" in one.headers["prefer"]
        assert one.headers["client-request-id"]
