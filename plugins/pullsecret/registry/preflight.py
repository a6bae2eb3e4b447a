"""Verification before a write: whether registries accept the credentials of a new secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import Printable
from pullsecret.model.images.credential_checks import image_checks, secret_checks
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.model.images.credential_checks import CredentialCheck
    from pullsecret.model.images.verdict import Verdict
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.verification import Verification
    from pullsecret.network.trace import Trace

_LENIENT = "use --verify=lenient to ignore unreachable registries"


def verify_before_write(
    secret: Object, verification: Verification, *, environ: Mapping[str, str], trace: Trace
) -> tuple[str, ...]:
    """Check a secret's credentials with its registries, and return a line for each result.

    Raises:
        CredentialError: a registry rejects them, or cannot be reached and that is not allowed: nothing may be written.
        ConfigError: the settings for registries are not valid.
    """
    credential_checks = _login_checks_of(secret, verification.images)
    queries = [query for credential_check in credential_checks for query in credential_check.queries]
    verdicts = ask_registries(queries, verification.access, environ=environ, trace=trace)
    judged = [(credential_check, credential_check.verdict_from(verdicts)) for credential_check in credential_checks]
    bad = [(credential_check, verdict) for credential_check, verdict in judged if not verdict.result.is_good]
    closed = [pair for pair in bad if not pair[1].result.is_open]
    if closed:
        raise CredentialError(_summary("the credentials do not work; nothing was written", closed)).as_block()
    if bad and not verification.is_lenient:
        raise CredentialError(
            _summary("the credentials could not be verified; nothing was written", bad), hint=_LENIENT
        ).as_block()
    return tuple(
        f"{'warning: not' if verdict.result.is_open else 'note:'} verified: {credential_check.image}: {verdict.text}"
        for credential_check, verdict in judged
    )


def _login_checks_of(secret: Object, images: Sequence[str]) -> tuple[CredentialCheck, ...]:
    return image_checks(secret, images, all_images=True) if images else secret_checks(secret, ())


def _summary(sentence: str, judged: Sequence[tuple[CredentialCheck, Verdict]]) -> str:
    lines = (Printable(f"  {check.image or 'the secret'}: {verdict.text}") for check, verdict in judged)
    return "\n".join((sentence, *lines))
