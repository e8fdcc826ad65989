"""What a plan does not know: types that no backup holds may name what gets a new id, and that is said."""

from functions.catalogue import TYPES
from functions.restore.scope_records import Source
from tests.flow.restore_world import World


async def test_types_that_no_backup_holds_are_told_where_something_gets_a_new_id(world: World):
    ann = await world.user("named-by-nobody-knows", jobTitle="Engineer")
    group = await world.group("Named by nobody knows", [ann])
    run = await world.backup()
    await world.call("PATCH", f"/v1.0/users/{ann}", {"jobTitle": "Clerk"})
    assert (await world.plan("users", ann)).gaps == ()  # nothing gets a new id
    await world.purge("groups", group)
    [gap] = (await world.plan("groups", group)).gaps
    held = (await Source(world.stores, world.settings.tenant_id).manifest(run)).bases
    told = gap.why.removeprefix("No backup holds: ").removesuffix(".").split(", ")
    assert told
    assert not {TYPES[key].title for key in held} & set(told)
    unread = next(key for key in ("administrativeUnits", "accessPackages", "roleAssignments") if key not in held)
    assert TYPES[unread].title in told
