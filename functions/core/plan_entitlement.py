"""What restoring entitlement management asks for beyond the catalogue: pure.

A catalog gets its resources by requests, a package the roles of those resources, a policy its stages with calls of
their own; who had a package is asked for again, and the service delivers in its own time. Ids of resources and logic
apps are the catalog's own and are looked up when a call is sent.
"""

from collections.abc import Callable, Iterable, Sequence

from functions.core.lookups import lookup
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_contained import left_over, sides
from functions.core.plan_rules import Call, Gaps, Rules, Situation, within
from functions.core.record import Json, Object

_BASE = "/identityGovernance/entitlementManagement"
_BESIDES = {"AadGroup": ("Group.ReadWrite.All",)}  # by originSystem: what adding such a resource takes as well


def _resources(s: Situation, gaps: Gaps) -> Sequence[Call]:
    both = sides(s, "resources", gaps)
    if both is None:
        return ()
    wanted, there = _keyed(both.wanted, _origin), _keyed(both.current, _origin)
    extra = (str(there[key].get("displayName")) for key in there.keys() - wanted.keys())
    gaps += left_over(s, extra, "Remove the resource from the catalog by hand, if no package needs it.")
    return [
        Call(
            path=f"{_BASE}/resourceRequests",
            whole=True,
            body={
                "requestType": "adminAdd",
                "resource": {"originId": thing.get("originId"), "originSystem": thing.get("originSystem")},
                "catalog": {"id": s.here},
            },
            reason="The resource was in the catalog in the backup.",
            after={"resources": [{"originId": thing.get("originId"), "originSystem": thing.get("originSystem")}]},
            link="resources",
            needs=_BESIDES.get(str(thing.get("originSystem")), ()),
        )
        for key, thing in wanted.items()
        if key not in there
    ]


def _origin(thing: Object) -> tuple[str, ...]:
    return str(thing.get("originSystem")), str(thing.get("originId"))


def _granted(thing: Object) -> tuple[str, ...]:
    """Role and scope by what they are of; their ids are the catalog's own."""
    return str(within(thing, "role", "originId")), str(within(thing, "scope", "originId"))


def _keyed[Key](things: Iterable[Object], key: Callable[[Object], Key]) -> dict[Key, Object]:
    return {key(thing): thing for thing in things}


def _belongs(s: Situation, owner: str, what: str) -> Gaps:
    """The gap of a new object whose catalog or package is not there."""
    if s.live.standing != "gone":
        return []
    id = within(s.record, owner, "id")
    if isinstance(id, str) and id and id not in s.live.missing:
        return []
    return [
        LossGap(
            f"{s.name} is not created again",
            f"It belongs to the {what} {id or 'that the record does not name'}, which is not in the tenant.",
            f"Restore the {what} first, or in the same plan.",
        )
    ]


def _within_catalog(s: Situation, body: Object, gaps: Gaps) -> Object:
    return {**body, "catalog": {"id": within(s.record, "catalog", "id")}}


def _within_package(s: Situation, body: Object, gaps: Gaps) -> Object:
    return {**body, "accessPackage": {"id": within(s.record, "accessPackage", "id")}} if body else body


def _no_catalog(s: Situation) -> Gaps:
    return _belongs(s, "catalog", "catalog")


def _no_package(s: Situation) -> Gaps:
    return _belongs(s, "accessPackage", "access package")


def _role_scopes(s: Situation, gaps: Gaps) -> Sequence[Call]:
    both = sides(s, "resourceRoleScopes", gaps)
    if both is None:
        return ()
    wanted, there = _keyed(both.wanted, _granted), _keyed(both.current, _granted)
    extra = (str(within(there[key], "role", "displayName")) for key in there.keys() - wanted.keys())
    gaps += left_over(s, extra, "Take the role out of the package by hand.")
    return [_role_scope(s, thing) for key, thing in wanted.items() if key not in there]


def _role_scope(s: Situation, thing: Object) -> Call:
    origin = within(thing, "scope", "originId")
    system = within(thing, "scope", "originSystem")
    resources = f"{_BASE}/catalogs/{within(s.record, 'catalog', 'id')}/resources"
    role: Object = {
        "displayName": within(thing, "role", "displayName"),
        "originId": within(thing, "role", "originId"),
        "originSystem": within(thing, "role", "originSystem"),
        "resource": {"id": lookup(resources, "originId", str(origin)), "originId": origin, "originSystem": system},
    }
    scope: Object = {
        "originId": origin,
        "originSystem": system,
        "isRootScope": within(thing, "scope", "isRootScope"),
    }
    return Call(
        path="/resourceRoleScopes",
        body={"role": role, "scope": scope},
        reason="The package gave this role in the backup.",
        after={"resourceRoleScopes": [{"role": {"originId": role["originId"]}, "scope": {"originId": origin}}]},
        link="resourceRoleScopes",
        danger="elevated",
    )


def _stages(s: Situation, gaps: Gaps) -> Sequence[Call]:
    both = sides(s, "customExtensionStageSettings", gaps)
    if both is None:
        return ()
    wanted, there = _keyed(both.wanted, _stage), _keyed(both.current, _stage)
    gaps += left_over(s, there.keys() - wanted.keys(), "Take the custom extension off that stage by hand.")
    return [_stage_call(s, thing, there.get(key)) for key, thing in wanted.items() if _differs(thing, there.get(key))]


def _stage(thing: Object) -> str:
    return str(thing.get("stage"))


def _differs(thing: Object, there: Object | None) -> bool:
    return there is None or _called(thing) != _called(there)


def _called(thing: Object) -> Json:
    """A logic app goes by its name, because a catalog that is made again gives it a new id."""
    return within(thing, "customExtension", "displayName")


def _stage_call(s: Situation, thing: Object, there: Object | None) -> Call:
    extensions = f"{_BASE}/catalogs/{within(s.record, 'catalog', 'id')}/customWorkflowExtensions"
    name = _called(thing)
    extension: Object = {
        "id": lookup(extensions, "displayName", name)
        if isinstance(name, str)
        else within(thing, "customExtension", "id")
    }
    kind = within(thing, "customExtension", "@odata.type")
    if kind:
        extension = {"@odata.type": kind, **extension}
    body: Object = {"customExtension": extension}
    shown: Object = {"stage": thing.get("stage"), "customExtension": {"displayName": name}}
    path = "/customExtensionStageSettings"
    return Call(
        method="PATCH" if there else "POST",
        path=f"{path}/{there.get('id')}" if there else path,
        body=body if there else {"stage": thing.get("stage"), **body},
        reason="The logic app was called at this stage in the backup.",
        before={"customExtensionStageSettings": [there]} if there else {},
        after={"customExtensionStageSettings": [shown]},
        link="customExtensionStageSettings",
    )


def _ended(s: Situation) -> Gaps:
    """Why nobody is given a package again."""
    if s.live.standing != "gone":
        return []
    end = within(s.record, "schedule", "expiration", "endDateTime")
    policy = within(s.record, "assignmentPolicy", "automaticRequestSettings", "requestAccessForAllowedTargets")
    if s.record.get("state") != "delivered":
        why, todo = f"Its state was {s.record.get('state')}, not delivered.", "Nothing; it is history."
    elif isinstance(end, str) and end < s.now:
        why, todo = f"It ended on {end}.", "Assign the package by hand, if the person still needs it."
    elif policy is True:
        why, todo = (
            "Its policy assigns the package by itself to whom its rule fits.",
            "Nothing: the service assigns it within hours once policy and person are back.",
        )
    elif not within(s.record, "target", "objectId"):
        why, todo = "The person was not in the directory.", "Assign the package by hand, by the e-mail address."
    else:
        return []
    return [LossGap(f"The assignment {s.name} does not come back", why, todo)]


def _asked(s: Situation, gaps: Gaps) -> Sequence[Call]:
    expiration = within(s.record, "schedule", "expiration")
    body: Object = {
        "requestType": "adminAdd",
        "assignment": {
            "targetId": within(s.record, "target", "objectId"),
            "assignmentPolicyId": within(s.record, "assignmentPolicy", "id"),
            "accessPackageId": within(s.record, "accessPackage", "id"),
        },
    }
    if isinstance(expiration, dict) and expiration.get("endDateTime"):
        body["schedule"] = {"expiration": expiration}
    gaps.append(
        LossGap(
            f"The id of the assignment {s.name}",
            "The service makes a new assignment, and gives it in its own time.",
            "Look under the package's assignments in an hour; what failed to be delivered is told there.",
        )
    )
    return [
        Call(
            path=f"{_BASE}/assignmentRequests",
            whole=True,
            body=body,
            reason="The package was assigned in the backup.",
            danger="elevated",
            later=True,
        )
    ]


def _one_source(s: Situation, body: Object, gaps: Gaps) -> Object:
    sources = body.get("identitySources")
    return {**body, "identitySources": sources[:1]} if isinstance(sources, list) else body


def _all_sources(s: Situation, gaps: Gaps) -> Sequence[Call]:
    sources = s.wanted.get("identitySources")
    if s.live.standing != "gone" or not isinstance(sources, list) or len(sources) < 2:
        return ()
    body: Object = {"identitySources": sources}
    return [Call(method="PATCH", path="", body=body, reason="A new organization starts with one source.", after=body)]


def _rights(s: Situation, step: Step) -> Danger:
    return "elevated"


CATALOG = Rules(calls=_resources)
PACKAGE = Rules(stop=_no_catalog, create=_within_catalog, calls=_role_scopes)
POLICY = Rules(stop=_no_package, create=_within_package, patch=_within_package, calls=_stages)
ASSIGNMENT = Rules(stop=_ended, asked=_asked)
ORGANIZATION = Rules(create=_one_source, calls=_all_sources)
ROLE_ASSIGNMENT = Rules(danger=_rights)
