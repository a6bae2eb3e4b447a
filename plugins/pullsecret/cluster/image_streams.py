"""Tags of image streams, as objects that the engine can read and change: a tag is a part of its stream."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pullsecret.cluster.openshift import check_is_served
from pullsecret.errors import NotFoundError
from pullsecret.model.objects.objects import AnyKind, Kind, name_of, namespace_of, resource_of
from pullsecret.model.openshift.image_imports import result_in, tag_of

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.image_imports import ImportResult

_FIRST_DELAY, _LONGEST_DELAY = 0.1, 2.0
"""Seconds between two reads of a stream whose import runs."""


class TagServer:
    """A cluster in which the tags of image streams are objects of their own.

    A tag is read as a part of its stream, because the server finds the tag itself only once an image was imported. Its
    version is that of the stream. What is not about tags is that of the cluster.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.server, self.context = cluster.server, cluster.context
        self.parallel, self.most = cluster.parallel, cluster.most

    @property
    def patience(self) -> float:
        """As that of the cluster."""
        return self._cluster.patience

    @property
    def round_trip(self) -> float:
        """As that of the cluster."""
        return self._cluster.round_trip

    def prepare_connection(self) -> bool:
        """Open a connection if none is idle; returns whether it did."""
        return self._cluster.prepare_connection()

    def read(self, kind: AnyKind, namespace: str, name: str) -> Object:
        """A tag by its name STREAM:TAG, or any other object; NotFoundError when it does not exist."""
        if kind is not Kind.IMAGE_STREAM_TAG:
            return self._cluster.read(kind, namespace, name)
        stream, _, tag = name.partition(":")
        found = tag_of(self._cluster.read(Kind.IMAGE_STREAM, namespace, stream), tag)
        if found is None:
            raise NotFoundError(f'{resource_of(kind)} "{name}" not found', code=404, reason="NotFound")
        return found

    def create(self, kind: AnyKind, wanted: Object, *, dry_run: bool = False, metadata_only: bool = False) -> Object:
        """Create an object; a stream that does not exist is created with its tag."""
        return self._cluster.create(kind, wanted, dry_run=dry_run, metadata_only=metadata_only)

    def patch(
        self, kind: AnyKind, key: tuple[str, str], patch: Object, *, dry_run: bool = False, metadata_only: bool = False
    ) -> Object:
        """Change an object if it, or the stream of a tag, is still of the version in the patch."""
        return self._cluster.patch(kind, key, patch, dry_run=dry_run, metadata_only=metadata_only)

    def delete(self, kind: AnyKind, seen: Object, *, dry_run: bool = False, at_once: bool = False) -> None:
        """Delete an object if it is still as seen."""
        self._cluster.delete(kind, seen, dry_run=dry_run, at_once=at_once)


def read_stream(cluster: Cluster, namespace: str, name: str) -> Object | None:
    """An image stream; None if there is none.

    Raises:
        PullSecretError: the server does not know image streams, in kubectl's words.
    """
    try:
        return cluster.read(Kind.IMAGE_STREAM, namespace, name)
    except NotFoundError:
        check_is_served(cluster, Kind.IMAGE_STREAM)
        return None


def wait_for_import(cluster: Cluster, stream: Object, tag: str, seconds: float) -> ImportResult:
    """What became of the import of a tag, which is not known if it takes longer than this; Ctrl-C ends the wait.

    `stream` is as it was read last: it is read again only while the result is not known.
    """
    ends, delay = time.monotonic() + seconds, _FIRST_DELAY
    while True:
        result, left = result_in(stream, tag), ends - time.monotonic()
        if result.is_known or left <= 0:
            return result
        time.sleep(min(delay, left))
        delay = min(delay * 2, _LONGEST_DELAY)
        stream = cluster.read(Kind.IMAGE_STREAM, namespace_of(stream), name_of(stream))
