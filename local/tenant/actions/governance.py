"""Entitlement, workflows, external identities, the tenant as a whole: what can be asked of them beyond plain writes."""

from collections.abc import Mapping

from local.tenant.actions import entitlement
from local.tenant.actions.model import Action, Call, Effects, shown
from local.tenant.message import Reply
from local.tenant.objects import Json, Row
from local.tenant.rules import bad_request, not_found
from local.tenant.rules.body import check_body, settable
from local.tenant.rules.external import of_provider
from local.tenant.rules.tenant_wide import WORKFLOW, check_workflow_name, tasks
from local.tenant.schema import KINDS
from local.tenant.tenant import Tenant

_DEFAULT_BRANDING = "0"


def _new_version(call: Call) -> Reply:
    """The whole workflow anew, under the same id."""
    body = call.body.get("workflow")
    if set(call.body) != {"workflow"} or not isinstance(body, dict) or not body.get("tasks"):
        raise bad_request("A new version is made of a whole workflow.")
    kind, before = KINDS[WORKFLOW], call.target.object()
    check_body(kind, body, call.tenant.directory, creating=True)
    if body.get("category") != before.get("category"):
        raise bad_request("The category of a workflow cannot be changed.")
    after: Json = {**before, **settable(kind, body), "version": (before.get("version") or 0) + 1}
    check_workflow_name(after, call.tenant.directory)
    after["tasks"] = tasks(body["tasks"], call.tenant.directory)
    call.tenant.ledger.update(call.target.kind, call.target.id, before, after)
    return shown(call, WORKFLOW, call.target.id)


def _managed(call: Call) -> Reply:
    """A group comes under the expiration policy, or leaves it; only where the policy is for selected groups."""
    group = str(call.body.get("groupId"))
    if call.target.object().get("managedGroupTypes") != "Selected":
        raise bad_request("The policy is not one for selected groups.")
    if call.tenant.directory.get("group", group) is None:
        raise not_found(group)
    return Reply(200, b'{"value":true}', {"content-type": "application/json"})


def _add_provider(call: Call) -> Reply:
    """A provider for a flow, named by its address."""
    if set(call.body) != {"@odata.id"}:
        raise bad_request("A reference has to be given as '@odata.id', and nothing else.")
    provider = of_provider(str(call.body["@odata.id"]).rpartition("/")[2], call.tenant.directory)
    key = f"{call.target.id}/{provider['id']}"
    if call.tenant.directory.get("identityProvider", key) is not None:
        raise bad_request(
            "One or more added object references already exist for the following modified properties: "
            "'userFlowIdentityProviders'."
        )
    call.tenant.ledger.create("identityProvider", key, provider)
    call.tenant.ledger.link((call.target.kind, call.target.id), "identityProviders", ("identityProvider", key))
    return Reply(204)


def _attribute_of(tenant: Tenant, row: Row) -> None:
    """What is asked at sign-up shows the attribute it asks for."""
    attribute = ("identityUserFlowAttribute", row.object()["id"])
    tenant.ledger.link((row.kind, row.id), "userAttribute", attribute)


def _default_branding(tenant: Tenant, row: Row) -> None:
    """The localization whose id is 0 and the default branding are the same."""
    now = row.object()
    default = tenant.objects.row("organizationalBranding", _DEFAULT_BRANDING)
    if now["id"] == _DEFAULT_BRANDING and default is not None:
        known = KINDS["organizationalBranding"].properties
        before = default.object()
        after = {**before, **{name: value for name, value in now.items() if name in known}}
        tenant.ledger.update(default.kind, default.id, before, after)


def _only_default(tenant: Tenant, row: Row) -> None:
    """When a domain becomes the default, the one that was it is no more."""
    now = row.object()
    if now.get("isDefault"):
        for other in list(tenant.directory.find("domain", "isDefault", True)):
            if other["id"] != now["id"]:
                tenant.ledger.update("domain", other["id"], other, {**other, "isDefault": False})


ACTIONS: tuple[Action, ...] = (
    Action(kind=WORKFLOW, name="createNewVersion", run=_new_version),
    Action(kind="groupLifecyclePolicy", name="addGroup", run=_managed),
    Action(kind="groupLifecyclePolicy", name="removeGroup", run=_managed),
    Action(kind="b2xIdentityUserFlow", name="userFlowIdentityProviders/$ref", run=_add_provider),
)
EFFECTS: Mapping[str, Effects] = {
    **entitlement.EFFECTS,
    "identityUserFlowAttributeAssignment": Effects(created=_attribute_of),
    "organizationalBrandingLocalization": Effects(changed=_default_branding),
    "domain": Effects(changed=_only_default),
}
