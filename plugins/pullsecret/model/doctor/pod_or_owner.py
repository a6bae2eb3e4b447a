"""What doctor looks at: a pod, or an owner of pods, in kubectl's spellings of types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Kind, subdomain_problem
from pullsecret.model.objects.workload_types import SHORT_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = {
    "pod": Kind.POD,
    "deployment": Kind.DEPLOYMENT,
    "statefulset": Kind.STATEFUL_SET,
    "daemonset": Kind.DAEMON_SET,
    "replicaset": Kind.REPLICA_SET,
    "job": Kind.JOB,
    "cronjob": Kind.CRON_JOB,
}
"""The kinds that create pods, by kubectl's singular."""


def subjects_of(words: Sequence[str]) -> tuple[str, ...]:
    """The subjects typed, each once as `kind/name`: `deployment api web` is two, as in kubectl, and so is `a,b`.

    Raises:
        UsageError: as of `subject_of`.
    """
    kind = kind_of(words[0]) if words and "/" not in words[0] else ""
    names = [name for word in words for name in word.split(",") if name]
    if kind and len(words) > 1 and not any("/" in name for name in names):
        names = [f"{kind}/{name}" for name in names[1:]]
    return tuple(dict.fromkeys(map(subject_of, names)))


def subject_of(word: str) -> str:
    """`kind/name` for what was typed: `app` is pod/app, `deploy/app` and `deployments.apps/app` are deployment/app.

    Raises:
        UsageError: a type without pods, an invalid name, or a type without a name.
    """
    kind, slash, name = word.rpartition("/")
    if not slash and kind_of(name):
        raise UsageError(f"specify TYPE/NAME, for example {kind_of(name)}/NAME")
    known = kind_of(kind) if slash else "pod"
    if not known:
        types = ", ".join(KINDS)
        raise UsageError(f'unsupported resource type "{printable(kind)}"; must be one of: {types}')
    if problem := subdomain_problem(name):
        raise UsageError(f"invalid resource name {printable(name)[:70]!r}: {problem}")
    return f"{known}/{name}"


def kind_of(word: str) -> str:
    """Kubectl's singular for a type in any of its spellings; "" for one that creates no pods."""
    plain = word.lower().partition(".")[0]
    short = SHORT_NAMES.get(plain)
    singular = short.word if short else plain.removesuffix("s")
    return singular if singular in KINDS else ""
