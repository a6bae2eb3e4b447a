"""One write, conditional on what was read: a POST, a merge patch, or the replacing of what cannot be patched."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pullsecret.errors import AlreadyExistsError, PullSecretError
from pullsecret.model.objects.objects import Kind, Object, mapping_at, merge_patch, merged, name_of, namespace_of
from pullsecret.model.objects.pullsecret import as_manifest, must_be_made_anew
from pullsecret.model.plan.change import Done
from pullsecret.model.request.common import DryRun, Output

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster


_PATCHES = {
    Kind.SERVICE_ACCOUNT: Done.PATCHED,
    Kind.DEPLOYMENT: Done.RESTARTED,
    Kind.DAEMON_SET: Done.RESTARTED,
    Kind.STATEFUL_SET: Done.PATCHED,
    Kind.REPLICA_SET: Done.PATCHED,
}
"""What a patch is called: one of these owners' templates makes its pods anew, or only serves the next ones."""


def word_for(kind: Kind, seen: Object | None, wanted: Object) -> Done:
    """What a write from seen to wanted is called when it succeeds."""
    if seen is None:
        return Done.CREATED
    if not wanted:
        return Done.DELETED
    if kind is Kind.POD or (kind is Kind.SECRET and must_be_made_anew(seen, wanted)):
        return Done.REPLACED
    return _PATCHES.get(kind, Done.CONFIGURED)


def write(cluster: Cluster, kind: Kind, seen: Object | None, wanted: Object, output: Output) -> Object:
    """Write the object wanted and return it as it is now; in a client's dry run, as it would be.

    Where nobody wants to see whole objects, the server is asked to answer with their metadata only.

    Raises:
        ConflictError, AlreadyExistsError, NotFoundError: it is not as it was read any more; nothing was written.
        ApiError, ConnectError: the server refused, or gave no answer.
    """
    if output.dry_run is DryRun.CLIENT:
        return wanted
    dry, brief = output.dry_run is DryRun.SERVER, not output.shows_objects
    if seen is None:
        return cluster.create(kind, wanted, dry_run=dry, metadata_only=brief)
    if not wanted:
        cluster.delete(kind, seen, dry_run=dry)
        return wanted
    if word_for(kind, seen, wanted) is Done.REPLACED:
        return _replace(cluster, kind, (seen, wanted), dry_run=dry)
    version = mapping_at(seen, "metadata").get("resourceVersion")
    patch = merged(merge_patch(seen, wanted), {"metadata": {"resourceVersion": version}})
    return cluster.patch(kind, (namespace_of(seen), name_of(seen)), patch, dry_run=dry, metadata_only=brief)


def _replace(cluster: Cluster, kind: Kind, pair: tuple[Object, Object], *, dry_run: bool) -> Object:
    """Delete and make anew: the server accepts the new one first, and the old one comes back if that was not enough.

    The rehearsal is a dry run under the real name. Validation and admission come before the server finds the name taken
    (apiserver: pkg/registry/generic/registry/store.go, Create), so that is what it says when it accepts.
    """
    seen, wanted = pair
    with suppress(AlreadyExistsError):
        cluster.create(kind, wanted, dry_run=True)
    cluster.delete(kind, seen, dry_run=dry_run, at_once=kind is Kind.POD)
    if dry_run:
        return wanted
    try:
        return cluster.create(kind, wanted)
    except PullSecretError:
        _put_back(cluster, kind, seen)
        raise


def _put_back(cluster: Cluster, kind: Kind, seen: Object) -> None:
    try:
        cluster.create(kind, as_manifest(seen))
    except PullSecretError as error:
        error.hint = f"the {kind.word} that was there is deleted, and could not be put back"
        raise
