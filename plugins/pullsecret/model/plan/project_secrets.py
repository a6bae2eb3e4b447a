"""The registry secrets of a Code Engine project: which may be written, and how they should be.

Code Engine has no labels or annotations for them, so nothing tells who made a secret or what it is a copy of. Only its
name, its content, and whether Code Engine made it are known: a secret with another content is replaced on request only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError, UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.ibmcloud.code_engine import (
    MOST_SECRETS,
    entry_of,
    is_automatic,
    name_problem,
    registry_secret,
    registry_word,
)
from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets, absent_secret
from pullsecret.model.images.dockerconfig import RegistryEntry, display_name
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.objects.objects import Kind, Object, merged, name_of
from pullsecret.model.plan.change import GONE, Change, Plan
from pullsecret.model.request.code_engine import check_placeholders, named_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.errors import PullSecretError
    from pullsecret.model.images.registry_credential import RegistryCredential


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A registry secret to put into a project; `replaces` is an entry that it may replace without --overwrite."""

    name: str
    entry: RegistryEntry = field(repr=False)
    replaces: RegistryEntry | None = field(default=None, repr=False)

    @property
    def secret(self) -> Object:
        """The secret, as a pull secret."""
        return registry_secret(self.name, self.entry)


def wishes_for(template: str, entries: Sequence[RegistryEntry], values: Mapping[str, str]) -> tuple[Wish, ...]:
    """A secret for each entry: Code Engine's have one registry each.

    Args:
        template: the name, with `{registry}` where there are several entries.
        entries: the entries of one pull secret.
        values: what other placeholders stand for.

    Raises:
        UsageError: a name is not valid in Code Engine, or two secrets would share one.
    """
    check_placeholders(template, {"registry", *values})
    if len(entries) > 1 and "{registry}" not in template:
        raise UsageError(
            f"there are {len(entries)} registries, and a secret of Code Engine has one",
            hint="put {registry} into the name, for a secret each",
        )
    wishes = tuple(
        Wish(name=_checked(named_from(template, {**values, "registry": registry_word(entry.server)})), entry=entry)
        for entry in entries
    )
    check_unique(wishes)
    return wishes


def check_unique(wishes: Iterable[Wish]) -> None:
    """Refuse two secrets of one name.

    Raises:
        UsageError: there are.
    """
    counts = Counter(wish.name for wish in wishes)
    if taken := next((name for name, count in counts.items() if count > 1), ""):
        raise UsageError(f"{counts[taken]} secrets would be called {printable(taken)}")


def _checked(name: str) -> str:
    if problem := name_problem(name):
        raise UsageError(f"invalid secret name {name[:70]!r}: {problem}")
    return name


def placing_plan(seen: ProjectSecrets, wishes: Sequence[Wish], *, overwrite: bool) -> Plan:
    """The changes that put secrets into a project, and warnings about registries that lose their credentials.

    Raises:
        RefusedError: the project cannot have so many secrets.
    """
    check_room(seen, wishes)
    steps = tuple((_placing(seen, wish, overwrite=overwrite),) for wish in wishes)
    return Plan(sequences=steps, notes=tuple(_lost_registries(seen, wishes)) if overwrite else ())


def refused_wishes(seen: ProjectSecrets, wishes: Sequence[Wish], *, overwrite: bool) -> tuple[PullSecretError, ...]:
    """Why secrets could not be put into a project, as far as what was read tells: before anything is created for it.

    That a secret with another credential is there is no reason where `overwrite` is set.
    """
    found: list[PullSecretError] = []
    try:
        check_room(seen, wishes)
    except RefusedError as error:
        found.append(error)
    for wish in wishes:
        change = _placing(seen, wish, overwrite=overwrite)
        try:
            change.desired(change.current)
        except RefusedError as error:
            found.append(error)
        if change.refusal:
            found.append(change.refusal)
    return tuple(found)


def check_room(seen: ProjectSecrets, wishes: Sequence[Wish]) -> None:
    """Refuse more secrets than a project can have.

    Raises:
        RefusedError: there would be more.
    """
    present = len(seen.registry) + len(seen.others)
    new = [wish for wish in wishes if wish.name not in seen.registry and wish.name not in seen.others]
    if new and present + len(new) > MOST_SECRETS:
        raise RefusedError(
            f"project {printable(seen.project.name)} has {present} secrets and can have {MOST_SECRETS}: "
            f"{len(new)} more do not fit; nothing was written"
        )


def _placing(seen: ProjectSecrets, wish: Wish, *, overwrite: bool) -> Change:
    place = seen.project.name
    return Change(
        kind=Kind.SECRET,
        namespace=place,
        name=wish.name,
        desired=partial(placed_in_project, wish=wish, project=place, overwrite=overwrite),
        current=seen.registry.get(wish.name),
        refusal=refusal_of_format(seen, wish.name),
    )


def placed_in_project(current: Object | None, *, wish: Wish, project: str, overwrite: bool) -> Object:
    """The desired state of a secret whose name may be taken.

    Raises:
        RefusedError: it is Code Engine's own, or holds something else and may not be replaced.
    """
    if current is None:
        return wish.secret
    check_changeable(current, project)
    if entry_of(current) == wish.entry:
        return current
    if not overwrite and entry_of(current) != wish.replaces:
        raise RefusedError(
            f'secrets "{printable(wish.name)}" already exists in project {printable(project)} with '
            f"{_difference(entry_of(current), wish.entry)}; use --overwrite to replace it"
        )
    return with_entry(current, wish.entry)


def with_entry(current: Object, entry: RegistryEntry) -> Object:
    """A registry secret with another entry; all else stays."""
    return merged(current, {"data": registry_secret(name_of(current), entry)["data"]})


def _difference(there: RegistryEntry, here: RegistryEntry) -> str:
    if index_key(there.server) != index_key(here.server):
        return f"credentials for {printable(display_name(there.server))}"
    return "other credentials" if credential_of(there) != credential_of(here) else "another server or email"


def check_changeable(secret: Object, project: str) -> None:
    """Refuse a secret that Code Engine made.

    Raises:
        RefusedError: it is one.
    """
    if is_automatic(secret):
        raise RefusedError(
            f'secrets "{printable(name_of(secret))}" in project {printable(project)} is Code Engine\'s own, which '
            "renews it; it is never changed"
        )


def refusal_of_format(seen: ProjectSecrets, name: str) -> PullSecretError | None:
    """Why a secret of this name is left alone: it is not for a registry."""
    if name not in seen.others:
        return None
    return RefusedError(
        f'secrets "{printable(name)}" in project {printable(seen.project.name)} has the format '
        f"{printable(seen.others[name])} and is not a registry secret"
    )


def _lost_registries(seen: ProjectSecrets, wishes: Sequence[Wish]) -> Iterator[str]:
    for wish in wishes:
        there = seen.registry.get(wish.name)
        if there is not None and not is_automatic(there):
            lost = entry_of(there).server
            if lost and index_key(lost) != index_key(wish.entry.server):
                yield (
                    f"warning: secret/{printable(wish.name)} in project {printable(seen.project.name)} no longer has "
                    f"credentials for {printable(display_name(lost))}"
                )


def deleting_plan(
    seen: ProjectSecrets, names: Sequence[str], *, in_use: bool = False, ignore_not_found: bool = False
) -> Plan:
    """The changes that delete secrets which nothing in the project uses."""
    found = [name for name in names if name in seen.registry or name in seen.others or not ignore_not_found]
    notes = () if in_use else tuple(_unread_notes(seen))
    return Plan(sequences=tuple((_deleting(seen, name, in_use=in_use),) for name in found), notes=notes)


def _deleting(seen: ProjectSecrets, name: str, *, in_use: bool) -> Change:
    secret = seen.registry.get(name)
    refusal = refusal_of_format(seen, name)
    if secret is None and refusal is None:
        refusal = absent_secret(seen.project.name, name)
    if secret is not None and not in_use:
        refusal = _refusal_of_use(seen, name)
    return Change(
        kind=Kind.SECRET,
        namespace=seen.project.name,
        name=name,
        current=secret,
        refusal=refusal,
        desired=partial(_deleted, before=secret, project=seen.project.name),
    )


def _deleted(current: Object | None, *, before: Object | None, project: str) -> Object:
    if current is None:
        return GONE
    check_changeable(current, project)
    if before is not None and entry_of(before) != entry_of(current):
        raise RefusedError(
            f'secrets "{printable(name_of(current))}" in project {printable(project)} was changed meanwhile; '
            "run the command again"
        )
    return GONE


def _refusal_of_use(seen: ProjectSecrets, name: str) -> PullSecretError | None:
    words = [printable(user.word) for user in seen.users_of(name)]
    place = f'secrets "{printable(name)}" in project {printable(seen.project.name)}'
    if words:
        more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
        used = f"{', '.join(words[:_SHOWN])}{more}"
        return RefusedError(f"{place} is used by {used}; use --in-use to delete it anyway")
    if seen.unread_users:
        kinds = ", ".join(seen.unread_users)
        return RefusedError(f"{place} may be in use: not allowed to list {kinds}; use --in-use to delete it anyway")
    return None


_SHOWN = 3
"""The users of a secret that a line names; others are counted."""


def _unread_notes(seen: ProjectSecrets) -> Iterator[str]:
    if seen.unread_users:
        yield f"note: not allowed to list {', '.join(seen.unread_users)} of project {printable(seen.project.name)}"


def with_password(secret: Object, credential: RegistryCredential) -> Object:
    """A registry secret with another credential for the same registry."""
    entry = entry_of(secret)
    changed = RegistryEntry(
        server=entry.server, username=credential.username, password=credential.password, email=entry.email
    )
    return with_entry(secret, changed)
