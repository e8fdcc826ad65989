"""What the company adds to the schema: custom security attributes, one of them retired, and schema extensions."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import DAEMON, SCHEMA
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import World

_SETS = (("Crew", "Attributes of people at sea"), ("Cargo", "Attributes of applications that see cargo"))
CLEARANCE, VESSELS, CONTRACT_END, RETIRED, HANDLES_CARGO = (
    "Crew_Clearance",
    "Crew_Vessels",
    "Crew_ContractEnd",
    "Crew_Rank",
    "Cargo_HandlesCargo",
)
CLEARANCES = ("Deck", "Engine", "Bridge")
_FLEET = 26  # more than an expanded collection shows


def items(world: World) -> Iterator[Item]:
    for name, description in _SETS:
        yield Object("attributeSet", {"id": name, "description": description, "maxAttributesPerSet": 25})
    yield from _definition(CLEARANCE, "How far on board a person may go", values=[(v, True) for v in CLEARANCES])
    fleet = [(f"MV Halden {number:02d}", number != 3) for number in range(1, _FLEET + 1)]
    yield from _definition(VESSELS, "Vessels a person sails on", values=fleet, isCollection=True)
    yield from _definition(CONTRACT_END, None, values=[])
    yield from _definition(RETIRED, "Rank on board", values=[], type="Integer", status="Deprecated")
    yield from _definition(HANDLES_CARGO, None, values=[], type="Boolean", isSearchable=False)
    yield from _schema_extensions(world)


def _definition(id: str, description: str | None, *, values: list[tuple[str, bool]], **more: Any) -> Iterator[Item]:
    attribute_set, _, name = id.partition("_")
    definition = {
        "id": id,
        "attributeSet": attribute_set,
        "description": description,
        "isCollection": False,
        "isSearchable": True,
        "name": name,
        "status": "Available",
        "type": "String",
        "usePreDefinedValuesOnly": bool(values),
    }
    yield Object("customSecurityAttributeDefinition", definition | more)
    for value, active in values:
        key = f"{id}/{value}"
        yield Object("allowedValue", {"id": value, "isActive": active}, key)
        yield Link("customSecurityAttributeDefinition", id, "allowedValues", "allowedValue", key)


def _schema_extensions(world: World) -> Iterator[Item]:
    """The last belongs to somebody in another tenant: what is marked as available is seen by all."""
    plans = (
        ("halden_crewCard", world.id("appId", SCHEMA), "Available", ["User"]),
        ("exthaldenab_manifest", world.id("appId", SCHEMA), "InDevelopment", ["User", "Group"]),
        ("exthaldencd_export", world.id("appId", DAEMON), "InDevelopment", ["Group"]),
        ("fjordline_loyalty", world.id("foreignApp"), "Available", ["User"]),
    )
    for id, owner, status, targets in plans:
        yield Object(
            "schemaExtension",
            {
                "id": id,
                "description": None if status == "InDevelopment" else "Card number and validity",
                "owner": owner,
                "properties": [{"name": "cardNumber", "type": "String"}, {"name": "validUntil", "type": "DateTime"}],
                "status": status,
                "targetTypes": targets,
            },
        )
