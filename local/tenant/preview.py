"""Objects that use a preview feature: v1.0 leaves them out of its lists and refuses them one by one; /beta has them.

The number and sentence of 1037 are the service's own. That lists leave such objects out has been reported and is not
documented; the sentence of 1038 is put together from that of 1037 and one for another endpoint, so it is not verified.
"""

from typing import Any

from local.tenant.database import value_of
from local.tenant.objects import Json, Row
from local.tenant.rules import GraphFault
from local.tenant.schema import Edition, Kind


def shown_in(kind: Kind, edition: Edition) -> str:
    """The condition on objects that a list in this edition shows; "" where it shows all."""
    if edition.beta:
        return ""
    return " AND ".join(f"{value_of(path.replace('.', '"."'))} IS NULL" for path in kind.preview)


def check_read(kind: Kind, row: Row, edition: Edition) -> None:
    if kind.preview and not edition.beta and _used(kind, row.object()):
        raise GraphFault(
            400,
            "BadRequest",
            "1037: The policy you requested contains preview features. Use the Beta endpoint to retrieve this policy.",
        )


def check_write(kind: Kind, edition: Edition, *states: Json) -> None:
    """`states` are the object as it is and what is sent."""
    if kind.preview and not edition.beta and any(_used(kind, state) for state in states):
        raise GraphFault(
            400,
            "BadRequest",
            "1038: The policy you are trying to create or update contains preview features. Use the Beta endpoint to "
            "create or update this policy.",
        )


def _used(kind: Kind, state: Json) -> bool:
    return any(_at(state, path) is not None for path in kind.preview)


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
