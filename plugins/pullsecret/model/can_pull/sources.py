"""What the pods of a question are made of: images that were asked for, workloads, and what manifests declare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.can_pull.admission import Admitted, PodOrigin, admitted
from pullsecret.model.can_pull.planned_image import planned_pod
from pullsecret.model.declared.pod_templates import pod_templates
from pullsecret.model.objects.objects import Kind, Object, mapping_at, merged, name_of, namespace_of
from pullsecret.model.objects.pod import account_of, controller_of, is_of, listed_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.model.declared.declared_parts import DeclaredParts
    from pullsecret.model.doctor.evidence import PlannedPod
    from pullsecret.model.objects.objects import AnyKind
    from pullsecret.model.plan.observed import Key, Observed

_KEPT = ("annotations", "labels", "ownerReferences")


def image_sources(images: Sequence[str], namespaces: Iterable[str], account: str) -> Iterator[PodOrigin]:
    """A pod for each image in each namespace, of this service account ("": the default one)."""
    for namespace in namespaces:
        for image in images:
            spec = {"containers": [{"image": image}], **({"serviceAccountName": account} if account else {})}
            yield PodOrigin(subject="", pod={"metadata": {"namespace": namespace}, "spec": spec})


def workload_sources(kind: AnyKind, workload: Object) -> Iterator[PodOrigin]:
    """The pods that a workload creates from now on; a pod that was named is itself, with the list that it has."""
    subject = f"{kind.word}/{name_of(workload)}"
    for template in pod_templates({"kind": kind.title, "apiVersion": kind.group, **workload}):
        pod = _owned(template.pod, kind, workload)
        yield PodOrigin(
            subject=subject, pod=pod, exists=kind is Kind.POD, path=template.path, maker=controller_of(workload)
        )


def _owned(pod: Object, kind: AnyKind, workload: Object) -> Object:
    """The pod with its owner, which decides what fixes it."""
    if kind is Kind.POD:
        return pod
    owner = {"apiVersion": kind.group, "kind": kind.title, "name": name_of(workload), "controller": True}
    return merged(pod, {"metadata": {"ownerReferences": [owner]}})


def declared_sources(parts: DeclaredParts) -> Iterator[PodOrigin]:
    """The pods that manifests declare, in their order."""
    for work in parts.workloads:
        for template in work.templates:
            yield PodOrigin(subject=work.subject, pod=template.pod, item=work.item, path=template.path)


def accounts_of(sources: Iterable[PodOrigin]) -> tuple[Key, ...]:
    """The service accounts that matter, by namespace and name."""
    return tuple(dict.fromkeys((item.namespace, account_of(item.pod)) for item in sources if not item.exists))


def pods_of(sources: Iterable[PodOrigin], accounts: Observed) -> tuple[Admitted, ...]:
    """The pods as the API server would store them, each under a name that no other one has."""
    return tuple(_named(_pod_of(source, accounts), number) for number, source in enumerate(sources))


def _pod_of(source: PodOrigin, accounts: Observed) -> Admitted:
    key = (source.namespace, account_of(source.pod))
    return admitted(source, accounts.present.get(key), is_known=accounts.error_at(key) is None)


def _named(item: Admitted, number: int) -> Admitted:
    """The pod under a name that no object can have, with what matters of its metadata."""
    metadata = mapping_at(item.pod, "metadata")
    kept = {name: metadata[name] for name in _KEPT if name in metadata}
    named = {"name": f"{number}/{name_of(item.pod)}", "namespace": namespace_of(item.pod), **kept}
    return replace(item, pod={"metadata": named, "spec": mapping_at(item.pod, "spec")})


def existing_pods(made: Sequence[Admitted], pods: Iterable[Object]) -> Mapping[Key, tuple[Admitted, ...]]:
    """The pods that exist of these workloads, by namespace and `kind/name`, if their list is not that of a new one."""
    found: dict[Key, list[Admitted]] = {}
    workloads = {(item.source.namespace, item.source.subject): item for item in made if not item.source.exists}
    for number, pod in enumerate(pods, start=len(made)):
        for key, new in workloads.items():
            if namespace_of(pod) == key[0] and is_of(pod, key[1]) and listed_names(pod) != listed_names(new.pod):
                origin = PodOrigin(subject=f"pod/{name_of(pod)}", pod=pod, exists=True)
                own = Admitted(source=origin, pod=pod, has_own_list=new.has_own_list)
                found.setdefault(key, []).append(_named(own, number))
    return {key: tuple(items) for key, items in found.items()}


def planned_pods(pods: Iterable[Admitted]) -> Mapping[Key, PlannedPod]:
    """What the evidence needs to know of the pods."""
    return {
        (namespace_of(item.pod), name_of(item.pod)): planned_pod(item.pod, has_own_list=item.has_own_list)
        for item in pods
    }
