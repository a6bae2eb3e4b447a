"""What the results of several clusters add up to, until the last one is there: one table, or one document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.objects.objects import Object


@dataclass(kw_only=True)
class Gathered:
    """The rows of a table under its `headers`, or the items and errors of a document of this `kind`."""

    headers: tuple[str, ...] = field(default=(), repr=False)
    rows: list[Sequence[str]] = field(default_factory=list, repr=False)
    kind: str = ""
    items: list[Iterable[Object]] = field(default_factory=list, repr=False)
    errors: list[Object] = field(default_factory=list)
    has_paragraphs: bool = False

    def follows_paragraphs(self) -> bool:
        """Whether a paragraph of another cluster was printed before this one."""
        had, self.has_paragraphs = self.has_paragraphs, True
        return had
