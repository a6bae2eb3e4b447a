"""PS901 to PS903: OpenShift's global pull secret, and copies of it; and words instead of commands for what is in it.

Sources: ibm-cloud-docs/openshift registry.md and telemetry.md (the four entries, and what happens without them);
hypershift control-plane-operator/hostedclusterconfigoperator/controllers/globalps/globalps.go (mergePullSecrets).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.registry_credential import credential_of, held_credentials
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.objects.sources import is_system_namespace
from pullsecret.model.openshift.cluster_credentials import CLUSTERS_OWN_SECRETS
from pullsecret.model.openshift.global_secrets import (
    ADDITIONAL_PULL_SECRET,
    GLOBAL_PULL_SECRET,
    ORIGINAL_PULL_SECRET,
    REQUIRED_HOSTS,
    SECRETS_OF_NODES,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.check.rule import Finding
    from pullsecret.model.objects.objects import Object

_EDITED: Final = (GLOBAL_PULL_SECRET, ADDITIONAL_PULL_SECRET)
"""Those that administrators change; OpenShift writes the others."""


def left_to_nodes(finding: Finding, secret: Object) -> Finding:
    """The finding with words that fit a global pull secret, whose other entries must stay; no command replaces it."""
    key = (namespace_of(secret), name_of(secret))
    if key not in SECRETS_OF_NODES:
        return finding
    if key in _EDITED:
        advice = (
            "replace this entry alone with `create --global`, or remove it with `create --global --remove-registry`"
        )
    else:
        advice = "OpenShift writes this secret from that of the HostedCluster: change it there"
    return replace(finding, fix=None, advice=advice)


def _lacking(subject: CheckedNamespace) -> Iterator[Match]:
    for namespace, name in CLUSTERS_OWN_SECRETS:
        secret = subject.secret(name) if subject.namespace == namespace else None
        if secret is None or registries_of(secret).malformed:
            continue
        present = {index_key(entry.server) for entry in registries_of(secret).entries}
        if absent := [host for host in REQUIRED_HOSTS if host not in present]:
            message = f"has no entry for {', '.join(absent)}"
            yield Match(message=message, subject=f"secret/{name}", secret_name=name)


def _copies(subject: CheckedNamespace) -> Iterator[Match]:
    if is_system_namespace(subject.namespace):
        return
    known = subject.inventory.cluster_credentials
    for secret in (
        sorted(subject.inventory.observed.secrets.in_namespace(subject.namespace), key=name_of) if known else ()
    ):
        hosts = [host for credential in held_credentials(secret) for host in known.get(credential, ())]
        if hosts:
            shown = ", ".join(dict.fromkeys(hosts))
            message = f"has the cluster's own credentials for {shown}: everyone who may create pods here can read them"
            yield Match(message=message, subject=f"secret/{name_of(secret)}", secret_name=name_of(secret))


def _without_effect(subject: CheckedNamespace) -> Iterator[Match]:
    original, additional = subject.secret(ORIGINAL_PULL_SECRET[1]), subject.secret(ADDITIONAL_PULL_SECRET[1])
    if subject.namespace != ADDITIONAL_PULL_SECRET[0] or original is None or additional is None:
        return
    winning = {entry.server: credential_of(entry) for entry in registries_of(original).entries}
    for entry in registries_of(additional).entries:
        if entry.server in winning and winning[entry.server] != credential_of(entry):
            yield Match(
                message="has no effect, because secret/original-pull-secret has another entry under the same key",
                keys=(entry.server,),
                subject=f"secret/{ADDITIONAL_PULL_SECRET[1]}",
                secret_name=ADDITIONAL_PULL_SECRET[1],
            )


GLOBAL_RULES: tuple[Rule[CheckedNamespace], ...] = (
    Rule(
        code="PS901",
        severity=Severity.WARNING,
        title="Global pull secret lacks an entry of Red Hat",
        explanation=(
            "OpenShift pulls its updates, its operators and Red Hat's images with the entries for quay.io, "
            "registry.connect.redhat.com and registry.redhat.io in the global pull secret, and reports to "
            "cloud.openshift.com with the entry for that host. Without them updates and operators fail. Where remote "
            "health reporting is disabled, cloud.openshift.com is left out on purpose; a disconnected cluster has its "
            "mirror instead."
        ),
        condition=_lacking,
        fix=lambda _subject, _match: None,
        advice=(
            "add the entries again from the pull secret at https://console.redhat.com/openshift/install/pull-secret, "
            "unless they were left out on purpose (a disconnected cluster, no remote health reporting)"
        ),
    ),
    Rule(
        code="PS902",
        severity=Severity.WARNING,
        title="Copy of the global pull secret",
        explanation=(
            "A secret outside OpenShift's own namespaces has credentials of the cluster itself: those for "
            "cloud.openshift.com, quay.io, registry.connect.redhat.com or registry.redhat.io in the global pull "
            "secret. Everyone who may read secrets or create pods in the namespace can read them, and they identify "
            "the cluster's subscription to Red Hat. No pod needs the copy, because the nodes send these credentials "
            "for the pods of all namespaces already. Credentials are compared: a copy under another name is found, too."
        ),
        condition=_copies,
        fix=lambda _subject, _match: None,
        advice=(
            "no pod needs these entries, the nodes send them already: remove them with `create --remove-registry`, or "
            "detach the secret and delete it if it has no others"
        ),
    ),
    Rule(
        code="PS903",
        severity=Severity.WARNING,
        title="Additional entry without effect",
        explanation=(
            "In a cluster with a hosted control plane, kube-system/additional-pull-secret is merged with "
            "kube-system/original-pull-secret, whose entries win under the same key. The nodes never get this entry. A "
            "key with a path, such as quay.io/ORGANIZATION, is another one, and used for the images below it."
        ),
        condition=_without_effect,
        fix=lambda _subject, _match: None,
        advice=(
            "create the entry under a key with a path, such as HOST/ORGANIZATION, with `create --global`, and remove "
            "this one with `create --global --remove-registry`"
        ),
    ),
)
"""The rules for the global pull secret, by namespace."""
