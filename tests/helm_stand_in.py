"""`helm template NAME CHART` for charts that use nothing but values: tests/real_owners compares it with Helm's own.

Prints what Helm 4 prints: each template after a line with its source, in the order of the files' names.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\{\{ \.([\w.]+) \}\}")


def rendered(name: str, chart: Path) -> str:
    """The manifests of a release with this name."""
    about = yaml.safe_load((chart / "Chart.yaml").read_text())
    known = {"Values": yaml.safe_load((chart / "values.yaml").read_text()), "Release": {"Name": name}}
    return "\n".join(
        f"---\n# Source: {about['name']}/{file.relative_to(chart)}\n{substituted(file.read_text(), known)}"
        for file in sorted(chart.glob("templates/*.yaml"))
    )


def substituted(template: str, known: dict[str, Any]) -> str:
    """A template with its values filled in."""

    def value(found: re.Match[str]) -> str:
        at: Any = known
        for part in found[1].split("."):
            at = at[part]
        return str(at)

    return EXPRESSION.sub(value, template)


if __name__ == "__main__":
    _, command, release, directory = sys.argv
    assert command == "template"
    sys.stdout.write(rendered(release, Path(directory)))
