"""A caller of the app's HTTP surface and of the emulated tenant, for the demo: plain requests, JSON in and out."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from local.stack import Stack

type Json = dict[str, Any]


class Api:
    """The app, as an administrator calls it with curl."""

    def __init__(self, stack: Stack) -> None:
        self.base = stack.functions_url + "/api"
        self._http = httpx.Client(base_url=self.base, timeout=60)

    def get(self, path: str, **query: object) -> Json:
        """GET; anything but success ends the demo with what was answered."""
        return self._json(self._http.get(path, params={key: str(value) for key, value in query.items()}))

    def post(self, path: str, body: Json | None = None) -> Json:
        """POST of JSON."""
        return self._json(self._http.post(path, json=body or {}))

    def put(self, path: str, body: Json) -> Json:
        """PUT of JSON."""
        return self._json(self._http.put(path, json=body))

    def refusal(self, path: str) -> str:
        """GET of what has to be refused: the code it is refused with, "" where it was answered."""
        reply = self._http.get(path)
        return str(reply.json()["code"]) if reply.is_error else ""

    def wait(self, path: str, working: set[str], tell: Callable[[Json], None]) -> Json:
        """Asks for a status page until its state is no longer one of `working`."""
        while True:
            status = self.get(path)
            tell(status)
            if status["state"] not in working:
                return status
            time.sleep(0.3)

    def close(self) -> None:
        """Closes the connection."""
        self._http.close()

    def _json(self, reply: httpx.Response) -> Json:
        if reply.is_error:
            raise SystemExit(f"{reply.request.method} {reply.request.url} answered {reply.status_code}: {reply.text}")
        answer: Json = reply.json()
        return answer


class Tenant:
    """The emulated tenant: Graph calls as a careless or hostile administrator makes them, and its whole state."""

    def __init__(self, stack: Stack) -> None:
        headers = {"Authorization": f"Bearer {stack.choices.token}"}
        self._http = httpx.Client(base_url=stack.graph_url, headers=headers, timeout=60)

    def take_licences(self, *plans: str) -> None:
        """The tenant no longer has these service plans."""
        left = set(self._http.get("/_admin/switches").raise_for_status().json()["switches"]["licences"]) - set(plans)
        self._http.patch("/_admin/switches", json={"licences": sorted(left)}).raise_for_status()

    def graph(self, method: str, path: str, body: Json | None = None) -> None:
        """One write."""
        self.call(method, "/v1.0" + path, body)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Any call, by its whole path; what was answered."""
        reply = self._http.request(method, path, json=body)
        if reply.is_error:
            raise SystemExit(f"{method} {path} answered {reply.status_code}: {reply.text}")
        return reply.json() if reply.content else None

    def state(self) -> dict[tuple[str, str], Json]:
        """Every live object, by kind and id, with its links."""
        kinds = self._http.get("/_admin/digest").raise_for_status().json()["kinds"]
        return {(kind, thing["id"]): thing for kind in kinds for thing in self._objects(kind) if not thing["deleted"]}

    def _objects(self, kind: str) -> Iterator[Json]:
        reply = self._http.get(f"/_admin/state/{kind}")
        reply.raise_for_status()
        for line in reply.text.split("\n")[:-1]:  # names may hold other line separators
            yield json.loads(line)

    def close(self) -> None:
        """Closes the connection."""
        self._http.close()
