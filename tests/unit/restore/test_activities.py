"""The activity of a restore obeys the switch, also for a plan that was claimed while it was on."""

from typing import Any

import pytest

from functions.errors import PlanNotApplicable
from functions.restore import activities
from functions.services import Services
from functions.settings import Settings


async def test_nothing_is_applied_once_restore_is_switched_off(monkeypatch: pytest.MonkeyPatch):
    tenant = "00000000-0000-4000-8000-000000000098"

    async def off() -> Services:
        stores: Any = None  # not touched
        return Services(Settings(tenant_id=tenant, restore_enabled=False), stores)

    monkeypatch.setattr(activities, "services", off)
    with pytest.raises(PlanNotApplicable):
        await activities.apply_restore_step({"planId": tenant})
