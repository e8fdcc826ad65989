"""Principal headers as the platform writes them, and settings of an app in Azure and on a laptop."""

import base64
import json

from functions.settings import Settings

TENANT = "11111111-2222-4333-8444-555555555555"
CALLER = "99999999-2222-4333-8444-000000000001"
CLIENT = "77777777-2222-4333-8444-000000000002"
URI = f"api://{TENANT}/lifeboat"
EVERY_ROLE = ("Backup.Read", "Backup.Run", "Restore.Plan", "Restore.Apply")

AZURE = Settings(tenant_id=TENANT, auth_enabled=True, audiences=frozenset({CLIENT, URI}), restore_enabled=True)
LOCAL = Settings(tenant_id=TENANT, graph_url="http://127.0.0.1:9", cloud="local", restore_enabled=True)


def header(*roles: str, extra: dict[str, str] | None = None, **claims: str) -> str:
    """The header of a caller of the tenant, with unmapped claim names unless told otherwise."""
    held = {"tid": TENANT, "oid": CALLER, "aud": CLIENT, "name": "Ada"} | claims | (extra or {})
    listed = [{"typ": name, "val": value} for name, value in held.items() if value]
    listed += [{"typ": "roles", "val": role} for role in roles]
    return encoded({"auth_typ": "aad", "claims": listed, "name_typ": "name", "role_typ": "roles"})


def encoded(principal: object) -> str:
    """Any JSON as the header carries it."""
    return base64.b64encode(json.dumps(principal).encode()).decode()
