"""Another credential for the registry secrets of a Code Engine project that hold an old one.

There is no secret beside them that keeps the old credential: the named secrets themselves do, until all others have the
new one. So an interrupted run leaves them as they were, and the same command goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.code_engine import entry_of, is_automatic
from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets, absent_secret
from pullsecret.model.images.icr import is_registry_host
from pullsecret.model.images.registry_credential import RegistryCredential, credential_of, key_host
from pullsecret.model.objects.objects import Kind, Object
from pullsecret.model.plan.change import Change, Plan
from pullsecret.model.plan.project_secrets import check_changeable, refusal_of_format, with_password

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_IBM = "IBM Cloud Container Registry"


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """One credential that takes the place of another, in these secrets for these hosts; `named` come last."""

    before: RegistryCredential
    after: RegistryCredential
    named: tuple[str, ...]
    others: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProjectRotation:
    """What replaces what in a project; `done` are the named secrets that have the new credential already."""

    seen: ProjectSecrets = field(repr=False)
    replacements: tuple[Replacement, ...]
    done: tuple[str, ...] = ()

    @property
    def changed(self) -> tuple[str, ...]:
        """The secrets that change, in order."""
        return tuple(name for each in self.replacements for name in (*each.others, *each.named))

    @property
    def unnamed(self) -> tuple[str, ...]:
        """Those of them that the user did not name."""
        return tuple(name for each in self.replacements for name in each.others)

    def parts(self) -> Iterator[tuple[Object, Object]]:
        """The secrets that change, with the old and with the new credential."""
        for each in self.replacements:
            for name in (*each.others, *each.named):
                secret = self.seen.registry[name]
                yield secret, with_password(secret, each.after)

    @property
    def plan(self) -> Plan:
        """The changes: of each credential one after another, the named secrets last and only if all others succeed."""
        steps = tuple(tuple(self._changes(each)) for each in self.replacements)
        return Plan(sequences=steps, notes=tuple(self._notes()))

    def _changes(self, each: Replacement) -> Iterator[Change]:
        needs = frozenset((Kind.SECRET, name) for name in each.others)
        for name in (*each.others, *each.named):
            yield Change(
                kind=Kind.SECRET,
                namespace=self.seen.project.name,
                name=name,
                current=self.seen.registry[name],
                desired=partial(rotated_in_project, replacement=each, name=name, project=self.seen.project.name),
                needs=needs if name in each.named else frozenset(),
            )

    def _notes(self) -> Iterator[str]:
        place = f"in project {printable(self.seen.project.name)}"
        for name in self.done:
            yield f"note: secret/{name} {place} has this credential already; nothing to rotate"
        for each in self.replacements:
            for name in each.elsewhere:
                yield (
                    f"warning: secret/{name} {place} holds the old credential for another registry and stays; "
                    "to change it, name it, too"
                )


def project_rotation(seen: ProjectSecrets, names: Sequence[str], *, password: str, username: str) -> ProjectRotation:
    """What replaces what: the old credentials are those of the named secrets, and every secret that holds one changes.

    A secret that is not named changes only if it is for a registry that a named one is for; the hosts of IBM Cloud
    Container Registry are one registry, as its API keys are for all of them.

    Raises:
        NotFoundError: a named secret does not exist.
        RefusedError: one may not be changed, has no credential, or the usernames differ.
    """
    named = {name: _named(seen, name) for name in names}
    olds = {name: credential_of(entry_of(secret)) for name, secret in named.items()}
    if not username and len({old.username for old in olds.values()}) > 1:
        raise RefusedError(
            "the secrets have credentials of different usernames; rotate them one by one, or use --username"
        )
    groups: dict[RegistryCredential, list[str]] = {}
    for name, old in olds.items():
        groups.setdefault(old, []).append(name)
    new = {old: RegistryCredential(username=username or old.username, password=password) for old in groups}
    return ProjectRotation(
        seen=seen,
        replacements=tuple(
            _replacement(seen, old, new[old], group) for old, group in groups.items() if old != new[old]
        ),
        done=tuple(name for old, group in groups.items() if old == new[old] for name in group),
    )


def _named(seen: ProjectSecrets, name: str) -> Object:
    secret = seen.registry.get(name)
    if secret is None:
        raise refusal_of_format(seen, name) or absent_secret(seen.project.name, name)
    check_changeable(secret, seen.project.name)
    if not entry_of(secret).has_password:
        raise RefusedError(f'secrets "{name}" in project {printable(seen.project.name)} has no credentials at all')
    return secret


def _replacement(
    seen: ProjectSecrets, old: RegistryCredential, new: RegistryCredential, named: Sequence[str]
) -> Replacement:
    registries = {_registry_of(seen.registry[name]) for name in named}
    holders = [
        (name, secret)
        for name, secret in seen.registry.items()
        if name not in named and credential_of(entry_of(secret)) == old and not is_automatic(secret)
    ]
    return Replacement(
        before=old,
        after=new,
        named=tuple(named),
        others=tuple(name for name, secret in holders if _registry_of(secret) in registries),
        elsewhere=tuple(name for name, secret in holders if _registry_of(secret) not in registries),
    )


def _registry_of(secret: Object) -> str:
    host = key_host(entry_of(secret).server)
    return _IBM if is_registry_host(host) else host


def rotated_in_project(current: Object | None, *, replacement: Replacement, name: str, project: str) -> Object:
    """The desired state of a secret, from what it is now.

    Raises:
        NotFoundError: it is gone.
        RefusedError: it is Code Engine's own, or holds another credential by now.
    """
    if current is None:
        raise absent_secret(project, name)
    check_changeable(current, project)
    held = credential_of(entry_of(current))
    if held == replacement.after:
        return current
    if held != replacement.before:
        raise RefusedError(
            f'secrets "{name}" in project {printable(project)} was changed to another credential meanwhile; '
            "run the command again"
        )
    return with_password(current, replacement.after)


def still_holding(seen: ProjectSecrets, rotation: ProjectRotation) -> tuple[str, ...]:
    """The secrets of a project that hold what was replaced, Code Engine's own included."""
    olds = {each.before for each in rotation.replacements}
    return tuple(name for name, secret in seen.registry.items() if credential_of(entry_of(secret)) in olds)
