"""Waits until registries accept a new API key: IAM is eventually consistent."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import Printable
from pullsecret.model.images.credential_checks import image_checks, secret_checks
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pullsecret.model.images.verdict import Verdict
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.verification import RegistryAccess
    from pullsecret.network.trace import Trace

_Result = TypeVar("_Result")

LONGEST_REPEAT: Final = 15.0
"""Seconds for images after the login has succeeded: what denies one then is hardly a delay."""
_IMAGES: Final = "; if an image is still refused, see whether it exists, and whether --registry-namespace allows it"
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 5.0


def wait_until_accepted(  # noqa: PLR0913  what to ask, how, and who ends the waiting
    secret: Object,
    images: Sequence[str],
    access: RegistryAccess,
    *,
    environ: Mapping[str, str],
    trace: Trace,
    pause: Callable[[float], bool],
    say: Callable[[str], None],
    seconds: float,
) -> tuple[str, ...]:
    """Ask until all registries accept the secret's credentials, or cannot be reached; return a line for each of these.

    `pause` waits so many seconds and returns whether to give up; `say` gets one line if there is something to wait for.

    Raises:
        CredentialError: a registry still rejects them in the end.
        ConfigError: the settings for registries are not valid.
    """
    ends, wait, was_said = time.monotonic() + seconds, _FIRST_PAUSE, False
    checks = image_checks(secret, images, all_images=True) if images else secret_checks(secret, ())
    queries = [query for check in checks for query in check.queries]
    while True:
        verdicts = ask_registries(queries, access, environ=environ, trace=trace)
        judged = {check.image: check.verdict_from(verdicts) for check in checks}
        rejected = {image: verdict for image, verdict in judged.items() if _is_not_yet(verdict)}
        if not rejected:
            return _doubts(judged)
        if time.monotonic() + wait > ends or pause(wait):
            raise _not_accepted(rejected, has_images=bool(images))
        if not was_said:
            was_said = True
            named = ", ".join(rejected)
            say(f"Waiting until the new API key can pull {named}..." if images else _accepting(named))
        wait = min(wait * 2, _LONGEST_PAUSE)


def _doubts(judged: Mapping[str, Verdict]) -> tuple[str, ...]:
    """A line for each registry that could not be asked."""
    open_ones = {image: verdict for image, verdict in judged.items() if not verdict.result.is_good}
    return tuple(f"warning: not verified: {image}: {verdict.text}" for image, verdict in open_ones.items())


def _not_accepted(rejected: Mapping[str, Verdict], *, has_images: bool) -> CredentialError:
    lines = [Printable(f"  {image}: {verdict.text}") for image, verdict in rejected.items()]
    hint = "run the command again in a few minutes" + (_IMAGES if has_images else "")
    text = "\n".join(("the new API key is not accepted yet; nothing was written", *lines))
    return CredentialError(text, hint=hint).as_block()


def _accepting(hosts: str) -> str:
    return f"Waiting for {hosts} to accept the new API key..."


def repeated_until_accepted(
    attempt: Callable[[], _Result], pause: Callable[[float], bool], seconds: float = LONGEST_REPEAT
) -> _Result:
    """The result of an attempt that raises CredentialError as long as a registry does not accept the new key.

    Raises:
        CredentialError: of the last attempt.
    """
    ends, wait = time.monotonic() + seconds, _FIRST_PAUSE
    while True:
        try:
            return attempt()
        except CredentialError:
            if time.monotonic() + wait > ends or pause(wait):
                raise
        wait = min(wait * 2, _LONGEST_PAUSE)


def _is_not_yet(verdict: Verdict) -> bool:
    """Whether a registry answered that it does not accept the credentials, or not for an image."""
    return not verdict.result.is_good and not verdict.result.is_open
