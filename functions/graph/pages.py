"""A list, page after page, each split into its objects without decoding them.

In: the URL of a list or a link Graph gave. Out: `Page`s. A page is taken only if it is whole: a `nextLink` that is
missing because the body broke off would otherwise pass for the end of the list.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

from functions.errors import GraphUnreachable
from functions.graph.client import Call, GraphClient, Reply, Unreadable, reading
from functions.graph.links import path_of


@dataclass(frozen=True, slots=True)
class Page:
    """The objects of one page as raw JSON, which share the memory of the page. Links are "" where absent."""

    items: list[msgspec.Raw]
    next_link: str
    delta_link: str


class _Body(msgspec.Struct):
    value: list[msgspec.Raw]
    next_link: str | None = msgspec.field(name="@odata.nextLink", default=None)
    delta_link: str | None = msgspec.field(name="@odata.deltaLink", default=None)
    error: None = None  # a service that fails in the middle of an answer says so at its end: then it is no page


_DECODE = msgspec.json.Decoder(_Body).decode


def read_page(body: bytes | msgspec.Raw) -> Page:
    """Splits the body of a list. Raises Unreadable if it is not a whole list."""
    try:
        decoded = _DECODE(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable("the body is not a whole list") from error
    return Page(decoded.value, decoded.next_link or "", decoded.delta_link or "")


def _read(reply: Reply) -> Page:
    return read_page(reply.body)


async def page(client: GraphClient, url: str, *, api: str = "v1.0", bucket: str = "identity") -> Page:
    """One page."""
    return await client.exchange(Call(method="GET", url=url, api=api, bucket=bucket, headers=reading(None)), _read)


async def pages(client: GraphClient, url: str, *, api: str = "v1.0", bucket: str = "identity") -> AsyncIterator[Page]:
    """Every page to the end, the next one being fetched while the caller works on this one."""
    coming: asyncio.Task[Page] | None = asyncio.ensure_future(page(client, url, api=api, bucket=bucket))
    try:
        while coming is not None:
            current = await coming
            coming = None
            if current.next_link:
                _check_progress(url, current.next_link)
                url = current.next_link
                coming = asyncio.ensure_future(page(client, url, api=api, bucket=bucket))
            yield current
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


def _check_progress(url: str, next_link: str) -> None:
    if next_link == url:
        raise GraphUnreachable("A page names itself as the next one: the list has no end", path=path_of(url))
