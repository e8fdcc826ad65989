"""Temporary passwords for the users a plan re-created: set once, shown once to who applied the plan, kept nowhere."""

from datetime import timedelta

from functions import log
from functions.clock import Clock, iso, parse_iso
from functions.core.links import check_call
from functions.errors import CallerError, GraphError, PlanNotApplicable, RowConflict
from functions.graph.client import GraphClient
from functions.restore.journal import ENDED, PASSWORDS, Journal, told
from functions.restore.password import new_password
from functions.restore.start import header_of
from functions.storage.open import Stores
from functions.storage.restores import StepOutcome, StepRow

_WITHIN = timedelta(days=1)
_BY_HAND = "Reset the password in the Entra admin center"


async def issue_passwords(
    plan_id: str, caller: str, *, stores: Stores, restorer: GraphClient, clock: Clock
) -> list[dict[str, str]]:
    """Sets a fresh password for each user the plan created and returns `{"id", "userPrincipalName", "password"}`.

    The journal says that passwords were issued, not which. A second call is refused, unless Graph refused the first.
    Raises CallerError 404 `unknownPlan`, 403 `otherCaller`, 409 `passwordsAlreadyIssued`; PlanNotApplicable where the
    plan created no user, has not ended, or ended more than a day ago; GraphError.
    """
    header = await header_of(stores, plan_id)
    if header.state not in ENDED or not header.claimed_by:
        raise PlanNotApplicable(f"plan {plan_id} is {header.state}", remedy="Wait until the plan has been applied")
    if header.claimed_by != caller:
        raise CallerError(403, "otherCaller", "Passwords are shown only to the caller who applied the plan.")
    if clock() > parse_iso(header.ended_at) + _WITHIN:
        # By then the account may hold rights that whoever applied the plan does not have.
        raise PlanNotApplicable(f"plan {plan_id} ended more than a day ago", remedy=_BY_HAND)
    journal = await Journal.open(stores.restores, plan_id, clock)
    made = [
        (journal.rows[place].result_id, str(step.after.get("userPrincipalName", "")))
        for place, step in enumerate(journal.plan.steps)
        if "passwordProfile" in step.generated and place in journal.rows and journal.rows[place].result_id
    ]
    if not made:
        raise PlanNotApplicable(f"plan {plan_id} created no user", remedy="Only an account that is new needs one")
    row = await _claim(stores, plan_id, clock)
    issued = []
    try:
        for identity, upn in made:
            password = new_password()
            profile = {"password": password, "forceChangePasswordNextSignIn": True}
            path = f"/users/{identity}"
            check_call("PATCH", path)
            await restorer.send("PATCH", path, body={"passwordProfile": profile}, repeatable=True)
            issued.append({"id": identity, "userPrincipalName": upn, "password": password})
    except GraphError as error:
        failed = StepRow(
            step=row.step,
            action=row.action,
            outcome=StepOutcome.FAILED,
            started_at=row.started_at,
            ended_at=iso(clock()),
            detail={"error": told(error)},
        )
        await stores.restores.put_step(plan_id, failed)
        raise
    log.info("restore.passwords_issued", plan=plan_id, users=len(issued))
    return issued


async def _claim(stores: Stores, plan_id: str, clock: Clock) -> StepRow:
    """The one row that lets passwords be issued; a new one is possible only after an attempt that Graph refused."""
    attempts = [row for row in await stores.restores.steps(plan_id) if row.step >= PASSWORDS]
    now = iso(clock())
    row = StepRow(
        step=PASSWORDS + len(attempts),
        action="issuePasswords",
        outcome=StepOutcome.DONE,
        started_at=now,
        ended_at=now,
    )
    try:
        if not attempts or attempts[-1].outcome is StepOutcome.FAILED:
            await stores.restores.add_step(plan_id, row)
            return row
    except RowConflict:
        pass
    raise CallerError(
        409,
        "passwordsAlreadyIssued",
        "The passwords of this plan were shown before and are stored nowhere.",
        remedy=_BY_HAND,
    )
