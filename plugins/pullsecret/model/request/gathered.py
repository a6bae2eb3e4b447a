"""What the results of several clusters add up to, until the last one is there: one table, or one document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.ci_report import CiObject


@dataclass(kw_only=True)
class Gathered:
    """The rows of tables by their headers, or what a document of this `kind` has: items, errors, and what is beside.

    `ci_objects` are what a report for CI systems has instead of items.
    """

    tables: dict[tuple[str, ...], list[Sequence[str]]] = field(default_factory=dict, repr=False)
    kind: str = ""
    items: list[Iterable[Object]] = field(default_factory=list, repr=False)
    ci_objects: list[CiObject] = field(default_factory=list)
    errors: list[Object] = field(default_factory=list)
    beside: dict[str, list[Object]] = field(default_factory=dict, repr=False)
    has_paragraphs: bool = False

    def follows_paragraphs(self) -> bool:
        """Whether a paragraph of another cluster was printed before this one."""
        had, self.has_paragraphs = self.has_paragraphs, True
        return had
