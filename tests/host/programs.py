"""Random orchestration programs, and what each comes to by plain Python.

A program is a list of statements as JSON. Its result does not depend on who is faster, though its course does:
delays, retries and windows mix the order in which results arrive.
"""

import random
from typing import Any

Node = dict[str, Any]


class Programs:
    """Makes programs; labels are unique within one."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._labels = 0

    def program(self, depth: int = 0) -> list[Node]:
        statements = [self._statement(depth) for _ in range(self._random.randint(1, 3 - depth))]
        if depth == 0 and self._random.random() < 0.15:
            statements.insert(self._random.randrange(len(statements) + 1), {"op": "restart"})
        return statements

    def _statement(self, depth: int) -> Node:
        kind = self._random.choices(("one", "all", "window", "race", "try", "timer"), weights=(2, 3, 4, 1, 2, 1))[0]
        if kind == "one":
            return self._task(depth)
        if kind == "all":
            return {"op": "all", "parts": [self._task(depth, nest=True) for _ in range(self._random.randint(1, 4))]}
        if kind == "window":
            chains = [
                [self._task(depth) for _ in range(self._random.randint(1, 3))]
                for _ in range(self._random.randint(2, 4))
            ]
            return {"op": "window", "chains": chains}
        if kind == "race":
            return {"op": "race", "what": self._call()}
        if kind == "try":
            return {"op": "try", "what": self._call(doomed=self._random.random() < 0.7)}
        return {"op": "timer", "milliseconds": self._random.randint(0, 20)}

    def _task(self, depth: int, *, nest: bool = False) -> Node:
        drawn = self._random.random()
        if nest and drawn < 0.15:
            return {"op": "all", "parts": [self._call() for _ in range(self._random.randint(1, 3))]}
        if depth < 2 and drawn < 0.3:
            return self._sub(depth)
        return self._call()

    def _call(self, *, doomed: bool = False) -> Node:
        retried = self._random.random() < 0.5
        attempts = self._random.randint(1, 3) if retried else 0
        most = max(1, attempts)
        return {
            "op": "call",
            "label": self._label(),
            "delay": self._random.choice((0, 0, 0.001, 0.004, 0.01)),
            "sync": self._random.random() < 0.2,
            "attempts": attempts,
            "pause": self._random.choice((1, 1, 3, 8)),
            "fails": 1000 if doomed else self._random.randint(0, most - 1),
        }

    def _sub(self, depth: int) -> Node:
        return {
            "op": "sub",
            "label": self._label(),
            "fixed": self._random.random() < 0.3,
            "attempts": self._random.choice((0, 0, 2)),
            "program": self.program(depth + 1),
        }

    def _label(self) -> str:
        self._labels += 1
        return f"L{self._labels}"


def result(program: list[Node]) -> list[Any]:
    """What a program comes to."""
    return [_value(statement) for statement in program if statement["op"] != "restart"]


def _value(node: Node) -> Any:
    op = node["op"]
    if op == "call":
        return node["label"]
    if op == "sub":
        return result(node["program"])
    if op == "all":
        return [_value(part) for part in node["parts"]]
    if op == "window":
        return [[_value(task) for task in chain] for chain in node["chains"]]
    if op == "race":
        return _value(node["what"])
    if op == "try":
        call = node["what"]
        return "caught True" if call["fails"] >= max(1, call["attempts"]) else call["label"]
    return None
