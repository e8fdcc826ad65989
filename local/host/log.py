"""What the host says on stderr: one line for each invocation that failed; with --verbose also what went well."""

import logging
import re

_LOGGER = logging.getLogger("local.host")
_BREAKS = re.compile(r"\s+")
_LONGEST = 400


def setup(*, verbose: bool) -> None:
    """Sends the logs of the host, the worker library and the app to stderr."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


def invocation_failed(function: str, error: str, *, instance: str = "") -> None:
    """A function raised."""
    text = _BREAKS.sub(" ", error)
    where = f" ({instance})" if instance else ""
    _LOGGER.warning("%s%s failed: %s", function, where, text[:_LONGEST])


def info(message: str, *values: object) -> None:
    """Something that happened as it should."""
    _LOGGER.info(message, *values)
