"""Which target flags contradict each other, and which names a pattern matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import UsageError
from pullsecret.model.request.targets import Targets, is_namespace_match

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRADICTIONS: dict[str, tuple[Callable[[], Targets], str]] = {
    "names-and-all": (
        lambda: Targets(names=("a",), every=True),
        "--namespace and --all-namespaces cannot be used together",
    ),
    "names-and-selector": (
        lambda: Targets(names=("a",), selector="b=c"),
        "--namespace and --namespace-selector cannot be used together",
    ),
    "pattern-and-all": (
        lambda: Targets(names=("a*",), every=True),
        "--namespace and --all-namespaces cannot be used together",
    ),
    "create-pattern": (
        lambda: Targets(names=("a", "b*"), create_missing=True),
        "--create-namespaces requires --namespace, without a pattern",
    ),
    "create-all": (
        lambda: Targets(every=True, create_missing=True),
        "--create-namespaces requires --namespace, without a pattern",
    ),
    "create-selected": (
        lambda: Targets(selector="b=c", create_missing=True),
        "--create-namespaces requires --namespace, without a pattern",
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


PATTERN_PROBLEMS = {
    "unclosed": ("[", "missing ]"),
    "unclosed-after-a-set": ("team-[ab]-[c", "missing ]"),
    "unclosed-with-a-bracket": ("a[]", "missing ]"),
    "unclosed-negation": ("a[!]", "missing ]"),
    "empty": ("", "it is empty"),
}


@pytest.mark.parametrize(("pattern", "problem"), PATTERN_PROBLEMS.values(), ids=PATTERN_PROBLEMS.keys())
def test_exclude_that_can_match_nothing_is_refused(pattern: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        Targets(every=True, exclude=("fine", pattern))

    assert caught.value.message == f'invalid --exclude "{pattern}": {problem}'


def test_namespace_pattern_that_can_match_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^invalid namespace 'team-\['"):
        Targets(names=("team-[",))


MATCHES = {
    "prefix": ("kube-*", {"kube-system", "kube-public"}),
    "plain": ("default", {"default"}),
    "whole-name-only": ("kube", set()),
    "one-letter": ("team-?", {"team-a"}),
    "set": ("team-[ab]", {"team-a"}),
    "set-with-a-bracket": ("team-[]a]", {"team-a"}),
    "not-in-a-set": ("team-[!1]", {"team-a"}),
    "not-in-a-set-as-in-go": ("team-[^1]", {"team-a"}),
    "all": ("*", {"kube-system", "kube-public", "default", "team-a", "team-10"}),
    "case-counts": ("KUBE-*", set()),
}


@pytest.mark.parametrize(("pattern", "matching"), MATCHES.values(), ids=MATCHES.keys())
def test_pattern_matches_whole_names(pattern: str, matching: set[str]) -> None:
    names = ("kube-system", "kube-public", "default", "team-a", "team-10")

    assert {name for name in names if is_namespace_match(pattern, name)} == matching
