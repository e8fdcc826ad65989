"""`POST /directoryObjects/getAvailableExtensionProperties`: the directory extensions of all applications in one call.

A documented defect is kept: a tenant with more than a thousand service principals gets an empty answer.
"""

from typing import Any

from local.tenant import answers
from local.tenant.message import Reply, Request
from local.tenant.objects import Selection
from local.tenant.options import Options, parse
from local.tenant.projection import projection, selected
from local.tenant.rules import bad_request, denied
from local.tenant.schema import KINDS
from local.tenant.tenant import Tenant
from local.tenant.tree import Place
from local.tenant.view import EVERYTHING
from local.tenant.write import body_of

READS = ("Directory.Read.All",)
MOST_PRINCIPALS = 1000
SYNCED = "isSyncedFromOnPremises"


def available_extensions(tenant: Tenant, request: Request, place: Place) -> Reply:
    if not tenant.access.holds(READS):
        tenant.behaviour.hit("permissions")
        raise denied()
    parse(request.query, frozenset())
    body = body_of(request) if request.body else {}
    wanted = body.get(SYNCED)
    if set(body) - {SYNCED} or not isinstance(wanted, bool | None):
        raise bad_request(f"'{SYNCED}' is the only parameter, and is true or false.")
    kind = KINDS[place.kinds[0]]
    shown: list[Any] = []
    if tenant.objects.count(Selection(("servicePrincipal",))) <= MOST_PRINCIPALS:
        rows = [row for _, row in tenant.view.page(Selection((kind.name,)), -1, EVERYTHING, 0)]
        of_them = [row for row in rows if wanted is None or bool(row.object().get(SYNCED)) == wanted]
        one = projection(kind.name, selected(kind, None, request.edition, single=False))
        shown = tenant.disturbance.objects([kind] * len(of_them), [one.show(row) for row in of_them])
    return answers.envelope(request, "extensionProperties", Options(), shown, None, "")
