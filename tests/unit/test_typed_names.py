"""The names of secrets and the target flags as typed: what kubectl's spellings mean, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullsecret.commands.flags import checked_names, checked_patterns, copy_targets, names_of, patterns_of, targets
from pullsecret.commands.flags.attachment import attach_if_asked, attachment
from pullsecret.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

TYPED: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "one": (["a"], ("a",)),
    "list": (["a,b", "c", "a"], ("a", "b", "c")),
    "with-its-type": (["secret/a,secrets/b"], ("a", "b")),
    "type-and-names": (["secret", "a", "b"], ("a", "b")),
    "types-and-name": (["secrets", "a"], ("a",)),
    "secret-called-secret": (["secret"], ("secret",)),
    "secret-called-secret-of-its-type": (["secret/secret", "a"], ("secret", "a")),
}


@pytest.mark.parametrize(("words", "names"), TYPED.values(), ids=TYPED.keys())
def test_names_are_understood_as_kubectl_does(words: list[str], names: tuple[str, ...]) -> None:
    assert names_of(words) == checked_patterns(words) == names


INVALID: dict[str, tuple[Callable[[], object], str]] = {
    "none": (lambda: names_of(None), "at least one NAME is required"),
    "no-pattern": (lambda: patterns_of([]), "at least one NAME is required"),
    "empty": (lambda: names_of([""]), "resource name may not be empty"),
    "commas": (lambda: checked_patterns([","]), "resource name may not be empty"),
    "account": (lambda: attachment(serviceaccount=[""]), "the name of a --serviceaccount may not be empty"),
    "account-of-a-copy": (
        lambda: attach_if_asked(serviceaccount=[""]),
        "the name of a --serviceaccount may not be empty",
    ),
    "pattern": (lambda: names_of(["a*"]), "invalid resource name 'a*': "),
    "namespace": (
        lambda: names_of(["default/x"]),
        "invalid resource name 'default/x': specify the namespace with -n default",
    ),
    "source-namespace": (
        lambda: checked_patterns(["default/x*"], namespace_flag="--from"),
        "invalid resource name 'default/x*': specify the namespace with --from default",
    ),
    "source-namespace-of-a-name": (
        lambda: names_of(["tools/x"], namespace_flag="--from"),
        "invalid resource name 'tools/x': specify the namespace with --from tools",
    ),
    "two-slashes": (lambda: checked_names(["a/b/c"]), "invalid resource name 'a/b/c': a lowercase RFC 1123"),
    "namespaces-only-commas": (lambda: targets(namespace=[",,"]), 'invalid --namespace ",,": it must have a name'),
    "to-only-commas": (lambda: copy_targets(to=[","]), 'invalid --namespace ",": it must have a name'),
    "excluded-empty": (lambda: targets(exclude=[""]), 'invalid --exclude "": it is empty'),
    "excluded-partly-empty": (lambda: targets(exclude=["a,"]), 'invalid --exclude "": it is empty'),
}


@pytest.mark.parametrize(("call", "message"), INVALID.values(), ids=INVALID.keys())
def test_names_that_mean_nothing_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        call()

    assert caught.value.message.startswith(message)


def test_empty_namespace_is_that_of_the_context_as_in_kubectl() -> None:
    assert not targets(namespace=[""]).is_given


def test_patterns_of_secrets_are_accepted_where_names_are_looked_up() -> None:
    assert patterns_of(["all-*,regcred"]) == ("all-*", "regcred")
