"""The platform's authentication, as far as the app sees it: the signed-in caller in `x-ms-client-principal` headers.

In: a request's headers. Out: the same without any such header the caller sent, and with those of the one local
user, whose app roles were chosen when the host was started.
"""

import base64
import json
from collections.abc import Iterable, Sequence

_PREFIX = "x-ms-client-principal"
_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
_TENANT_ID = "http://schemas.microsoft.com/identity/claims/tenantid"
_NAME = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"
ALL_ROLES = ("Backup.Read", "Backup.Run", "Restore.Plan", "Restore.Apply")
USER_ID = "00000000-0000-4000-8000-000000000001"
USER_NAME = "local.administrator@lifeboat.example"


def _principal(roles: Sequence[str], tenant_id: str) -> str:
    claims = [{"typ": "roles", "val": role} for role in roles]
    claims += [{"typ": _OBJECT_ID, "val": USER_ID}, {"typ": _NAME, "val": USER_NAME}]
    if tenant_id:
        claims.append({"typ": _TENANT_ID, "val": tenant_id})
    content = {"auth_typ": "aad", "claims": claims, "name_typ": _NAME, "role_typ": "roles"}
    return base64.b64encode(json.dumps(content).encode()).decode()


class Platform:
    """Sets the identity of every request."""

    def __init__(self, roles: Sequence[str], tenant_id: str) -> None:
        self._own = {
            _PREFIX: _principal(roles, tenant_id),
            f"{_PREFIX}-id": USER_ID,
            f"{_PREFIX}-name": USER_NAME,
            f"{_PREFIX}-idp": "aad",
        }

    def headers(self, received: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Headers for the app, names in lower case; one that came several times is joined by commas."""
        headers: dict[str, str] = {}
        for name, value in received:
            name = name.lower()
            if not name.startswith(_PREFIX):
                headers[name] = f"{headers[name]},{value}" if name in headers else value
        return headers | self._own
