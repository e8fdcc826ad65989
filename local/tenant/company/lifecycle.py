"""Lifecycle workflows: what happens to people who join, move and leave, and the custom task that one of them calls.

Two workflows more were deleted some days ago and lie in their own recycle bin.
"""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import DAEMON
from local.tenant.company.items import Item, Object
from local.tenant.company.world import ADMINS, DEFAULT_DOMAIN, DEPARTMENTS, World

# ids of built-in task definitions, the same in every tenant
_ENABLE = "6fc52c9d-398b-4305-9763-15f42c1676fc"
_WELCOME = "70b29d51-b59a-4773-9280-8841dfd3f2ea"
_ADD_TO_GROUPS = "22085229-5809-45e8-97fd-270d28d66910"
_CUSTOM = "d79d1fcc-16be-490c-a865-f4533b1639ee"
_NAMESPACE = "#microsoft.graph.identityGovernance."


def lifecycle(world: World) -> Iterator[Item]:
    yield Object(
        "identityGovernance.lifecycleManagementSettings",
        {
            "workflowScheduleIntervalInHours": 3,
            "emailSettings": {"senderDomain": DEFAULT_DOMAIN, "useCompanyBranding": True},
        },
    )
    for number in range(2):
        yield Object("identityGovernance.customTaskExtension", _extension(world, number))
    workflows = 2 + world.users // 2_000
    for number in range(workflows):
        yield Object("identityGovernance.workflow", _workflow(world, number))
    for number in range(workflows, workflows + 2):
        deleted = {"deletedDateTime": f"{world.day(4 + number % 20)}T12:00:00Z", "nextScheduleRunDateTime": None}
        yield Object("identityGovernance.workflow", _workflow(world, number) | deleted)


def _extension(world: World, number: int) -> dict[str, Any]:
    made = world.moment(world.draw("taskExtension", number), within=300, after=20)
    return {
        "id": world.id("taskExtension", number),
        "displayName": ("Order a phone", "Hand over the mailbox")[number],
        "description": None,
        "createdDateTime": made,
        "lastModifiedDateTime": made,
        "endpointConfiguration": {
            "@odata.type": "#microsoft.graph.logicAppTriggerEndpointConfiguration",
            "subscriptionId": world.id("subscription"),
            "resourceGroupName": "rg-lifecycle",
            "logicAppWorkflowName": f"task-{number}",
            "url": f"https://logic.halden.example/task/{number}",
        },
        "authenticationConfiguration": {
            "@odata.type": "#microsoft.graph.azureAdTokenAuthentication",
            "resourceId": world.id("appId", DAEMON),
        },
        "clientConfiguration": {"maximumRetries": 1, "timeoutInMilliseconds": 1000},
        "callbackConfiguration": {
            "@odata.type": f"{_NAMESPACE}customTaskExtensionCallbackConfiguration",
            "timeoutDuration": "PT5M",
        }
        if number
        else None,
        "replyMode": None,
    }


def _workflow(world: World, number: int) -> dict[str, Any]:
    """The first welcomes joiners on a schedule, the second is run by hand for leavers; then one a department."""
    made = world.moment(world.draw("workflow", number), within=300, after=20)
    leaver = number == 1
    department = DEPARTMENTS[number % len(DEPARTMENTS)]
    return {
        "id": world.id("workflow", number),
        "category": "leaver" if leaver else "joiner",
        "displayName": "Last day of work" if leaver else f"Welcome to {department}",
        "description": f"Tasks for people of {department}" if number else None,
        "isEnabled": True,
        "isSchedulingEnabled": not leaver,
        "createdDateTime": made,
        "lastModifiedDateTime": made,
        "version": number + 1,
        "deletedDateTime": None,
        "nextScheduleRunDateTime": None if leaver else f"{world.day(0)}T21:00:00Z",
        "executionConditions": {"@odata.type": f"{_NAMESPACE}onDemandExecutionOnly"} if leaver else _when(department),
        "tasks": list(_leaver_tasks(world, number) if leaver else _joiner_tasks(world, number)),
        "createdBy": {"id": world.user(ADMINS[0])},
        "lastModifiedBy": {"id": world.user(ADMINS[0])},
    }


def _when(department: str) -> dict[str, Any]:
    return {
        "@odata.type": f"{_NAMESPACE}triggerAndScopeBasedConditions",
        "scope": {"@odata.type": f"{_NAMESPACE}ruleBasedSubjectSet", "rule": f"(department eq '{department}')"},
        "trigger": {
            "@odata.type": f"{_NAMESPACE}timeBasedAttributeTrigger",
            "timeBasedAttribute": "employeeHireDate",
            "offsetInDays": 0,
        },
    }


def _joiner_tasks(world: World, workflow: int) -> Iterator[dict[str, Any]]:
    yield _task(world, workflow, 1, "Enable user account", _ENABLE, "joiner,leaver")
    yield _task(world, workflow, 2, "Send welcome email", _WELCOME, "joiner", {"cc": world.user(ADMINS[0])})
    yield _task(
        world, workflow, 3, "Add user to groups", _ADD_TO_GROUPS, "joiner,leaver", {"groupID": world.id("group:all")}
    )


def _leaver_tasks(world: World, workflow: int) -> Iterator[dict[str, Any]]:
    arguments = {"customTaskExtensionID": world.id("taskExtension", 1)}
    yield _task(world, workflow, 1, "Hand over the mailbox", _CUSTOM, "joiner,leaver,mover", arguments)


def _task(
    world: World,
    workflow: int,
    place: int,
    name: str,
    definition: str,
    category: str,
    arguments: dict[str, str] | None = None,
) -> dict[str, Any]:
    return {
        "id": world.id(f"task:{place}", workflow),
        "category": category,
        "continueOnError": place == 2,
        "description": None,
        "displayName": name,
        "executionSequence": place,
        "isEnabled": True,
        "taskDefinitionId": definition,
        "arguments": [{"name": name, "value": value} for name, value in (arguments or {}).items()],
    }
