"""All that can be told of one pull secret by itself, in a cluster or on its way there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.check.catalogue import CODES, Severity
from pullsecret.model.check.entries import content_problems, keys_in
from pullsecret.model.check.finding import Finding, Problem
from pullsecret.model.check.hosts import lacking_problems, public_problems
from pullsecret.model.check.logins import credential_problems, host_of
from pullsecret.model.check.retired import is_token_secret, retired_host_problem
from pullsecret.model.check.server_keys import is_refuted, key_problems, shown_key
from pullsecret.model.check.tokens import short_lived_problems, token_problems
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.objects import Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, last_written, provenance_of

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
    grouped: dict[tuple[str, str], Problem] = {}
    for problem in _problems(secret, circumstances):
        said = problem.code, problem.message
        before = grouped[said].registries if said in grouped else ()
        grouped[said] = replace(problem, registries=(*before, *problem.registries))
    return tuple(grouped.values())


def _problems(secret: Object, circumstances: Circumstances) -> Iterator[Problem]:
    kind = text_at(secret, "type")
    for problem in _of_data(kind, text_at(secret, "data", DATA_KEYS.get(kind, "")), is_new=circumstances.is_new):
        if not is_refuted(problem, circumstances.images):
            yield problem
    written = None if circumstances.is_new else last_written(secret)
    for entry in registries_of(secret).entries:
        yield from token_problems(entry, circumstances.now, written)
    if name_of(secret) == ALL_ICR_IO and not circumstances.is_new and not provenance_of(secret):
        yield from lacking_problems(keys_in(secret))
    if circumstances.needs_private:
        yield from public_problems(keys_in(secret))


@lru_cache(maxsize=64)
def _of_data(kind: str, field: str, *, is_new: bool) -> tuple[Problem, ...]:
    """What depends on a secret's type and data alone; copies are equal, so a thousand of them are judged once."""
    secret: Object = {"type": kind, "data": {DATA_KEYS.get(kind, ""): field}}
    entries = registries_of(secret).entries
    return (
        *content_problems(secret),
        *key_problems(keys_in(secret)),
        *(problem for entry in entries for problem in retired_host_problem(entry.server, host_of(entry))),
        *(problem for entry in entries for problem in credential_problems(entry)),
        *(problem for entry in entries if is_new for problem in short_lived_problems(entry)),
    )


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
