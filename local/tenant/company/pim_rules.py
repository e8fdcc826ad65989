"""The seventeen rules that every policy of Privileged Identity Management has, plain or guarded.

A guarded policy asks for approval and an authentication context, and lets nobody be assigned for good.
"""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.groups import ROLE_ASSIGNABLE
from local.tenant.company.world import BREAK_GLASS, World

_RULE = "#microsoft.graph.unifiedRoleManagementPolicy{}Rule"
_PHASES = (("Admin", "Eligibility"), ("Admin", "Assignment"), ("EndUser", "Assignment"))


def rules(world: World, *, guarded: bool) -> Iterator[dict[str, Any]]:
    for caller, level in _PHASES:
        yield _rule("Expiration", caller, level, **_expiration(caller, level, guarded=guarded))
        yield _rule("Enablement", caller, level, enabledRules=_enabled(caller, level))
        for recipient in ("Admin", "Requestor", "Approver"):
            notification = _rule("Notification", caller, level, **_notification(recipient, guarded=guarded))
            yield notification | {"id": f"Notification_{recipient}_{caller}_{level}"}
    yield _rule("Approval", "EndUser", "Assignment", setting=_approval(world, guarded=guarded))
    yield _rule("AuthenticationContext", "EndUser", "Assignment", isEnabled=guarded, claimValue="c1" if guarded else "")


def _rule(what: str, caller: str, level: str, **own: Any) -> dict[str, Any]:
    target = {
        "caller": caller,
        "operations": ["All"],
        "level": level,
        "inheritableSettings": [],
        "enforcedSettings": [],
    }
    return {"@odata.type": _RULE.format(what), "id": f"{what}_{caller}_{level}", "target": target, **own}


def _expiration(caller: str, level: str, *, guarded: bool) -> dict[str, Any]:
    if caller == "EndUser":
        return {"isExpirationRequired": True, "maximumDuration": "PT4H" if guarded else "PT8H"}
    return {"isExpirationRequired": guarded, "maximumDuration": "P365D" if level == "Eligibility" else "P180D"}


def _enabled(caller: str, level: str) -> list[str]:
    if caller == "EndUser":
        return ["MultiFactorAuthentication", "Justification"]
    return ["Justification"] if level == "Assignment" else []


def _notification(recipient: str, *, guarded: bool) -> dict[str, Any]:
    return {
        "notificationType": "Email",
        "recipientType": recipient,
        "notificationLevel": "All",
        "isDefaultRecipientsEnabled": True,
        "notificationRecipients": ["soc@halden.example"] if guarded and recipient == "Admin" else [],
    }


def _approval(world: World, *, guarded: bool) -> dict[str, Any]:
    approvers = [
        {
            "@odata.type": "#microsoft.graph.groupMembers",
            "groupId": world.id(ROLE_ASSIGNABLE),
            "description": "Tier 0 administrators",
        },
        {
            "@odata.type": "#microsoft.graph.singleUser",
            "userId": world.user(BREAK_GLASS[0]),
            "description": "Emergency access 1",
        },
    ]
    return {
        "isApprovalRequired": guarded,
        "isApprovalRequiredForExtension": False,
        "isRequestorJustificationRequired": True,
        "approvalMode": "SingleStage",
        "approvalStages": [
            {
                "approvalStageTimeOutInDays": 1,
                "isApproverJustificationRequired": True,
                "escalationTimeInMinutes": 0,
                "isEscalationEnabled": False,
                "primaryApprovers": approvers if guarded else [],
                "escalationApprovers": [],
            }
        ],
    }
