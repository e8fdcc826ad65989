"""The tenant as a whole: its three domains, what it subscribes to, its sign-in pages and whom it is allied with."""

import base64
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from local.tenant.company.cross_tenant import partner_tenant
from local.tenant.company.items import Item, Link, Object
from local.tenant.company.licences import subscriptions
from local.tenant.company.world import COMPANY, DEFAULT_DOMAIN, INITIAL_DOMAIN, SECOND_DOMAIN, World

FEDERATED = SECOND_DOMAIN
_STS = f"https://sts.{FEDERATED}/adfs"


def items(world: World) -> Iterator[Item]:
    yield from _domains(world)
    for subscription in subscriptions(world):
        yield Object("subscribedSku", subscription)
    yield from _branding(world)
    yield from _alliance(world)
    yield from _external_federations(world)


def _domains(world: World) -> Iterator[Item]:
    for number, name in enumerate((INITIAL_DOMAIN, DEFAULT_DOMAIN, SECOND_DOMAIN)):
        yield Object("domain", _domain(name))
        for at, record in enumerate(_service_records(name)):
            yield from _record(world, name, "serviceConfigurationRecords", record, number * 10 + at)
        if name != INITIAL_DOMAIN:
            proof = ("Txt", name, {"text": f"MS=ms{world.draw('domainProof', number).hex()[:8]}"})
            yield from _record(world, name, "verificationDnsRecords", proof, 100 + number)
    federation = _federation(world)
    yield Object("internalDomainFederation", federation)
    yield Link("domain", FEDERATED, "federationConfiguration", "internalDomainFederation", federation["id"])


def _domain(name: str) -> dict[str, Any]:
    federated = name == FEDERATED
    return {
        "id": name,
        "authenticationType": "Federated" if federated else "Managed",
        "isAdminManaged": True,
        "isDefault": name == DEFAULT_DOMAIN,
        "isInitial": name == INITIAL_DOMAIN,
        "isRoot": True,
        "isVerified": True,
        "passwordNotificationWindowInDays": None if federated else 14,
        "passwordValidityPeriodInDays": None if federated else 2_147_483_647,
        "supportedServices": ["Email", "OfficeCommunicationsOnline", "Intune"] if name == DEFAULT_DOMAIN else ["Email"],
    }


type _Dns = tuple[str, str, dict[str, Any]]


def _service_records(name: str) -> Iterator[_Dns]:
    host = name.replace(".", "-")
    yield "Mx", name, {"mailExchange": f"{host}.mail.protection.outlook.com", "preference": 0}
    yield "Txt", name, {"text": "v=spf1 include:spf.protection.outlook.com -all"}
    yield "CName", f"autodiscover.{name}", {"canonicalName": "autodiscover.outlook.com"}
    if name == DEFAULT_DOMAIN:
        service = {"nameTarget": "sipfed.online.lync.com", "port": 5061, "priority": 100, "weight": 1}
        yield "Srv", f"_sipfederationtls._tcp.{name}", {**service, "protocol": "_tcp", "service": "_sipfederationtls"}


def _record(world: World, domain: str, link: str, record: _Dns, number: int) -> Iterator[Item]:
    type, label, more = record
    id = world.id("dnsRecord", number)
    shared = {
        "@odata.type": f"#microsoft.graph.domainDns{type.replace('CName', 'Cname')}Record",
        "id": id,
        "isOptional": False,
        "label": label,
        "recordType": type,
        "supportedService": "OfficeCommunicationsOnline" if type == "Srv" else "Email",
        "ttl": 3600,
    }
    yield Object("domainDnsRecord", shared | more)
    yield Link("domain", domain, link, "domainDnsRecord", id)


def _federation(world: World) -> dict[str, Any]:
    return {
        "id": world.id("domainFederation"),
        "displayName": f"{COMPANY} Logistics",
        "issuerUri": f"{_STS}/services/trust",
        "metadataExchangeUri": f"{_STS}/services/trust/mex",
        "passiveSignInUri": f"{_STS}/ls",
        "preferredAuthenticationProtocol": "wsFed",
        "signingCertificate": _certificate(world, "federation", 0),
        "activeSignInUri": f"{_STS}/services/trust/2005/usernamemixed",
        "federatedIdpMfaBehavior": "rejectMfaByFederatedIdp",
        "isSignedAuthenticationRequestRequired": False,
        "nextSigningCertificate": _certificate(world, "federation", 1),
        "promptLoginBehavior": "nativeSupport",
        "signOutUri": f"{_STS}/ls",
        "signingCertificateUpdateStatus": {
            "certificateUpdateResult": "Success",
            "lastRunDateTime": f"{world.day(40)}T03:12:00Z",
        },
    }


def _certificate(world: World, what: str, number: int) -> str:
    """Stands for a public certificate; nobody checks its inside."""
    return base64.b64encode(
        b"0\x82" + b"".join(world.draw(f"certificate:{what}", number * 8 + at) for at in range(8))
    ).decode()


def _branding(world: World) -> Iterator[Item]:
    pictures = {
        "bannerLogoStream": _picture("image/png", _png(245, 36, (11, 61, 98))),
        "backgroundImageStream": _picture("image/png", _png(192, 108, (214, 228, 236))),
        "squareLogoStream": _picture("image/png", _png(24, 24, (11, 61, 98))),
        "customCSSStream": _picture("text/css", b".ext-button { border-radius: 4px; }\n"),
    }
    paths = _paths(world, "0", pictures)
    yield Object("organizationalBranding", _texts("0", "Sign in with your Halden account") | paths)
    yield Link("organization", world.tenant_id, "branding", "organizationalBranding", "0")
    norwegian = {"bannerLogoStream": _picture("image/png", _png(245, 36, (186, 12, 47)))}
    for id, text, more in (
        ("0", "Sign in with your Halden account", pictures | paths),
        ("nb-NO", "Logg på med Halden-kontoen din", norwegian | _paths(world, "nb-NO", norwegian)),
        ("de-DE", "Melden Sie sich mit Ihrem Halden-Konto an", {}),
    ):
        yield Object("organizationalBrandingLocalization", _texts(id, text) | more)
        yield Link("organizationalBranding", "0", "localizations", "organizationalBrandingLocalization", id)


def _texts(id: str, text: str) -> dict[str, Any]:
    return {
        "id": id,
        "backgroundColor": "#0B3D62" if id == "0" else None,
        "cdnList": ["aadcdn.msftauthimages.net", "aadcdn.msauthimages.net"] if id != "de-DE" else [],
        "customPrivacyAndCookiesUrl": f"https://www.{DEFAULT_DOMAIN}/privacy",
        "signInPageText": text,
        "usernameHintText": f"name@{DEFAULT_DOMAIN}" if id == "0" else None,
        "loginPageLayoutConfiguration": {
            "isFooterShown": True,
            "isHeaderShown": False,
            "layoutTemplateType": "verticalSplit",
        },
        "loginPageTextVisibilitySettings": {
            "hideAccountResetCredentials": None,
            "hideCannotAccessYourAccount": None,
            "hideForgotMyPassword": False,
            "hidePrivacyAndCookies": False,
            "hideResetItNow": None,
            "hideTermsOfUse": True,
        },
    }


def _paths(world: World, locale: str, pictures: Mapping[str, object]) -> dict[str, str]:
    folder = f"{world.draw('brandingPath', 0).hex()}/logintenantbranding/{locale}"
    names = [picture.removesuffix("Stream") for picture in pictures]
    return {f"{name}RelativeUrl": f"{folder}/{name.lower()}?ts=638000000000000000" for name in names}


def _picture(content_type: str, content: bytes) -> dict[str, str]:
    return {"contentType": content_type, "base64": base64.b64encode(content).decode()}


def _png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(colour) * width) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _alliance(world: World) -> Iterator[Item]:
    founded = f"{world.day(420)}T08:30:00Z"
    yield Object(
        "multiTenantOrganization",
        {
            "id": world.id("multiTenantOrganization"),
            "createdDateTime": founded,
            "description": "Halden Shipping and the companies it sails for",
            "displayName": "Halden Group",
            "state": "active",
        },
    )
    members = (
        (world.tenant_id, COMPANY, "owner", "active"),
        (partner_tenant(world, 0), "Fjordline Freight", "member", "active"),
        (partner_tenant(world, 1), "Skagen Terminals", "member", "pending"),
    )
    for number, (tenant, name, role, state) in enumerate(members):
        yield Object(
            "multiTenantOrganizationMember",
            {
                "tenantId": tenant,
                "addedByTenantId": world.tenant_id,
                "addedDateTime": f"{world.day(420 - number)}T08:30:00Z",
                "displayName": name,
                "joinedDateTime": f"{world.day(410 - number)}T10:00:00Z" if state == "active" else None,
                "role": role,
                "state": state,
            },
        )


def _external_federations(world: World) -> Iterator[Item]:
    for number, (name, protocol) in enumerate((("Fjordline Freight", "saml"), ("Skagen Terminals", "wsFed"))):
        domain = f"{name.split()[0].lower()}.example"
        yield Object(
            "samlOrWsFedExternalDomainFederation",
            {
                "id": world.id("externalFederation", number),
                "displayName": name,
                "issuerUri": f"https://idp.{domain}/trust",
                "metadataExchangeUri": None if number else f"https://idp.{domain}/trust/mex",
                "passiveSignInUri": f"https://idp.{domain}/signin",
                "preferredAuthenticationProtocol": protocol,
                "signingCertificate": _certificate(world, "external", number),
                "domains": [{"id": domain}],
            },
        )
