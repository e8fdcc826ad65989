"""docs/format.md is the specification: its examples are read by the code, and the golden snapshot reads for ever."""

import gzip
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from functions.catalogue.model import ObjectType
from functions.core.gzipped import member_text
from functions.core.manifest import read_manifest
from functions.core.record import canonical
from functions.core.referrers import blocks_of, lines_of
from functions.core.toc import read_toc

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
GOLDEN = ROOT / "tests" / "fixtures" / "snapshots" / "v1"
USERS = ObjectType(key="users", title="Users", path="/users", volatile=frozenset({"onPremisesLastSyncDateTime"}))


def example(name: str) -> bytes:
    match = re.search(rf"```json {name}\n(.*?)```", PAGE, re.DOTALL)
    assert match, f"docs/format.md has no example {name}"
    return match.group(1).encode()


async def chunks(data: bytes):
    yield data


async def test_the_examples_of_the_page_are_read():
    records = example("snapshot").decode().splitlines()[1:-1]
    for record in (line.removesuffix(",").encode() for line in records):
        bare = json.loads(record)
        relationships = bare.pop("@relationships")
        again = json.loads(canonical(json.dumps(bare).encode(), USERS).data)
        assert (
            json.dumps({"@relationships": relationships, **again}, ensure_ascii=False, separators=(",", ":")).encode()
            == record
        )
    manifest = read_manifest(example("manifest"))
    assert manifest.types["users"].whole
    assert not manifest.types["conditionalAccessPolicies"].whole
    entries = [entry async for entry in read_toc(chunks(gzip.compress(example("toc"))))]
    first = records[0].removesuffix(",").encode()
    assert entries[0].size == len(first), "the example's size is that of the record above"
    assert entries[0].digest == sha256(first).hexdigest()
    assert json.loads(example("volatile"))[0]["id"] == entries[0].id
    [named] = lines_of(example("referrers").splitlines()[1:-1])
    assert named.id == json.loads(records[1])["id"]
    assert named.by == [("users", entries[0].id, "@relationships.manager")]
    [block] = blocks_of(example("referrers-index").splitlines()[1:-1])
    assert block.id == named.id
    assert manifest.referrers is not None
    assert manifest.referrers.types == ("users",)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/*/manifest.json")), ids=lambda path: path.parent.name)
async def test_the_golden_snapshot_reads_whole(path):
    manifest = read_manifest(path.read_bytes())
    for key, result in manifest.types.items():
        if not result.whole:
            assert result.gaps, f"{key} is missing without a reason"
            continue
        data = (GOLDEN / result.file).read_bytes()
        assert (len(data), sha256(data).hexdigest()) == (result.bytes, result.sha256)
        records = json.loads(gzip.decompress(data))
        assert len(records) == result.objects
        entries = [entry async for entry in read_toc(chunks((GOLDEN / result.toc).read_bytes()))]
        assert {entry.id for entry in entries} == {record["id"] for record in records}
        for entry in entries:
            text = member_text(data[entry.offset : entry.offset + entry.length])
            record = text[entry.at : entry.at + entry.size]
            assert sha256(record).hexdigest() == entry.digest
            assert json.loads(record)["id"] == entry.id
        if result.volatile:
            assert json.loads(gzip.decompress((GOLDEN / result.volatile).read_bytes()))


def test_there_is_a_golden_snapshot():
    assert list(GOLDEN.glob("*/*/manifest.json"))
