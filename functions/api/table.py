"""Every call of the API, one entry each."""

from typing import Any

from functions.api import backups, objects, restores
from functions.api.answers import (
    FoundList,
    PasswordList,
    PlanAnswer,
    PlanStarted,
    RecordAnswer,
    RunAnswer,
    RunList,
    Started,
    VersionList,
)
from functions.api.bodies import Body, MakePlan, StartBackup
from functions.api.call import Call, Request
from functions.api.openapi import description
from functions.api.principal import Role
from functions.api.reply import Reply, answer

_STORED = ("storeError",)
_READ = ("storeError", "blobMissing", "formatError", "integrityError", "unsupportedVersion")
_GRAPH = ("graphError", "graphRejected", "graphThrottled", "graphTokenRefused", "graphUnreachable", "foreignLink")


async def describe_api(request: Request[Body]) -> Reply:
    """The OpenAPI description of this table. The local host signs every request in: no token is asked for."""
    return answer(description(tuple(CALLS.values()), request.origin, token=not request.services.settings.local))


_CALLS: tuple[Call[Any], ...] = (
    Call(
        name="start_backup",
        method="POST",
        route="backups",
        summary="Back up now",
        handler=backups.start_backup,
        roles=(Role.BACKUP_RUN,),
        body=StartBackup,
        answers={202: Started},
        located=True,
        codes=("unknownType", "backupAlreadyRunning", *_STORED),
    ),
    Call(
        name="list_backups",
        method="GET",
        route="backups",
        summary="Runs, newest first",
        handler=backups.list_backups,
        roles=(Role.BACKUP_READ,),
        query=("top", "cursor"),
        answers={200: RunList},
        codes=("invalidCursor", *_STORED),
    ),
    Call(
        name="show_backup",
        method="GET",
        route="backups/{runId}",
        summary="One run: progress per type while it works, the facts of its manifest afterwards",
        handler=backups.show_backup,
        roles=(Role.BACKUP_READ, Role.BACKUP_RUN),
        answers={200: RunAnswer},
        codes=("malformedRunId", "unknownRun", *_STORED),
    ),
    Call(
        name="search_objects",
        method="GET",
        route="objects/{type}",
        summary="Objects of a type by the beginning of their name",
        handler=objects.search_objects,
        roles=(Role.BACKUP_READ,),
        query=("name", "deleted", "top", "cursor"),
        answers={200: FoundList},
        codes=("unknownType", "invalidCursor", *_STORED),
    ),
    Call(
        name="show_object",
        method="GET",
        route="objects/{type}/{id}",
        summary="The record of an object as of a run, by default the newest",
        handler=objects.show_object,
        roles=(Role.BACKUP_READ,),
        query=("run",),
        answers={200: RecordAnswer},
        codes=("unknownType", "secretType", "malformedId", "malformedRunId", "unknownRun", "unknownObject", *_READ),
    ),
    Call(
        name="list_versions",
        method="GET",
        route="objects/{type}/{id}/versions",
        summary="The versions of an object, newest first",
        handler=objects.list_versions,
        roles=(Role.BACKUP_READ,),
        answers={200: VersionList},
        codes=("unknownType", "malformedId", "unknownObject", *_STORED),
    ),
    Call(
        name="make_plan",
        method="POST",
        route="restore/plans",
        summary="Plan a restore; nothing is written to the tenant",
        handler=restores.make_plan,
        roles=(Role.RESTORE_PLAN,),
        body=MakePlan,
        body_needed=True,
        answers={201: PlanAnswer},
        located=True,
        restores=True,
        codes=(
            "unknownType",
            "malformedId",
            "malformedRunId",
            "notRestorable",
            "unknownRun",
            "unknownObject",
            "planNotApplicable",
            "restoreError",
            *_READ,
            *_GRAPH,
        ),
    ),
    Call(
        name="show_plan",
        method="GET",
        route="restore/plans/{planId}",
        summary="A plan and the outcome of each of its steps",
        handler=restores.show_plan,
        roles=(Role.RESTORE_PLAN, Role.RESTORE_APPLY),
        answers={200: PlanAnswer},
        codes=("malformedPlanId", "unknownPlan", *_READ),
    ),
    Call(
        name="apply_plan",
        method="POST",
        route="restore/plans/{planId}/apply",
        summary="Apply a plan: once, and only until it expires",
        handler=restores.apply_plan,
        roles=(Role.RESTORE_APPLY,),
        body=Body,
        answers={202: PlanStarted},
        located=True,
        restores=True,
        codes=("malformedPlanId", "unknownPlan", "planExpired", "planNotApplicable", "rowConflict", *_READ),
    ),
    Call(
        name="issue_passwords",
        method="POST",
        route="restore/plans/{planId}/passwords",
        summary="New passwords for users a plan re-created: once, for the caller who applied it",
        handler=restores.issue_passwords,
        roles=(Role.RESTORE_APPLY,),
        body=Body,
        answers={200: PasswordList},
        restores=True,
        codes=(
            "malformedPlanId",
            "unknownPlan",
            "otherCaller",
            "passwordsAlreadyIssued",
            "planNotApplicable",
            "rowConflict",
            "writeUnverified",
            *_READ,
            *_GRAPH,
        ),
    ),
    Call(
        name="describe_api",
        method="GET",
        route="openapi.json",
        summary="This description",
        handler=describe_api,
        answers={200: None},
    ),
)

CALLS: dict[str, Call[Any]] = {call.name: call for call in _CALLS}
