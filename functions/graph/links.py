"""Where a request may go: the configured Graph host and nowhere else.

In: a path under the version root, or an absolute link as Graph gave it. Out: the URL to send. The result always begins
with the configured origin, byte for byte: a link is never sent as it was parsed, so two parsers cannot disagree
about its host.
"""

import re

from functions.errors import ForeignLink

_ABSOLUTE = re.compile(r"(https?)://([^/?#\\@]+)(/.*)?", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f]")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class GraphRoot:
    """The configured Graph host, and the URLs under it."""

    def __init__(self, url: str) -> None:
        match = _ABSOLUTE.fullmatch(url.rstrip("/"))
        if match is None:
            raise ValueError(f"{url!r} is not an absolute http(s) URL")
        self.url = url.rstrip("/")
        self.origin = f"{match[1].lower()}://{match[2]}"
        self._same = _origin(match[1], match[2])

    def absolute(self, link: str, api: str) -> str:
        """The URL to send. Raises ForeignLink if an absolute link leads to another scheme, host or port."""
        if _FORBIDDEN.search(link):
            raise ForeignLink("A link with blanks or control characters was not followed", path=_shown(link))
        if link.startswith("/"):
            return f"{self.url}/{api}{link}"
        match = _ABSOLUTE.fullmatch(link)
        if match is None or _origin(match[1], match[2]) != self._same:
            raise ForeignLink(
                f"A link to {_shown(link)} was not followed: it leads away from {self.origin}; no token was sent",
                path=_shown(link),
                remedy="If this Graph host is meant, set GRAPH_URL to it; otherwise look at what stands between the "
                "app and Graph (a proxy, a name server).",
            )
        return self.origin + (match[3] or "/")


def _origin(scheme: str, host: str) -> str:
    scheme, host = scheme.lower(), host.lower()
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORTS[scheme])}"


def _shown(link: str) -> str:
    """The link without its query, which may hold a token, cut and printable."""
    return re.sub(r"[^\x21-\x7e]+", " ", link.split("?")[0].split("#")[0])[:100]


def path_of(url: str) -> str:
    """The path of a URL, without host and query: what a log and an error may show."""
    return _shown(re.sub(r"^[a-zA-Z]+://[^/?#]*", "", url))
