"""How people from outside sign up and in: providers, user flows, and the code of the company that runs at sign-in."""

from collections.abc import Iterator
from typing import Any

from local.tenant.company.applications import API, PORTAL
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.world import DEFAULT_DOMAIN, World
from local.tenant.wellknown import attributes_app

_PROVIDERS: tuple[dict[str, Any], ...] = (
    {
        "@odata.type": "#microsoft.graph.builtInIdentityProvider",
        "id": "MSASignup-OAUTH",
        "displayName": "MicrosoftAccount",
        "identityProviderType": "MicrosoftAccount",
    },
    {
        "@odata.type": "#microsoft.graph.builtInIdentityProvider",
        "id": "EmailOtpSignup-OAUTH",
        "displayName": "Email One Time Passcode",
        "identityProviderType": "EmailOTP",
    },
    {
        "@odata.type": "#microsoft.graph.socialIdentityProvider",
        "id": "Google-OAUTH",
        "displayName": "Google",
        "identityProviderType": "Google",
        "clientId": "440029103381-halden.apps.example",
        "clientSecret": "******",
    },
)
_FLOWS = ("B2X_1_PartnerSignUp", "B2X_1_CarrierSignUp")
_BUILT_IN = (
    ("city", "City"),
    ("country", "Country/Region"),
    ("displayName", "Display Name"),
    ("email", "Email Address"),
)


def items(world: World) -> Iterator[Item]:
    for provider in _PROVIDERS:
        yield Object("identityProviderBase", provider)
    yield from _attributes(world)
    for flow in _FLOWS:
        yield Object("b2xIdentityUserFlow", {"id": flow, "userFlowType": "signUpOrSignIn", "userFlowTypeVersion": 1})
        yield from _below(world, flow)
    yield from _extensions(world)
    yield from _sign_up(world)
    yield from _listeners(world)


def custom_attribute(world: World) -> str:
    """The id of a sign-up attribute of the company's own; the service keeps these with an application."""
    return f"extension_{attributes_app(world.tenant_id).replace('-', '')}_CarrierCode"


def _attributes(world: World) -> Iterator[Item]:
    custom = (custom_attribute(world), "Carrier Code", "custom", "Custom")
    built_in = [(id, name, "builtIn", "BuiltIn") for id, name in _BUILT_IN]
    for id, name, type, kind in (*built_in, custom):
        yield Object(
            "identityUserFlowAttribute",
            {
                "@odata.type": f"#microsoft.graph.identity{kind}UserFlowAttribute",
                "id": id,
                "dataType": "string",
                "description": f"{name} of the person",
                "displayName": name,
                "userFlowAttributeType": type,
            },
        )


def _below(world: World, flow: str) -> Iterator[Item]:
    first = flow == _FLOWS[0]
    if first:
        google = _PROVIDERS[2]
        legacy = {"id": google["id"], "name": "Google", "type": "Google"}
        legacy |= {name: google[name] for name in ("clientId", "clientSecret")}
        yield Object("identityProvider", legacy)
        yield Link("b2xIdentityUserFlow", flow, "identityProviders", "identityProvider", google["id"])
    asked = ("city", custom_attribute(world)) if first else ("displayName",)
    for attribute in asked:
        yield from _assignment(flow, attribute)
    for id, name in (("en", "English"), ("nb", "Norsk bokmål"), ("de", "Deutsch")) if first else (("en", "English"),):
        key = f"{flow}/{id}"
        language = {"id": id, "displayName": name, "isEnabled": id != "de"}
        yield Object("userFlowLanguageConfiguration", language, key)
        yield Link("b2xIdentityUserFlow", flow, "languages", "userFlowLanguageConfiguration", key)


def _assignment(flow: str, attribute: str) -> Iterator[Item]:
    choices = [
        {"isDefault": value == "HLD", "name": name, "value": value}
        for name, value in (("Halden", "HLD"), ("Bergen", "BGO"), ("Skagen", "SKG"))
    ]
    key = f"{flow}/{attribute}"
    asked = {
        "id": attribute,
        "displayName": attribute.rpartition("_")[2].capitalize(),
        "isOptional": attribute == "city",
        "requiresVerification": False,
        "userAttributeValues": choices if attribute == "city" else [],
        "userInputType": "radioSingleSelect" if attribute == "city" else "textBox",
    }
    kind = "identityUserFlowAttributeAssignment"
    yield Object(kind, asked, key)
    yield Link("b2xIdentityUserFlow", flow, "userAttributeAssignments", kind, key)
    yield Link(kind, key, "userAttribute", "identityUserFlowAttribute", attribute)


def _extension(world: World, number: int) -> dict[str, Any]:
    host = f"hooks.{DEFAULT_DOMAIN}"
    tokens, prefill = "Carrier claims", "Prefill carrier"
    return {
        "id": world.id("authenticationExtension", number),
        "displayName": (tokens, prefill)[number],
        "description": None if number else "Adds the carrier's code to tokens",
        "authenticationConfiguration": {
            "@odata.type": "#microsoft.graph.azureAdTokenAuthentication",
            "resourceId": f"api://{host}/{world.id('appId', API)}",
        },
        "endpointConfiguration": {
            "@odata.type": "#microsoft.graph.httpRequestEndpoint",
            "targetUrl": f"https://{host}/{('token', 'prefill')[number]}",
        },
    }


def _claims() -> list[dict[str, str]]:
    return [{"claimIdInApiResponse": "carrierCode"}, {"claimIdInApiResponse": "portOfCall"}]


def _extensions(world: World) -> Iterator[Item]:
    claims = {
        "@odata.type": "#microsoft.graph.onTokenIssuanceStartCustomExtension",
        "claimsForTokenConfiguration": _claims(),
        "clientConfiguration": {"maximumRetries": 1, "timeoutInMilliseconds": 2000},
    }
    yield Object("customAuthenticationExtension", _extension(world, 0) | claims)
    prefill = {
        "@odata.type": "#microsoft.graph.onAttributeCollectionStartCustomExtension",
        "behaviorOnError": {"@odata.type": "#microsoft.graph.fallbackToMicrosoftProviderOnError"},
    }
    yield Object("customAuthenticationExtension", _extension(world, 1) | prefill)


def _for_applications(*app_ids: str) -> dict[str, Any]:
    return {"applications": {"includeAllApplications": False, "includeApplications": [{"appId": id} for id in app_ids]}}


def _listeners(world: World) -> Iterator[Item]:
    handler = {
        "@odata.type": "#microsoft.graph.onTokenIssuanceStartCustomExtensionHandler",
        "configuration": None,
        "customExtension": {
            **_extension(world, 0),
            "clientConfiguration": None,
            "claimsForTokenConfiguration": _claims(),
        },
    }
    yield Object(
        "authenticationEventListener",
        {
            "@odata.type": "#microsoft.graph.onTokenIssuanceStartListener",
            "id": world.id("eventListener", 0),
            "authenticationEventsFlowId": None,
            "conditions": _for_applications(world.id("appId", PORTAL), world.id("appId", API)),
            "displayName": "Carrier claims for the portal",
            "handler": handler,
        },
    )
    yield Object(
        "authenticationEventListener",
        {
            "@odata.type": "#microsoft.graph.onInteractiveAuthFlowStartListener",
            "id": world.id("eventListener", 1),
            "authenticationEventsFlowId": world.id("eventsFlow", 0),
            "conditions": _for_applications(world.id("appId", PORTAL)),
            "displayName": None,
            "handler": {
                "@odata.type": "#microsoft.graph.onInteractiveAuthFlowStartExternalUsersSelfServiceSignUp",
                "isSignUpAllowed": True,
            },
        },
    )


def _sign_up(world: World) -> Iterator[Item]:
    for number, name in enumerate(("Partner sign-up", "Carrier sign-up")):
        yield Object(
            "authenticationEventsFlow",
            {
                "@odata.type": "#microsoft.graph.externalUsersSelfServiceSignUpEventsFlow",
                "id": world.id("eventsFlow", number),
                "displayName": name,
                "description": "For partners of the portal" if number == 0 else None,
                "conditions": _for_applications(*([world.id("appId", PORTAL)] if number == 0 else [])),
                "onAttributeCollection": _collection(world, ("email", "displayName", custom_attribute(world))),
                "onAuthenticationMethodLoadStart": {
                    "@odata.type": ("#microsoft.graph.onAuthenticationMethodLoadStartExternalUsersSelfServiceSignUp"),
                    "identityProviders": list(_PROVIDERS[1:]),
                },
                "onInteractiveAuthFlowStart": {
                    "@odata.type": "#microsoft.graph.onInteractiveAuthFlowStartExternalUsersSelfServiceSignUp",
                    "isSignUpAllowed": number == 0,
                },
                "onUserCreateStart": {
                    "@odata.type": "#microsoft.graph.onUserCreateStartExternalUsersSelfServiceSignUp",
                    "userTypeToCreate": "guest",
                },
            },
        )


def _collection(world: World, attributes: tuple[str, ...]) -> dict[str, Any]:
    inputs = [
        {
            "attribute": id,
            "label": id.rpartition("_")[2],
            "inputType": "text",
            "defaultValue": None,
            "hidden": id == "email",
            "editable": id != "email",
            "writeToDirectory": True,
            "required": id == "email",
            "validationRegEx": "^.*",
            "options": [],
        }
        for id in attributes
    ]
    return {
        "@odata.type": "#microsoft.graph.onAttributeCollectionExternalUsersSelfServiceSignUp",
        "attributeCollectionPage": {"views": [{"title": None, "description": None, "inputs": inputs}]},
        "attributes": [
            {
                "id": id,
                "displayName": id.rpartition("_")[2],
                "description": None,
                "userFlowAttributeType": "custom" if id == custom_attribute(world) else "builtIn",
                "dataType": "string",
            }
            for id in attributes
        ],
    }
