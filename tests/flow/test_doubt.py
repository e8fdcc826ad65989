"""A suspicious drop: what a replica leaves out and answers with 404 is not deleted, and what was deleted is."""

import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from functions.backup.doubt import Doubting
from functions.backup.messages import RunPlan, TypeReply
from functions.catalogue import TYPES
from functions.catalogue.model import ObjectType, Outcome, Read
from functions.core.manifest import Manifest, TypeResult
from functions.core.run_alerts import Thresholds
from tests.flow.backup_world import NOT_FOUND, Given, Vault, listed, open_vault
from tests.flow.company_world import Company, open_company

DEVICES = ObjectType(key="devices", title="Devices", path="/devices")
OTHERS = ObjectType(key="groups", title="Groups", path="/groups")
ASSIGNMENTS = ObjectType(
    key="appRoleAssignments",
    title="App role assignments",
    path="/servicePrincipals/{parent}/appRoleAssignedTo",
    read=Read.CHILDREN,
    parent="/servicePrincipals",
)
ALL = [f"{number:04}" for number in range(100)]
BIG = [f"{number:04}" for number in range(2500)]


def thing(identity: str) -> dict[str, object]:
    return {"id": identity, "displayName": f"Device {identity}"}


def directory(shown: Callable[[], list[str]]) -> Callable[[str], Given]:
    """A list and each of its objects by id, as a replica that has these would answer."""

    def answer(path: str) -> Given:
        ids = shown()
        identity = path.partition("?")[0].removeprefix("/devices").strip("/")
        if not identity:
            return listed([thing(one) for one in ids])
        return thing(identity) if identity in ids else NOT_FOUND

    return answer


@pytest.fixture
async def vault(azurite: str) -> AsyncIterator[Vault]:
    async with open_vault(azurite, str(uuid.uuid4())) as vault:
        vault.graph.answer = directory(lambda: ALL)
        yield vault


async def doubted(vault: Vault, plan: RunPlan, entry: ObjectType = DEVICES) -> TypeReply:
    """Reads until the type has a doubt, and has to wait."""
    reply: TypeReply | None = None
    while reply is None or not reply.wait:
        reply = await vault.call(plan, entry, reply)
        assert reply.result is None, "nobody had a doubt"
    assert reply.checkpoint is not None
    assert (reply.checkpoint.phase, reply.wait) == ("doubt", 60.0)
    return reply


async def ended(vault: Vault, plan: RunPlan, reply: TypeReply, entry: ObjectType = DEVICES) -> Manifest:
    result = await result_of(vault, plan, reply, entry)
    assert (await vault.commit(plan, {entry.key: result})).state == "committed"
    return await vault.manifest(plan.run_id)


async def result_of(
    vault: Vault, plan: RunPlan, reply: TypeReply, entry: ObjectType = DEVICES, budget: float = 60.0
) -> TypeResult:
    while reply.result is None:
        reply = await vault.call(plan, entry, reply, budget)
    return reply.result


async def deleted(vault: Vault, ids: list[str], key: str = "devices") -> list[str]:
    return [
        one for one in ids if any(row.change == "deleted" for row in await vault.stores.versions.of_object(key, one))
    ]


def asked_by_id(vault: Vault) -> list[str]:
    return [path.partition("?")[0][9:] for path in vault.graph.asked if path.startswith("/devices/")]


def codes(manifest: Manifest) -> list[str]:
    return [alert.code for alert in manifest.alerts]


async def test_a_replica_that_has_lost_everything_deletes_nothing(vault: Vault) -> None:
    first = await vault.run(DEVICES)
    before = await vault.records(first, "devices")
    there: list[str] = []
    vault.graph.answer = directory(lambda: there)
    plan = await vault.open("devices")
    reply = await doubted(vault, plan)
    there = ALL
    second = await ended(vault, plan, reply)
    result = second.types["devices"]
    assert (result.outcome, result.objects, result.deleted) == (Outcome.READ, 100, 0)
    assert (result.created, result.updated) == (0, 0), "what was found again is what it was"
    assert await vault.records(second, "devices") == before
    assert await deleted(vault, ALL) == []
    assert codes(second) == ["dropDoubted"]
    assert "100 of 100" in second.alerts[0].message
    assert codes(await vault.run(DEVICES)) == []


async def test_a_real_mass_deletion_costs_one_more_pass_by_id_and_is_confirmed(vault: Vault) -> None:
    await vault.run(DEVICES)
    vault.graph.answer = directory(lambda: ALL[60:])
    plan = await vault.open("devices")
    vault.graph.asked.clear()
    second = await ended(vault, plan, await doubted(vault, plan))
    assert sorted(asked_by_id(vault)) == sorted(ALL[:60] * 2)
    assert second.types["devices"].deleted == 60
    assert await deleted(vault, ALL) == ALL[:60]
    assert codes(second) == ["dropConfirmed", "manyDeleted"]
    assert codes(await vault.run(DEVICES)) == []


@pytest.mark.parametrize(("left", "doubts"), [(50, False), (49, True)])
async def test_a_drop_within_the_limits_is_believed_at_once(vault: Vault, left: int, doubts: bool) -> None:
    await vault.run(DEVICES)
    vault.graph.answer = directory(lambda: ALL[:left])
    plan = await vault.open("devices")
    reply: TypeReply | None = None
    waits = []
    while reply is None or reply.result is None:
        reply = await vault.call(plan, DEVICES, reply)
        waits.append(reply.wait)
    assert any(waits) is doubts
    assert reply.result.deleted == 100 - left


async def test_replicas_that_disagree_are_asked_until_an_answer_stands(vault: Vault) -> None:
    """Each read brings some back. What two reads in a row agree on is gone; what fewer than the limits are, too."""
    await vault.run(DEVICES)
    shown = 0
    vault.graph.answer = directory(lambda: ALL[:shown])
    plan = await vault.open("devices")
    reply, waits = await doubted(vault, plan), 1
    while reply.result is None:
        shown = min(shown + 20, 30)
        reply = await vault.call(plan, DEVICES, reply)
        waits += bool(reply.wait)
    assert waits == 3  # 80 gone of 100, then 70, then 70 again
    assert reply.result.deleted == 70
    assert [gap.code for gap in reply.result.gaps] == ["dropDoubted", "dropConfirmed"]
    assert "30 of them" in reply.result.gaps[0].message
    await vault.commit(plan, {"devices": reply.result})
    assert await deleted(vault, ALL) == ALL[30:]


async def test_replicas_that_never_agree_do_not_hold_up_the_run_for_ever(vault: Vault) -> None:
    vault.graph.answer = directory(lambda: BIG)
    await vault.run(DEVICES)
    shown = 0
    vault.graph.answer = directory(lambda: BIG[:shown])
    plan = await vault.open("devices")
    reply, waits = await doubted(vault, plan), 1
    while reply.result is None:
        shown += 5
        reply = await vault.call(plan, DEVICES, reply)
        waits += bool(reply.wait)
    assert waits == 5
    assert reply.result.deleted == 2500 - 25


async def test_a_second_read_that_dies_and_one_that_comes_twice_give_the_same(vault: Vault) -> None:
    first = await vault.run(DEVICES)
    there: list[str] = ALL[90:]
    vault.graph.answer = directory(lambda: there)
    plan = await vault.open("devices")
    reply = await doubted(vault, plan)
    there = ALL[10:]
    for _ in range(2):  # its answers never reach the history
        assert (await vault.call(plan, DEVICES, reply)).checkpoint is not None
    second = await ended(vault, plan, reply)
    assert second.types["devices"].objects == len(await vault.records(second, "devices")) == 90
    assert await deleted(vault, ALL) == ALL[:10]
    assert codes(second) == ["dropDoubted"]
    assert {key: value for key, value in (await vault.records(first, "devices")).items() if key in there} == (
        await vault.records(second, "devices")
    )


async def test_a_second_read_keeps_to_its_time_and_goes_on_where_it_stopped(vault: Vault) -> None:
    vault.graph.answer = directory(lambda: BIG)
    await vault.run(DEVICES)
    there: list[str] = []
    vault.graph.answer = directory(lambda: there)
    plan = await vault.open("devices")
    reply = await doubted(vault, plan)
    there = BIG[1000:]
    vault.graph.asked.clear()
    calls = 0
    while reply.checkpoint is not None and reply.checkpoint.phase == "doubt":
        reply = await vault.call(plan, DEVICES, reply, budget=0.0)
        calls += 1
        assert reply.wait in {0.0, 60.0}
    assert calls > 10, "each call did a little"
    result = await result_of(vault, plan, reply)
    assert (result.objects, result.deleted) == (1500, 1000)
    # Once each, and those that are still missing once more: the answers differed.
    assert sorted(asked_by_id(vault)) == sorted([*BIG, *BIG[:1000]])


async def test_a_second_read_that_is_throttled_waits_and_keeps_its_doubt(vault: Vault) -> None:
    await vault.run(DEVICES)
    there: list[str] = []
    vault.graph.answer = directory(lambda: there)
    plan = await vault.open("devices")
    reply = await doubted(vault, plan)
    vault.graph.answer = lambda path: (429, {})
    reply = await vault.call(plan, DEVICES, reply)
    assert reply.wait == 30
    assert reply.checkpoint is not None
    assert reply.checkpoint.doubt is not None
    there = ALL
    vault.graph.answer = directory(lambda: there)
    assert (await ended(vault, plan, reply)).types["devices"].deleted == 0


async def test_a_second_read_that_is_refused_deletes_nothing(vault: Vault) -> None:
    await vault.run(DEVICES, OTHERS)
    vault.graph.answer = directory(lambda: [])
    plan = await vault.open("devices", "groups")
    reply = await doubted(vault, plan)
    vault.graph.answer = lambda path: (500, {"error": {"code": "InternalServerError", "message": ""}})
    result = await result_of(vault, plan, reply)
    assert result.outcome is Outcome.FAILED
    vault.graph.answer = directory(lambda: ALL)
    await vault.commit(plan, {"devices": result, "groups": TypeResult(Outcome.READ)})
    assert await deleted(vault, ALL) == []


async def test_children_whose_parents_seemed_to_be_gone_are_read_again(vault: Vault) -> None:
    there = [f"{number:02}" for number in range(40)]
    shown = there

    def answer(path: str) -> Given:
        parent = path.removeprefix("/servicePrincipals").partition("?")[0].strip("/").partition("/")[0]
        if not parent:
            return listed([{"id": one} for one in shown])
        if parent not in shown:
            return NOT_FOUND
        if "appRoleAssignedTo" in path:
            return listed([{"id": f"{parent}-{n}", "principalDisplayName": "P"} for n in "ab"])
        return {"id": parent}

    vault.graph.answer = answer
    await vault.run(ASSIGNMENTS)
    shown = there[:1]
    plan = await vault.open("appRoleAssignments")
    reply = await doubted(vault, plan, ASSIGNMENTS)
    shown = there[:38]
    second = await ended(vault, plan, reply, ASSIGNMENTS)
    assert (second.types["appRoleAssignments"].objects, second.types["appRoleAssignments"].deleted) == (76, 4)
    ids = [f"{parent}-{n}" for parent in there for n in "ab"]
    assert await deleted(vault, ids, "appRoleAssignments") == ["38-a", "38-b", "39-a", "39-b"]


async def test_children_whose_lists_seemed_to_be_empty_are_read_again(vault: Vault) -> None:
    """The parents were all there and read, so only reading them from the beginning finds their children again."""
    empty = False

    def answer(path: str) -> Given:
        if "appRoleAssignedTo" in path:
            parent = path.split("/")[2]
            return listed([] if empty else [{"id": f"{parent}-{n}", "principalDisplayName": "P"} for n in "abc"])
        return listed([{"id": f"{number:02}"} for number in range(20)])

    vault.graph.answer = answer
    await vault.run(ASSIGNMENTS)
    empty = True
    plan = await vault.open("appRoleAssignments")
    reply = await doubted(vault, plan, ASSIGNMENTS)
    empty = False
    result = (await ended(vault, plan, reply, ASSIGNMENTS)).types["appRoleAssignments"]
    assert (result.objects, result.created, result.updated, result.deleted) == (60, 0, 0, 0)


async def test_limits_and_wait_are_those_that_are_set(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    await vault.run(DEVICES)
    vault.doubting = Doubting(Thresholds(deleted_count=3, deleted_share=0.0), wait=0.0)
    vault.graph.answer = directory(lambda: ALL[3:])
    assert (await vault.run(DEVICES)).types["devices"].gaps == ()
    vault.graph.answer = directory(lambda: ALL[7:])
    assert [gap.code for gap in (await vault.run(DEVICES)).types["devices"].gaps] == ["dropConfirmed"]
    lines = [record.getMessage() for record in caplog.records if "type.doubted" in record.getMessage()]
    assert [line.partition("type=")[2] for line in lines] == ["devices before=97 gone=4 wait=0.0"]


async def test_a_first_run_has_nothing_to_doubt(vault: Vault) -> None:
    vault.graph.answer = directory(lambda: [])
    plan = await vault.open("devices")
    reply = await vault.call(plan, DEVICES, None)
    assert reply.checkpoint is not None
    assert (reply.checkpoint.phase, reply.checkpoint.doubt, reply.wait) == ("index", None, 0.0)


# ---- a tenant whose replica lags -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def company(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    data: Path = tmp_path_factory.mktemp("tenant")
    async with open_company(azurite, data, users=80, seed=5) as company:
        yield company


async def test_a_tenant_whose_replica_lags_behind_loses_no_object(company: Company) -> None:
    keys = ("users", "conditionalAccessPolicies", "lifecycleWorkflows")
    entries = [TYPES[key] for key in keys]
    first = await company.run(*entries)
    users = [record["id"] for record in await company.records(first.types, TYPES["users"])]
    assert len(users) > 60
    # The list and each user by id are missing until every one of them has been asked for once.
    rule = await company.tenant.fault(do="absent", path=r"^/v1.0/users(\?|/[0-9a-f-]{36}\?)", times=len(users) + 1)
    second = await company.run(*entries)
    assert (await company.tenant.hits(rule)) >= len(users), "it was asked, and lied"
    assert second.types["users"].deleted == 0
    assert second.types["users"].objects == len(users)
    assert [alert.code for alert in second.alerts if alert.code.startswith("drop")] == ["dropDoubted"]
    for identity in users:
        rows = await company.stores.versions.of_object("users", identity)
        assert "deleted" not in {row.change for row in rows}
