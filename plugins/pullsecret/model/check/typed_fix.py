"""The fix of a finding as it is shown: a command to paste, or words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.request.suggested_command import NOT_PASTEABLE, CommandStyle, typed

if TYPE_CHECKING:
    from pullsecret.model.check.rule import Finding


def typed_fix(finding: Finding, style: CommandStyle) -> tuple[str, str]:
    """The command that fixes a finding, and what to do in words; one of them is "", or both are."""
    if finding.fix is None:
        return "", finding.advice
    command = typed(finding.fix, style)
    return command, "" if command else NOT_PASTEABLE
