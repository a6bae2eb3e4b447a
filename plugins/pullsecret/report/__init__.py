"""Outcomes and listings become kubectl's lines: the one room, beside main, that prints."""

from pullsecret.report.outcomes import tell
from pullsecret.report.streams import say, warn
from pullsecret.report.table import show
from pullsecret.report.version import put_version

__all__ = ["put_version", "say", "show", "tell", "warn"]
