"""The documents of -o json and -o yaml: one envelope for all commands, with a schema each in docs/reference/schemas."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pullsecret.model.request.command_request import Format
from pullsecret.report.manifests import print_json_items, print_yaml_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.errors import PullSecretError
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.command_request import Output

API_VERSION = "kubectl-pullsecret/v1"


def print_items(
    kind: str, items: Iterable[Object], output: Output, *, errors: Sequence[str], **beside: Sequence[Object]
) -> None:
    """Print what a command found, and what it could not look at.

    Args:
        kind: the document's kind, a list of items.
        items: what was found, each with its namespace.
        output: the format, and the context, which each item and error names.
        errors: the lines on stderr that tell what could not be read.
        beside: further lists of the document, by their fields.
    """
    others = {name: [_located(item, output) for item in found] for name, found in beside.items()}
    errors_found = [_located(_error_item(line), output) for line in errors]
    if output.gathered is None:
        print_document(kind, items, output, **others, errors=errors_found)
        return
    output.gathered.kind = kind
    output.gathered.items.append(_located(item, output) for item in items)
    output.gathered.errors += errors_found
    for name, found in others.items():
        output.gathered.beside.setdefault(name, []).extend(found)


def gather_error(error: PullSecretError, output: Output) -> None:
    """Add why a cluster could not be read to the document of all clusters."""
    if output.gathered is not None:
        output.gathered.errors.append(_located(_error_item(error.line), output))


def print_gathered_items(output: Output) -> None:
    """Print the items of all clusters as one document; nothing if no cluster could be read."""
    gathered = output.gathered
    if gathered is not None and gathered.kind:
        items = chain.from_iterable(gathered.items)
        print_document(gathered.kind, items, output, **gathered.beside, errors=gathered.errors)


def print_document(kind: str, items: Iterable[Object], output: Output, **rest: object) -> None:
    """Print one document: the envelope, its items, and what else belongs to this kind."""
    located = items if output.project else (_located(item, output) for item in items)
    document: Object = {"apiVersion": API_VERSION, "kind": kind, **rest}
    if output.format is Format.JSON:
        print_json_items(document, located)
    else:
        print_yaml_items(document, located)


def _located(item: Object, output: Output) -> Object:
    return {"context": output.context, **item}


def _error_item(line: str) -> Object:
    return {"message": line.removeprefix("error: ")}
