"""Who may ask for an access package: one policy for each, with approval, questions, reviews and custom extensions."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.groups import ROLE_ASSIGNABLE
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import ADMINS, DEPARTMENTS, World


def policy(world: World, package: int, catalog: int) -> Iterator[Item]:
    """The first is approved in two stages and reviewed, the second assigns by itself, all others only ask."""
    id = world.id("assignmentPolicy", package)
    made = world.moment(world.draw("assignmentPolicy", package), within=500, after=30)
    properties = {
        "id": id,
        "displayName": ("Everyone, with approval", "By department")[package] if package < 2 else "Initial Policy",
        "description": None if package else "Approved by the manager, then by tier 0",
        "allowedTargetScope": ("specificDirectoryUsers", "specificDirectoryUsers", "allMemberUsers")[min(package, 2)],
        "specificAllowedTargets": _targets(world, package),
        "automaticRequestSettings": _AUTOMATIC if package == 1 else None,
        "expiration": {"type": "afterDuration", "endDateTime": None, "duration": "P365D"},
        "requestorSettings": _requestor(world, package),
        "requestApprovalSettings": _approval(world, package),
        "reviewSettings": _reviews(world) if package == 0 else None,
        "notificationSettings": {"isAssignmentNotificationDisabled": False},
        "createdDateTime": made,
        "modifiedDateTime": made,
        "accessPackageId": world.id("accessPackage", package),
        "catalogId": world.id("catalog", catalog),
    }
    yield Object("accessPackageAssignmentPolicy", properties)
    if package:
        return
    for question in _questions(world):
        yield Object("accessPackageQuestion", question)
        yield Link("accessPackageAssignmentPolicy", id, "questions", "accessPackageQuestion", question["id"])
    stage = {
        "id": world.id("stageSetting", package),
        "stage": "assignmentRequestCreated",
        "customExtensionId": world.id("callout", catalog),
    }
    yield Object("customExtensionStageSetting", stage)
    yield Link(
        "accessPackageAssignmentPolicy",
        id,
        "customExtensionStageSettings",
        "customExtensionStageSetting",
        stage["id"],
    )


_AUTOMATIC = {
    "requestAccessForAllowedTargets": True,
    "removeAccessWhenTargetLeavesAllowedTargets": True,
    "gracePeriodBeforeAccessRemoval": "P7D",
}


def _user(id: str, name: str) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.singleUser", "userId": id, "description": name}


def _group(id: str, name: str) -> dict[str, Any]:
    return {"@odata.type": "#microsoft.graph.groupMembers", "groupId": id, "description": name}


def _targets(world: World, package: int) -> list[dict[str, Any]]:
    if package == 0:
        return [_group(world.id("group:all"), "All employees")]
    if package == 1:
        rule = f'(user.department -eq "{DEPARTMENTS[6]}")'
        return [{"@odata.type": "#microsoft.graph.attributeRuleMembers", "description": None, "membershipRule": rule}]
    return []


def _requestor(world: World, package: int) -> dict[str, Any]:
    return {
        "enableTargetsToSelfAddAccess": package != 1,
        "enableTargetsToSelfUpdateAccess": False,
        "enableTargetsToSelfRemoveAccess": package != 1,
        "allowCustomAssignmentSchedule": True,
        "enableOnBehalfRequestorsToAddAccess": package == 0,
        "enableOnBehalfRequestorsToUpdateAccess": False,
        "enableOnBehalfRequestorsToRemoveAccess": False,
        "onBehalfRequestors": [_user(world.employee(1), "Assistant")] if package == 0 else [],
    }


def _approval(world: World, package: int) -> dict[str, Any]:
    return {
        "isApprovalRequiredForAdd": package == 0,
        "isApprovalRequiredForUpdate": False,
        "isRequestorJustificationRequired": package == 0,
        "stages": [_by_manager(world), _by_group(world)] if package == 0 else [],
    }


def _by_manager(world: World) -> dict[str, Any]:
    return {
        "durationBeforeAutomaticDenial": "P14D",
        "isApproverJustificationRequired": True,
        "isEscalationEnabled": False,
        "durationBeforeEscalation": "PT0S",
        "primaryApprovers": [{"@odata.type": "#microsoft.graph.requestorManager", "managerLevel": 1}],
        "fallbackPrimaryApprovers": [_user(world.user(ADMINS[0]), "Administrator")],
        "escalationApprovers": [],
        "fallbackEscalationApprovers": [],
    }


def _by_group(world: World) -> dict[str, Any]:
    return {
        "durationBeforeAutomaticDenial": "P7D",
        "isApproverJustificationRequired": False,
        "isEscalationEnabled": True,
        "durationBeforeEscalation": "P3D",
        "primaryApprovers": [_group(world.id(ROLE_ASSIGNABLE), "Tier 0 administrators")],
        "fallbackPrimaryApprovers": [],
        "escalationApprovers": [_user(world.employee(0), "Head of the company")],
        "fallbackEscalationApprovers": [],
    }


def _reviews(world: World) -> dict[str, Any]:
    return {
        "isEnabled": True,
        "expirationBehavior": "keepAccess",
        "isRecommendationEnabled": True,
        "isReviewerJustificationRequired": True,
        "isSelfReview": False,
        "schedule": {
            "startDateTime": f"{world.day(60)}T00:00:00Z",
            "recurrence": {
                "pattern": {"type": "absoluteMonthly", "interval": 3, "month": 0, "dayOfMonth": 1, "daysOfWeek": []},
                "range": {"type": "noEnd", "numberOfOccurrences": 0, "startDate": world.day(60)},
            },
            "expiration": {"type": "afterDuration", "endDateTime": None, "duration": "P25D"},
        },
        "primaryReviewers": [_group(world.id(ROLE_ASSIGNABLE), "Tier 0 administrators")],
        "fallbackReviewers": [],
    }


def _questions(world: World) -> Iterator[dict[str, Any]]:
    yield {
        "@odata.type": "#microsoft.graph.accessPackageTextInputQuestion",
        "id": world.id("question", 0),
        "isAnswerEditable": True,
        "isRequired": True,
        "localizations": [{"languageCode": "de", "text": "Wozu brauchen Sie den Zugriff?"}],
        "sequence": 0,
        "text": "What do you need it for?",
        "isSingleLineQuestion": False,
        "regexPattern": None,
    }
    yield {
        "@odata.type": "#microsoft.graph.accessPackageMultipleChoiceQuestion",
        "id": world.id("question", 1),
        "isAnswerEditable": True,
        "isRequired": False,
        "localizations": [],
        "sequence": 1,
        "text": "Which quay?",
        "choices": [
            {"actualValue": "south", "text": "South", "localizations": []},
            {"actualValue": "north", "text": "North", "localizations": []},
        ],
        "isMultipleSelectionAllowed": True,
    }
