"""Named locations: two types that never turn into each other; a trusted one is not deleted."""

import ipaddress
import re
from typing import Any

from local.tenant.rules.body import malformed, required
from local.tenant.rules.conditional_access import check_licensed
from local.tenant.rules.directory import Directory, GraphFault, Object
from local.tenant.schema import KINDS

_KIND = KINDS["namedLocation"]
_COUNTRY = re.compile("[A-Z]{2}")
_RANGES = {
    "#microsoft.graph.iPv4CidrRange": ipaddress.IPv4Network,
    "#microsoft.graph.iPv6CidrRange": ipaddress.IPv6Network,
}


def create(body: Object, new: Object, directory: Directory) -> Object:
    check_licensed(directory)
    subtype = _subtype(body)
    required(_KIND, body, "displayName")
    stamp = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    new |= {"@odata.type": body["@odata.type"], "createdDateTime": stamp, "modifiedDateTime": stamp}
    if subtype == "ipNamedLocation":
        new.setdefault("isTrusted", False)
    else:
        new.setdefault("includeUnknownCountriesAndRegions", False)
        new.setdefault("countryLookupMethod", "clientIpAddress")
    _check(new, subtype)
    return new


def update(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    check_licensed(directory)
    subtype = _subtype(body)
    if body["@odata.type"] != current["@odata.type"]:
        raise malformed()
    new["modifiedDateTime"] = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    _check(new, subtype)
    return new


def delete(current: Object, directory: Directory) -> None:
    if current.get("isTrusted"):
        # documented as required before deletion; the words are not known
        raise GraphFault(400, "BadRequest", "A trusted named location cannot be deleted. Set isTrusted to false first.")


def _subtype(body: Object) -> str:
    name = str(body.get("@odata.type", "")).removeprefix("#microsoft.graph.")
    if name not in _KIND.subtypes:
        raise malformed()
    others = {item for other, names in _KIND.subtypes.items() if other != name for item in names}
    if body.keys() & others:
        raise malformed()
    return name


def _check(location: Object, subtype: str) -> None:
    if subtype == "ipNamedLocation":
        ranges = location.get("ipRanges") or ()
        if not ranges or not all(map(_valid_range, ranges)):
            raise malformed()
    else:
        countries = location.get("countriesAndRegions") or ()
        if not (countries or location.get("includeUnknownCountriesAndRegions")):
            raise malformed()
        if not all(map(_COUNTRY.fullmatch, countries)):
            raise malformed()
        if location.get("countryLookupMethod") not in ("clientIpAddress", "authenticatorAppGps"):
            raise malformed()


def _valid_range(item: dict[str, Any]) -> bool:
    network = _RANGES.get(item.get("@odata.type", ""))
    if network is None or "/" not in item["cidrAddress"]:
        return False
    try:
        network(item["cidrAddress"], strict=False)
    except ValueError:
        return False
    return True
