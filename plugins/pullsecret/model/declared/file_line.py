"""Where something is in a file, and in the template of a Helm chart that the file was rendered from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ChartTemplate:
    """A template, and pairs of lines that are alike: one of the rendered file, in their order, and the template's."""

    file: str
    pairs: tuple[tuple[int, int], ...] = field(default=(), repr=False)

    def line_for(self, rendered: int) -> int:
        """The line of the template for a rendered one: that of the last line before it that is alike."""
        position = bisect_right(self.pairs, (rendered, 0), key=lambda pair: (pair[0], 0))
        return self.pairs[position - 1][1] if position else 1


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A line of a file; the first line is 1, and the file is named as the user named it, "" for standard input.

    `template` is what it was rendered from, None where that is not known, or was not asked for.
    """

    file: str
    line: int
    template: ChartTemplate | None = field(default=None, repr=False, compare=False)

    @property
    def source(self) -> FileLine:
        """The line to edit: that of the template, if there is one."""
        if self.template is None:
            return self
        return FileLine(file=self.template.file, line=self.template.line_for(self.line))
