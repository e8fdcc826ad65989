"""Two runs of one type to compare: written once, then compared in a process of its own.

In: a storage account and how many objects. Out: files of two runs that differ in one object of a hundred, half of those
updated, a quarter created and a quarter deleted; then what `functions.backup.compare` takes for them.
"""

import hashlib
from collections.abc import Iterator

import msgspec

from functions.backup.compare import Side, compare
from functions.backup.messages import Blocks
from functions.backup.upload import BlockFile, commit_blocks, write_pieces
from functions.core import names
from functions.core.toc import Entry, write_toc
from functions.settings import Secret, Settings
from functions.storage.open import Stores, open_stores

TENANT = "99999999-0000-4000-9000-000000000000"
RUNS = ("2026-11-21T140000Z", "2026-11-22T020000Z")
EVERY = 100  # one object of so many differs
_FILLER = "Halden Shipping, Tyskabrygga 3, 1771 Halden. " * 40


def record(number: int, *, moved: bool) -> dict[str, object]:
    """An object of about 3.4 KB, a third of which does not compress."""
    digest = hashlib.sha512(b"%d" % number)
    noise = "".join(hashlib.sha512(digest.digest() + bytes([part])).hexdigest() for part in range(10))
    return {
        "id": digest.hexdigest()[:32],
        "displayName": f"Person {number}",
        "jobTitle": "Captain" if moved else "Mate",
        "filler": _FILLER,
        "noise": noise,
    }


def objects(run: int, count: int) -> Iterator[dict[str, object]]:
    """The objects of the first or the second run, in no order of ids, as Graph gives them."""
    for number in range(count):
        place, turn = number % EVERY, number // EVERY % 4
        if place == 0 and ((turn == 2 and run == 0) or (turn == 3 and run == 1)):
            continue  # created in the second run, deleted in it
        yield record(number, moved=place == 0 and turn < 2 and run == 1)


async def prepare(storage: str, count: int) -> int:
    """Writes both runs. Returns how many changes there are."""
    stores = await _open(storage)
    try:
        for run in (0, 1):
            await _write(stores, run, count)
    finally:
        await stores.aclose()
    return -(-count // EVERY)


async def _write(stores: Stores, run: int, count: int) -> None:
    place = (TENANT, RUNS[run], "users")
    file = BlockFile(stores.blobs, names.snapshot_name(*place), Blocks(), placing=True)
    waiting: list[tuple[str, str, str]] = []
    entries: list[Entry] = []

    def settle() -> None:
        for member in file.placed():
            for (identity, name, digest), (at, size) in zip(waiting, member.items, strict=False):
                entries.append(Entry(identity, name, digest, member.offset, member.length, at, size))
            del waiting[: len(member.items)]

    for thing in objects(run, count):
        data = msgspec.json.encode(thing, order="sorted")
        waiting.append((str(thing["id"]), str(thing["displayName"]), hashlib.sha256(data).hexdigest()))
        file.add(data)
        settle()
        await file.flush()
    blocks, _ = await file.close()
    settle()
    await commit_blocks(stores.blobs, file.name, blocks, {"type": "users"})
    entries.sort(key=lambda entry: entry.id)
    await write_pieces(stores.blobs, names.toc_name(*place), write_toc(entries), {"type": "users"})


async def run(storage: str, ready: object) -> dict[str, float]:
    """Compares the two runs, every change on one page. Returns what was found."""
    stores = await _open(storage)
    before, after = (Side(tenant=TENANT, run=run, key="users") for run in RUNS)
    try:
        ready()  # type: ignore[operator]
        found = await compare(stores.blobs, before, after, bin=None, top=1_000_000)
    finally:
        await stores.aclose()
    wrong = [change for change in found.page if change.kind == "updated" and change.properties != ("jobTitle",)]
    if wrong or found.more:
        raise SystemExit(f"the comparison is wrong: {wrong[:3]}")
    return {"created": found.created, "updated": found.updated, "deleted": found.deleted}


async def _open(storage: str) -> Stores:
    return await open_stores(
        Settings(tenant_id=TENANT, graph_url="http://127.0.0.1:9", storage_connection=Secret(storage)), in_flight=2
    )
