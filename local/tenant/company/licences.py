"""Licences as accounts carry them: assignedLicenses, assignedPlans, provisionedPlans, licenseAssignmentStates.

Lists are shared between the accounts that were licensed in the same month, which is also how a real tenant looks.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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
