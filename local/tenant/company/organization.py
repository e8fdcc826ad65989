"""The organization itself, with its verified domains."""

from collections.abc import Iterator

from local.tenant.company.items import Item, Object
from local.tenant.company.licences import P1_PLAN
from local.tenant.company.world import COMPANY, DEFAULT_DOMAIN, INITIAL_DOMAIN, SECOND_DOMAIN, World

_P2_PLAN = "eec0eb4f-6444-4f95-aba0-50c24d67f998"


def organization(world: World) -> Iterator[Item]:
    domains = ((INITIAL_DOMAIN, False, True), (DEFAULT_DOMAIN, True, False), (SECOND_DOMAIN, False, False))
    yield Object(
        "organization",
        {
            "id": world.tenant_id,
            "displayName": COMPANY,
            "createdDateTime": f"{world.day(3_600)}T09:00:00Z",
            "assignedPlans": [
                {
                    "assignedDateTime": f"{world.day(700)}T00:00:00Z",
                    "capabilityStatus": "Enabled",
                    "service": "AADPremiumService",
                    "servicePlanId": plan,
                }
                for plan in (P1_PLAN, _P2_PLAN)
            ],
            "provisionedPlans": [
                {"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": "exchange"}
            ],
            "businessPhones": ["+47 69 000000"],
            "city": "Halden",
            "country": None,
            "countryLetterCode": "NO",
            "defaultUsageLocation": "NO",
            "marketingNotificationEmails": [],
            "mobileDeviceManagementAuthority": "intune",
            "onPremisesLastSyncDateTime": f"{world.day(0)}T00:12:00Z",
            "onPremisesSyncEnabled": True,
            "partnerTenantType": None,
            "postalCode": "1771",
            "preferredLanguage": "en",
            "privacyProfile": {
                "contactEmail": f"privacy@{DEFAULT_DOMAIN}",
                "statementUrl": f"https://www.{DEFAULT_DOMAIN}/privacy",
            },
            "securityComplianceNotificationMails": [f"soc@{DEFAULT_DOMAIN}"],
            "securityComplianceNotificationPhones": [],
            "state": None,
            "street": "Tyskabrygga 3",
            "technicalNotificationMails": [f"it@{DEFAULT_DOMAIN}"],
            "tenantType": "AAD",
            "verifiedDomains": [
                {
                    "capabilities": "Email, OfficeCommunicationsOnline",
                    "isDefault": default,
                    "isInitial": initial,
                    "name": name,
                    "type": "Federated" if name == SECOND_DOMAIN else "Managed",
                }
                for name, default, initial in domains
            ],
        },
    )
