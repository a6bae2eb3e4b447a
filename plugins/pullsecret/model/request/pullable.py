"""What can-pull takes on its command line: images, and workloads with a pod template.

`deployment/web` is a workload, and so is a custom one with its version, `rollouts.v1alpha1.argoproj.io/web`. Everything
else is an image: `rollouts.argoproj.io/web` may be one. The image deployment/web is docker.io/deployment/web, and any
other one is known by its tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import subdomain_problem
from pullsecret.model.objects.workload_types import type_parts, workload_kind
from pullsecret.model.request.workload_name import WorkloadName

if TYPE_CHECKING:
    from collections.abc import Iterable

_WITHOUT_PODS: Final = frozenset(
    {
        *("cm", "configmap", "configmaps", "ing", "ingress", "ingresses", "no", "node", "nodes", "pvc"),
        *("ns", "namespace", "namespaces", "sa", "serviceaccount", "serviceaccounts", "secret", "secrets"),
        *("svc", "service", "services"),
    }
)
"""Types of other objects, which a user may take for workloads; images of such names are written with docker.io/."""


def images_and_workloads(words: Iterable[str]) -> tuple[tuple[str, ...], tuple[WorkloadName, ...]]:
    """The images and the workloads among words, each once.

    Raises:
        UsageError: a word is a type without a name, or a workload's name is not valid.
    """
    images: dict[str, None] = {}
    workloads: dict[WorkloadName, None] = {}
    for word in words:
        found = _workload(word)
        if found is None:
            images[_checked(word)] = None
        else:
            workloads[found] = None
    return tuple(images), tuple(workloads)


def _workload(word: str) -> WorkloadName | None:
    """The workload that a word is; None for an image."""
    type_word, slash, name = word.partition("/")
    kind = workload_kind(type_word)
    version, group = type_parts(type_word)[1:]
    is_type = kind or (version and group and not subdomain_problem(type_word.lower()))
    if not slash or not is_type or any(sign in name for sign in "/:@"):
        return None
    if problem := subdomain_problem(name):
        raise UsageError(f"invalid resource name {printable(name)[:70]!r}: {problem}")
    return WorkloadName(type=kind.word if kind else type_word.lower(), name=name, kind=kind)


def _checked(image: str) -> str:
    """The image, which is not the name of a type."""
    if workload_kind(image):
        raise UsageError(f"specify TYPE/NAME, for example {image}/NAME; the image is docker.io/library/{image}")
    type_word, slash, name = image.partition("/")
    if slash and type_word.lower() in _WITHOUT_PODS and not any(sign in name for sign in "/:@"):
        raise UsageError(f"{printable(image)} has no pod template; the image is docker.io/{printable(image)}")
    return image
