"""What the company has of authentication: strengths, contexts, security defaults, certificate authorities, methods."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from local.tenant.company.items import Item, Link, Object
from local.tenant.company.method_settings import configurations
from local.tenant.company.world import COMPANY, DEFAULT_DOMAIN, World
from local.tenant.wellknown import BUILT_IN_STRENGTHS, LEGACY_AUTHORITIES, authentication_strength, read_from

SECURITY_DEFAULTS = "00000000-0000-0000-0000-000000000005"
CREW_STRENGTH, BRIDGE_STRENGTH = range(2)
PKI, NEW_PKI = range(2)


def items(world: World) -> Iterator[Item]:
    yield from _strengths(world)
    yield from _contexts()
    yield _methods(world)
    yield _security_defaults()
    yield from _authorities(world)


def _strengths(world: World) -> Iterator[Item]:
    for id in BUILT_IN_STRENGTHS:
        strength = authentication_strength(id)
        assert strength is not None
        yield Object("authenticationStrengthPolicy", strength)
    yield _strength(
        world,
        CREW_STRENGTH,
        "Crew: security keys",
        "Keys the fleet hands out, and a code aboard where nothing else works",
        ["fido2", "windowsHelloForBusiness", "qrCodePin"],
        {
            "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
            "id": world.id("combination", CREW_STRENGTH),
            "appliesToCombinations": ["fido2"],
            "allowedAAGUIDs": [world.id("aaguid", number) for number in range(3)],
        },
    )
    yield _strength(
        world,
        BRIDGE_STRENGTH,
        "Bridge consoles: smart cards",
        None,
        ["x509CertificateMultiFactor"],
        {
            "@odata.type": "#microsoft.graph.x509CertificateCombinationConfiguration",
            "id": world.id("combination", BRIDGE_STRENGTH),
            "appliesToCombinations": ["x509CertificateMultiFactor"],
            "allowedIssuerSkis": [_key_identifier(world, PKI, 0)],
            "allowedPolicyOIDs": ["1.3.6.1.4.1.99999.1.2", "1.3.6.1.4.1.99999.1.1"],
        },
    )


def _strength(
    world: World, number: int, name: str, description: str | None, combinations: list[str], more: dict[str, Any]
) -> Object:
    properties = {
        "id": world.id("strength", number),
        "createdDateTime": f"{world.day(400 - number)}T09:00:00Z",
        "modifiedDateTime": f"{world.day(40 - number)}T09:00:00Z",
        "displayName": name,
        "description": description,
        "policyType": "custom",
        "requirementsSatisfied": "mfa",
        "allowedCombinations": combinations,
        "combinationConfigurations": [more],
    }
    return Object("authenticationStrengthPolicy", properties)


def _contexts() -> Iterator[Item]:
    for id, name, description, available in (
        ("c1", "Cargo manifests", "Before a manifest is changed", True),
        ("c2", "Payroll", None, True),
        ("c3", "Trial of step-up", "Left from a trial", False),
    ):
        properties = {"id": id, "displayName": name, "description": description, "isAvailable": available}
        yield Object("authenticationContextClassReference", properties)


def _methods(world: World) -> Object:
    campaign = {
        "snoozeDurationInDays": 1,
        "state": "enabled",
        "excludeTargets": [{"id": world.id("group:break-glass"), "targetType": "group"}],
        "includeTargets": [
            {
                "id": "all_users",
                "targetType": "group",
                "targetedAuthenticationMethod": "microsoftAuthenticator",
            }
        ],
    }
    properties = {
        "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "Which methods people may register and sign in with",
        "lastModifiedDateTime": f"{world.day(12)}T14:20:00Z",
        "policyVersion": "1.5",
        "policyMigrationState": "migrationComplete",
        "reconfirmationInDays": None,
        "registrationEnforcement": {"authenticationMethodsRegistrationCampaign": campaign},
        "authenticationMethodConfigurations": configurations(
            world, world.id("pki", PKI), _key_identifier(world, PKI, 0)
        ),
    }
    return Object("authenticationMethodsPolicy", properties)


def _security_defaults() -> Object:
    properties = {
        "id": SECURITY_DEFAULTS,
        "displayName": "Security Defaults",
        "description": "Basic protection for tenants without Conditional Access",
        "isEnabled": False,
    }
    return Object("identitySecurityDefaultsEnforcementPolicy", properties)


def _authorities(world: World) -> Iterator[Item]:
    for number, (name, status) in enumerate(((f"{COMPANY} PKI", "succeeded"), ("Terminal PKI (new)", "running"))):
        properties = {
            "id": world.id("pki", number),
            "deletedDateTime": None,
            "displayName": name,
            "status": status,
            "statusDetails": None,
            "lastModifiedDateTime": f"{world.day(90 - number)}T18:09:56Z",
        }
        yield Object("certificateBasedAuthPki", properties)
    retired = {
        "id": world.id("pki", 2),
        "deletedDateTime": f"{world.day(11)}T10:15:00Z",
        "displayName": f"{COMPANY} PKI (retired)",
        "status": "succeeded",
        "statusDetails": None,
        "lastModifiedDateTime": f"{world.day(400)}T18:09:56Z",
    }
    yield Object("certificateBasedAuthPki", retired)
    for number, kind in enumerate(("root", "intermediate", "intermediate")):
        authority = _authority(world, number, kind)
        if number == 2:
            authority |= {"displayName": "Quay CA (withdrawn)", "deletedDateTime": f"{world.day(6)}T10:15:00Z"}
        yield Object("certificateAuthorityDetail", authority)
        target = world.id("authority", number)
        source = world.id("pki", PKI)
        yield Link("certificateBasedAuthPki", source, "certificateAuthorities", "certificateAuthorityDetail", target)
    certificate = _certificate(world, "legacyAuthority")
    legacy = {
        "id": LEGACY_AUTHORITIES,
        "certificateAuthorities": [
            {
                "certificate": certificate,
                "certificateRevocationListUrl": f"http://crl.{DEFAULT_DOMAIN}/old.crl",
                "deltaCertificateRevocationListUrl": None,
                "isRootAuthority": True,
                **read_from(certificate),
            }
        ],
    }
    yield Object("certificateBasedAuthConfiguration", legacy)
    yield Link(
        "organization",
        world.tenant_id,
        "certificateBasedAuthConfiguration",
        "certificateBasedAuthConfiguration",
        LEGACY_AUTHORITIES,
    )


def _authority(world: World, number: int, kind: str) -> dict[str, Any]:
    certificate = _certificate(world, "authority", number)
    return {
        "id": world.id("authority", number),
        "deletedDateTime": None,
        "displayName": f"{COMPANY} {kind} CA",
        "certificateAuthorityType": kind,
        "certificate": certificate,
        "issuer": f"CN={COMPANY} Root",
        "issuerSubjectKeyIdentifier": _key_identifier(world, PKI, number),
        "createdDateTime": f"{world.day(90)}T18:05:28Z",
        "expirationDateTime": "2031-08-29T02:05:57Z",
        "thumbprint": hashlib.sha1(base64.b64decode(certificate), usedforsecurity=False).hexdigest().upper(),
        "certificateRevocationListUrl": f"http://crl.{DEFAULT_DOMAIN}/{kind}.crl",
        "deltaCertificateRevocationListUrl": None,
        "isIssuerHintEnabled": kind == "intermediate",
    }


def _certificate(world: World, what: str, number: int = 0) -> str:
    """As long as a certificate, DER outside, not a real one inside."""
    body = hashlib.shake_256(world.draw(what, number)).digest(796)
    return base64.b64encode(b"\x30\x82" + len(body).to_bytes(2) + body).decode()


def _key_identifier(world: World, pki: int, number: int) -> str:
    return world.draw(f"keyIdentifier:{pki}", number).hex()[:40].upper()
