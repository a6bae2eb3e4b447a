"""Whether registries take the logins of a secret that is not written yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import CredentialError
from pullsecret.model.images.login_checks import image_checks, secret_checks
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.model.images.login_checks import LoginCheck
    from pullsecret.model.images.verdict import Verdict
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.verification import Verification
    from pullsecret.network.trace import Trace

_LENIENT = "--verify=lenient goes on where a registry cannot be asked from here"


def prove(secret: Object, verification: Verification, *, environ: Mapping[str, str], trace: Trace) -> tuple[str, ...]:
    """Ask the registries of a secret, and give lines that say what they said.

    Raises:
        CredentialError: one of them refuses, or could not be asked and that is not allowed: nothing may be written.
        ConfigError: how registries shall be reached makes no sense.
    """
    login_checks = _trials(secret, verification.images)
    queries = [query for login_check in login_checks for query in login_check.queries]
    verdicts = ask_registries(queries, verification.access, environ=environ, trace=trace)
    judged = [(login_check, login_check.verdict_from(verdicts)) for login_check in login_checks]
    bad = [(login_check, verdict) for login_check, verdict in judged if not verdict.result.is_good]
    closed = [pair for pair in bad if not pair[1].result.is_open]
    if closed:
        raise CredentialError(_told("the credentials do not work, so nothing was written", closed))
    if bad and not verification.is_lenient:
        raise CredentialError(
            _told("the credentials could not be verified, so nothing was written", bad), hint=_LENIENT
        )
    return tuple(
        f"{'not ' if verdict.result.is_open else ''}verified: {login_check.image}: {verdict.text}"
        for login_check, verdict in judged
    )


def _trials(secret: Object, images: Sequence[str]) -> tuple[LoginCheck, ...]:
    return image_checks(secret, images, all_images=True) if images else secret_checks(secret, ())


def _told(sentence: str, judged: Sequence[tuple[LoginCheck, Verdict]]) -> str:
    lines = (f"  {login_check.image or 'the secret'}: {verdict.text}" for login_check, verdict in judged)
    return "\n".join((sentence, *lines))
