"""How one image is pulled with one list of pull secrets, by the kubelet's rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pullsecret.model.cluster_report.image_uses import list_of_account
from pullsecret.model.cluster_report.matrix import PullState
from pullsecret.model.go.printable import printable
from pullsecret.model.images.keyring import credentials_for
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.images.temporary_logins import AMAZON, AZURE, GOOGLE
from pullsecret.model.openshift.mirrors import mirroring_of, serves_mirrors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.cluster_report.image_uses import ImageUse
    from pullsecret.model.images.keyring import PullCredential
    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True, kw_only=True)
class NodeCredentials:
    """What is known of the credentials that the nodes have themselves.

    `secrets` are those that OpenShift gives to all nodes; `is_known` is whether they could be read, and true where
    there are none. `mirrors` are OpenShift's, with what lets the secrets of namespaces serve them.
    """

    secrets: tuple[Object, ...] = field(default=(), repr=False)
    is_known: bool = True
    mirrors: tuple[Object, ...] = field(default=(), repr=False)
    mirror_config: Object | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class NamespaceView:
    """What decides how images are pulled in a namespace.

    `faults` are the sentences of the errors that `check` found, by the secret's name and the registry key as shown.
    `are_secrets_known`: an absent secret does not exist. `uses` are its pods and workloads.
    """

    namespace: str
    secrets: Mapping[str, Object] = field(repr=False)
    accounts: Mapping[str, Object] = field(repr=False)
    uses: tuple[ImageUse, ...] = ()
    faults: Mapping[tuple[str, str], str] = field(default_factory=dict)
    are_secrets_known: bool = True
    nodes: NodeCredentials = field(default_factory=NodeCredentials)

    @cached_property
    def lists(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The lists of pull secrets that service accounts have, each with the accounts."""
        found: dict[tuple[str, ...], list[str]] = {}
        for name, account in self.accounts.items():
            if listed := list_of_account(account):
                found.setdefault(listed, []).append(name)
        return {listed: tuple(sorted(names)) for listed, names in found.items()}


class PullVerdict(NamedTuple):
    """How an image is pulled: the state, the names of the secrets that decide it, and the reason, "" for none."""

    state: PullState
    secrets: tuple[str, ...] = ()
    reason: str = ""


def pull_verdict(image: str, listed: tuple[str, ...] | None, state: PullState, view: NamespaceView) -> PullVerdict:
    """How a valid image is pulled with this list.

    Args:
        image: the image as in a pod.
        listed: the names of the pull secrets, None if they are not known.
        state: that of an image for which one of them has credentials.
        view: the namespace.
    """
    if by_mirrors := _by_mirrors(image, view.nodes):
        return by_mirrors
    if listed is None:
        return PullVerdict(PullState.UNKNOWN, (), "the list of the service account could not be read")
    present = [view.secrets[name] for name in listed if name in view.secrets]
    found = credentials_for(present, image)
    if found.malformed:
        name = found.malformed_secret
        return PullVerdict(PullState.BROKEN, (name,), f"secret/{name} cannot be parsed")
    faults = {item.secret: _fault(item, view) for item in reversed(found.credentials)}
    usable = tuple(dict.fromkeys(item.secret for item in found.credentials if not _fault(item, view)))
    if usable:
        return PullVerdict(state, usable)
    if faults:
        name = found.credentials[0].secret
        return PullVerdict(PullState.BROKEN, (name,), f"secret/{name}: {faults[name]}")
    return _without_secret(image, listed, view)


def _without_secret(image: str, listed: tuple[str, ...], view: NamespaceView) -> PullVerdict:
    """How an image is pulled that none of the secrets has credentials for."""
    if credentials_for(view.nodes.secrets, image).credentials:
        return PullVerdict(PullState.NODES, (), "the cluster's global pull secret has credentials")
    missing = [name for name in listed if name not in view.secrets]
    if missing and not view.are_secrets_known:
        return PullVerdict(PullState.UNKNOWN, (), "pull secrets could not be read")
    if not view.nodes.is_known:
        return PullVerdict(PullState.UNKNOWN, (), "the credentials of the nodes could not be read")
    host = parsed_reference(image).domain
    if any(provider.fullmatch(host) for provider in (AMAZON, GOOGLE, AZURE)):
        return PullVerdict(PullState.UNKNOWN, (), "the nodes may have credentials of their cloud provider")
    reason = f"secret/{printable(missing[0])} does not exist, or is not a pull secret" if missing else ""
    return PullVerdict(PullState.NONE, (), reason)


def _by_mirrors(image: str, nodes: NodeCredentials) -> PullVerdict | None:
    """How an image is pulled that nodes pull from mirrors only; None for any other."""
    rules = mirroring_of(parsed_reference(image), nodes.mirrors) if nodes.mirrors else None
    if rules is None:
        return None
    if rules.is_blocked:
        return PullVerdict(PullState.BROKEN, (), f"{printable(rules.holder)} forbids the registry, and has no mirror")
    if rules.is_elsewhere and not serves_mirrors(nodes.mirror_config, image):
        reason = f"the nodes pull from mirrors only ({printable(rules.holder)}), with credentials of their own"
        return PullVerdict(PullState.UNKNOWN, (), reason)
    return None


def _fault(item: PullCredential, view: NamespaceView) -> str:
    """What is wrong with the credential that the kubelet would send; "" for nothing that can be seen."""
    if not item.entry.has_password:
        return "the entry has no password"
    return view.faults.get((item.secret, shown_key(item.entry.server)), "")


def registry_of_image(image: str) -> str:
    """The registry of an image; "" for a name that the kubelet rejects."""
    try:
        return parsed_reference(image).domain
    except InvalidReferenceError:
        return ""
