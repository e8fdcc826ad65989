"""The log lines of a run that has ended: one for the run, one a type, one an alert. Queries and alert rules of the
monitoring read them, so events and keys are an interface (docs/operations.md, "Log events").

An activity that is delivered twice writes its lines twice.
"""

from collections.abc import Mapping

from functions import log
from functions.clock import parse_iso
from functions.core.manifest import Manifest, TypeResult
from functions.core.run_alerts import Alert


def tell_committed(manifest: Manifest, alerts: tuple[Alert, ...]) -> None:
    """`alerts` are those of the manifest that are about a type."""
    results = list(manifest.types.values())
    _tell_types(manifest.run_id, manifest.types)
    typed = {alert.gap: alert.type for alert in alerts}
    for gap in manifest.alerts:
        log.warning("run.alert", run=manifest.run_id, code=gap.code, type=typed.get(gap, "none"))
    log.info(
        "run.committed",
        run=manifest.run_id,
        types=len(results),
        whole=sum(result.whole for result in results),
        objects=sum(result.objects for result in results),
        created=sum(result.created for result in results),
        updated=sum(result.updated for result in results),
        deleted=sum(result.deleted for result in results),
        requests=sum(result.requests for result in results),
        units=sum(result.resource_units for result in results),
        throttled=round(sum(result.throttled_seconds for result in results), 3),
        seconds=_seconds(manifest.started_at, manifest.ended_at),
        alerts=len(manifest.alerts),
    )


def tell_failed(run: str, results: Mapping[str, TypeResult], error: str) -> None:
    """A run of which nothing is kept: no type could be read."""
    _tell_types(run, results)
    log.error("run.failed", run=run, error=error)


def _tell_types(run: str, results: Mapping[str, TypeResult]) -> None:
    for key, result in results.items():
        log.info(
            "type.result",
            run=run,
            type=key,
            outcome=result.outcome,
            objects=result.objects,
            created=result.created,
            updated=result.updated,
            deleted=result.deleted,
            requests=result.requests,
            units=result.resource_units,
            throttled=result.throttled_seconds,
            seconds=_seconds(result.started_at, result.ended_at),
            gaps=len(result.gaps),
            codes=",".join(sorted({gap.code for gap in result.gaps})) or "none",
        )


def _seconds(started: str, ended: str) -> int:
    """0 where one of them is not known: a type whose activity crashed has neither."""
    return round((parse_iso(ended) - parse_iso(started)).total_seconds()) if started and ended else 0
