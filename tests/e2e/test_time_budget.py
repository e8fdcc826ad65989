"""A type that takes longer than one activity may work: checkpoints, and the same result as in one go."""

from tests.e2e.conftest import MakeStage
from tests.e2e.stage import Stage
from tests.e2e.verify import assert_no_change, assert_whole, same_records

_KEYS = ("users", "groups", "appRoleAssignments", "devices")
_LIST = r"/v1.0/users\?\$select=id,businessPhones"


def _checkpoints(stage: Stage, key: str) -> int:
    """How often an activity of a type set down its work."""
    return len(stage.blobs.seen("PUT", rf"/_work/[^/]*/{key}\..*comp=blocklist"))


def test_many_small_activities_give_the_same_as_one(new_stage: MakeStage) -> None:
    stage = new_stage(BACKUP_TIME_BUDGET_SECONDS="0.02")
    stage.switch(maxPage=5, latency=10)
    run = stage.backup(*_KEYS)
    assert _checkpoints(stage, "users") > 20, "more than one generation of its orchestration"
    assert all(_checkpoints(stage, key) >= 3 for key in _KEYS)
    assert_whole(stage.vault, run)
    again = stage.backup(*_KEYS)
    assert_no_change(stage.vault, again)

    stage.kill()
    stage.choices.env["BACKUP_TIME_BUDGET_SECONDS"] = "240"  # type: ignore[index]
    stage.restart()
    stage.calm()
    undisturbed = stage.backup(*_KEYS)
    assert _checkpoints(stage, "users") == 1
    assert_whole(stage.vault, undisturbed)
    assert_no_change(stage.vault, undisturbed)
    same_records(stage.vault, run, undisturbed, _KEYS)


def test_after_a_kill_the_list_goes_on_at_its_checkpoint(new_stage: MakeStage) -> None:
    stage = new_stage(BACKUP_TIME_BUDGET_SECONDS="0.02")
    stage.switch(maxPage=5, latency=10)
    hold = stage.graph.hold("GET", _LIST + ".*skiptoken", skip=4)
    run = stage.start("users")
    hold.wait()
    stage.kill()
    before = [one.target for one in stage.graph.seen("GET", _LIST)]
    stage.graph.reset()
    stage.restart()
    assert stage.ended(run)["state"] == "committed"
    stage.idle()
    after = [one.target for one in stage.graph.seen("GET", _LIST)]
    assert "skiptoken" not in before[0]
    assert all("skiptoken" in target for target in after), "the list does not begin anew"
    assert after[0] in before[-2:]
    assert_whole(stage.vault, run)
    whole = stage.backup("users")
    assert_no_change(stage.vault, whole)
    same_records(stage.vault, run, whole, ("users",))


def test_an_expired_page_token_after_a_checkpoint_begins_the_list_anew(new_stage: MakeStage) -> None:
    stage = new_stage(BACKUP_TIME_BUDGET_SECONDS="0.02")
    stage.switch(maxPage=5, latency=10)
    rule = stage.fault("expirePageToken", _LIST, calls=[4])
    run = stage.backup("users")
    assert stage.hits(rule) == 1
    assert stage.outcome(run, "users")["outcome"] == "read"
    assert_whole(stage.vault, run)
    stage.calm()
    whole = stage.backup("users")
    assert_no_change(stage.vault, whole)
    same_records(stage.vault, run, whole, ("users",))


def test_objects_that_come_again_behind_a_checkpoint_are_each_there_once(new_stage: MakeStage) -> None:
    stage = new_stage(BACKUP_TIME_BUDGET_SECONDS="0.02")
    stage.switch(maxPage=5, latency=10)
    rule = stage.fault("duplicate", _LIST, count=3)
    run = stage.backup("users")
    assert stage.hits(rule) >= 8
    assert_whole(stage.vault, run)
    stage.calm()
    whole = stage.backup("users")
    assert_no_change(stage.vault, whole)
    same_records(stage.vault, run, whole, ("users",))
