"""The report on clusters as plain values: texts, numbers, times and enums only, so that no credential can be in it.

Texts come from clusters. They are escaped and cut as in any output (`printable`), and still contain whatever markup
they had: the renderer escapes them for its own format.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.cluster_report.copy_groups import CopyGroup, copy_groups
from pullsecret.model.cluster_report.credential_dates import Expiry, KindSummary, expiries_in, kind_summaries
from pullsecret.model.cluster_report.owned_objects import OwnerSummary, owner_summaries

if TYPE_CHECKING:
    from datetime import datetime

    from pullsecret.model.check.rule import Severity
    from pullsecret.model.cluster_report.matrix import MatrixCell
    from pullsecret.model.cluster_report.owned_objects import OwnedObject
    from pullsecret.model.cluster_report.reported_secret import ReportedSecret


@dataclass(frozen=True, kw_only=True)
class ReportedRule:
    """A code of `check` that was found, and what it means."""

    code: str
    severity: Severity
    title: str
    explanation: str


@dataclass(frozen=True, kw_only=True)
class ReportedFinding:
    """What `check` found: the same of an object of this name in each of the `namespaces`.

    `subject` is `kind/name`, `secret_name` a secret's name or "", `registries` are server keys. `command` fixes it in
    all of the namespaces, or in `command_namespace` alone where that is not ""; or `advice` says in words what to do.
    One of them is "", or both are.
    """

    code: str
    severity: Severity
    namespaces: tuple[str, ...]
    subject: str
    secret_name: str
    message: str
    registries: tuple[str, ...] = ()
    command: str = ""
    command_namespace: str = ""
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportedNamespace:
    """A namespace. What a matrix has no cell for is not used there, and there are no credentials for it.

    `is_known`: its secrets, service accounts, pods and workloads could all be read. If not, what has no cell is
    unknown. `problem` is why nothing of it was read: it does not exist, or is being deleted.
    """

    name: str
    is_system: bool = False
    is_known: bool = True
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Unread:
    """What was not allowed to be read, so that the report may lack it: `pods`, and where; none for all namespaces.

    `effect` is what is not known for this reason, as a sentence without a full stop.
    """

    what: str
    namespaces: tuple[str, ...] = ()
    effect: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportedCluster:
    """One cluster by its context ("" where the kubeconfig has none) and the host of its API server.

    `error` is why it could not be read at all; everything else is empty then. `identity` tells it from others, ""
    where that is not known. `registries` are the columns of the matrix, those of most namespaces first; one
    may stand for several (`au.icr.io and 23 more`), which `notes` tells. `owned` are the
    secrets and service accounts that others manage.
    """

    context: str
    server: str = ""
    identity: str = ""
    error: str = ""
    namespaces: tuple[ReportedNamespace, ...] = ()
    registries: tuple[str, ...] = ()
    cells: tuple[MatrixCell, ...] = ()
    secrets: tuple[ReportedSecret, ...] = ()
    findings: tuple[ReportedFinding, ...] = ()
    rules: tuple[ReportedRule, ...] = ()
    owned: tuple[OwnedObject, ...] = ()
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()

    @cached_property
    def copy_groups(self) -> tuple[CopyGroup, ...]:
        """The sources with their copies, those with most copies first."""
        return copy_groups(self.secrets)

    @cached_property
    def expiries(self) -> tuple[Expiry, ...]:
        """The credentials that have an end, the first one first."""
        return expiries_in(self.secrets)

    @cached_property
    def kinds(self) -> tuple[KindSummary, ...]:
        """The kinds of credentials, the most frequent first."""
        return kind_summaries(self.secrets)

    @cached_property
    def owners(self) -> tuple[OwnerSummary, ...]:
        """Who manages secrets and service accounts, and which; who has most first."""
        return owner_summaries(self.owned)


@dataclass(frozen=True, kw_only=True)
class ClusterReport:
    """The report on one cluster or several, in the order of the contexts.

    `command` is the command line that makes it again, `version` that of this program, `scope` what was asked for:
    `all namespaces`, `namespaces a, b`.
    """

    created: datetime
    version: str
    command: str
    scope: str
    clusters: tuple[ReportedCluster, ...]
