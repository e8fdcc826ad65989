"""What restoring a user asks for beyond the catalogue: pure."""

from functions.core.plan import LossGap
from functions.core.plan_rules import Gaps, Rules, Situation, within
from functions.core.record import Object

_SENSITIVE = frozenset(
    {"accountEnabled", "businessPhones", "mobilePhone", "onPremisesImmutableId", "otherMails", "userPrincipalName"}
)


def _stop(s: Situation) -> Gaps:
    gaps: Gaps = []
    if _synced(s):
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
                "A guest belongs to another organisation: only an invitation makes the account, once it is accepted.",
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
    the id before that name, which an undelete takes off again."""
    identities = user.get("identities")
    if isinstance(identities, list):
        user["identities"] = [item for item in identities if within(item, "signInType") != "userPrincipalName"]
    upn, prefix = user.get("userPrincipalName"), str(user.get("id", "")).replace("-", "")
    if prefix and isinstance(upn, str) and upn.lower().startswith(prefix.lower()) and len(upn) > len(prefix):
        user["userPrincipalName"] = upn[len(prefix) :]
    return user


def _patch(s: Situation, body: Object, gaps: Gaps) -> Object:
    if body.get("accountEnabled") is False and s.live.standing == "live":
        del body["accountEnabled"]
        gaps.append(
            LossGap(
                f"{s.name} stays enabled",
                "It was disabled in the backup, and a restore never disables an account that works.",
                "Disable it yourself if that is what you want.",
            )
        )
    return body


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


def _synced(s: Situation) -> bool:
    source = s.record if s.live.standing == "gone" else s.live.object
    return source.get("onPremisesSyncEnabled") is True


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
    apart=(_SENSITIVE, frozenset({"employeeLeaveDateTime"}), frozenset({"identities"})),
    never_null=frozenset({"displayName", "usageLocation", "userPrincipalName", "mailNickname", "accountEnabled"}),
    generated={"passwordProfile": {"forceChangePasswordNextSignIn": True}},
)
