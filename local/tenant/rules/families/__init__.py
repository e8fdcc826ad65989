"""What each kind adds to the general rules, by family; `RULES` joins them."""

from collections.abc import Mapping

from local.tenant.rules.families import access, apps, governance, intune, people
from local.tenant.rules.kinds import Rules

RULES: Mapping[str, Rules] = {
    **people.RULES,
    **apps.RULES,
    **access.RULES,
    **governance.RULES,
    **intune.RULES,
}
