"""Verification before a write: whether registries accept the credentials of a new secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import Printable
from pullsecret.model.images.credential_checks import image_checks, secret_checks
from pullsecret.model.images.verdict import Result
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullsecret.model.images.credential_checks import CredentialCheck
    from pullsecret.model.images.verdict import Verdict
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.verification import Verification
    from pullsecret.network.trace import Trace
    from pullsecret.registry.once import RegistryMemory

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


def verify_replacement(  # noqa: PLR0913  what to check, and how registries are reached
    parts: tuple[Object, Object],
    images: Sequence[str],
    verification: Verification,
    *,
    environ: Mapping[str, str],
    trace: Trace,
    memory: RegistryMemory | None = None,
) -> tuple[str, ...]:
    """Check the new credential of a rotation where the old one is in use, and return a line for each doubt.

    What the old credential cannot do, either, does not stand against the new one: an image may be gone.

    Args:
        parts: the entries that change, with the old and with the new credential.
        images: those of pods; credentials go to their hosts only where an entry names the host.
        verification: the images that the user names, and how registries are reached.
        environ: names proxies and certificate authorities.
        trace: the log of -v.
        memory: what the run knows of the registries, None for one cluster.

    Raises:
        CredentialError: a registry rejects the new one, or cannot be reached and that is not allowed.
        ConfigError: the settings for registries are not valid.
    """
    old, new = (_checks_in_use(part, images, verification.images) for part in parts)

    def ask(checks: Sequence[CredentialCheck]) -> dict[str, Verdict]:
        queries = (query for check in checks for query in check.queries)
        verdicts = ask_registries(queries, verification.access, environ=environ, trace=trace, memory=memory)
        return {check.image: check.verdict_from(verdicts) for check in checks}

    bad = {image: verdict for image, verdict in ask(new).items() if not verdict.result.is_good}
    excusable = {image for image, verdict in bad.items() if verdict.result in _MAY_BE_OLD} - {*verification.images}
    before = ask([check for check in old if check.image in excusable])
    excused = {image for image, verdict in before.items() if _is_excused(bad[image], verdict)}
    _refuse_doubts({image: verdict for image, verdict in bad.items() if image not in excused}, verification)
    why = dict.fromkeys(excused, "; the old credentials cannot pull it, either")
    return tuple(f"warning: not verified: {image}: {bad[image].text}{why.get(image, '')}" for image in bad)


_MAY_BE_OLD = frozenset({Result.NOT_FOUND, Result.NO_PERMISSION})
"""What an image can have had before a rotation; a credential that is rejected is never excused by the old one."""


def _is_excused(new: Verdict, old: Verdict) -> bool:
    return not old.result.is_good if new.result is Result.NOT_FOUND else new.result is old.result


def _refuse_doubts(bad: Mapping[str, Verdict], verification: Verification) -> None:
    closed = {image: verdict for image, verdict in bad.items() if not verdict.result.is_open}
    if closed:
        lines = _lines(closed.items())
        raise CredentialError("\n".join(("the new credentials do not work; nothing was written", *lines))).as_block()
    if bad and not verification.is_lenient:
        lines = _lines(bad.items())
        sentence = "the new credentials could not be verified; nothing was written"
        raise CredentialError("\n".join((sentence, *lines)), hint=_LENIENT).as_block()


def _checks_in_use(secret: Object, images: Sequence[str], named: Sequence[str]) -> tuple[CredentialCheck, ...]:
    """The checks of a secret for images, and of a login at the hosts of which there is none."""
    checks = [
        *image_checks(secret, named, all_images=True),
        *image_checks(secret, images, all_images=False, is_named=False),
    ]
    asked = {query.host for check in checks for query in check.queries}
    return (*checks, *(check for check in secret_checks(secret, ()) if check.image not in asked))


def _login_checks_of(secret: Object, images: Sequence[str]) -> tuple[CredentialCheck, ...]:
    return image_checks(secret, images, all_images=True) if images else secret_checks(secret, ())


def _summary(sentence: str, judged: Sequence[tuple[CredentialCheck, Verdict]]) -> str:
    return "\n".join((sentence, *_lines((check.image, verdict) for check, verdict in judged)))


def _lines(judged: Iterable[tuple[str, Verdict]]) -> list[Printable]:
    return [Printable(f"  {image or 'the secret'}: {verdict.text}") for image, verdict in judged]
