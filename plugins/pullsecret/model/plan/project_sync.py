"""Registry secrets of a Code Engine project that are copies of pull secrets of a cluster, brought up to date.

Code Engine does not record where a secret came from. What a secret was is known by its value alone: one that holds the
credential which a source held before its rotation, for the same registry, is an outdated copy. NAME-previous, beside
the source until `rotate --finish`, tells which one that was. Any other difference has no known reason: it is reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.ibmcloud.code_engine import entry_of, is_automatic
from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets, absent_secret
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.plan.change import Change, Plan
from pullsecret.model.plan.project_secrets import check_changeable, with_password
from pullsecret.model.plan.rotation_memory import undone_source
from pullsecret.model.request.copy_names import is_pattern, is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.model.images.registry_credential import RegistryCredential


@dataclass(frozen=True, kw_only=True)
class SyncSource:
    """A pull secret of the cluster, and the sibling that keeps its previous credential, if there is one."""

    secret: Object = field(repr=False)
    previous: Object | None = field(default=None, repr=False)

    @property
    def word(self) -> str:
        """`secret/x in namespace a`."""
        return f"secret/{name_of(self.secret)} in namespace {namespace_of(self.secret)}"

    def current(self, server: str) -> RegistryCredential | None:
        """The credential that it has for a registry."""
        return _credentials(self.secret).get(index_key(server))

    def replaced(self, server: str) -> Iterator[RegistryCredential]:
        """The credentials that it had for a registry before its rotation, or before that was undone."""
        if self.previous is None:
            return
        for before in (self.previous, undone_source(self.secret, self.previous)):
            found = _credentials(before).get(index_key(server))
            if found is not None and found != self.current(server):
                yield found


def _credentials(secret: Object) -> Mapping[str | None, RegistryCredential]:
    return {index_key(entry.server): credential_of(entry) for entry in registries_of(secret).entries}


def sync_plan(seen: ProjectSecrets, names: Sequence[str], sources: Sequence[SyncSource]) -> Plan:
    """The changes for outdated copies, and what is not known of others.

    Raises:
        NotFoundError: a secret that is named is not there.
    """
    for name in names:
        if not is_pattern(name) and name not in seen.registry:
            raise absent_secret(seen.project.name, name)
    changes: list[tuple[Change]] = []
    notes: list[str] = []
    for name, secret in seen.registry.items():
        if not is_wanted(name, names) or is_automatic(secret):
            continue
        decided = _decided(seen, secret, sources)
        if isinstance(decided, Change):
            changes.append((decided,))
        elif decided:
            notes.append(decided)
    if not changes:
        place = printable(seen.project.name)
        notes.append(f"note: no secret in project {place} is known to be a copy of a source that was read")
    return Plan(sequences=tuple(changes), notes=tuple(notes))


def _decided(seen: ProjectSecrets, secret: Object, sources: Sequence[SyncSource]) -> Change | str:
    """The change of a copy, also of one that is up to date; a note on a secret that may be one; or "" for neither."""
    entry = entry_of(secret)
    held = credential_of(entry)
    if any(source.current(entry.server) == held for source in sources):
        return _change(seen, secret, held, held)
    outdated = [source for source in sources if held in source.replaced(entry.server)]
    wanted = {current for source in outdated if (current := source.current(entry.server))}
    place = f"secret/{name_of(secret)} in project {printable(seen.project.name)}"
    if len(wanted) > 1:
        listed = " and ".join(source.word for source in outdated)
        return f"note: skipped {place}: it was a copy of {listed}, which have different credentials now"
    if wanted:
        return _change(seen, secret, held, next(iter(wanted)))
    namesakes = [source for source in sources if _is_namesake(source, secret)]
    if not namesakes:
        return ""
    return (
        f"note: skipped {place}: it differs from {namesakes[0].word}, and whether it is a copy is not known; "
        "if it is, use copy --overwrite"
    )


def _is_namesake(source: SyncSource, secret: Object) -> bool:
    return name_of(source.secret) == name_of(secret) and source.current(entry_of(secret).server) is not None


def _change(seen: ProjectSecrets, secret: Object, before: RegistryCredential, after: RegistryCredential) -> Change:
    name = name_of(secret)
    return Change(
        kind=Kind.SECRET,
        namespace=seen.project.name,
        name=name,
        current=secret,
        desired=partial(synced, before=before, after=after, name=name, project=seen.project.name),
    )


def synced(
    current: Object | None, *, before: RegistryCredential, after: RegistryCredential, name: str, project: str
) -> Object:
    """The desired state of a copy, from what it is now.

    Raises:
        NotFoundError: it is gone.
        RefusedError: it was changed meanwhile.
    """
    if current is None:
        raise absent_secret(project, name)
    check_changeable(current, project)
    held = credential_of(entry_of(current))
    if held == after:
        return current
    if held != before:
        raise RefusedError(f'secrets "{name}" in project {printable(project)} was changed meanwhile; run it again')
    return with_password(current, after)
