"""What a person has registered to sign in with, and whether per-user multifactor authentication is asked of them.

Microsoft counts these calls among the identity reports: five in ten seconds. The report of everybody's registrations
leaves out accounts that are disabled; how many it gives to a page is not documented, nor that it takes $top.
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
    methods=frozenset({"PATCH"}),
    key_property="",
    beta=True,
    reads=("Policy.Read.All",),
    writes_with=("Policy.ReadWrite.AuthenticationMethod",),
    not_in=CHINA,
    bucket="reports",
    properties=table("perUserMfaState string"),
)

USER_REGISTRATION_DETAILS = Kind(
    name="userRegistrationDetails",
    collection="userRegistrationDetails",
    path="/reports/authenticationMethods/userRegistrationDetails",
    query=frozenset({"$filter", "$orderby"}),
    methods=_READ_ONLY,
    reads=("AuditLog.Read.All",),
    licence=frozenset({"AAD_PREMIUM", "AAD_PREMIUM_P2"}),
    bucket="reports",
    properties=table("""
        id guid ro
        isAdmin bool ro
        isMfaCapable bool ro
        isMfaRegistered bool ro
        isPasswordlessCapable bool ro
        isSsprCapable bool ro
        isSsprEnabled bool ro
        isSsprRegistered bool ro
        isSystemPreferredAuthenticationMethodEnabled bool ro
        lastUpdatedDateTime datetime ro volatile
        methodsRegistered string[] ro set
        systemPreferredAuthenticationMethods string[] ro set
        userDisplayName string? ro
        userPreferredMethodForSecondaryAuthentication string? ro
        userPrincipalName string ro
        userType string ro
    """),
)

KINDS = (AUTHENTICATION_METHOD, STRONG_AUTHENTICATION_REQUIREMENTS, USER_REGISTRATION_DETAILS)
