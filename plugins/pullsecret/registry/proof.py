"""Whether registries take the logins of a secret that is not written yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import CredentialError
from pullsecret.model.trials import image_trials, secret_trials
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.model.kubeobject import Object
    from pullsecret.model.registryaccess import Verification
    from pullsecret.model.trials import Trial
    from pullsecret.model.verdict import Verdict
    from pullsecret.network.trace import Trace

_LENIENT = "--verify=lenient goes on where a registry cannot be asked from here"


def prove(secret: Object, verification: Verification, *, environ: Mapping[str, str], trace: Trace) -> tuple[str, ...]:
    """Ask the registries of a secret, and give lines that say what they said.

    Raises:
        CredentialError: one of them refuses, or could not be asked and that is not allowed: nothing may be written.
        ConfigError: how registries shall be reached makes no sense.
    """
    trials = _trials(secret, verification.images)
    inquiries = [inquiry for trial in trials for inquiry in trial.inquiries]
    verdicts = ask_registries(inquiries, verification.access, environ=environ, trace=trace)
    judged = [(trial, trial.judged(verdicts)) for trial in trials]
    bad = [(trial, verdict) for trial, verdict in judged if not verdict.result.is_good]
    closed = [pair for pair in bad if not pair[1].result.is_open]
    if closed:
        raise CredentialError(_told("the credentials do not work, so nothing was written", closed))
    if bad and not verification.is_lenient:
        raise CredentialError(
            _told("the credentials could not be verified, so nothing was written", bad), hint=_LENIENT
        )
    return tuple(
        f"{'not ' if verdict.result.is_open else ''}verified: {trial.image}: {verdict.text}"
        for trial, verdict in judged
    )


def _trials(secret: Object, images: Sequence[str]) -> tuple[Trial, ...]:
    return image_trials(secret, images, all_images=True) if images else secret_trials(secret, ())


def _told(sentence: str, judged: Sequence[tuple[Trial, Verdict]]) -> str:
    lines = (f"  {trial.image or 'the secret'}: {verdict.text}" for trial, verdict in judged)
    return "\n".join((sentence, *lines))
