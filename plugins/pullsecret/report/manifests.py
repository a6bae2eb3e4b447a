"""Objects as YAML or JSON, and the manifests that a client-side dry run prints."""

from __future__ import annotations

import json
import textwrap
from textwrap import indent
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import Printable, escaped_in_json, is_printable
from pullsecret.model.objects.objects import Object, as_manifest
from pullsecret.model.request.command_request import Format, Output
from pullsecret.report.streams import print_block, print_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import yaml

    from pullsecret.model.manifests.document import Document
    from pullsecret.model.plan.change import Outcome

_COMMENT_WIDTH: Final = 100


def print_manifests(ended: Sequence[Outcome], form: Format) -> None:
    """Print the objects of the good outcomes of a client-side dry run, in the order of the plan.

    This is the only output that has the data of secrets: a manifest for `kubectl apply -f -` is useless without.
    """
    print_objects([_manifest(outcome) for outcome in ended if outcome.result], form)


def print_objects(objects: Sequence[Object], form: Format) -> None:
    """Print objects as kubectl does: one as itself, several as YAML documents or as a JSON List."""
    if form is Format.JSON:
        shown = objects[0] if len(objects) == 1 else {"apiVersion": "v1", "kind": "List", "items": objects}
        print_block(_as_json(shown))
    elif objects:
        print_block("---\n".join(map(as_yaml, objects)).rstrip("\n"))


def show_documents(documents: Sequence[Document], output: Output) -> int:
    """Print manifests for `kubectl apply -f -`, as YAML with their comments, or as JSON, which has none; returns 0."""
    if output.format is Format.JSON:
        print_objects([document.body for document in documents], output.format)
    else:
        print_block("---\n".join(map(_as_commented_yaml, documents)).rstrip("\n"))
    return 0


def _as_commented_yaml(document: Document) -> str:
    wrapped = (textwrap.wrap(text, _COMMENT_WIDTH, break_on_hyphens=False) for text in document.comment)
    lines = (f"# {line}" for text in wrapped for line in text)
    body = json.loads(json.dumps(document.body))  # what occurs twice would be an alias
    return "".join(f"{Printable(line)}\n" for line in lines) + as_yaml(body, has_blocks=True)


def print_json_items(document: Object, items: Iterable[Object]) -> None:
    """Print a document as JSON with these items, one after the other: all those of a large list would be too much."""
    before, _, after = _as_json({**document, "items": []}).partition('\n    "items": []')
    waiting, comma = f'{before}\n    "items": [', ""
    for item in items:
        print_block(waiting + comma)
        waiting, comma = indent(_as_json(item), " " * 8), ","
    print_block(waiting + ("\n    ]" if comma else "]") + after)


def print_yaml_items(document: Object, items: Iterable[Object]) -> None:
    """Print a document as YAML with these items, one after the other, as it is done for JSON."""
    before, _, after = as_yaml({**document, "items": []}).partition("\nitems: []\n")
    waiting = f"{before}\nitems:"
    has_items = False
    for item in items:
        print_block(waiting)
        waiting, has_items = as_yaml([item]).rstrip("\n"), True
    print_block((waiting if has_items else f"{waiting} []") + f"\n{after}".rstrip("\n"))


def _as_json(item: Object) -> str:
    return escaped_in_json(json.dumps(item, indent=4, sort_keys=True, ensure_ascii=False))


def as_yaml(item: Object | Sequence[Object], *, has_blocks: bool = False) -> str:
    """A YAML document; where a text in it cannot be shown as it is, all beyond ASCII is escaped.

    With `has_blocks`, a text of several lines is a block.
    """
    import yaml

    yaml.SafeDumper.add_multi_representer(Printable, lambda dumper, line: dumper.represent_str(str(line)))
    dumper = _readable_dumper() if has_blocks else yaml.SafeDumper
    text = yaml.dump(item, Dumper=dumper, allow_unicode=True, width=10**6)
    can_be_shown = all(map(is_printable, text.split("\n")))
    return text if can_be_shown else yaml.dump(item, Dumper=dumper, allow_unicode=False, width=10**6)


def _readable_dumper() -> type[yaml.SafeDumper]:
    """What writes text of several lines as a block, where YAML can."""
    import yaml

    class Readable(yaml.SafeDumper):
        def represent_str(self, text: str) -> yaml.ScalarNode:
            return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Readable.add_representer(str, Readable.represent_str)
    return Readable


def print_version(version: str, form: Format) -> None:
    """Print the program's own version, as a word or as an object."""
    if form is Format.LINES:
        print_line(Printable(version))
    else:
        print_objects([{"version": version}], form)


def _manifest(outcome: Outcome) -> Object:
    return as_manifest({"apiVersion": outcome.kind.group, "kind": outcome.kind.title, **(outcome.result or {})})
