"""One company with its app: the emulated tenant and the Functions host as processes, each service behind a relay.

Everything a test asks of the product goes over HTTP to the host; what it asks of the tenant, as an administrator, goes
to the tenant itself. The storage emulator is shared: every stage has a tenant id of its own.
"""

import re
import time
from pathlib import Path
from typing import Any

import httpx

from local.azurite import ACCOUNT, KEY
from local.stack import TOKEN, Choices, Stack
from tests.e2e.relay import Relay, Relays
from tests.e2e.vault import Vault

type Json = dict[str, Any]

_NEVER = "0 0 0 29 2 *"  # the timer is fired by hand


class Stage(Stack):
    """Use as a context manager. `graph`, `blobs` and `tables` are the relays; `vault` reads storage past them."""

    def __init__(
        self, data: Path, connection: str, relays: Relays, *, users: int = 40, token: str = TOKEN, **env: str
    ) -> None:
        super().__init__(Choices(data=data, users=users, token=token, env={"BACKUP_SCHEDULE": _NEVER, **env}))
        self._connection = connection
        self._relays = relays
        self.vault = Vault(connection, self.tenant_id)
        self.http = httpx.Client(timeout=60)

    def __enter__(self) -> "Stage":
        try:
            self.start_tenant()
            assert self.tenant is not None
            self.tenant_url = str(self.tenant.ready["graphUrl"])
            blob, table = (
                re.search(rf"{name}Endpoint=http://127.0.0.1:(\d+)/", self._connection) for name in ("Blob", "Table")
            )
            assert blob is not None
            assert table is not None
            self.graph = self._relays.to(int(self.tenant_url.rpartition(":")[2]))
            self.blobs = self._relays.to(int(blob[1]))
            self.tables = self._relays.to(int(table[1]))
            self.start_host()
        except BaseException:
            self.stop()
            raise
        return self

    @property
    def graph_url(self) -> str:
        return f"http://127.0.0.1:{self.graph.port}"

    @property
    def storage(self) -> str:
        return (
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};"
            f"BlobEndpoint=http://127.0.0.1:{self.blobs.port}/{ACCOUNT};"
            f"TableEndpoint=http://127.0.0.1:{self.tables.port}/{ACCOUNT};"
        )

    @property
    def relays(self) -> tuple[Relay, ...]:
        return tuple(getattr(self, name) for name in ("graph", "blobs", "tables") if hasattr(self, name))

    def stop(self) -> None:
        for relay in self.relays:
            relay.reset()
        super().stop()
        for relay in self.relays:
            relay.close()
        self.http.close()
        self.vault.close()

    # the app
    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One call of the API."""
        return self.http.request(method, f"{self.functions_url}/api/{path}", **options)

    def get(self, path: str, **query: str) -> Json:
        """A call that must succeed."""
        reply = self.call("GET", path, params=query)
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def start(self, *types: str) -> str:
        """Starts a backup of these types (default: all) and returns the run's id."""
        reply = self.call("POST", "backups", json={"types": list(types)} if types else {})
        assert reply.status_code == 202, reply.text
        return str(reply.json()["runId"])

    def ended(self, run: str, seconds: float = 60.0) -> Json:
        """Waits for the end of a run and returns it as the API shows it."""
        deadline, pause = time.monotonic() + seconds, 0.02
        while (found := self.get(f"backups/{run}"))["state"] == "running":
            assert time.monotonic() < deadline, f"{run} still works after {seconds:g} s: {found}"
            time.sleep(pause)
            pause = min(pause * 1.3, 0.5)  # the answer costs the host more than the run's own calls
        return found

    def idle(self) -> None:
        """Waits for the orchestration too: it cleans up after its run is shown as ended."""
        where = f"{self.functions_url}/runtime/webhooks/durabletask/instances/backup-{self.tenant_id}"
        while self.http.get(where).status_code == 202:
            time.sleep(0.02)

    def backup(self, *types: str, state: str = "committed") -> str:
        """A run from start to end; returns its id."""
        run = self.start(*types)
        found = self.ended(run)
        assert found["state"] == state, found
        self.idle()
        return run

    def outcome(self, run: str, key: str) -> Json:
        """What became of one type in a run that has ended."""
        return dict(self.get(f"backups/{run}")["types"][key])

    def names(self, key: str, **query: str) -> dict[str, Json]:
        """id → what a search finds."""
        return {one["id"]: one for one in self.get(f"objects/{key}", top="999", **query)["objects"]}

    def plan(self, key: str, identity: str, **choice: object) -> Json:
        """A restore plan."""
        reply = self.call("POST", "restore/plans", json={"type": key, "id": identity, **choice})
        assert reply.status_code == 201, reply.text
        return dict(reply.json())

    def apply(self, plan: Json) -> Json:
        """Applies a plan and returns it as it ended."""
        reply = self.call("POST", f"restore/plans/{plan['planId']}/apply")
        assert reply.status_code == 202, reply.text
        return self.applied(plan)

    def applied(self, plan: Json, seconds: float = 60.0) -> Json:
        """Waits for the end of a plan that is being applied."""
        deadline = time.monotonic() + seconds
        while (found := self.get(f"restore/plans/{plan['planId']}"))["state"] in {"planned", "applying"}:
            assert time.monotonic() < deadline, f"still {found['state']} after {seconds:g} s: {found['steps']}"
            time.sleep(0.05)
        return found

    def kill(self) -> None:
        """Ends the host as a power cut would; what the relays hold never arrives."""
        assert self.host is not None
        self.host.kill()
        self.host.stop()  # closes the pipe of what is dead
        for relay in self.relays:
            relay.break_off()

    def restart(self) -> None:
        """Starts the host again on what it left."""
        self.start_host()

    # the tenant
    def admin(self, method: str, path: str, body: object = None) -> Any:
        """A call of the tenant, as its administrator or as the one who runs it; must succeed."""
        headers = {"authorization": f"Bearer {self.choices.token}"}
        reply = self.http.request(method, self.tenant_url + path, json=body, headers=headers)
        assert reply.is_success, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json() if reply.content else None

    def fault(self, do: str, path: str, **rule: Any) -> int:
        """Asks for a fault on the calls whose path matches; returns its number."""
        return int(self.admin("POST", "/_admin/faults", {"do": do, "path": path, **rule})["id"])

    def hits(self, fault: int) -> int:
        """How often a fault took effect."""
        return next(int(one["hits"]) for one in self.admin("GET", "/_admin/faults")["faults"] if one["id"] == fault)

    def switch(self, **values: Any) -> None:
        """Turns standing behaviours of the tenant on."""
        self.admin("PATCH", "/_admin/switches", values)

    def calm(self) -> None:
        """No faults, no switches, nothing held."""
        self.admin("DELETE", "/_admin/faults")
        self.admin("DELETE", "/_admin/switches")
        for relay in self.relays:
            relay.reset()

    def writes(self, after: int = 0) -> list[Json]:
        """The writes that reached the tenant, behind one number."""
        return list(self.admin("GET", f"/_admin/audit?after={after}")["writes"])

    def mark(self) -> int:
        """The number of the last write so far."""
        return max((int(one["number"]) for one in self.writes()), default=0)

    def listed(self, path: str) -> list[Json]:
        """A whole list of the tenant."""
        found, link = list[Json](), path
        while link:
            page = self.admin("GET", link)
            found += page["value"]
            link = str(page.get("@odata.nextLink", "")).removeprefix(self.tenant_url)
        return found

    def user(self, name: str, **more: object) -> str:
        """Creates a user and returns its id."""
        domain = self.admin("GET", "/v1.0/organization")["value"][0]["verifiedDomains"][0]["name"]
        body = {
            "accountEnabled": True,
            "displayName": name,
            "mailNickname": name,
            "userPrincipalName": f"{name}@{domain}",
            "passwordProfile": {"password": "Start-with-7-this", "forceChangePasswordNextSignIn": True},
            **more,
        }
        return str(self.admin("POST", "/v1.0/users", body)["id"])

    def group(self, name: str, members: tuple[str, ...] = ()) -> str:
        """Creates a security group and returns its id."""
        body = {"displayName": name, "mailEnabled": False, "mailNickname": name, "securityEnabled": True}
        made = str(self.admin("POST", "/v1.0/groups", body)["id"])
        for member in members:
            self.admin(
                "POST",
                f"/v1.0/groups/{made}/members/$ref",
                {"@odata.id": f"{self.tenant_url}/v1.0/directoryObjects/{member}"},
            )
        return made

    def linked(self, path: str) -> set[str]:
        """The ids in a list of links."""
        return {str(one["id"]) for one in self.listed(f"{path}?$select=id")}

    def purge(self, collection: str, identity: str) -> None:
        """Deletes for good."""
        self.admin("DELETE", f"/v1.0/{collection}/{identity}")
        self.admin("DELETE", f"/v1.0/directory/deletedItems/{identity}")
