"""What licences are called and which service plans stand for them. Data only.

A tenant has a licence when one of its subscriptions has one of the plans enabled. The names of plans are those that
`/subscribedSkus` gives as `servicePlanName`; that they are complete is unverified, so a plan that is missing is a hint
and never a reason to leave a type unread.
"""

from collections.abc import Mapping
from types import MappingProxyType

P1 = "Entra ID P1"
P2 = "Entra ID P2 or Entra ID Governance"
GOVERNANCE = "Entra ID Governance"
INTUNE = "Microsoft Intune"

PLANS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        P1: frozenset({"AAD_PREMIUM", "AAD_PREMIUM_P2"}),
        P2: frozenset({"AAD_PREMIUM_P2", "Entra_Identity_Governance"}),
        GOVERNANCE: frozenset({"Entra_Identity_Governance"}),
        INTUNE: frozenset({"INTUNE_A"}),
    }
)
