"""Tables: bulk writes, point reads, ranges."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator

import pytest

from functions.errors import RowConflict, StoreError
from functions.storage.keys import joined, key, literal, starting
from functions.storage.open import Stores
from functions.storage.tables import Row
from functions.storage.wire import Answer, Operation, Write, read_transaction
from functions.storage.writer import Writer
from tests.contract.storage.test_keys import NASTY

TABLE = "Versions"
NAMES = [
    *("a/b", "o'brien, x',y", "100% + & é", "emoji 😀", "İstanbul", "a|b!", "PartitionKey='q',", "(x)'", "[a]{b}"),
    *(
        "~ end ",
        " lead",
        "営業部（東京）",
        "line\u2028end\u2029",
        "--changeset_lifeboat\r\n--",
        "HTTP/1.1 404 x",
        NASTY,
    ),
    *("POST http://x/y HTTP/1.1", '{"a":{"b":"}}"}}', "GET", "tab\there", "\\", "''", "\x7f\x9f"),
]


async def read(stores: Stores, partition: str) -> dict[str, dict[str, object]]:
    where = f"PartitionKey eq {literal(partition)}"
    return {row["RowKey"]: row async for row in stores.tables.query(TABLE, where)}


@pytest.mark.parametrize("name", NAMES)
async def test_any_text_is_a_key_and_a_column(stores: Stores, tenant: str, name: str) -> None:
    partition, row_key = joined(tenant, name[:20]), joined(name, "id")
    await stores.tables.write(
        TABLE, [Row(partition, joined("zzz"), {"Name": "z"}), Row(partition, row_key, {"Name": name, "Id": "1"})]
    )
    stored = await stores.tables.get(TABLE, partition, row_key)
    assert stored is not None
    assert stored.entity["Name"] == name
    where = f"PartitionKey eq {literal(partition)} and {starting('RowKey', key(name) + '|')}"
    assert [row["Name"] async for row in stores.tables.query(TABLE, where)] == [name]
    await stores.tables.write(TABLE, [Row(partition, row_key, {"More": "m"}, Write.MERGE)])
    await stores.tables.write(TABLE, [Row(partition, joined("zzz"), {}, Write.DELETE)])
    found = await read(stores, partition)
    assert {row: (columns["Name"], columns["More"]) for row, columns in found.items()} == {row_key: (name, "m")}


async def test_many_rows_in_many_partitions_all_arrive(stores: Stores, tenant: str) -> None:
    partitions = [joined(tenant, f"{digit:x}") for digit in range(16)]
    chance = random.Random(1)
    rows = [Row(chance.choice(partitions), f"{number:05}", {"N": number}) for number in range(2345)]

    async def stream() -> AsyncIterator[Row]:
        for row in rows:
            yield row

    assert await stores.tables.write(TABLE, stream()) == 2345
    assert await stores.tables.write(TABLE, rows) == 2345
    found = [await read(stores, partition) for partition in partitions]
    assert sum(len(part) for part in found) == 2345
    assert {row["N"] for part in found for row in part.values()} == set(range(2345))


async def test_more_than_a_page_is_read_to_its_end_in_order(stores: Stores, tenant: str) -> None:
    await stores.tables.write(TABLE, [Row(tenant, f"{number:05}", {"N": number}) for number in range(2100)])
    rows = [row async for row in stores.tables.query(TABLE, f"PartitionKey eq {literal(tenant)}", select=["N"])]
    assert [row["N"] for row in rows] == list(range(2100))
    assert len(await stores.tables.first(TABLE, f"PartitionKey eq {literal(tenant)}", 1500)) == 1500


async def test_rows_that_together_pass_four_mebibytes_are_split(stores: Stores, tenant: str) -> None:
    rows = [Row(tenant, f"{number:05}", {f"C{column}": "x" * 30_000 for column in range(10)}) for number in range(30)]
    assert await stores.tables.write(TABLE, rows) == 30
    assert len(await read(stores, tenant)) == 30


async def test_the_last_of_two_rows_with_one_key_counts(stores: Stores, tenant: str) -> None:
    rows = [Row(tenant, f"{number % 7}", {"N": number}) for number in range(700)]
    assert await stores.tables.write(TABLE, rows) == 700
    assert sorted(row["N"] for row in (await read(stores, tenant)).values()) == list(range(693, 700))


async def test_a_transaction_is_done_whole_or_not_and_the_row_is_named(stores: Stores, tenant: str) -> None:
    await stores.tables.insert(TABLE, Row(tenant, "taken", {"N": 1}))
    rows = [Row(tenant, "a", {}), Row(tenant, "taken", {"N": 2}, Write.INSERT), Row(tenant, "z", {})]
    with pytest.raises(RowConflict, match=f"{TABLE} row {tenant} / taken.*EntityAlreadyExists"):
        await stores.tables.write(TABLE, rows)
    assert {row: columns["N"] for row, columns in (await read(stores, tenant)).items()} == {"taken": 1}


async def test_what_the_service_refuses_is_a_store_error_with_its_code(stores: Stores, tenant: str) -> None:
    with pytest.raises(StoreError, match=f"{TABLE} row {tenant} / big.*PropertyValueTooLarge"):
        await stores.tables.write(TABLE, [Row(tenant, "ok", {}), Row(tenant, "big", {"N": "x" * 40_000})])
    with pytest.raises(StoreError, match="Nowhere"):
        await stores.tables.write("Nowhere", [Row(tenant, "a", {})])
    with pytest.raises(StoreError, match="Nowhere"):
        _ = [row async for row in stores.tables.query("Nowhere", "PartitionKey eq 'x'")]
    with pytest.raises(StoreError, match="Nowhere"):
        await stores.tables.insert("Nowhere", Row(tenant, "a", {}))


async def test_deleting_what_is_gone_is_no_error(stores: Stores, tenant: str) -> None:
    await stores.tables.write(TABLE, [Row(tenant, name, {}) for name in "abc"])
    rows = [Row(tenant, name, {}, Write.DELETE) for name in ("0", "a", "aa", "b", "z")]
    await stores.tables.write(TABLE, rows)
    assert set(await read(stores, tenant)) == {"c"}


async def test_a_row_is_swapped_only_by_who_saw_it_last(stores: Stores, other: Stores, tenant: str) -> None:
    await stores.tables.insert(TABLE, Row(tenant, "k", {"N": 0}))
    seen = await stores.tables.get(TABLE, tenant, "k")
    assert seen is not None
    await stores.tables.swap(TABLE, Row(tenant, "k", {"N": 1}), seen.etag)
    with pytest.raises(RowConflict):
        await other.tables.swap(TABLE, Row(tenant, "k", {"N": 2}), seen.etag)
    now = await other.tables.get(TABLE, tenant, "k")
    assert now is not None
    assert now.entity["N"] == 1
    assert await stores.tables.get(TABLE, tenant, "missing") is None


async def test_the_writer_holds_few_rows_and_few_transactions() -> None:
    sent: list[int] = []
    running = most = held = 0

    async def send(operations: list[Operation]) -> None:
        nonlocal running, most, held
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        sent.append(len(operations))
        held -= len(operations)
        running -= 1

    most_held = 0
    async with Writer(send, in_flight=3, waiting=500) as writer:
        for number in range(20_000):
            await writer.add(Operation(f"p{number % 97}", str(number), Write.REPLACE, b"x"))
            held += 1
            most_held = max(most_held, held)
    assert sum(sent) == writer.written == 20_000
    assert most == 3
    assert most_held <= 500 + 4 * 100


async def test_the_writer_never_sends_a_row_while_an_earlier_write_of_it_is_under_way() -> None:
    arrived: list[bytes] = []

    async def send(operations: list[Operation]) -> None:
        await asyncio.sleep(0.01 if not arrived and operations[0].data == b"0" else 0)
        arrived.extend(operation.data for operation in operations if operation.row == "same")

    async with Writer(send, in_flight=4) as writer:
        for number in range(6):
            await writer.add(Operation("p", "same", Write.REPLACE, b"%d" % number))
    assert arrived == [b"0", b"1", b"2", b"3", b"4", b"5"]


async def test_the_writer_stops_at_the_first_failure_and_leaves_nothing_running() -> None:
    cancelled = 0

    async def send(operations: list[Operation]) -> None:
        nonlocal cancelled
        if operations[0].row == "100":
            raise StoreError("refused")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled += 1
            raise

    async def write() -> None:
        async with Writer(send, in_flight=2) as writer:
            for number in itertools.count():
                await writer.add(Operation("p", str(number), Write.REPLACE, b"x"))

    with pytest.raises(StoreError, match="refused"):
        await write()
    assert cancelled == 1


def test_an_answer_that_lacks_an_operation_is_not_taken_for_success() -> None:
    part = (
        b"--c\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\nDataServiceVersion: 3.0;\r\n\r\n\r\n"
    )
    whole = Answer(202, {}, b"--b\r\n\r\n" + part * 3 + b"--c--\r\n--b--\r\n")
    assert read_transaction(whole, 3) is None
    problem = read_transaction(whole, 4)
    assert problem is not None
    assert problem.code == "IncompleteAnswer"
