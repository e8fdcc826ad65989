"""Small catalogue entries and objects for the tests of planning: enough to show each rule, no more."""

from functions.catalogue.model import Deletes, Fetch, Linking, Lost, ObjectType, Relationship, Restore, Stage
from functions.core.links import Target
from functions.core.plan import Item, LiveState, LossGap, Options, Step
from functions.core.plan_make import Frame, items
from functions.core.plan_rules import Safety
from functions.core.record import Object


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"


ME, ANN, BOB, CAT, NEW = guid(1), guid(2), guid(3), guid(4), guid(5)
FRAME = Frame(
    run="2026-11-22T020000Z",
    graph_url="https://graph.microsoft.com",
    tenant=guid(98),
    now="2026-11-22T03:00:00Z",
)

USERS = ObjectType(
    key="users",
    title="Users",
    path="/users",
    relationships=(
        Relationship(name="manager", fetch=Fetch.EXPAND, single=True, restorable=True),
        Relationship(name="sponsors", fetch=Fetch.BATCH),
    ),
    volatile=frozenset({"signInActivity"}),
    read_only=frozenset({"id", "assignedPlans", "onPremisesSyncEnabled", "createdDateTime"}),
    restore=Restore(
        collection="/users",
        create=frozenset(
            {
                "accountEnabled",
                "displayName",
                "mailNickname",
                "userPrincipalName",
                "jobTitle",
                "department",
                "businessPhones",
                "mobilePhone",
                "employeeOrgData",
                "identities",
                "otherMails",
                "usageLocation",
            }
        ),
        update=frozenset(
            {
                "accountEnabled",
                "displayName",
                "mailNickname",
                "userPrincipalName",
                "jobTitle",
                "department",
                "businessPhones",
                "mobilePhone",
                "employeeOrgData",
                "employeeLeaveDateTime",
                "otherMails",
                "usageLocation",
            }
        ),
        required=frozenset({"accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"}),
        undelete="/directory/deletedItems/{id}/restore",
        deleted="/directory/deletedItems/microsoft.graph.user/{id}",
        stage=Stage.PRINCIPALS,
        deletes=Deletes.SOFT,
        write_scopes=("User.ReadWrite.All",),
        scopes_for={"employeeLeaveDateTime": ("User-LifeCycleInfo.ReadWrite.All",)},
        lost=(Lost(what="Sign-in methods", why="They cannot be exported.", todo="Register them again."),),
    ),
)

GROUPS = ObjectType(
    key="groups",
    title="Groups",
    path="/groups",
    relationships=(
        Relationship(
            name="members",
            fetch=Fetch.BATCH,
            restorable=True,
            linking=Linking.BIND,
            write_scopes=("GroupMember.ReadWrite.All",),
        ),
        Relationship(name="owners", fetch=Fetch.BATCH, restorable=True),
    ),
    read_only=frozenset({"id", "mail", "proxyAddresses"}),
    references=("membershipRule",),
    restore=Restore(
        collection="/groups",
        create=frozenset(
            {
                "displayName",
                "description",
                "groupTypes",
                "mailEnabled",
                "mailNickname",
                "securityEnabled",
                "visibility",
                "membershipRule",
                "membershipRuleProcessingState",
                "isAssignableToRole",
            }
        ),
        update=frozenset(
            {
                "displayName",
                "description",
                "groupTypes",
                "mailNickname",
                "visibility",
                "membershipRule",
                "membershipRuleProcessingState",
            }
        ),
        required=frozenset({"displayName", "mailEnabled", "mailNickname", "securityEnabled"}),
        undelete="/directory/deletedItems/{id}/restore",
        deleted="/directory/deletedItems/microsoft.graph.group/{id}",
        stage=Stage.GROUPS,
        deletes=Deletes.SOFT,
        write_scopes=("Group.ReadWrite.All",),
    ),
)

_CA = frozenset({"displayName", "state", "conditions", "grantControls", "sessionControls"})
POLICIES = ObjectType(
    key="conditionalAccessPolicies",
    title="Conditional Access policies",
    path="/identity/conditionalAccess/policies",
    bucket="conditionalAccess",
    references=(
        "conditions.users.includeUsers",
        "conditions.users.excludeUsers",
        "conditions.users.includeGroups",
        "conditions.users.excludeGroups",
        "conditions.users.includeRoles",
        "conditions.locations.includeLocations",
        "conditions.locations.excludeLocations",
        "grantControls.authenticationStrength.id",
    ),
    restore=Restore(
        collection="/identity/conditionalAccess/policies",
        create=_CA,
        update=_CA,
        required=frozenset({"displayName", "state", "conditions"}),
        undelete="/identity/conditionalAccess/deletedItems/policies/{id}/restore",
        deleted="/identity/conditionalAccess/deletedItems/policies/{id}",
    ),
)

_LOCATION = frozenset(
    {"displayName", "isTrusted", "ipRanges", "countriesAndRegions", "includeUnknownCountriesAndRegions"}
)
LOCATIONS = ObjectType(
    key="namedLocations",
    title="Named locations",
    path="/identity/conditionalAccess/namedLocations",
    bucket="conditionalAccess",
    restore=Restore(
        collection="/identity/conditionalAccess/namedLocations",
        create=_LOCATION,
        update=_LOCATION,
        required=frozenset({"displayName"}),
        undelete="/identity/conditionalAccess/deletedItems/namedLocations/{id}/restore",
        deleted="/identity/conditionalAccess/deletedItems/namedLocations/{id}",
    ),
)

ENTRIES = {entry.key: entry for entry in (USERS, GROUPS, POLICIES, LOCATIONS)}


def user(**more: object) -> Object:
    return {
        "id": ME,
        "accountEnabled": True,
        "displayName": "Ada Nkemelu",
        "mailNickname": "ada",
        "userPrincipalName": "ada@birchline.example",
        "jobTitle": "Engineer",
        "department": None,
        "businessPhones": ["+49 30 1"],
        "onPremisesSyncEnabled": None,
        "@relationships": {"manager": [{"id": ANN, "type": "user"}]},
        **more,
    }  # type: ignore[return-value]


def group(members: tuple[str, ...] = (), owners: tuple[str, ...] = (), **more: object) -> Object:
    return {
        "id": ME,
        "displayName": "Harbour",
        "description": "Who works at the harbour",
        "groupTypes": [],
        "mailEnabled": False,
        "mailNickname": "harbour",
        "securityEnabled": True,
        "visibility": None,
        "membershipRule": None,
        "membershipRuleProcessingState": None,
        "isAssignableToRole": None,
        "onPremisesSyncEnabled": None,
        "@relationships": {
            "members": [{"id": item, "type": "user"} for item in members],
            "owners": [{"id": item, "type": "user"} for item in owners],
        },
        **more,
    }  # type: ignore[return-value]


def policy(state: str = "enabled", users: object = None, grant: object = None, **conditions: object) -> Object:
    return {
        "id": ME,
        "createdDateTime": "2025-01-01T00:00:00Z",
        "modifiedDateTime": None,
        "displayName": "Require MFA",
        "state": state,
        "conditions": {
            "applications": {"includeApplications": ["All"], "excludeApplications": []},
            "clientAppTypes": ["all"],
            "users": users or {"includeUsers": ["All"], "excludeUsers": [ANN], "excludeGroups": [BOB]},
            "locations": None,
            "platforms": None,
            "signInRiskLevels": [],
            "userRiskLevels": [],
            **conditions,
        },
        "grantControls": grant or {"operator": "OR", "builtInControls": ["mfa"], "authenticationStrength": None},
        "sessionControls": None,
    }  # type: ignore[return-value]


def location(**more: object) -> Object:
    return {
        "id": ME,
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "displayName": "Head office",
        "isTrusted": True,
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}],
        **more,
    }  # type: ignore[return-value]


def live(thing: Object, **links: tuple[str, ...]) -> LiveState:
    found = {name: tuple(Target(item, "user") for item in items) for name, items in links.items()}
    return LiveState(id=str(thing["id"]), standing="live", object=thing, links=found)


def binned(thing: Object) -> LiveState:
    return LiveState(
        id=str(thing["id"]), standing="deleted", object={**thing, "deletedDateTime": "2026-11-21T00:00:00Z"}
    )


GONE = LiveState(id=ME, standing="gone")


class Made:
    """All items of one object, and what they hold."""

    def __init__(self, found: list[Item]):
        self.items = found
        self.steps: tuple[Step, ...] = tuple(step for item in found for step in item.steps)
        self.gaps: tuple[LossGap, ...] = tuple(gap for item in found for gap in item.gaps)

    def __getitem__(self, scope: str) -> Item:
        return next(item for item in self.items if item.scope == scope)


def planned(
    entry: ObjectType,
    record: Object,
    state: LiveState,
    *,
    ids: dict[str, str] | None = None,
    frame: Frame = FRAME,
    safety: Safety | None = None,
    **options: object,
) -> Made:
    chosen = Options(**options)  # type: ignore[arg-type]
    return Made(items(record, state, chosen, entry, ids or {}, frame, safety))


def calls(made: Made) -> list[tuple[str, str]]:
    return [(step.method, step.path) for step in made.steps]
