"""What External Secrets copies a secret to each namespace with: external-secrets.io/v1 only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.manifests.document import Document
from pullsecret.model.manifests.roles import RBAC_GROUP
from pullsecret.model.manifests.scope import Scope
from pullsecret.model.objects.name_hash import short_hash
from pullsecret.model.request.targets import is_namespace_pattern

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

API: Final = "external-secrets.io/v1"
KEY: Final = ".dockerconfigjson"
REFRESH: Final = "1h0m0s"
SYSTEM: Final = (
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "openshift",
    "ibm-system",
    "ibm-operators",
    "ibm-cert-store",
    "calico-system",
    "calico-apiserver",
    "tigera-operator",
)
"""The system namespaces that have fixed names: a selector of labels has no patterns."""

_READER: Final = (
    "The account with which External Secrets reads secret/{name} of namespace {source}, and no other secret."
)
_STORE: Final = (
    "What is read, and from which namespaces it may be used: only from those that get the secret.",
    "The operator needs its own permission to create tokens of service accounts, which its chart grants.",
)
_SECRETS: Final = (
    (
        "Makes secret/{name} in every namespace, new and existing, except these. On OpenShift, add the names of the "
        "namespaces openshift-* that you have, or select by a label of your own: a selector has no patterns."
    ),
    (
        "A secret of that name that no controller owns is taken over and overwritten, also one of "
        "kubectl-pullsecret: look before with kubectl pullsecret list {name} -A"
    ),
    (
        "A changed source arrives after refreshInterval; to hurry, annotate the ExternalSecret: kubectl annotate "
        "externalsecret {name} -n NAMESPACE --overwrite force-sync=$(date +%s). A deleted source leaves the copies "
        "(deletionPolicy: Retain)."
    ),
    (
        "Each of these namespaces gets a finalizer of External Secrets: delete this object before you remove the "
        "operator, or they cannot be deleted. Secrets go with this object, and with a namespace that no longer matches."
    ),
    (
        "Nothing attaches the secret. Let the API server do that: kubectl pullsecret generate admission-policy {name} "
        "(Kubernetes 1.36 and later), or kubectl pullsecret attach {name} -A for the namespaces of today."
    ),
)


def external_secrets_documents(secret: str, scope: Scope) -> tuple[Document, ...]:
    """The account that reads the source, the store that uses it, and the secrets that are made from it.

    Raises:
        UsageError: a pattern is excluded, which a selector of labels cannot do, or service accounts are named.
    """
    if scope.accounts != Scope().accounts:
        raise UsageError("external-secrets attaches nothing, so it has no --serviceaccount")
    for pattern in scope.excluded:
        if is_namespace_pattern(pattern):
            raise UsageError(
                f'invalid --exclude "{printable(pattern)}" for external-secrets: it selects by labels; use names'
            )
    name = f"pullsecret-{short_hash(f'{scope.source}/{secret}')}"
    shown = {"name": secret, "source": scope.source}
    selector: Object = {
        "matchExpressions": [
            {
                "key": "kubernetes.io/metadata.name",
                "operator": "NotIn",
                "values": list(dict.fromkeys((scope.source, *SYSTEM, *scope.excluded))),
            }
        ]
    }
    return (
        Document(body=_account(name, scope), comment=(_READER.format(**shown),)),
        Document(body=_role(name, secret, scope)),
        Document(body=_binding(name, scope)),
        Document(body=_store(name, scope, selector), comment=_STORE),
        Document(
            body=_cluster_secret(name, secret, selector), comment=tuple(text.format(**shown) for text in _SECRETS)
        ),
    )


def _account(name: str, scope: Scope) -> Object:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": scope.source}}


def _role(name: str, secret: str, scope: Scope) -> Object:
    rule: Object = {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret], "verbs": ["get"]}
    return {
        "apiVersion": f"{RBAC_GROUP}/v1",
        "kind": "Role",
        "metadata": {"name": name, "namespace": scope.source},
        "rules": [rule],
    }


def _binding(name: str, scope: Scope) -> Object:
    return {
        "apiVersion": f"{RBAC_GROUP}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": scope.source},
        "roleRef": {"apiGroup": RBAC_GROUP, "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": scope.source}],
    }


def _store(name: str, scope: Scope, selector: Object) -> Object:
    authority: Object = {
        "type": "ConfigMap",
        "name": "kube-root-ca.crt",
        "namespace": scope.source,
        "key": "ca.crt",
    }
    provider: Object = {
        "remoteNamespace": scope.source,
        "server": {"caProvider": authority},
        "auth": {"serviceAccount": {"name": name, "namespace": scope.source}},
    }
    return {
        "apiVersion": API,
        "kind": "ClusterSecretStore",
        "metadata": {"name": name},
        "spec": {"conditions": [{"namespaceSelector": selector}], "provider": {"kubernetes": provider}},
    }


def _cluster_secret(name: str, secret: str, selector: Object) -> Object:
    target: Object = {
        "name": secret,
        "creationPolicy": "Owner",
        "deletionPolicy": "Retain",
        "template": {"type": "kubernetes.io/dockerconfigjson"},
    }
    spec: Object = {
        "refreshInterval": REFRESH,
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": name},
        "target": target,
        "data": [{"secretKey": KEY, "remoteRef": {"key": secret, "property": KEY}}],
    }
    return {
        "apiVersion": API,
        "kind": "ClusterExternalSecret",
        "metadata": {"name": name},
        "spec": {
            "externalSecretName": secret,
            "namespaceSelectors": [selector],
            "refreshTime": "1m0s",
            "externalSecretSpec": spec,
        },
    }
