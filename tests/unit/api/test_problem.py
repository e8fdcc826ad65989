"""Every error has one code, one status and a page that says what to do; a defect tells a caller nothing."""

import ast
import json
import logging
from pathlib import Path

import pytest

from functions import errors
from functions.api import codes, errors_page
from functions.api.problem import problem, refused, unexpected
from functions.errors import CallerError, GraphError, GraphThrottled, LifeboatError

ROOT = Path(__file__).parents[3]


def families() -> list[type[LifeboatError]]:
    found, rest = [], [LifeboatError]
    while rest:
        family = rest.pop()
        found.append(family)
        rest += [child for child in family.__subclasses__() if child.__module__ == errors.__name__]
    return found


@pytest.mark.parametrize("family", families(), ids=lambda family: family.__name__)
def test_every_family_has_a_problem(family: type[LifeboatError]) -> None:
    error = (
        CallerError(400, "invalidRequest", "what happened")
        if family is CallerError
        else family("what happened", remedy="what to do")
    )
    reply = problem(error)
    content = json.loads(reply.body)
    assert reply.content_type == "application/problem+json"
    assert content["code"] == family.code == reply.code
    assert content["status"] == reply.status == codes.CODES[family.code].status
    assert content["detail"] == "what happened"
    assert content["type"] == f"urn:lifeboat:error:{family.code}"
    assert content["title"] == codes.CODES[family.code].title
    assert content["remedy"]


def test_a_caller_error_brings_its_own_status_and_code() -> None:
    reply = problem(CallerError(409, "backupAlreadyRunning", "run x is under way", remedy="Wait"))
    content = json.loads(reply.body)
    assert (reply.status, content["code"], content["remedy"]) == (409, "backupAlreadyRunning", "Wait")


def test_a_throttled_call_says_how_long_to_wait() -> None:
    error = GraphThrottled("too many requests")
    error.retry_after = 2.2
    assert problem(error).headers == {"Retry-After": "3"}
    assert problem(GraphThrottled("too many requests")).headers == {"Retry-After": "1"}


def test_the_request_id_of_graph_is_passed_on() -> None:
    content = json.loads(problem(GraphError("no", request_id="r-1")).body)
    assert content["graphRequestId"] == "r-1"


def test_a_defect_shows_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "lifeboat"):
        try:
            raise KeyError("hunter2 /etc/passwd")
        except KeyError as error:
            reply = unexpected(error, "show_object")
    content = json.loads(reply.body)
    assert (reply.status, content["code"]) == (500, "internalError")
    assert b"hunter2" not in reply.body
    assert b"KeyError" not in reply.body
    assert "hunter2" not in caplog.text
    assert f"reference={content['reference']}" in caplog.text
    assert "test_problem.py" in caplog.text


def test_codes_are_named_once_and_say_what_to_do() -> None:
    assert len(codes.CODES) == len(codes._ALL)
    for code in codes.CODES.values():
        assert code.slug.isidentifier()
        assert code.slug[0].islower()
        assert 400 <= code.status <= 599
        assert code.title
        assert code.todo.endswith(".")


def test_every_code_in_the_source_is_in_the_table_with_its_status() -> None:
    for path in (ROOT / "functions").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = [argument.value for argument in node.args[:2] if isinstance(argument, ast.Constant)]
            if node.func.id == "CallerError" and len(given) == 2:
                status, slug = given
                assert codes.CODES[slug].status == status, f"{path}:{node.lineno}"
            if node.func.id == "refused" and path.parent.name == "api" and given:
                assert given[0] in codes.CODES, f"{path}:{node.lineno}"


def test_a_refusal_takes_the_status_of_the_table() -> None:
    assert refused("bodyTooLarge", "x").status == 413


def test_the_page_is_the_table() -> None:
    assert (ROOT / "docs" / "errors.md").read_text("utf-8") == errors_page.page()
