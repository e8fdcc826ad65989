"""The configuration of every sign-in method, as the tenant's authentication methods policy holds them."""

from typing import Any

from local.tenant.company.groups import BREAK_GLASS_GROUP, ROLE_ASSIGNABLE
from local.tenant.company.world import World

_EVERYBODY = "all_users"


def configurations(world: World, pki: str, issuer: str) -> list[dict[str, Any]]:
    """`pki` is the id of the certificate store that X.509 is scoped to, `issuer` the key identifier of its root."""
    emergency = {"excludeTargets": [{"id": world.id(BREAK_GLASS_GROUP), "targetType": "group"}]}
    return [
        _passkeys(world) | emergency,
        _authenticator(world) | emergency,
        _method("sms", "Sms", "enabled", _target(world.id("group:guests"), isUsableForSignIn=False)),
        _method("voice", "Voice", "disabled", _target(_EVERYBODY), isOfficePhoneAllowed=False),
        _method("email", "Email", "enabled", _target(_EVERYBODY), allowExternalIdToUseEmailOtp="default"),
        _method("softwareOath", "SoftwareOath", "enabled", _target(world.id("group:all"))),
        _method(
            "temporaryAccessPass",
            "TemporaryAccessPass",
            "enabled",
            _target(world.id(ROLE_ASSIGNABLE)),
            defaultLength=8,
            defaultLifetimeInMinutes=60,
            isUsableOnce=True,
            maximumLifetimeInMinutes=480,
            minimumLifetimeInMinutes=60,
        ),
        _method(
            "verifiableCredentials",
            "VerifiableCredentials",
            "disabled",
            _target(_EVERYBODY, verifiedIdProfiles=[world.id("verifiedId")]),
        ),
        _method(
            "qrCodePin",
            "QRCodePin",
            "enabled",
            _target(world.id("group:automation")),
            pinLength=8,
            standardQRCodeLifetimeInDays=365,
        ),
        _method(
            "external",
            world.id("externalMethod"),
            "enabled",
            _target(world.id("group:region", 0)),
            appId=world.id("gallery:appId", 0),
            displayName="Harbour Sign-in",
            openIdConnectSetting={
                "clientId": "halden-shipping",
                "discoveryUrl": "https://signin.harbour.example/.well-known/openid-configuration",
            },
        ),
        _certificates(world, pki, issuer),
    ]


def _method(kind: str, id: str, state: str, *targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "@odata.type": f"#microsoft.graph.{kind}AuthenticationMethodConfiguration",
        "id": id,
        "state": state,
        "excludeTargets": [],
        "includeTargets": list(targets),
        **more,
    }


def _target(id: str, **more: Any) -> dict[str, Any]:
    return {"targetType": "group", "id": id, "isRegistrationRequired": False, **more}


def _passkeys(world: World) -> dict[str, Any]:
    keys = [world.id("aaguid", number) for number in range(3)]
    restrictions = {"aaGuids": keys, "enforcementType": "allow", "isEnforced": True}
    profiles = [world.id("passkeyProfile", number) for number in range(2)]
    return _method(
        "fido2",
        "Fido2",
        "enabled",
        _target(_EVERYBODY, allowedPasskeyProfiles=profiles[:1]),
        _target(world.id(ROLE_ASSIGNABLE), allowedPasskeyProfiles=profiles[1:]),
        defaultPasskeyProfile=profiles[0],
        isAttestationEnforced=True,
        isSelfServiceRegistrationAllowed=True,
        keyRestrictions=restrictions,
        passkeyProfiles=[
            {
                "id": profile,
                "name": name,
                "attestationEnforcement": attestation,
                "keyRestrictions": restrictions,
                "passkeyTypes": types,
            }
            for profile, name, attestation, types in zip(
                profiles,
                ("Everybody", "Administrators"),
                ("disabled", "registrationOnly"),
                ("deviceBound,synced", "deviceBound"),
                strict=True,
            )
        ],
    )


def _authenticator(world: World) -> dict[str, Any]:
    nobody = {"id": "00000000-0000-0000-0000-000000000000", "targetType": "group"}
    feature = {
        "excludeTarget": nobody,
        "includeTarget": {"id": world.id("group:all"), "targetType": "group"},
        "state": "enabled",
    }
    return _method(
        "microsoftAuthenticator",
        "MicrosoftAuthenticator",
        "enabled",
        _target(_EVERYBODY, authenticationMode="any"),
        isSoftwareOathEnabled=False,
        featureSettings={
            "displayAppInformationRequiredState": feature,
            "displayLocationInformationRequiredState": feature | {"state": "default"},
        },
    )


def _certificates(world: World, pki: str, issuer: str) -> dict[str, Any]:
    return _method(
        "x509Certificate",
        "X509Certificate",
        "enabled",
        _target(world.id("group:automation")),
        authenticationModeConfiguration={
            "rules": [
                {
                    "identifier": "1.3.6.1.4.1.99999.1.2",
                    "issuerSubjectIdentifier": None,
                    "policyOidIdentifier": "1.3.6.1.4.1.99999.1.2",
                    "x509CertificateAuthenticationMode": "x509CertificateMultiFactor",
                    "x509CertificateRequiredAffinityLevel": "low",
                    "x509CertificateRuleType": "policyOID",
                }
            ],
            "x509CertificateAuthenticationDefaultMode": "x509CertificateSingleFactor",
            "x509CertificateDefaultRequiredAffinityLevel": "low",
        },
        certificateAuthorityScopes=[
            {
                "includeTargets": [{"id": world.id("group:automation"), "targetType": "group"}],
                "publicKeyInfrastructureIdentifier": pki,
                "subjectKeyIdentifier": issuer,
            }
        ],
        certificateUserBindings=[
            {
                "priority": 1,
                "trustAffinityLevel": "low",
                "userProperty": "userPrincipalName",
                "x509CertificateField": "PrincipalName",
            },
            {
                "priority": 2,
                "trustAffinityLevel": "high",
                "userProperty": "certificateUserIds",
                "x509CertificateField": "SubjectKeyIdentifier",
            },
        ],
        crlValidationConfiguration={
            "exemptedCertificateAuthoritiesSubjectKeyIdentifiers": [],
            "state": "enabled",
        },
        issuerHintsConfiguration={"state": "disabled"},
    )
