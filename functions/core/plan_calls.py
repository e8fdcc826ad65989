"""The calls that no entry can describe, as steps; pure.

In: the calls that the rules of a type ask for. Out: steps in the pass they belong to. A call about something that was
not chosen is left out; one that names an object which is not in the tenant is a gap.
"""

from collections.abc import Sequence

from functions.core.plan import LossGap, Pass
from functions.core.plan_draft import Draft
from functions.core.plan_rules import Call


def call_steps(draft: Draft, calls: Sequence[Call], scope: Pass, *, all_chosen: bool = False) -> None:
    """Adds the steps of these calls to a pass, or to that of the links where they name what is made no earlier."""
    s = draft.situation
    for call in calls:
        if not all_chosen and not _chosen(draft, call):
            continue
        lost = draft.dead([call.path, call.body])
        if lost:
            draft.gaps.append(
                LossGap(
                    f"Not written to {s.name}: {', '.join(sorted(call.after)) or call.path}",
                    f"It names {', '.join(lost)}, which is not in the tenant, and no restore has re-created it.",
                    "Restore that object first (it may lie in the recycle bin), then make a new plan.",
                )
            )
            continue
        more = {"api": call.api} if call.api else {}
        draft.step(
            "call",
            call.method,
            call.path if call.whole else draft.path + call.path,
            call.reason,
            scope="links" if draft.waits(call.body) else scope,
            names=call.after,
            more_needs=call.needs,
            danger=call.danger,
            body=call.body,
            before=dict(call.before) or None,
            after=dict(call.after) or None,
            link=call.link,
            later=call.later,
            serial=call.serial,
            headers=dict(call.headers),
            **more,
        )


def _chosen(draft: Draft, call: Call) -> bool:
    """True where the caller chose one of the properties or relationships that the call is about."""
    options = draft.situation.options
    if options.properties is None and options.relationships is None:
        return True
    links = {relationship.name for relationship in draft.situation.entry.relationships}
    return any(options.follows(name) if name in links else options.takes(name) for name in call.after)
