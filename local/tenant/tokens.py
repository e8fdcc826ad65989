"""Opaque page and delta tokens: sealed, bound to the query they were given for, and ageing on the tenant's clock.

A token carries its whole state, so that it outlives a restart and no list has to be remembered between pages.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Any

import msgspec

from local.tenant.clock import TenantClock

MAC_BYTES = 9


class BadToken(Exception):
    """Not a token of this tenant, or not one for this query."""


class Tokens:
    def __init__(self, secret: bytes, clock: TenantClock) -> None:
        self._secret = secret
        self._clock = clock

    def seal(self, bound_to: str, state: dict[str, Any]) -> str:
        body = msgspec.msgpack.encode({**state, "issued": self._clock.seconds()})
        return base64.urlsafe_b64encode(self._mac(bound_to, body) + body).decode().rstrip("=")

    def open(self, bound_to: str, token: str) -> dict[str, Any]:
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError) as error:
            raise BadToken from error
        mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(bound_to, body)):
            raise BadToken
        return msgspec.msgpack.decode(body, type=dict[str, Any])

    def age(self, state: dict[str, Any]) -> float:
        """Seconds since the token was given out."""
        return self._clock.seconds() - float(state["issued"])

    def _mac(self, bound_to: str, body: bytes) -> bytes:
        return hmac.digest(self._secret, hashlib.sha256(bound_to.encode()).digest() + body, "sha256")[:MAC_BYTES]
