"""Mail addresses, sign-in domains, and the words for objects that another directory masters."""

from collections.abc import Iterable

from local.tenant.rules.directory import Directory, bad_request

SYNCED = (
    "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently "
    "undergoing migration."
)
EXTERNAL = "Unable to update the specified properties for objects that have originated within an external service."
DOMAIN = (
    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in "
    "your organization."
)


def default_domain(directory: Directory) -> str:
    """The domain that new mail addresses get: the default one of the organization, else any verified one."""
    organization = directory.get("organization", directory.tenant_id()) or {}
    for domain in organization.get("verifiedDomains") or ():
        if domain.get("isDefault"):
            return str(domain["name"])
    return min(directory.verified_domains())


def initial_domain(directory: Directory) -> str:
    organization = directory.get("organization", directory.tenant_id()) or {}
    for domain in organization.get("verifiedDomains") or ():
        if domain.get("isInitial"):
            return str(domain["name"])
    return default_domain(directory)


def check_addresses_free(addresses: Iterable[str], own_id: str, directory: Directory) -> None:
    """Refuses an address that another live user or group has."""
    for address in addresses:
        for kind in ("user", "group"):
            if any(other["id"] != own_id for other in directory.find(kind, "mail", address)):
                message = "Another object with the same value for property proxyAddresses already exists."
                raise bad_request(message, target="proxyAddresses", detail="ObjectConflict")


def with_primary(proxies: Iterable[str], mail: str | None) -> list[str]:
    """Proxy addresses after the primary one changed: the old primary stays as a secondary."""
    kept = ["smtp:" + item[5:] if item.startswith("SMTP:") else item for item in proxies]
    if not mail:
        return kept
    return [f"SMTP:{mail}", *(item for item in kept if item.casefold() != f"smtp:{mail}".casefold())]
