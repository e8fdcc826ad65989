"""`python -m tests.host.recorded FILE …`: the local host, writing down each replay; what follows FILE is for the host.

The setting RECORD_FAILURES names activities that fail, once each: a JSON list of [name, text in the payload].
"""

import json
import os
import sys
from pathlib import Path

from local.host.__main__ import main as serve
from local.host.invoker import Invoker
from local.host.worker import Outcome


def main() -> int:
    """Serves until it is stopped."""
    target = Path(sys.argv.pop(1))
    failures = [tuple(one) for one in json.loads(os.environ.get("RECORD_FAILURES", "[]"))]
    invoke = Invoker.durable

    async def durable(self: Invoker, name: str, payload: str) -> Outcome:
        for failure in failures:
            if failure[0] == name and failure[1] in payload:
                failures.remove(failure)
                return Outcome(error="Exception: storage did not answer")
        outcome = await invoke(self, name, payload)
        if payload.startswith('{"history": ['):
            row = {"name": name, "payload": json.loads(payload), "error": outcome.error}
            row["value"] = outcome.value.json if outcome.value else None
            with target.open("a") as file:
                file.write(json.dumps(row) + "\n")
        return outcome

    Invoker.durable = durable  # type: ignore[method-assign]
    return serve()


if __name__ == "__main__":
    sys.exit(main())
