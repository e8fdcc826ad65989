"""Ids that are the same in every tenant: first-party applications, authentication strengths, the default app role.

Also how a tenant's own `directoryRole` object ids follow from role templates here, so that a scoped role membership can
be checked without holding directory roles as objects of their own.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

MICROSOFT_TENANT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
WINDOWS_CLOUD_LOGIN = "270efc09-cd0d-444b-a71f-39af4910ec45"
DEFAULT_APP_ROLE = "00000000-0000-0000-0000-000000000000"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
LEGACY_AUTHORITIES = "29728ade-6ae4-4ee9-9103-412912537da5"  # the id of every tenant's list
MFA_TRUSTED_IPS = "00000000-0000-0000-0000-000000000000"  # a location that policies may name but no list holds

FIRST_PARTY_APPS: Mapping[str, str] = {
    GRAPH_APP_ID: "Microsoft Graph",
    "00000002-0000-0000-c000-000000000000": "Windows Azure Active Directory",
    "00000002-0000-0ff1-ce00-000000000000": "Office 365 Exchange Online",
    "00000003-0000-0ff1-ce00-000000000000": "Office 365 SharePoint Online",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013": "Windows Azure Service Management API",
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c": "Azure Portal",
    "0000000a-0000-0000-c000-000000000000": "Microsoft Intune",
    "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe": "Microsoft Teams Services",
    "1fec8e78-bce4-4aaf-ab1b-5451cc387264": "Microsoft Teams",
    "14d82eec-204b-4c2f-b7e8-296a70dab67e": "Microsoft Graph Command Line Tools",
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46": "Microsoft Azure CLI",
    "d3590ed6-52b3-4102-aeff-aad2292ab01c": "Microsoft Office",
    WINDOWS_CLOUD_LOGIN: "Windows Cloud Login",
}

_STRENGTHS = {
    "00000000-0000-0000-0000-000000000002": (
        "Multifactor authentication",
        ("windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor", "deviceBasedPush", "password,sms"),
    ),
    "00000000-0000-0000-0000-000000000003": (
        "Passwordless MFA",
        ("windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor", "deviceBasedPush"),
    ),
    "00000000-0000-0000-0000-000000000004": (
        "Phishing-resistant MFA",
        ("windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"),
    ),
}
BUILT_IN_STRENGTHS = tuple(_STRENGTHS)


def authentication_strength(id: str) -> dict[str, Any] | None:
    """A built-in strength as a policy shows it inline; None for an id that is not built in."""
    found = _STRENGTHS.get(id)
    if found is None:
        return None
    name, combinations = found
    return {
        "id": id,
        "displayName": name,
        "description": f"Built-in strength: {name}",
        "policyType": "builtIn",
        "requirementsSatisfied": "mfa",
        "allowedCombinations": list(combinations),
        "createdDateTime": "2021-12-01T00:00:00Z",
        "modifiedDateTime": "2021-12-01T00:00:00Z",
        "combinationConfigurations": [],
    }


def directory_role_id(tenant_id: str, template_id: str) -> str:
    """The object id that the activated role of this template has in this emulated tenant."""
    return str(uuid5(uuid5(NAMESPACE_OID, tenant_id), template_id))


def read_from(certificate: str) -> dict[str, str]:
    """What the service reads from a certificate; here the certificates are none, so it follows from their bytes."""
    digest = sha256(certificate.encode()).hexdigest().upper()
    return {"issuer": f"CN=Authority {digest[:8]}", "issuerSki": digest[:40]}


def opaque_id(*guids: str) -> str:
    """A base64url id that is derived from other ids, as assignments and grants have; the same for the same input."""
    return urlsafe_b64encode(b"".join(UUID(guid).bytes_le for guid in guids)).rstrip(b"=").decode()


def security_identifier(id: str) -> str:
    """The SID of a directory object: S-1-12-1 and the four 32-bit parts of its GUID, as Entra derives it."""
    raw = UUID(id).bytes_le
    parts = (int.from_bytes(raw[at : at + 4], "little") for at in range(0, 16, 4))
    return "S-1-12-1-" + "-".join(str(part) for part in parts)


def attributes_app(tenant_id: str) -> str:
    """The appId of the application that holds a tenant's user flow attributes; every tenant has one of its own."""
    return str(uuid5(UUID(tenant_id), "b2c-extensions-app"))
