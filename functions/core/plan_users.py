"""What restoring a user asks for beyond the catalogue: pure."""

from collections.abc import Sequence

from functions.core import security_attributes
from functions.core.administrators import lacking_role
from functions.core.plan import Danger, LossGap, Step
from functions.core.plan_licences import (
    ASSIGNED,
    STATES,
    inherited,
    kept_licences,
    licence_calls,
    licences_back,
    of_user,
)
from functions.core.plan_people import restricted, stays, synced, written
from functions.core.plan_rules import Call, Gaps, Rules, Situation, within
from functions.core.record import Json, Object
from functions.core.way_in import protected

_IDENTITIES = "identities"
# Each in a call of its own: Graph asks for more rights for them where the account is an administrator's.
_SENSITIVE = (
    frozenset({"accountEnabled"}),
    frozenset({"businessPhones", "mobilePhone"}),
    frozenset({"otherMails"}),
    frozenset({"onPremisesImmutableId"}),
    frozenset({"userPrincipalName"}),
)
_GUARDED = frozenset().union(*_SENSITIVE)
_CLOUD_SIDE = frozenset(
    {"usageLocation", security_attributes.ATTRIBUTES}
)  # what stays in the cloud when an account is mastered elsewhere
_HOW_TO_SIGN_IN: dict[str, Danger] = {
    "accountEnabled": "elevated",
    "userPrincipalName": "elevated",
    "otherMails": "elevated",
    "mobilePhone": "elevated",
    "onPremisesImmutableId": "high",
    _IDENTITIES: "high",
}


def _stop(s: Situation) -> Gaps:
    gaps: Gaps = []
    if synced(s) and s.live.standing != "live":
        gaps.append(
            LossGap(
                f"Nothing is written to {s.name}",
                "The account is synchronised from an on-premises Active Directory, which is its only master.",
                "Restore it in Active Directory; the next synchronisation brings it here.",
            )
        )
    if s.live.standing == "gone" and _invited(s.record):
        gaps.append(
            LossGap(
                f"The guest {s.name} is not created again",
                "A guest belongs to another organisation: only an invitation makes the account, which lets whoever "
                "accepts it in, under an id that is known only then.",
                f"Invite {s.record.get('mail') or 'the person'} again, then add the new account to its groups.",
            )
        )
    if s.live.standing != "live" and s.live.twins:
        gaps.append(
            LossGap(
                f"{s.name} does not come back",
                f"Another account ({', '.join(s.live.twins)}) has taken {s.record.get('userPrincipalName')}.",
                "Rename that account, or make it the one to use; then make a new plan.",
            )
        )
    return gaps


def _normal(user: Object) -> Object:
    """Without what Graph makes itself: the identity that follows from the user principal name, and in the recycle bin
    the id before that name, which an undelete takes off again; and without what is left of the password's profile."""
    user.pop("passwordProfile", None)
    if isinstance(user.get(_IDENTITIES), list):
        user[_IDENTITIES] = _chosen_identities(user)
    upn, prefix = user.get("userPrincipalName"), str(user.get("id", "")).replace("-", "")
    if prefix and isinstance(upn, str) and upn.lower().startswith(prefix.lower()) and len(upn) > len(prefix):
        user["userPrincipalName"] = upn[len(prefix) :]
    return security_attributes.typed(user)


def _chosen_identities(user: Object) -> list[Json]:
    held = user.get(_IDENTITIES)
    items = held if isinstance(held, list) else []
    return [item for item in items if within(item, "signInType") != "userPrincipalName"]


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    security_attributes.settle(s, body, gaps)
    if synced(s) and (dropped := sorted(body.keys() - _CLOUD_SIDE)):
        gaps.append(
            LossGap(
                f"Not written to {s.name}: {', '.join(dropped)}",
                "The account is synchronised from an on-premises Active Directory, which is the only master of these.",
                "Restore them in Active Directory; the next synchronisation brings them here.",
            )
        )
        body = {name: value for name, value in body.items() if name in _CLOUD_SIDE}
    return _enabled(s, body, gaps)


def _enabled(s: Situation, body: Object, gaps: Gaps) -> Object:
    """An account is never disabled, and where it was disabled since the backup that is told before it is enabled."""
    if s.live.standing != "live" or "accountEnabled" not in body:
        return body
    if body["accountEnabled"] is False:
        gaps.append(
            LossGap(
                f"{s.name} stays enabled",
                "It was disabled in the backup, and a restore never disables an account that works.",
                "Disable it yourself if that is what you want.",
            )
        )
        return {name: value for name, value in body.items() if name != "accountEnabled"}
    gaps.append(
        LossGap(
            f"{s.name} is enabled again",
            "It was enabled in the backup; somebody has disabled it since, perhaps because it was taken over.",
            "Make sure that it may sign in again, or leave accountEnabled out of the restore.",
        )
    )
    return body


def _clears(s: Situation, name: str) -> bool:
    return not synced(s) or name in _CLOUD_SIDE


def _role(s: Situation, step: Step) -> LossGap | None:
    """What the restorer needs besides permissions to change an administrator's account."""
    guarded = isinstance(step.body, dict) and step.action != "call" and step.body.keys() & _GUARDED
    if not guarded and step.action not in ("restoreDeleted", "delete"):
        return None
    rank = "high" if s.live.id in s.safety.administrators else s.safety.ranks.get(s.live.id)
    return lacking_role(s.name, rank) if rank else None


def _create(s: Situation, body: Object, gaps: Gaps) -> Object:
    upn = str(s.wanted.get("userPrincipalName") or "")
    if not body.get("mailNickname") and upn:
        body["mailNickname"] = upn.partition("@")[0]
    return body


def _create_notes(s: Situation) -> Gaps:
    return [
        LossGap(
            "The password",
            "Graph never gives a password out, so no backup holds one. The new account gets a random one nobody knows.",
            "After applying, POST /api/restore/plans/{planId}/passwords once: it sets a temporary password, shows it "
            "to you and stores it nowhere. It has to be changed at the next sign-in.",
        )
    ]


def _bin_notes(s: Situation) -> Gaps:
    return [
        LossGap(
            "The password, perhaps",
            "The recycle bin keeps the account, but Microsoft's documents differ on whether its password comes back.",
            "If the person cannot sign in, reset the password.",
        )
    ]


def _calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    if written(s):
        gaps += restricted(s)
    return (*_licence_calls(s, gaps), *_identity_calls(s, gaps))


def _licence_calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    if not isinstance(s.wanted.get(STATES), list) or not s.options.takes(ASSIGNED):
        return ()
    wanted, current = of_user(s.wanted), of_user(s.current)
    late = sorted(inherited(s.wanted) - inherited(s.current))
    if late:
        gaps.append(
            LossGap(
                f"Licences that {s.name} has from a group: {', '.join(late)}",
                "They are the group's: they follow when the account is a member again and the licences of the group "
                "have been processed.",
                "Wait for it, then look at licenseAssignmentStates.",
            )
        )
    gaps += kept_licences(s, wanted, current)
    found = licence_calls(s, wanted, current, gaps)
    if found and not (s.current.get("usageLocation") or s.wanted.get("usageLocation")):
        gaps.append(
            LossGap(
                f"Licences of {s.name}",
                "Graph assigns none to an account without a usage location, and the backup has none.",
                "Set usageLocation, then make a new plan.",
            )
        )
        return ()
    return found


def _identity_calls(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """Graph takes the list of identities whole, the one that follows from the sign-in name among them."""
    wanted, current = _chosen_identities(s.wanted), _chosen_identities(s.current)
    extra = [item for item in current if item not in wanted]
    if all(item in current for item in wanted) and not (extra and s.options.mode == "exact"):
        return ()
    if not isinstance(s.wanted.get(_IDENTITIES), list) or synced(s):
        return ()
    chosen = wanted if s.options.mode == "exact" else [*wanted, *extra]
    return (
        Call(
            path="",
            method="PATCH",
            body={_IDENTITIES: [*_own_identity(s), *chosen]},
            reason="The identities it signs in with differ from the backup.",
            before={_IDENTITIES: list(current)},
            after={_IDENTITIES: list(chosen)},
            danger="high",
        ),
    )


def _own_identity(s: Situation) -> list[Json]:
    for user in (s.live.object, s.record):
        held = user.get(_IDENTITIES)
        items = held if isinstance(held, list) else []
        own = [item for item in items if within(item, "signInType") == "userPrincipalName"]
        if own:
            return own
    return []


def _links(s: Situation, link: str) -> LossGap | None:
    if link != "manager" or not synced(s):
        return None
    return LossGap(
        f"The manager of {s.name} is not written",
        "The account is synchronised from an on-premises Active Directory, which is the only master of it.",
        "Set the manager in Active Directory.",
    )


def _deletion(s: Situation) -> LossGap | None:
    why = protected(s.safety, s.live.id)
    if not why and s.live.id == s.safety.caller:
        why = "It is the account of who asks."
    if not why and not s.safety.administrators:
        why = "Who the Global Administrators are could not be read, so it may be one of them."
    if not why and s.live.id in s.safety.administrators:
        why = "It is a Global Administrator, and a restore deletes none."
    if not why and synced(s):
        why = "It is synchronised from an on-premises Active Directory, which would bring it back."
    return stays(s, why) if why else None


def _danger(s: Situation, step: Step) -> Danger:
    written = step.body if isinstance(step.body, dict) and step.action in ("update", "clearProperty") else {}
    found = {_HOW_TO_SIGN_IN[name] for name in written if name in _HOW_TO_SIGN_IN}
    return "high" if "high" in found else "elevated" if found else "low"


def _invited(user: Object) -> bool:
    return (
        user.get("creationType") == "Invitation"
        or user.get("externalUserState") is not None
        or "#EXT#" in str(user.get("userPrincipalName", "")).upper()
    )


RULES = Rules(
    stop=_stop,
    normal=_normal,
    patch=_patch,
    create=_create,
    create_notes=_create_notes,
    bin_notes=_bin_notes,
    calls=_calls,
    reverse=licences_back,
    links=_links,
    deletion=_deletion,
    role=_role,
    danger=_danger,
    apart=(*_SENSITIVE, frozenset({"employeeLeaveDateTime"}), frozenset({security_attributes.ATTRIBUTES})),
    never_null=frozenset({"displayName", "usageLocation", "userPrincipalName", "mailNickname", "accountEnabled"}),
    clears=_clears,
    valued=frozenset({security_attributes.ATTRIBUTES}),
    generated={"passwordProfile": {"forceChangePasswordNextSignIn": True}},
    watched=frozenset({ASSIGNED, STATES, _IDENTITIES}),
)
