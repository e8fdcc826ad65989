"""Groups, members and owners: each refusal by status, code and the core of its message."""

from local.tenant.rules import Ref, bound_links, check_link
from tests.tenant_rules import bodies
from tests.tenant_rules.attempts import (
    BAD,
    CLOUD,
    DYNAMIC,
    EVERYONE,
    LIST,
    M365,
    NOBODY,
    SYNCED,
    SYNCED_GROUP,
    TIER_0,
    Attempt,
    Row,
    check_refused,
    create,
    delete,
    link,
    missing,
    ref,
    refused,
    unlink,
    update,
)
from tests.tenant_rules.memory import Memory


def _with_many_owners(directory: Memory) -> object:
    group = directory.one("group", **EVERYONE)
    for number in range(99):  # with the one it has, exactly the limit
        directory.link("group", group["id"], "owners", "servicePrincipal", f"{number}")
    return check_link("group", group, "owners", ref("user", mailNickname="emergency-1")(directory), directory)


def _bound(*names: str) -> Attempt:
    def attempt(directory: Memory) -> object:
        ids = [directory.one("user", mailNickname=name)["id"] for name in names]
        urls = [bodies.reference(id) for id in ids]
        return bound_links("group", {"members@odata.bind": urls}, directory)

    return attempt


def _bound_owners(directory: Memory) -> object:
    url = bodies.reference(directory.one("user", mailNickname="emergency-1")["id"])
    return bound_links("group", {"owners@odata.bind": [url, url]}, directory)


def _bound_many(directory: Memory) -> object:
    urls = [bodies.reference(id) for id in (*directory.objects["user"], *directory.objects["device"])][:21]
    return bound_links("group", {"members@odata.bind": urls}, directory)


ROWS: list[Row] = [
    (
        "no mailEnabled",
        create("group", {k: v for k, v in bodies.group().items() if k != "mailEnabled"}),
        400,
        BAD,
        "A value is required for property 'mailEnabled' of resource 'Group'.",
    ),
    (
        "mail-enabled security",
        create("group", bodies.group(mailEnabled=True)),
        400,
        BAD,
        "Cannot Create a mail-enabled security groups and or distribution list.",
    ),
    ("neither kind", create("group", bodies.group(securityEnabled=False)), 400, BAD, "property 'securityEnabled'"),
    ("unknown type", create("group", bodies.group(groupTypes=["Static"])), 400, BAD, "property 'groupTypes'"),
    (
        "Microsoft 365 without mail",
        create("group", bodies.unified() | {"mailEnabled": False}),
        400,
        BAD,
        "property 'mailEnabled'",
    ),
    (
        "nickname taken",
        create("group", bodies.unified(mailNickname="dept-0")),
        400,
        BAD,
        "property mailNickname already exists.",
    ),
    (
        "nickname with a space",
        create("group", bodies.group(mailNickname="the crew")),
        400,
        BAD,
        "property 'mailNickname'",
    ),
    (
        "dynamic without rule",
        create("group", bodies.dynamic(membershipRule=None)),
        400,
        BAD,
        "A value is required for property 'membershipRule'.",
    ),
    (
        "dynamic without state",
        create("group", bodies.dynamic(membershipRuleProcessingState=None)),
        400,
        BAD,
        "property 'membershipRuleProcessingState'",
    ),
    ("rule without dynamic", create("group", bodies.group(membershipRule="x")), 400, BAD, "property 'membershipRule'"),
    (
        "dynamic with members",
        create("group", bodies.dynamic(**{"members@odata.bind": []})),
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    ),
    (
        "dynamic and role-assignable",
        create("group", bodies.dynamic(isAssignableToRole=True)),
        400,
        BAD,
        "property 'groupTypes'",
    ),
    (
        "public and role-assignable",
        create("group", bodies.group(isAssignableToRole=True, visibility="Public")),
        400,
        BAD,
        "property 'visibility'",
    ),
    (
        "hidden security group",
        create("group", bodies.group(visibility="HiddenMembership")),
        400,
        BAD,
        "property 'visibility'",
    ),
    ("mail", create("group", bodies.unified(mail="crew@halden.example")), 400, BAD, "Property 'mail' is read-only"),
    (
        "role-assignable afterwards",
        update("group", EVERYONE, {"isAssignableToRole": True}),
        400,
        BAD,
        "Property 'isAssignableToRole' is read-only",
    ),
    ("unique name", update("group", EVERYONE, {"uniqueName": "x"}), 400, BAD, "Property 'uniqueName' is read-only"),
    ("clear name", update("group", EVERYONE, {"displayName": None}), 400, BAD, "property 'displayName'"),
    ("into hidden", update("group", M365, {"visibility": "HiddenMembership"}), 400, BAD, "property 'visibility'"),
    (
        "out of hidden",
        update("group", {"visibility": "HiddenMembership"}, {"visibility": "Private"}),
        400,
        BAD,
        "property 'visibility'",
    ),
    (
        "into Microsoft 365",
        update("group", EVERYONE, {"groupTypes": ["Unified"], "mailEnabled": True}),
        400,
        BAD,
        "property 'groupTypes'",
    ),
    (
        "role-assignable into dynamic",
        update(
            "group",
            TIER_0,
            {"groupTypes": ["DynamicMembership"], "membershipRule": "x", "membershipRuleProcessingState": "On"},
        ),
        400,
        BAD,
        "property 'groupTypes'",
    ),
    (
        "Exchange flag",
        update("group", M365, {"hideFromAddressLists": True}),
        403,
        "ErrorGroupsAccessDenied",
        "User does not have permissions to execute this action.",
    ),
    (
        "distribution list",
        update("group", LIST, {"description": "x"}),
        400,
        BAD,
        "Cannot Update a mail-enabled security groups and or distribution list.",
    ),
    ("synced group", update("group", SYNCED_GROUP, {"description": "x"}), 400, BAD, SYNCED),
    ("delete a distribution list", delete("group", **LIST), 400, BAD, "Cannot Delete a mail-enabled security groups"),
    ("delete a synced group", delete("group", **SYNCED_GROUP), 400, BAD, SYNCED),
    (
        "member twice",
        link("group", EVERYONE, "members", ref("user", **CLOUD)),
        400,
        BAD,
        "One or more added object references already exist for the following modified properties: 'members'.",
    ),
    (
        "owner twice",
        link(
            "group",
            M365,
            "owners",
            lambda directory: Ref(*directory.links("group", directory.one("group", **M365)["id"], "owners")[0]),
        ),
        400,
        BAD,
        "already exist for the following modified properties: 'owners'.",
    ),
    (
        "unknown member",
        link("group", EVERYONE, "members", missing()),
        404,
        "Request_ResourceNotFound",
        f"Resource '{NOBODY}' does not exist or one of its queried reference-property objects are not present.",
    ),
    (
        "member of a dynamic group",
        link("group", DYNAMIC, "members", ref("user", mailNickname="emergency-1")),
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    ),
    (
        "member of a list",
        link("group", LIST, "members", ref("user", mailNickname="emergency-1")),
        400,
        BAD,
        "Cannot Update a mail-enabled security groups",
    ),
    (
        "member of a synced group",
        link("group", SYNCED_GROUP, "members", ref("user", mailNickname="emergency-1")),
        400,
        BAD,
        SYNCED,
    ),
    (
        "group in Microsoft 365",
        link("group", M365, "members", ref("group", **EVERYONE)),
        400,
        BAD,
        "property values specified are invalid",
    ),
    (
        "Microsoft 365 in a group",
        link("group", EVERYONE, "members", ref("group", **M365)),
        400,
        BAD,
        "property values specified are invalid",
    ),
    (
        "group in role-assignable",
        link("group", TIER_0, "members", ref("group", **EVERYONE)),
        400,
        BAD,
        "property values specified are invalid",
    ),
    (
        "group in itself",
        link("group", EVERYONE, "members", ref("group", **EVERYONE)),
        400,
        BAD,
        "property values specified are invalid",
    ),
    (
        "device as owner",
        link("group", EVERYONE, "owners", ref("device")),
        400,
        BAD,
        "property values specified are invalid",
    ),
    (
        "101st owner",
        _with_many_owners,
        403,
        "Directory_QuotaExceeded",
        "would exceed the maximum quota count '100' for forward-link 'owners'.",
    ),
    (
        "not a member",
        unlink("group", TIER_0, "members", ref("user", mailNickname="emergency-1")),
        400,
        BAD,
        "One or more removed object references do not exist",
    ),
    ("unknown removed", unlink("group", TIER_0, "members", missing()), 404, "Request_ResourceNotFound", NOBODY),
    (
        "last owner",
        unlink(
            "group",
            TIER_0,
            "owners",
            lambda directory: Ref(*directory.links("group", directory.one("group", **TIER_0)["id"], "owners")[0]),
        ),
        400,
        BAD,
        "at least one owner",
    ),
    (
        "remove from a dynamic group",
        unlink("group", DYNAMIC, "members", ref("user", **CLOUD)),
        403,
        "Authorization_RequestDenied",
        "Insufficient privileges",
    ),
    (
        "same member twice at once",
        _bound("emergency-1", "emergency-1"),
        400,
        BAD,
        "can only be present once as an add/remove change.",
    ),
    ("same owner twice at once", _bound_owners, 400, BAD, "Request contains a property with duplicate values."),
    ("21 at once", _bound_many, 400, BAD, "limited to 20"),
    (
        "bind of a missing one",
        create("group", bodies.group(**{"members@odata.bind": [bodies.reference(NOBODY)]})),
        404,
        "Request_ResourceNotFound",
        NOBODY,
    ),
    ("bind of nonsense", create("group", bodies.group(**{"members@odata.bind": ["?"]})), 400, BAD, "Invalid URL"),
    (
        "bind of what is no link",
        create("group", bodies.group(**{"memberOf@odata.bind": []})),
        400,
        BAD,
        "Invalid property 'memberOf'.",
    ),
]


@refused(ROWS)
def test_it_is_refused_in_graphs_words(directory: Memory, attempt: Attempt, status: int, code: str, core: str) -> None:
    check_refused(directory, attempt, status, code, core)
