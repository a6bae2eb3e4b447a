"""Pages of made-up reports, as files that a browser opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.report.html.page import html_page
from reported_clusters import made_up_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pullsecret.model.cluster_report.report import ClusterReport


@dataclass
class Pages:
    """The files, each written once."""

    directory: Path
    _written: dict[str, Path] = field(default_factory=dict)

    def made_up(self, namespaces: int, clusters: int = 1) -> Path:
        """The page of made-up clusters."""
        return self.page(f"made-up-{namespaces}-{clusters}", lambda: made_up_report(namespaces, clusters=clusters))

    def page(self, name: str, report: Callable[[], ClusterReport]) -> Path:
        """The page of a report."""
        if name not in self._written:
            self._written[name] = self.file(name, html_page(report()))
        return self._written[name]

    def file(self, name: str, text: str) -> Path:
        """A page with this text."""
        path = self.directory / f"{name}.html"
        path.write_text(text)
        return path
