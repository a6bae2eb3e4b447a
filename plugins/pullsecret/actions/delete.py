"""Delete pull secrets that this program manages, off the lists of service accounts first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys, read_pull_secrets
from pullsecret.cluster.secret_references import ReferenceReads
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.owners.managed_secret import is_ours
from pullsecret.model.plan.change import Change, Plan
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.plan.removal import Removal, RemovalOptions, removal_of
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.copy_names import is_pattern, is_wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.errors import PullSecretError
    from pullsecret.model.plan.change import Steps
    from pullsecret.model.plan.observed import Key, Observed
    from pullsecret.model.plan.references import References


@dataclass(frozen=True, kw_only=True)
class DeleteRequest(CommandRequest):
    """The names or patterns of the secrets, and what to do about those that are in use or not there."""

    names: tuple[str, ...]
    options: RemovalOptions = field(default_factory=RemovalOptions)
    ignore_not_found: bool = False


@dataclass(frozen=True, kw_only=True)
class DeleteView:
    """The target namespaces with the secrets and service accounts in them, and who references secrets."""

    observed: ObservedNamespaces
    references: References


def observe(request: DeleteRequest, cluster: Cluster) -> DeleteView:
    """Read the secrets, and everything in their namespaces that may reference them."""

    def read_secrets(namespaces: Sequence[str]) -> Observed:
        if any(map(is_pattern, request.names)):
            return read_pull_secrets(cluster, namespaces, has_siblings=True)
        return read_by_keys(
            cluster, Kind.SECRET, [(namespace, name) for namespace in namespaces for name in request.names]
        )

    namespaces = TargetNamespaces(cluster, request.targets)
    secrets = namespaces.start(read_secrets)
    accounts = namespaces.start(partial(read_all_in, cluster, Kind.SERVICE_ACCOUNT))
    reads = ReferenceReads(cluster, namespaces)
    observed = ObservedNamespaces(selection=namespaces.selection, secrets=secrets.result(), accounts=accounts.result())
    return DeleteView(observed=observed, references=reads.result(observed.accounts))


def plan(request: DeleteRequest, view: DeleteView) -> Removal:
    """The removal of the secrets that are asked for, with a failure for each that is not there or not ours.

    Where a pattern or a broad selection finds the secrets of others, they are left out with a note.

    Raises:
        NotFoundError: a name is in none of the namespaces that a broad selection found.
    """
    observed = view.observed
    wanted = [item for key, item in sorted(observed.secrets.present.items()) if _is_wanted(item, request.names)]
    others = [item for item in wanted if _is_left_out(item, request)]
    removal = removal_of([item for item in wanted if item not in others], observed, view.references, request.options)
    if request.targets.is_broad and not request.ignore_not_found:
        _check_found(request.names, {name_of(item) for item in wanted})
    failures = tuple(_failures(request, observed))
    notes = (*observed.notes, *_notes_on(others), *removal.detaching.notes, *_emptiness(request, wanted, failures))
    first = Plan(sequences=(*failures, *removal.detaching.sequences), notes=notes)
    return replace(removal, detaching=first)


def _is_wanted(secret: Object, names: Sequence[str]) -> bool:
    """Whether a secret is asked for; no pattern matches a sibling."""
    return name_of(secret) in names or (is_wanted(name_of(secret), names) and not is_sibling(secret))


def _is_left_out(secret: Object, request: DeleteRequest) -> bool:
    """Whether a secret was found by a rule, not by its names, and is not ours."""
    is_named = request.targets.is_named(namespace_of(secret)) and name_of(secret) in request.names
    return not is_named and not is_ours(secret)


def _check_found(names: Sequence[str], found: Collection[str]) -> None:
    absent = [name for name in names if not is_pattern(name) and name not in found]
    if absent:
        message = f'secrets "{absent[0]}" not found in the selected namespaces'
        raise NotFoundError(message, code=404, reason="NotFound")


def _failures(request: DeleteRequest, observed: ObservedNamespaces) -> Iterator[Steps]:
    """What fails before anything is sent: namespaces that are missing, and secrets that are, or cannot be read."""
    for namespace in observed.selection.names:
        if absence := absence_steps(namespace, observed):
            yield absence
            continue
        for name in request.names:
            if error := _error_at((namespace, name), request, observed):
                yield (Change(kind=Kind.SECRET, namespace=namespace, name=name, refusal=error),)


def _error_at(key: Key, request: DeleteRequest, observed: ObservedNamespaces) -> PullSecretError | None:
    if error := observed.secrets.error_at(key):
        return error
    namespace, name = key
    is_expected = request.targets.is_named(namespace) and not is_pattern(name) and not request.ignore_not_found
    if not is_expected or key in observed.secrets.present:
        return None
    return NotFoundError(f'secrets "{name}" not found', code=404, reason="NotFound")


def _notes_on(others: Sequence[Object]) -> tuple[str, ...]:
    """How many secrets of others were left out."""
    if not others:
        return ()
    first = f"secret/{name_of(others[0])} in namespace {namespace_of(others[0])}"
    what = first if len(others) == 1 else f"{len(others)} secrets, {first} among them"
    return (f"note: left out {what}: not managed by kubectl-pullsecret",)


def _emptiness(request: DeleteRequest, wanted: Sequence[Object], failures: Sequence[Steps]) -> tuple[str, ...]:
    """That there is nothing to delete, where nothing else is said."""
    if wanted or failures:
        return ()
    return (f"note: no pull secret matches {', '.join(request.names)}",)
