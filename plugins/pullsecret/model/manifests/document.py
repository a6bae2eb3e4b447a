"""A manifest with what its reader should know before applying it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True, kw_only=True)
class Document:
    """An object for `kubectl apply -f -`, with the paragraphs of the comment before it."""

    body: Object = field(repr=False)
    comment: tuple[str, ...] = ()
