"""
What every kind of store promises.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from zope.interface.verify import verifyObject

from provd.errors import Conflict, InvalidDocument, InvalidQuery, NotFound, StoreError
from provd.model.codes import CODE
from provd.store.interfaces import LINE_TENANTS, IDocumentStore, ISelection, IStore, Query
from tests.support import failed_with, result_of

MAC = "00:15:65:aa:0b:1c"


def insert(store: Any, *documents: dict[str, Any], durable: bool = True) -> None:
    for document in documents:
        result_of(store.insert(document, durable))


def found(store: Any, **query: Any) -> list[str]:
    return [document["id"] for document in store.select(Query(**query))]


def test_it_offers_the_interfaces(store: Any) -> None:
    verifyObject(IStore, store)
    verifyObject(IDocumentStore, store.devices)
    verifyObject(IDocumentStore, store.configs)
    verifyObject(ISelection, store.configs.iter_select(Query()))
    assert (store.devices.kind, store.configs.kind, store.damaged) == ("device", "config", [])


@pytest.mark.parametrize("durable", [True, False])
def test_a_document_comes_back_as_it_was(store: Any, durable: bool) -> None:
    document = {"id": "a1", "port": "5060", "X_any": [None, 1.5, {"é\ud800": True}], "zero": 0}
    insert(store.devices, document, durable=durable)
    assert store.devices.get("a1") == document
    assert list(store.devices.get("a1")) == list(document)
    assert "a1" in store.devices
    assert "a1" not in store.configs
    assert len(store.devices) == 1


def test_documents_are_copied_in_and_out(store: Any) -> None:
    document: dict[str, Any] = {"id": "a1", "options": {"a": 1}}
    insert(store.devices, document)
    document["options"]["a"] = 2
    store.devices.get("a1")["options"]["a"] = 3
    store.devices.select(Query())[0]["options"]["a"] = 4
    assert store.devices.get("a1") == {"id": "a1", "options": {"a": 1}}


@pytest.mark.parametrize("durable", [True, False])
def test_a_revision_stays_the_same_until_the_document_changes(store: Any, durable: bool) -> None:
    assert store.configs.revision("c1") is None
    insert(store.configs, {"id": "c1", "a": 1}, {"id": "c2"}, durable=durable)
    first = store.configs.revision("c1")
    result_of(store.configs.update({"id": "c2", "a": 2}, durable))
    assert store.configs.revision("c1") is first
    assert first is not None
    result_of(store.configs.update({"id": "c1", "a": 2}, durable))
    assert store.configs.revision("c1") is not first
    result_of(store.configs.delete("c1", durable))
    assert store.configs.revision("c1") is None


@pytest.mark.parametrize("durable", [True, False])
def test_unknown_documents(store: Any, durable: bool) -> None:
    with pytest.raises(NotFound) as caught:
        store.devices.get("a1")
    assert (caught.value.kind, caught.value.name) == ("device", "a1")
    failed_with(NotFound, store.devices.update({"id": "a1"}, durable))
    failed_with(NotFound, store.devices.delete("a1", durable))
    assert len(store.devices) == 0


def test_an_id_is_taken_once(store: Any) -> None:
    insert(store.configs, {"id": "base", "n": 1})
    error = failed_with(Conflict, store.configs.insert({"id": "base", "n": 2}))
    assert (error.kind, error.name) == ("config", "base")
    assert store.configs.get("base")["n"] == 1


@pytest.mark.parametrize(
    "document_id",
    ["", ".", "..", ".a", "-a", "a/b", "../a", "a\0", "a\n", "a b", "é", "x" * 129, "\ud800"],
)
def test_an_unsafe_id_is_refused(store: Any, document_id: str) -> None:
    failed_with(InvalidDocument, store.devices.insert({"id": document_id}))
    assert len(store.devices) == 0


@pytest.mark.parametrize("document_id", ["_", "0", "a.b-c_D", "x" * 128])
def test_safe_ids_are_accepted(store: Any, document_id: str) -> None:
    insert(store.devices, {"id": document_id})
    assert list(store.devices.ids()) == [document_id]


@pytest.mark.parametrize(
    "document", [{}, {"id": None}, {"id": 5}, {"id": "a", "n": float("nan")}, {"id": "a", "secret": object()}]
)
def test_what_is_no_document_is_refused(store: Any, document: dict[str, Any]) -> None:
    error = failed_with(InvalidDocument, store.devices.insert(document))
    assert "secret" not in str(error)
    assert len(store.devices) == 0


@pytest.mark.parametrize("durable", [True, False])
def test_an_update_replaces_the_document_and_its_index_entries(store: Any, durable: bool) -> None:
    insert(store.devices, {"id": "a1", "mac": MAC, "ip": "10.0.0.1", "sn": "s"})
    result_of(store.devices.update({"id": "a1", "mac": MAC, "ip": "10.0.0.2"}, durable))
    assert store.devices.get("a1") == {"id": "a1", "mac": MAC, "ip": "10.0.0.2"}
    assert store.devices.find("mac", MAC) == ["a1"]
    assert store.devices.find("ip", "10.0.0.2") == ["a1"]
    assert store.devices.find("ip", "10.0.0.1") == store.devices.find("sn", "s") == []


@pytest.mark.parametrize("durable", [True, False])
def test_a_deleted_document_is_gone(store: Any, durable: bool) -> None:
    insert(store.devices, {"id": "a1", "mac": MAC}, {"id": "a2", "mac": MAC})
    result_of(store.devices.delete("a1", durable))
    assert "a1" not in store.devices
    assert store.devices.find("mac", MAC) == ["a2"]
    insert(store.devices, {"id": "a1", "mac": MAC})
    assert store.devices.find("mac", MAC) == list(store.devices.ids()) == ["a2", "a1"]


def test_find_gives_the_oldest_document_first(store: Any) -> None:
    insert(store.devices, {"id": "z", "ip": "10.0.0.1"}, {"id": "a", "ip": "10.0.0.2"})
    result_of(store.devices.update({"id": "z", "ip": "10.0.0.2"}))
    assert store.devices.find("ip", "10.0.0.2") == ["z", "a"]


def test_shared_gives_those_that_have_the_same_value(store: Any) -> None:
    insert(store.configs, *({"id": f"c{n}", CODE: str(n % 3)} for n in range(5)), {"id": "c5"})
    assert sorted(store.configs.shared(CODE)) == [["c0", "c3"], ["c1", "c4"]]
    insert(store.configs, *({"id": f"m{n}", CODE: "9"} for n in range(30)))
    result_of(store.configs.delete("c4"))
    result_of(store.configs.update({"id": "c3", CODE: "7"}))
    assert store.configs.shared(CODE) == [[f"m{n}" for n in range(30)]]
    with pytest.raises(KeyError):
        store.configs.shared("label")


def test_values_are_those_that_documents_still_have(store: Any) -> None:
    assert store.devices.values("tenant_uuid") == []
    tenants = {"d0": "t0", "d1": "t1", "d2": "t1", "d3": "t2", "d4": None, "d5": 5}
    insert(store.devices, *({"id": each, "tenant_uuid": tenant} for each, tenant in tenants.items()))
    insert(store.devices, *({"id": f"m{n}", "tenant_uuid": "t3"} for n in range(30)))
    result_of(store.devices.delete("d1"))
    assert sorted(store.devices.values("tenant_uuid")) == ["t0", "t1", "t2", "t3"]
    for device_id in ("d0", "d2", *(f"m{n}" for n in range(30))):
        result_of(store.devices.delete(device_id))
    assert store.devices.values("tenant_uuid") == ["t2"]
    with pytest.raises(KeyError):
        store.devices.values("description")


def test_find_takes_indexed_keys_only(store: Any) -> None:
    with pytest.raises(KeyError):
        store.devices.find("description", "x")


def test_only_texts_are_indexed(store: Any) -> None:
    insert(store.devices, {"id": "a", "mac": None}, {"id": "b", "mac": 5}, {"id": "c", "mac": {"x": MAC}})
    assert [store.devices.find("mac", text) for text in ("None", "5", MAC, "")] == [[]] * 4


def test_a_config_is_found_by_each_of_its_parents(store: Any) -> None:
    insert(
        store.configs,
        {"id": "a", "parent_ids": ["base", "b", "base", 5]},
        {"id": "b", "parent_ids": ["base"]},
        {"id": "c", "parent_ids": "base"},
    )
    assert store.configs.find("parent_ids", "base") == ["a", "b", "c"]
    assert store.configs.find("parent_ids", "b") == ["a"]
    result_of(store.configs.update({"id": "a", "parent_ids": ["b"]}))
    assert store.configs.find("parent_ids", "base") == ["b", "c"]
    # A selector compares lists as a whole, with or without an index.
    assert found(store.configs, selector={"parent_ids": "base"}) == ["c"]
    assert found(store.configs, selector={"parent_ids": ["base"]}) == ["b"]
    assert found(store.configs, selector={"parent_ids": {"$contains": "base"}}) == ["b", "c"]


def test_many_documents_share_an_indexed_text(store: Any) -> None:
    ids = [f"d{number:02}" for number in range(30)]
    insert(store.devices, *({"id": name, "tenant_uuid": "t"} for name in ids))
    for name in ids[::2]:
        result_of(store.devices.update({"id": name, "tenant_uuid": "u"}))
    assert store.devices.find("tenant_uuid", "t") == ids[1::2]
    assert store.devices.find("tenant_uuid", "u") == ids[::2]
    assert found(store.devices, selector={"tenant_uuid": {"$in": ["u", "t", "v"]}}) == ids
    for name in ids[1::2]:
        result_of(store.devices.delete(name))
        assert store.devices.find("tenant_uuid", "t") == [x for x in ids[1::2] if x > name]


def test_queries_match_sort_skip_limit_and_project_in_this_order(store: Any) -> None:
    insert(
        store.devices,
        {"id": "a", "ip": "10.0.0.10", "plugin": "yealink", "options": {"n": 1, "m": 2}},
        {"id": "b", "ip": "10.0.0.9", "plugin": "yealink"},
        {"id": "c", "plugin": "snom"},
        {"id": "d", "plugin": "yealink", "ip": None},
    )
    assert found(store.devices) == ["a", "b", "c", "d"]
    assert found(store.devices, skip=1, limit=2) == ["b", "c"]
    assert found(store.devices, skip=9) == []
    assert found(store.devices, selector={"plugin": "yealink"}, sort="ip") == ["d", "b", "a"]
    assert found(store.devices, sort="ip", descending=True) == ["a", "b", "c", "d"]
    assert found(store.devices, sort="plugin", skip=1, limit=2) == ["a", "b"]
    assert found(store.devices, selector={"plugin": "yealink", "id": {"$ne": "a"}}, limit=1) == ["b"]
    query = Query(selector={"plugin": "yealink"}, fields=("options.n",), sort="ip", skip=2)
    assert store.devices.select(query) == [{"id": "a", "options": {"n": 1}}]


@pytest.mark.parametrize("selector", [{"mac": {"$what": 1}}, {"mac": MAC, "sn": {"$in": 1}}, []])
def test_a_malformed_selector_is_refused(store: Any, selector: Any) -> None:
    with pytest.raises(InvalidQuery):
        store.devices.select(Query(selector=selector))
    with pytest.raises(InvalidQuery):
        store.devices.iter_select(Query(selector=selector))


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"selector": {"tenant_uuid": "t"}},
        {"selector": {"n": {"$ge": 100}}},
        {"selector": {"n": {"$ge": 100}}, "sort": "mac", "descending": True},
        {"sort": "mac"},
    ],
)
def test_a_selection_in_pieces_gives_the_same_and_the_total(store: Any, query: dict[str, Any]) -> None:
    insert(
        store.devices,
        *({"id": f"d{n}", "n": n, "tenant_uuid": "tu"[n % 2], "mac": str(n * 7 % 13)} for n in range(500)),
        durable=False,
    )
    whole = store.devices.select(Query(**query))
    selection = store.devices.iter_select(Query(**query, skip=20, limit=220))
    pieces = list(selection)
    assert [document for piece in pieces for document in piece] == whole[20:240]
    assert selection.total == len(whole)
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= 200


def test_a_selection_leaves_out_what_stops_matching_meanwhile(store: Any) -> None:
    insert(store.devices, *({"id": f"d{n}", "tenant_uuid": "t"} for n in range(500)), durable=False)
    for sort in (None, "id"):
        selection = store.devices.iter_select(Query(selector={"tenant_uuid": "t"}, sort=sort))
        next(selection)
        result_of(store.devices.update({"id": "d499", "tenant_uuid": "u"}))
        result_of(store.devices.delete("d498"))
        rest = [document["id"] for piece in selection for document in piece]
        assert rest
        assert not {"d498", "d499"} & set(rest)
        insert(store.devices, {"id": "d498", "tenant_uuid": "t"})


def test_ids_iterate_over_a_snapshot(store: Any) -> None:
    insert(store.devices, {"id": "a"}, {"id": "b"})
    seen = []
    for name in store.devices.ids():
        seen.append(name)
        insert(store.devices, {"id": name + "2"})
    assert seen == ["a", "b"]


def test_a_closed_store_takes_no_writes(store: Any) -> None:
    insert(store.devices, {"id": "a"})
    result_of(store.close())
    for durable in (True, False):
        failed_with(StoreError, store.devices.insert({"id": "b"}, durable))
        failed_with(StoreError, store.devices.update({"id": "a", "n": 1}, durable))
        failed_with(StoreError, store.devices.delete("a", durable))
    assert store.devices.select(Query()) == [{"id": "a"}]


def test_a_caller_that_gives_up_leaves_memory_and_disk_in_agreement(store: Any) -> None:
    writing = Deferred.fromCoroutine(store.devices.insert({"id": "a"}))
    writing.cancel()
    assert store.devices.select(Query()) == [{"id": "a"}]


def test_texts_of_any_shape_are_stored(store: Any) -> None:
    text = "".join(map(chr, range(0, 0x3000, 7))) + "\U0001f4de"
    insert(store.configs, {"id": "a", "raw_config": {text: text}})
    assert store.configs.get("a")["raw_config"] == {text: text}
    assert json.dumps(store.configs.get("a"))


def test_a_query_may_have_a_test_of_its_own(store: Any) -> None:
    insert(
        store.devices,
        *({"id": name, "tenant_uuid": name[0], "ip": name} for name in ("a1", "b1", "a2", "c1")),
    )

    def in_scope(document: dict[str, Any]) -> bool:
        return document.get("tenant_uuid") in ("a", "c")

    among = ["c1", "a1", "a2", "gone"]
    assert found(store.devices, where=in_scope) == ["a1", "a2", "c1"]
    assert found(store.devices, where=in_scope, among=among) == ["a1", "a2", "c1"]
    assert found(store.devices, where=in_scope, among=among, selector={"ip": {"$ne": "a1"}}) == ["a2", "c1"]
    assert found(store.devices, where=in_scope, selector={"ip": "b1"}) == []
    assert found(store.devices, where=in_scope, selector={"ip": "c1"}, among=among) == ["c1"]
    selection = store.devices.iter_select(Query(where=in_scope, among=among, sort="ip", limit=1))
    assert [document["id"] for piece in selection for document in piece] == ["a1"]
    assert selection.total == 3


def test_configs_are_found_by_the_tenants_of_their_lines(store: Any) -> None:
    def gateway(*tenants: Any) -> dict[str, Any]:
        lines = {str(number): {"X_tenant_uuid": tenant} for number, tenant in enumerate(tenants)}
        return {"id": "c1", "parent_ids": [], "raw_config": {"sip_lines": lines}}

    insert(store.configs, gateway("a", "b", "a", None, ["c"]))
    insert(store.configs, {"id": "c2", "parent_ids": [], "raw_config": {"sip_lines": ["a"]}})
    assert [store.configs.find(LINE_TENANTS, tenant) for tenant in "abc"] == [["c1"], ["c1"], []]
    result_of(store.configs.update(gateway("b")))
    assert [store.configs.find(LINE_TENANTS, tenant) for tenant in "ab"] == [[], ["c1"]]
    assert found(store.configs, selector={LINE_TENANTS: "b"}) == []
    result_of(store.configs.delete("c1"))
    assert store.configs.find(LINE_TENANTS, "b") == []
