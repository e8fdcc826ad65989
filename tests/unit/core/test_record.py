"""The canonical form: same object, same bytes; nothing lost; transport and volatile parts kept out."""

import json
import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.catalogue.model import ObjectType
from functions.core.record import canonical, canonical_object, contained, encode, links
from functions.errors import FormatError

PLAIN = ObjectType(key="things", title="Things", path="/things")
SYNCED = ObjectType(
    key="things",
    title="Things",
    path="/things",
    volatile=frozenset({"lastSync", "states.updated", "deep.seen"}),
    ordered=frozenset({"steps", "deep.order"}),
)

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)


def plain_key(key: str) -> bool:
    return "@odata." not in key and not key.startswith("@microsoft.graph.")


objects = st.dictionaries(st.text(max_size=8).filter(plain_key), values, max_size=6).map(lambda d: {**d, "id": "a-1"})


def shuffled(value: object, random_: random.Random) -> object:
    if isinstance(value, dict):
        pairs = [(key, shuffled(inner, random_)) for key, inner in value.items()]
        random_.shuffle(pairs)
        return dict(pairs)
    if isinstance(value, list):
        items = [shuffled(inner, random_) for inner in value]
        random_.shuffle(items)
        return items
    return value


@given(objects, st.randoms())
def test_any_order_of_properties_and_set_like_arrays_gives_the_same_bytes(thing, random_):
    other = shuffled(thing, random_)
    assert canonical(json.dumps(thing).encode(), PLAIN) == canonical(json.dumps(other).encode(), PLAIN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('["smtp:b@x", "SMTP:a@x"]', '["SMTP:a@x", "smtp:b@x"]'),
        ('[{"sku": "b", "off": ["2", "1"]}, {"sku": "a"}]', '[{"sku": "a"}, {"off": ["1", "2"], "sku": "b"}]'),
        ("[2, 10, 1]", "[10, 1, 2]"),
        ('["b", null, "a"]', '[null, "a", "b"]'),
        ('{"deep": {"list": ["b", "a"]}}', '{"deep": {"list": ["a", "b"]}}'),
    ],
)
def test_a_set_in_another_order_makes_no_version(one: str, other: str):
    first, second = (canonical(f'{{"id":"1","values":{text}}}'.encode(), PLAIN) for text in (one, other))
    assert first.digest == second.digest


@given(objects)
def test_the_canonical_form_is_a_fixed_point(thing):
    once = canonical(json.dumps(thing).encode(), PLAIN)
    assert canonical(once.data, PLAIN).data == once.data


def test_absent_and_null_stay_different_and_unknown_properties_stay():
    bare = canonical(b'{"id":"1"}', PLAIN)
    null = canonical(b'{"id":"1","unheardOf":null}', PLAIN)
    assert bare.data == b'{"id":"1"}'
    assert null.data == b'{"id":"1","unheardOf":null}'
    assert bare.digest != null.digest


def test_transport_annotations_go_at_every_depth_and_types_stay():
    raw = (
        b'{"@odata.context":"x","@odata.type":"#microsoft.graph.ipNamedLocation","id":"1","@microsoft.graph.tips":"t",'
        b'"members@odata.navigationLink":"u","grant":{"strength@odata.context":"c","id":"2"},'
        b'"ranges":[{"@odata.type":"#microsoft.graph.iPv4CidrRange","@odata.etag":"e","cidrAddress":"10.0.0.0/8"}],'
        b'"Attr@odata.type":"#Collection(String)"}'
    )
    assert json.loads(canonical(raw, PLAIN).data) == {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "id": "1",
        "grant": {"id": "2"},
        "ranges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "10.0.0.0/8"}],
        "Attr@odata.type": "#Collection(String)",
    }


def test_volatile_properties_are_kept_apart_and_make_no_version():
    def thing(sync: str, seen: str, first: str, second: str) -> bytes:
        states = [{"sku": "b", "updated": second}, {"sku": "a", "updated": first}]
        return json.dumps({"id": "1", "lastSync": sync, "states": states, "deep": {"seen": seen, "kept": 1}}).encode()

    early, late = canonical(thing("t1", "s1", "u1", "u2"), SYNCED), canonical(thing("t2", "s2", "u3", "u4"), SYNCED)
    assert early.data == late.data
    assert json.loads(early.data) == {"id": "1", "deep": {"kept": 1}, "states": [{"sku": "a"}, {"sku": "b"}]}
    assert early.volatile is not None
    assert json.loads(early.volatile) == {
        "id": "1",
        "lastSync": "t1",
        "deep": {"seen": "s1"},
        "states": [{"updated": "u1"}, {"updated": "u2"}],
    }


def test_arrays_whose_order_means_something_keep_it():
    raw = b'{"id":"1","steps":["b","a"],"deep":{"order":[2,1],"set":[2,1]}}'
    assert json.loads(canonical(raw, SYNCED).data) == {
        "id": "1",
        "steps": ["b", "a"],
        "deep": {"order": [2, 1], "set": [1, 2]},
    }


def test_links_of_one_kind_get_the_type_that_graph_leaves_out():
    found = [b'{"@odata.type":"#microsoft.graph.user","id":"b"}', b'{"id":"a"}']
    assert json.loads(bytes(links(found, "group"))) == [{"id": "a", "type": "group"}, {"id": "b", "type": "user"}]


def test_links_are_sorted_each_once_and_say_their_type():
    found = [
        msgspec.Raw(b'{"@odata.type":"#microsoft.graph.user","id":"b","displayName":"x"}'),
        msgspec.Raw(b'{"id":"a"}'),
        msgspec.Raw(b'{"@odata.type":"#microsoft.graph.user","id":"b"}'),
    ]
    record = canonical(
        b'{"id":"1"}', PLAIN, {"owners": links(found), "keys": contained([b'{"id":"z"}', b'{"id":"y"}'])}
    )
    assert json.loads(record.data)["@relationships"] == {
        "owners": [{"id": "a", "type": "directoryObject"}, {"id": "b", "type": "user"}],
        "keys": [{"id": "y"}, {"id": "z"}],
    }


@pytest.mark.parametrize("raw", [b"[]", b"{", b'{"id":1}', b'{"id":""}', b'{"name":"x"}', b"null"])
def test_what_is_no_object_with_an_id_is_refused(raw):
    with pytest.raises(FormatError):
        canonical(raw, PLAIN)


@given(objects)
def test_a_live_object_is_normalised_as_its_record_was(thing):
    record = json.loads(canonical(json.dumps(thing).encode(), SYNCED).data)
    assert encode(canonical_object(json.loads(json.dumps(thing)), SYNCED)) == encode(record)


def test_arrays_of_a_contained_object_are_sets_unless_their_order_means_something():
    setting = b'{"id":"0","children":[{"value":["b","a"]},{"order":1}]}'
    assert bytes(contained([setting])) == b'[{"children":[{"order":1},{"value":["a","b"]}],"id":"0"}]'
    kept = b'[{"children":[{"value":["b","a"]},{"order":1}],"id":"0"}]'
    assert bytes(contained([setting], keeps_order=True)) == kept
