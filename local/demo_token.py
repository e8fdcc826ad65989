"""The token of the demo's reader: a JWT that names the permissions an administrator granted by docs/permissions.md.

In: the page, and what somebody forgot to grant. Out: a token that the app and the emulated tenant read the same way.
Nobody signed it: only the emulated tenant takes it, as it takes any other text.
"""

import base64
import json
import re
from collections.abc import Collection

_ROW = re.compile(r"^\| `([A-Za-z][\w.-]*)` \|", re.MULTILINE)


def granted(page: str, forgotten: Collection[str]) -> list[str]:
    """The permissions of every table on the page but the forgotten ones, each of which has to be on it."""
    found = set(_ROW.findall(page))
    unknown = set(forgotten) - found
    if unknown:
        raise ValueError(f"the page of permissions does not name {', '.join(sorted(unknown))}")
    return sorted(found - set(forgotten))


def token(roles: list[str]) -> str:
    """A JWT without a signature whose claim `roles` names the permissions, as a token of a managed identity does."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part({'roles': roles})}."


def _part(claims: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).decode().rstrip("=")
