"""The refusals of a whole type that are outcomes: not consented, not licensed, not in this cloud. Scopes in, rules out.

The rules are tried in order. Premium refusals have no common shape, so each is named by status and code, and by text
only where the code says nothing.
"""

from functions.catalogue.model import Outcome, Tolerated

_LICENCE = "Assign or buy the licence named for this type in docs/coverage.md, or leave the type out of the backup."


def refused(*scopes: str) -> tuple[Tolerated, ...]:
    """The reader identity may not read the type; `scopes` are what it would need."""
    grant = f"Grant the reader identity the Microsoft Graph application permission {' and '.join(scopes)}."
    return (
        Tolerated(status=403, code="Authorization_RequestDenied", outcome=Outcome.REFUSED, remedy=grant),
        Tolerated(
            status=403,
            code="Authorization_IdentityNotFound",
            outcome=Outcome.REFUSED,
            remedy="The reader identity is missing or disabled in this tenant: enable its enterprise application.",
        ),
        Tolerated(
            status=403,
            outcome=Outcome.REFUSED,
            remedy=f"{grant} If it is granted, look for a Conditional Access policy that blocks workload identities.",
        ),
    )


def unlicensed() -> tuple[Tolerated, ...]:
    """The tenant lacks the licence of the type. To be tried before `refused`."""
    return (
        Tolerated(
            status=403,
            code="Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            outcome=Outcome.UNLICENSED,
            remedy=_LICENCE,
        ),
        Tolerated(status=403, code="NoLicense", outcome=Outcome.UNLICENSED, remedy=_LICENCE),  # entitlement management
        # Conditional Access says AccessDenied for a missing licence and a missing permission alike. That the text of
        # the first has this word, alone or in "licensed", is unverified; without it the rule for refusals applies.
        Tolerated(status=403, text="license", outcome=Outcome.UNLICENSED, remedy=_LICENCE),
        Tolerated(status=400, code="AadPremiumLicenseRequired", outcome=Outcome.UNLICENSED, remedy=_LICENCE),
    )


def no_intune() -> tuple[Tolerated, ...]:
    """The tenant has no Intune. To be tried before `absent`; the text is the only thing that tells it."""
    text = "not applicable to target tenant"
    return (Tolerated(status=400, text=text, outcome=Outcome.UNLICENSED, remedy=_LICENCE),)


def absent(*, unset: str = "") -> tuple[Tolerated, ...]:
    """The type is not served here: another cloud, or a tenant of another kind (External ID, B2C).

    `unset` is the remedy where Graph answers 404 for the list of a feature that the tenant has not set up.
    """
    remedy = "This cloud or kind of tenant does not serve the type. Nothing to do; leave it out to silence the notice."
    return (
        Tolerated(status=404, outcome=Outcome.UNAVAILABLE, remedy=unset or remedy),
        Tolerated(status=501, outcome=Outcome.UNAVAILABLE, remedy=remedy),
        Tolerated(status=400, text="segment", outcome=Outcome.UNAVAILABLE, remedy=remedy),
    )


def undocumented(scope: str) -> tuple[Tolerated, ...]:
    """No application permission is documented for the type, so a 403 says that it is not served to applications."""
    return (
        Tolerated(
            status=403,
            outcome=Outcome.UNAVAILABLE,
            remedy=f"Microsoft Graph documents no application permission for this list, and {scope} did not open it. "
            "Nothing to do; leave it out to silence the notice.",
        ),
    )
