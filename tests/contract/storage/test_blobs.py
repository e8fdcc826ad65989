"""Blobs: written once, read in part, streamed, found again."""

import asyncio
import gzip
import tracemalloc

import pytest

from functions.errors import BlobExists, BlobMissing, StoreError
from functions.storage.open import Stores

GZIP = "application/gzip"


async def test_a_blob_comes_back_to_the_byte_with_its_metadata(stores: Stores, tenant: str) -> None:
    data = gzip.compress(b"[]", mtime=0)
    name = f"{tenant}/2026-11-22T020000Z/users.json.gz"
    labels = {"tenant": tenant, "run": "2026-11-22T020000Z", "type": "users", "outcome": "read"}
    await stores.blobs.put(name, data, content_type=GZIP, metadata=labels, tags=labels)
    assert await stores.blobs.get(name) == data
    assert await stores.blobs.metadata(name) == labels
    properties = await stores.blobs._container.get_blob_client(name).get_blob_properties()
    assert properties.content_settings.content_type == GZIP
    assert properties.content_settings.content_encoding is None
    assert await stores.blobs._container.get_blob_client(name).get_blob_tags() == labels


async def test_a_name_is_written_once(stores: Stores, tenant: str) -> None:
    await stores.blobs.put(f"{tenant}/a", b"first", content_type=GZIP)
    with pytest.raises(BlobExists, match="/a"):
        await stores.blobs.put(f"{tenant}/a", b"second", content_type=GZIP)
    await stores.blobs.stage(f"{tenant}/a", "0001", b"third")
    with pytest.raises(BlobExists):
        await stores.blobs.commit(f"{tenant}/a", ["0001"], content_type=GZIP)
    assert await stores.blobs.get(f"{tenant}/a") == b"first"


async def test_of_two_writers_at_once_one_wins(stores: Stores, other: Stores, tenant: str) -> None:
    async def put(where: Stores, data: bytes) -> bytes | None:
        try:
            await where.blobs.put(f"{tenant}/race", data, content_type=GZIP)
        except BlobExists:
            return None
        return data

    for where in (stores, other):
        await where.blobs.stage(f"{tenant}/blocks", "0001" if where is stores else "0002", b"x")

    async def commit(where: Stores, block: str) -> bool:
        try:
            await where.blobs.commit(f"{tenant}/blocks", [block], content_type=GZIP)
        except (BlobExists, StoreError):
            return False
        return True

    won = [data for data in await asyncio.gather(put(stores, b"one"), put(other, b"two")) if data]
    assert [await stores.blobs.get(f"{tenant}/race")] == won
    assert sum(await asyncio.gather(commit(stores, "0001"), commit(other, "0002"))) == 1


async def test_staged_blocks_show_only_when_committed_and_in_the_order_given(stores: Stores, tenant: str) -> None:
    name = f"{tenant}/blocks"
    for block, data in (("b", b"2"), ("a", b"1"), ("c", b"left out")):
        await stores.blobs.stage(name, block, data)
    assert not await stores.blobs.exists(name)
    assert [found async for found in stores.blobs.list(f"{tenant}/")] == []
    await stores.blobs.commit(name, ["a", "b"], content_type=GZIP, metadata={"run": "r"}, tags={"run": "r"})
    assert await stores.blobs.get(name) == b"12"
    assert await stores.blobs.metadata(name) == {"run": "r"}


async def test_a_block_that_was_never_staged_cannot_be_committed(stores: Stores, tenant: str) -> None:
    with pytest.raises(StoreError, match="InvalidBlockList"):
        await stores.blobs.commit(f"{tenant}/none", ["a"], content_type=GZIP)
    assert not await stores.blobs.exists(f"{tenant}/none")


async def test_a_range_is_read_exactly_or_not_at_all(stores: Stores, tenant: str) -> None:
    name = f"{tenant}/range"
    await stores.blobs.put(name, bytes(range(256)), content_type=GZIP)
    assert await stores.blobs.read(name, 10, 5) == bytes(range(10, 15))
    assert await stores.blobs.read(name, 255, 1) == b"\xff"
    assert await stores.blobs.read(name, 3, 0) == b""
    with pytest.raises(StoreError, match="there"):
        await stores.blobs.read(name, 250, 10)
    with pytest.raises(StoreError):
        await stores.blobs.read(name, 256, 1)


async def test_a_large_blob_streams_in_constant_memory(stores: Stores, tenant: str) -> None:
    name, block = f"{tenant}/large", bytes(8 << 20)
    for index in range(5):
        await stores.blobs.stage(name, f"{index:04}", block)
    await stores.blobs.commit(name, [f"{index:04}" for index in range(5)], content_type=GZIP)
    tracemalloc.start()
    size = 0
    async for piece in stores.blobs.stream(name):
        size += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 40 << 20
    assert peak < 20 << 20


async def test_what_is_missing_is_named(stores: Stores, tenant: str) -> None:
    name = f"{tenant}/nothing"
    for call in (stores.blobs.get(name), stores.blobs.read(name, 0, 1), stores.blobs.metadata(name)):
        with pytest.raises(BlobMissing, match="nothing"):
            await call
    with pytest.raises(BlobMissing):
        _ = [piece async for piece in stores.blobs.stream(name)]
    assert not await stores.blobs.exists(name)
    await stores.blobs.delete(name)


async def test_names_are_listed_by_prefix_in_order_and_may_be_deleted(stores: Stores, tenant: str) -> None:
    for name in ("b/2", "b/1", "bb", "a"):
        await stores.blobs.replace(f"{tenant}/{name}", b"old")
        await stores.blobs.replace(f"{tenant}/{name}", b"new")
    assert [name async for name in stores.blobs.list(f"{tenant}/b/")] == [f"{tenant}/b/1", f"{tenant}/b/2"]
    await stores.blobs.delete(f"{tenant}/b/1")
    assert [name async for name in stores.blobs.list(f"{tenant}/b/")] == [f"{tenant}/b/2"]
    assert await stores.blobs.get(f"{tenant}/bb") == b"new"


async def test_an_empty_blob_is_a_blob(stores: Stores, tenant: str) -> None:
    await stores.blobs.put(f"{tenant}/empty", b"", content_type=GZIP)
    assert await stores.blobs.get(f"{tenant}/empty") == b""
    assert [piece async for piece in stores.blobs.stream(f"{tenant}/empty") if piece] == []


async def test_metadata_that_no_header_can_carry_is_refused(stores: Stores, tenant: str) -> None:
    for labels in ({"naïve": "x"}, {"run": "é"}, {"run": "a\r\nx-ms-evil: 1"}):
        with pytest.raises(StoreError, match="ASCII"):
            await stores.blobs.put(f"{tenant}/labels", b"", content_type=GZIP, metadata=labels)
