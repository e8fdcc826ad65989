"""Licences as the tenant buys them (subscribedSkus), and as accounts carry them: assignedLicenses, assignedPlans,
provisionedPlans, licenseAssignmentStates.

Lists are shared between the accounts that were licensed in the same month, which is also how a real tenant looks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from local.tenant.company.world import COMPANY, World

# SKU and service plan ids are Microsoft's own, the same in every tenant
E3, E5, F3 = (
    "05e9a617-0261-4cee-bb44-138d3ef5d965",
    "06ebc4ee-1bb5-47dd-8120-11324bc54e06",
    "66b55226-6b4f-492c-910c-a3b7a3c9d993",
)
P1_PLAN = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"

_PLANS = {
    "exchange": ("efb87545-963c-4e0d-99df-69c6916d9eb0", "exchange"),
    "teams": ("57ff2da0-773e-42df-b2af-ffb7a2317929", "TeamspaceAPI"),
    "intune": ("c1ec4a95-1f05-45b3-a911-aa3fa01094f5", "SCO"),
    "p1": (P1_PLAN, "AADPremiumService"),
    "p2": ("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AADPremiumService"),
    "mfa": ("8a256a2b-b617-496d-b51b-e76466e88db0", "MultiFactorService"),
    "office": ("43de0ff5-c92c-492b-9116-175376d08c38", "MicrosoftOffice"),
    "bookings": ("199a5c09-e0ca-4e37-8f7c-b05d533e1ea2", "MicrosoftBookings"),
    "deskless": ("8c7d2df8-86f0-4902-b2ed-a0458298f3b3", "Deskless"),
}
_OF_SKU = {
    E3: ("exchange", "teams", "intune", "p1", "office"),
    E5: ("exchange", "teams", "intune", "p1", "p2", "mfa", "office", "bookings"),
    F3: ("teams", "intune", "p1", "deskless"),
}
_INTUNE = "061f9ace-7d42-4136-88ac-31dc755f143f"
_GOVERNANCE = "cf6b0d46-4093-4546-a0ab-0b1546dcc10e"
_GOVERNANCE_PLAN = "e866a266-3cff-43a3-acca-0c90a7e00c8b"
_PLAN_NAMES = {
    "exchange": "EXCHANGE_S_ENTERPRISE",
    "teams": "TEAMS1",
    "intune": "INTUNE_A",
    "p1": "AAD_PREMIUM",
    "p2": "AAD_PREMIUM_P2",
    "mfa": "MFA_PREMIUM",
    "office": "OFFICESUBSCRIPTION",
    "bookings": "MICROSOFTBOOKINGS",
    "deskless": "DESKLESS",
}
_SERVICES = ("exchange", "MicrosoftCommunicationsOnline", "SharePoint")


@dataclass(frozen=True, slots=True)
class Licences:
    assigned: list[dict[str, Any]]
    plans: list[dict[str, Any]]
    provisioned: list[dict[str, Any]]
    states: list[dict[str, Any]]


NONE = Licences([], [], [], [])


@lru_cache(maxsize=512)
def licences(sku: str, moment: str, by_group: str | None) -> Licences:
    """What an account shows that has had this product since then, directly or through a group."""
    disabled = [_PLANS["bookings"][0]] if sku == E5 else []
    plans = [
        {
            "assignedDateTime": moment,
            "capabilityStatus": "Deleted" if plan in disabled else "Enabled",
            "service": service,
            "servicePlanId": plan,
        }
        for plan, service in (_PLANS[name] for name in _OF_SKU[sku])
    ]
    return Licences(
        assigned=[{"disabledPlans": disabled, "skuId": sku}],
        plans=plans,
        provisioned=[
            {"capabilityStatus": "Enabled", "provisioningStatus": "Success", "service": service}
            for service in _SERVICES
        ],
        states=[
            {
                "skuId": sku,
                "disabledPlans": disabled,
                "assignedByGroup": by_group,
                "state": "Active",
                "error": "None",
                "lastUpdatedDateTime": moment,
            }
        ],
    )


def subscriptions(world: World) -> Iterator[dict[str, Any]]:
    """What the company has bought: a product for each sort of account, governance for all, and a lapsed trial."""
    products = ((E3, "SPE_E3", 70), (E5, "SPE_E5", 10), (F3, "SPE_F1", 10))
    for number, (sku, part, percent) in enumerate(products):
        plans = [_plan(_PLANS[name][0], _PLAN_NAMES[name]) for name in _OF_SKU[sku]]
        used = world.employees * percent // 100
        yield _subscription(world, number, sku, part, plans, enabled=used * 6 // 5 + 5, consumed=used)
    governance = [_plan(_GOVERNANCE_PLAN, "Entra_Identity_Governance")]
    yield _subscription(
        world, 3, _GOVERNANCE, "Microsoft_Entra_ID_Governance", governance, enabled=world.employees, consumed=0
    )
    intune = [_plan(_PLANS["intune"][0], _PLAN_NAMES["intune"], "Disabled")]
    yield _subscription(world, 4, _INTUNE, "INTUNE_A", intune, enabled=0, consumed=0)


def _plan(id: str, name: str, status: str = "Success") -> dict[str, Any]:
    return {"servicePlanId": id, "servicePlanName": name, "provisioningStatus": status, "appliesTo": "User"}


def _subscription(
    world: World, number: int, sku: str, part: str, plans: list[dict[str, Any]], *, enabled: int, consumed: int
) -> dict[str, Any]:
    return {
        "id": f"{world.tenant_id}_{sku}",
        "accountId": world.tenant_id,
        "accountName": COMPANY,
        "appliesTo": "User",
        "capabilityStatus": "Enabled" if enabled else "Suspended",
        "consumedUnits": consumed,
        "prepaidUnits": {"enabled": enabled, "lockedOut": 0, "suspended": 0 if enabled else 25, "warning": 0},
        "servicePlans": plans,
        "skuId": sku,
        "skuPartNumber": part,
        "subscriptionIds": [world.id("subscription", number)],
    }
