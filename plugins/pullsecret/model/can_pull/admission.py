"""The pod that the API server makes of a template: with the pull secrets of its service account, or refused.

Source: kubernetes plugin/pkg/admission/serviceaccount/admission.go. A list of the pod's own, be it of one entry without
a name, hides that of the account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Object, label_problem, mapping_at, mappings_at, namespace_of, text_at
from pullsecret.model.objects.pod import account_of, listed_secrets
from pullsecret.model.objects.serviceaccount import secret_names

if TYPE_CHECKING:
    from pullsecret.model.declared.declared import DeclaredObject, FieldPath

DEFAULT_ACCOUNT: Final = "default"
"""The account that Kubernetes creates in every namespace, and that pods have which name none."""

_ENFORCED: Final = "kubernetes.io/enforce-mountable-secrets"
_TRUE: Final = frozenset({"1", "t", "T", "true", "TRUE", "True"})
"""What Go takes for true (strconv.ParseBool)."""


@dataclass(frozen=True, kw_only=True)
class PodOrigin:
    """What pods are made of: a template, an existing pod, or an image that was asked for.

    `subject` is `kind/name`, "" for an image. `pod` is as it would be sent to the API server, in its namespace; with
    `exists` it was admitted before. `item` is the object of a manifest, in which `path` leads to the pod's spec; None
    for what is in the cluster. `maker` is what controls the workload, and would undo a change of it.
    """

    subject: str
    pod: Object = field(repr=False)
    exists: bool = False
    item: DeclaredObject | None = field(default=None, repr=False)
    path: FieldPath = ()
    maker: str = ""

    @property
    def namespace(self) -> str:
        """The namespace of the pods."""
        return namespace_of(self.pod)


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A pod as the API server would store it; `refusal` is why it would not, "" if it would.

    `is_list_known` is False where the pod has the list of an account that could not be read.
    """

    source: PodOrigin
    pod: Object = field(repr=False)
    has_own_list: bool = False
    is_list_known: bool = True
    refusal: str = ""


def admitted(source: PodOrigin, account: Object | None, *, is_known: bool) -> Admitted:
    """The pod of a source, for the service account that it names; None where that does not exist, or is not known."""
    own = bool(mappings_at(source.pod, "spec", "imagePullSecrets"))
    if problem := label_problem(source.namespace):
        refusal = f'"{printable(source.namespace)}" is not a valid namespace ({problem}), so that no pod is created'
        return Admitted(source=source, pod=source.pod, has_own_list=own, refusal=refusal)
    if source.exists:
        return Admitted(source=source, pod=source.pod, has_own_list=own)
    name = account_of(source.pod)
    if account is None and not is_known:
        return Admitted(source=source, pod=source.pod, has_own_list=own, is_list_known=own)
    if account is None and name != DEFAULT_ACCOUNT:
        refusal = f'service account "{printable(name)}" does not exist, so that no pod is created'
        return Admitted(source=source, pod=source.pod, has_own_list=own, refusal=refusal)
    found = account or {}
    if own:
        return Admitted(source=source, pod=source.pod, has_own_list=True, refusal=_refusal(source.pod, found))
    spec = {**mapping_at(source.pod, "spec"), "imagePullSecrets": [*mappings_at(found, "imagePullSecrets")]}
    return Admitted(source=source, pod={**source.pod, "spec": spec})


def _refusal(pod: Object, account: Object) -> str:
    """Why an account that restricts its pods to its own secrets refuses a pod; "" where it does not."""
    if text_at(account, "metadata", "annotations", _ENFORCED) not in _TRUE:
        return ""
    foreign = [name for name in listed_secrets(pod) if name not in secret_names(account)]
    if not foreign:
        return ""
    names = ", ".join(f"secret/{printable(name)}" for name in foreign)
    who = f'service account "{printable(account_of(pod))}"'
    return f"{who} allows its own pull secrets only ({_ENFORCED}), and not {names}, so that no pod is created"
