"""How one image is pulled with one list of pull secrets, by the kubelet's rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.model.can_pull.usable import expired_at, is_always_private, is_rejected_anywhere, is_usable
from pullsecret.model.cluster_report.image_uses import list_of_account
from pullsecret.model.cluster_report.matrix import PullState
from pullsecret.model.go.printable import printable
from pullsecret.model.images.credential_problem import credential_problem
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.internal_registry import INTERNAL_NAMES
from pullsecret.model.images.keyring import credentials_among, credentials_for
from pullsecret.model.images.node_providers import provider_of_nodes
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.openshift.mirrors import mirroring_of, serves_mirrors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pullsecret.model.cluster_report.image_uses import ImageUse
    from pullsecret.model.images.dockerconfig import Registries, RegistryEntry
    from pullsecret.model.images.keyring import PullCredential, PullCredentials
    from pullsecret.model.objects.objects import Object

_MOST_LISTS: Final = 100


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
    """What decides how images are pulled in a namespace at a time, `now`.

    `are_secrets_known`: an absent secret does not exist. `uses` are its pods and workloads.
    """

    namespace: str
    now: datetime
    secrets: Mapping[str, Object] = field(repr=False)
    accounts: Mapping[str, Object] = field(repr=False)
    uses: tuple[ImageUse, ...] = ()
    are_secrets_known: bool = True
    nodes: NodeCredentials = field(default_factory=NodeCredentials)

    @cached_property
    def lists(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The lists of service accounts, without what does not exist, each with the accounts; the most frequent ones.

        A tenant can give each of 10,000 accounts a list of its own.
        """
        found: dict[tuple[str, ...], list[str]] = {}
        for name, account in self.accounts.items():
            if listed := tuple(one for one in list_of_account(account) if one in self.secrets):
                found.setdefault(listed, []).append(name)
        kept = sorted(found.items(), key=lambda item: -len(item[1]))[:_MOST_LISTS]
        return {listed: tuple(sorted(names)) for listed, names in kept}

    @cached_property
    def _registries(self) -> dict[str, Registries]:
        return {}

    def registries(self, name: str) -> Registries:
        """The entries of a secret, which are kept with this value: a large one takes a second to parse."""
        if name not in self._registries:
            self._registries[name] = registries_of(self.secrets[name])
        return self._registries[name]


class PullVerdict(NamedTuple):
    """How an image is pulled: the state, the names of the secrets that decide it, and the reason, "" for none."""

    state: PullState
    secrets: tuple[str, ...] = ()
    reason: str = ""


def pull_verdict(image: str, listed: tuple[str, ...] | None, state: PullState, view: NamespaceView) -> PullVerdict:
    """How a valid image is pulled with this list: as `can-pull` judges it, whose rules these are.

    Args:
        image: the image as in a pod.
        listed: the names of the pull secrets, None if they are not known.
        state: that of an image for which one of them has credentials.
        view: the namespace.
    """
    special = _by_mirrors(image, view.nodes) or _by_role(image, view)
    if special is not None:
        return special
    if listed is None:
        return PullVerdict(PullState.UNKNOWN, (), "the list of the service account could not be read")
    found = credentials_among(((name, view.registries(name)) for name in listed if name in view.secrets), image)
    return (
        _by_secret(found, state, view)
        or _by_nodes(image, view.nodes)
        or _by_bad_entries(image, found.credentials, view)
        or _without_secret(image, listed, view)
    )


def _by_secret(found: PullCredentials, state: PullState, view: NamespaceView) -> PullVerdict | None:
    if name := found.malformed_secret:
        return PullVerdict(PullState.BROKEN, (name,), f"secret/{name} cannot be parsed")
    usable = dict.fromkeys(item.secret for item in found.credentials if is_usable(item.entry, view.now))
    return PullVerdict(state, tuple(usable)) if usable else None


def _by_nodes(image: str, nodes: NodeCredentials) -> PullVerdict | None:
    held = credentials_for(nodes.secrets, image).credentials
    if not any(item.entry.has_password for item in held):
        return None
    return PullVerdict(PullState.NODES, (), "the cluster's global pull secret has credentials")


def _by_bad_entries(image: str, found: Sequence[PullCredential], view: NamespaceView) -> PullVerdict | None:
    """How an image is pulled with entries against each of which something is known; None without any."""
    if not found:
        return None
    sent = [item for item in found if item.entry.has_password]
    first = next(iter(sent), found[0])
    is_certain = all(is_rejected_anywhere(item.entry, view.now) for item in sent)
    if not sent:
        is_certain = is_always_private(parsed_reference(image))
    reason = f"secret/{first.secret}: {_fault(first.entry, view.now)}"
    return PullVerdict(PullState.BROKEN if is_certain else PullState.UNKNOWN, (first.secret,), reason)


def _fault(entry: RegistryEntry, now: datetime) -> str:
    if when := expired_at(entry, now):
        return f"the password is a token that expired on {when}"
    problem = credential_problem(entry)
    return problem.message if problem else "the entry has no password"


def _without_secret(image: str, listed: tuple[str, ...], view: NamespaceView) -> PullVerdict:
    """How an image is pulled that neither the secrets nor the nodes are known to have credentials for."""
    missing = [name for name in listed if name not in view.secrets]
    if missing and not view.are_secrets_known:
        return PullVerdict(PullState.UNKNOWN, (), "pull secrets could not be read")
    if not view.nodes.is_known:
        return PullVerdict(PullState.UNKNOWN, (), "the credentials of the nodes could not be read")
    reference = parsed_reference(image)
    if where := provider_of_nodes(reference.domain):
        return PullVerdict(PullState.UNKNOWN, (), f"nodes of {where} have a credential provider for the registry")
    if is_always_private(reference):
        return PullVerdict(PullState.BROKEN, (), "no pull secret has credentials, and the image is private")
    reason = f"secret/{printable(missing[0])} does not exist, or is not a pull secret" if missing else ""
    return PullVerdict(PullState.NONE, (), reason)


def _by_role(image: str, view: NamespaceView) -> PullVerdict | None:
    """How an image of another project is pulled from OpenShift's internal registry; None for any other."""
    reference = parsed_reference(image)
    project = reference.path.partition("/")[0]
    if not INTERNAL_NAMES.fullmatch(reference.domain) or project == view.namespace:
        return None
    return PullVerdict(PullState.UNKNOWN, (), f"the service account needs a role in project {project}")


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


def registry_of_image(image: str) -> str:
    """The registry of an image; "" for a name that the kubelet rejects."""
    try:
        return parsed_reference(image).domain
    except InvalidReferenceError:
        return ""
