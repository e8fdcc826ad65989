"""A fresh small company for each test of a rule, and the bodies that the rules accept."""

import pytest

from tests.tenant_rules.memory import Memory


@pytest.fixture
def directory() -> Memory:
    return Memory().load(20)
