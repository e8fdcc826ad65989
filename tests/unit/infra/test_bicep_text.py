"""The reader of Bicep that the tests of infra share, and that it reads every file there is."""

from pathlib import Path

import pytest

from tests.unit.infra.bicep_text import INFRA, Expr, bicep_files, parse, read

SAMPLE = """
targetScope = 'subscription'
@description('Whether it\\'s so.')
@allowed(['off', 'on'])
param mode string = 'off'
@secure()
param key object
param sku 'A' | 'B' = 'A'
var tables = [
  'Runs' // a comment
  'Versions'
]
var roles = {
  reader: { id: 'x' }
  'a-b': ['${mode}', -1, true, null]
}
// a comment between decorator and param
@description('Name.')
#disable-next-line no-unused-params
param name string = '${mode}-x'
resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = if (mode == 'on') {
  name: name
  tags: { a: 'b' }
  resource blobs 'blobServices@2025-06-01' = {
    name: 'default'
  }
}
resource each 'Microsoft.X/y@2024-01-01' = [for (name, i) in tables: if (mode == 'on') {
  name: name
}]
resource old 'Microsoft.X/y@2024-01-01' existing = { name: 'old' }
module part 'modules/part.bicep' = { params: { a: 1, b: account.id } }
@description('The id.')
output id string = account.id
"""


def test_everything_a_file_declares():
    file = parse(SAMPLE)
    assert (file.errors, file.scope) == ([], "subscription")
    mode, key, sku, name = (file.params[each] for each in ("mode", "key", "sku", "name"))
    assert (mode.default, mode.required, mode.description, mode.allowed) == (
        "off",
        False,
        "Whether it's so.",
        ["off", "on"],
    )
    assert (key.required, key.secure, key.type, mode.secure) == (True, True, "object", False)
    assert (sku.allowed, sku.default) == (["A", "B"], "A")
    assert isinstance(name.default, Expr)
    assert (name.default, name.description) == ("'${mode}-x'", "Name.")
    assert file.strings("tables") == ["Runs", "Versions"]
    assert file.strings("roles") == ["reader", "id", "x", "a-b"]
    assert file.variables["roles"]["a-b"][1:] == [-1, True, None]
    account, nested, looped, old = file.resources
    assert (account.type, account.version, account.condition) == (
        "Microsoft.Storage/storageAccounts",
        "2025-06-01",
        "(mode == 'on')",
    )
    assert account.body == {"name": "name", "tags": {"a": "b"}}
    assert (nested.parent, nested.body) == ("account", {"name": "default"})
    assert (looped.loop, looped.condition, looped.body) == ("(name, i) in tables", "(mode == 'on')", {"name": "name"})
    assert (old.existing, account.existing) == (True, False)
    assert file.module("part").body["params"] == {"a": 1, "b": "account.id"}
    assert (file.outputs["id"].value, file.outputs["id"].description) == ("account.id", "The id.")


def test_a_parameter_file():
    file = parse("using '../main.bicep'\nparam a = 'x'\nparam b = [\n  1\n]\n", Path("x.bicepparam"))
    assert (file.using, file.variables, file.errors) == ("../main.bicep", {"a": "x", "b": [1]}, [])


@pytest.mark.parametrize(
    ("text", "lines"), [("param a string =\nvar b = 1\n", True), ("extension graph\nvar b = 1\n", False)]
)
def test_what_the_grammar_cannot_read_is_told(text: str, lines: bool):
    assert bool(parse(text).errors) == lines


@pytest.mark.parametrize(
    "path", [*bicep_files(), *bicep_files("bicepparam")], ids=lambda path: str(path.relative_to(INFRA))
)
def test_every_file_is_read_whole(path: Path):
    assert read(path).errors == []


@pytest.mark.parametrize("path", bicep_files(), ids=lambda path: str(path.relative_to(INFRA)))
def test_every_parameter_says_what_it_is(path: Path):
    assert [each.name for each in read(path).params.values() if not each.description] == []
