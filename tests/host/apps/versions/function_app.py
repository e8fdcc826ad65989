"""An orchestration that waits, and says which version it is of and which its child is of."""

import azure.durable_functions as df
import azure.functions as func

app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="start/{id}", methods=["POST"])
@app.durable_client_input(client_name="client")
async def begin(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> str:
    return await client.start_new("parent", req.route_params["id"], version=req.params.get("version"))


@app.orchestration_trigger(context_name="context")
def parent(context: df.DurableOrchestrationContext):
    before = context.version
    yield context.wait_for_external_event("go")
    child = yield context.call_sub_orchestrator("child")
    return [before, context.version, child]


@app.orchestration_trigger(context_name="context")
def child(context: df.DurableOrchestrationContext):
    if context.get_input() is None:
        context.continue_as_new("again")
        return None
    yield context.create_timer(context.current_utc_datetime)
    return context.version
