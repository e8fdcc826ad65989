"""One line an event: `event key=value …`. Event names are an interface; object bodies, tokens and secrets never appear.

Values are numbers, short names of things, ids and codes, and no names of people. Text that came from outside is cut and
stripped of line breaks, so that nobody writes a log line of their own.
"""

import logging
import re

_LOGGER = logging.getLogger("lifeboat")
# These tell of every request, with addresses and headers: megabytes a run, paid for in Log Analytics, and object ids.
for _chatty in ("azure.core", "azure.identity", "httpx"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST = 300


def _plain(value: object) -> str:
    text = _UNSAFE.sub(" ", str(value))
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    return f'"{text}"' if " " in text or not text else text


def _line(event: str, fields: dict[str, object]) -> str:
    return " ".join([event, *(f"{key}={_plain(value)}" for key, value in fields.items())])


def starter(started_by: str) -> str:
    """What a line tells of who started something: the timer, or a caller; the name stays in the row and the audit."""
    return started_by if started_by in {"timer", "timer (late)"} else "caller"


def info(event: str, **fields: object) -> None:
    """Something that happened as it should."""
    _LOGGER.info("%s", _line(event, fields))


def warning(event: str, **fields: object) -> None:
    """Something a person may have to look at."""
    _LOGGER.warning("%s", _line(event, fields))


def error(event: str, **fields: object) -> None:
    """Something that failed."""
    _LOGGER.error("%s", _line(event, fields))
