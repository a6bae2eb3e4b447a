"""kubectl pullsecret version."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from pullsecret import __version__
from pullsecret.commands import flags
from pullsecret.model.request.common import Format


def version(
    *,
    output: Annotated[str, Option("-o", "--output", metavar="json|yaml", help="Output format.")] = "",
) -> int:
    """Print this program's version; no cluster is asked."""
    from pullsecret.report.manifests import put_version

    put_version(__version__, flags.format_of(output, Format.JSON, Format.YAML))
    return 0
