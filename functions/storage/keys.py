"""Keys of the index tables: any text in, text that the Table service takes as a key out, and back.

The escape works letter by letter and no escaped letter begins another one, so `key(a + b) == key(a) + key(b)` and a key
starts with the key of a prefix exactly if the text starts with the prefix. What stays is below U+D7FF, where UTF-16 and
code point order agree: a range of keys means the same to every server.

Escaped as `!` and two hexadecimal digits: `/ \\ # ? %` and controls (the service forbids or mangles them), `'` and `"`
(quotes of a filter), `+` and `&` (of a URL), `|` (joins the parts of a key) and `!` itself; as `!u` and six digits:
the two line separators of Unicode, and everything from U+D7FF on, emoji among them.
"""

import re
import unicodedata

from functions.errors import StoreError

JOINT = "|"
HIGHEST = "\ud7ff"  # never occurs in a key, and sorts after all that does
KEY_LIMIT = 512  # letters: the service allows 1 KiB of UTF-16

_SPECIAL = re.compile("[\x00-\x1f\x7f-\x9f/\\\\#?%'\"+&|!\u2028\u2029\ud7ff-\U0010ffff]")
_ESCAPED = re.compile("!(?:u([0-9a-f]{6})|([0-9a-f]{2}))|(!)")


def key(text: str) -> str:
    """The text as (a part of) a key. Raises StoreError for a lone surrogate, which is not text."""
    return _SPECIAL.sub(_escape, text)


def unkey(escaped: str) -> str:
    """The inverse of `key`. Raises StoreError for what `key` cannot have made."""
    text = _ESCAPED.sub(_unescape, escaped)
    if key(text) != escaped:
        raise StoreError(f"{escaped!r} is not an escaped key")
    return text


def joined(*parts: str) -> str:
    """A key of several parts, each escaped. Raises StoreError if it is too long for the service."""
    whole = JOINT.join(key(part) for part in parts)
    if len(whole) > KEY_LIMIT:
        raise StoreError(f"the key of {parts[0][:80]!r} has {len(whole)} letters; {KEY_LIMIT} are possible")
    return whole


def cut(escaped: str, limit: int) -> str:
    """The longest start of a key within `limit` letters that ends between two escapes."""
    if len(escaped) <= limit:
        return escaped
    mark = escaped.rfind("!", max(0, limit - 7), limit)
    if mark >= 0 and mark + (8 if escaped[mark + 1 : mark + 2] == "u" else 3) > limit:
        return escaped[:mark]
    return escaped[:limit]


def fold(name: str) -> str:
    """The form of a name that is searched: without case, and the same however accents were typed."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def literal(text: str) -> str:
    """A string literal of a filter expression."""
    return "'" + text.replace("'", "''") + "'"


def starting(column: str, prefix: str) -> str:
    """The filter for keys that start with an escaped prefix."""
    return f"{column} ge {literal(prefix)} and {column} lt {literal(prefix + HIGHEST)}"


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        raise StoreError(f"half a surrogate pair (U+{code:04X}) is not text and cannot be stored")
    return f"!{code:02x}" if code < 0x100 else f"!u{code:06x}"


def _unescape(match: re.Match[str]) -> str:
    if match[3]:
        raise StoreError(f"{match.string!r} is not an escaped key")
    code = int(match[1] or match[2], 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise StoreError(f"{match.string!r} is not an escaped key")
    return chr(code)
