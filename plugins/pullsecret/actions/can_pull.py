"""Answer whether images would be pulled, before a pod exists: of the command line, of workloads, of manifests."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.cluster.can_pull_reads import read_facts
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.cluster.workload_reads import read_workloads
from pullsecret.files.manifests import read_manifests
from pullsecret.model.can_pull.answer import SuggestedFix
from pullsecret.model.can_pull.registry_checks import checks_of_fixes, checks_of_pods
from pullsecret.model.can_pull.report import report_of
from pullsecret.model.can_pull.sources import declared_sources, image_sources, workload_sources
from pullsecret.model.declared.declared_parts import DeclaredParts, declared_parts
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import label_problem
from pullsecret.model.plan.named_objects import absence_of
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.selection import is_spared
from pullsecret.model.request.targets import Selection, Targets
from pullsecret.registry import ask_registries
from pullsecret.registry.once import RegistryMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Self

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.can_pull.answer import CanPullReport, PullAnswer
    from pullsecret.model.can_pull.facts import Facts
    from pullsecret.model.declared.declared import Declared
    from pullsecret.model.go.printable import Printable
    from pullsecret.model.plan.workload_lists import Workload
    from pullsecret.model.request.verification import RegistryAccess
    from pullsecret.model.request.workload_name import WorkloadName
    from pullsecret.network.trace import Trace


@dataclass(frozen=True, kw_only=True)
class CanPullRequest(CommandRequest):
    """Which images, workloads or manifests to look at.

    `account` is the service account of the images. `access` is how to contact registries; None: do not. `files` are
    manifests, `-` for standard input, and `declared` what they have, once they are read.
    """

    images: tuple[str, ...] = ()
    workloads: tuple[WorkloadName, ...] = ()
    files: tuple[str, ...] = ()
    is_recursive: bool = False
    account: str = ""
    access: RegistryAccess | None = None
    fails_on_unknown: bool = False
    declared: Declared | None = field(default=None, repr=False)
    asked: RegistryMemory | None = field(default=None, repr=False)

    def with_input(self, _log: Callable[[Printable], None]) -> Self:
        """The request with its manifests, read once for all clusters, and what these learn of registries."""
        return replace(self, declared=self.declared or read_declared(self), asked=RegistryMemory())

    @property
    def failed_status(self) -> int:
        """An incomplete look is never "found"."""
        return 2

    @property
    def reads_stdin(self) -> bool:
        """Whether a manifest comes from standard input."""
        return "-" in self.files


def read_declared(request: CanPullRequest) -> Declared | None:
    """Read what the manifests declare; None without any.

    Raises:
        CredentialError: one cannot be read.
        UsageError: one does not exist, or a folder has none.
    """
    if not request.files:
        return None
    return read_manifests(
        request.files, is_recursive=request.is_recursive, finds_templates=request.output.is_for_pipelines
    )


@dataclass(frozen=True, kw_only=True)
class CanPullView:
    """What was read, and lines about what was asked for and is not there."""

    facts: Facts
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def observe(request: CanPullRequest, cluster: Cluster) -> CanPullView:
    """Read the accounts and pull secrets of the pods' namespaces: a fixed number of LISTs, and few other reads.

    Raises:
        ConfigError: the settings for contacting registries are invalid.
        CredentialError, UsageError: a manifest cannot be read.
        PullSecretError: the server does not know a type of workloads.
    """
    declared = request.declared or read_declared(request)
    view = _observe_manifests(request, declared, cluster) if declared else _observe_names(request, cluster)
    return replace(view, facts=with_verdicts(request, view.facts, cluster.trace))


def _observe_manifests(request: CanPullRequest, declared: Declared, cluster: Cluster) -> CanPullView:
    parts = parts_of(request, declared, cluster.namespace)
    sources = tuple(declared_sources(parts))
    homes = tuple(dict.fromkeys(item.namespace for item in sources if not label_problem(item.namespace)))
    selection = TargetNamespaces(cluster, Targets(names=homes)).selection if homes else Selection()
    missing = (name for name in selection.names if name in selection.missing)
    return CanPullView(
        facts=read_facts(cluster, selection, sources, parts, datetime.now(UTC)),
        failures=declared.problems,
        notes=tuple(
            f"note: namespace {name} does not exist; it counts as empty but for the manifests" for name in missing
        ),
    )


def parts_of(request: CanPullRequest, declared: Declared, namespace: str) -> DeclaredParts:
    """What manifests declare; objects without a namespace are in that of -n, else in this one."""
    return declared_parts(declared, next(iter(request.targets.named), namespace))


def _observe_names(request: CanPullRequest, cluster: Cluster) -> CanPullView:
    namespaces = TargetNamespaces(cluster, request.targets)
    selection = namespaces.selection
    reading = read_workloads(cluster, namespaces, request.workloads, _needs_no_account) if request.workloads else None
    workloads = reading.workloads if reading else ()
    sources = (
        *image_sources(request.images, selection.usable, request.account),
        *(source for item in workloads if item.current for source in workload_sources(item.kind, item.current)),
    )
    return CanPullView(
        facts=read_facts(cluster, selection, sources, DeclaredParts(), datetime.now(UTC)),
        failures=(*(error.line for error in selection.failures), *_absent(request, workloads)),
        notes=(*selection.notes, *(reading.notes if reading else ())),
    )


def _needs_no_account(_workload: Workload) -> bool:
    return False


def _absent(request: CanPullRequest, workloads: Sequence[Workload]) -> Iterator[str]:
    """The errors for what cannot be read, and for what is in none of the namespaces, or not in one that is named."""
    for item in workloads:
        if item.error is not None:
            yield item.error.line
    there = {(item.kind, item.name) for item in workloads if item.current is not None or item.error is not None}
    for item in workloads:
        is_known = (item.kind, item.name) in there and request.targets.is_broad
        if item.current is None and item.error is None and not is_known:
            yield absence_of(item.kind, item.name).line


def with_verdicts(request: CanPullRequest, facts: Facts, trace: Trace) -> Facts:
    """The facts with what the registries say: to what pods would send, then to what would fix those that fail.

    Raises:
        ConfigError: the settings for that are invalid.
    """
    memory = request.asked or RegistryMemory()
    if request.access is None:
        return facts
    for checks_of in (checks_of_pods, checks_of_fixes):
        checks = checks_of(facts)
        queries = [query for check in checks for query in check.queries]
        verdicts = ask_registries(queries, request.access, environ=os.environ, trace=trace, memory=memory)
        found = {(check.namespace, check.secret, check.image): check.verdict_from(verdicts) for check in checks}
        facts = replace(facts, evidence=replace(facts.evidence, verdicts={**facts.evidence.verdicts, **found}))
    return facts


def plan(request: CanPullRequest, view: CanPullView) -> CanPullReport:
    """An answer for each image; no fix writes to a system namespace that was not named."""
    found = report_of(view.facts)
    found = replace(found, answers=tuple(_spared(answer, request.targets) for answer in found.answers))
    failures = dict.fromkeys((*view.failures, *found.failures))
    return replace(found, notes=tuple(dict.fromkeys((*view.notes, *found.notes))), failures=tuple(failures))


def _spared(answer: PullAnswer, targets: Targets) -> PullAnswer:
    if not (targets.is_broad and answer.fix.commands and is_spared(answer.namespace, targets)):
        return answer
    return replace(answer, fix=SuggestedFix(advice=f"-n {printable(answer.namespace)} shows the command"))
