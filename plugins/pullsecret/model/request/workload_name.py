"""Workloads as the command line names them: `TYPE/NAME`, with a group for the types of custom resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Kind, subdomain_problem
from pullsecret.model.objects.secret_uses import POD_SPECS
from pullsecret.model.objects.workload_types import type_parts, workload_kind

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True)
class WorkloadName:
    """A workload's type and name; `kind` is None for a custom resource, which only the server knows."""

    type: str
    name: str
    kind: Kind | None = None


def workload_names(words: Iterable[str]) -> tuple[WorkloadName, ...]:
    """The workloads typed, each once.

    Raises:
        UsageError: no `TYPE/NAME`, a type without a pod template, a pod, or an invalid name.
    """
    return tuple(dict.fromkeys(map(_workload_name, words)))


def _workload_name(word: str) -> WorkloadName:
    kind_word, slash, name = word.partition("/")
    if not (slash and kind_word and name):
        raise UsageError(f'invalid --workload "{printable(word)}": specify TYPE/NAME, for example deployment/app')
    if problem := subdomain_problem(name):
        raise UsageError(f"invalid resource name {printable(name)[:70]!r}: {problem}")
    kind = workload_kind(kind_word)
    if kind is Kind.POD:
        message = "the imagePullSecrets of a pod cannot be changed"
        raise UsageError(message, hint="name the workload that creates the pod: --workload deployment/NAME")
    if kind is None and (not type_parts(kind_word)[2] or subdomain_problem(kind_word.lower())):
        types = ", ".join(known.word for known in POD_SPECS)
        hint = f"must be one of: {types}; or RESOURCE.GROUP for custom resources"
        raise UsageError(f'unsupported resource type "{printable(kind_word)}"', hint=hint)
    return WorkloadName(type=kind.word if kind else kind_word.lower(), name=name, kind=kind)
