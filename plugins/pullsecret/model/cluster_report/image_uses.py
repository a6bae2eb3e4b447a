"""The images that pods and workloads of a namespace need, each with the list of pull secrets that a pull would have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.check.observed import images_of
from pullsecret.model.cluster_report.matrix import PullState
from pullsecret.model.objects.objects import Kind, Object, mapping_at, mappings_at, name_of, text_at
from pullsecret.model.objects.pod import account_of, is_static, listed_secrets, owner_of, pull_waits
from pullsecret.model.objects.secret_uses import spec_in_template
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.plan.references import is_over, with_uses

if TYPE_CHECKING:
    from collections.abc import Mapping

_POD = "pod"
"""In a workload as it is kept: the part of its template that decides how its images are pulled."""

_CONTAINERS = ("initContainers", "containers")


@dataclass(frozen=True, kw_only=True)
class ImageUse:
    """A pod, or the template of a workload, with its images.

    `listed` are the pull secrets that it has, or that its new pods would have; None where that is not known. `state` is
    how it pulls if one of these has credentials. `waits` tells for images why the kubelet could not pull them.
    """

    subject: str
    images: tuple[str, ...]
    account: str
    listed: tuple[str, ...] | None
    state: PullState
    is_pod: bool = False
    waits: Mapping[str, str] = field(default_factory=dict)


def with_images(kind: Kind, workload: Object) -> Object:
    """What is kept of a workload: which secrets it uses, and what decides how the images of its pods are pulled.

    Of one that creates no pods any more, the images do not matter.
    """
    kept = with_uses(kind, workload)
    if is_over(kind, workload):
        return kept
    spec = spec_in_template(kind, workload)
    lists = {name: [{"image": text_at(one, "image")} for one in mappings_at(spec, name)] for name in _CONTAINERS}
    volumes = [one for one in mappings_at(spec, "volumes") if "image" in one]
    rest = {name: spec[name] for name in ("imagePullSecrets", "serviceAccountName") if name in spec}
    return {**kept, _POD: {"spec": {**lists, **rest, "volumes": volumes}}}


def use_by_pod(pod: Object, accounts: Mapping[str, Object]) -> ImageUse:
    """The images of a pod; its list was fixed when it was created. A static pod has none."""
    listed = () if is_static(pod) else listed_secrets(pod)
    account = account_of(pod)
    is_of_account = listed == list_of_account(accounts.get(account, {}))
    return ImageUse(
        subject=owner_of(pod),
        images=images_of(pod),
        account=account,
        listed=listed,
        state=PullState.ACCOUNT if is_of_account else PullState.LIST,
        is_pod=True,
        waits={wait.image: wait.reason for wait in pull_waits(pod) if not wait.is_debug},
    )


def use_by_template(
    kind: Kind, workload: Object, accounts: Mapping[str, Object], *, are_accounts_known: bool
) -> ImageUse | None:
    """The images of a workload as `with_images` keeps it, with the list of a new pod; None if it creates no pods."""
    pod = mapping_at(workload, _POD)
    if not pod:
        return None
    account = account_of(pod)
    has_own = bool(mappings_at(pod, "spec", "imagePullSecrets"))
    is_known = has_own or account in accounts or are_accounts_known
    listed = listed_secrets(pod) if has_own else list_of_account(accounts.get(account, {}))
    return ImageUse(
        subject=f"{kind.word}/{name_of(workload)}",
        images=images_of(pod),
        account=account,
        listed=listed if is_known else None,
        state=PullState.LIST if has_own else PullState.ACCOUNT,
    )


def list_of_account(account: Object) -> tuple[str, ...]:
    """The pull secrets that a new pod of an account gets, without nameless entries."""
    return tuple(filter(None, secret_names(account)))
