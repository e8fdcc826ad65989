"""Route templates: what matches, with which values, in which order, and what is refused."""

import pytest

from local.host.routes import compile_route, decoded


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("a/b", "api/A/b", {}),
        ("a/b", "api/a", None),
        ("a/{id}", "api/a/x", {"id": "x"}),
        ("a/{id}", "api/a/x/y", None),
        ("a/{id}", "api/a", None),
        ("a/{id?}", "api/a", {}),
        ("a/{id=5}", "api/a", {"id": "5"}),
        ("a/{id=5}", "api/a/6", {"id": "6"}),
        ("a/{id:int}", "api/a/12", {"id": "12"}),
        ("a/{id:int}", "api/a/-12", {"id": "-12"}),
        ("a/{id:int}", "api/a/12x", None),
        ("a/{id:int}", "api/a/3000000000", None),
        ("a/{id:long}", "api/a/3000000000", {"id": "3000000000"}),
        ("a/{id:int:min(3)}", "api/a/2", None),
        ("a/{id:range(1,3)}", "api/a/3", {"id": "3"}),
        ("a/{id:guid}", "api/a/11111111-2222-4333-8444-555555555555", {"id": "11111111-2222-4333-8444-555555555555"}),
        ("a/{id:guid}", "api/a/1", None),
        ("a/{id:alpha:length(3)}", "api/a/abc", {"id": "abc"}),
        ("a/{id:alpha}", "api/a/ab1", None),
        ("a/{id:minlength(2):maxlength(3)}", "api/a/abcd", None),
        ("a/{id:bool}", "api/a/TRUE", {"id": "TRUE"}),
        (r"a/{id:regex(^\d{4}$)}", "api/a/2026", {"id": "2026"}),
        ("a/{*rest}", "api/a", {}),
        ("a/{*rest}", "api/a/b/c", {"rest": "b/c"}),
        ("a/{**rest}", "api/a/b/c", {"rest": "b/c"}),
        ("{*rest}", "api/a/b", {"rest": "a/b"}),
        ("a/{name}.{end}", "api/a/x.tar.gz", {"name": "x.tar", "end": "gz"}),
        ("a.b/{id}", "api/aXb/1", None),
    ],
)
def test_a_template_matches(template: str, path: str, values: dict[str, str] | None) -> None:
    assert compile_route(template, "api").match(path) == values


def test_without_a_prefix_the_template_is_the_path() -> None:
    assert compile_route("{*rest}").match("x/y") == {"rest": "x/y"}
    assert compile_route("{id?}").match("") == {}


def test_the_more_specific_template_comes_first() -> None:
    templates = ["a/{*rest}", "a/{id}", "a/{id:int}", "a/b", "a/{id}/c"]
    ordered = sorted(templates, key=lambda template: compile_route(template, "api").precedence)
    assert ordered == ["a/b", "a/{id:int}", "a/{id}", "a/{id}/c", "a/{*rest}"]


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("admin/x", "keeps for itself"),
        ("Administrators", "keeps for itself"),
        ("runtimes", "keeps for itself"),
        ("a/{id", "cannot be read"),
        ("a/{id}/{id}", "twice"),
        ("a/{id?}/b", "last part"),
        ("{*all}/b", "last part"),
        ("a/{id:wat}", "'wat' is not known"),
        ("a/{id:min(x)}", "cannot be read"),
        ("a/x{*rest}", "stand alone"),
    ],
)
def test_what_the_host_cannot_serve_is_refused(template: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        compile_route(template, "api")


def test_a_path_is_decoded_but_for_the_slash() -> None:
    assert decoded("/api/a%20b/c%2Fd%2fe/") == "api/a b/c%2Fd%2Fe"
