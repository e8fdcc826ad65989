"""What was expanded inside an object, to its last page: a service may give a first page there and a link to the rest.

In: an undecoded object and how pages are read. Out: the object with each expanded list whole, undecoded again.
"""

from collections.abc import AsyncIterator, Callable

import msgspec

from functions.core.record import Json, Object, encode
from functions.errors import FormatError
from functions.graph.pages import Page

_LINK = "@odata.nextLink"
_MARK = _LINK.encode() + b'"'
_decode_object = msgspec.json.Decoder(dict[str, object]).decode

type Follow = Callable[[str], AsyncIterator[Page]]


async def expanded(thing: msgspec.Raw, follow: Follow) -> msgspec.Raw:
    """Raises FormatError for a link beside something that is no list, and whatever `follow` raises."""
    if _MARK not in bytes(thing):
        return thing
    decoded = _object(thing)
    await _complete(decoded, follow)
    return msgspec.Raw(encode(decoded))


async def _complete(value: Json, follow: Follow) -> None:
    if isinstance(value, list):
        for item in value:
            await _complete(item, follow)
    if not isinstance(value, dict):
        return
    for name in [name for name in value if name.endswith(_LINK)]:
        link, items = value.pop(name), value.get(name.removesuffix(_LINK))
        if not isinstance(link, str) or not isinstance(items, list):
            raise FormatError(f"{name} of an object cannot be followed")
        async for page in follow(link):
            items.extend(map(_object, page.items))
    for inner in value.values():
        await _complete(inner, follow)


def _object(raw: msgspec.Raw) -> Object:
    try:
        decoded: Object = _decode_object(raw)  # type: ignore[assignment]
    except msgspec.DecodeError as error:
        raise FormatError(f"an expanded object cannot be read: {error}") from error
    return decoded
