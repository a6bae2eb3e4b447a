"""The lists of a service account: entries are appended and removed, the others are kept."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from pullsecret.model.objects.serviceaccount import FIELDS, attached, detached, duplicate_names, secret_names

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

PULL = (FIELDS["pull"],)
BOTH = (FIELDS["pull"], FIELDS["mount"])


def account(pull: list[str] | None = None, mount: list[str] | None = None) -> Object:
    lists = {"imagePullSecrets": pull, "secrets": mount}
    found = {field: [{"name": name} for name in names] for field, names in lists.items() if names is not None}
    return {"metadata": {"name": "default", "labels": {"a": "b"}}, "automountServiceAccountToken": False, **found}


ATTACHED = {
    "to-none": (None, ["x"], ["x"]),
    "to-empty": ([], ["x"], ["x"]),
    "behind": (["a", "default-dockercfg-7xk2p"], ["x"], ["a", "default-dockercfg-7xk2p", "x"]),
    "there": (["a", "x", "b"], ["x"], ["a", "x", "b"]),
    "some-there": (["x"], ["y", "x", "z"], ["x", "y", "z"]),
    "given-twice": (["a"], ["x", "x"], ["a", "x"]),
    "duplicates-before": (["a", "a"], ["x"], ["a", "a", "x"]),
    "like-another": (["x-1"], ["x"], ["x-1", "x"]),
}


@pytest.mark.parametrize(("before", "names", "after"), ATTACHED.values(), ids=ATTACHED.keys())
def test_attached_names_are_appended_once(before: list[str] | None, names: list[str], after: list[str]) -> None:
    seen = account(before)
    untouched = deepcopy(seen)

    wanted = attached(seen, names, PULL)

    assert secret_names(wanted) == tuple(after)
    assert {**wanted, "imagePullSecrets": None} == {**account(), "imagePullSecrets": None}
    assert seen == untouched
    assert attached(wanted, names, PULL) == wanted


DETACHED = {
    "from-none": (None, ["x"], None),
    "not-there": (["a"], ["x"], ["a"]),
    "only": (["x"], ["x"], []),
    "middle": (["a", "x", "b"], ["x"], ["a", "b"]),
    "duplicates": (["x", "a", "x", "a"], ["x"], ["a", "a"]),
    "several": (["x", "a", "y"], ["y", "x"], ["a"]),
}


@pytest.mark.parametrize(("before", "names", "after"), DETACHED.values(), ids=DETACHED.keys())
def test_detached_names_are_removed_and_the_others_keep_their_order(
    before: list[str] | None, names: list[str], after: list[str] | None
) -> None:
    assert detached(account(before), names.__contains__, PULL) == account(after)


def test_attached_to_both_lists_adds_the_missing_names_to_each() -> None:
    wanted = attached(account(["x"], ["token"]), ["x"], BOTH)

    assert wanted == account(["x"], ["token", "x"])
    assert detached(wanted, ["x"].__contains__, BOTH) == account([], ["token"])


def test_entries_keep_unknown_fields() -> None:
    entry = {"name": "token", "namespace": "elsewhere", "fieldPath": "data"}
    seen: Object = {"secrets": [entry, {"name": "x"}]}

    assert attached(seen, ["y"], BOTH)["secrets"] == [entry, {"name": "x"}, {"name": "y"}]
    assert detached(seen, ["x"].__contains__, BOTH)["secrets"] == [entry]


DUPLICATES = {
    "none": ([], ()),
    "once": (["a", "b"], ()),
    "twice": (["a", "b", "a"], ("a",)),
    "thrice": (["a"] * 3, ("a",)),
}


@pytest.mark.parametrize(("names", "duplicates"), DUPLICATES.values(), ids=DUPLICATES.keys())
def test_duplicate_names_are_those_listed_more_than_once(names: list[str], duplicates: tuple[str, ...]) -> None:
    assert duplicate_names(account(names)) == duplicates
