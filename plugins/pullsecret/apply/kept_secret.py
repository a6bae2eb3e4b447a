"""A secret that must be deleted to be changed is kept in a sibling until another one is in its place.

At every moment the secret itself or its sibling exists, so that no end of this process or of the server loses it: the
sibling is created before the secret is deleted, and deleted after the new one exists. The next run finds the sibling by
its name, which is always the same.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.objects.objects import Kind, Object, name_of
from pullsecret.model.objects.sibling import as_sibling, keeps_same, previous_secret, sibling_name
from pullsecret.model.plan.restart import shown_pod

if TYPE_CHECKING:
    from pullsecret.apply.terms import Server
    from pullsecret.model.plan.change import Change


class KeptSecret:
    """The sibling of one secret, as last read, and what to tell of it when the change does not end well.

    `has_deleted` tells whether the object itself has been deleted, as far as this run knows. A pod that is
    recreated has no sibling: for it, this has only the story.
    """

    def __init__(self, change: Change, cluster: Server) -> None:
        self.sibling = change.previous
        self.has_deleted = False
        self.story = ""
        self._cluster, self._kind, self._namespace, self._name = cluster, change.kind, change.namespace, change.name
        if self.previous is not None:
            self.story = self._kept_story()

    @property
    def previous(self) -> Object | None:
        """The secret that the sibling keeps; None without a sibling."""
        return None if self.sibling is None else previous_secret(self.sibling)

    def refresh(self, current: Object | None) -> None:
        """Read the sibling again, if there is or may be one: another run that deletes the secret has one, too."""
        if self._kind is not Kind.SECRET or (current is not None and self.sibling is None and not self.story):
            return
        try:
            self.sibling = self._cluster.read(Kind.SECRET, self._namespace, sibling_name(self._name))
        except NotFoundError:
            self.sibling = None

    def check_name(self) -> None:
        """Refuse to recreate a secret when the name of its sibling is taken by another one.

        Raises:
            RefusedError: it is.
        """
        if self.sibling is not None and self.previous is None:
            raise RefusedError(
                f'secrets "{name_of(self.sibling)}" already exists in namespace {self._namespace} and does not keep '
                f"secret/{self._name}, which cannot be recreated without that name"
            )

    def keep(self, current: Object, *, dry_run: bool) -> None:
        """Keep a secret as it is now, in a new sibling unless there is an equal one."""
        wanted = as_sibling(current)
        if self.sibling is not None and keeps_same(self.sibling, wanted):
            return
        self.story = self.story or (
            f"secret/{self._name} in namespace {self._namespace} is unchanged; "
            f"secret/{name_of(wanted)} may have been created beside it"
        )
        if self.sibling is not None:
            self._cluster.delete(Kind.SECRET, self.sibling, dry_run=dry_run)
        created = self._cluster.create(Kind.SECRET, wanted, dry_run=dry_run)
        if not dry_run:
            self.sibling, self.story = created, self._kept_story()

    def expect_deletion(self, previous: Object) -> None:
        """From now on the object may be deleted; of a pod, nothing is left then but its story, with its manifest."""
        self.has_deleted = True
        if self._kind is not Kind.SECRET:
            what = f"{self._kind.word}/{self._name} in namespace {self._namespace}"
            told = json.dumps(shown_pod(previous), separators=(",", ":"))
            self.story = (
                f"{what} was deleted and may not have been created again; "
                f"its manifest, without annotations and values of variables: {told}"
            )

    def note_presence(self) -> None:
        """The object has not been deleted, or there is one again."""
        self.has_deleted = False
        if self._kind is not Kind.SECRET:
            self.story = ""

    def discard(self, *, dry_run: bool) -> None:
        """Delete the sibling, now that a secret is in its place."""
        self.has_deleted = False
        if self.sibling is None:
            self.story = ""
        if self.sibling is None or self.previous is None:
            return
        with suppress(NotFoundError):
            self._cluster.delete(Kind.SECRET, self.sibling, dry_run=dry_run)
        self.sibling, self.story = None, ""

    def _kept_story(self) -> str:
        return (
            f"the previous secret/{self._name} is kept in secret/{sibling_name(self._name)} in namespace "
            f"{self._namespace}; run the same command again to finish"
        )
