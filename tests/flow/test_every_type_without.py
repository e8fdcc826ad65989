"""What one permission, one licence or one cloud takes away: exactly the types of the catalogue that need it say so, and
what to do; the others stay as they were. tests/flow/test_every_type.py reads all there is.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.groups import GROUPS
from functions.catalogue.licences import PLANS
from functions.catalogue.model import EXTENSION_SCOPES, HIDDEN_MEMBERS, ObjectType, Outcome
from functions.catalogue.permissions import read_permissions
from functions.catalogue.units import ADMINISTRATIVE_UNITS
from functions.core.manifest import Manifest, TypeResult
from tests.flow.company_world import CLOSED, LOGS, TOLD, Company, Results, open_company, outcomes

WATCHED = ("users", "domains", "namedLocations", "accessReviewDefinitions", "deviceCategories", "directoryAudits")

# Permissions of the reader that open what a narrower one is named for: without it nothing is lost while they are held.
WIDER = {
    "AdministrativeUnit.Read.All": ["Directory.Read.All"],
    "Application.Read.All": ["Directory.Read.All"],
    "Device.Read.All": ["Directory.Read.All"],
    "DeviceManagementConfiguration.Read.All": ["DeviceManagementManagedDevices.Read.All"],
    "Group.Read.All": ["Directory.Read.All"],
    "GroupMember.Read.All": ["Directory.Read.All"],
    "GroupSettings.Read.All": ["Directory.Read.All"],
    "OrgContact.Read.All": ["Directory.Read.All"],
    "Organization.Read.All": ["Directory.Read.All"],
    "Policy.Read.AuthenticationMethod": ["Policy.Read.All"],
    "RoleAssignmentSchedule.Read.Directory": ["RoleManagement.Read.Directory", "Directory.Read.All"],
    "RoleEligibilitySchedule.Read.Directory": ["RoleManagement.Read.Directory", "Directory.Read.All"],
    "RoleManagement.Read.Directory": ["Directory.Read.All"],
    "User.Read.All": ["Directory.Read.All"],
}
# (Part, what it is read with) → what opens it too, and is needed for the objects anyway.
OPENED_BY = {
    ("groups/owners", "GroupMember.Read.All"): "Group.Read.All",
    ("groups/members", "GroupMember.Read.All"): "Group.Read.All",
    ("groups/settings", "GroupSettings.Read.All"): "Group.Read.All",
    ("tokenLifetimePolicies/appliesTo", "Application.Read.All"): "Policy.Read.All",
    ("tokenIssuancePolicies/appliesTo", "Application.Read.All"): "Policy.Read.All",
    ("claimsMappingPolicies/appliesTo", "Application.Read.All"): "Policy.Read.All",
    ("homeRealmDiscoveryPolicies/appliesTo", "Application.Read.All"): "Policy.Read.All",
}
# Permissions whose loss no answer shows.
WITHOUT_EFFECT = {
    "Agreement.Read.All",  # opens nothing yet
    "GroupMember.Read.All",  # Group.Read.All, which groups take, opens their members too
}
WIDEST = ("Directory.Read.All", "Policy.Read.All", "CustomSecAttributeAssignment.Read.All")

# Read without the licence that they are of little use without: Conditional Access lists its objects to anyone.
INDIFFERENT = {"conditionalAccessPolicies", "namedLocations"}


@pytest.fixture(scope="module")
async def opened(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    async with open_company(azurite, tmp_path_factory.mktemp("tenant"), users=20, seed=11) as company:
        yield company


@pytest.fixture(scope="module")
async def first(opened: Company) -> Manifest:
    """A run of everything."""
    return await opened.run(*ENTRIES)


@pytest.fixture
async def company(opened: Company, first: Manifest) -> AsyncIterator[Company]:
    yield opened
    opened.cloud = "global"
    await opened.tenant.calm()


def parts(entry: ObjectType) -> Iterator[tuple[str, set[str]]]:
    """What is read beside the objects, and the permissions that it takes."""
    for link in entry.relationships:
        yield link.name, set(link.read_scopes)
    for extra in entry.extras:
        yield "+".join(extra.select), set(extra.read_scopes)
    if entry.extension_values:
        yield "directory extensions", set(EXTENSION_SCOPES)


def without(entry: ObjectType, revoked: set[str]) -> Outcome:
    """How a type ends for a reader that lacks these permissions."""
    if entry.key in CLOSED:
        return CLOSED[entry.key]
    if revoked & set(entry.read_scopes):
        return Outcome.REFUSED
    needed = {(f"{entry.key}/{name}", scope) for name, scopes in parts(entry) for scope in scopes & revoked}
    shut = {part for part in needed if OPENED_BY.get(part, part[1]) in revoked}
    return Outcome.PARTIAL if shut else Outcome.READ


def named_for(entry: ObjectType) -> set[str]:
    return set(entry.read_scopes).union(*(scopes for _, scopes in parts(entry)))


def as_before(now: TypeResult, before: TypeResult) -> bool:
    """The same objects, nothing about them changed, nothing missing that was there."""
    same = [gap.code for gap in now.gaps] == [gap.code for gap in before.gaps]
    counted = now.log is not None or now.objects == before.objects
    return same and counted and not (now.created or now.updated or now.deleted)


def check_permission(results: Results, first: Manifest, revoked: set[str]) -> None:
    expected = {key: without(TYPES[key], revoked) for key in results}
    assert {key: result.outcome for key, result in results.items()} == expected
    for key, result in results.items():
        if expected[key] is first.types[key].outcome:
            assert as_before(result, first.types[key]), (key, result)
            continue
        lacking = named_for(TYPES[key]) & revoked
        assert any(scope in gap.remedy for scope in lacking for gap in result.gaps), (key, result.gaps)
        assert {gap.code for gap in result.gaps} <= {"permissionMissing", *TOLD.get(key, ())}
        assert (result.created, result.deleted) == (0, 0)
        assert result.objects == (first.types[key].objects if expected[key] is Outcome.PARTIAL else 0)


@pytest.mark.parametrize("scope", sorted(read_permissions(ENTRIES).keys() - {HIDDEN_MEMBERS.scope}))
async def test_without_a_permission_the_types_that_name_it_say_so(
    company: Company, first: Manifest, scope: str
) -> None:
    revoked = {scope, *WIDER.get(scope, ())}
    await company.tenant.switch(revoked=sorted(revoked))
    results = await company.attempt(*(entry for entry in ENTRIES if scope in named_for(entry) or entry.key in WATCHED))
    check_permission(results, first, revoked)
    changed = [result for key, result in results.items() if result.outcome is not first.types[key].outcome]
    told = any(scope in gap.remedy for result in changed for gap in result.gaps)
    assert told is (scope not in WITHOUT_EFFECT)


async def test_members_that_nobody_may_see_are_not_taken_for_none(azurite: str, tmp_path: Path) -> None:
    """Graph answers with an empty list and says nothing: only the token tells."""
    async with open_company(azurite, tmp_path, lacking=frozenset({HIDDEN_MEMBERS.scope})) as company:
        results = await company.attempt(GROUPS, ADMINISTRATIVE_UNITS)
        assert outcomes(results) == dict.fromkeys(results, Outcome.PARTIAL)
        for entry in (GROUPS, ADMINISTRATIVE_UNITS):
            records = await company.records(results, entry)
            assert any(one["visibility"] == "HiddenMembership" for one in records)
            for one in records:
                known = "members" in one["@relationships"]
                assert known is (one["visibility"] != "HiddenMembership")
            [told] = results[entry.key].gaps
            assert (told.code, HIDDEN_MEMBERS.scope in told.remedy) == ("permissionMissing", True)


@pytest.mark.parametrize("scope", WIDEST)
async def test_without_a_permission_nothing_else_changes(company: Company, first: Manifest, scope: str) -> None:
    await company.tenant.switch(revoked=[scope])
    results = await company.attempt(*ENTRIES)
    check_permission(results, first, {scope})


async def test_without_a_licence_the_types_that_need_it_say_so(company: Company, first: Manifest) -> None:
    """Types that need none are read once, in a tenant that has none at all."""
    every = set().union(*PLANS.values())
    needing = [entry for entry in ENTRIES if entry.licence]
    await company.tenant.switch(licences=[])
    check_licence(await company.attempt(*(one for one in ENTRIES if not one.licence)), first, set())
    for plans in PLANS.values():
        await company.tenant.switch(licences=sorted(every - plans))
        results = await company.attempt(*needing)
        check_licence(results, first, every - plans)
        assert Outcome.UNLICENSED in outcomes(results).values()


def check_licence(results: Results, first: Manifest, held: set[str]) -> None:
    for key, result in results.items():
        entry = TYPES[key]
        lacking = entry.licence and not PLANS[entry.licence] & held and key not in {*CLOSED, *INDIFFERENT}
        if lacking:
            assert (key, result.outcome, result.objects) == (key, Outcome.UNLICENSED, 0)
            assert [gap.code for gap in result.gaps] == ["licenceMissing"]
            assert entry.licence in result.gaps[0].remedy
        else:
            assert (key, result.outcome) == (key, first.types[key].outcome)
            assert as_before(result, first.types[key]) or key == "subscribedSkus"  # which show the licences


@pytest.mark.parametrize("cloud", ["usGov", "usGovDoD", "china"])
async def test_a_cloud_has_what_the_catalogue_says(company: Company, first: Manifest, cloud: str) -> None:
    """All other tests are in the global one. The two of US Government are told apart where anything is said of them."""
    some = [one for one in ENTRIES if one.missing_in or one.missing_properties or one.key in WATCHED]
    await company.tenant.switch(cloud=cloud)
    company.cloud = cloud
    results = await company.attempt(*(some if cloud == "usGovDoD" else ENTRIES))
    lacking = {entry.key for entry in ENTRIES if cloud in entry.missing_in}
    closed = {key: outcome for key, outcome in CLOSED.items() if key in results}
    assert outcomes(results) == {**closed, **dict.fromkeys(lacking, Outcome.UNAVAILABLE)}
    for key in lacking:
        assert (results[key].requests, [gap.code for gap in results[key].gaps]) == (0, ["notInThisCloud"])
        assert cloud in results[key].gaps[0].message
    for key in results.keys() - lacking - CLOSED.keys():
        before = first.types[key]
        assert (key, results[key].gaps and results[key].gaps[0].code) == (key, before.gaps and before.gaps[0].code)
        assert results[key].objects == (0 if key in LOGS else before.objects), key
        assert (results[key].created, results[key].deleted) == (0, 0), key
    assert lacking
    await check_refused(company, cloud)


async def check_refused(company: Company, cloud: str) -> None:
    """Nothing is passed over in a cloud that would have given it."""
    for entry in ENTRIES:
        path = entry.path.replace("{tenant}", company.tenant.tenant_id)
        if cloud in entry.missing_in and entry.key != "userAuthenticationMethods":  # a list of users, all but empty
            reply = await company.http.get(f"/{entry.api}{path}")
            assert (entry.key, reply.status_code) == (entry.key, 400), reply.text
        for name in entry.missing_properties.get(cloud, ()):
            reply = await company.http.get(f"/{entry.api}{path}", params={"$select": name})
            assert (entry.key, name, reply.status_code) == (entry.key, name, 400), reply.text
