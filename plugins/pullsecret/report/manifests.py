"""Objects as YAML or JSON: manifests in a client-side dry run, otherwise what exists, without credentials."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable, escaped_in_json, is_printable
from pullsecret.model.objects.objects import LAST_APPLIED, Kind, Object, as_manifest, mapping_at, merged
from pullsecret.model.request.command_request import DryRun, Format, Output
from pullsecret.report.streams import print_block, print_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.plan.change import Outcome


def print_manifests(ended: Sequence[Outcome], output: Output) -> None:
    """Print the objects of the good outcomes, in the order in which they ended.

    Only a client-side dry run prints the data of secrets: it is a manifest for `kubectl apply -f -`, useless without.
    """
    is_manifest = output.dry_run is DryRun.CLIENT
    print_objects([_shown(outcome, is_manifest=is_manifest) for outcome in ended if outcome.result], output.format)


def print_objects(objects: Sequence[Object], form: Format) -> None:
    """Print objects as kubectl does: one as itself, several as YAML documents or as a JSON List."""
    if form is Format.JSON:
        shown = objects[0] if len(objects) == 1 else {"apiVersion": "v1", "kind": "List", "items": objects}
        print_block(escaped_in_json(json.dumps(shown, indent=4, sort_keys=True, ensure_ascii=False)))
    elif objects:
        print_block("---\n".join(map(_as_yaml, objects)).rstrip("\n"))


def _as_yaml(item: Object) -> str:
    """A YAML document; where a text in it cannot be shown as it is, all beyond ASCII is escaped."""
    import yaml

    yaml.SafeDumper.add_multi_representer(Printable, lambda dumper, line: dumper.represent_str(str(line)))
    text = yaml.safe_dump(item, allow_unicode=True, width=10**6)
    can_be_shown = all(map(is_printable, text.split("\n")))
    return text if can_be_shown else yaml.safe_dump(item, allow_unicode=False, width=10**6)


def print_version(version: str, form: Format) -> None:
    """Print the program's own version, as a word or as an object."""
    if form is Format.LINES:
        print_line(Printable(version))
    else:
        print_objects([{"version": version}], form)


def _shown(outcome: Outcome, *, is_manifest: bool) -> Object:
    target: Object = {"apiVersion": "v1", "kind": outcome.kind.title, **(outcome.result or {})}
    if is_manifest:
        return as_manifest(target)
    credential: Object = {"data": None} if outcome.kind is Kind.SECRET else {}
    applied: Object = {"annotations": {LAST_APPLIED: None}} if mapping_at(target, "metadata", "annotations") else {}
    return merged(target, {**credential, "metadata": {"managedFields": None, **applied}})
