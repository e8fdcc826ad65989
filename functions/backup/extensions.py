"""Which directory extensions the tenant has, by the kind of object that they extend.

In: a reading. Out: names. One call answers for all applications; Microsoft documents that it comes back empty in a
tenant of more than a thousand service principals, so that an empty answer is believed only of a smaller tenant. In a
larger one, and where the call is refused, the tenant's own applications are asked, and a gap tells what they cannot
know.
"""

from collections.abc import AsyncIterator

import msgspec

from functions.backup.addresses import query, within
from functions.backup.reading import Reading
from functions.catalogue.model import EXTENSION_SCOPES
from functions.errors import FormatError, GraphRejected
from functions.graph.client import READ_HEADERS, Call, Reply, Unreadable
from functions.graph.pages import Page, pages, read_page

_ALL = "/directoryObjects/getAvailableExtensionProperties"
_MOST_PRINCIPALS = 1000
_COUNT = "/servicePrincipals/$count"
_APPLICATIONS, _PROPERTIES = "/applications", "extensionProperties"
_EXPAND_CAP = 20  # Graph returns at most so many expanded objects, and does not say when there are more
_INDEX = {**READ_HEADERS, "consistencylevel": "eventual", "accept": "text/plain"}


class _Extension(msgspec.Struct, rename="camel"):
    name: str
    target_objects: list[str]


class _Application(msgspec.Struct, rename="camel"):
    id: str
    extension_properties: list[_Extension] = []


_decode_extension = msgspec.json.Decoder(_Extension).decode
_decode_application = msgspec.json.Decoder(_Application).decode


async def extension_names(reading: Reading) -> list[str]:
    """The names of those that extend the objects of the type, sorted. Raises GraphError, FormatError."""
    found = await _told(reading)
    if found is None:
        found = [one async for one in _of_applications(reading)]
    return sorted({one.name for one in found if reading.entry.extension_values in one.target_objects})


async def _told(reading: Reading) -> list[_Extension] | None:
    """What the one call answers. None, with a gap, where that is nothing to go by."""
    try:
        found = [one async for page in _all(reading) for one in _extensions(page)]
    except GraphRejected as error:
        reading.refuse(error, "Values of directory extensions that apps of other tenants define", EXTENSION_SCOPES, "")
        return None
    if found or await _principals(reading) <= _MOST_PRINCIPALS:
        return found
    reading.tell(
        "extensionsOfOthersUnknown",
        f"{reading.entry.title} ({reading.entry.key}): with more than {_MOST_PRINCIPALS} service principals Graph "
        "does not list the tenant's directory extensions. The values of those that its own app registrations "
        "define were read; values of those that apps of other tenants define were not",
        "Nothing to do if no app of another tenant adds properties to your objects; look for `extension_` in what "
        "its vendor documents",
    )
    return None


async def _all(reading: Reading) -> AsyncIterator[Page]:
    call = Call(method="POST", url=_ALL, body=b"{}", headers=READ_HEADERS)  # a read, whatever its verb
    first = await reading.client.exchange(call, lambda reply: read_page(reply.body))
    yield first
    if first.next_link:
        async for page in pages(reading.client, first.next_link):
            yield page


async def _principals(reading: Reading) -> int:
    return await reading.client.exchange(Call(method="GET", url=_COUNT, headers=_INDEX), _number)


def _number(reply: Reply) -> int:
    text = reply.body.decode("utf-8-sig", "replace").strip()
    if not text.isdecimal():
        raise Unreadable("the body is not a number")
    return int(text)


async def _of_applications(reading: Reading) -> AsyncIterator[_Extension]:
    async for page in pages(reading.client, _APPLICATIONS + query(("id",), (_PROPERTIES,))):
        for item in page.items:
            try:
                application = _decode_application(item)
            except msgspec.DecodeError as error:
                raise FormatError(f"an application cannot be read: {error}") from error
            if len(application.extension_properties) < _EXPAND_CAP:
                for one in application.extension_properties:
                    yield one
                continue
            link = f"{within(_APPLICATIONS, application.id)}/{_PROPERTIES}"
            async for rest in pages(reading.client, link):
                for one in _extensions(rest):
                    yield one


def _extensions(page: Page) -> list[_Extension]:
    try:
        return [_decode_extension(item) for item in page.items]
    except msgspec.DecodeError as error:
        raise FormatError(f"a directory extension cannot be read: {error}") from error
