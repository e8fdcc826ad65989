"""A token goes to the configured Graph host and nowhere else."""

import pytest

from functions.errors import ForeignLink, GraphRejected
from functions.graph.batch import BatchGet, batch
from functions.graph.links import GraphRoot, path_of
from functions.graph.pages import page, pages
from tests.contract.graph.conftest import Bench
from tests.contract.graph.wire import Wire, answer, listing

ROOT = GraphRoot("https://graph.microsoft.com")

FOREIGN = [
    "https://evil.example/v1.0/users",
    "HTTPS://EVIL.EXAMPLE/v1.0/users",
    "http://graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com:8443/v1.0/users",
    "https://graph.microsoft.com:80/v1.0/users",
    "https://graph.microsoft.com./v1.0/users",
    "https://graph.microsoft.com.evil.example/v1.0/users",
    "https://evilgraph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com@evil.example/v1.0/users",
    "https://user:word@graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com%2eevil.example/v1.0/users",
    "https://graph.microsoft.com\\@evil.example/v1.0/users",
    "https:\\\\evil.example/v1.0/users",
    "https:evil.example/v1.0/users",
    "https:///evil.example/v1.0/users",
    "https://graph.microsoft.com?x=/v1.0/users",
    "https://graph.microsoft.com#@evil.example/",
    "https://graph.microsoft.com\n.evil.example/v1.0",
    " https://evil.example/v1.0/users",
    "https://graph.microsoft.us/v1.0/users",
    "ftp://graph.microsoft.com/v1.0/users",
    "evil.example/v1.0/users",
    "users",
    "",
]


@pytest.mark.parametrize("link", FOREIGN)
def test_foreign_link_is_refused(link: str) -> None:
    with pytest.raises(ForeignLink):
        ROOT.absolute(link, "v1.0")


@pytest.mark.parametrize(
    ("link", "sent"),
    [
        ("/users?$top=999", "https://graph.microsoft.com/v1.0/users?$top=999"),
        ("//evil.example/users", "https://graph.microsoft.com/v1.0//evil.example/users"),
        (
            "https://graph.microsoft.com/beta/a?$skiptoken=x%3D@b",
            "https://graph.microsoft.com/beta/a?$skiptoken=x%3D@b",
        ),
        ("HTTPS://Graph.Microsoft.Com/v1.0/users", "https://graph.microsoft.com/v1.0/users"),
        ("https://graph.microsoft.com:443/v1.0/users", "https://graph.microsoft.com/v1.0/users"),
        ("https://graph.microsoft.com", "https://graph.microsoft.com/"),
    ],
)
def test_own_link_is_sent_to_the_configured_origin(link: str, sent: str) -> None:
    assert ROOT.absolute(link, "v1.0") == sent


def test_error_path_shows_no_query() -> None:
    assert path_of("https://graph.microsoft.com/v1.0/users?$skiptoken=secret") == "/v1.0/users"


@pytest.mark.parametrize("other", ["port", "name"])
async def test_next_link_elsewhere_gets_no_request_and_no_token(bench: Bench, other: str) -> None:
    elsewhere = Wire()
    await elsewhere.start()
    elsewhere.script = [listing("stolen")]
    link = elsewhere.url if other == "port" else bench.wire.url.replace("127.0.0.1", "localhost")
    bench.wire.script = [listing("a", next_link=f"{link}/v1.0/users?$skiptoken=1")]
    walk = aiter(pages(bench.client, "/users"))
    assert len((await anext(walk)).items) == 1
    with pytest.raises(ForeignLink) as caught:
        await anext(walk)
    assert elsewhere.asked == []
    assert len(bench.wire.asked) == 1
    assert bench.tokens.asked == [False]
    assert "skiptoken" not in caught.value.message
    await elsewhere.stop()


async def test_redirect_is_not_followed(bench: Bench) -> None:
    elsewhere = Wire()
    await elsewhere.start()
    elsewhere.script = [listing("stolen")]
    bench.wire.script = [answer(302, b"", {"Location": f"{elsewhere.url}/v1.0/users"})]
    with pytest.raises(GraphRejected):
        await page(bench.client, "/users")
    assert elsewhere.asked == []
    await elsewhere.stop()


async def test_absolute_url_is_no_batch_item(bench: Bench) -> None:
    with pytest.raises(ForeignLink):
        await batch(bench.client, [BatchGet("1", f"{bench.wire.url}/v1.0/users")])
    assert bench.wire.asked == []
