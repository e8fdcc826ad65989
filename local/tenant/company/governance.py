"""Identity governance: entitlement management, access reviews, lifecycle workflows, terms of use, consent requests."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company import entitlement
from local.tenant.company.applications import DAEMON
from local.tenant.company.groups import ROLE_ASSIGNABLE
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.lifecycle import lifecycle
from local.tenant.company.world import ADMINS, DEFAULT_DOMAIN, World
from local.tenant.wellknown import GLOBAL_ADMINISTRATOR

_GRAPH = "MicrosoftGraph"
_QUERY = "#microsoft.graph.accessReviewQueryScope"


def items(world: World) -> Iterator[Item]:
    yield from entitlement.items(world)
    for number in range(3 + world.users // 1_000):
        yield Object("accessReviewScheduleDefinition", _review(world, number))
    yield from lifecycle(world)
    yield from _agreements(world)
    yield from _consent(world)


def _review(world: World, number: int) -> dict[str, Any]:
    """Of a group by managers, of a role in two stages, of guests everywhere; then of one team after another."""
    team = world.id("group:team", number % world.teams)
    scopes = (
        (f"/groups/{team}/transitiveMembers", f"/groups/{team}", "Members of a team"),
        (None, None, "Global Administrators"),
        (
            "./members/microsoft.graph.user/?$count=true&$filter=(userType eq 'Guest')",
            "/groups?$filter=(groupTypes/any(c:c+eq+'Unified'))&$count=true",
            "Guests in all Microsoft 365 groups",
        ),
    )
    query, instances, name = scopes[number if number < len(scopes) else 0]
    made = world.moment(world.draw("review", number), within=300, after=30)
    return {
        "id": world.id("review", number),
        "displayName": name if number < len(scopes) else f"{name} {number}",
        "descriptionForAdmins": f"{name}, every quarter",
        "descriptionForReviewers": None,
        "status": "InProgress" if number % 2 == 0 else "NotStarted",
        "createdBy": {
            "id": world.user(ADMINS[0]),
            "displayName": "Administrator",
            "userPrincipalName": f"admin@{DEFAULT_DOMAIN}",
            "type": None,
        },
        "createdDateTime": made,
        "lastModifiedDateTime": made,
        "scope": _scope(query) if query else _role_scope(world),
        "instanceEnumerationScope": _scope(instances) if instances else None,
        "reviewers": [_reviewer("./manager", "decisions")] if number != 1 else [],
        "fallbackReviewers": [_reviewer(f"/users/{world.user(ADMINS[0])}")],
        "additionalNotificationRecipients": _notified(world) if number == 0 else [],
        "stageSettings": _stages(world) if number == 1 else [],
        "settings": _settings(world),
    }


def _scope(query: str) -> dict[str, Any]:
    return {"@odata.type": _QUERY, "query": query, "queryType": _GRAPH, "queryRoot": None}


def _role_scope(world: World) -> dict[str, Any]:
    role = f"/roleManagement/directory/roleDefinitions/{GLOBAL_ADMINISTRATOR}"
    return {
        "@odata.type": "#microsoft.graph.principalResourceMembershipsScope",
        "principalScopes": [_scope("/users"), _scope(f"/groups/{world.id(ROLE_ASSIGNABLE)}/transitiveMembers")],
        "resourceScopes": [_scope(role)],
    }


def _reviewer(query: str, root: str | None = None) -> dict[str, Any]:
    return {"query": query, "queryType": _GRAPH, "queryRoot": root}


def _notified(world: World) -> list[dict[str, Any]]:
    recipient = {
        "@odata.type": "#microsoft.graph.accessReviewNotificationRecipientQueryScope",
        **_reviewer(f"/groups/{world.id(ROLE_ASSIGNABLE)}/transitiveMembers"),
    }
    return [{"notificationTemplateType": "CompletedAdditionalRecipients", "notificationRecipientScope": recipient}]


def _stages(world: World) -> list[dict[str, Any]]:
    first = _stage("1", [], [], ["NotReviewed", "Approve"])
    second = _stage("2", ["1"], [_reviewer(f"/users/{world.user(ADMINS[1])}")], [])
    return [first, second]


def _stage(id: str, after: list[str], reviewers: list[dict[str, Any]], moving: list[str]) -> dict[str, Any]:
    return {
        "stageId": id,
        "dependsOn": after,
        "durationInDays": 7,
        "recommendationsEnabled": True,
        "decisionsThatWillMoveToNextStage": moving,
        "reviewers": reviewers,
        "fallbackReviewers": [],
    }


def _settings(world: World) -> dict[str, Any]:
    return {
        "mailNotificationsEnabled": True,
        "reminderNotificationsEnabled": True,
        "justificationRequiredOnApproval": True,
        "defaultDecisionEnabled": False,
        "defaultDecision": "None",
        "instanceDurationInDays": 14,
        "autoApplyDecisionsEnabled": True,
        "recommendationsEnabled": True,
        "recommendationLookBackDuration": "P30D",
        "decisionHistoriesForReviewersEnabled": False,
        "recurrence": {
            "pattern": {"type": "absoluteMonthly", "interval": 3, "month": 0, "dayOfMonth": 0, "daysOfWeek": []},
            "range": {"type": "noEnd", "numberOfOccurrences": 0, "startDate": world.day(80), "endDate": "9999-12-31"},
        },
        "applyActions": [{"@odata.type": "#microsoft.graph.removeAccessApplyAction"}],
    }


def _agreements(world: World) -> Iterator[Item]:
    for number, (name, again) in enumerate((("Terms for everyone", "P365D"), ("Terms for guests", None))):
        agreement = {
            "id": world.id("termsOfUse", number),
            "displayName": name,
            "isPerDeviceAcceptanceRequired": False,
            "isViewingBeforeAcceptanceRequired": number == 1,
            "termsExpiration": None if number else {"startDateTime": f"{world.day(0)}T00:00:00Z", "frequency": "P180D"},
            "userReacceptRequiredFrequency": again,
        }
        yield Object("agreement", agreement)


def _consent(world: World) -> Iterator[Item]:
    """People asked for an app that the tenant does not have, and for one of its own."""
    apps = ((world.id("unknownApp"), "Route Planner Online"), (world.id("appId", DAEMON), "Nightly Export"))
    for number, (app, name) in enumerate(apps):
        id = world.id("consentRequest", number)
        yield Object(
            "appConsentRequest",
            {
                "id": id,
                "appId": app,
                "appDisplayName": name,
                "consentType": "Dynamic",
                "pendingScopes": [{"displayName": "openid"}, {"displayName": "Mail.Read"}][: 2 - number],
            },
        )
        asked = {
            "id": world.id("userConsentRequest", number),
            "reason": "I plan the routes with it" if number == 0 else None,
            "status": "InProgress",
            "createdDateTime": f"{world.day(3)}T08:00:00Z",
            "completedDateTime": None,
            "createdBy": {
                "user": {
                    "id": world.employee(4),
                    "displayName": "A planner",
                    "userPrincipalName": None,
                    "mail": None,
                }
            },
            "approvalId": world.id("userConsentRequest", number),
            "customData": None,
        }
        yield Object("userConsentRequest", asked)
        yield Link("appConsentRequest", id, "userConsentRequests", "userConsentRequest", asked["id"])
