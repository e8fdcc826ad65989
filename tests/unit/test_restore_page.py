"""docs/restore.md says what the code does: its examples are taken as they stand, its names are those of the API."""

import json
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from functions.api.bodies import read_body
from functions.api.codes import CODES
from functions.api.plan_answers import ItemAnswer, LossAnswer, PlanAnswer, PlanStarted, StepAnswer
from functions.api.plan_body import Changes, MakePlan, ObjectRef
from functions.api.table import CALLS
from functions.catalogue import TYPES
from functions.core.plan import Action, Danger, Origin, Pass, Standing
from functions.settings import Settings
from functions.storage.plans import PlanState
from functions.storage.restores import StepOutcome

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "restore.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
DEFAULTS = {
    "BACKUP_TIME_BUDGET_SECONDS": "time_budget",
    "GRAPH_RETRY_LIMIT": "graph_retry_limit",
    "GRAPH_TIMEOUT_SECONDS": "graph_timeout",
    "PLAN_LIFETIME_SECONDS": "plan_lifetime",
    "RESTORE_PARALLEL": "restore_parallel",
    "RESTORE_SETTLE_READS": "settle_reads",
    "RESTORE_SETTLE_SECONDS": "settle_interval",
    "RESTORE_WRITES_PER_150_SECONDS": "restore_writes",
}
RUN, ID = "2026-11-20T140000Z", "8a1d1d4e-8a5f-4a1e-9a34-6f0c52a7f001"
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", "")
GIVEN = {"ID": ID, "GROUP": ID, "RUN": RUN, "NEWEST": "2026-11-22T020000Z", "PLAN": ID, "type": "users", "page": "1"}


def put_in(text: str) -> str:
    """What the shell makes of the variables of the examples."""
    return re.sub(r"'?\$(\w+)'?", lambda match: GIVEN[match[1]], text)


def calls() -> list[tuple[str, str, str]]:
    """Method, path with query, and body of each curl on the page."""
    found = []
    for line in SHELL.splitlines():
        for call in re.findall(r"curl -s .*?(?=\||$)", line):
            method = "POST" if "-X POST" in call else "GET"
            url = re.search(r'\$APP/api/([^"]*)"', call)
            assert url, call
            body = re.search(r"-d '(.*)'", call)
            found.append((method, put_in(url[1]), put_in(body[1]) if body else ""))
    return found


def route_of(method: str, path: str) -> str:
    """The name of the call that answers, "" where none does."""
    for call in CALLS.values():
        if call.method == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", call.route), path):
            return call.name
    return ""


def bodies() -> list[str]:
    return [body for method, path, body in calls() if route_of(method, path) == "make_plan"]


def names(struct: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(struct)}


def lacking(words: set[str]) -> set[str]:
    return {word for word in words if f"`{word}`" not in PAGE and f'`"{word}"' not in PAGE}


def test_every_call_of_the_examples_is_one_of_the_api():
    told = calls()
    assert len(told) > 30
    for method, url, _ in told:
        path, _, query = url.partition("?")
        name = route_of(method, path)
        assert name, f"{method} {url} is no call of the API"
        allowed = {one.partition(":")[0] for one in CALLS[name].query}
        assert {part.partition("=")[0] for part in query.split("&") if part} <= allowed, url


@pytest.mark.parametrize("body", bodies())
def test_every_plan_of_the_examples_is_taken(body: str):
    read_body(body.encode(), "application/json", MakePlan).checked(TYPES)


def test_the_examples_show_every_scope():
    asked = [set(json.loads(body)) for body in bodies()]
    for scope in (
        {"type", "id"},
        {"objects"},
        {"type", "all"},
        {"changes"},
        {"tenant"},
        {"properties"},
        {"relationships"},
    ):
        assert any(scope <= fields for fields in asked), scope
    assert any({"sourceTenant", "crossTenant"} <= fields for fields in asked)


def test_every_call_about_plans_is_on_the_page():
    used = {route_of(method, url.partition("?")[0]) for method, url, _ in calls()}
    assert {name for name, call in CALLS.items() if call.route.startswith("restore/")} - used == {"list_plans"}
    assert "`GET /api/restore/plans`" in PAGE


def test_a_plan_can_be_looked_at_and_stopped_while_restore_is_off():
    about = {name: call for name, call in CALLS.items() if call.route.startswith("restore/")}
    assert {name for name, call in about.items() if not call.restores} == {
        "cancel_plan",
        "list_plan_items",
        "list_plans",
        "show_plan",
    }


def test_every_field_of_a_plans_body_is_explained():
    fields = names(MakePlan) | names(Changes) | names(ObjectRef)
    shown = set(re.findall(r'"(\w+)":', SHELL))
    assert fields - shown - {word for word in fields if f"`{word}`" in PAGE or f'`"{word}"' in PAGE} == set()


def test_the_example_of_a_plan_is_one():
    [text] = re.findall(r"```json plan\n(.*?)```", PAGE, re.DOTALL)
    shown = json.loads(text)
    msgspec.convert(shown, PlanAnswer)
    [item] = shown["items"]
    [step] = item["steps"]
    [gap] = item["gaps"]
    whole = {"planning", "sourceTenant", "undoes"} | {"type", "objectId", "liveId", "name", "standing", "run", "steps"}
    assert set(shown) == names(PlanAnswer) - whole, "but for what only some plans have"
    assert (set(item), set(step), set(gap)) == (names(ItemAnswer), names(StepAnswer), names(LossAnswer))


@pytest.mark.parametrize(
    "words",
    [
        {state.value for state in PlanState},
        {outcome.value for outcome in StepOutcome},
        {*get_args(Action), *get_args(Danger)},
        {*get_args(Standing), *get_args(Origin), *get_args(Pass)},
        {"all", "none", "reportOnly", "asRecorded", "add", "exact"},
        {"planning", "undoes", "steps", "nextPage", "left", *names(PlanStarted) - {"planId"}},
        {"passwordsAlreadyIssued", "otherCaller", "liveObjectMoved", "writeUnverified"} & set(CODES),
    ],
    ids=("states", "outcomes", "steps", "items", "options", "answers", "codes"),
)
def test_every_word_of_an_answer_is_explained(words: set[str]):
    assert lacking(words) == set()


def test_operations_has_every_event_and_every_default():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "functions").rglob("*.py"))
    events = set(re.findall(r'log\.\w+\(\s*"(restore\.\w+)"', sources))
    assert "restore.ended" in events
    assert {event for event in events if f"`{event}`" not in OPERATIONS} == set()
    told = dict(re.findall(r"^\| `([A-Z0-9_]+)` \| `?([^`|]+?)`? \|", OPERATIONS, re.MULTILINE))
    defaults = Settings(tenant_id=ID)
    assert {name: float(told[name]) for name in DEFAULTS} == {
        name: getattr(defaults, field) for name, field in DEFAULTS.items()
    }
    assert told["BREAK_GLASS_IDS"] == "–"


def test_every_setting_of_a_restore_is_on_the_page():
    told = {name for name in DEFAULTS if not name.startswith("GRAPH")} | {"RESTORE_ENABLED", "BREAK_GLASS_IDS"}
    assert {name for name in told if f"`{name}`" not in PAGE} == set()
    defaults = Settings(tenant_id=ID)
    assert f"{defaults.restore_writes:,} writes in 150 seconds" in PAGE
    assert defaults.plan_lifetime == 3600, "the page says an hour"
