"""What is contained in an object, and links that are written at the other end or by an address of their own."""

from dataclasses import replace

import pytest

from functions.core.calls import token
from functions.core.plan import LiveState
from tests.unit.restore.entries import ANN, BOB, FRAME, GONE, GROUPS, ME, NEW, calls, group, guid, live, planned
from tests.unit.restore.kinds import APPLICATIONS, CLAIMS, PACKAGES

NAME = "federatedIdentityCredentials"
BELOW = f"/applications/{ME}/{NAME}"


def credential(name="deploy", identity="c1", **more):
    return {"id": identity, "name": name, "issuer": "https://i.example", "subject": "repo:a", **more}


def app(*credentials, **more):
    relationships = {NAME: list(credentials), "owners": []}
    return {"id": ME, "appId": NEW, "displayName": "Payroll", "@relationships": relationships, **more}


def there(*credentials):
    return LiveState(id=ME, standing="live", object=app(), parts={NAME: credentials})


def test_equal_parts_need_nothing_whatever_their_ids():
    made = planned(APPLICATIONS, app(credential()), there(credential(identity="other")), mode="exact")
    assert made.steps == ()
    assert made.gaps == ()


def test_a_missing_part_is_made_of_what_may_be_written():
    made = planned(APPLICATIONS, app(credential(createdDateTime="x")), there())
    (step,) = made.steps
    assert (step.action, step.method, step.path) == ("addPart", "POST", BELOW)
    assert step.body == {"name": "deploy", "issuer": "https://i.example", "subject": "repo:a"}
    assert (step.link, step.serial) == (NAME, "applications")
    assert step in made["object"].steps


def test_a_part_that_differs_is_changed_at_the_address_it_has_now():
    made = planned(APPLICATIONS, app(credential()), there(credential(identity="other", subject="repo:b")))
    (step,) = made.steps
    assert (step.action, step.method, step.path) == ("changePart", "PATCH", f"{BELOW}/other")
    assert (step.body, step.before, step.part) == ({"subject": "repo:a"}, {"subject": "repo:b"}, "other")


def test_a_part_that_was_not_there_goes_in_exact_alone_and_after_all_else():
    record, state = app(credential()), there(credential("extra", "c2"))
    assert [step.action for step in planned(APPLICATIONS, record, state).steps] == ["addPart"]
    made = planned(APPLICATIONS, record, state, mode="exact")
    assert calls(made) == [("POST", BELOW), ("DELETE", f"{BELOW}/c2")]
    assert made.steps[1] in made["removals"].steps
    assert made.steps[1].danger == "elevated"


def test_a_part_that_may_not_be_removed_is_told():
    relationship = APPLICATIONS.relationships[0]
    fixed = replace(relationship, part=replace(relationship.part, removable=False))
    entry = replace(APPLICATIONS, relationships=(fixed, *APPLICATIONS.relationships[1:]))
    made = planned(entry, app(), there(credential("extra", "c2")), mode="exact")
    assert made.steps == ()
    assert "extra" in made.gaps[0].what


def test_parts_that_were_not_read_are_never_removed_or_doubled():
    record = app()
    del record["@relationships"][NAME]
    made = planned(APPLICATIONS, record, there(credential()), mode="exact")
    assert made.steps == ()
    assert NAME in made.gaps[0].what
    made = planned(APPLICATIONS, app(credential()), LiveState(id=ME, standing="live", object=app()))
    assert made.steps == ()
    assert NAME in made.gaps[0].what


def test_parts_of_a_new_object_are_made_below_it():
    made = planned(APPLICATIONS, app(credential()), GONE)
    assert calls(made) == [("POST", "/applications"), ("POST", f"/applications/{token(ME)}/{NAME}")]


def test_a_part_without_what_graph_asks_for_is_told_and_the_rest_is_made():
    made = planned(APPLICATIONS, app(credential(subject=None), credential("b", "c2")), there())
    assert [step.body["name"] for step in made.steps] == ["b"]
    assert "subject" in made.gaps[0].why


def test_a_part_made_at_its_own_address():
    relationship = APPLICATIONS.relationships[0]
    named = replace(relationship, part=replace(relationship.part, makes="PUT", identity="name", path="locales"))
    entry = replace(APPLICATIONS, relationships=(named,))
    (step,) = planned(entry, app(credential()), there()).steps
    assert (step.method, step.path) == ("PUT", f"/applications/{ME}/locales/deploy")


def test_a_part_that_names_what_is_not_made_yet_waits_for_it():
    entry = replace(APPLICATIONS, references=(f"@relationships.{NAME}.subject",))
    made = planned(entry, app(credential(subject=f"repo:{BOB}")), there(), ids={BOB: token(BOB)})
    assert [item.scope for item in made.items if item.steps] == ["links"]
    assert made.steps[0].body["subject"] == f"repo:{token(BOB)}"


def test_only_chosen_parts_are_written():
    made = planned(APPLICATIONS, app(credential(), notes="x"), there(), relationships=frozenset({"owners"}))
    assert made.steps == ()
    made = planned(APPLICATIONS, app(credential(), notes="x"), there(), relationships=frozenset({NAME}))
    assert [step.action for step in made.steps] == ["addPart"]


def test_twenty_links_go_in_one_call():
    people = tuple(guid(number) for number in range(100, 145))
    made = planned(GROUPS, group(people), live(group()))
    assert [len(step.targets) for step in made.steps] == [20, 20, 5]
    assert sorted(target for step in made.steps for target in step.targets) == sorted(people)
    assert {step.needs for step in made.steps} == {("Group.ReadWrite.All", "GroupMember.ReadWrite.All")}


def test_a_link_written_at_the_other_end():
    record = {"id": ME, "displayName": "P", "@relationships": {"appliesTo": [{"id": ANN, "type": "servicePrincipal"}]}}
    state = LiveState(id=ME, standing="live", object=record)
    (step,) = planned(CLAIMS, record, state).steps
    assert (step.method, step.path) == ("POST", f"/servicePrincipals/{ANN}/claimsMappingPolicies/$ref")
    assert step.body == {"@odata.id": f"{FRAME.graph_url}/v1.0/policies/claimsMappingPolicies/{ME}"}
    gone = planned(CLAIMS, record, GONE, ids={ANN: token(ANN)})
    assert gone.steps[-1].path == f"/servicePrincipals/{token(ANN)}/claimsMappingPolicies/$ref"
    assert gone.steps[-1].body == {"@odata.id": f"{FRAME.graph_url}/v1.0/policies/claimsMappingPolicies/{token(ME)}"}
    none = {**record, "@relationships": {"appliesTo": []}}
    held = planned(CLAIMS, none, live(none, appliesTo=(ANN,)), mode="exact")
    assert calls(held) == [("DELETE", f"/servicePrincipals/{ANN}/claimsMappingPolicies/{ME}/$ref")]


@pytest.mark.parametrize(
    ("link", "kind", "address"),
    [
        ("incompatibleGroups", "group", f"/groups/{ANN}"),
        ("incompatibleAccessPackages", "accessPackage", f"{PACKAGES.restore.collection}/{ANN}"),
    ],
)
def test_outside_the_directory_a_target_goes_by_its_own_collection(link, kind, address):
    record = {"id": ME, "displayName": "P", "@relationships": {link: [{"id": ANN, "type": kind}]}}
    step = planned(PACKAGES, record, LiveState(id=ME, standing="live", object=record)).steps[0]
    assert step.path == f"{PACKAGES.restore.collection}/{ME}/{link}/$ref"
    assert step.body == {"@odata.id": f"{FRAME.graph_url}/v1.0{address}"}


def test_the_digest_moves_with_what_is_contained():
    first = planned(APPLICATIONS, app(), there())["object"].digest
    assert planned(APPLICATIONS, app(), there(credential()))["object"].digest != first
    other = frozenset({"owners"})
    assert (
        planned(APPLICATIONS, app(), there(), relationships=other)["object"].digest
        == planned(APPLICATIONS, app(), there(credential()), relationships=other)["object"].digest
    )
