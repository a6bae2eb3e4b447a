"""The names of copies, and which --name is refused."""

from __future__ import annotations

import pytest

from pullsecret.errors import UsageError
from pullsecret.model.request.copy_names import check_copy_name, copy_name, is_pattern, rest_of

RESTS = {
    "plain": ("all-icr-io", "all-icr-io", ""),
    "plain-other": ("all-icr-io", "all-icr-io-2", None),
    "middle": ("default-*-icr-io", "default-us-icr-io", "us"),
    "middle-empty": ("default-*icr-io", "default-icr-io", ""),
    "middle-needs-both-dashes": ("default-*-icr-io", "default-icr-io", None),
    "end": ("default-*", "default-us-icr-io", "us-icr-io"),
    "all": ("*", "anything.at.all", "anything.at.all"),
    "dot-is-a-dot": ("a.*", "ab", None),
    "two-stars": ("*-us-*", "team-us-icr", "team"),
    "brackets-are-plain": ("[ab]*", "a", None),
}


@pytest.mark.parametrize(("pattern", "name", "rest"), RESTS.values(), ids=RESTS.keys())
def test_rest_is_what_the_star_matches(pattern: str, name: str, rest: str | None) -> None:
    assert rest_of(pattern, name) == rest


def test_pattern_has_a_star() -> None:
    assert is_pattern("default-*-icr-io")
    assert not is_pattern("all-icr-io")


VALID = {
    "none": ("", ("a", "b*")),
    "plain": ("regcred", ("a",)),
    "namespace": ("{namespace}-us-icr-io", ("a",)),
    "rest": ("{rest}", ("a-*",)),
    "both": ("{namespace}-{rest}-icr-io", ("default-*-icr-io",)),
}


@pytest.mark.parametrize(("template", "patterns"), VALID.values(), ids=VALID.keys())
def test_name_that_gives_every_copy_its_own_name_is_accepted(template: str, patterns: tuple[str, ...]) -> None:
    check_copy_name(template, patterns)


REFUSED = {
    "several-sources": ("x", ("a", "b"), "--name requires exactly one NAME"),
    "rest-without-pattern": ("{rest}", ("a",), "unknown placeholder {rest} in --name; supported: {namespace}"),
    "unknown-placeholder": (
        "{ns}-{rest}",
        ("a*",),
        "unknown placeholder {ns} in --name; supported: {namespace} and {rest}",
    ),
    "empty-placeholder": ("{}", ("a",), "unknown placeholder {} in --name; supported: {namespace}"),
    "pattern-without-rest": (
        "{namespace}-x",
        ("a*",),
        "with a pattern, --name must contain {rest} so that every copy gets its own name",
    ),
    "two-stars": ("{rest}", ("*-us-*",), "with --name, the pattern may contain only one *"),
}


@pytest.mark.parametrize(("template", "patterns", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_invalid_name_is_refused(template: str, patterns: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_copy_name(template, patterns)

    assert caught.value.message == message


NAMES = {
    "no-template": ("", "all-icr-io", "team", "", "all-icr-io"),
    "namespace": ("{namespace}-us-icr-io", "default-us-icr-io", "team", "", "team-us-icr-io"),
    "rest": ("{namespace}-{rest}", "default-us-icr-io", "team", "us-icr-io", "team-us-icr-io"),
    "twice": ("{rest}.{rest}", "a-x", "team", "x", "x.x"),
}


@pytest.mark.parametrize(("template", "source", "namespace", "rest", "name"), NAMES.values(), ids=NAMES.keys())
def test_copy_name_follows_the_template(template: str, source: str, namespace: str, rest: str, name: str) -> None:
    assert copy_name(template, source, namespace, rest) == name


IMPOSSIBLE = {
    "upper": "Regcred",
    "unclosed": "{namespace",
    "slash": "a/b",
    "too-long": "a" * 254,
    "too-long-with-namespace": "{namespace}" + "a" * 250,
    "rest-is-empty": "{rest}",
    "control": "a\x1bb",
    "trailing-new-line": "a\n",
}


@pytest.mark.parametrize("template", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_copy_with_an_invalid_name_is_refused_in_a_short_line(template: str) -> None:
    with pytest.raises(UsageError, match=r"^invalid secret name ") as caught:
        copy_name(template, "source", "team", "")

    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300
