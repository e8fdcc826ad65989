"""The newest report of one kind of upkeep, and whether what wrote it still works: for the calls that show it."""

from typing import Any

from functions.api.call import Request
from functions.durable import works
from functions.storage.reports import Kind, ReportRow


async def newest_report(request: Request[Any], kind: Kind, instance: str) -> tuple[ReportRow | None, bool]:
    """The report, None where there is none, and True where it says that it is under way and the orchestration
    `instance` is not."""
    reports = request.services.stores.reports
    found = await reports.newest(kind)
    if not found or found[0].state != "running" or works(await request.durable.get_status(instance)):
        return (found[0] if found else None), False
    [row] = await reports.newest(kind)  # it may have ended since it was read, and then says how
    return row, row.state == "running"
