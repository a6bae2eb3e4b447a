"""The lines of -o name: `secret/x`, or `team-a secret/x` where the same name may be in several namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.request.command_request import Output


def print_names(found: Iterable[tuple[str, str]], output: Output) -> None:
    """Print a line for each object, given as its namespace and `kind/name`, once."""
    names = dict.fromkeys(found)
    has_namespaces = output.spans_namespaces or len({namespace for namespace, _ in names}) > 1
    for namespace, name in names:
        print_line(name_line(namespace, name, output, has_namespace=has_namespaces))


def name_line(namespace: str, name: str, output: Output, *, has_namespace: bool) -> Printable:
    """The line of one object; what is in no namespace, as a file, is its name alone."""
    context = output.context if output.spans_contexts else ""
    return Printable(" ".join(filter(None, (context, namespace if has_namespace else "", name))))
