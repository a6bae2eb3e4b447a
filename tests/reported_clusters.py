"""Made-up reports of clusters of any size, with every state that a page can show."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from objects import ICR_HOSTS
from pullsecret.model.check.rule import Severity
from pullsecret.model.cluster_report.matrix import MatrixCell, PullState
from pullsecret.model.cluster_report.owned_objects import OwnedObject
from pullsecret.model.cluster_report.report import (
    ClusterReport,
    ReportedCluster,
    ReportedFinding,
    ReportedNamespace,
    ReportedRule,
    Unread,
)
from pullsecret.model.cluster_report.reported_secret import ReportedEntry, ReportedSecret, SecretPlace
from pullsecret.model.results.copy_standing import CopyStanding

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

_IBM = ("us.icr.io", "de.icr.io", "icr.io", "private.us.icr.io")
_UNUSED = ("au.icr.io and 21 more",)
_OTHERS = ("cp.icr.io", "docker.io", "quay.io", "ghcr.io", "registry.gitlab.com", "harbor.corp.example:8443")
_TEAMS = ("shop", "payments", "search", "data", "identity", "web", "mobile", "billing", "ml", "platform")
_STANDINGS = (CopyStanding.STALE, CopyStanding.RECREATED, CopyStanding.FORGED, CopyStanding.CURRENT)


def made_up_report(namespaces: int, *, clusters: int = 1, seed: int = 1) -> ClusterReport:
    """A report of clusters with so many namespaces each; the same seed gives the same one."""
    contexts = ("prod-eu", "prod-us", "staging", "test")
    return ClusterReport(
        created=NOW,
        version="1.0.0",
        command="kubectl pullsecret report -A",
        scope="all namespaces",
        clusters=tuple(_MadeUp(namespaces, seed + at).cluster(contexts[at]) for at in range(clusters)),
    )


@dataclass
class _MadeUp:
    """A cluster that is made up, namespace by namespace."""

    count: int
    seed: int

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - no secret depends on it
        system = ["default", "kube-system", "openshift-config"]
        stages = ("dev", "test", "prod", "demo")
        self.names = system + [
            f"{_TEAMS[at % len(_TEAMS)]}-{stages[at // len(_TEAMS) % len(stages)]}"
            + (f"-{at // 40 + 1}" if at >= 40 else "")
            for at in range(self.count - len(system))
        ]

    def cluster(self, context: str) -> ReportedCluster:
        """The cluster."""
        return ReportedCluster(
            context=context,
            server=f"{context}.kubernetes.example",
            namespaces=tuple(
                ReportedNamespace(
                    name=name,
                    is_system=name.startswith(("kube-", "openshift-")),
                    is_known=not name.startswith("ml-test"),
                )
                for name in self.names
            ),
            registries=(*_IBM, *_OTHERS, *_UNUSED),
            cells=tuple(cell for name in self.names for cell in self.cells(name)),
            secrets=tuple(secret for name in self.names for secret in self.secrets(name)),
            findings=self.findings(),
            rules=self.rules(),
            owned=self.owned(),
            unread=(
                Unread(what="pods", namespaces=tuple(self.names[-2:]), effect="whether anything cannot pull there"),
                Unread(what="nodes", effect="which credential providers the nodes have"),
            ),
            notes=("the global pull secret exists on OpenShift only",),
        )

    def cells(self, namespace: str) -> list[MatrixCell]:
        """The cells of a namespace."""
        if namespace.startswith(("kube-", "openshift-", "ml-test")):
            return []
        cells = [
            MatrixCell(
                namespace=namespace,
                registry=registry,
                state=PullState.ACCOUNT,
                images=(images := self.random.randrange(3) if registry in _IBM else 0),
                pods=images * self.random.randrange(1, 5),
                secrets=("all-icr-io",),
                accounts=("default",),
            )
            for registry in (*_IBM, *_UNUSED)
        ]
        return cells + [self.other(namespace, registry) for registry in _OTHERS if self.random.random() < 0.4]

    def other(self, namespace: str, registry: str) -> MatrixCell:
        """A cell of a registry that is not pulled from by the account in every namespace."""
        weights = (4, 2, 20, 30, 30, 6)
        state = self.random.choices(tuple(PullState), weights)[0]
        reasons = {
            PullState.BROKEN: f"secret/regcred has no entry for {registry}",
            PullState.UNKNOWN: "secret/regcred does not exist; the image may be public",
            PullState.NONE: "the image may be public",
        }
        has_secret = state in {PullState.LIST, PullState.ACCOUNT}
        return MatrixCell(
            namespace=namespace,
            registry=registry,
            state=state,
            images=self.random.randrange(1, 4),
            pods=self.random.randrange(9),
            secrets=("regcred",) if has_secret else (),
            accounts=("default",) if state is PullState.ACCOUNT else (),
            paths=(f"{registry}/acme",) if has_secret and self.random.random() < 0.1 else (),
            reasons=(reasons[state],) if state in reasons else (),
        )

    def secrets(self, namespace: str) -> list[ReportedSecret]:
        """The pull secrets of a namespace: a copy of the source, and often one of its own."""
        written = NOW - timedelta(days=self.random.randrange(700))
        source = SecretPlace(namespace="default", name="all-icr-io")
        is_source = namespace == "default"
        standing = CopyStanding.CURRENT if self.random.random() < 0.9 else self.random.choice(_STANDINGS)
        found = [
            ReportedSecret(
                namespace=namespace,
                name="all-icr-io",
                type="kubernetes.io/dockerconfigjson",
                written=written,
                is_managed=not is_source,
                entries=tuple(
                    ReportedEntry(
                        registry=registry, username="iamapikey", kind="IBM Cloud API key", validity="until revoked"
                    )
                    for registry in ICR_HOSTS
                ),
                accounts=("default",),
                users=tuple(f"deployment/app-{at}" for at in range(self.random.randrange(4))),
                origin=None if is_source else source,
                standing=None if is_source else standing,
            )
        ]
        if self.random.random() < 0.3:
            found.append(self.own_secret(namespace, written))
        return found

    def own_secret(self, namespace: str, written: datetime) -> ReportedSecret:
        """A secret of one registry, whose credential may have an end, and which may be malformed or another party's."""
        ends = self.random.random() < 0.35
        days = self.random.choice((-40, -3, 5, 12, 25, 60, 90, 180, 365, 700)) + self.random.randrange(-2, 9)
        entry = ReportedEntry(
            registry=self.random.choice(_OTHERS),
            username=f"robot-{namespace}",
            kind="token with an end" if ends else "password",
            validity="until it expires" if ends else "until changed",
            expires=NOW + timedelta(days=days) if ends else None,
        )
        is_bad = self.random.random() < 0.05
        return ReportedSecret(
            namespace=namespace,
            name="regcred",
            type=self.random.choice(("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")),
            written=written,
            malformed="illegal base64 data at input byte 4" if is_bad else "",
            entries=() if is_bad else (entry,),
            owner=self.random.choice(("", "", "", "Helm release app", "External Secrets")),
            is_immutable=self.random.random() < 0.1,
        )

    def findings(self) -> tuple[ReportedFinding, ...]:
        """A finding of each kind, in some of the namespaces."""
        some = tuple(self.names[2::7])
        return (
            ReportedFinding(
                code="PS503",
                severity=Severity.WARNING,
                namespaces=some,
                subject="serviceaccount/default",
                secret_name="regcred",  # noqa: S106 - a name
                message="references secret/regcred, which does not exist",
                advice="create the secret, or remove it from the list",
            ),
            ReportedFinding(
                code="PS101",
                severity=Severity.ERROR,
                namespaces=tuple(self.names[1::23]),
                subject="secret/regcred",
                secret_name="regcred",  # noqa: S106 - a name
                message="is malformed, which blocks all pulls of its pods",
                command=f"kubectl pullsecret create regcred --registry=quay.io --username=USER -n {self.names[-1]}",
            ),
            ReportedFinding(
                code="PS508",
                severity=Severity.INFO,
                namespaces=("default",),
                subject="secret/all-icr-io",
                secret_name="all-icr-io",  # noqa: S106 - a name
                message="no private endpoint entry; add private.de.icr.io for pulls over the private network",
                registries=("de.icr.io",),
            ),
        )

    def rules(self) -> tuple[ReportedRule, ...]:
        """What the codes mean."""
        return (
            ReportedRule(code="PS101", severity=Severity.ERROR, title="Malformed secret", explanation="Blocks pulls."),
            ReportedRule(code="PS503", severity=Severity.WARNING, title="Missing secret", explanation="Is ignored."),
            ReportedRule(code="PS508", severity=Severity.INFO, title="No private endpoint", explanation="A hint."),
        )

    def owned(self) -> tuple[OwnedObject, ...]:
        """Objects of others."""
        return tuple(
            OwnedObject(
                namespace=name,
                subject="secret/regcred",
                party=party,
                prediction="the next upgrade restores its content",
                advice="change the values of the release",
            )
            for party, names in (("Helm release app", self.names[5::11]), ("External Secrets", self.names[6::13]))
            for name in names
        )
