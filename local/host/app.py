"""The functions of an app as the host sees them: trigger, parameter names, settings resolved from the environment.

In: the worker's metadata and the environment. Out: `Function`s, or IndexingFailed naming every function that cannot
be served and why. `%NAME%` in a binding is the application setting NAME.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local.host.errors import IndexingFailed
from local.host.protos import RpcFunctionMetadata

_SETTING = re.compile(r"%([^%\s]+)%")
_TRIGGERS = {
    "httptrigger": "http",
    "timertrigger": "timer",
    "activitytrigger": "activity",
    "orchestrationtrigger": "orchestrator",
}
_OTHERS = {"http", "durableclient"}


@dataclass(frozen=True, slots=True)
class Function:
    """One function: `trigger` is http, timer, activity or orchestrator; `clients` are its Durable client parameters."""

    id: str
    name: str
    trigger: str
    parameter: str
    binding: Mapping[str, Any]
    clients: tuple[str, ...]


class MissingSetting(Exception):
    """`%NAME%` names a setting that the environment does not have."""


def resolve(text: str, env: Mapping[str, str]) -> str:
    """The text with each `%NAME%` replaced. Raises MissingSetting."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in env:
            raise MissingSetting(f"'%{name}%' names the application setting {name}, which is not set")
        return env[name]

    return _SETTING.sub(value, text)


def functions(metadata: Iterable[RpcFunctionMetadata], env: Mapping[str, str]) -> list[Function]:
    """Every function of the app. Raises IndexingFailed."""
    found: list[Function] = []
    problems: list[str] = []
    for item in metadata:
        try:
            found.append(_function(item, env))
        except (MissingSetting, ValueError) as error:
            problems.append(f"function '{item.name}' cannot be indexed: {error}")
    if problems:
        raise IndexingFailed(problems)
    return found


def _function(item: RpcFunctionMetadata, env: Mapping[str, str]) -> Function:
    bindings = [json.loads(text) for text in item.raw_bindings]
    triggers = [binding for binding in bindings if str(binding["type"]).lower().endswith("trigger")]
    if len(triggers) != 1:
        raise ValueError(f"it has {len(triggers)} triggers, one is needed")
    trigger = triggers[0]
    kind = _TRIGGERS.get(trigger["type"].lower())
    if kind is None:
        raise ValueError(f"this host serves no {trigger['type']}")
    for binding in bindings:
        if binding is not trigger and binding["type"].lower() not in _OTHERS:
            raise ValueError(f"this host has no {binding['type']} binding (parameter '{binding['name']}')")
    return Function(
        id=item.function_id,
        name=item.name,
        trigger=kind,
        parameter=trigger["name"],
        binding={key: resolve(value, env) if isinstance(value, str) else value for key, value in trigger.items()},
        clients=tuple(binding["name"] for binding in bindings if binding["type"].lower() == "durableclient"),
    )
