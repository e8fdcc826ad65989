"""The functions behind the HTTP surface: route and method here, everything else in functions.api.

Their authorization level is anonymous because a function key names nobody: the platform authenticates every caller and
each call checks the caller's roles.
"""

import azure.durable_functions as df
import azure.functions as func

from functions.api.endpoint import serve
from functions.api.table import CALLS

bp = df.Blueprint()
_OPEN = func.AuthLevel.ANONYMOUS


@bp.route(route="backups", methods=["POST"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def start_backup(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["start_backup"], req, client)


@bp.route(route="backups", methods=["GET"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def list_backups(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["list_backups"], req, client)


@bp.route(route="backups/{runId}", methods=["GET"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def show_backup(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["show_backup"], req, client)


@bp.route(route="types", methods=["GET"], auth_level=_OPEN)
async def list_types(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["list_types"], req)


@bp.route(route="settings/types", methods=["GET"], auth_level=_OPEN)
async def show_choice(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["show_choice"], req)


@bp.route(route="settings/types", methods=["PUT"], auth_level=_OPEN)
async def choose_types(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["choose_types"], req)


@bp.route(route="preflight", methods=["POST"], auth_level=_OPEN)
async def look_ahead(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["look_ahead"], req)


@bp.route(route="objects/{type}", methods=["GET"], auth_level=_OPEN)
async def search_objects(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["search_objects"], req)


@bp.route(route="objects/{type}/{id}", methods=["GET"], auth_level=_OPEN)
async def show_object(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["show_object"], req)


@bp.route(route="objects/{type}/{id}/diff", methods=["GET"], auth_level=_OPEN)
async def diff_object(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["diff_object"], req)


@bp.route(route="diff/{type}", methods=["GET"], auth_level=_OPEN)
async def diff_type(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["diff_type"], req)


@bp.route(route="objects/{type}/{id}/versions", methods=["GET"], auth_level=_OPEN)
async def list_versions(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["list_versions"], req)


@bp.route(route="restore/plans", methods=["POST"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def make_plan(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["make_plan"], req, client)


@bp.route(route="restore/plans", methods=["GET"], auth_level=_OPEN)
async def list_plans(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["list_plans"], req)


@bp.route(route="restore/plans/{planId}", methods=["GET"], auth_level=_OPEN)
async def show_plan(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["show_plan"], req)


@bp.route(route="restore/plans/{planId}/items", methods=["GET"], auth_level=_OPEN)
async def list_plan_items(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["list_plan_items"], req)


@bp.route(route="restore/plans/{planId}/apply", methods=["POST"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def apply_plan(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["apply_plan"], req, client)


@bp.route(route="restore/plans/{planId}/cancel", methods=["POST"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def cancel_plan(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["cancel_plan"], req, client)


@bp.route(route="restore/plans/{planId}/retry", methods=["POST"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def retry_plan(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["retry_plan"], req, client)


@bp.route(route="restore/plans/{planId}/undo", methods=["POST"], auth_level=_OPEN)
async def undo_plan(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["undo_plan"], req)


@bp.route(route="restore/plans/{planId}/passwords", methods=["POST"], auth_level=_OPEN)
async def issue_passwords(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["issue_passwords"], req)


@bp.route(route="index", methods=["POST"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def rebuild_index(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["rebuild_index"], req, client)


@bp.route(route="index", methods=["GET"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def show_index(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["show_index"], req, client)


@bp.route(route="retention", methods=["GET"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def show_retention(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["show_retention"], req, client)


@bp.route(route="verify", methods=["POST"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def start_verification(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["start_verification"], req, client)


@bp.route(route="verify", methods=["GET"], auth_level=_OPEN)
@bp.durable_client_input(client_name="client")
async def show_verification(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    return await serve(CALLS["show_verification"], req, client)


@bp.route(route="openapi.json", methods=["GET"], auth_level=_OPEN)
async def describe_api(req: func.HttpRequest) -> func.HttpResponse:
    return await serve(CALLS["describe_api"], req)
