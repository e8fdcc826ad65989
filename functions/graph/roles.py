"""Which application permissions a token carries: the claim `roles` of an access token for Graph.

The token is read, never checked: only Graph can say whether it is good. If it cannot be read, nothing is known.
"""

import base64
import binascii

import msgspec


class _Claims(msgspec.Struct):
    roles: tuple[str, ...] = ()
    oid: str = ""
    appid: str = ""
    tid: str = ""


def roles_of(token: str) -> frozenset[str] | None:
    """The permissions, or None for a token that is no JWT (the fixed one of a laptop may be any text)."""
    claims = _claims(token)
    return None if claims is None else frozenset(claims.roles)


def principal_of(token: str) -> str:
    """The object id of the service principal that the token is of, "" where it does not say."""
    claims = _claims(token)
    return "" if claims is None else claims.oid.lower()


def application_of(token: str) -> str:
    """The appId of the application that the token is of, "" where it does not say."""
    claims = _claims(token)
    return "" if claims is None else claims.appid.lower()


def tenant_of(token: str) -> str:
    """The id of the tenant that gave the token, "" where it does not say."""
    claims = _claims(token)
    return "" if claims is None else claims.tid.lower()


def _claims(token: str) -> _Claims | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(payload, type=_Claims)
    except (binascii.Error, ValueError):  # msgspec's errors are ValueErrors too
        return None


def grants(held: frozenset[str], wanted: str) -> bool:
    """True when what is held covers the permission: itself, or the one to write the same."""
    return wanted in held or wanted.replace(".Read.", ".ReadWrite.") in held
