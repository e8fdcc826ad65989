"""Temporary passwords for the users a plan re-created: set once, shown once to who applied the plan, kept nowhere."""

from datetime import timedelta
from typing import NamedTuple

from functions import log
from functions.clock import Clock, iso, parse_iso
from functions.core.calls import check_call
from functions.core.plan import Item, Plan
from functions.errors import CallerError, GraphError, GraphRejected, PlanNotApplicable, RowConflict
from functions.graph.client import GraphClient
from functions.restore.journal import ENDED
from functions.restore.password import new_password
from functions.restore.start import row_of
from functions.storage.open import Stores
from functions.storage.plans import PlanRow
from functions.storage.restores import PasswordRow

_WITHIN = timedelta(days=1)
_MOST = 100
_HOPELESS = 3  # refusals in a row, and not one password: the others will be refused too
_ROLE = (
    "Give the restorer identity the directory role User Administrator (for accounts that hold a role themselves "
    "Privileged Authentication Administrator), then call again"
)
_BY_HAND = "Reset the password in the Entra admin center"


class Issued(NamedTuple):
    """`passwords`: `{"id", "userPrincipalName", "password"}` each; `left`: how many users have none yet."""

    passwords: list[dict[str, str]]
    left: int


class _User(NamedTuple):
    item: int
    identity: str
    upn: str


async def issue_passwords(
    plan_id: str, caller: str, *, stores: Stores, restorer: GraphClient, clock: Clock, most: int = _MOST
) -> Issued:
    """Sets fresh passwords for users the plan created, at most `most` a call, for each user once.

    The journal says for whom passwords were issued, not which. A user whose password Graph refused (an administrator
    again, say) does not hold up the others, and is tried again by a later call, after all of them.
    Raises CallerError 404 `unknownPlan`, 403 `otherCaller`, 409 `passwordsAlreadyIssued`; PlanNotApplicable where the
    plan created no user, has not ended, or ended more than a day ago; GraphError where no password could be set.
    """
    row = await row_of(stores, plan_id)
    if row.state not in ENDED or not row.claimed_by:
        raise PlanNotApplicable(f"plan {plan_id} is {row.state}", remedy="Wait until the plan has been applied")
    if row.claimed_by != caller:
        raise CallerError(403, "otherCaller", "Passwords are shown only to the caller who applied the plan.")
    if clock() > parse_iso(row.ended_at) + _WITHIN:
        # By then the account may hold rights that whoever applied the plan does not have.
        raise PlanNotApplicable(f"plan {plan_id} ended more than a day ago", remedy=_BY_HAND)
    users = await _created(stores, row, await stores.plans.head_of(row))
    if not users:
        raise PlanNotApplicable(f"plan {plan_id} created no user", remedy="Only an account that is new needs one")
    told = await stores.restores.passwords(plan_id)
    waiting = [user for user in users if user.item not in told or told[user.item].failed]
    if not waiting:
        raise _issued_before()
    waiting.sort(key=lambda user: user.item in told)
    found: list[dict[str, str]] = []
    refusals: list[GraphError] = []
    for user in waiting[:most]:
        try:
            again = user.item in told
            await stores.restores.issue(plan_id, PasswordRow(item=user.item, at=iso(clock())), again=again)
        except RowConflict:
            continue  # another call shows it
        try:
            found.append(await _set(restorer, user))
        except GraphError as error:
            await stores.restores.issue(plan_id, PasswordRow(item=user.item, at=iso(clock()), failed=True), again=True)
            refusals.append(error)
            if not isinstance(error, GraphRejected) or (not found and len(refusals) == _HOPELESS):
                break
    if not found:
        raise _told(refusals[0]) if refusals else _issued_before()
    log.info("restore.passwords_issued", plan=plan_id, users=len(found))
    return Issued(found, len(waiting) - len(found))


async def _created(stores: Stores, row: PlanRow, plan: Plan) -> list[_User]:
    """The users whom the plan has made, in the order of its items."""
    users: list[_User] = []
    for ref in plan.pages:
        items = {item.number: item for item in await stores.plans.page_of(row, plan, ref.page)}
        if not any(_password(item) for item in items.values()):
            continue
        for made in await stores.restores.journal(plan.plan_id, ref.first, ref.first + ref.items - 1):
            place = _password(items[made.item])
            if made.step == place and made.result_id:
                after = items[made.item].steps[place - 1].after
                users.append(_User(made.item, made.result_id, str(after.get("userPrincipalName", ""))))
    return users


def _password(item: Item) -> int:
    """The place of the step that makes up a password, 0 where there is none."""
    return next((place for place, step in enumerate(item.steps, 1) if "passwordProfile" in step.generated), 0)


async def _set(restorer: GraphClient, user: _User) -> dict[str, str]:
    password = new_password()
    profile = {"password": password, "forceChangePasswordNextSignIn": True}
    path = f"/users/{user.identity}"
    check_call("PATCH", path)
    await restorer.send("PATCH", path, body={"passwordProfile": profile}, repeatable=True)
    return {"id": user.identity, "userPrincipalName": user.upn, "password": password}


def _told(refusal: GraphError) -> GraphError:
    """A refusal with what is mostly behind it: no permission is enough to set a password."""
    if refusal.status == 403:
        refusal.remedy = _ROLE
    return refusal


def _issued_before() -> CallerError:
    return CallerError(
        409,
        "passwordsAlreadyIssued",
        "The passwords of this plan were shown before and are stored nowhere.",
        remedy=_BY_HAND,
    )
