"""Attempts to have a restore delete or change an object by the way of a link: in other spellings, through types, keys,
encoded signs, words in place of ids, and ids that carry a path."""

import pytest

from functions.catalogue import TYPES
from functions.catalogue.model import Deletes
from functions.core.calls import check_call, filled, token
from functions.core.links import ref_path
from functions.core.plan import LiveState, Options, Step
from functions.core.plan_make import deletion_item, items
from functions.errors import PlanNotApplicable
from tests.unit.restore.entries import FRAME, guid

ME, OTHER = guid(1), guid(2)
SOURCES = (
    f"/groups/{ME}/members",
    f"/groups/{ME}/owners",
    f"/groups/{ME}/transitiveMembers",
    "/groups(uniqueName='staff')/members",
    f"/directory/administrativeUnits/{ME}/members",
    f"/directoryRoles/{ME}/members",
    f"/users/{ME}/manager",
    f"/users/{ME}/ownedObjects",
    f"/users/{ME}/sponsors",
    f"/servicePrincipals/{ME}/owners",
    f"/applications/{ME}/owners",
    f"/devices/{ME}/registeredOwners",
)
ENDS = (
    f"/{OTHER}",
    f"/{OTHER}/",
    f"//{OTHER}",
    f"/microsoft.graph.user/{OTHER}",
    f"/users(userPrincipalName='{OTHER}')",
    f"(appId='{OTHER}')",
    f"/{OTHER}/%24ref",
    f"/{OTHER}%2f$ref",
    f"/{OTHER}/$ref/..",
    f"/{OTHER}?x=/$ref",
    f"/{OTHER}#/$ref",
    f"/{OTHER};/$ref",
    f"/{OTHER}/$REF",
    f"/{OTHER}\n/$ref",
    f"/{OTHER}/$ref\n",
    f"/{OTHER}\u2044$ref",
    f"/{OTHER}/$value",
    f"/{OTHER}/manager/../$ref",
)


def passes(method: str, path: str) -> bool:
    try:
        check_call(method, path)
    except PlanNotApplicable:
        return False
    return True


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "POST", "PUT"])
def test_nothing_is_sent_to_what_a_link_leads_to(method: str):
    for source in SOURCES:
        for end in ENDS:
            for path in (source + end, source.replace("members", "Members").replace("owners", "OWNERS") + end):
                assert not passes(method, path), path


def test_the_links_themselves_are_written():
    for source in SOURCES:
        assert passes("POST", f"{source}/$ref")
        if "manager" not in source:
            assert passes("DELETE", f"{source}/{OTHER}/$ref") or "(" in source
    assert passes("DELETE", f"/users/{ME}/manager/$ref")
    assert passes("DELETE", f"/applications/{ME}/tokenLifetimePolicies/{OTHER}/$ref")


@pytest.mark.parametrize(
    "path",
    [
        f"/users/{ME}/$ref",
        f"/groups/{ME}/$ref",
        f"/directoryObjects/{ME}/$ref",
        f"/{ME}/$ref",
        "/users/$ref",
        "/$ref",
        f"/users/{ME}/messages/{OTHER}",
        f"/users/{ME}/authentication/methods/{OTHER}",
        f"/directory/deletedItems/{ME}",
        f"/directoryObjects/{ME}",
        f"/organization/{ME}",
        "/domains/contoso.example",
        f"/devices/{ME}",
        f"/deviceManagement/managedDevices/{ME}",
        f"/identity/conditionalAccess/deletedItems/policies/{ME}",
        f"/roleManagement/directory/roleDefinitions/{ME}",
        f"/policies/crossTenantAccessPolicy/partners/{ME}",
        f"users/{ME}",
        f"https://graph.microsoft.com/v1.0/users/{ME}",
        f"//evil.example/users/{ME}",
        f"/users/{ME}\n",
        f"/users/{ME} ",
        "/users/\u0661\u0662",
        "/users/",
        "/users",
        "/users/..",
    ],
)
def test_what_is_deleted_is_only_what_the_catalogue_names(path: str):
    assert not passes("DELETE", path)


@pytest.mark.parametrize("method", ["GET", "delete", "MERGE", "Patch", "", "DELETE "])
def test_no_other_verbs(method: str):
    assert not passes(method, f"/users/{ME}")


def test_of_types_that_are_gone_for_good_nothing_is_deleted():
    """Not even where a plan says so: deleting is known for bins, ties and parts alone."""
    for entry in TYPES.values():
        if entry.restore is None or entry.restore.deletes not in (Deletes.NO, Deletes.REQUEST) or not entry.identity:
            continue
        path = f"{entry.restore.collection}/{ME}"
        # Certificates are properties of an application, which may go into the bin.
        if "{" not in path and entry.restore.create:
            assert not passes("DELETE", path), entry.key
        added = LiveState(id=ME, standing="live", object={"id": ME, "displayName": "x"})
        found = deletion_item(added, entry, FRAME)
        assert not any(step.method == "DELETE" for step in found.steps), entry.key


@pytest.mark.parametrize(
    "identity",
    [
        f"{ME}/members/{OTHER}",
        "../organization",
        "a%2fb",
        "a?b",
        "a#b",
        "a b",
        "\u0661",
        "a/b",
        "$batch",
        "",
    ],
)
def test_an_id_that_carries_a_path_gets_no_step(identity: str):
    """Ids come from records and from Graph's answers, and either may have been written by somebody else."""
    with pytest.raises(PlanNotApplicable):
        ref_path(f"/groups/{ME}", "members", identity or "/")
    with pytest.raises(PlanNotApplicable):
        check_call("DELETE", str(filled(f"/users/{token('old')}", {"old": identity})))
    record = {"id": identity, "displayName": "x", "userPrincipalName": "x@y.example", "accountEnabled": True}
    there = LiveState(id=identity, standing="live", object={**record, "displayName": "y"})
    found = items(record, there, Options(), TYPES["users"], {}, FRAME)
    assert not [step for item in found for step in item.steps]


@pytest.mark.parametrize("made", [f"{ME}/members/{OTHER}", "../organization", "a/b"])
def test_a_new_id_that_carries_a_path_is_put_into_none(made: str):
    with pytest.raises(PlanNotApplicable):
        filled(f"/users/{token('old')}", {"old": made})


def test_a_stored_step_is_looked_at_again():
    for path in (f"/groups/{ME}/members/{OTHER}", f"/Groups/{ME}/Members/{OTHER}"):
        with pytest.raises(PlanNotApplicable):
            Step(id="1.1", action="removeLink", method="DELETE", path=path, reason="")
