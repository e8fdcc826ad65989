"""One measured case in a process of its own: `python -m bench.case NAME --graph URL --storage CONNECTION`.

Prints one JSON line: objects, seconds, CPU seconds, peak memory, requests and bytes written. CPU and memory are those
of this process alone; the clock starts after the imports.
"""

import argparse
import asyncio
import gzip
import json
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

ALONE, FIRST, SECOND = "2026-11-21T140000Z", "2026-11-22T020000Z", "2026-11-22T140000Z"


class Result(dict[str, float]):
    """What a case counted."""


async def raw(options: argparse.Namespace) -> Result:
    """(a) Every page's bytes, and nothing done with them."""
    import httpx

    options.ready()
    objects = requests = size = 0
    async with httpx.AsyncClient(headers={"Authorization": "Bearer local-token"}) as client:
        url = f"{options.graph}/v1.0/users?$top=999"
        while url:
            body = (await client.get(url)).content
            requests, size = requests + 1, size + len(body)
            head = body[:400].decode(errors="replace")
            url = head.split('"@odata.nextLink":"', 1)[1].split('"', 1)[0] if '"@odata.nextLink":"' in head else ""
            objects += body.count(b'"userPrincipalName":"person')
            if options.deflate:
                deflater = zlib.compressobj(1)
                deflater.compress(body)
                deflater.flush()
    return Result(objects=objects, requests=requests, bytesRead=size)


async def pipeline(options: argparse.Namespace, *, run: str, base: str, index: bool) -> Result:
    """(b), (c), (d) Lifeboat's own activity: read, write the file, and with `index` the rows."""
    from functions.backup.messages import Blocks, TypeReply, TypeRequest
    from functions.backup.type_activity import backup_type
    from functions.backup.upload import commit_blocks
    from functions.catalogue import type_named
    from functions.clock import iso, utc_now
    from functions.core import names
    from functions.graph.factory import reader
    from functions.settings import Secret, Settings
    from functions.storage.open import open_stores

    tenant = f"99999999-0000-4000-8000-{options.round:012}"  # a storage of its own for each round
    settings = Settings(
        tenant_id=tenant,
        graph_url=options.graph,
        cloud="local",
        graph_token=Secret("local-token"),
        storage_connection=Secret(options.storage),
    )
    entry = replace(type_named("users"), relationships=(), extras=(), extension_values="")
    stores, client = await open_stores(settings, in_flight=2), reader(settings)
    options.ready()
    await stores.runs.start(run, started_at=iso(utc_now()), started_by="bench")
    request = TypeRequest(run, tenant, "users", base)

    async def call(request: TypeRequest) -> TypeReply:
        return await backup_type(
            request, entry, client=client, stores=stores, cloud="local", budget=3600, clock=utc_now
        )

    try:
        read = await call(request)
        checkpoint = read.checkpoint
        if checkpoint is None:
            raise SystemExit(f"the type was not read: {read.result}")
        result = Result(objects=checkpoint.snapshot.count, requests=checkpoint.requests)
        if not index:
            place = (tenant, run, "users")
            await commit_blocks(stores.blobs, names.snapshot_name(*place), checkpoint.snapshot, {"type": "users"})
            volatile: Blocks = checkpoint.volatile
            if volatile.count:
                await commit_blocks(stores.blobs, names.volatile_name(*place), volatile, {"type": "users"})
            result["bytesWritten"] = checkpoint.snapshot.offset
            return result
        from msgspec.structs import replace as with_

        indexed = (await call(with_(request, checkpoint=checkpoint))).result
        if indexed is None or not indexed.whole:
            raise SystemExit(f"the type was not indexed: {indexed}")
        result.update(
            bytesWritten=indexed.bytes,
            created=indexed.created,
            updated=indexed.updated,
            deleted=indexed.deleted,
        )
        return result
    finally:
        await client.aclose()
        await stores.aclose()


async def typed(options: argparse.Namespace) -> Result:
    """(e) msgraph-sdk's typed models with its page iterator, over the first objects only."""
    from azure.core.credentials import AccessToken
    from msgraph import GraphServiceClient
    from msgraph.generated.models.user import User
    from msgraph_core.tasks.page_iterator import PageIterator

    class Fixed:
        async def get_token(self, *_: str, **__: object) -> AccessToken:
            return AccessToken("local-token", int(time.time()) + 3600)

        async def close(self) -> None:
            """Nothing is open."""

    client = GraphServiceClient(Fixed(), scopes=[f"{options.graph}/.default"])  # type: ignore[arg-type]
    client.request_adapter.base_url = f"{options.graph}/v1.0"
    seen = 0

    def take(_: User) -> bool:
        nonlocal seen
        seen += 1
        return seen < options.sample

    await client.users.with_url(f"{options.graph}/v1.0/users?$top=999").get()  # models are imported here
    options.ready()
    first = await client.users.with_url(f"{options.graph}/v1.0/users?$top=999").get()
    await PageIterator(first, client.request_adapter).iterate(take)
    # A whole page is parsed before the first object is seen, so whole pages are what was paid for.
    return Result(objects=-(-seen // 999) * 999, requests=-(-seen // 999))


async def script(options: argparse.Namespace) -> Result:
    """(f) What an administrator would write: httpx, json, gzip."""
    import httpx

    options.ready()
    users: list[object] = []
    requests = 0
    async with httpx.AsyncClient(headers={"Authorization": "Bearer local-token"}) as client:
        url = f"{options.graph}/v1.0/users?$top=999"
        while url:
            body = (await client.get(url)).json()
            users += body["value"]
            requests += 1
            url = body.get("@odata.nextLink")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "users.json.gz"
        with gzip.open(path, "wt", encoding="utf-8") as file:
            json.dump(users, file)
        return Result(objects=len(users), requests=requests, bytesWritten=path.stat().st_size)


async def write_two_runs(options: argparse.Namespace) -> Result:
    """(s) Not measured: the files that (g) compares."""
    from bench import comparison

    return Result(objects=options.sample, changes=await comparison.prepare(options.storage, options.sample))


async def compare_two_runs(options: argparse.Namespace) -> Result:
    """(g) What changed between two runs, and in which properties."""
    from bench import comparison

    return Result(objects=options.sample, **await comparison.run(options.storage, options.ready))


CASES: dict[str, Callable[[argparse.Namespace], Awaitable[Result]]] = {
    "a": raw,
    "z": raw,
    "b": lambda options: pipeline(options, run=ALONE, base="", index=False),
    "c": lambda options: pipeline(options, run=FIRST, base="", index=True),
    "d": lambda options: pipeline(options, run=SECOND, base=FIRST, index=True),
    "e": typed,
    "f": script,
    "s": write_two_runs,
    "g": compare_two_runs,
}


def main() -> None:
    """Runs the case and prints what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=CASES)
    parser.add_argument("--graph", default="")
    parser.add_argument("--storage", default="")
    parser.add_argument("--round", type=int, default=1)
    parser.add_argument("--sample", type=int, default=999)
    options = parser.parse_args()
    options.deflate = options.name == "z"
    clock = {"wall": time.perf_counter(), "cpu": time.process_time()}
    options.ready = lambda: clock.update(wall=time.perf_counter(), cpu=time.process_time())
    result = asyncio.run(CASES[options.name](options))
    result["seconds"] = time.perf_counter() - clock["wall"]
    result["cpuSeconds"] = time.process_time() - clock["cpu"]
    result["peakMb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
