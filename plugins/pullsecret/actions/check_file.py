"""Tell what is wrong with a login file or a manifest before it is used; no cluster is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.credentials.dockerconfig_file import read_secrets
from pullsecret.model.check.finding import Checked, Finding
from pullsecret.model.check.fix_commands import FILE_ADVICE, file_fix
from pullsecret.model.check.one_secret import Circumstances, secret_problems
from pullsecret.model.check.server_keys import shown_key
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Object, name_of, namespace_of
from pullsecret.model.request.common import Request

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class CheckFileRequest(Request):
    """Which file, `-` for standard input; with `needs_private`, that private names are needed, too."""

    file: str
    needs_private: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def observe(request: CheckFileRequest) -> tuple[Object, ...]:
    """Read the file's pull secrets.

    Raises:
        CredentialError: it cannot be read, or has none.
    """
    return read_secrets(request.file)


def plan(request: CheckFileRequest, secrets: tuple[Object, ...]) -> Checked:
    """What is wrong with each of them."""
    found = tuple(finding for secret in secrets for finding in _findings(secret, request))
    return Checked(
        findings=found, looked_at=_subject(secrets[0], request) if len(secrets) == 1 else printable(request.file)
    )


def _findings(secret: Object, request: CheckFileRequest) -> Iterator[Finding]:
    judged_by = Circumstances(now=request.now, needs_private=request.needs_private)
    for problem in secret_problems(secret, judged_by):
        fix = None if name_of(secret) else file_fix(problem, request.file, secret)
        yield Finding(
            code=problem.code,
            namespace=namespace_of(secret),
            subject=_subject(secret, request),
            about=name_of(secret),
            message=problem.message,
            registries=tuple(map(shown_key, problem.registries)),
            fix=fix,
            advice="" if fix else FILE_ADVICE,
        )


def _subject(secret: Object, request: CheckFileRequest) -> str:
    """The secret of a manifest, or the login file itself."""
    file = "standard input" if request.file == "-" else printable(request.file)
    return f"secret/{name_of(secret)} in {file}" if name_of(secret) else file
