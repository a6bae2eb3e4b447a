"""The target namespaces, and what is in them: read without waiting where the names are known."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from pullsecret.cluster.bulk_read import MAX_SINGLE_READS, kept_to_write, read_all_in, read_by_keys, read_one_by_one
from pullsecret.errors import ForbiddenError, PullSecretError
from pullsecret.model.objects.objects import Kind, mapping_at, name_of
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.selection import mistyped_exclude_error, mistyped_excludes, selection_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.request.command_request import Attachment
    from pullsecret.model.request.targets import Selection, Targets
    from pullsecret.network.side_by_side import Pending

_PENDING: Final = "status.phase=Pending"
"""Only these pods can be waiting for a first image, which is pulled before Running."""


class TargetNamespaces:
    """The namespaces that the targets select, and reads in them, all of them side by side.

    In a few namespaces that are named, a read begins before it is known whether they exist, and what it finds where
    nothing is to be read is dropped: the answer is the same, a round trip earlier.
    """

    def __init__(self, cluster: Cluster, targets: Targets) -> None:
        self._cluster = cluster
        self._named = _few_named(cluster, targets)
        self._selection = cluster.start(partial(_select_namespaces, cluster, targets))

    @property
    def selection(self) -> Selection:
        """The selected namespaces; without target flags, the connection's namespace.

        Raises:
            ForbiddenError: -A, -l or a pattern without permission to list namespaces.
            UsageError: an --exclude name is no namespace, but begins some.
        """
        return self._selection.result()

    def start(self, read: Callable[[Sequence[str]], Observed]) -> Pending[Observed]:
        """Begin a read of the namespaces that exist and stay.

        `read` may be called twice, and with namespaces that do not exist.
        """
        return self._cluster.start(partial(self._read_named if self._named else self._read_selected, read))

    def _read_selected(self, read: Callable[[Sequence[str]], Observed]) -> Observed:
        return read(self.selection.usable)

    def _read_named(self, read: Callable[[Sequence[str]], Observed]) -> Observed:
        try:
            found = read(self._named)
        except PullSecretError:
            if self.selection.usable == self._named:
                raise
            return self._read_selected(read)
        return found.within(self.selection.usable)


def _few_named(cluster: Cluster, targets: Targets) -> tuple[str, ...]:
    """The namespaces that the targets select if they exist; none where that depends on which others there are."""
    if targets.is_broad or len(targets.named) > MAX_SINGLE_READS:
        return ()
    return selection_of(targets, cluster.namespace, dict.fromkeys(targets.named or (cluster.namespace,), False)).names


def _select_namespaces(cluster: Cluster, targets: Targets) -> Selection:
    if targets.is_broad:
        part = _list_namespaces(cluster, targets.selector)
    else:
        part = _read_namespaces_by_name(cluster, targets.named or (cluster.namespace,))
    existing = {name: "deletionTimestamp" in mapping_at(item, "metadata") for (_, name), item in part.present.items()}
    for name, others in mistyped_excludes(targets, existing).items():
        if not read_one_by_one(cluster, Kind.NAMESPACE, [("", name)]).present:
            raise mistyped_exclude_error(name, others)
    return selection_of(targets, cluster.namespace, existing, [name for _, name in part.unreadable])


def _list_namespaces(cluster: Cluster, selector: str) -> Observed:
    try:
        found = cluster.read_all(Kind.NAMESPACE, labels=selector, metadata_only=True)
        return Observed(present={("", name_of(item)): item for item in found})
    except ForbiddenError as error:
        hint = "specify namespaces explicitly: -n team-a,team-b"
        raise ForbiddenError(error.message, code=error.code, reason=error.reason, hint=hint) from error


def _read_namespaces_by_name(cluster: Cluster, names: Sequence[str]) -> Observed:
    keys = [("", name) for name in names]
    if len(names) <= MAX_SINGLE_READS:
        return read_one_by_one(cluster, Kind.NAMESPACE, keys)
    try:
        found = cluster.read_all(Kind.NAMESPACE, metadata_only=True)
    except ForbiddenError:
        return read_one_by_one(cluster, Kind.NAMESPACE, keys)
    return Observed(present={("", name_of(item)): item for item in found})


class TargetReads:
    """What is read of the target namespaces to write to them: secrets, service accounts and pending pods.

    Args:
        cluster: the target cluster.
        targets: which namespaces; missing ones are not read.
        names_in: the names of the secrets to read in a namespace.
        attachment: which service accounts to read; None for none.
    """

    def __init__(
        self,
        cluster: Cluster,
        targets: Targets,
        names_in: Callable[[str], Sequence[str]],
        attachment: Attachment | None,
    ) -> None:
        def read_secrets(namespaces: Sequence[str]) -> Observed:
            keys = [(namespace, name) for namespace in namespaces for name in names_in(namespace)]
            return read_by_keys(cluster, Kind.SECRET, keys)

        self._namespaces = TargetNamespaces(cluster, targets)
        self._secrets = self._namespaces.start(read_secrets)
        self._accounts = start_reading_accounts(cluster, self._namespaces, attachment)
        self._pods = self._namespaces.start(partial(read_all_in, cluster, Kind.POD, fields=_PENDING))

    def result(self) -> ObservedNamespaces:
        """All of it, once it is there; raises what `TargetNamespaces.selection` and the reads raise."""
        return ObservedNamespaces(
            selection=self._namespaces.selection,
            secrets=self._secrets.result(),
            accounts=self._accounts.result(),
            pods=_with_note(self._pods.result()),
        )


def start_reading_accounts(
    cluster: Cluster, namespaces: TargetNamespaces, attachment: Attachment | None
) -> Pending[Observed]:
    """Begin to read the service accounts that an attachment selects; none for None."""

    def read_accounts(existing: Sequence[str]) -> Observed:
        if attachment is None:
            return Observed()
        if attachment.every:
            return read_all_in(cluster, Kind.SERVICE_ACCOUNT, existing, keep=kept_to_write)
        keys = [(namespace, name) for namespace in existing for name in attachment.accounts]
        return read_by_keys(cluster, Kind.SERVICE_ACCOUNT, keys)

    return namespaces.start(read_accounts)


def _with_note(pods: Observed) -> Observed:
    if not pods.unreadable:
        return Observed(present=pods.present)
    return Observed(present=pods.present, notes=("note: not allowed to list pods; cannot report waiting pods",))
