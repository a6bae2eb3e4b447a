"""The objects of manifests, each with its place, and what of the files could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.objects.objects import Object, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.model.declared.file_line import FileLine

FieldPath: TypeAlias = tuple[str | int, ...]
"""The keys and positions that lead to a field: `("spec", "containers", 0, "image")`."""


@dataclass(frozen=True, kw_only=True)
class DeclaredObject:
    """An object of a manifest; `lines` are those of the fields of its document, in which it is at `path`."""

    content: Object = field(repr=False)
    place: FileLine
    lines: Mapping[FieldPath, int] = field(default_factory=dict, repr=False, compare=False)
    path: FieldPath = ()

    def place_of(self, *path: str | int) -> FileLine:
        """The place of a field; that of the nearest field around it where the field's own is not known."""
        whole = (*self.path, *path)
        known = (self.lines[whole[:length]] for length in range(len(whole), 0, -1) if whole[:length] in self.lines)
        return replace(self.place, line=next(known, self.place.line))


@dataclass(frozen=True, kw_only=True)
class Declared:
    """All objects of some files, in their order; `problems` are lines about what could not be read of them."""

    objects: tuple[DeclaredObject, ...] = ()
    problems: tuple[str, ...] = ()

    def of_kind(self, title: str) -> tuple[DeclaredObject, ...]:
        """The objects of a kind, as `kind:` has it."""
        return tuple(item for item in self.objects if text_at(item.content, "kind") == title)


def objects_of_document(document: object, place: FileLine, lines: Mapping[FieldPath, int]) -> Iterator[DeclaredObject]:
    """The Kubernetes objects of one document: itself, or the items of a list; nothing if it has no `kind`."""
    if isinstance(document, dict) and isinstance(document.get("kind"), str):
        yield from _flattened(DeclaredObject(content=document, place=place, lines=lines))


def _flattened(item: DeclaredObject) -> Iterator[DeclaredObject]:
    """An object, or those in the `items` of a list and of lists in it."""
    items = item.content.get("items")
    if not (text_at(item.content, "kind").endswith("List") and isinstance(items, list)):
        yield item
        return
    own = text_at(item.content, "kind").removesuffix("List")
    for position, content in enumerate(items):
        if not isinstance(content, dict):
            continue
        if not isinstance(content.get("kind"), str) and own:
            content = {"apiVersion": text_at(item.content, "apiVersion"), "kind": own, **content}  # noqa: PLW2901
        inner = replace(item, content=content, path=(*item.path, "items", position))
        inner = replace(inner, place=inner.place_of())
        if isinstance(content.get("kind"), str):
            yield from _flattened(inner)
