"""The tenant as a whole: settings of groups, domains, branding, the multitenant organization, attributes, workflows.

Words of refusals are not confirmed, unless a comment says so.
"""

from local.tenant.rules.body import filled
from local.tenant.rules.directory import Directory, GraphFault, Object, Ref, bad_request, not_found
from local.tenant.schema import KINDS

_EXISTS = "A conflicting object with one or more of the specified property values is present in the directory."


def new_setting(body: Object, new: Object, directory: Directory) -> Object:
    template = directory.get("groupSettingTemplate", body["templateId"])
    if template is None:
        raise not_found(body["templateId"])
    if any(True for _ in directory.find("groupSetting", "templateId", body["templateId"])):
        raise bad_request(_EXISTS)
    check_setting(new, template)
    return {**new, "displayName": template["displayName"]}


def change_setting(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    template = directory.get("groupSettingTemplate", current["templateId"]) or {}
    check_setting(new, template)
    return new


def check_setting(setting: Object, template: Object) -> None:
    """All that the template has, and nothing else; the first sentence is as reported."""
    sent = {value["name"] for value in setting.get("values") or ()}
    known = [value["name"] for value in template.get("values") or ()]
    for name in known:
        if name not in sent:
            raise bad_request(
                f"The expected property '{name}' defined in template with SettingTemplateId '{template['id']}' was not "
                "provided."
            )
    for name in sorted(sent - set(known)):
        raise bad_request(f"The property '{name}' is not defined in the template.")


def new_lifecycle(body: Object, new: Object, directory: Directory) -> Object:
    if any(True for kind in ("All", "Selected", "None") for _ in directory.find(*_LIFECYCLE, kind)):
        raise bad_request("A policy of this tenant is already present.")
    return new


_LIFECYCLE = ("groupLifecyclePolicy", "managedGroupTypes")


def change_domain(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    """That a domain has to be verified is documented."""
    if not current.get("isVerified"):
        raise bad_request("Only verified domains can be updated.")
    if body.get("isDefault") is False and current.get("isDefault"):
        raise bad_request("A default domain is replaced by making another the default.")
    return new


def new_branding(body: Object, new: Object, directory: Directory, parent: Ref) -> Object:
    """The default is made with the first language; that it cannot be made by its id is documented."""
    if body["id"] in ("0", "default"):
        raise bad_request("The default branding cannot be created by its id.")
    return new


def new_member(body: Object, new: Object, directory: Directory) -> Object:
    if directory.get("multiTenantOrganizationMember", body["tenantId"]) is not None:
        raise bad_request("Tenant is already being added in Multi-Tenant Organization.")  # as documented
    added = directory.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    own = {"addedByTenantId": directory.tenant_id(), "addedDateTime": added, "state": "pending"}
    return {"role": "member", **new, **own}


def new_federation(body: Object, new: Object, directory: Directory) -> Object:
    if any(True for _ in directory.find("samlOrWsFedExternalDomainFederation", "issuerUri", body["issuerUri"])):
        raise bad_request(_EXISTS)
    return new


def new_attribute(body: Object, new: Object, directory: Directory) -> Object:
    """The id follows from set and name. Of a type of two values nothing can be predefined, as documented."""
    if directory.get("attributeSet", body["attributeSet"]) is None:
        raise not_found(body["attributeSet"])
    if body["type"] == "Boolean" and body["usePreDefinedValuesOnly"]:
        raise bad_request("A Boolean attribute cannot have predefined values.")
    return {**new, "id": f"{body['attributeSet']}_{body['name']}"}


def change_attribute(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    """Documented: from true to false, and not back."""
    if body.get("usePreDefinedValuesOnly") is True and not current.get("usePreDefinedValuesOnly"):
        raise bad_request("usePreDefinedValuesOnly cannot be changed from false to true.")
    return new


def new_workflow(body: Object, new: Object, directory: Directory) -> Object:
    check_workflow_name(new, directory)
    return {"isEnabled": False, "isSchedulingEnabled": False, **new, "tasks": tasks(body["tasks"], directory)}


def change_workflow(current: Object, body: Object, new: Object, directory: Directory) -> Object:
    check_workflow_name(new, directory)
    return new


def check_workflow_name(workflow: Object, directory: Directory) -> None:
    """A name is documented to be unique; the words of the refusal are not known."""
    named = directory.find(WORKFLOW, "displayName", workflow["displayName"])
    if any(other["id"] != workflow["id"] for other in named):
        raise GraphFault(400, "BadRequest", "A workflow of this name exists already.")


WORKFLOW = "identityGovernance.workflow"


def tasks(sent: list[Object], directory: Directory) -> list[Object]:
    """The tasks of a version, each with an id of its own; a custom one calls an extension that has to be there."""
    if not sent:
        raise GraphFault(400, "BadRequest", "A workflow has at least one task.")
    for task in sent:
        for argument in task.get("arguments") or ():
            if argument.get("name") == "customTaskExtensionID" and _extension(argument.get("value"), directory) is None:
                raise GraphFault(
                    400, "BadRequest", f"The custom task extension '{argument.get('value')}' is not there."
                )
    whole = filled(KINDS[WORKFLOW].properties["tasks"], sent)
    return [
        {**task, "id": directory.new_id(), "executionSequence": task.get("executionSequence") or place}
        for place, task in enumerate(whole, 1)
    ]


def _extension(id: object, directory: Directory) -> Object | None:
    return directory.get("identityGovernance.customTaskExtension", str(id))
