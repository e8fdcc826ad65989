"""What restoring a group asks for beyond the catalogue: pure."""

from collections.abc import Sequence

from functions.core.links import targets
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_licences import ASSIGNED, kept_licences, licence_calls, licences_back, of_group
from functions.core.plan_people import restricted, source, stays, synced, written
from functions.core.plan_rules import Call, Gaps, Rules, Situation, strings
from functions.core.record import Object
from functions.core.way_in import holds_emergency

_ROLES = "RoleManagement.ReadWrite.Directory"
_MOST_OWNERS = 100

_MEMBERSHIP = ("groupTypes", "membershipRule", "membershipRuleProcessingState")


def _stop(s: Situation) -> Gaps:
    group = source(s)
    if synced(s):
        return [
            LossGap(
                f"Nothing is written to {s.name}",
                "The group is synchronised from an on-premises Active Directory, which is its only master.",
                "Restore it in Active Directory; the next synchronisation brings it here.",
            )
        ]
    if group.get("mailEnabled") is True and "Unified" not in strings(group.get("groupTypes")):
        return [
            LossGap(
                f"Nothing is written to {s.name}",
                "Distribution lists and mail-enabled security groups belong to Exchange; Graph can only read them.",
                "Rebuild it in Exchange Online. The record lists its members and owners.",
            )
        ]
    return []


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    if not body.keys().isdisjoint(_MEMBERSHIP) and holds_emergency(s.safety, s.live.id):
        gaps.append(
            LossGap(
                f"How {s.name} gets its members stays as it is",
                "An emergency account is in the group, policies may leave it out for that, and a rule might throw it "
                "out.",
                "Change the group by hand, when you have made sure that the account keeps its way in.",
            )
        )
        body = {key: value for key, value in body.items() if key not in _MEMBERSHIP}
    return _visibility(s, _kind(s, body, gaps), gaps)


def _kind(s: Situation, body: Object, gaps: Gaps) -> Object:
    wanted, current = set(strings(s.wanted.get("groupTypes"))), set(strings(s.current.get("groupTypes")))
    if "groupTypes" in body and ("Unified" in wanted) != ("Unified" in current):
        del body["groupTypes"]
        gaps.append(
            LossGap(
                f"{s.name} stays {'a Microsoft 365' if 'Unified' in current else 'a security'} group",
                "Whether a group is a Microsoft 365 group is decided when it is created.",
                "Only a new group can be what the backup holds.",
            )
        )
    elif "DynamicMembership" in current - wanted and "groupTypes" in body:
        return {**body, **{key: s.wanted.get(key) for key in _MEMBERSHIP}}
    elif "DynamicMembership" in wanted - current and "groupTypes" in body:
        if s.options.mode == "exact":
            return {**body, **{key: s.wanted.get(key) for key in _MEMBERSHIP}}
        for key in _MEMBERSHIP:
            body.pop(key, None)
        gaps.append(
            LossGap(
                f"{s.name} keeps its assigned members",
                "The backup holds a dynamic group; making it dynamic again throws its present members out.",
                'Make a new plan with "match": "exact" if that is what you want.',
            )
        )
    return body


def _visibility(s: Situation, body: Object, gaps: Gaps) -> Object:
    if "visibility" in body and "HiddenMembership" in (body["visibility"], s.current.get("visibility")):
        del body["visibility"]
        gaps.append(
            LossGap(
                f"The visibility of {s.name} stays {s.current.get('visibility')}",
                "Hidden membership can be chosen only when a group is created, and never taken back.",
                "Only a new group can match the backup.",
            )
        )
    return body


def _create(s: Situation, body: Object, gaps: Gaps) -> Object:
    body["groupTypes"] = [*strings(s.wanted.get("groupTypes"))]
    if "membershipRule" in s.waits:
        # Its rule names an object that is not there yet: it starts with assigned members, and turns dynamic later.
        body["groupTypes"] = [kind for kind in strings(s.wanted.get("groupTypes")) if kind != "DynamicMembership"]
    if body.get("isAssignableToRole") is True:
        body.pop("visibility", None)  # Graph chooses it for these groups, and the documents differ on which
    else:
        body.pop("isAssignableToRole", None)
    if _dynamic(body):
        body.setdefault("membershipRuleProcessingState", "On")
    return body


def _create_notes(s: Situation) -> Gaps:
    gaps: Gaps = []
    if "Unified" in strings(s.record.get("groupTypes")):
        gaps.append(
            LossGap(
                "Mailbox, site, files, plans and chats of the group",
                "A new Microsoft 365 group starts with none of them: they belonged to the old group.",
                "Recover them from the backup of those services, if you have one.",
            )
        )
        if not s.wanted.get("description"):
            gaps.append(
                LossGap(
                    f"The description of {s.name}, perhaps",
                    "It had none. The service may give a new Microsoft 365 group one some minutes after it was made; "
                    "the plan empties it, perhaps before that.",
                    "Make a new plan of the group some minutes later, with an exact match, if it has a description.",
                )
            )
    if "Team" in strings(s.record.get("resourceProvisioningOptions")):
        gaps.append(
            LossGap("The team", "The group was a team; a new group is none.", "Create a team from the group in Teams.")
        )
    return gaps


def _links(s: Situation, link: str) -> LossGap | None:
    """Members of a group that is dynamic, or becomes it with this plan, follow from its rule."""
    if link != "members" or not _will_be_dynamic(s):
        return None
    return LossGap(
        f"The members of {s.name} are not written",
        "The group is dynamic: its members follow from its rule, and Graph refuses to add or remove any.",
        "Wait until the rule has been processed (up to a day), then compare the members with the record.",
    )


def _will_be_dynamic(s: Situation) -> bool:
    wanted, current = _dynamic(s.wanted), _dynamic(s.current)
    if s.live.standing == "gone":
        return wanted
    unified = ["Unified" in strings(group.get("groupTypes")) for group in (s.wanted, s.current)]
    stays = not s.options.takes("groupTypes") or unified[0] != unified[1] or holds_emergency(s.safety, s.live.id)
    if stays or (wanted and s.options.mode != "exact"):
        return current
    return wanted


def _link_notes(s: Situation, link: str) -> Gaps:
    gaps = [] if s.live.object.get("isAssignableToRole") is True else restricted(s)
    if link == "owners":
        gaps += _too_many_owners(s)
    if not _gives_roles(s):
        return gaps
    return [
        *gaps,
        LossGap(
            f"{link.capitalize()} of {s.name} gain its directory roles",
            "The group can hold directory roles, and the backup may be older than a decision to take them from "
            "somebody. Only an identity with RoleManagement.ReadWrite.Directory may write them.",
            "Check each name in the plan before applying it.",
        ),
    ]


def _too_many_owners(s: Situation) -> Gaps:
    held = {target.id for target in s.live.links.get("owners", ())}
    wanted = {target.id for target in targets(s.record, "owners") or ()} - s.live.missing
    if len(held | wanted) <= _MOST_OWNERS:
        return []
    return [
        LossGap(
            f"{s.name} gets more than {_MOST_OWNERS} owners",
            "With those it has now and those of the backup there would be more than a group may have: Graph refuses "
            "the last ones.",
            "Remove owners that should not be there first.",
        )
    ]


def _gives_roles(s: Situation) -> bool:
    """Whether who is in the group, or owns it, can get directory roles through it."""
    return source(s).get("isAssignableToRole") is True


def _needs(s: Situation) -> Sequence[str]:
    return (_ROLES,) if _gives_roles(s) else ()


def _danger(s: Situation, step: Step) -> Danger:
    return "high" if _gives_roles(s) and step.link in ("members", "owners") else "low"


def _calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    if written(s):
        gaps += restricted(s)
    if not isinstance(s.wanted.get(ASSIGNED), list) or not s.options.takes(ASSIGNED):
        return ()
    wanted, current = of_group(s.wanted), of_group(s.current)
    gaps += kept_licences(s, wanted, current)
    return licence_calls(s, wanted, current, gaps)


def _described(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """Some minutes after it has made a Microsoft 365 group, the service gives it a description by itself."""
    if s.live.standing != "gone" or "Unified" not in strings(s.wanted.get("groupTypes")):
        return ()
    described = s.wanted.get("description") or None
    return (
        Call(
            path="",
            method="PATCH",
            body={"description": described},
            reason="A new Microsoft 365 group gets a description by itself; this is the one of the backup.",
            after={"description": described},
        ),
    )


def _deletion(s: Situation) -> LossGap | None:
    group = s.live.object
    if synced(s) or (group.get("mailEnabled") is True and "Unified" not in strings(group.get("groupTypes"))):
        return stays(s, "It belongs to an on-premises Active Directory or to Exchange, which alone delete it.")
    if group.get("isAssignableToRole") is True:
        return stays(s, "It can hold directory roles, and somebody may be an administrator through it alone.")
    if any(s.live.id in held for held in s.safety.administrators.values()):
        return stays(s, "A Global Administrator is in it, and policies may let nobody else in.")
    return None


def _removal(s: Situation, link: str, remaining: int) -> LossGap | None:
    if remaining > 0:
        return None
    if s.live.object.get("isAssignableToRole") is True:
        return LossGap(
            f"No {link} are removed from {s.name}",
            f"The group can hold directory roles, and it would be left without {link}: nobody might be left to sign in "
            "with those roles.",
            f"Add {link} first, then make a new plan.",
        )
    if link == "owners":
        return LossGap(
            f"No owners are removed from {s.name}",
            "Graph does not take the last owner from a group.",
            "Add an owner first, then make a new plan.",
        )
    return None


def _dynamic(group: Object) -> bool:
    return "DynamicMembership" in strings(group.get("groupTypes"))


def _normal(group: Object) -> Object:
    """A group that was never made assignable to roles shows no value or false, which say the same."""
    if "isAssignableToRole" in group:
        group["isAssignableToRole"] = group["isAssignableToRole"] is True
    return group


RULES = Rules(
    stop=_stop,
    normal=_normal,
    patch=_patch,
    create=_create,
    create_notes=_create_notes,
    links=_links,
    link_notes=_link_notes,
    removal=_removal,
    calls=_calls,
    late=_described,
    reverse=licences_back,
    deletion=_deletion,
    needs=_needs,
    danger=_danger,
    apart=(frozenset({"preferredDataLocation"}),),
    watched=frozenset({ASSIGNED}),
    valued=frozenset({"groupTypes"}),
    never_null=frozenset({"displayName", "mailNickname", "mailEnabled", "securityEnabled"}),
    together=(frozenset(_MEMBERSHIP),),
)
