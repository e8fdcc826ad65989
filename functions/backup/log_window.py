"""Which window of a log a run reads, noted before it is read: a call that is delivered again reads the same one.

In: the log's row, the clock, the tenant's licence. Out: where to begin and to end, and the gap of what was lost.
"""

from datetime import datetime

from functions import log
from functions.backup.log_retention import FREE, LICENSED, kept
from functions.backup.messages import LogPlace, TypeRequest
from functions.catalogue.model import ObjectType
from functions.clock import iso, parse_iso
from functions.core.manifest import Gap
from functions.core.windows import LONGEST, Window, days, window
from functions.graph.client import GraphClient
from functions.storage.logs import LogRow
from functions.storage.open import Stores

LOG_GAP = "logGap"


async def begin(
    request: TypeRequest, entry: ObjectType, client: GraphClient, stores: Stores, now: datetime
) -> tuple[LogPlace, Gap | None]:
    """Notes what this run reads, however far an earlier delivery of the call came."""
    row = await stores.logs.get(request.key)
    if row.run != request.run_id:
        found = await _window(row, entry, client, now)
        lost = (iso(found.lost[0]), iso(found.lost[1])) if found.lost else ("", "")
        if row.lost_since and row.run not in await stores.runs.counted(fresh=True):
            # The run before died before a manifest could say what it had found lost.
            lost = (row.lost_since, max(row.lost_until, lost[1]))
        row = await stores.logs.begin(request.key, request.run_id, iso(found.since), iso(found.until), lost)
    place = LogPlace(row.since, row.until, row.since, LONGEST.total_seconds())
    return place, _gap(request.key, row) if row.lost_since else None


async def _window(row: LogRow, entry: ObjectType, client: GraphClient, now: datetime) -> Window:
    watermark = parse_iso(row.watermark) if row.watermark else None
    newest = parse_iso(row.newest) if row.newest else None
    if watermark is not None and watermark > now:
        log.warning("log.watermarkAhead", type=row.type, watermark=row.watermark)
    found = window(now, watermark, newest, LICENSED)
    if found.since < now - FREE and await kept(client, entry) < LICENSED:
        return window(now, watermark, newest, FREE)
    return found


def _gap(key: str, row: LogRow) -> Gap:
    named = days(parse_iso(row.lost_since), parse_iso(row.lost_until))
    which = named[0] if len(named) == 1 else f"{named[0]} to {named[-1]}"
    return Gap(
        LOG_GAP,
        f"{key}: events from {row.lost_since} to {row.lost_until} are lost (days: {which}); Graph no longer had them "
        "when it was asked",
        "Nothing brings them back from Graph. Run backups more often than the log is kept: 7 days without Entra ID P1, "
        "30 with it",
    )
