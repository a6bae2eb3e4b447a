"""Copy pull secrets of a cluster to a Code Engine project: a registry secret for each entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError, UsageError
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.objects.code_engine_names import check_not_automatic
from pullsecret.model.objects.generated_secrets import check_not_generated
from pullsecret.model.objects.objects import name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.plan.project_secrets import check_unique, placing_plan, wishes_for
from pullsecret.model.results.list_filter import is_for_host

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.copy import CopyRequest, Source
    from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.plan.project_secrets import Wish


def plan(request: CopyRequest, hosts: Sequence[str], sources: Sequence[Source], seen: ProjectSecrets) -> Plan:
    """A secret for each entry of the sources that is for one of the hosts, all without any.

    Raises:
        RefusedError: a source is not a pull secret or has no such entry, has findings that --check does not allow, or
            the project cannot have so many secrets.
        UsageError: a name is not valid in Code Engine, or two secrets would share one.
    """
    wishes = tuple(wish for source in sources for wish in _wishes(request, hosts, source))
    check_unique(wishes)
    warnings = new_secret_warnings([wish.secret for wish in wishes], request.now, request.check_level)
    result = placing_plan(seen, wishes, overwrite=request.replace_policy.overwrite)
    return replace(result, notes=(*warnings, *result.notes))


def _wishes(request: CopyRequest, hosts: Sequence[str], source: Source) -> tuple[Wish, ...]:
    secret, rest = source
    entries = copied_entries(secret, hosts)
    values = {"name": name_of(secret), "rest": rest}
    try:
        return wishes_for(request.name_template or "{name}", entries, values)
    except UsageError as error:
        if len(entries) <= 1 or "{registry}" in request.name_template:
            raise
        raise UsageError(
            f"secret/{name_of(secret)} has entries for {len(entries)} registries, and a secret of Code Engine has one",
            hint="use --name '{registry}' for a secret each, or --registry HOST for one of them",
        ) from error


def copied_entries(secret: Object, hosts: Sequence[str]) -> tuple[RegistryEntry, ...]:
    """The entries of a pull secret that are for one of the hosts, all without any.

    Raises:
        RefusedError: it is not a pull secret, malformed or not to be copied, or it has none.
    """
    what = f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'
    if is_sibling(secret):
        raise RefusedError(f"{what} keeps the previous data of another secret and cannot be copied")
    check_not_automatic(name_of(secret), what)
    check_not_generated(secret, what)
    if not is_pull_secret(secret):
        raise RefusedError(f"{what} has type {text_at(secret, 'type')} and is not a pull secret")
    found = registries_of(secret)
    if found.malformed:
        raise RefusedError(f"{what} is malformed: {found.malformed}")
    wanted = tuple(entry for entry in found.entries if not hosts or any(is_for_host(entry, host) for host in hosts))
    if not wanted:
        raise RefusedError(f"{what} has no entry for {', '.join(hosts)}" if hosts else f"{what} has no entries")
    return wanted
