"""Which target flags contradict each other, and which names --exclude leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import UsageError
from pullsecret.model.request.targets import Targets

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRADICTIONS: dict[str, tuple[Callable[[], Targets], str]] = {
    "names-and-all": (
        lambda: Targets(names=("a",), every=True),
        "--namespace and --all-namespaces cannot be used together",
    ),
    "names-and-selector": (
        lambda: Targets(names=("a",), selector="b=c"),
        "--namespace and --selector cannot be used together",
    ),
    "create-all": (
        lambda: Targets(every=True, create_missing=True),
        "--create-namespaces requires --namespace",
    ),
    "create-selected": (
        lambda: Targets(selector="b=c", create_missing=True),
        "--create-namespaces requires --namespace",
    ),
}


@pytest.mark.parametrize(("make", "message"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_targets_that_contradict_each_other_are_refused(make: Callable[[], Targets], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()

    assert caught.value.message == message


def test_all_namespaces_and_a_selector_can_be_combined_as_in_kubectl() -> None:
    assert Targets(every=True, selector="a=b").selector == "a=b"


NAMES = {
    "upper": "Team",
    "dot": "a.b",
    "slash": "a/b",
    "leading-dash": "-a",
    "trailing-dash": "a-",
    "long": "a" * 64,
    "very-long": "a" * 4000,
    "escape": "a\x1b[31m",
    "new-line": "a\n",
    "letters-of-others": "größe",
    "digits-of-others": "٣",
    "blank": "a b",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_invalid_namespace_is_refused_in_a_short_line(name: str) -> None:
    with pytest.raises(UsageError, match=r"^invalid namespace ") as caught:
        Targets(names=("fine", name))

    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("name", ["a", "0", "a-0", "a" * 63])
def test_valid_namespace_is_accepted(name: str) -> None:
    assert Targets(names=(name,)).names == (name,)


EXCLUDED = {
    "prefix": (("kube-*",), {"kube-system", "kube-public"}),
    "plain": (("default",), {"default"}),
    "whole-name-only": (("kube",), set()),
    "one-letter": (("team-?",), {"team-a"}),
    "set": (("team-[ab]",), {"team-a"}),
    "several": (("kube-*", "default"), {"kube-system", "kube-public", "default"}),
    "all": (("*",), {"kube-system", "kube-public", "default", "team-a", "team-10"}),
    "case-counts": (("KUBE-*",), set()),
    "none": ((), set()),
}


@pytest.mark.parametrize(("patterns", "excluded"), EXCLUDED.values(), ids=EXCLUDED.keys())
def test_exclude_leaves_out_the_matching_names(patterns: tuple[str, ...], excluded: set[str]) -> None:
    targets = Targets(every=True, exclude=patterns)
    names = ("kube-system", "kube-public", "default", "team-a", "team-10")

    assert {name for name in names if targets.is_excluded(name)} == excluded
