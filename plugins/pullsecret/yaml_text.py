"""YAML from elsewhere as plain data, within limits: no document of a file can exhaust the stack, memory or time."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH: Final = 100
_MAX_ALIASES: Final = 20  # merge keys can multiply what aliases reference: at most 3**(20/3) times
_MAX_NODES: Final = 50_000  # a kubeconfig of 1,000 clusters has 30,000; a node costs up to 8 microseconds
_BRACKETS = re.compile(r"[][{}]")
_INDENTED = re.compile(rf"^[ \t?:-]{{{MAX_DEPTH // 2}}}", re.MULTILINE)
_INDICATORS = re.compile(r"[][{},:?\n-]")
_Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast, but not always available


class YamlLimitError(ValueError):
    """A document cannot be read within the limits; the message says why, and does not quote it."""


_AS_TEXT = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value")
"""Dates, and a lone `=`, are text, as Go reads them: a namespace may be named 2026-01-01."""

_RESOLVERS = {
    first: [(tag, pattern) for tag, pattern in rules if tag not in _AS_TEXT]
    for first, rules in _Base.yaml_implicit_resolvers.items()
}
_ANCHOR = re.compile(r"(?<![^\s\[{,])&([^\s\[\]{},]+)")


class _Loader(_Base):  # type: ignore[misc, valid-type]  # the base is only known at run time
    yaml_implicit_resolvers = _RESOLVERS


class _RepeatingLoader(yaml.SafeLoader):
    """Allows an anchor that is defined again, as YAML 1.2 and Go do, and libyaml does not; the last one counts."""

    yaml_implicit_resolvers = _RESOLVERS

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A node; an anchor of this name that was there before is forgotten."""
        if not self.check_event(yaml.AliasEvent):
            self.anchors.pop(self.peek_event().anchor, None)  # type: ignore[no-untyped-call]  # untyped in the stubs
        return super().compose_node(parent, index)


def _loader_of(text: str) -> _Loader | _RepeatingLoader:
    anchors = _ANCHOR.findall(text) if "&" in text else []
    return _Loader(text) if len(anchors) == len(set(anchors)) else _RepeatingLoader(text)


def first_document(text: str) -> object:
    """The first document; None when there is none.

    Raises YamlLimitError, and whatever PyYAML raises: YAMLError, ValueError, RecursionError.
    """
    return next(documents_in(text), None)


def documents_in(text: str) -> Iterator[object]:
    """All documents, one by one; raises as `first_document` does."""
    _refuse_bomb(text)
    loader = _loader_of(text)
    while loader.check_data():
        try:
            document = loader.get_data()
        except (AttributeError, KeyError, TypeError, IndexError):  # PyYAML's own, for `!!timestamp x` or `!!bool x`
            raise YamlLimitError("it has a value that its tag does not allow") from None
        yield document


def documents_with_lines(text: str, first: int) -> Iterator[tuple[object, dict[tuple[str | int, ...], int]]]:
    """All documents, each with the line of every field, by its path; the first line of the text is `first`.

    Raises as `first_document` does.
    """
    _refuse_bomb(text)
    loader = _loader_of(text)
    while loader.check_node():
        node = loader.get_node()
        try:
            document = loader.construct_document(node)
        except (AttributeError, KeyError, TypeError, IndexError):
            raise YamlLimitError("it has a value that its tag does not allow") from None
        yield document, {path: first + line for path, line in _bounded(_lines_of(node))}


def _bounded(lines: Iterator[tuple[tuple[str | int, ...], int]]) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """The lines of a document, which aliases can make large, and endless where one is in what it repeats."""
    for count, (path, line) in enumerate(lines):
        if count > _MAX_NODES or len(path) > MAX_DEPTH:
            raise YamlLimitError("document contains excessive aliasing")
        yield path, line


def _lines_of(root: yaml.Node | None) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """The line of each field by its path, from 0; what an alias repeats has the line of its anchor."""
    if root is None:
        return
    yield (), root.start_mark.line
    left: list[tuple[tuple[str | int, ...], yaml.Node]] = [((), root)]
    for path, node in left:
        for name, line, value in _fields_of(node):
            yield (*path, name), line
            if not isinstance(value, yaml.ScalarNode):
                left.append(((*path, name), value))


def _fields_of(node: yaml.Node) -> Iterator[tuple[str | int, int, yaml.Node]]:
    """The fields of a mapping, and the items of a list, each with its line, that of the key for a field."""
    if isinstance(node, yaml.SequenceNode):
        yield from ((position, value.start_mark.line, value) for position, value in enumerate(node.value))
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key.value, key.start_mark.line, value


def bracket_depth(text: str) -> int:
    """How deep the brackets of a text go, those in strings included."""
    steps = (1 if bracket in "[{" else -1 for bracket in _BRACKETS.findall(text))
    return max(accumulate(steps), default=0)


def _refuse_bomb(text: str) -> None:
    """Looks at nesting, aliases and nodes before anything is built from them, where there can be many.

    libyaml's builder calls itself for each level, and a hundred thousand of them would end the process. A level takes a
    bracket or a place at the beginning of a line, and a node an indicator, so most files need no second look.
    """
    has_many = len(_INDICATORS.findall(text)) > _MAX_NODES
    if has_many or "&" in text or text.count("[") + text.count("{") > MAX_DEPTH or _INDENTED.search(text):
        _count_events(text)


def _count_events(text: str) -> None:
    depth = aliases = 0
    for count, event in enumerate(_events(text)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > MAX_DEPTH:
            raise YamlLimitError("it is nested too deeply")
        if aliases > _MAX_ALIASES:
            raise YamlLimitError("document contains excessive aliasing")
        if count > _MAX_NODES:
            raise YamlLimitError("it has too many values")


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=_Loader)
