"""What a person has registered to sign in with, and whether per-user multifactor authentication is asked of them.

Microsoft counts these calls among the identity reports: five in ten seconds.
"""

from local.tenant.schema.model import CHINA, Kind
from local.tenant.schema.notation import table

_READ_ONLY: frozenset[str] = frozenset()
READS = ("UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All")

AUTHENTICATION_METHOD = Kind(
    name="authenticationMethod",
    collection="methods",
    path="",
    parents=("/users/{id}/authentication/methods",),
    query=frozenset(),
    methods=_READ_ONLY,
    reads=READS,
    not_in=CHINA,
    bucket="reports",
    subtypes={
        "passwordAuthenticationMethod": ("password",),
        "phoneAuthenticationMethod": ("phoneNumber", "phoneType", "smsSignInState"),
        "microsoftAuthenticatorAuthenticationMethod": ("displayName", "deviceTag", "phoneAppVersion"),
        "softwareOathAuthenticationMethod": ("secretKey",),
        "fido2AuthenticationMethod": (
            "displayName",
            "aaGuid",
            "attestationCertificates",
            "attestationLevel",
            "model",
            "passkeyType",
        ),
        "windowsHelloForBusinessAuthenticationMethod": ("displayName", "keyStrength"),
        "emailAuthenticationMethod": ("emailAddress",),
        "temporaryAccessPassAuthenticationMethod": (
            "isUsable",
            "isUsableOnce",
            "lifetimeInMinutes",
            "methodUsabilityReason",
            "startDateTime",
            "temporaryAccessPass",
        ),
    },
    properties=table("""
        id string ro
        createdDateTime datetime? ro
        aaGuid guid? ro
        attestationCertificates string[] ro
        attestationLevel string? ro
        deviceTag string? ro
        displayName string? ro
        emailAddress string?
        isUsable bool? ro
        isUsableOnce bool? ro
        keyStrength string? ro
        lifetimeInMinutes int? ro
        methodUsabilityReason string? ro
        model string? ro
        passkeyType string? ro
        password string? ro
        phoneAppVersion string? ro
        phoneNumber string?
        phoneType string?
        secretKey string? ro
        smsSignInState string? ro
        startDateTime datetime? ro
        temporaryAccessPass string? ro
    """),
)

STRONG_AUTHENTICATION_REQUIREMENTS = Kind(
    name="strongAuthenticationRequirements",
    collection="requirements",
    path="",
    parents=("/users/{id}/authentication/requirements",),
    query=frozenset(),
    methods=_READ_ONLY,
    key_property="",
    beta=True,
    reads=("Policy.Read.All",),
    not_in=CHINA,
    bucket="reports",
    properties=table("perUserMfaState string"),
)

KINDS = (AUTHENTICATION_METHOD, STRONG_AUTHENTICATION_REQUIREMENTS)
