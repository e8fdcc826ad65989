"""The host killed in the middle of applying a plan: after a restart the plan ends, and no step has been done twice.

Held `before`, a call never reached Graph or storage; held `after`, it took effect and the app does not know. The
tenant's own trail of writes says what was done.
"""

import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator

import pytest

from local.demo_quarter import QUARTER
from local.demo_quarter_build import quarter
from tests.e2e.relay import Relays, When
from tests.e2e.stage import Json, Stage


@pytest.fixture(scope="module")
def reborn_stage(azurite: str, relays: Relays, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage whose host is killed again and again."""
    data = tmp_path_factory.mktemp("killed")
    settings = {"GRAPH_RETRY_LIMIT": "2", "RESTORE_SETTLE_SECONDS": "0.05"}
    with Stage(data, azurite, relays, users=20, **settings) as stage:
        yield stage


@pytest.fixture
def reborn(reborn_stage: Stage) -> Stage:
    """The same without the faults of the test before."""
    reborn_stage.calm()
    return reborn_stage


# Makes objects, then waits for the run that holds them, then damages them and plans.
type Damage = Generator[None, str, Json]


def _group_gone(stage: Stage, name: str) -> Damage:
    """A plan that creates a group again, with three members and an owner."""
    users = tuple(stage.user(f"{name}-{number}") for number in range(3))
    group = stage.group(name, users)
    stage.admin("POST", f"/v1.0/groups/{group}/owners/$ref", {"@odata.id": f"{stage.tenant_url}/v1.0/users/{users[0]}"})
    yield
    stage.purge("groups", group)
    return stage.plan("groups", group)


def _user_gone(stage: Stage, name: str) -> Damage:
    """A plan that creates a user again, with a manager."""
    boss, user = stage.user(f"{name}-boss"), stage.user(name, jobTitle="Pilot")
    stage.admin("PUT", f"/v1.0/users/{user}/manager/$ref", {"@odata.id": f"{stage.tenant_url}/v1.0/users/{boss}"})
    yield
    stage.purge("users", user)
    return stage.plan("users", user)


def _user_binned(stage: Stage, name: str) -> Damage:
    """A plan that takes a user out of the recycle bin and changes it back."""
    user = stage.user(name, jobTitle="Pilot")
    yield
    stage.admin("PATCH", f"/v1.0/users/{user}", {"jobTitle": "Clerk"})
    stage.admin("DELETE", f"/v1.0/users/{user}")
    return stage.plan("users", user)


def _group_exact(stage: Stage, name: str) -> Damage:
    """A plan that changes a group, adds members and takes others away."""
    users = [stage.user(f"{name}-{number}") for number in range(4)]
    group = stage.group(name, tuple(users[:2]))
    run = yield
    stage.admin("PATCH", f"/v1.0/groups/{group}", {"description": "changed"})
    for user in users[:2]:
        stage.admin("DELETE", f"/v1.0/groups/{group}/members/{user}/$ref")
    for user in users[2:]:
        ref = {"@odata.id": f"{stage.tenant_url}/v1.0/users/{user}"}
        stage.admin("POST", f"/v1.0/groups/{group}/members/$ref", ref)
    return stage.plan("groups", group, run=run, match="exact")


type Make = Callable[[Stage, str], Damage]
type Place = tuple[Make, str, str, str, int, When]

_PLACES: dict[str, Place] = {
    "before the creation": (_group_gone, "graph", "POST", r"/v1.0/groups$", 0, "before"),
    "after the creation": (_group_gone, "graph", "POST", r"/v1.0/groups$", 0, "after"),
    "after a user's creation": (_user_gone, "graph", "POST", r"/v1.0/users$", 0, "after"),
    "before the new id is known": (_user_gone, "tables", "PUT|POST", r"/IdMap", 0, "before"),
    "after the new id is known": (_user_gone, "tables", "PUT|POST", r"/IdMap", 0, "after"),
    "before the manager": (_user_gone, "graph", "PUT", r"/manager/\$ref", 0, "before"),
    "after the manager": (_user_gone, "graph", "PUT", r"/manager/\$ref", 0, "after"),
    "before the members": (_group_gone, "graph", "PATCH", "/v1.0/groups/", 0, "before"),
    "after the members": (_group_gone, "graph", "PATCH", "/v1.0/groups/", 0, "after"),
    "after an owner": (_group_gone, "graph", "POST", r"/owners/\$ref", 0, "after"),
    "before the undelete": (_user_binned, "graph", "POST", "/restore$", 0, "before"),
    "after the undelete": (_user_binned, "graph", "POST", "/restore$", 0, "after"),
    "after a change": (_user_binned, "graph", "PATCH", "/v1.0/users/", 0, "after"),
    "after a removal": (_group_exact, "graph", "DELETE", r"/members/.*/\$ref", 0, "after"),
    "in the journal, before a step": (_group_exact, "tables", "POST", r"/\$batch", 0, "before"),
    "in the journal, once a step is written down": (_group_exact, "tables", "POST", r"/\$batch", 0, "after"),
    "in the journal, after a step": (_group_exact, "tables", "POST", r"/\$batch", 1, "before"),
    "before the plan's end": (_group_exact, "tables", "PUT", r"/Restores\(", 1, "before"),
}


_MAKES: dict[str, Make] = {
    **{place: make for place, (make, *_) in _PLACES.items()},
    "claimed": _group_gone,
    "lost drop": _user_gone,
    "lost status": _user_gone,
}


@pytest.fixture(scope="module")
def planned(reborn_stage: Stage) -> Callable[[str], Json]:
    """Damages what was made for a test, and returns the plan. One run holds what all the tests need."""
    waiting = {
        name: make(reborn_stage, "r-" + name.replace(" ", "-").replace("'", "").replace(",", ""))
        for name, make in _MAKES.items()
    }
    for damage in waiting.values():
        next(damage)
    run = reborn_stage.backup("users", "groups")

    def plan(name: str) -> Json:
        try:
            waiting.pop(name).send(run)
        except StopIteration as end:
            return dict(end.value)
        raise AssertionError("it waits for a second run")

    return plan


@pytest.mark.parametrize("place", _PLACES)
def test_a_killed_restore_is_finished_and_does_no_step_twice(
    reborn: Stage, planned: Callable[[str], Json], place: str
) -> None:
    stage = reborn
    _, service, method, target, skip, when = _PLACES[place]
    plan = planned(place)
    assert len(plan["steps"]) >= 2
    mark = stage.mark()
    hold = getattr(stage, service).hold(method, target, when=when, skip=skip)
    assert stage.call("POST", f"restore/plans/{plan['planId']}/apply").status_code == 202
    hold.wait()
    stage.kill()
    stage.restart()
    done = stage.applied(plan)
    assert done["state"] == "applied", done
    assert {step["outcome"] for step in done["steps"]} == {"done"}
    _assert_once(stage, done, mark)
    assert stage.plan(plan["type"], plan["objectId"], run=plan["run"], match=plan["mode"])["steps"] == []


def _assert_once(stage: Stage, done: Json, mark: int) -> None:
    """Each step's call was carried out once, and nothing else was."""
    writes = [(one["method"], one["path"].removeprefix("/v1.0"), one["status"]) for one in stage.writes(mark)]
    assert all(200 <= status < 300 for _, _, status in writes), writes
    token = f"{{new:{done['objectId']}}}"
    calls = sorted((step["method"], step["path"].replace(token, done["liveId"])) for step in done["steps"])
    assert sorted((method, path) for method, path, _ in writes) == calls


def test_a_plan_claimed_by_an_app_that_died_is_taken_up_again(reborn: Stage, planned: Callable[[str], Json]) -> None:
    stage = reborn
    plan = planned("claimed")
    mark = stage.mark()
    hold = stage.graph.hold("PATCH", "/v1.0/groups/", when="after")
    assert stage.call("POST", f"restore/plans/{plan['planId']}/apply").status_code == 202
    hold.wait()
    stage.kill()
    shutil.rmtree(stage.data / "host")
    stage.restart()
    assert stage.get(f"restore/plans/{plan['planId']}")["state"] == "applying"
    done = stage.apply(plan)
    assert done["state"] == "applied", done
    _assert_once(stage, done, mark)


@pytest.mark.parametrize("fault", ["drop", "status"])
def test_a_creation_whose_answer_is_lost_is_not_repeated(
    reborn: Stage, planned: Callable[[str], Json], fault: str
) -> None:
    stage = reborn
    plan = planned(f"lost {fault}")
    mark = stage.mark()
    rule = stage.fault(fault, "/v1.0/users$", method="POST", when="after", times=1, status=504)
    done = stage.apply(plan)
    assert stage.hits(rule) == 1
    assert done["state"] == "applied", done
    created = [one for one in stage.writes(mark) if (one["method"], one["path"]) == ("POST", "/v1.0/users")]
    assert len(created) == 1


def test_a_demolition_is_made_good_though_the_host_is_killed_again_and_again(reborn: Stage) -> None:
    stage = reborn
    built = quarter(stage.admin, stage.tenant_url)
    run = stage.backup(*{key for key, _ in (*built.things.values(), *built.survivors)})
    objects = [{"type": key, "id": identity} for key, identity in built.raze(month=True)]
    reply = stage.call("POST", "restore/plans", json={"objects": objects, "run": run})
    assert reply.status_code in (201, 202), reply.text
    address = f"restore/plans/{reply.json()['planId']}"
    while stage.get(address)["state"] == "planning":
        time.sleep(0.1)
    mark = stage.mark()
    assert stage.call("POST", f"{address}/apply").status_code == 202
    killed_at = []
    for steps in (8, 25, 45):
        while (shown := stage.get(address))["progress"]["done"] < steps:
            assert shown["state"] == "applying", shown["error"]
        stage.kill()
        stage.restart()
        killed_at.append(stage.get(address)["progress"]["done"])
    done = stage.applied(reply.json(), seconds=120)
    assert (done["state"], done["progress"]["done"]) == ("applied", done["progress"]["steps"]), done["error"]
    assert killed_at[0] < done["progress"]["steps"]
    made = Counter(
        f"{one['path']} {re.sub('"password":"[^"]*"', '', one['body'])}"
        for one in stage.writes(mark)
        if one["method"] == "POST" and one["status"] < 300
    )
    assert [what for what, times in made.items() if times > 1] == []
    assert not [one for one in stage.listed("/v1.0/groups") if one["displayName"].startswith(QUARTER)][4:]
