"""The parties that are known to own pull secrets, service accounts and workloads: one table.

Sources: the projects' code and documentation, and what each did to a write when it was run; build/owners.sh runs some.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import mapping_at, mappings_at, name_of, namespace_of, text_at
from pullsecret.model.owners.owner import Fate

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True)
class Mark:
    """A label, an annotation, or the kind of an owner reference, with a pattern for its value or the owner's name.

    `{namespace}/{name}` in the pattern are the object's own: marks that were copied along with it tell nothing.
    """

    place: str
    name: str
    pattern: str = "*"

    @property
    def is_literal(self) -> bool:
        """Whether the pattern is the only value."""
        return not set("*?[{") & set(self.pattern)

    def value_in(self, target: Object) -> str | None:
        """The value, or the name of the owner; None when the object has no such mark."""
        if self.place == "owner":
            owners = mappings_at(target, "metadata", "ownerReferences")
            return next((text_at(owner, "name") for owner in owners if text_at(owner, "kind") == self.name), None)
        if self.name not in mapping_at(target, "metadata", self.place):
            return None
        value = text_at(target, "metadata", self.place, self.name)
        pattern = self.pattern.format(namespace=namespace_of(target), name=name_of(target))
        return value if fnmatchcase(value, pattern) else None


def _label(key: str, pattern: str = "*") -> Mark:
    return Mark("labels", key, pattern)


def _annotation(key: str, pattern: str = "*") -> Mark:
    return Mark("annotations", key, pattern)


def _owner(kind: str) -> Mark:
    return Mark("owner", kind)


@dataclass(frozen=True, kw_only=True)
class Party:
    """A program that writes secrets, service accounts or workloads of its own.

    `title` names it, with `{}` for the instance, which the first of `names` gives that the object has. `marks` are
    tuples of marks that show it together. `managers` are patterns of its field managers. `run` is what it does next.
    `apply` and `update` are what that does to a write, by the operation with which the party owns the field; `lists`
    is for lists that it owns by `Update`, if that differs. With one of the marks in `lets_be` it keeps every write.
    `drops_lists` tells that it takes away lists that it does not own, too.
    """

    title: str
    marks: tuple[tuple[Mark, ...], ...] = ()
    names: tuple[Mark, ...] = ()
    managers: tuple[str, ...] = ()
    run: str
    advice: str
    list_advice: str = ""
    apply: Fate = Fate.REVERTS
    update: Fate = Fate.REVERTS
    lists: Fate | None = None
    lets_be: tuple[Mark, ...] = ()
    drops_lists: bool = False
    is_person: bool = False

    def is_marked_on(self, target: Object) -> bool:
        """Whether the object has the party's labels, annotations or owner reference."""
        return any(all(mark.value_in(target) is not None for mark in together) for together in self.marks)

    def is_manager(self, name: str) -> bool:
        """Whether a field manager is the party's."""
        return any(fnmatchcase(name, pattern) for pattern in self.managers)

    def name_on(self, target: Object) -> str:
        """The party with the instance that owns the object, ready to be shown: `Helm release app`."""
        found = next((value for mark in self.names if (value := mark.value_in(target))), "")
        instance = printable(found.partition(":")[0])  # of `app:group/kind:namespace/name`, too
        return self.title.format(instance) if instance else self.title.removesuffix(" {}").removesuffix(" from")


KYVERNO = Party(
    title="Kyverno policy {}",
    marks=((_label("generate.kyverno.io/policy-name"),), (_label("app.kubernetes.io/managed-by", "kyverno"),)),
    names=(_label("generate.kyverno.io/policy-name"),),
    managers=("kyverno*", "background-controller"),
    run="Kyverno's next synchronization",
    advice="change the secret that the policy clones",
    list_advice="change the policy",
)
REFLECTOR = Party(
    title="reflector from {}",
    marks=((_annotation("reflector.v1.k8s.emberstack.com/reflects"),),),
    names=(_annotation("reflector.v1.k8s.emberstack.com/reflects"),),
    run="reflector, when its source changes,",
    advice="change the source that it mirrors",
)
REPLICATOR = Party(
    title="kubernetes-replicator from {}",
    marks=(
        (_annotation("replicator.v1.mittwald.de/replicated-from-version"),),
        (_annotation("replicator.v1.mittwald.de/replicate-from"),),
    ),
    names=(_annotation("replicator.v1.mittwald.de/replicate-from"),),
    managers=("replicator", "kubernetes-replicator"),
    run="its next synchronization",
    advice="change the source that it replicates",
)
KUBED = Party(
    title="kubed from {}",
    marks=(
        (_label("kubed.appscode.com/origin.name"),),
        (_annotation("kubed.appscode.com/origin"),),
        (_label("config-syncer.appscode.com/origin.name"),),
    ),
    names=(_label("kubed.appscode.com/origin.name"), _label("config-syncer.appscode.com/origin.name")),
    managers=("kubed", "config-syncer"),
    run="its next synchronization",
    advice="change the source that it syncs",
)
SECRETGEN = Party(
    title="secretgen-controller",
    marks=((_annotation("secretgen.carvel.dev/image-pull-secret"),), (_owner("SecretImport"),)),
    managers=("secretgen-controller",),
    run="its next reconciliation",
    advice="change the secret that it exports",
)
EXTERNAL_SECRETS = Party(
    title="ExternalSecret {}",
    marks=((_owner("ExternalSecret"),), (_label("reconcile.external-secrets.io/managed", "true"),)),
    names=(_owner("ExternalSecret"),),
    managers=("externalsecrets.external-secrets.io*", "external-secrets*"),
    run="the next refresh of External Secrets",
    advice="change the value in the store that it reads, then annotate the ExternalSecret with force-sync",
)
SEALED_SECRETS = Party(
    title="SealedSecret {}",
    marks=((_owner("SealedSecret"),), (_annotation("sealedsecrets.bitnami.com/managed", "true"),)),
    names=(_owner("SealedSecret"),),
    run="its controller",
    advice="seal the new data with kubeseal",
    lets_be=(_annotation("sealedsecrets.bitnami.com/patch", "true"),),
)
VAULT = Party(
    title="Vault Secrets Operator",
    marks=(
        (_label("app.kubernetes.io/managed-by", "hashicorp-vso"),),
        (_label("secrets.hashicorp.com/vso-ownerRefUID"),),
        (_owner("VaultStaticSecret"),),
        (_owner("VaultDynamicSecret"),),
    ),
    managers=("vault-secrets-operator*",),
    run="its next reconciliation",
    advice="change the secret in Vault",
)
CSI = Party(
    title="Secrets Store CSI driver",
    marks=((_label("secrets-store.csi.k8s.io/managed", "true"),),),
    managers=("secrets-store-csi*", "secrets-store"),
    run="its next rotation poll",
    advice="change the secret in the store that its SecretProviderClass names",
)
OLM = Party(
    title="OLM operator {}",
    marks=((_label("olm.managed", "true"),), (_owner("ClusterServiceVersion"),), (_label("olm.owner"),)),
    names=(_owner("ClusterServiceVersion"), _label("olm.owner")),
    managers=("olm", "catalog"),
    run="the next upgrade of the operator",
    advice="change it in the operator's configuration",
    list_advice="attach again after each upgrade, or use the cluster's global pull secret",
    drops_lists=True,
)
OPENSHIFT = Party(
    title="OpenShift",
    marks=(
        (_annotation("openshift.io/internal-registry-auth-token.service-account"),),
        (_annotation("openshift.io/token-secret.name"),),
    ),
    managers=("openshift.io/image-registry-pull-secrets_*", "openshift-controller-manager"),
    run="its controller manager",
    advice="leave it alone, and let a RoleBinding to system:image-puller give access to images",
    list_advice="nothing to do",
    lists=Fate.KEEPS,
)
FLUX_HELM = Party(
    title="HelmRelease {}",
    marks=((_label("helm.toolkit.fluxcd.io/name"),),),
    names=(_label("helm.toolkit.fluxcd.io/name"),),
    managers=("helm-controller",),
    run="the next upgrade of the HelmRelease",
    advice="change the values of the HelmRelease",
    list_advice="set imagePullSecrets in the values, or attach to an account whose chart has no list",
    apply=Fate.FAILS,
)
FLUX = Party(
    title="Flux Kustomization {}",
    marks=((_label("kustomize.toolkit.fluxcd.io/name"),),),
    names=(_label("kustomize.toolkit.fluxcd.io/name"),),
    managers=("kustomize-controller",),
    run="the next reconciliation",
    advice="change it in Git",
    lets_be=(
        _annotation("kustomize.toolkit.fluxcd.io/ssa", "IfNotPresent"),
        _annotation("kustomize.toolkit.fluxcd.io/ssa", "Ignore"),
        _annotation("kustomize.toolkit.fluxcd.io/reconcile", "disabled"),
    ),
)
HELM = Party(
    title="Helm release {}",
    marks=((_label("app.kubernetes.io/managed-by", "Helm"), _annotation("meta.helm.sh/release-name")),),
    names=(_annotation("meta.helm.sh/release-name"),),
    managers=("helm", "Helm", "terraform-provider-helm*"),
    run="the next helm upgrade",
    advice="change it in the values of the chart",
    list_advice="set imagePullSecrets in the values, or attach to an account whose chart has no list",
    apply=Fate.FAILS,
)
ARGO_CD = Party(
    title="Argo CD application {}",
    marks=((_annotation("argocd.argoproj.io/tracking-id", "*:{namespace}/{name}"),),),
    names=(_annotation("argocd.argoproj.io/tracking-id"), _label("argocd.argoproj.io/instance")),
    managers=("argocd-controller", "argocd-application-controller", "argocd-server"),
    run="the next sync",
    advice="change it in Git",
    list_advice="add the entry in Git, or attach to an account that is not in Git",
)
KUBECTL_APPLY = Party(
    title="kubectl apply",
    marks=((_annotation("kubectl.kubernetes.io/last-applied-configuration"),),),
    managers=("kubectl-client-side-apply",),
    run="the next kubectl apply of its manifest",
    advice="change the manifest",
    is_person=True,
)
KUBECTL_SERVER_SIDE_APPLY = Party(
    title="kubectl apply --server-side",
    managers=("kubectl",),
    run="the next kubectl apply of its manifest",
    advice="change the manifest",
    apply=Fate.FAILS,
)
TERRAFORM = Party(
    title="Terraform",
    managers=("Terraform", "HashiCorp", "terraform-*"),
    run="the next terraform apply",
    advice="change it in the Terraform configuration",
    apply=Fate.FAILS,
    lists=Fate.UNKNOWN,
)
IBM_CLOUD = Party(
    title="IBM Cloud",
    run="`ibmcloud ks cluster pull-secret apply`",
    advice="copy it instead, under another name or to another namespace",
    lists=Fate.UNKNOWN,
)

PARTIES = (
    KYVERNO,
    REFLECTOR,
    REPLICATOR,
    KUBED,
    SECRETGEN,
    EXTERNAL_SECRETS,
    SEALED_SECRETS,
    VAULT,
    CSI,
    OLM,
    OPENSHIFT,
    FLUX_HELM,
    FLUX,
    HELM,
    ARGO_CD,
    KUBECTL_APPLY,
    KUBECTL_SERVER_SIDE_APPLY,
    TERRAFORM,
)
"""Those that copy objects with their labels and annotations are first, so that their own marks count."""
