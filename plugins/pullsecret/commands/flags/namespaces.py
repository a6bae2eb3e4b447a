"""The flags that select the target namespaces."""

from __future__ import annotations

from functools import partial
from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Repeated, split
from pullsecret.commands.help_text import TARGET_FLAGS
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.request.context_flags import ContextFlags
from pullsecret.model.request.targets import Targets

_option = partial(Option, rich_help_panel=TARGET_FLAGS)

Namespaces: TypeAlias = Annotated[
    Repeated,
    _option(
        "-n",
        "--namespace",
        metavar="NS",
        help="Target namespace or pattern (for example 'team-*'); repeatable or comma-separated.",
    ),
    CompletionHint("namespaces"),
]
Every: TypeAlias = Annotated[bool, _option("-A", "--all-namespaces", help="All namespaces.")]
Selector: TypeAlias = Annotated[
    str,
    _option(
        "-l",
        "--namespace-selector",
        metavar="SELECTOR",
        help="Select target namespaces by their labels (for example team=a,env!=x).",
    ),
]
LongSelector: TypeAlias = Annotated[
    str,
    _option(
        "--namespace-selector",
        metavar="SELECTOR",
        help="Select target namespaces by their labels (for example team=a,env!=x).",
    ),
]
Exclude: TypeAlias = Annotated[
    Repeated,
    _option(
        "--exclude",
        metavar="PATTERN",
        help="Exclude namespaces that match this pattern (for example 'kube-*'); repeatable.",
    ),
    CompletionHint("namespaces"),
]
CreateNamespaces: TypeAlias = Annotated[
    bool, _option("--create-namespaces", help="Create the target namespaces that do not exist.")
]
IncludeSystem: TypeAlias = Annotated[
    bool,
    _option(
        "--include-system",
        help="With -A, -l or a pattern: also write to system namespaces (kube-*, openshift-*, ibm-system, ...).",
    ),
]
Contexts: TypeAlias = Annotated[
    Repeated,
    _option(
        "--contexts",
        metavar="PATTERN",
        help="Kubeconfig contexts to run in: names or patterns (for example 'prod-*'); repeatable or comma-separated.",
    ),
    CompletionHint("contexts"),
]
EveryContext: TypeAlias = Annotated[bool, _option("--all-contexts", help="All contexts of the kubeconfig.")]
ExcludeContext: TypeAlias = Annotated[
    Repeated,
    _option("--exclude-context", metavar="PATTERN", help="Exclude contexts that match this pattern; repeatable."),
    CompletionHint("contexts"),
]


def _namespace_words(given: Repeated) -> tuple[str, ...]:
    """The names and patterns of a flag; '' is the context's namespace, as in kubectl.

    Raises:
        UsageError: there are only commas, as of variables that are not set.
    """
    words = split(given)
    if not words and any(given or ()):
        raise UsageError(f'invalid --namespace "{printable(",".join(given or ()))}": it must have a name')
    return words


def _excluded(given: Repeated) -> tuple[str, ...]:
    """The names and patterns of --exclude; an empty one is kept, so that it is refused."""
    return tuple(word for value in given or () for word in value.split(","))


def _context_flags(contexts: Repeated, exclude: Repeated, *, every: bool) -> ContextFlags:
    """The contexts; commas stay, because the name of a context may have one."""
    return ContextFlags(patterns=tuple(contexts or ()), every=every, exclude=tuple(exclude or ()))


def targets(
    *,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
    contexts: Contexts = None,
    all_contexts: EveryContext = False,
    exclude_context: ExcludeContext = None,
) -> Targets:
    """The target namespaces, for commands that create none."""
    return Targets(
        names=_namespace_words(namespace),
        every=all_namespaces,
        selector=selector,
        exclude=_excluded(exclude),
        contexts=_context_flags(contexts, exclude_context, every=all_contexts),
    )


def deleting_targets(
    *,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: LongSelector = "",
    exclude: Exclude = None,
    contexts: Contexts = None,
    all_contexts: EveryContext = False,
    exclude_context: ExcludeContext = None,
) -> Targets:
    """The same without -l, which selects the objects to delete in kubectl."""
    return targets(
        namespace=namespace,
        all_namespaces=all_namespaces,
        selector=selector,
        exclude=exclude,
        contexts=contexts,
        all_contexts=all_contexts,
        exclude_context=exclude_context,
    )


def creating_targets(
    *,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
    include_system: IncludeSystem = False,
    create_namespaces: CreateNamespaces = False,
    contexts: Contexts = None,
    all_contexts: EveryContext = False,
    exclude_context: ExcludeContext = None,
) -> Targets:
    """The target namespaces, which are created on request."""
    return Targets(
        names=_namespace_words(namespace),
        every=all_namespaces,
        selector=selector,
        exclude=_excluded(exclude),
        include_system=include_system,
        create_missing=create_namespaces,
        contexts=_context_flags(contexts, exclude_context, every=all_contexts),
    )


def system_targets(
    *,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
    include_system: IncludeSystem = False,
    contexts: Contexts = None,
    all_contexts: EveryContext = False,
    exclude_context: ExcludeContext = None,
) -> Targets:
    """The target namespaces of a command that spares system namespaces and creates none."""
    return creating_targets(
        namespace=namespace,
        all_namespaces=all_namespaces,
        selector=selector,
        exclude=exclude,
        include_system=include_system,
        contexts=contexts,
        all_contexts=all_contexts,
        exclude_context=exclude_context,
    )


def copy_targets(
    *,
    to: Annotated[
        Repeated,
        _option("--to", metavar="NS", help="Namespace or pattern to copy to; another name for --namespace."),
        CompletionHint("namespaces"),
    ] = None,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
    include_system: IncludeSystem = False,
    create_namespaces: CreateNamespaces = False,
    contexts: Contexts = None,
    all_contexts: EveryContext = False,
    exclude_context: ExcludeContext = None,
) -> Targets:
    """The same, with --to for -n: `copy NAME --from default --to team-a` reads well.

    Raises:
        UsageError: both were given, so -n was meant as the source.
    """
    if to and namespace:
        raise UsageError("--to and --namespace both select the target namespaces; use --from for the source namespace")
    return creating_targets(
        namespace=to or namespace,
        all_namespaces=all_namespaces,
        selector=selector,
        exclude=exclude,
        include_system=include_system,
        create_namespaces=create_namespaces,
        contexts=contexts,
        all_contexts=all_contexts,
        exclude_context=exclude_context,
    )
