"""`python infra/scripts/workbook.py`: writes infra/modules/workbook.json from the queries in infra/queries/workbook.

In: the queries and the layout below. Out: the workbook as the portal keeps it. `{backupStorageId}` in it is filled in
by workbook.bicep. The shapes are those of published workbooks; that the portal shows it as meant is not verified.
"""

import json
from pathlib import Path
from typing import Any

INFRA = Path(__file__).resolve().parents[1]
QUERIES = INFRA / "queries" / "workbook"
FILE = INFRA / "modules" / "workbook.json"

# Text, or (query, heading, how it is shown).
LAYOUT: tuple[str | tuple[str, str, str], ...] = (
    "# Lifeboat\nWhat the app's log tells. What each alert means is in docs/watching.md.",
    ("runs", "Runs", "table"),
    ("trend", "Objects", "timechart"),
    ("changes", "Created, updated, deleted", "timechart"),
    ("types", "Types of the newest run", "table"),
    ("incomplete", "Types that were not read whole", "table"),
    ("throttled", "Where Graph let us wait, seconds", "table"),
    ("alerts", "Alerts of runs", "table"),
    "## Verification",
    ("findings", "Findings", "table"),
    ("verify", "Verifications", "table"),
    "## Retention",
    ("retention", "Retention", "table"),
    ("retentionRuns", "Runs that went, will go or had to stay", "table"),
    "## Restores and calls\nBy whom: `GET /api/restore/plans` and the table Audit. No names are in the log.",
    ("restores", "Plans", "table"),
    ("calls", "Calls by answer", "table"),
    "## Storage",
)
_DAY = 86_400_000
_SPANS = (1, 7, 14, 30, 90)


def workbook() -> dict[str, Any]:
    """The whole workbook."""
    items = [_text(at, part) if isinstance(part, str) else _query(*part) for at, part in enumerate(LAYOUT)]
    return {
        "version": "Notebook/1.0",
        "items": [items[0], _span(), *items[1:], _size()],
        "isLocked": False,
        "$schema": "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json",
    }


def _text(at: int, markdown: str) -> dict[str, Any]:
    return {"type": 1, "name": f"text {at}", "content": {"json": markdown}}


def _span() -> dict[str, Any]:
    parameter = {
        "id": "5f2c1d0a-7a53-4c79-9a0e-0e7d6a3b1f01",
        "version": "KqlParameterItem/1.0",
        "name": "span",
        "label": "Time",
        "type": 4,
        "isRequired": True,
        "value": {"durationMs": 30 * _DAY},
        "typeSettings": {"selectableValues": [{"durationMs": days * _DAY} for days in _SPANS]},
    }
    content = {"version": "KqlParameterItem/1.0", "parameters": [parameter], "style": "pills", "queryType": 0}
    return {"type": 9, "name": "time", "content": content | {"resourceType": "microsoft.insights/components"}}


def _query(name: str, title: str, shown: str) -> dict[str, Any]:
    content = {
        "version": "KqlItem/1.0",
        "query": (QUERIES / f"{name}.kql").read_text(encoding="utf-8"),
        "size": 0,
        "title": title,
        "noDataMessage": "Nothing.",
        "timeContextFromParameter": "span",
        "showExportToExcel": True,
        "queryType": 0,
        "resourceType": "microsoft.insights/components",
        "visualization": shown,
    }
    return {"type": 3, "name": name, "content": content}


def _size() -> dict[str, Any]:
    kind = "microsoft.storage/storageaccounts"
    content = {
        "version": "MetricsItem/2.0",
        "chartId": "lifeboat-size",
        "size": 0,
        "title": "Bytes in the storage account of the backups",
        "chartType": 2,
        "resourceType": kind,
        "metricScope": 0,
        "resourceIds": ["{backupStorageId}"],
        "timeContextFromParameter": "span",
        "metrics": [{"namespace": kind, "metric": f"{kind}-Capacity-UsedCapacity", "aggregation": 4}],
        "gridSettings": {"rowLimit": 10000},
    }
    return {"type": 10, "name": "size", "content": content}


def text() -> str:
    """The file."""
    return json.dumps(workbook(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
