"""Whether a committed run is what docs/format.md promises: every file, every position, every row."""

import gzip
import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from azure.storage.blob import BlobProperties

from tests.e2e.vault import Row, Vault

WHOLE = {"read", "partial"}


def assert_whole(vault: Vault, run: str) -> dict[str, Any]:
    """Checks everything of one run and returns its manifest."""
    with vault.remembering():
        return _whole(vault, run)


def _whole(vault: Vault, run: str) -> dict[str, Any]:
    manifest = vault.manifest(run)
    assert manifest["runId"] == run
    assert manifest["tenantId"] == vault.tenant
    rows = defaultdict[str, list[Row]](list)
    for row in vault.versions(run):
        rows[row["PartitionKey"].split("|")[1]].append(row)
    assert rows.keys() <= manifest["types"].keys()
    with vault.inside("secrets") as secrets:
        containers = {"snapshots": vault, "secrets": secrets}
        described = {container: where.described(f"{run}/") for container, where in containers.items()}
        expected = {"snapshots": {f"{run}/manifest.json"}, "secrets": set[str]()}
        for key, result in manifest["types"].items():
            if result["outcome"] in WHOLE and result["log"]:
                _assert_log(vault, key, result)
                assert rows[key] == []
                assert key not in manifest["bases"]
            elif result["outcome"] in WHOLE:
                container = result["container"]
                names = _assert_type(containers[container], run, key, result, rows[key])
                _assert_described({name: described[container][name] for name in names}, vault.tenant, run, key, result)
                expected[container] |= names
                assert manifest["bases"][key] == run
            else:
                assert (result["file"], result["sha256"], result["toc"], result["objects"]) == ("", "", "", 0)
                assert result["gaps"], f"{key} is {result['outcome']} without a reason"
                assert rows[key] == []
                assert manifest["bases"].get(key) != run
        expected["snapshots"] |= _assert_referrers(vault, manifest)
        for container, where in containers.items():
            assert set(described[container]) == expected[container]
            assert where.names("_work/") == [], "work files lie in a container of their own"
    assert vault.work(run) == []
    row = next(row for row in vault.runs() if row["RunId"] == run)
    assert row["State"] == "committed"
    return manifest


def _assert_type(vault: Vault, run: str, key: str, result: dict[str, Any], rows: list[Row]) -> set[str]:
    names = {
        name.removeprefix(f"{vault.tenant}/") for name in (result["file"], result["toc"], result["volatile"]) if name
    }
    data = vault.blob(f"{run}/{key}.json.gz")
    assert result["file"] == f"{vault.tenant}/{run}/{key}.json.gz"
    assert (len(data), hashlib.sha256(data).hexdigest()) == (result["bytes"], result["sha256"])
    for part in ("toc", "volatile"):
        if result[part]:
            told = vault.blob(result[part].removeprefix(f"{vault.tenant}/"))
            stated = result[f"{part}Bytes"], result[f"{part}Sha256"]
            assert (len(told), hashlib.sha256(told).hexdigest()) == stated
    records = vault.records(run, key)
    assert len(records) == result["objects"]
    _assert_positions(data, records, vault.toc(run, key))
    _assert_rows(vault, rows, result, records)
    return names


def _assert_described(
    blobs: dict[str, BlobProperties], tenant: str, run: str, key: str, result: dict[str, Any]
) -> None:
    """What storage says of the files of a type."""
    labels = {"tenant": tenant, "run": run, "type": key, "outcome": result["outcome"]}
    for name, properties in blobs.items():
        assert properties.content_settings.content_type == "application/gzip", name
        assert properties.content_settings.content_encoding is None, name
        assert labels.items() <= (properties.metadata or {}).items(), name
        assert properties.tags == labels, name


def _assert_referrers(vault: Vault, manifest: dict[str, Any]) -> set[str]:
    """The files that tell who names whom are those the manifest describes; every block begins with its id."""
    told = manifest["referrers"]
    file, index = (told[name].removeprefix(f"{vault.tenant}/") for name in ("file", "index"))
    data, blocks = vault.blob(file), vault.blob(index)
    assert (len(data), hashlib.sha256(data).hexdigest()) == (told["bytes"], told["sha256"])
    assert hashlib.sha256(blocks).hexdigest() == told["indexSha256"]
    lines = json.loads(gzip.decompress(data))
    assert sum(len(line["by"]) for line in lines) == told["named"]
    assert [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    for block in json.loads(gzip.decompress(blocks)):
        member = zlib.decompress(data[block["offset"] : block["offset"] + block["length"]], 31)
        assert f'"id":"{block["id"]}"'.encode() in member.split(b"\n")[1]
    return {file, index}


def _assert_log(vault: Vault, key: str, result: dict[str, Any]) -> None:
    """Each file of a log that the run names holds what the manifest says."""
    assert result["objects"] == sum(file["events"] for file in result["log"]["files"])
    for file in result["log"]["files"]:
        data = vault.blob(file["name"].removeprefix(f"{vault.tenant}/"))
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"])
        events = json.loads(gzip.decompress(data))
        assert len({event["id"] for event in events}) == len(events) == file["events"]
        assert f"/_logs/{key}/" in file["name"]


def _assert_positions(data: bytes, records: dict[str, bytes], toc: list[dict[str, Any]]) -> None:
    """Each record lies where the table of contents says, and is read from that piece of the file alone."""
    assert [entry["id"] for entry in toc] == sorted(records)
    texts = _Texts(data)
    for entry in toc:
        record = texts.record(entry["offset"], entry["length"], entry["at"], entry["size"])
        assert record == records[entry["id"]] == _canonical(record)
        assert hashlib.sha256(record).hexdigest() == entry["digest"]


class _Texts:
    """The gzip members of a file, each inflated by itself, once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._members: dict[tuple[int, int], bytes] = {}

    def record(self, offset: int, length: int, at: int, size: int) -> bytes:
        if (offset, length) not in self._members:
            self._members[offset, length] = zlib.decompress(self._data[offset : offset + length], 31)
        return self._members[offset, length][at : at + size]


def _canonical(record: bytes) -> bytes:
    return json.dumps(json.loads(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _assert_rows(vault: Vault, rows: list[Row], result: dict[str, Any], records: dict[str, bytes]) -> None:
    """The version rows of the run are as many as it counted, and lead to the records."""
    kinds = [row["Change"] for row in rows]
    counted = {kind: kinds.count(kind) for kind in ("created", "updated", "deleted")}
    assert counted == {kind: result[kind] for kind in counted}
    assert len({row["Id"] for row in rows}) == len(rows)
    files = {name: _Texts(vault.blob(name.removeprefix(f"{vault.tenant}/"))) for name in {row["Blob"] for row in rows}}
    for row in rows:
        record = files[row["Blob"]].record(*(_number(row[column]) for column in ("Offset", "Length", "At", "Size")))
        digest = hashlib.sha256(record).hexdigest() if result["container"] == "snapshots" else ""
        assert row.get("Digest", "") == digest
        if row["Change"] == "deleted":
            assert row["Id"] not in records
        else:
            assert record == records[row["Id"]]


def _number(value: Any) -> int:
    return int(getattr(value, "value", value))


def same_records(vault: Vault, one: str, other: str, keys: Iterable[str]) -> None:
    """Two runs hold the same objects, equal to the byte."""
    with vault.remembering():
        for key in keys:
            assert vault.records(one, key) == vault.records(other, key), key


def assert_no_change(vault: Vault, run: str) -> None:
    """A run that met an unchanged tenant: not one version row."""
    assert vault.versions(run) == []
