"""Find problems in a .dockerconfigjson file or a manifest before it is used, without contacting a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.credentials.dockerconfig_file import read_secrets
from pullsecret.model.check.rule import CheckResult, Finding
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import secret_findings
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Object, name_of
from pullsecret.model.request.command_request import CommandRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_ADVICE = "correct the entry in the file"


@dataclass(frozen=True, kw_only=True)
class CheckFileRequest(CommandRequest):
    """Which file, `-` for standard input; `needs_private` requires entries for private hosts."""

    file: str
    needs_private: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def observe(request: CheckFileRequest) -> tuple[Object, ...]:
    """Read the file's pull secrets.

    Raises:
        CredentialError: it cannot be read, or has none.
    """
    return read_secrets(request.file)


def plan(request: CheckFileRequest, secrets: tuple[Object, ...]) -> CheckResult:
    """What is wrong with each of them."""
    found = tuple(finding for secret in secrets for finding in _findings(secret, request))
    return CheckResult(
        findings=found, scope=_subject(secrets[0], request) if len(secrets) == 1 else printable(request.file)
    )


def _findings(secret: Object, request: CheckFileRequest) -> Iterator[Finding]:
    checked = CheckedSecret(
        secret=secret,
        circumstances=Circumstances(now=request.now, needs_private=request.needs_private),
        file=request.file,
        file_subject=_subject(secret, request),
    )
    for finding in secret_findings(checked):
        yield finding if finding.fix else replace(finding, advice=FILE_ADVICE)


def _subject(secret: Object, request: CheckFileRequest) -> str:
    """The secret of a manifest, or the file itself."""
    file = "standard input" if request.file == "-" else printable(request.file)
    return f"secret/{name_of(secret)} in {file}" if name_of(secret) else file
