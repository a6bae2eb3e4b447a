"""Build configs as the command line names them, and which of their secrets is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullsecret.model.objects.build_config import BuildUse


@dataclass(frozen=True, kw_only=True)
class BuildNames:
    """The build configs of --buildconfig; `overwrites`: also those that name another secret for the same use."""

    names: tuple[str, ...] = ()
    uses: tuple[BuildUse, ...] = ()
    overwrites: bool = False
