"""Licences in a restore plan: one call for all products of an account or a group; pure.

In: the licences that were assigned directly, as recorded and as they are. Out: the one `assignLicense` call that makes
up the difference, or why there is none. A tenant takes one change of licences at a time, so these calls share a lock.
"""

from collections.abc import Sequence

from functions.core.plan import LossGap, Step
from functions.core.plan_rules import Call, Gaps, Situation
from functions.core.record import Json, Object

ASSIGNED = "assignedLicenses"
STATES = "licenseAssignmentStates"
LOCK = "licences"
NEEDS = ("LicenseAssignment.ReadWrite.All",)

type Licences = dict[str, frozenset[str]]  # product → the plans of it that are switched off


def of_group(group: Object) -> Licences:
    """What a group gives its members."""
    return _licences(group.get(ASSIGNED))


def of_user(user: Object) -> Licences:
    """What a user has by itself; what comes from a group is the group's."""
    return _licences([item for item in _objects(user.get(STATES)) if not item.get("assignedByGroup")])


def inherited(user: Object) -> frozenset[str]:
    """The products that a user has from a group."""
    return frozenset(str(item.get("skuId")) for item in _objects(user.get(STATES)) if item.get("assignedByGroup"))


def licence_calls(s: Situation, wanted: Licences, current: Licences, gaps: Gaps) -> Sequence[Call]:
    """The one call, or none. One product that Graph refuses would take all others along, so it is left out."""
    refused = _refused(s, [sku for sku in wanted if sku not in current], gaps)
    wanted = {sku: off for sku, off in wanted.items() if sku not in refused}
    added = _shown({sku: off for sku, off in wanted.items() if current.get(sku) != off})
    removed: list[Json] = [sku for sku in sorted(current.keys() - wanted.keys())] if s.options.mode == "exact" else []
    if not added and not removed:
        return ()
    after: Licences = {**_licences(s.current.get(ASSIGNED)), **wanted}
    for sku in removed:
        after.pop(str(sku), None)
    return (
        Call(
            path="/assignLicense",
            body={"addLicenses": added, "removeLicenses": removed},
            reason="Its licences differ from the backup; all products go in one call.",
            before={ASSIGNED: s.current.get(ASSIGNED)},
            after={ASSIGNED: _shown(after)},
            danger="elevated" if removed else "low",
            needs=NEEDS,
            serial=LOCK,
        ),
    )


def _refused(s: Situation, new: Sequence[str], gaps: Gaps) -> set[str]:
    """The products that cannot be assigned, each told. A group may have more members than there are units; who gets
    none is shown on the group."""
    if s.units is None:
        return set()
    gone = {sku for sku in new if sku not in s.units}
    none = {sku for sku in new if sku in s.units and s.units[sku] <= 0}
    if gone:
        gaps.append(
            LossGap(
                f"Licences that {s.name} does not get back: {', '.join(sorted(gone))}",
                "The tenant has no subscription of these products any more.",
                "Assign what has taken their place.",
            )
        )
    if none:
        lacking = "have none" if s.entry.key == "groups" else "it gets none"
        gaps.append(
            LossGap(
                f"Licences of {s.name} without a free unit: {', '.join(sorted(none))}",
                f"All units of the tenant are in use, so {'its members ' if s.entry.key == 'groups' else ''}{lacking}.",
                "Free or buy units, then make a new plan.",
            )
        )
    return gone if s.entry.key == "groups" else gone | none


def _shown(licences: Licences) -> list[Json]:
    return [{"skuId": sku, "disabledPlans": [*sorted(off)]} for sku, off in sorted(licences.items())]


def licences_back(s: Situation, step: Step) -> Sequence[Call]:
    """The call that takes back another one: what it added goes, what it took away or changed is as it was."""
    if not step.path.endswith("/assignLicense"):
        return ()
    body = step.body if isinstance(step.body, dict) else {}
    before = _licences(step.before.get(ASSIGNED)) if isinstance(step.before, dict) else {}
    touched = {str(item.get("skuId")) for item in _objects(body.get("addLicenses"))}
    touched |= {str(sku) for sku in _items(body.get("removeLicenses"))}
    return (
        Call(
            path="/assignLicense",
            body={
                "addLicenses": _shown({sku: off for sku, off in before.items() if sku in touched}),
                "removeLicenses": [*sorted(touched - before.keys())],
            },
            reason="Its licences are as they were before the restore.",
            before=step.after,
            after={ASSIGNED: _shown(before)},
            needs=NEEDS,
            serial=LOCK,
        ),
    )


def kept_licences(s: Situation, wanted: Licences, current: Licences) -> Gaps:
    """A gap for the products that stay because only an exact match takes them away."""
    besides = sorted(current.keys() - wanted.keys())
    if not besides or s.options.mode == "exact":
        return []
    return [
        LossGap(
            f"{s.name} keeps licences it did not have in the backup: {', '.join(besides)}",
            "Nothing is removed unless an exact match is asked for.",
            'Make a new plan with "match": "exact" to take them away.',
        )
    ]


def _licences(held: Json) -> Licences:
    return {
        str(item.get("skuId")): frozenset(str(plan) for plan in _items(item.get("disabledPlans")))
        for item in _objects(held)
    }


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _objects(value: Json) -> list[Object]:
    return [item for item in _items(value) if isinstance(item, dict)]
