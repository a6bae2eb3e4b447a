"""The pod that the API server makes of a template: with the pull secrets of its service account, or refused.

Source: kubernetes plugin/pkg/admission/serviceaccount/admission.go. A list of the pod's own, be it of one entry without
a name, hides that of the account.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Object, label_problem, mapping_at, mappings_at, namespace_of, text_at
from pullsecret.model.objects.pod import account_of, listed_names
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
class Refusal:
    """Why the API server would not create a pod, and what to do about it."""

    why: str
    advice: str

    @property
    def message(self) -> str:
        """The reason with its consequence."""
        return f"{self.why}, so that no pod is created"


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """A pod as the API server would store it; `refusal` is why it would not, None if it would.

    `is_list_known` is False where the pod has the list of an account that could not be read.
    """

    source: PodOrigin
    pod: Object = field(repr=False)
    has_own_list: bool = False
    is_list_known: bool = True
    refusal: Refusal | None = None


def admitted(source: PodOrigin, account: Object | None, *, is_known: bool) -> Admitted:
    """The pod of a source, for the service account that it names; None where that does not exist, or is not known."""
    own = bool(mappings_at(source.pod, "spec", "imagePullSecrets"))
    stored = Admitted(source=source, pod=source.pod, has_own_list=own)
    if label_problem(source.namespace):
        return replace(stored, refusal=_no_namespace(source.namespace))
    if source.exists:
        return stored
    if account is None and not is_known:
        return replace(stored, is_list_known=own)
    name = account_of(source.pod)
    if account is None and name != DEFAULT_ACCOUNT:
        return replace(stored, refusal=_no_account(name))
    if own:
        return replace(stored, refusal=_restricted(source.pod, account or {}))
    spec = {**mapping_at(source.pod, "spec"), "imagePullSecrets": [*mappings_at(account or {}, "imagePullSecrets")]}
    return replace(stored, pod={**source.pod, "spec": spec})


def _no_namespace(name: str) -> Refusal:
    return Refusal(why=f'"{printable(name)}" is not a valid namespace', advice="correct the namespace")


def _no_account(name: str) -> Refusal:
    who = f'service account "{printable(name)}"'
    return Refusal(why=f"{who} does not exist", advice=f"create {who}, or name another one")


def _restricted(pod: Object, account: Object) -> Refusal | None:
    """The refusal of an account that restricts its pods to its own secrets; None where it does not."""
    if text_at(account, "metadata", "annotations", _ENFORCED) not in _TRUE:
        return None
    foreign = [name for name in listed_names(pod) if name not in secret_names(account)]
    if not foreign:
        return None
    names = ", ".join(f"secret/{printable(name)}" if name else "an entry without a name" for name in foreign)
    who = f'service account "{printable(account_of(pod))}"'
    return Refusal(
        why=f"{who} allows its own pull secrets only ({_ENFORCED}), and not {names}",
        advice=f"list the secret in {who}, too, or remove the annotation",
    )
