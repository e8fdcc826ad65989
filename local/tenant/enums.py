"""Members that were added to an enumeration after it was published.

A caller that does not send `Prefer: include-unknown-enum-members` gets the sentinel in their place.
"""

from typing import Any

from local.tenant.message import Request
from local.tenant.projection import plain
from local.tenant.schema import Kind

PREFERENCE = "include-unknown-enum-members"
SENTINEL = "unknownFutureValue"
# kind → (property, field) → members behind the sentinel; which ones are is not confirmed beyond this one
LATER = {"conditionalAccessPolicy": {("grantControls", "builtInControls"): frozenset({"riskRemediation"})}}


def understood(request: Request, kind: Kind, shown: list[Any]) -> list[Any]:
    later = LATER.get(kind.name)
    if later is None or request.prefers(PREFERENCE):
        return shown
    answers = [plain(one) for one in shown]
    for answer in answers:
        for (name, field), members in later.items():
            values = (answer.get(name) or {}).get(field)
            if values:
                answer[name][field] = [SENTINEL if value in members else value for value in values]
    return answers
