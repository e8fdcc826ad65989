"""What restoring Intune asks for beyond the catalogue: the rules of its device management; pure.

Scripts run on devices, compliance decides who may sign in, and a role gives power over devices: such writes are marked
as dangerous. What Microsoft ships (built-in roles and tags, its scripts, defaults for everybody) is never made anew.
"""

from collections.abc import Callable, Mapping, Sequence

from functions.catalogue.intune_properties import names
from functions.core import plan_intune_admx, plan_intune_profiles, plan_intune_settings
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_intune_assign import ASSIGNMENTS, Assigned, one_by_one, without
from functions.core.plan_rules import Call, Gaps, Rules, Situation, within
from functions.core.record import RELATIONSHIPS, Json, Object

KIND = "@odata.type"
MESSAGES = "localizedNotificationMessages"
_MESSAGE = ("isDefault", "locale", "messageTemplate", "subject")

COMPUTED = names(
    {
        "": """
    appSupportsOemConfig applyOnlyToWindows81 applyOnlyToWindowsPhone81 committedContentVersion creationSource
    dependentAppCount deployedAppCount deviceEnrollmentConfigurationType deviceHealthScriptType
    disableEntraGroupPolicyAssignment enableWhiteGlove extractHardwareHash featureUpdatesPauseStartDate
    highestAvailableVersion isAssigned isBuiltIn isBuiltInRoleDefinition isGlobalScript
    isMigratingToConfigurationPolicy language manifestHash outOfBoxExperienceSettings payloads permissions
    policyConfigurationIngestionType preSharedKeyIsSet publishingState qualityUpdatesPauseStartDate
    referencingConfigurationPolicyCount settingCount size supersededAppCount supersedingAppCount supportsScopeTags
    totalLicenseCount uploadState usedLicenseCount version
    """
    }
)
"""What Intune counts, stamps or derives: no difference that anybody made."""


def same_kind(s: Situation) -> Gaps:
    """An object of one kind never becomes one of another."""
    was, now = s.wanted.get(KIND), s.current.get(KIND)
    if s.live.standing == "gone" or was == now or None in (was, now):
        return []
    return [
        LossGap(
            f"{s.name} is left as it is",
            f"It is a {_short(now)} now and was a {_short(was)}; Graph does not change that.",
            "Delete it and make a new plan, if the difference matters.",
        )
    ]


def shipped(name: str, value: Json = True) -> Callable[[Situation], Gaps]:
    """A `stop` rule: what Microsoft ships cannot be created, and is not changed either."""

    def stop(s: Situation) -> Gaps:
        if s.record.get(name) != value or s.live.standing != "gone":
            return same_kind(s)
        return [
            LossGap(
                f"{s.name} is not created again",
                "It is one that Intune itself makes in every tenant, and nobody else can.",
                "Look for it in the portal; if it is not there, ask Microsoft's support.",
            )
        ]

    return stop


def untouched(name: str) -> Callable[[Situation, Object, Gaps], Object]:
    """A `patch` rule: what Microsoft ships keeps its contents."""

    def patch(s: Situation, body: Object, gaps: Gaps) -> Object:
        if body and s.record.get(name) is True:
            gaps.append(
                LossGap(
                    f"Not written to {s.name}: {', '.join(sorted(body))}",
                    "It is one that Intune itself makes, and nobody else changes it.",
                    "Compare it with the record; Microsoft may have changed it.",
                )
            )
            return {}
        return body

    return patch


def always(danger: Danger) -> Callable[[Situation, Step], Danger]:
    """A `danger` rule: every write of the type is as dangerous as this."""
    return lambda situation, step: danger


def _short(kind: Json) -> str:
    return str(kind).rpartition(".")[2]


def _and(
    *normals: Callable[[Object], Object],
) -> Callable[[Object], Object]:
    def normal(thing: Object) -> Object:
        for one in normals:
            thing = one(thing)
        return thing

    return normal


def _role(thing: Object) -> Object:
    """Permissions by their resource actions alone: `actions` says the same again, and is on its way out."""
    held = thing.get("rolePermissions")
    if isinstance(held, list):
        thing["rolePermissions"] = [
            {name: value for name, value in one.items() if name != "actions"} if isinstance(one, dict) else one
            for one in held
        ]
    return thing


def _role_assignment(s: Situation, body: Object, gaps: Gaps) -> Object:
    """A new assignment says which role it gives."""
    named = within(s.record, RELATIONSHIPS, "roleDefinition")
    role = named[0] if isinstance(named, list) and named else None
    identity = within(role, "id")
    if not isinstance(identity, str) or identity in s.live.missing:
        return {}
    bind = f"{s.graph_url}/beta/deviceManagement/roleDefinitions('{identity}')"
    return {
        **body,
        KIND: "#microsoft.graph.deviceAndAppManagementRoleAssignment",
        "roleDefinition@odata.bind": bind,
    }


def _stop_role_assignment(s: Situation) -> Gaps:
    named = within(s.record, RELATIONSHIPS, "roleDefinition")
    if s.live.standing != "gone" or (isinstance(named, list) and named):
        return []
    return [
        LossGap(
            f"{s.name} is not created again",
            "The run does not have which role it gave.",
            "Choose a newer run, or create it by hand: the records of intuneRoleDefinitions list their assignments.",
        )
    ]


def _priority(s: Situation, gaps: Gaps) -> Sequence[Call]:
    wanted, now = s.wanted.get("priority"), s.current.get("priority")
    if s.live.standing == "gone" or not isinstance(wanted, int) or not wanted or wanted == now:
        return ()
    return (
        Call(
            path="/setPriority",
            body={"priority": wanted},
            reason="Its place among configurations of its kind differs from the backup; the others move.",
            before={"priority": now},
            after={"priority": wanted},
            later=True,
        ),
    )


def _messages(thing: Object) -> Object:
    held = thing.get(MESSAGES)
    if isinstance(held, list):
        thing[MESSAGES] = [{name: one.get(name) for name in _MESSAGE} for one in held if isinstance(one, dict)]
    return thing


def _message_calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """A call for each language, that of the default first: where it is set, it is taken from another one."""
    wanted, now = _by_locale(s.wanted), _by_locale(s.current)
    ids = {one.get("locale"): one.get("id") for one in _listed(s.live.object)}
    shown = dict(now)
    calls = []
    for locale, one in sorted(wanted.items(), key=lambda pair: (pair[1].get("isDefault") is not True, pair[0])):
        if shown.get(locale) == one:
            continue
        before = list(shown.values())
        if one.get("isDefault"):
            shown = {name: {**other, "isDefault": False} for name, other in shown.items()}
        shown[locale] = one
        there = locale in now
        calls.append(
            Call(
                path=f"/{MESSAGES}/{ids[locale]}" if there else f"/{MESSAGES}",
                method="PATCH" if there else "POST",
                body={name: value for name, value in one.items() if not there or name != "locale"},
                reason=f"The message in {locale} differs from the backup.",
                before={MESSAGES: [*before]},
                after={MESSAGES: list(shown.values())},
            )
        )
    if s.options.mode == "exact" and now.keys() - wanted.keys():
        gaps.append(
            LossGap(
                f"Messages of {s.name} in {', '.join(sorted(now.keys() - wanted.keys()))}",
                "They were not in the backup, and a restore does not remove them.",
                "Remove them by hand if they should not be there.",
            )
        )
    return calls


def _listed(thing: Object) -> list[Object]:
    held = thing.get(MESSAGES)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _by_locale(thing: Object) -> dict[str, Object]:
    return {str(one.get("locale")): one for one in _listed(thing)}


_PLAIN = Assigned()
_SCRIPT = Assigned(envelope="deviceManagementScriptAssignments")
_REPAIR = Assigned(envelope="deviceHealthScriptAssignments", also=("runRemediationScript", "runSchedule"))
_ENROLMENT = Assigned(envelope="enrollmentConfigurationAssignments")
_BELOW = Assigned(link=True)
_ASSIGNED = frozenset({ASSIGNMENTS})

RULES: Mapping[str, Rules] = {
    "deviceConfigurations": Rules(
        stop=same_kind,
        normal=_and(without(COMPUTED, ("intent",)), plan_intune_profiles.profile),
        patch=plan_intune_profiles.patch_profile,
        create=plan_intune_profiles.create_profile,
        create_notes=plan_intune_profiles.profile_notes,
        late=plan_intune_profiles.ASSIGNED.calls,
        always=(KIND,),
        watched=_ASSIGNED,
    ),
    "deviceCompliancePolicies": Rules(
        stop=lambda s: same_kind(s) or plan_intune_profiles.stop_compliance(s),
        normal=_and(without(COMPUTED), plan_intune_profiles.compliance),
        create=plan_intune_profiles.create_compliance,
        calls=plan_intune_profiles.actions,
        late=_PLAIN.calls,
        danger=always("elevated"),
        always=(KIND,),
        watched=_ASSIGNED | {plan_intune_profiles.ACTIONS},
    ),
    "configurationPolicies": Rules(
        normal=without(COMPUTED),
        patch=plan_intune_settings.keep,
        create=plan_intune_settings.create_policy,
        calls=plan_intune_settings.policy_calls,
        late=_PLAIN.calls,
        valued=plan_intune_settings.SAID,
        watched=_ASSIGNED,
    ),
    "intents": Rules(
        normal=without(COMPUTED),
        create=plan_intune_settings.create_intent,
        calls=plan_intune_settings.intent_calls,
        late=_BELOW.calls,
    ),
    "groupPolicyConfigurations": Rules(
        normal=without(COMPUTED), calls=plan_intune_admx.calls, late=_PLAIN.calls, watched=_ASSIGNED
    ),
    "reusablePolicySettings": Rules(normal=without(COMPUTED)),
    "assignmentFilters": Rules(normal=without(COMPUTED)),
    "roleScopeTags": Rules(
        stop=shipped("isBuiltIn"), normal=without(COMPUTED), patch=untouched("isBuiltIn"), late=_BELOW.calls
    ),
    "deviceManagementScripts": Rules(
        normal=without(COMPUTED), late=_SCRIPT.calls, danger=always("elevated"), watched=_ASSIGNED
    ),
    "deviceShellScripts": Rules(
        normal=without(COMPUTED), late=_SCRIPT.calls, danger=always("elevated"), watched=_ASSIGNED
    ),
    "deviceHealthScripts": Rules(
        stop=shipped("isGlobalScript"),
        normal=without(COMPUTED, _REPAIR.also),
        patch=untouched("isGlobalScript"),
        late=_REPAIR.calls,
        danger=always("elevated"),
        watched=_ASSIGNED,
    ),
    "deviceEnrollmentConfigurations": Rules(
        stop=shipped("priority", 0),
        normal=without(COMPUTED),
        calls=_priority,
        late=_ENROLMENT.calls,
        always=(KIND,),
        watched=_ASSIGNED | {"priority"},
    ),
    "windowsAutopilotDeploymentProfiles": Rules(
        stop=same_kind, normal=without(COMPUTED), late=one_by_one, always=(KIND,), watched=_ASSIGNED
    ),
    "intuneRoleDefinitions": Rules(
        stop=shipped("isBuiltIn"),
        normal=_and(without(COMPUTED), _role),
        patch=untouched("isBuiltIn"),
        danger=always("high"),
        always=(KIND,),
    ),
    "intuneRoleAssignments": Rules(
        stop=_stop_role_assignment, normal=without(COMPUTED), create=_role_assignment, danger=always("high")
    ),
    "notificationMessageTemplates": Rules(
        normal=_and(without(COMPUTED), _messages), calls=_message_calls, watched=frozenset({MESSAGES})
    ),
    "termsAndConditions": Rules(normal=without(COMPUTED)),
    "deviceCategories": Rules(normal=without(COMPUTED)),
}
