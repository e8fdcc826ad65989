"""Roles, Conditional Access, tenant-wide policies."""

from collections.abc import Mapping

from local.tenant.rules import conditional_access, locations, roles
from local.tenant.rules.kinds import Rules

RULES: Mapping[str, Rules] = {
    "unifiedRoleDefinition": Rules(
        create=roles.create_definition, update=roles.update_definition, delete=roles.delete_definition
    ),
    "unifiedRoleAssignment": Rules(create=roles.create_assignment),
    "conditionalAccessPolicy": Rules(create=conditional_access.create, update=conditional_access.update),
    "namedLocation": Rules(create=locations.create, update=locations.update, delete=locations.delete),
}
