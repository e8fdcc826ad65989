"""What the demo damages: objects of the invented company for which everything it wants to show is true.

In: records as the snapshot has them. Out: an object and what is done to it, or `Failed` where the company has none.
"""

from typing import Any

type Json = dict[str, Any]


class Failed(Exception):
    """Something the demo said is not so."""


def expect(holds: Any, claim: str) -> None:
    """Ends the demo where a claim does not hold."""
    if not holds:
        raise Failed(claim)


def pick_user(users: list[Json], groups: list[Json], elsewhere: str) -> tuple[Json, list[Json]]:
    """A cloud user with a manager and only assigned groups, and those groups; nobody else and nothing in `elsewhere`
    refers to the user."""
    others = {link["id"] for user in users for link in [*_links(user, "manager"), *_links(user, "sponsors")]}
    for user in users:
        identity, links = user["id"], user["@relationships"]
        held = [group for group in groups if identity in _ids(group, "members", "owners")]
        if (
            user["userType"] == "Member"
            and not user["onPremisesSyncEnabled"]
            and links["manager"]
            and identity not in others
            and identity not in elsewhere
            and not user.get("customSecurityAttributes")  # not written back yet: docs/restore.md
            and not any(name.startswith("extension_") and value is not None for name, value in user.items())
            and held
            and all(map(_assigned, held))
        ):
            return user, held
    raise Failed("the company has a cloud user with a manager and groups to whom nothing else refers")


def pick_group(groups: list[Json], taken: list[Json], people: set[str]) -> tuple[Json, list[str]]:
    """An assigned group with at least four people in it, and three of them."""
    known = {group["id"] for group in taken}
    for group in groups:
        members = sorted(set(_ids(group, "members")) & people)
        if _assigned(group) and group["id"] not in known and len(members) >= 4:
            return group, members[:3]
    raise Failed("the company has a group with four people in it")


def pick_policy(policies: list[Json]) -> Json:
    """A policy that is on and leaves some groups out."""
    for policy in policies:
        if policy["state"] == "enabled" and policy["conditions"]["users"]["excludeGroups"]:
            return policy
    raise Failed("the company has an enabled policy with excluded groups")


def pick_named_group(groups: list[Json], taken: list[Json], policies: list[Json]) -> tuple[Json, Json]:
    """An assigned group whose id stands in one of the policies, and that policy."""
    known = {group["id"] for group in taken}
    for policy in policies:
        named = {*policy["conditions"]["users"]["excludeGroups"], *policy["conditions"]["users"]["includeGroups"]}
        for group in groups:
            if group["id"] in named - known and _assigned(group):
                return group, policy
    raise Failed("the company has a group that stands in a policy")


def _assigned(group: Json) -> bool:
    return bool(
        (not group["mailEnabled"] or "Unified" in group["groupTypes"])
        and not group["onPremisesSyncEnabled"]
        and not group["isAssignableToRole"]
        and "DynamicMembership" not in group["groupTypes"]
    )


def _links(thing: Json, relationship: str) -> list[Json]:
    links: list[Json] = thing["@relationships"].get(relationship, [])
    return links


def _ids(thing: Json, *relationships: str) -> list[str]:
    return [link["id"] for name in relationships for link in _links(thing, name)]
