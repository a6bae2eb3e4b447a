"""All that can be told of one pull secret by itself, in a cluster or on its way there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.dockerconfig import decoded
from pullsecret.model.finding import Finding, Problem
from pullsecret.model.icr import ALL_ICR_IO
from pullsecret.model.kubeobject import Object, name_of, namespace_of, text_at
from pullsecret.model.pullsecret import COPIED_FROM
from pullsecret.model.rules.codes import CODES, Severity
from pullsecret.model.rules.content import content_problems, keys_in
from pullsecret.model.rules.hosts import lacking_problems, public_problems
from pullsecret.model.rules.keys import key_problems, shown_key
from pullsecret.model.rules.logins import host_of, login_problems
from pullsecret.model.rules.retired import is_token_secret, retired_host_problem
from pullsecret.model.rules.tokens import last_written, short_lived_problems, token_problems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a secret is judged by besides itself.

    `images` are those of the pods beside it; `is_new` means that it is about to be written; `needs_private` that
    registries of IBM Cloud are reached by their private names only.
    """

    now: datetime
    images: Collection[str] = ()
    is_new: bool = False
    needs_private: bool = False


def secret_problems(secret: Object, circumstances: Circumstances) -> tuple[Problem, ...]:
    """What is wrong with a pull secret; what is said of several of its registries in the same words stands once."""
    if is_token_secret(name_of(secret)) and not circumstances.is_new:
        return (Problem(code="PS405", message="was made for registry tokens, which ended in August 2021"),)
    grouped: dict[tuple[str, str], list[str]] = {}
    mended: dict[tuple[str, str], str] = {}
    for problem in _problems(secret, circumstances):
        said = problem.code, problem.message
        grouped.setdefault(said, []).extend(problem.registries)
        mended[said] = problem.mended
    return tuple(
        Problem(code=said[0], message=said[1], registries=tuple(keys), mended=mended[said])
        for said, keys in grouped.items()
    )


def _problems(secret: Object, circumstances: Circumstances) -> Iterator[Problem]:
    logins = decoded(secret).logins
    keys = keys_in(secret)
    yield from content_problems(secret)
    yield from key_problems(keys, circumstances.images)
    for login in logins:
        yield from retired_host_problem(login.server, host_of(login))
        yield from login_problems(login)
        yield from token_problems(login, circumstances.now, None if circumstances.is_new else last_written(secret))
        if circumstances.is_new:
            yield from short_lived_problems(login)
    if name_of(secret) == ALL_ICR_IO and not circumstances.is_new and not _is_copy(secret):
        yield from lacking_problems(keys)
    if circumstances.needs_private:
        yield from public_problems(keys)


def _is_copy(secret: Object) -> bool:
    return bool(text_at(secret, "metadata", "annotations", COPIED_FROM))


def notes_on(secrets: Iterable[Object], now: datetime, *, strict: bool) -> tuple[str, ...]:
    """What is to be said of secrets about to be written, a line each; with `strict`, why they are not.

    Raises:
        RefusedError: there is something to say, and `strict`.
    """
    said = [f"{finding.sentence} ({finding.code})" for finding in new_secret_findings(secrets, now)]
    if said and strict:
        raise RefusedError("\n".join(said), hint="nothing is written with --strict; without it these are warnings")
    return tuple(f"warning: {sentence}" for sentence in said)


def new_secret_findings(secrets: Iterable[Object], now: datetime) -> tuple[Finding, ...]:
    """What is to be said of secrets about to be written: errors and warnings, without a remedy."""
    circumstances = Circumstances(now=now, is_new=True)
    return tuple(
        Finding(
            code=problem.code,
            namespace=namespace_of(secret),
            subject=f"secret/{name_of(secret)}",
            about=name_of(secret),
            message=problem.message,
            registries=tuple(map(shown_key, problem.registries)),
        )
        for secret in secrets
        for problem in secret_problems(secret, circumstances)
        if CODES[problem.code].severity is not Severity.INFO
    )
