"""The demo's proof: the tenant's state after the restore against its state before the damage.

In: both states, the ids that were re-created, the plans. Out: every difference, each with the plan's own word for it; a
difference without such a word is a failure of the product.
"""

import json
from dataclasses import dataclass
from typing import Any

type Json = dict[str, Any]
type State = dict[tuple[str, str], Json]  # by kind and id

# The service sets these on every new or changed object; a plan does not list them one by one.
_STAMPS = {
    "createdDateTime",
    "modifiedDateTime",
    "renewedDateTime",
    "deletedDateTime",
    "lastPasswordChangeDateTime",
    "signInSessionsValidFromDateTime",
}

# What happened keeps the ids of its time, also of objects that have another one now.
_HISTORY = {"signIn", "directoryAudit", "provisioningObjectSummary"}

# The plan names these by what they mean to a person: plans follow from licences, a security identifier from the id.
_NAMED_AS = {
    "authenticationMethod": "Sign-in methods",
    "userRegistrationDetails": "Sign-in methods",
    "links authentication/methods": "Sign-in methods",
    "strongAuthenticationRequirements": "per-user MFA state",
    "links authentication/requirements": "per-user MFA state",
    "signInActivity": "last sign-ins",
    "passwordProfile": "The password",
    "assignedLicenses": "Licences",
    "licenseAssignmentStates": "Licences",
    "assignedPlans": "Licences",
    "provisionedPlans": "Licences",
    "securityIdentifier": "The object id",
}

# With licences as they were, the service makes these anew for an account that was created again, with its own times.
_OF_LICENCES = {"licenseAssignmentStates", "assignedPlans", "provisionedPlans"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One property or link list that is not as it was. `reason` is empty where no plan named it."""

    name: str
    what: str
    reason: str


def differences(before: State, after: State, renamed: dict[str, str], plans: list[Json]) -> list[Difference]:
    """Every difference between the two states, old ids read as new ones."""
    found: list[Difference] = []
    named = {plan["objectId"]: plan for plan in plans}
    places = {(kind, identity): (kind, _moved(kind, renamed).get(identity, identity)) for kind, identity in before}
    for (kind, identity), old in before.items():
        new, ids = after.get(places[kind, identity]), _moved(kind, renamed)
        # What lives inside another object has a path for an id, what follows from another has the id of that.
        plan = named.get(identity.partition("/")[0])
        name = f"{kind} {old['object'].get('displayName', identity)}"
        if new is None:
            found.append(Difference(name, "is gone", _reason(kind, plan) if kind in _NAMED_AS else ""))
            continue
        if identity in ids:
            found.append(Difference(name, "has a new id", _gap_with(plan, f"The id {identity}")))
        for key in sorted(old["object"].keys() | new["object"].keys() - {"id"}):
            if _read(old["object"].get(key), ids) != _read(new["object"].get(key), {}):
                reason = _reason(key, plan)
                if not reason and plan and key in _OF_LICENCES and _licences(old) == _licences(new):
                    reason = "made by the service from the licences, which are as they were"
                found.append(Difference(name, key, reason))
        for link in sorted(old["links"].keys() | new["links"].keys()):
            if _read(old["links"].get(link, []), ids) != _read(new["links"].get(link, []), {}):
                found.append(Difference(name, f"links {link}", _reason(f"links {link}", plan)))
    for kind, identity in after.keys() - set(places.values()):
        name = f"{kind} {after[kind, identity]['object'].get('displayName', identity)}"
        found.append(Difference(name, "is new", ""))
    return found


def _licences(one: Json) -> Any:
    return _read(one["object"].get("assignedLicenses"), {})


def _moved(kind: str, renamed: dict[str, str]) -> dict[str, str]:
    return {} if kind in _HISTORY else renamed


def _read(value: Any, renamed: dict[str, str]) -> Any:
    """The value with old ids read as new ones; arrays in the directory are sets, so their order says nothing."""
    if isinstance(value, list):
        return sorted((_read(item, renamed) for item in value), key=json.dumps)
    if isinstance(value, dict):
        return {key: _read(item, renamed) for key, item in value.items()}
    return renamed.get(value, value) if isinstance(value, str) else value


def _reason(key: str, plan: Json | None) -> str:
    if plan is None:
        return ""
    if key in _STAMPS:
        return "a stamp of the service"
    return _gap_with(plan, _NAMED_AS.get(key, key))


def _gap_with(plan: Json | None, word: str) -> str:
    for gap in plan["gaps"] if plan else ():
        if word in gap["what"]:
            head, colon, _ = str(gap["what"]).partition(":")
            if len(gap["what"]) < 60 or (colon and word in head):
                return str(gap["what"]) if len(gap["what"]) < 60 else head
            return f"{head}: {word}" if colon else word
    return ""
