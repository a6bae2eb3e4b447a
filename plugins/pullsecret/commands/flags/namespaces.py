"""The one grammar of targets."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Words, split
from pullsecret.errors import UsageError
from pullsecret.model.request.targets import Targets

Namespaces: TypeAlias = Annotated[
    Words,
    Option("-n", "--namespace", metavar="NS", help="Namespace to act on; repeatable, and a,b is two."),
    CompletionHint("namespaces"),
]
Every: TypeAlias = Annotated[bool, Option("-A", "--all-namespaces", help="Act on every namespace.")]
Selector: TypeAlias = Annotated[
    str, Option("-l", "--selector", metavar="SELECTOR", help="Act on namespaces whose labels match (team=a,env!=x).")
]
Exclude: TypeAlias = Annotated[
    Words,
    Option("--exclude", metavar="PATTERN", help="Leave out namespaces of this name (kube-*); repeatable."),
    CompletionHint("namespaces"),
]
CreateNamespaces: TypeAlias = Annotated[
    bool, Option("--create-namespaces", help="Make the namespaces named that are not there yet.")
]


def targets(
    *,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
) -> Targets:
    """The namespaces to act on, for commands that make none."""
    return Targets(names=split(namespace), every=all_namespaces, selector=selector, exclude=split(exclude))


def making_targets(
    *,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
    create_namespaces: CreateNamespaces = False,
) -> Targets:
    """The namespaces to act on, made first where they are missing, if asked for."""
    return Targets(
        names=split(namespace),
        every=all_namespaces,
        selector=selector,
        exclude=split(exclude),
        create_missing=create_namespaces,
    )


def copy_targets(
    *,
    to: Annotated[
        Words,
        Option("--to", metavar="NS", help="Namespace to copy to; the same as --namespace."),
        CompletionHint("namespaces"),
    ] = None,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
    create_namespaces: CreateNamespaces = False,
) -> Targets:
    """The same, with --to for -n: `copy NAME --from default --to team-a` is how people say it.

    Raises:
        UsageError: both were given, so -n was meant as the source.
    """
    if to and namespace:
        raise UsageError("--to and --namespace both name the target namespaces; for the source's namespace use --from")
    return making_targets(
        namespace=to or namespace,
        all_namespaces=all_namespaces,
        selector=selector,
        exclude=exclude,
        create_namespaces=create_namespaces,
    )
