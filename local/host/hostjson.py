"""host.json, as far as this host heeds it: route prefix, task hub, limits and versions of the durable
extension.

In: the app directory and the environment. Out: `HostJson`; HostError when the file is unreadable or a value is out
of range.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.host.app import MissingSetting, resolve
from local.host.durable.versions import FAILURES, MATCHES, Versions
from local.host.errors import HostError


@dataclass(frozen=True, slots=True)
class HostJson:
    """What host.json says; defaults are those of the real host."""

    route_prefix: str = "api"
    hub: str = "TestHubName"
    versions: Versions = field(default_factory=Versions)
    activities: int = 10
    orchestrators: int = 10


def read(app: Path, env: Mapping[str, str]) -> HostJson:
    """Reads APP/host.json. Raises HostError."""
    path = app / "host.json"
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise HostError(f"{app} holds no host.json") from None
    except ValueError as error:
        raise HostError(f"{path} is not JSON: {error}") from error
    extensions = _section(content, "extensions")
    durable = _section(extensions, "durableTask")
    per_core = 10 * (os.cpu_count() or 1)
    try:
        return HostJson(
            route_prefix=str(_section(extensions, "http").get("routePrefix", "api")).strip("/"),
            hub=resolve(str(durable.get("hubName", "TestHubName")), env),
            versions=Versions(
                str(durable.get("defaultVersion", "")),
                _choice(durable, "versionMatchStrategy", MATCHES, "CurrentOrOlder"),
                _choice(durable, "versionFailureStrategy", FAILURES, "Reject"),
            ),
            activities=_limit(durable, "maxConcurrentActivityFunctions", per_core),
            orchestrators=_limit(durable, "maxConcurrentOrchestratorFunctions", per_core),
        )
    except (MissingSetting, ValueError) as error:
        raise HostError(f"{path}: {error}") from error


def _section(content: Any, name: str) -> dict[str, Any]:
    section = content.get(name, {}) if isinstance(content, dict) else {}
    return section if isinstance(section, dict) else {}


def _choice(section: dict[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    value = section.get(name, default)
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return str(value)


def _limit(section: dict[str, Any], name: str, default: int) -> int:
    value = section.get(name, default)
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be a positive number, not {value!r}")
    return value
