"""Which directory roles make an account one that few may change, and what the restorer lacks for that; pure.

An application's permissions reach ordinary accounts. For what could take an administrator's account over, its service
principal needs a directory role as well, a higher one the higher the account ranks.
"""

from typing import Literal

from functions.core.plan import LossGap

type Rank = Literal["high", "middle"]

_HIGH = frozenset(
    {
        "62e90394-69f5-4237-9190-012177145e10",  # Global Administrator
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",  # Privileged Authentication Administrator
        "e8611ab8-c189-46e8-94e1-60213ab1f814",  # Privileged Role Administrator
    }
)
_MIDDLE = frozenset(
    {
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",  # Helpdesk Administrator
        "966707d0-3269-4727-9be2-8c3a10f19b9d",  # Password Administrator
        "fdd7a751-b60b-444a-984c-02652fe8fa1c",  # Groups Administrator
        "fe930be7-5e62-47db-91af-98c3a49a38b1",  # User Administrator
    }
)
_LACKING = {
    "high": ("Privileged Authentication Administrator", " or Global Administrator"),
    "middle": ("User Administrator", " or one above it"),
}


def rank_of(role: str) -> Rank | None:
    """How high the holders of a role rank; None for all others."""
    return "high" if role in _HIGH else "middle" if role in _MIDDLE else None


def lacking_role(name: str, rank: Rank) -> LossGap:
    """What the restorer needs to change such an account."""
    role, more = _LACKING[rank]
    return LossGap(
        f"{name} is an administrator",
        "Such an account can be deleted, taken out of the recycle bin, enabled or disabled, and its phones, other mail "
        f"addresses and sign-in name changed, only by who holds the directory role {role}{more}.",
        f"Give the restorer the role {role} for the time of the restore; otherwise these steps are refused with 403.",
    )
