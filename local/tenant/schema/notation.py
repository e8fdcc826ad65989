"""Reads a property table: one line each, `name type words…`, into `Property` objects.

A type is a word, with `[]` for a collection and `?` for nullable. Words: when it is shown (default, select, single,
never), who sets it (rw, create, ro), `set` (order means nothing), `volatile`, `beta`, `needs=PERMISSION`.
"""

from local.tenant.schema.model import Property, Shown, Writes

_SHOWN = {str(word): word for word in Shown}
_WRITES = {str(word): word for word in Writes}
_FLAGS = {"set": "set_like", "volatile": "volatile", "beta": "beta"}


def table(text: str, *, shown: Shown = Shown.DEFAULT) -> dict[str, Property]:
    rules = (_line(line, shown) for line in text.splitlines() if line.strip())
    return {rule.name: rule for rule in rules}


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
