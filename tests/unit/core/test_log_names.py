"""The files of a log: their names, and what docs/format.md shows of them."""

import gzip
import json

import msgspec

from functions.catalogue.logs import DIRECTORY_AUDITS
from functions.core.gzipped import json_lines
from functions.core.manifest import TypeResult
from functions.core.names import log_name, log_part, log_prefix
from functions.core.record import canonical
from tests.unit.core.test_format_page import chunks, example

TENANT = "11111111-2222-4333-8444-555555555555"


def test_the_files_of_a_day():
    names = [log_name(TENANT, "signIns", "2026-11-22", part) for part in (1, 2, 10)]
    assert names[0] == f"{TENANT}/_logs/signIns/2026/11/2026-11-22.json.gz"
    assert names[1] == f"{TENANT}/_logs/signIns/2026/11/2026-11-22.2.json.gz"
    assert [log_part(name) for name in names] == [1, 2, 10]
    assert all(name.startswith(log_prefix(TENANT, "signIns", "2026-11-22")) for name in names)
    assert not names[0].startswith(log_prefix(TENANT, "signIns", "2026-11-2"))


def test_what_else_lies_beside_them_is_none_of_them():
    first = log_name(TENANT, "signIns", "2026-11-22", 1)
    others = (".copy.json.gz", ".2.json", ".json", ".json.gz.bak", ".2.3.json.gz", ".-1.json.gz", ".².json.gz")
    assert [log_part(first.replace(".json.gz", other)) for other in others] == [0] * len(others)


async def test_the_examples_of_the_page_are_read():
    [line] = [line async for line in json_lines(chunks(gzip.compress(example("log"))))]
    assert canonical(line, DIRECTORY_AUDITS).data == line
    text = example("log-result")
    result = msgspec.json.decode(text, type=TypeResult)
    assert json.loads(msgspec.json.encode(result)) == json.loads(text), "every key of the example, and no other"
    assert result.log is not None
    assert result.whole
    assert not result.listed
    [file] = result.log.files
    assert file.name == log_name(TENANT, "directoryAudits", "2026-11-22", 1)
    assert (result.objects, result.bytes) == (file.events, file.bytes)
