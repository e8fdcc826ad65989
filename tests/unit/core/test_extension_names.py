"""Values of directory extensions follow their application to its new appId, or a gap says why not."""

from functions.core.calls import token
from functions.core.extension_names import applications, renamed

OLD, NEW = "0a1b2c3d-0000-4000-8000-00000000000a", "0a1b2c3d-0000-4000-8000-00000000000b"


def name(app: str) -> str:
    return f"extension_{app.replace('-', '')}_berth_no"


def test_the_applications_are_read_from_the_names():
    assert applications([{name(OLD): 1, "displayName": "x", "extension_short_x": 2}]) == {OLD}


def test_a_value_goes_under_the_new_name_where_the_tenant_has_it():
    assert renamed({name(OLD): 7, "id": "x"}, {OLD: NEW}, {name(NEW)}) == ({name(NEW): 7, "id": "x"}, [])
    assert renamed({name(OLD): 7}, {OLD: NEW}, None) == ({name(NEW): 7}, [])
    assert renamed({name(OLD): 7}, {}, {name(OLD)}) == ({name(OLD): 7}, [])


def test_a_value_without_a_place_is_told():
    left, (gap,) = renamed({name(OLD): 7, "id": "x"}, {OLD: NEW}, {name(OLD)})
    assert left == {"id": "x"}
    assert name(NEW) in gap.why
    left, (gap,) = renamed({name(OLD): 7}, {OLD: token(OLD)}, {name(OLD)})
    assert left == {}
    assert "when this one has been applied" in gap.todo
