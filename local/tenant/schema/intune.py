"""What the kinds of Intune have in common: their licence, their permissions, their pages, and assignments.

Assignments are children of what is assigned: they have ids of their own and go with it. Page sizes are not documented.
A PATCH is answered with the object. Most assignments are written by the action `assign`, which replaces all of them.
"""

from functools import partial

from local.tenant.schema.model import Held, Kind, LinkRule
from local.tenant.schema.notation import table


def either(area: str) -> tuple[str, ...]:
    """The permissions of an area, any of which lets an app read it."""
    return f"DeviceManagement{area}.Read.All", f"DeviceManagement{area}.ReadWrite.All"


# The reference pages let the permission for configuration read most of the other areas too; the map of permissions does
# not, and what refuses more is the better teacher.
CONFIGURATION = either("Configuration")
SCRIPTS = either("Scripts")
SERVICE = either("ServiceConfig")
RBAC = either("RBAC")
APPS = either("Apps")
DEVICES = either("ManagedDevices")

intune = partial(
    Kind,
    bucket="intune",
    licence=frozenset({"INTUNE_A"}),
    refuses="intune",
    methods=frozenset(),
    shows_updates=True,
    query=frozenset({"$select", "$expand", "$filter", "$top", "$skip", "$orderby", "$count"}),
    default_top=1000,
    max_top=1000,
    expand_top=1000,
)
# What lives below an object and has no collection of its own: it is written with its parent, unless it says otherwise.
child = partial(intune, path="", methods=frozenset({"POST"}))


def held(name: str, kind: str, *, deep: bool = False) -> LinkRule:
    """A list of children; `deep`: a body may bring them along."""
    return LinkRule(name=name, to=(kind,), held=Held.CONTAINED, deep=deep)


def assigned(kind: str, *, name: str = "assignments") -> LinkRule:
    return held(name, kind)


def assignment(
    name: str, more: str = "", *, methods: frozenset[str] = frozenset({"POST"}), writes_with: tuple[str, ...] = ()
) -> Kind:
    """A kind of assignment: what it goes to, and what else it says. `writes_with`: of one that is made by itself."""
    return child(
        name=name,
        collection="assignments",
        properties=table(f"id string ro\ntarget open\n{more}"),
        required=("target",),
        methods=methods,
        writes_with=writes_with,
    )
