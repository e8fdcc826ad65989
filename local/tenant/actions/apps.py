"""Applications, service principals, grants: what can be asked of them beyond plain writes.

A consent policy takes its conditions one set at a time; a service principal mirrors its application.
"""

from collections.abc import Mapping

from local.tenant import answers
from local.tenant.actions.model import Action, Call, Effects
from local.tenant.message import Reply
from local.tenant.objects import Row
from local.tenant.options import Options
from local.tenant.rules.app_policies import conditions
from local.tenant.rules.principals import of_application
from local.tenant.tenant import Tenant


def _add_conditions(name: str) -> Action:
    def run(call: Call) -> Reply:
        policy = call.target.object()
        found = conditions(policy, call.body, call.tenant.directory)
        after = {**policy, name: [*(policy.get(name) or ()), found]}
        call.tenant.ledger.update(call.target.kind, call.target.id, policy, after)
        place = f"policies/permissionGrantPolicies('{call.target.id}')/{name}"
        return answers.entity(call.request, place, Options(), found, 201)

    return Action(kind="permissionGrantPolicy", name=name, run=run)


def _mirror(tenant: Tenant, row: Row) -> None:
    """What an application says of itself shows in its service principal."""
    app = row.object()
    for principal in list(tenant.directory.find("servicePrincipal", "appId", app["appId"])):
        mirrored = of_application(app, tenant.directory)
        after = {**principal, **{name: value for name, value in mirrored.items() if value not in (None, [])}}
        gone = [name for name, value in mirrored.items() if value in (None, []) and principal.get(name)]
        after |= {name: [] if isinstance(principal[name], list) else None for name in gone}
        tenant.ledger.update("servicePrincipal", principal["id"], principal, after)


ACTIONS: tuple[Action, ...] = (_add_conditions("includes"), _add_conditions("excludes"))
EFFECTS: Mapping[str, Effects] = {"application": Effects(changed=_mirror)}
