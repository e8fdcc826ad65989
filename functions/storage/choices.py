"""The table `Settings`: what administrators have chosen over HTTP. One row a subject; the only one is `types`."""

from functions.catalogue.choice import Choice
from functions.catalogue.model import Preset
from functions.storage.keys import key
from functions.storage.rows import StoredRow, columns, row_of, short
from functions.storage.tables import Row, Tables

TABLE = "Settings"
_TYPES = "types"


class ChoiceRow(StoredRow, frozen=True, kw_only=True):
    """Which types are backed up; `on` and `off` in order. Empty `changed_at`: nobody has chosen yet."""

    preset: Preset = Preset.STANDARD
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    changed_at: str = ""
    changed_by: str = ""

    @property
    def choice(self) -> Choice:
        """What was chosen, for the catalogue."""
        return Choice(self.preset, frozenset(self.on), frozenset(self.off))


class Choices:
    """The choices of one tenant."""

    def __init__(self, tables: Tables, tenant: str) -> None:
        self._tables = tables
        self._tenant = tenant

    async def types(self) -> ChoiceRow:
        """The choice of types; the default where nobody has chosen."""
        stored = await self._tables.get(TABLE, key(self._tenant), _TYPES)
        return ChoiceRow() if stored is None else row_of(ChoiceRow, stored.entity)

    async def choose_types(self, choice: Choice, *, at: str, by: str) -> ChoiceRow:
        """Replaces the choice of types: the last one counts."""
        row = ChoiceRow(
            preset=choice.preset,
            on=tuple(sorted(choice.on)),
            off=tuple(sorted(choice.off)),
            changed_at=at,
            changed_by=short(by),
        )
        await self._tables.put(TABLE, Row(key(self._tenant), _TYPES, columns(row)))
        return row
