"""Reads a property table: one line each, `name type words…`, into `Property` objects.

A type is a word, with `[]` for a collection and `?` for nullable. Words: when it is shown (default, select, single,
detail, never), who sets it (rw, create, ro), `set` (order means nothing), `volatile`, `sparse`, `beta`,
`needs=PERMISSION`, `writes_with=PERMISSION,PERMISSION` and `licence=PLAN,PLAN` (any of them), `not_in=` one of usGov
(both of its clouds), china, national (all three).
"""

from collections.abc import Mapping

from local.tenant.schema.model import CHINA, NATIONAL, US_GOV, Property, Shown, Writes

_SHOWN = {str(word): word for word in Shown}
_WRITES = {str(word): word for word in Writes}
_FLAGS = {"set": "set_like", "volatile": "volatile", "sparse": "sparse", "beta": "beta"}
_CLOUDS = {"usGov": US_GOV, "china": CHINA, "national": NATIONAL}

type Complex = Mapping[str, Mapping[str, Property]]


def table(text: str, *, shown: Shown = Shown.DEFAULT) -> dict[str, Property]:
    rules = (_line(line, shown) for line in text.splitlines() if line.strip())
    return {rule.name: rule for rule in rules}


def types(texts: Mapping[str, str]) -> Complex:
    """Complex types by name, each from the table of its fields."""
    return {name: table(text) for name, text in texts.items()}


def _line(line: str, shown: Shown) -> Property:
    name, typed, *words = line.split()
    values: dict[str, object] = {"shown": shown}
    for word in words:
        if word in _SHOWN:
            values["shown"] = _SHOWN[word]
        elif word in _WRITES:
            values["writes"] = _WRITES[word]
        elif word in _FLAGS:
            values[_FLAGS[word]] = True
        elif word.startswith("needs="):
            values["needs"] = word.removeprefix("needs=")
        elif word.startswith("writes_with="):
            values["writes_with"] = tuple(word.removeprefix("writes_with=").split(","))
        elif word.startswith("licence="):
            values["licence"] = frozenset(word.removeprefix("licence=").split(","))
        elif word.startswith("not_in="):
            values["not_in"] = _CLOUDS[word.removeprefix("not_in=")]
        else:
            raise ValueError(f"{name}: unknown word {word!r}")
    base = typed.removesuffix("?")
    return Property(
        name,
        base.removesuffix("[]"),
        nullable=typed.endswith("?"),
        collection=base.endswith("[]"),
        **values,  # type: ignore[arg-type]
    )
