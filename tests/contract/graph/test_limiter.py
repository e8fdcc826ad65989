"""How many at once, how far apart, and what Graph's headers do to it."""

import asyncio

import pytest

from functions.catalogue import TYPES
from functions.graph.batch import BatchGet, batch
from functions.graph.limiter import Limiters, shared
from functions.graph.pages import page
from tests.contract.graph.conftest import Open, Time
from tests.contract.graph.wire import Asked, batch_answer, listing


async def test_conditional_access_is_read_one_after_another_a_second_apart(open_client: Open) -> None:
    bench = await open_client(spacing=1.0)
    bench.wire.script = [listing()]
    url = "/identity/conditionalAccess/policies"
    await asyncio.gather(*(page(bench.client.with_usage(), url, bucket="conditionalAccess") for _ in range(4)))
    assert bench.wire.most_open == 1
    assert bench.time.waits == pytest.approx([1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("bucket", "requests", "seconds"),
    [
        ("conditionalAccess", 1, 1),
        ("reports", 5, 10),
        ("signInActivity", 10, 60),
        ("keyCredentials", 150, 60),
        ("identityProviders", 200, 60),
        ("intune", 1000, 20),
        ("schemaExtensions", 455, 10),
    ],
)
async def test_a_bucket_with_a_limit_of_requests_never_exceeds_it(bucket: str, requests: int, seconds: int) -> None:
    time = Time()
    limiters = Limiters(clock=time.read, sleep=time.sleep)
    starts: list[float] = []
    for _ in range(3 * requests):
        async with limiters.bucket(bucket).slot():
            starts.append(time.now)
    spans = [late - early for early, late in zip(starts, starts[requests:], strict=False)]
    assert seconds <= min(spans) + 1e-6 <= seconds * 1.01


async def test_a_bucket_without_a_stated_limit_is_a_mistake() -> None:
    for entry in TYPES.values():
        for name in {entry.bucket, *(relationship.bucket or entry.bucket for relationship in entry.relationships)}:
            Limiters().bucket(name)
    with pytest.raises(KeyError):
        Limiters().bucket("conditionalacces")


async def test_a_batch_takes_the_time_of_its_items() -> None:
    time = Time()
    limiters = Limiters(clock=time.read, sleep=time.sleep)
    for weight in (20, 5, 1):
        async with limiters.bucket("intune").slot(weight):
            pass
    assert time.waits == pytest.approx([0.4, 0.1])


async def test_items_of_a_batch_are_counted_against_the_limit(open_client: Open) -> None:
    bench = await open_client(spacing=1.0)
    bench.wire.script = [batch_answer(lambda *_: {"status": 200, "body": {"value": []}})]
    await batch(bench.client, [BatchGet(str(n), f"/x/{n}") for n in range(45)], bucket="intune")
    assert bench.time.waits == pytest.approx([0.4, 0.4])


async def test_no_limit_is_shared_on_a_loopback_address(open_client: Open) -> None:
    bench = await open_client(spacing=0.0)
    bench.wire.script = [listing()]
    for bucket in ("conditionalAccess", "reports", "intune"):
        await asyncio.gather(*(page(bench.client, "/x", bucket=bucket) for _ in range(3)))
    assert bench.time.waits == []


async def test_other_buckets_run_side_by_side_without_a_pause(open_client: Open) -> None:
    bench = await open_client(spacing=1.0)

    async def slow(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        await listing()(asked, writer)

    bench.wire.script = [slow]
    await asyncio.gather(*(page(bench.client, "/users") for _ in range(40)))
    assert bench.time.waits == []
    assert bench.wire.most_open == 16


def learn(time: Time, units: str, share: str, requests: int) -> tuple[Limiters, float]:
    limiters = Limiters(clock=time.read, sleep=time.sleep)
    bucket = limiters.bucket("identity")
    for _ in range(requests):
        headers = {"x-ms-resource-unit": units, **({"x-ms-throttle-limit-percentage": share} if share else {})}
        bucket.learn(headers)
    return limiters, bucket.gap()


@pytest.mark.parametrize(
    ("units", "share", "gap"),
    [
        ("5", "", 0.0),
        ("5", "0.5", 0.0),
        ("5", "nonsense", 0.0),
        ("5", "0.8", 0.01),  # 1,000 requests spent the share 0.8: another 1,000 in the next ten seconds
        ("5", "1.6", 0.02),
        ("", "0.8", 0.01),  # a service that tells no cost
    ],
)
async def test_requests_are_spread_from_four_fifths_of_the_limit(units: str, share: str, gap: float) -> None:
    _, found = learn(Time(), units, share, 1000)
    assert found == pytest.approx(gap)


async def test_spreading_ends_when_graph_reports_no_more() -> None:
    time = Time()
    limiters, gap = learn(time, "1", "0.9", 10)
    assert gap > 0
    time.now += 10.0
    assert limiters.bucket("identity").gap() == 0.0


async def test_reports_of_the_limit_slow_the_requests_that_follow(open_client: Open) -> None:
    bench = await open_client()
    headers = {"x-ms-resource-unit": "2", "x-ms-throttle-limit-percentage": "1.0"}
    bench.wire.script = [listing(headers=headers)]
    for _ in range(3):
        await page(bench.client, "/users")
    assert bench.time.waits == [2.0, 2.0]  # at the limit after two units: one unit a second is the slowest


async def test_clients_of_one_host_share_their_limits() -> None:
    assert shared("https://a", 1.0) is shared("https://a", 1.0)
    assert shared("https://a", 1.0) is not shared("https://b", 1.0)


def test_limits_serve_one_event_loop_after_another() -> None:
    limiters = Limiters(0.0)

    async def crowd() -> None:
        async def one() -> None:
            async with limiters.bucket("conditionalAccess").slot():
                await asyncio.sleep(0)

        await asyncio.gather(*(one() for _ in range(5)))

    for _ in range(2):
        asyncio.run(crowd())
