"""What sets a list of log events apart from one of objects: newest first, kept for a time, few operators on its time.

In: a kind, a filter, the tenant. Out: a selection cut to what is still kept. An event may be added by the emulator's
administrator, with a time of any age: as the service does when one is listed late.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from local.tenant.clock import moment
from local.tenant.database import value_of
from local.tenant.filters import unsupported
from local.tenant.objects import Selection
from local.tenant.schema import KINDS, Kind
from local.tenant.schema.logs import KEPT_DAYS, KEPT_DAYS_FREE, LOGS, PREMIUM, Log
from local.tenant.tenant import Tenant


def newest_first(kind: Kind) -> str:
    """The order of a list that asks for none; empty for what is no log."""
    log = LOGS.get(kind.name)
    return f"{log.time} desc" if log else ""


def check_operators(kind: Kind, text: str) -> None:
    """Refuses what the list's page does not name for the time of its events."""
    log = LOGS.get(kind.name)
    if log is None:
        return
    for operator in re.findall(rf"\b{log.time}\s+(\w+)\s", text):
        if operator not in log.compares:
            raise unsupported(log.time, kind)


def still_kept(tenant: Tenant, kind: Kind, selection: Selection) -> Selection:
    """Without the events that are older than the tenant's licence keeps."""
    log = LOGS.get(kind.name)
    if log is None:
        return selection
    days = KEPT_DAYS if PREMIUM & set(tenant.behaviour.on.licences) else KEPT_DAYS_FREE
    oldest = _written(tenant.clock.now() - timedelta(days=days), log)
    where = f"({selection.where}) AND " if selection.where else ""
    return replace(
        selection,
        where=f"{where}{value_of(log.time)} >= ?",
        parameters=(*selection.parameters, oldest),
    )


def add(tenant: Tenant, name: str, event: dict[str, Any]) -> None:
    """Stores an event. Raises ValueError for what is no event of a log, or for an id that is taken."""
    log = LOGS.get(name)
    if log is None:
        raise ValueError(f"{name} is no log; there are {', '.join(LOGS)}")
    key = str(event.get("id") or "")
    if not key or not event.get(log.time):
        raise ValueError(f"an event has an id and a {log.time}")
    if unknown := set(event) - set(KINDS[name].properties):
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    if tenant.objects.row(name, key) is not None:
        raise ValueError(f"there is an event {key} already")
    kept = {property: value for property, value in event.items() if value is not None and value != []}
    kept[log.time] = _written(moment(str(event[log.time])), log)
    with tenant.database.transaction():
        tenant.objects.insert(name, key, kept)


def _written(at: datetime, log: Log) -> str:
    """As the log writes a time; all with the same number of digits, so that text sorts as time does."""
    at = at.astimezone(UTC)
    fraction = f".{at.microsecond:06d}0" if log.digits else ""
    return f"{at:%Y-%m-%dT%H:%M:%S}{fraction}Z"
