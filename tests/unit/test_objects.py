"""Objects as plain mappings: reading absent fields, and the merge patches between two objects (RFC 7386)."""

from __future__ import annotations

from copy import deepcopy

import pytest

from pullsecret.model.objects.objects import (
    Kind,
    Object,
    mapping_at,
    mappings_at,
    merge_patch,
    merged,
    name_of,
    namespace_of,
    text_at,
)

WORDS = {
    Kind.NAMESPACE: ("namespace", "Namespace"),
    Kind.SECRET: ("secret", "Secret"),
    Kind.SERVICE_ACCOUNT: ("serviceaccount", "ServiceAccount"),
    Kind.POD: ("pod", "Pod"),
}


@pytest.mark.parametrize(("kind", "words"), WORDS.items(), ids=[kind.value for kind in WORDS])
def test_kind_has_the_names_of_kubectl_and_the_api(kind: Kind, words: tuple[str, str]) -> None:
    assert (kind.word, kind.title) == words


ODD: tuple[Object, ...] = ({}, {"metadata": None}, {"metadata": "text"}, {"metadata": ["name"]}, {"metadata": {}})


@pytest.mark.parametrize("odd", ODD, ids=["nothing", "null", "text", "list", "empty"])
def test_reading_an_absent_field_gives_an_empty_value(odd: Object) -> None:
    assert name_of(odd) == ""
    assert namespace_of(odd) == ""
    assert mapping_at(odd, "metadata", "labels") == {}
    assert mappings_at(odd, "metadata", "ownerReferences") == ()


def test_reading_a_list_ignores_what_is_not_a_mapping() -> None:
    assert mappings_at({"a": [{"name": "x"}, None, "y", {}]}, "a") == ({"name": "x"}, {})
    assert mappings_at({"a": "text"}, "a") == ()
    assert text_at({"a": {"b": 1}}, "a", "b") == ""


MERGES: dict[str, tuple[Object, Object, Object]] = {
    "replace": ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    "add": ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    "remove": ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    "remove-what-is-not-there": ({"b": "c"}, {"a": None}, {"b": "c"}),
    "list-whole": ({"a": ["b"]}, {"a": ["c", "d"]}, {"a": ["c", "d"]}),
    "nested": ({"a": {"b": "c", "d": "e"}}, {"a": {"b": "f", "d": None}}, {"a": {"b": "f"}}),
    "mapping-for-text": ({"a": "b"}, {"a": {"b": "c"}}, {"a": {"b": "c"}}),
    "text-for-mapping": ({"a": {"b": "c"}}, {"a": "d"}, {"a": "d"}),
    "nulls-of-a-new-mapping": ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
}


@pytest.mark.parametrize(("base", "patch", "result"), MERGES.values(), ids=MERGES.keys())
def test_merged_follows_the_rfc_and_changes_nothing_in_place(base: Object, patch: Object, result: Object) -> None:
    before = deepcopy(base)

    assert merged(base, patch) == result
    assert base == before


PATCHES: dict[str, tuple[Object, Object, Object]] = {
    "same": ({"a": {"b": [1]}}, {"a": {"b": [1]}}, {}),
    "added": ({}, {"a": "b"}, {"a": "b"}),
    "gone": ({"a": "b"}, {}, {"a": None}),
    "deep": ({"a": {"b": "c", "d": "e"}}, {"a": {"b": "x", "d": "e"}}, {"a": {"b": "x"}}),
    "list": ({"a": ["b", "c"]}, {"a": ["b"]}, {"a": ["b"]}),
    "list-emptied": ({"a": ["b"]}, {"a": []}, {"a": []}),
    "empty-mapping-added": ({}, {"a": {}}, {"a": {}}),
    "mapping-for-text": ({"a": "b"}, {"a": {"c": "d"}}, {"a": {"c": "d"}}),
    "false-for-true": ({"a": True}, {"a": False}, {"a": False}),
}


@pytest.mark.parametrize(("seen", "wanted", "patch"), PATCHES.values(), ids=PATCHES.keys())
def test_merge_patch_is_the_smallest_between_two_objects(seen: Object, wanted: Object, patch: Object) -> None:
    assert merge_patch(seen, wanted) == patch
    assert merged(seen, patch) == wanted
