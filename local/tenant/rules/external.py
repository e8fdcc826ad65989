"""External identities: user flows, their attributes, extensions that are called, listeners and sign-up flows.

Words of refusals are not confirmed.
"""

from local.tenant.rules.directory import Directory, Object, Ref, bad_request, not_found
from local.tenant.wellknown import attributes_app

PREFIX = "B2X_1_"
_MASKED = "******"


def new_flow(body: Object, new: Object, directory: Directory) -> Object:
    if body["userFlowType"] != "signUpOrSignIn" or body["userFlowTypeVersion"] != 1:
        raise bad_request("Invalid value specified for property 'userFlowType'.")
    return {**new, "id": f"{PREFIX}{body['id']}"}


def new_provider(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    """A flow's own view of a provider that the tenant has."""
    return of_provider(str(body.get("id")), directory)


def of_provider(id: str, directory: Directory) -> Object:
    provider = directory.get("identityProviderBase", id)
    if provider is None:
        raise not_found(id)
    known = {"id": id, "name": provider.get("displayName"), "type": provider.get("identityProviderType")}
    return known | {name: provider[name] for name in ("clientId", "clientSecret") if name in provider}


def new_assignment(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    id = str(body["userAttribute"].get("id")) if isinstance(body["userAttribute"], dict) else ""
    if directory.get("identityUserFlowAttribute", id) is None:
        raise not_found(id)
    return {"isOptional": False, "requiresVerification": False, **new, "id": id}


def new_language(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    return {**new, "displayName": new.get("id")}


def new_attribute(body: Object, new: Object, directory: Directory) -> Object:
    """A directory extension of the application that holds the tenant's attributes."""
    app, name = attributes_app(directory.tenant_id()).replace("-", ""), str(body["displayName"]).replace(" ", "")
    id = f"extension_{app}_{name}"
    if directory.get("identityUserFlowAttribute", id) is not None:
        raise bad_request("An attribute of this name exists already.")
    return {**new, "id": id, "userFlowAttributeType": "custom"}


def change_attribute(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    if current.get("userFlowAttributeType") != "custom":
        raise bad_request("Only custom user flow attributes can be updated.")
    return new


def new_listener(body: Object, new: Object, directory: Directory) -> Object:
    return {**new, "handler": _with_extension(new["handler"], directory)}


def change_listener(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    return {**new, "handler": _with_extension(new["handler"], directory)}


def _with_extension(handler: Object | None, directory: Directory) -> Object | None:
    """A handler names an extension, and shows it whole."""
    named = (handler or {}).get("customExtension")
    if handler is None or not isinstance(named, dict):
        return handler
    extension = directory.get("customAuthenticationExtension", str(named.get("id")))
    if extension is None:
        raise not_found(str(named.get("id")))
    return {**handler, "customExtension": {name: extension[name] for name in extension if name != "@odata.type"}}


def new_events_flow(body: Object, new: Object, directory: Directory) -> Object:
    return _with_providers(new, directory)


def change_events_flow(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    if not current.get("onAttributeCollection") and body.get("onAttributeCollection"):
        raise bad_request("onAttributeCollection can be updated only where it was configured at creation.")
    return _with_providers(new, directory)


def _with_providers(flow: Object, directory: Directory) -> Object:
    start = flow.get("onAuthenticationMethodLoadStart")
    if not isinstance(start, dict):
        return flow
    named = [str(provider.get("id")) for provider in start.get("identityProviders") or ()]
    if not named:
        raise bad_request("A flow must have at least one identity provider.")
    for provider in start["identityProviders"]:
        if _MASKED in provider.values():
            raise bad_request("Invalid value specified for property 'clientSecret'.")
    found = [directory.get("identityProviderBase", id) for id in named]
    for id, provider in zip(named, found, strict=True):
        if provider is None:
            raise not_found(id)
    return {**flow, "onAuthenticationMethodLoadStart": {**start, "identityProviders": found}}
