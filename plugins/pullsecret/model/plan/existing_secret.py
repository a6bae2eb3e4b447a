"""What copy, create and entitled do with a secret that exists already under the name: the table of existing secrets.

Who manages the secret decides, and where it came from. All that stands against a write is collected first, so that one
message names all flags; no flag replaces a secret that is not a pull secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import display_name, registries_of
from pullsecret.model.objects.code_engine_names import check_not_automatic
from pullsecret.model.objects.objects import mapping_at, name_of, namespace_of, subdomain_problem, text_at
from pullsecret.model.objects.pullsecret import (
    holds_same,
    is_marked,
    is_pull_secret,
    must_be_recreated,
    overwritten,
    provenance_of,
    recreated,
)
from pullsecret.model.objects.sibling import sibling_name
from pullsecret.model.openshift.global_secrets import check_not_global, check_not_openshifts
from pullsecret.model.owners.find_owner import field_owner
from pullsecret.model.owners.managed_secret import data_owner, editor_of, has_our_mark, is_ours
from pullsecret.model.owners.owner import Fate, Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.model.images.edited_entries import EntryEdits
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.objects.pullsecret import Provenance, ReplacePolicy


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSecret:
    """A secret to put into a namespace.

    `is_proof_of` tells whether an existing copy of the same origin carries a valid proof; None for a secret that is no
    copy. `is_named` tells that the user named its namespace: only there is a copy without a proof written. With
    `edits`, an existing secret keeps its other entries, and `secret` is what is created where there is none.
    """

    secret: Object = field(repr=False)
    is_proof_of: Callable[[Object], bool] | None = field(default=None, repr=False)
    is_named: bool = True
    edits: EntryEdits | None = None

    def over(self, current: Object) -> Object:
        """The secret in the place of an existing one; raises RefusedError where that cannot be edited."""
        if self.edits is None:
            return self.secret
        from pullsecret.model.plan.entry_edits import with_edits  # noqa: PLC0415  most runs edit no entries

        return with_edits(current, self.secret, self.edits)


@dataclass(frozen=True, kw_only=True)
class _Obstacle:
    """Something that stands against a write, the flag that allows it, and a line to warn with when it is given.

    `reason` follows the secret's name; `goal` is what the flag is for.
    """

    reason: str
    flag: str
    goal: str
    advice: str = ""


def placed(current: Object | None, new: NewSecret, replace_policy: ReplacePolicy) -> Object:
    """The desired state of a secret whose name may be taken.

    Args:
        current: the existing secret, or None.
        new: the secret to put there, with its namespace.
        replace_policy: what the user allows.

    Raises:
        RefusedError: it is not a pull secret, which no flag replaces; or a flag for replacing it is missing.
        NotFoundError: it does not exist, and there are only entries to remove.
    """
    if current is None:
        return _created(new)
    _check_replaceable(current)
    if text_at(current, "metadata", "deletionTimestamp"):
        raise RefusedError(f"{_what(current)} is being deleted; run the command again when it is gone")
    secret = new.over(current)
    if holds_same(current, secret):
        return _taken_over(current, secret) if replace_policy.overwrite else current
    _check_proof(current, new)
    desired = overwritten(current, secret)
    must_go = must_be_recreated(current, desired)
    given = {"--overwrite": replace_policy.overwrite, "--recreate": replace_policy.recreate}
    given["--force-conflicts"] = replace_policy.force_conflicts
    obstacles = _obstacles(current, secret, must_go=must_go, is_edit=new.edits is not None)
    if missing := tuple(item for item in obstacles if not given[item.flag]):
        raise RefusedError(_refusal(current, missing))
    if must_go:
        _check_recreatable(current)
    return recreated(current, secret) if must_go else desired


def _created(new: NewSecret) -> Object:
    if new.edits is not None and not new.edits.added:
        message = f'secrets "{name_of(new.secret)}" not found in namespace {namespace_of(new.secret)}'
        raise NotFoundError(message, code=404, reason="NotFound")
    check_not_global(new.secret, _what(new.secret))
    return new.secret


def write_consequences(current: Object, new: NewSecret) -> tuple[str, ...]:
    """What is lost, or will be, by writing over a secret: registries without an entry, and the next run of others."""
    secret = new.over(current) if is_pull_secret(current) else current
    if not is_pull_secret(current) or holds_same(current, secret):
        return ()
    found = []
    if new.edits is None and (lost := _lost_registries(current, secret)):
        found.append(f"no longer has entries for {', '.join(map(printable, lost))}")
    owner = field_owner(current, Field.DATA)
    if owner is not None and owner.fate is not Fate.KEEPS:
        found.append(f"is owned by {owner.party}: {owner.prediction}; {owner.advice}")
    return tuple(found)


def _check_replaceable(current: Object) -> None:
    check_not_automatic(name_of(current), _what(current))
    check_not_openshifts(current, _what(current))
    if not is_pull_secret(current):
        raise RefusedError(
            f"{_what(current)} has type {text_at(current, 'type')} and is not a pull secret; "
            "kubectl-pullsecret never replaces it: use another name"
        )


def _taken_over(current: Object, new: Object) -> Object:
    """A secret with equal data under our management, if it is not managed otherwise."""
    if data_owner(current) is not None or is_ours(current):
        return current
    return overwritten(current, {"metadata": new["metadata"]})


def _check_proof(current: Object, new: NewSecret) -> None:
    """Refuse to update a copy whose proof is not valid in a namespace that the user did not name."""
    if new.is_proof_of is None or new.is_named or not is_marked(current):
        return
    origin = provenance_of(current)
    if origin is not None and origin == provenance_of(new.secret) and not new.is_proof_of(current):
        raise RefusedError(
            f"{_what(current)} is marked as a copy of {_place(origin)} without a valid proof: its source was "
            f"recreated, or the mark is forged; use -n {namespace_of(current)} to update it"
        )


def _obstacles(current: Object, new: Object, *, must_go: bool, is_edit: bool) -> tuple[_Obstacle, ...]:
    found = [_fixed(current, new)] if must_go else []
    owner = data_owner(current)
    goal = "to change its entries" if is_edit else "to replace its data"
    if owner is not None:
        reason = f"is owned by {owner.party}: {owner.prediction}"
        found.append(_Obstacle(reason=reason, flag="--force-conflicts", goal="to write it anyway", advice=owner.advice))
    elif editor := editor_of(current):
        found.append(
            _Obstacle(
                reason=f"was edited by {editor}", flag="--overwrite", goal=goal if is_edit else "to restore its data"
            )
        )
    elif not has_our_mark(current):
        found.append(_Obstacle(reason="is not managed by kubectl-pullsecret", flag="--overwrite", goal=goal))
    elif reason := _other_origin(current, new, is_edit=is_edit):
        found.append(_Obstacle(reason=reason, flag="--overwrite", goal=goal))
    return tuple(found)


def _fixed(current: Object, new: Object) -> _Obstacle:
    is_retyped = current.get("type") != new.get("type")
    reason = f"has type {text_at(current, 'type')}, which cannot be changed," if is_retyped else "is immutable"
    return _Obstacle(reason=reason, flag="--recreate", goal="to delete and recreate it")


def _other_origin(current: Object, new: Object, *, is_edit: bool) -> str:
    """Why a managed secret is not the one that this command made before; empty when it is."""
    there, here = provenance_of(current), provenance_of(new)
    if there is not None:
        return "" if there == here else f"is a copy of {_place(there)}"
    if here is not None:
        return "was created from credentials and is not a copy"
    lost = () if is_edit else _lost_registries(current, new)
    return f"has entries for {', '.join(map(printable, lost))}, too" if lost else ""


def _place(origin: Provenance) -> str:
    return f"{printable(str(origin))}{' in another cluster' if origin.cluster else ''}"


def _lost_registries(current: Object, new: Object) -> tuple[str, ...]:
    """The registries that only the existing secret has an entry for."""
    kept = {index_key(entry.server) for entry in registries_of(new).entries}
    lost = (entry.server for entry in registries_of(current).entries if index_key(entry.server) not in kept)
    return tuple(dict.fromkeys(map(display_name, lost)))


def _refusal(current: Object, missing: tuple[_Obstacle, ...]) -> str:
    """One message with what stands against a write and has no flag yet, and with these flags."""
    subject = _what(current) if missing[0].flag == "--recreate" else _existing(current)
    reasons = " and ".join(item.reason for item in missing)
    flags = " and ".join(sorted(item.flag for item in missing))
    advice = next((f"{item.advice}, or " for item in missing if item.advice), "")
    return f"{subject} {reasons.removesuffix(',')}; {advice}use {flags} {missing[0].goal}"


def _check_recreatable(current: Object) -> None:
    if mapping_at(current, "metadata").get("finalizers"):
        raise RefusedError(f"{_what(current)} has finalizers; remove them before it can be recreated")
    if problem := subdomain_problem(sibling_name(name_of(current))):
        raise RefusedError(
            f"{_what(current)} cannot be recreated: the name of the secret that keeps its data meanwhile {problem}"
        )


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'


def _existing(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" already exists in namespace {namespace_of(secret)} and'
