"""Writes the pages and the list of permissions that follow from the catalogue. Run from the root:
`python -m docs.generate`.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from functions.catalogue import ENTRIES
from functions.catalogue.by_hand import by_hand_page
from functions.catalogue.docs import coverage_page, permissions_page
from functions.catalogue.identities import Grant, reader_grants, restorer_grants

INFRA = Path(__file__).parents[1] / "infra"


def graph_permissions() -> str:
    """infra/graph-permissions.json. A permission without an id in infra/graph-app-roles.json is a KeyError: look it up,
    in two places, and add it there."""
    known = json.loads((INFRA / "graph-app-roles.json").read_text(encoding="utf-8"))

    def rows(grants: Iterable[Grant]) -> str:
        return ",\n".join(
            "      "
            + json.dumps(
                {"name": grant.name, "appRoleId": known["appRoles"][grant.name]["id"]}
                | ({"notIn": list(grant.not_in)} if grant.not_in else {})
            )
            for grant in grants
        )

    presets = ",\n".join(f'    "{name}": [\n{rows(grants)}\n    ]' for name, grants in reader_grants(ENTRIES).items())
    return (
        f'{{\n  "graphAppId": "{known["graphAppId"]}",\n  "reader": {{\n{presets}\n  }},\n'
        f'  "restorer": [\n{rows(restorer_grants(ENTRIES))}\n  ]\n}}\n'
    )


if __name__ == "__main__":
    here = Path(__file__).parent
    (here / "permissions.md").write_text(permissions_page(), encoding="utf-8")
    (here / "coverage.md").write_text(coverage_page(), encoding="utf-8")
    (here / "by-hand.md").write_text(by_hand_page(), encoding="utf-8")
    (INFRA / "graph-permissions.json").write_text(graph_permissions(), encoding="utf-8")
