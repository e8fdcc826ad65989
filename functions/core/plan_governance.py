"""What restoring access reviews and lifecycle workflows asks for beyond the catalogue: pure.

A change of a workflow's tasks or conditions makes a new version of it. A workflow that is created again does not run by
itself until somebody says so, because what it does to people cannot be undone.
"""

from collections.abc import Sequence

from functions.core.diff import same
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_rules import Call, Gaps, Rules, Situation
from functions.core.record import Object

_VERSIONED = ("executionConditions", "tasks")
_WHOLE = ("category", "description", "displayName", "isEnabled", "isSchedulingEnabled", *_VERSIONED)
_RUNS = ("isEnabled", "isSchedulingEnabled")


def _normal(workflow: Object) -> Object:
    """Tasks in the order they run, without what each version gives them anew."""
    tasks = workflow.get("tasks")
    if isinstance(tasks, list):
        known = sorted((_task(task) for task in tasks if isinstance(task, dict)), key=_place)
        workflow["tasks"] = [*known]
    return workflow


def _task(task: Object) -> Object:
    return {name: value for name, value in task.items() if name not in ("id", "category")}


def _place(task: Object) -> int:
    place = task.get("executionSequence")
    return place if isinstance(place, int) else 0


def _new_version(s: Situation, gaps: Gaps) -> Sequence[Call]:
    if s.live.standing == "gone":
        return ()
    differing = [
        name
        for name in _VERSIONED
        if name in s.wanted and s.options.takes(name) and not same(s.current.get(name), s.wanted[name])
    ]
    if not differing:
        return ()
    workflow = {name: s.current[name] for name in _WHOLE if name in s.current}
    workflow |= {name: s.wanted[name] for name in _WHOLE if name in s.wanted and s.options.takes(name)}
    return [
        Call(
            path="/createNewVersion",
            body={"workflow": workflow},
            reason="Tasks and conditions change with a new version of the workflow alone.",
            before={name: s.current.get(name) for name in differing},
            after={name: s.wanted[name] for name in differing},
            danger="elevated",
        )
    ]


def _resting(s: Situation, body: Object, gaps: Gaps) -> Object:
    return body if s.options.state == "asRecorded" else {**body, "isSchedulingEnabled": False}


def _stays_resting(s: Situation, body: Object, gaps: Gaps) -> Object:
    if s.recreated and s.options.state != "asRecorded" and body.get("isSchedulingEnabled") is True:
        del body["isSchedulingEnabled"]
        gaps.append(
            LossGap(
                f"{s.name} still does not run by its schedule (isSchedulingEnabled)",
                "It is a workflow that a restore created, and a restore switches none on.",
                "Check its conditions and tasks, then set isSchedulingEnabled yourself.",
            )
        )
    return body


def _rests(s: Situation) -> Gaps:
    if s.options.state == "asRecorded" or s.wanted.get("isSchedulingEnabled") is not True:
        return []
    return [
        LossGap(
            f"{s.name} does not run by its schedule (isSchedulingEnabled)",
            "It did; a workflow that is created again runs for nobody until somebody looked at it.",
            "Check its conditions and tasks, then set isSchedulingEnabled yourself.",
        )
    ]


def _awake(s: Situation) -> Gaps:
    if not all(s.current.get(name) is True for name in _RUNS):
        return []
    return [
        LossGap(
            f"{s.name} may run as soon as it is back",
            "It lies in the recycle bin with its schedule switched on, and comes out as it went in.",
            "Apply the plan when its tasks do no harm, or undelete it in the portal and look at it first.",
        )
    ]


def _runs(s: Situation, step: Step) -> Danger:
    body = step.body if isinstance(step.body, dict) else {}
    return "elevated" if any(body.get(name) is True for name in _RUNS) else "low"


REVIEW = Rules(
    always=("instanceEnumerationScope", "scope", "stageSettings"),
    never_null=frozenset({"displayName", "settings"}),
    valued=frozenset({"reviewers"}),  # none: people review themselves
)
WORKFLOW = Rules(
    normal=_normal,
    create=_resting,
    patch=_stays_resting,
    create_notes=_rests,
    bin_notes=_awake,
    calls=_new_version,
    danger=_runs,
    never_null=frozenset({"displayName"}),
    watched=frozenset(_VERSIONED),
)
WORKFLOW_SETTINGS = Rules(always=("emailSettings", "workflowScheduleIntervalInHours"))
