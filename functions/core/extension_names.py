"""Values of directory extensions of an application that has a new appId, which is part of their names; pure.

In: a record, what is known of ids, and the extensions that the tenant has. Out: the record with the values under the
names they have now, and a gap for those that have none.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from functions.core.calls import tokens
from functions.core.plan import LossGap
from functions.core.record import Object

_NAME = re.compile(r"extension_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_(.+)", re.IGNORECASE)


def applications(records: Iterable[Object]) -> set[str]:
    """The appIds in the names of the extensions that the records have values of."""
    return {found[0] for record in records for name in record if (found := _parts(name)) is not None}


def renamed(record: Object, newest: Mapping[str, str], there: Collection[str] | None) -> tuple[Object, list[LossGap]]:
    """`newest` maps old appIds to the newest, or to tokens; `there`: the names of the tenant's extensions (None: not
    known)."""
    found: Object = {}
    gaps: list[LossGap] = []
    for name, value in record.items():
        parts = _parts(name)
        new = newest.get(parts[0], "") if parts is not None else ""
        if parts is None or not new:
            found[name] = value
        elif tokens(new):
            gaps.append(_later(name, parts[0]))
        elif there is not None and (now := f"extension_{new.replace('-', '')}_{parts[1]}") not in there:
            gaps.append(_lacking(name, now))
        else:
            found[f"extension_{new.replace('-', '')}_{parts[1]}"] = value
    return found, gaps


def _parts(name: str) -> tuple[str, str] | None:
    """The appId and the short name."""
    match = _NAME.fullmatch(name) if name.startswith("extension_") else None
    return ("-".join(match.groups()[:5]).lower(), match[6]) if match is not None else None


def _later(name: str, app_id: str) -> LossGap:
    return LossGap(
        f"Not written: {name}",
        f"The application {app_id} is created again by this plan, and the appId that it gets is part of the new name.",
        "Make a plan of the same objects when this one has been applied: it writes the value under its new name.",
    )


def _lacking(name: str, now: str) -> LossGap:
    return LossGap(
        f"Not written: {name}",
        f"Its application was created again under another appId, and the tenant has no extension {now}.",
        "Restore the application with its extensionProperties, then make a new plan.",
    )
