"""Items inside an object that are written one by one: methods of the sign-in policy, what narrows a strength.

    added(kind, name, holder, body, directory)          the new item
    changed(kind, name, holder, item, body, directory)  the item after a PATCH: what is not sent stays
    removed(kind, name, item)                           refuses what cannot go

Which refusals the services give here is documented for none of them beyond the types; their words are not confirmed.
"""

from collections.abc import Mapping
from typing import Any

from local.tenant.rules.body import filled, type_errors
from local.tenant.rules.directory import Directory, GraphFault, Object, bad_request
from local.tenant.schema import Kind

_EXTERNAL = "#microsoft.graph.externalAuthenticationMethodConfiguration"
_NARROWS = {
    "#microsoft.graph.fido2CombinationConfiguration": ("allowedAAGUIDs", {"fido2"}),
    "#microsoft.graph.x509CertificateCombinationConfiguration": (
        "allowedIssuerSkis",
        {"x509CertificateSingleFactor", "x509CertificateMultiFactor"},
    ),
}


def added(kind: Kind, name: str, holder: Object, body: Mapping[str, Any], directory: Directory) -> Object:
    if "id" in body:
        raise bad_request("Property 'id' is read-only and cannot be set.")
    item = _typed(kind, name, {**body, "id": directory.new_id()})
    if name == "combinationConfigurations":
        _check_narrowing(holder, item)
        if any(_overlap(other, item) for other in holder.get(name) or ()):
            raise bad_request("A configuration for the combination exists already.")
    elif item["@odata.type"] != _EXTERNAL:
        raise GraphFault(400, "BadRequest", "Only external authentication methods can be created.")
    return item


def changed(
    kind: Kind, name: str, holder: Object, item: Object, body: Mapping[str, Any], directory: Directory
) -> Object:
    if body.get("@odata.type") != item["@odata.type"]:
        raise GraphFault(400, "BadRequest", f"The body has to be a {item['@odata.type']}.")
    if body.get("id", item["id"]) != item["id"]:
        raise bad_request("Property 'id' is read-only and cannot be set.")
    new = _typed(kind, name, {**item, **body})
    if name == "combinationConfigurations":
        _check_narrowing(holder, new)
    return new


def removed(kind: Kind, name: str, item: Object) -> None:
    if name == "authenticationMethodConfigurations" and item["@odata.type"] != _EXTERNAL:
        raise GraphFault(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")


def _typed(kind: Kind, name: str, item: Object) -> Object:
    if not str(item.get("@odata.type", "")).startswith("#microsoft.graph."):
        raise GraphFault(400, "BadRequest", f"A type name was expected for an item of {name}.")
    wrong = next(type_errors(kind, {name: [item]}), None)
    if wrong is not None:
        raise bad_request(f"Invalid value specified for property '{wrong}'.")
    # an item keeps only what was ever said of it: its type decides what it has
    whole = filled(kind.properties[name], [item])[0]
    return {field: value for field, value in whole.items() if field in item}


def _check_narrowing(strength: Object, item: Object) -> None:
    if strength.get("policyType") == "builtIn":
        raise bad_request("Built-in policies cannot be changed.")
    wanted, fitting = _NARROWS.get(item["@odata.type"], ("", set[str]()))
    combinations = set(item.get("appliesToCombinations") or ())
    if not wanted or not combinations or not combinations <= fitting & set(strength["allowedCombinations"]):
        raise bad_request("Invalid value specified for property 'appliesToCombinations'.")


def _overlap(one: Object, other: Object) -> bool:
    return bool(set(one.get("appliesToCombinations") or ()) & set(other.get("appliesToCombinations") or ()))
