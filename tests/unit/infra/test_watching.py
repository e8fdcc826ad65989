"""Alerts, workbook and their page: every query parses, names what the app logs, and fires when it should and only then;
every rule tells somebody, and has a section in docs/watching.md."""

import importlib.util
import json
import logging
import re

import pytest

from functions.api.table import CALLS
from tests.unit.infra.bicep_text import INFRA, read
from tests.unit.infra.queries import ALERTS, ROOT, WORKBOOK, emitted, events, filled, keys, line, parsed, run

QUERIES = {**{f"alerts/{name}": text for name, text in ALERTS.items()}, **WORKBOOK}
BICEP = read(INFRA / "modules" / "alerts.bicep")
RULES = {rule["key"]: rule for rule in BICEP.variables["rules"]}
WATCH = read(INFRA / "modules" / "activity-alerts.bicep")
ACTIVITIES = {rule["key"]: rule for rule in WATCH.variables["activities"]}
PAGE = (ROOT / "docs" / "watching.md").read_text(encoding="utf-8")
_WINDOWS = {"PT15M", "PT1H", "P1D", "P2D"}  # of those that the service takes

RUN, OLDER = "2026-11-22T020000Z", "2026-11-21T140000Z"
COMMITTED = line(
    "info", "run.committed", run=RUN, types=116, whole=115, objects=5782, created=3, updated=4, deleted=5, requests=306,
    units=900, throttled=1.5, seconds=90.0, alerts=1,
)  # fmt: skip
STARTED = line("info", "run.started", run=OLDER, types=116, by="timer")
FAILED = line("error", "run.failed", run=OLDER, error="The table said 503 Busy: it stays so")
USERS = line(
    "info", "type.result", run=RUN, type="users", outcome="partial", objects=2000, created=1, updated=2, deleted=3,
    requests=50, units=80, throttled=1.5, seconds=12.25, gaps=2, codes="missingRelationship,notListed",
)  # fmt: skip
GROUPS = line(
    "info", "type.result", run=RUN, type="groups", outcome="read", objects=40, created=0, updated=0, deleted=0,
    requests=4, units=9, throttled=0.0, seconds=2.0, gaps=0, codes="none",
)  # fmt: skip
BEFORE = line(
    "info", "type.result", run=OLDER, type="users", outcome="read", objects=1900, created=0, updated=0, deleted=0,
    requests=50, units=80, throttled=0.0, seconds=12.0, gaps=0, codes="none",
)  # fmt: skip
VERIFIED = line("info", "verify.ended", depth="readable", runs=3, findings=0, seconds=4.5)
PRUNED = line("info", "retention.ended", mode="prune", due=2, removed=1, kept=1, seconds=3.0)
KEPT = line("info", "retention.kept", run=OLDER, reason="immutable until it is older")
READ = line("info", "api.call", call="list_backups", status=200, code="none", ms=12)
DENIED = [line("info", "api.call", call="list_backups", status=403, code="missingRole", ms=ms) for ms in range(21)]
APPLIED = line("info", "api.call", call="apply_plan", status=202, code="none", ms=40)
NOT_APPLIED = line("info", "api.call", call="apply_plan", status=409, code="planChanged", ms=40)
PLANNED = line("info", "restore.planned", plan="p1", items=1, steps=2, gaps=0)
ENDED = line("info", "restore.ended", plan="p1", state="applied", done=2, steps=2)
QUIET = {text: 0.2 for text in (COMMITTED, STARTED, USERS, GROUPS, VERIFIED, PRUNED, KEPT, READ, NOT_APPLIED)}


def warned(code: str) -> str:
    return line("warning", "run.alert", run=RUN, code=code, type="users")


CAUSES = {
    "runFailed": [FAILED],
    "typeFailedAgain": [warned("typeFailedAgain")],
    "permissionLost": [warned("permissionLost")],
    "massDeletion": [warned("manyDeleted")],
    "massChange": [warned("manyChanged")],
    "damaged": [line("error", "verify.finding", code="blobAltered", run=OLDER, type="users")],
    "retentionRefused": [line("warning", "retention.refused", reason="the newest complete run would go")],
    "crashed": [line("error", "activity.crashed", activity="backup_type", error="ValueError", reason="it says so")],
    "refusedCalls": DENIED,
    "restorePlanned": [PLANNED],
    "restoreApplied": [APPLIED],
}


def fires(key: str, lines: dict[str, float]) -> bool:
    """What the service does: adds `n` up, for each value of the dimension, and compares."""
    rule = RULES[key]
    threshold = BICEP.params["refusedCalls"].default if rule["threshold"] == "refusedCalls" else rule["threshold"]
    rows = run(filled(ALERTS[key]), lines)
    sums: dict[object, int] = {}
    for row in rows:
        at = row[rule["dimension"]] if rule["dimension"] else ""
        sums[at] = sums.get(at, 0) + row["n"]
    compare = {"LessThan": int.__lt__, "GreaterThan": int.__gt__}[rule["operator"]]
    return any(compare(total, threshold) for total in sums.values())


@pytest.mark.parametrize("name", QUERIES)
def test_every_event_and_key_of_a_query_is_logged(name):
    told = emitted()
    looked = events(QUERIES[name])
    assert looked, "a query that looks for no event"
    assert looked - told.keys() == set()
    assert keys(QUERIES[name]) <= {key for event in looked for key in told[event]}


def test_every_query_parses_and_gives_what_its_rule_reads():
    found = parsed({name: filled(text) for name, text in QUERIES.items()})
    assert {name: one["problems"] for name, one in found.items() if one["problems"]} == {}
    for key, rule in RULES.items():
        columns = found[f"alerts/{key}"]["columns"]
        dimension = {rule["dimension"]: "string"} if rule["dimension"] else {}
        assert columns.items() >= ({"n": "long"} | dimension).items(), key
    broken = parsed(
        {"a": "traces | where mesage has 'x'", "b": "traces | summarize n = cont()", "c": "traces | where ("}
    )
    assert all(one["problems"] for one in broken.values()), "the parser lets anything through"


@pytest.mark.parametrize("key", CAUSES)
def test_an_alert_fires_for_its_cause_alone(key):
    assert not fires(key, QUIET)
    assert not fires(key, {})
    assert fires(key, QUIET | dict.fromkeys(CAUSES[key], 0.1))
    others = {text: 0.1 for other, lines in CAUSES.items() if other != key for text in lines}
    assert not fires(key, QUIET | others)


def test_further_causes_fire():
    assert fires("massDeletion", {warned("dropConfirmed"): 0.1})
    assert fires("damaged", {warned("manifestMissing"): 0.1})
    assert fires("restoreApplied", {ENDED: 0.1})
    assert fires("runFailed", {line("warning", "run.buried", run=OLDER): 0.1})
    assert not fires("refusedCalls", dict.fromkeys(DENIED[:20], 0.1))


@pytest.mark.parametrize(("key", "sign"), [("noCommittedRun", COMMITTED), ("verifyNotRun", VERIFIED)])
def test_silence_fires(key, sign):
    assert fires(key, {})
    assert fires(key, {sign: 26.1, STARTED: 0.1})
    assert not fires(key, {sign: 25.9})
    assert RULES[key]["silence"] is True


def test_every_rule_reads_a_query_of_its_own_and_tells_somebody():
    assert RULES.keys() == ALERTS.keys() == {*CAUSES, "noCommittedRun", "verifyNotRun"}
    for key, rule in RULES.items():
        assert re.findall(r"loadTextContent\('([^']+)'\)", rule["query"]) == [f"../queries/alerts/{key}.kql"]
        assert rule["severity"] in range(5)
        assert len(rule["title"]) > 8
        assert rule["description"].endswith(".")
        assert ("{hours}" in ALERTS[key]) is rule["silence"] is (rule["operator"] == "LessThan")
    rules = BICEP.resource("logRules").body["properties"]
    activities = WATCH.resource("activityRules").body["properties"]
    assert rules["actions"] == {"actionGroups": ["group.id"]}
    assert activities["actions"] == {"actionGroups": [{"actionGroupId": "group.id"}]}
    for properties in (rules, activities):
        assert properties["enabled"] is True
        assert "${rule.description}" in properties["description"]
    assert set(re.findall(r"'(P\w+)'", rules["windowSize"] + rules["evaluationFrequency"])) <= _WINDOWS
    for name in ("backupHours", "verifyHours"):
        assert BICEP.params[name].decorators["maxValue"] == [48], "P2D is the longest look back"


def operations(rule: dict[str, list[dict[str, str]]]) -> list[str]:
    """What a rule of the activity log looks for."""
    assert all(set(one) == {"field", "equals"} and one["field"] == "operationName" for one in rule["operations"])
    return [one["equals"] for one in rule["operations"]]


def test_activity_rules_name_operations():
    for rule in ACTIVITIES.values():
        assert rule["description"].endswith(".")
        assert all(re.fullmatch(r"Microsoft\.\w+(/\w+)+/(write|delete|action)", one) for one in operations(rule))
    named = [one for rule in ACTIVITIES.values() for one in operations(rule)]
    assert len(named) == len(set(named))


def test_what_protects_the_backups_is_watched_from_beside_them():
    """Whoever may change the app alone cannot remove these rules or their receivers; and they outlive the app."""
    group = read(INFRA / "group.bicep")
    module = group.module("activityAlerts")
    assert module.body["scope"] == "resourceGroup(backupGroupName)"
    assert module.body["params"]["appGroupId"] == "resourceGroup().id"
    assert group.module("alerts").body.get("scope") is None
    properties = WATCH.resource("activityRules").body["properties"]
    assert properties["scopes"] == ["rule.app ? appGroupId : resourceGroup().id"]
    of_the_app = {key for key, rule in ACTIVITIES.items() if rule["app"]}
    assert of_the_app == {"identityFederated", "watchingRemoved"}
    assert "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write" in operations(
        ACTIVITIES["identityFederated"]
    )
    assert "name" in str(WATCH.resource("group").body["name"]), "two installations may share the group"


def test_words_in_queries_are_those_of_the_code():
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "functions").rglob("*.py"))
    codes = {word for name in ALERTS for found in re.findall(r"code in \(([^)]*)\)", ALERTS[name]) for word in
             re.findall(r'"(\w+)"', found)}  # fmt: skip
    assert {"manyDeleted", "manifestMissing", "typeFailedAgain"} <= codes
    assert {code for code in codes if f'"{code}"' not in source} == set()
    [called] = re.findall(r"call in \(([^)]*)\)", ALERTS["restoreApplied"])
    assert set(re.findall(r'"(\w+)"', called)) <= CALLS.keys()


def test_the_page_has_a_section_for_each_rule():
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
    assert sections.keys() == RULES.keys() | ACTIVITIES.keys()
    for key, text in sections.items():
        assert "First:" in text, key
        assert "Try it:" in text, key
        if key in RULES:
            assert re.findall(r"^Severity (\d)", text, re.MULTILINE) == [str(RULES[key]["severity"])], key


def test_the_workbook_holds_the_queries():
    place = INFRA / "scripts" / "workbook.py"
    spec = importlib.util.spec_from_file_location("workbook", place)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    text = (INFRA / "modules" / "workbook.json").read_text(encoding="utf-8")
    assert text == script.text(), "run `python infra/scripts/workbook.py`"
    shown = [item for item in json.loads(text)["items"] if item["type"] == 3]
    assert {item["name"]: item["content"]["query"] for item in shown} == WORKBOOK
    assert text.count("{backupStorageId}") == 1
    assert "{backupStorageId}" in (INFRA / "modules" / "workbook.bicep").read_text(encoding="utf-8")


def test_what_the_workbook_shows():
    lines = {STARTED: 13.0, BEFORE: 12.5, FAILED: 12.0, USERS: 0.3, GROUPS: 0.3, COMMITTED: 0.2, warned("x"): 0.2}
    newest, older = run(WORKBOOK["runs"], lines)
    assert (newest["run"], newest["state"], newest["minutes"], newest["whole"]) == (RUN, "committed", 1.5, 115)
    assert (newest["created"], newest["updated"], newest["deleted"], newest["throttled"]) == (3, 4, 5, 1.5)
    assert (older["run"], older["state"]) == (OLDER, "failed")
    users, groups = run(WORKBOOK["types"], lines)
    assert (users["type"], users["outcome"], users["objects"], users["gaps"]) == ("users", "partial", 2000, 2)
    assert (groups["type"], groups["seconds"], groups["throttled"]) == ("groups", 2.0, 0.0)
    [slow] = run(WORKBOOK["throttled"], lines)
    assert (slow["type"], slow["throttled"], slow["runs"]) == ("users", 1.5, 2)
    [alert] = run(WORKBOOK["alerts"], lines)
    assert (alert["run"], alert["code"], alert["type"]) == (RUN, "x", "users")
    [part] = run(WORKBOOK["incomplete"], lines)
    assert (part["type"], part["outcome"], part["newest"], part["runs"]) == ("users", "partial", RUN, 1)
    assert part["codes"] == users["codes"] == "missingRelationship,notListed"
    further = {VERIFIED: 0.1, PRUNED: 0.1, KEPT: 0.1, PLANNED: 0.2, ENDED: 0.1, READ: 0.1, CAUSES["damaged"][0]: 0.1}
    verified = run(WORKBOOK["verify"], further | {line("error", "verify.failed", depth="present", error="x y"): 0.2})
    assert [(row["state"], row["seconds"]) for row in verified] == [("done", 4.5), ("failed", None)]
    assert run(WORKBOOK["findings"], further)[0]["code"] == "blobAltered"
    assert run(WORKBOOK["retention"], further)[0]["removed"] == 1
    assert run(WORKBOOK["retentionRuns"], further)[0]["reason"] == "immutable until it is older"
    assert [row["what"] for row in run(WORKBOOK["restores"], further)] == ["restore.ended", "restore.planned"]
    assert run(WORKBOOK["calls"], further)[0]["call"] == "list_backups"


def test_lines_are_not_sampled_away_and_libraries_keep_quiet():
    host = json.loads((ROOT / "host.json").read_text(encoding="utf-8"))
    sampling = host["logging"]["applicationInsights"]["samplingSettings"]
    assert "Trace" in sampling["excludedTypes"].split(";")
    for name in ("azure.core.pipeline.policies.http_logging_policy", "azure.identity.aio", "httpx"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)
