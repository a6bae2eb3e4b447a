"""The flag that answers the prompt for confirmation beforehand."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from typer import Option

Yes: TypeAlias = Annotated[bool, Option("-y", "--yes", help="Do not prompt for confirmation.")]
