"""What the client's v1.0 has no request builder for, and what has no model in v1.0 either.

Such a place is asked for through the client's adapter and read with the v1.0 model of the type, where there is one;
with `Entity`, which knows an id and nothing else, where there is none.
"""

from importlib import import_module
from importlib.util import find_spec

from kiota_abstractions.serialization import Parsable
from msgraph.generated.models.entity import Entity

from tests.typed.client import snake

_MODELS = "msgraph.generated.models"

# The place (a type's key, or key.relationship) → what its objects are called in Graph's metadata.
WITHOUT_BUILDER = {
    "assignmentFilters": "deviceAndAppManagementAssignmentFilter",
    "configurationPolicies": "deviceManagementConfigurationPolicy",
    "configurationPolicies.settings": "deviceManagementConfigurationSetting",
    "deletedCertificateAuthorities": "certificateAuthorityDetail",
    "deletedCertificateBasedAuthConfigurations": "certificateBasedAuthPki",
    "deviceHealthScripts": "deviceHealthScript",
    "deviceManagementScripts": "deviceManagementScript",
    "deviceShellScripts": "deviceShellScript",
    "externalFederations": "samlOrWsFedExternalDomainFederation",
    "externalIdentitiesPolicy": "externalIdentitiesPolicy",
    "groupPolicyConfigurations": "groupPolicyConfiguration",
    "groupPolicyConfigurations.definitionValues": "groupPolicyDefinitionValue",
    "groupPolicyConfigurations.presentations": "groupPolicyDefinitionValue",
    "intents": "deviceManagementIntent",
    "intents.assignments": "deviceManagementIntentAssignment",
    "intents.settings": "deviceManagementSettingInstance",
    "mobileApps.relationships": "mobileAppRelationship",
    "reusablePolicySettings": "deviceManagementReusablePolicySetting",
    "roleScopeTags": "roleScopeTag",
    "roleScopeTags.assignments": "roleScopeTagAutoAssignment",
    "userAuthenticationMethods.requirements": "strongAuthenticationRequirements",
    "windowsAutopilotDeploymentProfiles": "windowsAutopilotDeploymentProfile",
    "windowsManagedAppProtections": "windowsManagedAppProtection",
}


def named(graph_type: str) -> type[Parsable] | None:
    """The client's model of a type."""
    module = f"{_MODELS}.{snake(graph_type)}"
    if find_spec(module) is None:
        return None
    return getattr(import_module(module), graph_type[0].upper() + graph_type[1:])


def of_place(place: str) -> type[Parsable]:
    """What is read at a place that has no builder. Fails for a place that is not listed above."""
    assert place in WITHOUT_BUILDER, f"{place}: v1.0 of the client has no request builder"
    return named(WITHOUT_BUILDER[place]) or Entity
