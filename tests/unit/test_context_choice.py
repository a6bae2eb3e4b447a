"""Which contexts --contexts, --all-contexts and --exclude-context select, and what is refused."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from objects import made_up_password
from pullsecret.entry.command_table import COMMANDS
from pullsecret.errors import PullSecretError, UsageError
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.context_flags import ContextFlags
from pullsecret.model.request.contexts import ChosenContexts, choose_contexts

EKS = "arn:aws:eks:eu-west-1:111122223333:cluster/prod"
OPENSHIFT = "default/api-host:6443/kube:admin"
ODD = "a,b*[x"
EXISTING = ("prod-de", "prod-us", "prod", "test", EKS, OPENSHIFT, ODD, "prod-*")


class Row(NamedTuple):
    """What is typed, and the contexts that are chosen, or a part of the error."""

    flags: ContextFlags
    expected: tuple[str, ...] | str


def given(*patterns: str, exclude: tuple[str, ...] = ()) -> ContextFlags:
    return ContextFlags(patterns=patterns, exclude=exclude)


ROWS = {
    "name": Row(given("prod"), ("prod",)),
    "names-in-the-order-of-the-flags": Row(given("test", "prod"), ("test", "prod")),
    "name-twice": Row(given("test", "test,prod"), ("test", "prod")),
    "names-with-commas-between": Row(given("test,prod-us"), ("test", "prod-us")),
    "pattern-in-the-order-of-kubeconfig": Row(given("prod-?*"), ("prod-de", "prod-us", "prod-*")),
    "name-that-looks-like-a-pattern-is-a-name": Row(given("prod-*"), ("prod-*",)),
    "name-that-looks-like-a-list-is-a-name": Row(given(ODD), (ODD,)),
    "name-that-looks-like-a-list-with-another": Row(given(ODD, "test"), (ODD, "test")),
    "slashes-and-colons": Row(given(EKS, OPENSHIFT), (EKS, OPENSHIFT)),
    "pattern-over-slashes": Row(given("*:6443/*"), (OPENSHIFT,)),
    "pattern-and-name-once": Row(given("te*", "test"), ("test",)),
    "pattern-of-none": Row(given("x-*"), ()),
    "all": Row(ContextFlags(every=True), EXISTING),
    "all-but-a-pattern": Row(
        ContextFlags(every=True, exclude=("prod-??", "a*")), ("prod", "test", OPENSHIFT, "prod-*")
    ),
    "exclude-of-an-exact-name": Row(given("prod-?*", exclude=("prod-*",)), ("prod-de", "prod-us")),
    "exclude-with-commas": Row(given("prod-??", exclude=("prod-de,prod-us",)), ()),
    "unknown": Row(given("nope"), 'error: context "nope" does not exist'),
    "unknown-in-a-list": Row(given("prod,nope"), 'error: context "nope" does not exist'),
    "unknown-that-begins-some": Row(given("prod-"), 'error: context "prod-" does not exist'),
    "empty": Row(given(""), 'invalid --contexts "": it is empty'),
    "empty-in-a-list": Row(given("prod,"), 'invalid --contexts "": it is empty'),
    "open-bracket": Row(given("[x"), 'invalid --contexts "[x": missing ]'),
    "exclude-empty": Row(given("prod", exclude=("",)), 'invalid --exclude-context "": it is empty'),
    "exclude-that-begins-some": Row(
        given("prod-??", exclude=("prod-",)),
        '--exclude-context "prod-" is not a context, but prod-de and 2 more begin with it',
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_context_choice(row: Row) -> None:
    if isinstance(row.expected, str):
        with pytest.raises(PullSecretError) as raised:
            choose_contexts(row.flags, EXISTING)
        assert raised.value.message == row.expected
    else:
        assert choose_contexts(row.flags, EXISTING) == ChosenContexts(names=row.expected)


def test_exclude_that_excludes_nothing_is_a_warning() -> None:
    chosen = choose_contexts(given("prod", exclude=("test", "x*")), EXISTING)

    assert chosen.names == ("prod",)
    assert [line.split(" matches")[0] for line in chosen.notes] == [
        'warning: --exclude-context "test"',
        'warning: --exclude-context "x*"',
    ]


REFUSED = {
    "--context and --contexts": (given("prod"), ConnectionFlags(context="prod")),
    "--context and --all-contexts": (ContextFlags(every=True), ConnectionFlags(context="prod")),
    "--server and --contexts": (given("prod"), ConnectionFlags(server="https://prod.example")),
    "--token and --contexts": (given("prod"), ConnectionFlags(token=made_up_password())),
    "--user and --contexts": (given("prod"), ConnectionFlags(user="prod")),
    "--cluster and --contexts": (given("prod"), ConnectionFlags(cluster="prod")),
    "--client-key and --contexts": (given("prod"), ConnectionFlags(client_key="file")),
}
"""Flags of one cluster: a token that is for one server must not be sent to all."""


@pytest.mark.parametrize("name", REFUSED)
def test_flag_of_one_cluster_is_refused_with_several(name: str) -> None:
    flags, connection = REFUSED[name]

    with pytest.raises(UsageError, match=f"^{name} cannot be used together$"):
        flags.check_connection(connection)


def test_every_command_on_namespaces_of_a_cluster_takes_contexts() -> None:
    flags = {name: {flag.name for flag in command.flags} for name, command in COMMANDS.items() if name != "generate"}
    contexts = {"--contexts", "--all-contexts", "--exclude-context"}

    assert {name for name, found in flags.items() if "--namespace" in found and not contexts <= found} == set()


def test_contradicting_flags_are_refused() -> None:
    with pytest.raises(UsageError, match="--contexts and --all-contexts cannot be used together"):
        ContextFlags(patterns=("a",), every=True)
    with pytest.raises(UsageError, match="--exclude-context requires --contexts or --all-contexts"):
        ContextFlags(exclude=("a",))
