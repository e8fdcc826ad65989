"""What restoring Intune's apps and the policies for apps asks for beyond the catalogue; pure.

An app that is a file (or comes from a token, a store's contract or Microsoft's catalogue) cannot be made anew: no file
is in Graph. One that is there gets its properties, assignments, categories and relationships back like any other.
"""

from collections.abc import Mapping, Sequence

from functions.catalogue.intune_properties import names
from functions.core.diff import same
from functions.core.plan import LossGap
from functions.core.plan_intune import COMPUTED, KIND, same_kind
from functions.core.plan_intune_assign import ASSIGNMENTS, Assigned, alike, related, without
from functions.core.plan_rules import Call, Gaps, Rules, Situation
from functions.core.record import Json, Object

APPS = "apps"
CATEGORIES = "categories"
RELATED = "relationships"
MAKEABLE = frozenset(
    f"#microsoft.graph.{kind}"
    for kind in names(
        {
            "": """
    androidStoreApp iosStoreApp iosiPadOSWebClip macOSMicrosoftDefenderApp macOSMicrosoftEdgeApp macOSOfficeSuiteApp
    macOSWebClip officeSuiteApp webApp winGetApp windowsMicrosoftEdgeApp windowsStoreApp windowsWebApp
    """
        }
    )
)
_RELATION = ("@odata.type", "targetId", "dependencyType", "supersedenceType")
_NO_RELATIONS = "#microsoft.graph.win32"


def _stop_app(s: Situation) -> Gaps:
    if s.live.standing != "gone" or s.wanted.get(KIND) in MAKEABLE:
        return same_kind(s)
    kind = str(s.wanted.get(KIND)).rpartition(".")[2]
    return [
        LossGap(
            f"The app {s.name} is not created again",
            f"An app of the type {kind} is nothing without its file, its token or its store, and none of these is in "
            "Graph.",
            "Upload or connect it again with what the record says, then assign it.",
        )
    ]


def _app(thing: Object) -> Object:
    held = thing.get(CATEGORIES)
    if isinstance(held, list):
        thing[CATEGORIES] = [{"id": one.get("id")} for one in held if isinstance(one, dict)]
    return thing


def _app_calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """The categories an app is in."""
    wanted, now = _ids(s.wanted), _ids(s.current)
    missing = [one for one in wanted if one in s.live.missing]
    if missing:
        gaps.append(
            LossGap(
                f"{s.name} is not put into the categories {', '.join(missing)}",
                "They are not in the tenant, and categories of apps are not backed up by themselves.",
                "Create the category again and put the app into it.",
            )
        )
    calls, shown = [], now
    for one in wanted:
        if one in now or one in missing:
            continue
        before, shown = shown, [*shown, one]
        calls.append(
            Call(
                path=f"/{CATEGORIES}/$ref",
                body={"@odata.id": f"{s.graph_url}/beta/deviceAppManagement/mobileAppCategories/{one}"},
                reason="It was in the category.",
                before={CATEGORIES: _as_ids(before)},
                after={CATEGORIES: _as_ids(shown)},
            )
        )
    for one in now if s.options.mode == "exact" else ():
        if one in wanted:
            continue
        before, shown = shown, [other for other in shown if other != one]
        calls.append(
            Call(
                path=f"/{CATEGORIES}/{one}/$ref",
                method="DELETE",
                body=None,
                reason="It was not in the category, and an exact match was asked for.",
                before={CATEGORIES: _as_ids(before)},
                after={CATEGORIES: _as_ids(shown)},
                danger="elevated",
            )
        )
    return calls


def _late(s: Situation, gaps: Gaps) -> Sequence[Call]:
    return [*_ASSIGNED.calls(s, gaps), *_relations(s, gaps)]


def _relations(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """The call that says which apps an app needs and replaces; Graph takes them all at once."""
    if not s.options.follows(RELATED) or not str(s.wanted.get(KIND)).startswith(_NO_RELATIONS):
        return ()
    sides = related(s, RELATED, gaps)
    if sides is None:
        return ()
    # Those that other apps have to this one are shown here too, and are theirs.
    recorded, current = ([_relation(one) for one in side if one.get("targetType") != "parent"] for side in sides)
    wanted = []
    for one in recorded:
        if str(one.get("targetId")) in s.live.missing:
            gaps.append(
                LossGap(
                    f"{s.name} and the app {one.get('targetId')}",
                    "It needed or replaced that app, which is not in the tenant.",
                    "Upload that app again, then set the relationship by hand.",
                )
            )
        else:
            wanted.append(one)
    kept = [] if s.options.mode == "exact" else [one for one in current if not _in(one, wanted)]
    after: list[Json] = [*wanted, *kept]
    if alike(after, current):
        return ()
    return (
        Call(
            path="/updateRelationships",
            body={RELATED: after},
            reason="The apps it needs or replaces differ from the backup.",
            before={RELATED: list(current)},
            after={RELATED: after},
            link=RELATED,
        ),
    )


def _relation(one: Object) -> Object:
    return {name: one[name] for name in _RELATION if name in one}


def _in(one: Object, others: Sequence[Object]) -> bool:
    return any((one.get(KIND), one.get("targetId")) == (other.get(KIND), other.get("targetId")) for other in others)


def _ids(thing: Object) -> list[str]:
    held = thing.get(CATEGORIES)
    return [str(one.get("id")) for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _as_ids(found: Sequence[str]) -> Json:
    return [{"id": one} for one in found]


def _targets(thing: Object) -> Object:
    """The apps of a policy by the id of their package alone."""
    held = thing.get(APPS)
    if isinstance(held, list):
        thing[APPS] = [{"mobileAppIdentifier": one.get("mobileAppIdentifier")} for one in held if isinstance(one, dict)]
    return thing


def _managed(thing: Object) -> Object:
    return _targets(without(COMPUTED)(thing))


def _target_calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """The call that says which apps a policy is for."""
    recorded, current = _apps(s.wanted), _apps(s.current)
    kept = [] if s.options.mode == "exact" else [one for one in current if not any(same(one, r) for r in recorded)]
    after: list[Json] = [*recorded, *kept]
    if APPS not in s.wanted or alike(after, current):
        return ()
    group = s.wanted.get("appGroupType")
    return (
        Call(
            path="/targetApps",
            body={APPS: after, **({"appGroupType": group} if group is not None else {})},
            reason="The apps it is for differ from the backup.",
            before={APPS: list(current)},
            after={APPS: after},
        ),
    )


def _apps(thing: Object) -> list[Object]:
    held = thing.get(APPS)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _stamped(thing: Object) -> Object:
    return _app(without(COMPUTED, _ASSIGNED.also)(thing))


_ASSIGNED = Assigned(
    envelope="mobileAppAssignments", also=("intent", "settings"), kind="#microsoft.graph.mobileAppAssignment"
)
_POLICY = Assigned()
_MANAGED = Rules(
    normal=_managed,
    calls=_target_calls,
    late=_POLICY.calls,
    watched=frozenset({APPS, ASSIGNMENTS}),
)

RULES: Mapping[str, Rules] = {
    "mobileApps": Rules(
        stop=_stop_app,
        normal=_stamped,
        calls=_app_calls,
        late=_late,
        always=(KIND,),
        watched=frozenset({ASSIGNMENTS, CATEGORIES}),
    ),
    "iosManagedAppProtections": _MANAGED,
    "androidManagedAppProtections": _MANAGED,
    "windowsManagedAppProtections": _MANAGED,
    "targetedManagedAppConfigurations": _MANAGED,
    "mdmWindowsInformationProtectionPolicies": Rules(
        normal=without(COMPUTED), late=_POLICY.calls, watched=frozenset({ASSIGNMENTS})
    ),
    "mobileAppConfigurations": Rules(
        stop=same_kind,
        normal=without(COMPUTED),
        late=_POLICY.calls,
        always=(KIND,),
        watched=frozenset({ASSIGNMENTS}),
    ),
}
