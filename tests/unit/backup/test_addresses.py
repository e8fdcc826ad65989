"""Addresses: what comes from the tenant cannot lead to another one."""

import pytest

from functions.backup.addresses import address, collection, condition, query, within
from functions.catalogue.model import ObjectType, Read
from functions.errors import FormatError

CHILDREN = ObjectType(
    key="children",
    title="Children",
    path="/things/{parent}/children",
    read=Read.CHILDREN,
    parent="/things",
    filter="owner eq '{parent}'",
)


@pytest.mark.parametrize(
    ("identity", "segment"),
    [("a/../b", "a%2F..%2Fb"), ("it's", "it%27s"), ("x?y#z", "x%3Fy%23z"), ("50%", "50%25"), ("...", "...")],
)
def test_an_id_stays_in_its_segment(identity: str, segment: str):
    assert within("/things", identity) == f"/things/{segment}"
    assert collection(CHILDREN, "t", identity) == f"/things/{segment}/children"


@pytest.mark.parametrize("identity", [".", ".."])
def test_an_id_that_would_be_another_address_is_refused(identity: str):
    with pytest.raises(FormatError):
        within("/things", identity)
    with pytest.raises(FormatError):
        collection(CHILDREN, "t", identity)


def test_a_quote_does_not_end_the_text_of_a_filter():
    where = condition(CHILDREN, "t", "x' or '1' eq '1&$top=1")
    assert where == "owner eq 'x'' or ''1'' eq ''1&$top=1'"
    assert query(where=where) == "?$filter=owner%20eq%20'x''%20or%20''1''%20eq%20''1%26$top=1'"


def test_in_the_recycle_bin_the_cast_follows_the_id_and_elsewhere_the_id_the_cast():
    binned = ObjectType(key="deletedUsers", title="", path="/directory/deletedItems/microsoft.graph.user")
    assert address(binned, binned.path, "1") == "/directory/deletedItems/1/microsoft.graph.user"
    other = ObjectType(key="federations", title="", path="/directory/federationConfigurations/microsoft.graph.saml")
    assert address(other, other.path, "1") == f"{other.path}/1"
