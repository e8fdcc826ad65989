"""What restoring external identities asks for beyond the catalogue: pure.

Graph wants to be told which kind of listener, extension or flow a body is of, takes other objects by their id alone,
and puts its own prefix before the name of a user flow.
"""

from collections.abc import Sequence

from functions.core.diff import same
from functions.core.plan import LossGap
from functions.core.plan_rules import Call, Gaps, Rules, Situation, within
from functions.core.record import Json, Object

_PREFIX = "B2X_1_"
_KIND = ("@odata.type",)
_PROVIDERS = "identityProviders"


def _flow(s: Situation, body: Object, gaps: Gaps) -> Object:
    body["id"] = str(body.get("id")).removeprefix(_PREFIX)
    providers = body.get(_PROVIDERS)
    if isinstance(providers, list):
        body[_PROVIDERS] = [_named(provider, ("id", "name", "type")) for provider in providers]
    return body


def _providers(s: Situation, gaps: Gaps) -> Sequence[Call]:
    """Those that an existing flow lacks; a new one is made with them."""
    if s.live.standing == "gone" or not s.options.takes(_PROVIDERS):
        return ()
    wanted, there = _ids(s.wanted.get(_PROVIDERS)), _ids(s.current.get(_PROVIDERS))
    if s.options.mode == "exact" and (extra := [id for id in there if id not in wanted]):
        why = "It was not there in the backup, and a restore does not remove it."
        gaps.append(LossGap(f"{', '.join(extra)} of {s.name} stays", why, "Take it off the flow by hand."))
    return [
        Call(
            path="/userFlowIdentityProviders/$ref",
            body={"@odata.id": f"{s.graph_url}/v1.0/identity/identityProviders/{id}"},
            reason="People could sign up with it in the backup.",
            before={_PROVIDERS: s.current.get(_PROVIDERS)},
            after={
                _PROVIDERS: [{"id": name} for name in [*there, *[new for new in wanted if new not in there][:place]]]
            },
        )
        for place, id in enumerate([new for new in wanted if new not in there], 1)
    ]


def _ids(things: Json) -> list[str]:
    found = things if isinstance(things, list) else []
    return [str(thing.get("id")) for thing in found if isinstance(thing, dict)]


def _named(thing: Json, names: tuple[str, ...]) -> Json:
    return {name: thing[name] for name in names if name in thing} if isinstance(thing, dict) else thing


def _asked(s: Situation, link: str, body: Object, gaps: Gaps) -> Object:
    if "userAttribute" in body:
        body["userAttribute"] = _named(body["userAttribute"], ("id",))
    return body


def _own_attribute(s: Situation) -> Gaps:
    if s.record.get("userFlowAttributeType") != "builtIn":
        return []
    if s.live.standing == "live" and same(s.wanted.get("description"), s.current.get("description")):
        return []
    return [
        LossGap(
            f"{s.name} is left as it is", "It is one of Microsoft's own attributes.", "Nothing: the service keeps them."
        )
    ]


def _listener(listener: Object) -> Object:
    """The handler names its extension; what the extension was at that time is in the extension's own record."""
    handler = listener.get("handler")
    extension = within(listener, "handler", "customExtension")
    if isinstance(handler, dict) and isinstance(extension, dict):
        listener["handler"] = {**handler, "customExtension": _named(extension, ("id",))}
    return listener


def _of_a_flow(s: Situation) -> Gaps:
    if not s.record.get("authenticationEventsFlowId"):
        return []
    if s.live.standing == "live" and all(same(s.wanted.get(n), s.current.get(n)) for n in ("conditions", "handler")):
        return []
    return [
        LossGap(
            f"The listener {s.name} is left as it is",
            "It belongs to a sign-up flow, which makes and changes its listeners by itself.",
            "Restore the flow (authenticationEventsFlows).",
        )
    ]


def _events(flow: Object) -> Object:
    """Providers by id: Graph masks their secrets, and a masked one must never be sent."""
    start = flow.get("onAuthenticationMethodLoadStart")
    if isinstance(start, dict) and isinstance(start.get(_PROVIDERS), list):
        providers: list[Json] = [_named(provider, ("id",)) for provider in start[_PROVIDERS]]  # type: ignore[union-attr]
        flow["onAuthenticationMethodLoadStart"] = {**start, _PROVIDERS: providers}
    return flow


USER_FLOW = Rules(create=_flow, calls=_providers, part=_asked, watched=frozenset({_PROVIDERS}))
USER_FLOW_ATTRIBUTE = Rules(stop=_own_attribute)
EXTENSION = Rules(
    always=_KIND, never_null=frozenset({"authenticationConfiguration", "displayName", "endpointConfiguration"})
)
LISTENER = Rules(stop=_of_a_flow, normal=_listener, always=_KIND, never_null=frozenset({"handler"}))
EVENTS_FLOW = Rules(normal=_events, always=_KIND, never_null=frozenset({"displayName"}))
