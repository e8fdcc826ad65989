"""Laws between the entries and the fixtures. Each walks all types and reports every offender at once."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
import pytest

from functions.catalogue import ENTRIES, TYPES
from functions.catalogue.model import Fetch, Read
from functions.core.plan_registry import rules_of
from functions.core.record import canonical, identity_of
from tests.unit.catalogue.fixture import FOLDER, applies, fixture, objects, present, related, values

ONLY_ONE = {
    "organization",
    "groupLifecyclePolicies",
    "legacyCertificateBasedAuthConfigurations",
}  # lists that never have more than one object
FROM_GRAPH_UNDECLARED = {
    "organization": {"directorySizeQuota"},  # beta documents it; Graph may send it on v1.0
    "roleAssignments": {"resourceScope"},  # Graph sends it and documents it nowhere
}
DOCUMENTED_BUT_NOT_IN_THE_FIXTURE = {
    "roleDefinitions": {"inheritsPermissionsFrom"},  # a navigation: in an answer only when expanded
    "deviceConfigurations": {  # of kinds that the fixture has no object of
        "applyOnlyToWindows81",
        "applyOnlyToWindowsPhone81",
        "featureUpdatesPauseStartDate",
        "preSharedKeyIsSet",
        "qualityUpdatesPauseStartDate",
    },
    "intuneRoleAssignments": {"@odata.type"},  # in a body alone
    "appManagementPolicies": {"deletedDateTime"},  # of every directory object, and never seen on this one
    "lifecycleCustomTaskExtensions": {"replyMode"},  # newer than the fixture
}
# Intune: of many kinds, each with properties of its own; the lists of what is written have all of them
OF_MANY_KINDS = {
    "androidManagedAppProtections",
    "deviceCompliancePolicies",
    "deviceConfigurations",
    "deviceEnrollmentConfigurations",
    "iosManagedAppProtections",
    "mdmWindowsInformationProtectionPolicies",
    "mobileAppConfigurations",
    "mobileApps",
    "windowsManagedAppProtections",
}
# nothing that tells two of them apart: one whose making was interrupted is not looked for, and that is said
NAMELESS = {"accessPackageAssignmentPolicies", "authenticationEventListeners", "accessPackageAssignments"}
SCOPE_TAGS = {"roleScopeTagIds", "roleScopeTags"}  # whose ids are small numbers


def test_every_type_has_a_fixture_and_every_fixture_a_type():
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(TYPES)


def test_fixtures_have_the_shape_of_graph():
    offenders = []
    for entry in ENTRIES:
        pages = fixture(entry.key)["pages"]
        if entry.read is Read.ONE:
            offenders += [(entry.key, "one object") for page in pages if "value" in page or len(pages) != 1]
            continue
        if pages[-1].get("@odata.nextLink"):
            offenders.append((entry.key, "the last page has a next link"))
        for page in pages:
            root = f"https://graph.microsoft.com/{entry.api}/$metadata#"
            if not str(page.get("@odata.context", "")).startswith(root):
                offenders.append((entry.key, "context"))
            if not isinstance(page.get("value"), list):
                offenders.append((entry.key, "value"))
    assert offenders == []


def test_a_type_that_is_paged_has_two_pages_or_more():
    offenders = [entry.key for entry in ENTRIES if entry.page_size and len(fixture(entry.key)["pages"]) < 2]
    assert offenders == []


def test_ids_are_unique_and_match_the_pattern_of_the_type():
    offenders = []
    for entry in ENTRIES:
        found = [identity_of(msgspec.json.encode(item), entry) for item in objects(entry.key)]
        offenders += [(entry.key, name) for name in found if not re.fullmatch(entry.id_pattern, name)]
        least = 1 if entry.key in ONLY_ONE or entry.read is Read.ONE else 2
        if len(found) < least or len(set(found)) != len(found):
            offenders.append((entry.key, "count"))
    assert offenders == []


def test_the_request_of_the_fixture_is_the_one_the_entry_makes():
    offenders = []
    for entry in ENTRIES:
        method, _, url = fixture(entry.key)["request"].partition(" ")
        query = {name: value for name, [value] in parse_qs(urlsplit(url).query).items()}
        expected = {"$select": ",".join(entry.select)} if entry.select else {}
        expected |= {"$filter": entry.filter} if entry.filter else {}
        inside = entry.expand if entry.read is not Read.EACH else ()  # expanded in the single reads
        expected |= {"$expand": ",".join(inside)} if inside else {}
        expected |= {"$top": str(entry.page_size)} if entry.page_size else {}
        if entry.read is Read.LOG:
            query.pop("$filter", None)
        if (method, unquote(urlsplit(url).path), query) != ("GET", f"/{entry.api}{entry.path}", expected):
            offenders.append((entry.key, url, query, expected))
    assert offenders == []


def test_what_is_read_one_by_one_has_each_object_whole():
    offenders = []
    for entry in ENTRIES:
        if entry.read is not Read.EACH:
            continue
        listed = [item for page in fixture(entry.key)["pages"] for item in page["value"]]
        asked = [item["id"] for item in listed if not entry.only_with or item[entry.only_with] != []]
        if sorted(fixture(entry.key)["details"]) != sorted(asked) or (entry.only_with and len(asked) == len(listed)):
            offenders.append(entry.key)
    assert offenders == []


def test_children_have_their_parents_beside_them():
    offenders = []
    for entry in ENTRIES:
        if entry.read is Read.CHILDREN:
            parents = [item for page in fixture(entry.key)["parents"] for item in page["value"]]
            if not parents or any(entry.parent_id not in parent for parent in parents):
                offenders.append(entry.key)
    assert offenders == []


def test_what_is_selected_is_answered_and_nothing_else():
    offenders = {}
    for entry in ENTRIES:
        for item in objects(entry.key):
            inside = {name.partition("(")[0] for name in entry.expand}
            names = {name for name in item if "@" not in name} - inside
            if entry.select and entry.read is not Read.EACH and (difference := names ^ set(entry.select)):
                offenders[entry.key] = sorted(difference)
    assert offenders == {}


def test_properties_that_come_unasked_are_explained():
    """Where a type takes no $select, each property in the fixture is declared writable, read-only or volatile."""
    offenders = {}
    for entry in ENTRIES:
        if entry.select or not entry.restore:
            continue
        known = entry.read_only | entry.volatile | entry.restore.create | entry.restore.update
        known |= rules_of(entry.key).watched
        if unknown := {name for item in objects(entry.key) for name in item if "@odata." not in name} - known:
            offenders[entry.key] = sorted(unknown)
    assert offenders == {}


def test_declared_paths_lead_somewhere():
    offenders = []
    for entry in ENTRIES:
        paths = {*entry.volatile, *entry.ordered, *entry.references, *entry.aliases, *entry.natural_keys}
        paths |= {entry.name} if entry.read is not Read.ONE else set()
        paths |= entry.read_only
        paths |= {name.partition("(")[0] for name in entry.expand}
        if entry.restore and entry.key not in OF_MANY_KINDS:
            paths |= entry.restore.create | entry.restore.update
        paths -= {name for extra in entry.extras for name in extra.select}
        paths -= DOCUMENTED_BUT_NOT_IN_THE_FIXTURE.get(entry.key, set())
        offenders += [(entry.key, path) for path in sorted(paths) if not present(entry.key, path)]
    assert offenders == []


def test_what_graph_sends_undocumented_is_declared():
    found = {
        key: [name for name in names if name not in TYPES[key].volatile | TYPES[key].read_only]
        for key, names in FROM_GRAPH_UNDECLARED.items()
    }
    assert {key: names for key, names in found.items() if names} == {}


def test_references_hold_ids_in_some_object():
    offenders = []
    for entry in ENTRIES:
        for path in entry.references:
            if path.startswith("@relationships."):
                _, name, rest = path.split(".", 2)
                found = [value for thing in related(entry.key, name) for value in values(thing, rest)]
            else:
                found = [value for thing in objects(entry.key) for value in values(thing, path)]
            texts = [text for value in found for text in (value if isinstance(value, list) else [value])]
            shape = r"\d+" if path in SCOPE_TAGS else r"[0-9a-f]{8}-[0-9a-f]{4}-"
            if not any(isinstance(text, str) and re.search(shape, text) for text in texts):
                offenders.append((entry.key, path))
    assert offenders == []


def test_natural_keys_tell_the_objects_of_a_fixture_apart():
    offenders = []
    for entry in ENTRIES:
        found = [tuple(map(str, (item[name] for name in entry.natural_keys))) for item in objects(entry.key)]
        if entry.natural_keys and len(set(found)) != len(found):
            offenders.append(entry.key)
        if entry.select and entry.read is not Read.EACH and not set(entry.natural_keys) <= set(entry.select):
            offenders.append(entry.key)
        found_again = entry.natural_keys or entry.key in NAMELESS or (entry.restore and entry.restore.keeps_id)
        if entry.restore and entry.restore.create and not found_again:
            offenders.append(entry.key)
    assert offenders == []


def test_every_relationship_has_answers_in_its_own_way_of_fetching():
    offenders = []
    for entry in ENTRIES:
        answers = fixture(entry.key)["relationships"]
        if set(answers) != {link.name for link in entry.relationships}:
            offenders.append((entry.key, sorted(answers)))
        for link in entry.relationships:
            have = answers.get(link.name, {})
            if ("expand" in have) is not (link.fetch is Fetch.EXPAND):
                offenders.append((entry.key, link.name))
            asked = [
                identity_of(msgspec.json.encode(item), entry) for item in objects(entry.key) if applies(link, item)
            ]
            pages = have.get("expand", ())
            seen = [item["id"] for page in pages for item in page["value"]] or list(have.get("batch", ()))
            if sorted(seen) != sorted(asked):
                offenders.append((entry.key, f"{link.name} of every object"))
            if link.fetch is not Fetch.STREAM and not any(True for _ in related(entry.key, link.name)):
                offenders.append((entry.key, f"{link.name} is empty everywhere"))
    assert offenders == []


def test_an_expansion_that_reached_the_cap_has_the_whole_list_beside_it():
    members = fixture("groups")["relationships"]["members"]
    capped = [item["id"] for page in members["expand"] for item in page["value"] if len(item["members"]) >= 20]
    assert capped
    assert sorted(members["batch"]) == sorted(capped)
    for pages in members["batch"].values():
        assert len(pages) > 1
        whole = [item for page in pages for item in page["value"]]
        assert len(whole) > 20
        assert any(item["@odata.type"] == "#microsoft.graph.servicePrincipal" for item in whole)


def test_fixtures_have_what_a_canonical_form_has_to_cope_with():
    policies = msgspec.json.encode(objects("conditionalAccessPolicies")).decode()
    assert "authenticationStrength@odata.context" in policies
    assert "combinationConfigurations@odata.context" in policies
    text = "".join(msgspec.json.encode(objects(key)).decode() for key in TYPES)
    for needle in (":null", ":[]", ":{", '"@odata.type":', '""'):
        assert needle in text
    assert any(page["value"] == [] and "@odata.nextLink" in page for key in TYPES for page in fixture(key)["pages"])


@pytest.mark.parametrize("key", TYPES)
def test_the_shuffled_twin_of_an_object_gives_the_same_record(key):
    entry = TYPES[key]
    twins = {identity_of(msgspec.json.encode(item), entry): item for item in fixture(key)["shuffled"]}
    originals = {identity_of(msgspec.json.encode(item), entry): item for item in objects(key)}
    assert sorted(twins) == sorted(originals)
    for identity, item in originals.items():
        first = canonical(msgspec.json.encode(item), entry)
        second = canonical(msgspec.json.encode(twins[identity]), entry)
        assert second._replace(volatile=None) == first._replace(volatile=None)
    assert any(list(twins[identity]) != list(item) for identity, item in originals.items())


@pytest.mark.parametrize("key", [key for key, entry in TYPES.items() if entry.volatile])
def test_a_volatile_property_makes_no_other_record(key):
    entry = TYPES[key]
    for item in objects(key):
        moved = {name: "moved" if name in entry.volatile else value for name, value in item.items()}
        assert canonical(msgspec.json.encode(moved), entry).data == canonical(msgspec.json.encode(item), entry).data


@pytest.mark.parametrize("key", [key for key, entry in TYPES.items() if entry.read is not Read.ONE])
def test_a_record_has_a_name_people_can_search(key):
    entry = TYPES[key]
    named = [canonical(msgspec.json.encode(item), entry).name for item in objects(key)]
    assert all(named), named
