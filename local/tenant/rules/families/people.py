"""Users, groups, administrative units, devices, the organization."""

from collections.abc import Mapping

from local.tenant.rules import groups, roles, units, users
from local.tenant.rules.kinds import Rules

RULES: Mapping[str, Rules] = {
    "user": Rules(create=users.create, update=users.update, delete=users.delete, restore=users.restore),
    "group": Rules(
        create=groups.create, update=groups.update, delete=groups.delete, restore=groups.restore, link=groups.link
    ),
    "administrativeUnit": Rules(
        create=units.create_unit, update=units.update_unit, delete=units.delete_unit, unlink=units.unlink_unit
    ),
    "groupSettingOverride": Rules(create_child=groups.create_setting, update_child=groups.update_setting),
    "scopedRoleMembership": Rules(create_child=roles.create_scoped),
    "device": Rules(create=units.create_device, update=units.update_device),
}
