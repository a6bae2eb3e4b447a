"""What is wrong with secrets that are about to be written or attached: --check. Most commands load no other rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.check.rule import Finding, Severity
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import secret_findings
from pullsecret.model.go.printable import Printable
from pullsecret.model.request.command_request import CheckLevel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pullsecret.model.objects.objects import Object


def new_secret_findings(secrets: Iterable[Object], now: datetime) -> tuple[Finding, ...]:
    """What is wrong with secrets that are about to be written: errors and warnings."""
    circumstances = Circumstances(now=now, is_new=True)
    return tuple(
        finding
        for secret in secrets
        for finding in secret_findings(CheckedSecret(secret=secret, circumstances=circumstances))
        if finding.severity is not Severity.INFO
    )


def new_secret_warnings(secrets: Iterable[Object], now: datetime, level: CheckLevel) -> tuple[str, ...]:
    """The lines to print about secrets that are about to be written.

    Raises:
        RefusedError: there is a finding that prevents the write; the message has all of them.
    """
    return refuse_findings(new_secret_findings(secrets, now), level)


def new_secret_refusal(secret: Object, now: datetime, level: CheckLevel) -> RefusedError | None:
    """Why a secret may not be written: findings that the level does not allow; None if it may."""
    try:
        new_secret_warnings([secret], now, level)
    except RefusedError as error:
        return error
    return None


def refuse_findings(found: Sequence[Finding], level: CheckLevel) -> tuple[str, ...]:
    """The lines to print about what was found before a write.

    Raises:
        RefusedError: a finding prevents the write; the message has all that do.
    """
    if prevented := preventing(found, level):
        lines = [Printable(f"{finding.sentence} ({finding.code})") for finding in prevented]
        raise RefusedError("\n".join(lines), hint=f"nothing was written; {_LESS_STRICT[level]}").as_block()
    return tuple(f"warning: {finding.sentence} ({finding.code})" for finding in found)


def attached_secret_findings(secret: Object, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with an existing secret that is about to be attached: errors and warnings."""
    checked = CheckedSecret(secret=secret, circumstances=Circumstances(now=now))
    return tuple(finding for finding in secret_findings(checked) if finding.severity is not Severity.INFO)


def preventing(findings: Iterable[Finding], level: CheckLevel) -> tuple[Finding, ...]:
    """The findings that prevent a write at this level."""
    return tuple(finding for finding in findings if finding.severity in _PREVENTING[level])


_PREVENTING = {
    CheckLevel.STRICT: frozenset({Severity.ERROR, Severity.WARNING}),
    CheckLevel.ERRORS: frozenset({Severity.ERROR}),
    CheckLevel.OFF: frozenset[Severity](),
}
_LESS_STRICT = {
    CheckLevel.STRICT: "without --check=strict only errors prevent the write",
    CheckLevel.ERRORS: "use --check=off to write it anyway",
    CheckLevel.OFF: "",
}
