"""The table of what each party did: a run of the stories ends with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from program import Result

TITLES = ("party", "our command", "exit status, and what it said", "next run of the party")


@dataclass(kw_only=True)
class Table:
    """Rows in the order of the stories."""

    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, party: str, namespace: str, command: str, ours: Result, next_run: str) -> None:
        """Add a row: what our program answered to a command in a namespace, and what the party did then."""
        said = f"{ours.status}: {ours.stderr or ours.stdout}"
        cells = (
            " ".join(text.split()).replace(namespace, "team-a") for text in (party, f"`{command}`", said, next_run)
        )
        self.rows.append(tuple(cells))

    def lines(self) -> Iterator[str]:
        """Yield the lines of a Markdown table."""
        for row in (TITLES, ("---",) * len(TITLES), *self.rows):
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
