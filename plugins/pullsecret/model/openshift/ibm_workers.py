"""How workers of Red Hat OpenShift on IBM Cloud get a changed global pull secret: by IBM's documentation.

Nothing brings it to workers that exist. Those with RHEL are reloaded (classic infrastructure) or replaced (VPC). For
RHCOS, and in clusters with both, and for Satellite IBM describes a DaemonSet that merges secret docker-auth-secret of
kube-system into the node's file instead. Sources: ibm-cloud-docs/openshift registry.md (cluster_global_pull_secret,
oc-pull-secret-cli), satellite-registry-pull-secret.md, cli-ks-plugin-v2.md (worker reload, worker replace), and
storage-cos-install.md for the labels' values; openshift/api: providerType UPI is Satellite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import text_at
from pullsecret.model.openshift.node_advice import NodeAdvice, counted_nodes
from pullsecret.model.openshift.topology import IBM_PROVIDER
from pullsecret.model.request.suggested_command import Flag, Program, SuggestedCommand, command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.objects.objects import Object

_OS: Final = "ibm-cloud.kubernetes.io/os"
_WORKER_ID: Final = "ibm-cloud.kubernetes.io/worker-id"

_CLASSIC: Final = frozenset({"softlayer"})
_VPC: Final = frozenset({"gc", "ng", "g2"})

_DOCUMENTATION: Final = "https://cloud.ibm.com/docs/openshift?topic=openshift-registry#oc-pull-secret-cli"
_OF_SATELLITE: Final = "https://cloud.ibm.com/docs/openshift?topic=openshift-satellite-registry-pull-secret"

_SHOWN_WORKERS: Final = 20


def advice_on_workers(nodes: Sequence[Object] | None) -> tuple[NodeAdvice, ...]:
    """What has to be done with workers, so that they get the global pull secret; None for nodes that are not known."""
    if nodes is None:
        text = "workers of IBM Cloud get the change only when they are reloaded (classic) or replaced (VPC)"
        return (NodeAdvice(text=f"{text}; which these are is not known", is_warning=True), *_listing())
    coreos = [node for node in nodes if _is_coreos(node)]
    others = [node for node in nodes if not _is_coreos(node)]
    return (*_of_rhel(others), *_of_coreos(coreos, is_mixed=bool(others)), *(_listing() if others else ()))


def _of_rhel(nodes: Sequence[Object]) -> Iterator[NodeAdvice]:
    classic = [node for node in nodes if _provider_of(node) in _CLASSIC]
    vpc = [node for node in nodes if _provider_of(node) in _VPC]
    rest = [node for node in nodes if _provider_of(node) not in _CLASSIC | _VPC]
    if classic:
        yield _changed("reloaded", "reload", classic)
    if vpc:
        yield _changed("replaced", "replace", vpc)
    if rest:
        text = (
            f"{counted_nodes(len(rest))} neither on classic infrastructure nor in a VPC (label {IBM_PROVIDER}) may not "
            "get the change; for Satellite, IBM describes another way, a DaemonSet that does not read "
            f"openshift-config/pull-secret: {_OF_SATELLITE}"
        )
        yield NodeAdvice(text=text, is_warning=True)


def _changed(participle: str, word: str, nodes: Sequence[Object]) -> NodeAdvice:
    text = (
        f"{counted_nodes(len(nodes))} will have the change only after being {participle}{_workers(nodes)}; that stops "
        "their pods, so leave enough others running; with the cluster's name and a worker's ID:"
    )
    return NodeAdvice(text=text, command=_on_worker(word), is_warning=True)


def _workers(nodes: Sequence[Object]) -> str:
    """The IDs of the workers, as far as the nodes' labels have them."""
    names = sorted(filter(None, (text_at(node, "metadata", "labels", _WORKER_ID) for node in nodes)))
    if len(names) != len(nodes) or len(names) > _SHOWN_WORKERS:
        return ""
    return f" (workers {', '.join(map(printable, names))})"


def _on_worker(word: str) -> SuggestedCommand:
    return command(Program.IBMCLOUD, "oc", "worker", word, Flag("--cluster", "CLUSTER"), Flag("--worker", "WORKER"))


def _of_coreos(nodes: Sequence[Object], *, is_mixed: bool) -> Iterator[NodeAdvice]:
    if nodes:
        also = ", and for clusters with both," if is_mixed else ""
        text = (
            f"{counted_nodes(len(nodes))} with RHCOS may not get the change; for these{also} IBM describes another "
            f"way, a DaemonSet that does not read openshift-config/pull-secret: {_DOCUMENTATION}"
        )
        yield NodeAdvice(text=text, is_warning=True)


def _listing() -> Iterator[NodeAdvice]:
    listing = command(Program.IBMCLOUD, "oc", "worker", "ls", Flag("--cluster", "CLUSTER"))
    yield NodeAdvice(text="the IDs of the workers:", command=listing)


def _is_coreos(node: Object) -> bool:
    return text_at(node, "metadata", "labels", _OS).upper().startswith("RHCOS")


def _provider_of(node: Object) -> str:
    return text_at(node, "metadata", "labels", IBM_PROVIDER)
