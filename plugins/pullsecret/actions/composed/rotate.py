"""Replace a credential in a source and in its copies: what to read, and what to change."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.actions.composed.rotated_sources import read_rotated
from pullsecret.cluster.bulk_read import read_all_in
from pullsecret.cluster.credential_search import read_everything
from pullsecret.credentials.password import Password, read_password
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.credentials.terminal import hidden_prompt
from pullsecret.errors import RefusedError
from pullsecret.model.check.before_write import new_secret_findings, refuse_findings
from pullsecret.model.go.printable import printable
from pullsecret.model.images.credential_checks import images_to_pull
from pullsecret.model.objects.objects import Kind, Object, mapping_at, mappings_at, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import provenance_of
from pullsecret.model.plan.observed import Observed, ObservedNamespaces, unreadable_place
from pullsecret.model.plan.rotated_secret import changed_source
from pullsecret.model.plan.rotation import (
    NewCredential,
    begun,
    changed_part,
    remembered_rotation,
    replaced_credential,
    undoing,
)
from pullsecret.model.plan.rotation_stages import RotationScope, rotation_plan
from pullsecret.model.request.command_request import CheckLevel, CommandRequest
from pullsecret.model.request.rotation import RotationStep
from pullsecret.registry.once import RegistryMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pullsecret.actions.composed.rotated_sources import Sources
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.go.printable import Printable
    from pullsecret.model.plan.observed import Key
    from pullsecret.model.plan.rotation import Rotation
    from pullsecret.model.plan.rotation_stages import RotationPlan
    from pullsecret.model.request.verification import Verification


@dataclass(frozen=True, kw_only=True)
class RotateRequest(CommandRequest):
    """Which sources get which credential, and how carefully.

    `registries` name the credential to replace where a source has several. `canary` is the namespace to begin with,
    `probes` is whether a node must pull there before the others follow, `max_failures` the share of a wave that may
    fail, from 0 to 1. `new_password` is what has been read already, and `key_marks` the annotations that name it if it
    is an API key made for the source. `asked` is what the run has learned of registries, in whichever cluster.
    """

    names: tuple[str, ...]
    from_namespace: str = "default"
    registries: tuple[str, ...] = ()
    username: str = ""
    password: PasswordSource = field(default_factory=PasswordSource)
    check_level: CheckLevel = CheckLevel.ERRORS
    verification: Verification | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    overwrite: bool = False
    canary: str = ""
    probes: bool = False
    max_failures: float = 0.1
    step: RotationStep = RotationStep.ROTATE
    new_password: Password | None = field(default=None, repr=False)
    key_marks: Mapping[str, str] = field(default_factory=dict)
    asked: RegistryMemory | None = field(default=None, repr=False)

    def with_input(self, _log: Callable[[Printable], None]) -> RotateRequest:
        """The request with the new password, which is read once for all clusters.

        Raises:
            UsageError: there is not exactly one source for it.
        """
        if self.step is not RotationStep.ROTATE:
            return self
        return replace(self, new_password=read_new_password(self, ""), asked=RegistryMemory())

    @property
    def credential_source(self) -> str:
        """The flag that the new password is read with, or the prompt."""
        is_needed = self.step is RotationStep.ROTATE
        return next(iter(self.password.given), "the prompt") if is_needed else ""

    @property
    def spans_namespaces(self) -> bool:
        """The source and its copies have the same name, in namespaces of their own."""
        return True

    @property
    def is_undo(self) -> bool:
        """Whether the previous credential is put back."""
        return self.step is RotationStep.UNDO

    @property
    def reads_stdin(self) -> bool:
        """Whether the password comes from standard input."""
        return self.password.stdin or self.password.file == "-"

    @property
    def password_variable(self) -> str:
        """The variable of --password-env."""
        return self.password.env

    @property
    def scope(self) -> RotationScope:
        """What may be written."""
        return RotationScope(
            targets=self.targets, overwrite=self.overwrite, canary=self.canary, limit=self.max_failures
        )


@dataclass(frozen=True, kw_only=True)
class RotateView:
    """What replaces what, the selected namespaces, and the pull secrets of all namespaces that could be read."""

    rotations: tuple[Rotation, ...]
    observed: ObservedNamespaces
    notes: tuple[str, ...] = ()


def observe(request: RotateRequest, cluster: Cluster) -> RotateView:
    """Read the sources, the new credential and all pull secrets, and check the credential offline and with registries.

    Raises:
        RefusedError: a source cannot be rotated, or the credential has findings that --check does not allow.
        CredentialError: there is no credential, or a registry rejects it.
        UsageError: there is not exactly one source for the password.
    """
    sources = read_rotated(request, cluster)
    if request.is_undo:
        rotations: tuple[Rotation, ...] = tuple(undoing(*pair, request.registries) for pair in sources.pairs)
        notes: tuple[str, ...] = ()
    else:
        rotations, notes = _read_rotations(request, sources)
    observed = read_everything(request.targets, cluster)
    notes = (*_copy_notes(rotations), *notes)
    if not request.is_undo:
        notes = (*notes, *_check_offline(request, rotations), *verify_in_use(request, rotations, observed, cluster))
    return RotateView(rotations=rotations, observed=observed, notes=notes)


def plan(request: RotateRequest, view: RotateView) -> RotationPlan:
    """The stages of the rotations.

    Raises:
        UsageError: there is nothing to change in the namespace of the canary.
    """
    done = [rotation for rotation in view.rotations if rotation.is_done]
    result = rotation_plan(view.rotations, view.observed, request.scope)
    return replace(result, notes=(*view.notes, *result.notes, *_done_notes(done, is_undo=request.is_undo)))


def _done_notes(done: Sequence[Rotation], *, is_undo: bool) -> Iterator[str]:
    for rotation in done:
        namespace, name = rotation.place
        state = "has its previous credential already" if is_undo else "has this credential already"
        yield f"note: secret/{name} in namespace {namespace} {state}; nothing to rotate"


def _read_rotations(request: RotateRequest, sources: Sources) -> tuple[tuple[Rotation, ...], tuple[str, ...]]:
    """Read the new credential, unless that is done, and what it replaces in each source."""
    olds = [replaced_credential(*pair, request.registries) for pair in sources.pairs]
    if any(old.username != olds[0].username for old in olds) and not request.username:
        message = "the secrets have credentials of different usernames; rotate them one by one, or use --username"
        raise RefusedError(message)
    username = replace(olds[0], username=request.username or olds[0].username).shown_username
    read = request.new_password or read_new_password(request, f" for {username}")
    new = NewCredential(
        password=read.value, username=request.username, registries=request.registries, marks=request.key_marks
    )
    rotations = tuple(begun(source, previous, new) for source, previous in sources.pairs)
    for rotation in rotations:
        changed_source(rotation.source, rotation)  # refused before anything else is asked
    return rotations, read.notes


def read_new_password(request: RotateRequest, whose: str) -> Password:
    """Read the new password; `whose` follows it in the prompt. Raises UsageError without exactly one source."""
    label = f"New {request.password.label.lower()}{whose} in {', '.join(request.names)}"
    source = replace(request.password, label=label)
    return read_password(source, prompt=hidden_prompt(), stdin=sys.stdin.buffer, environ=os.environ)


def _copy_notes(rotations: Sequence[Rotation]) -> Iterator[str]:
    """A warning for each source that is a copy itself: the next run of `copy` brings the old credential back."""
    for rotation in rotations:
        if origin := provenance_of(rotation.source):
            namespace, name = rotation.place
            yield (
                f"warning: secret/{name} in namespace {namespace} is a copy of {printable(str(origin))}; "
                "the next copy or sync brings its credential back: rotate that one instead"
            )


def _check_offline(request: RotateRequest, rotations: Sequence[Rotation]) -> tuple[str, ...]:
    """What is wrong with the new credential that is not wrong with the old one.

    Raises:
        RefusedError: it has findings that --check does not allow.
    """
    parts = [changed_part(rotation) for rotation in rotations if not rotation.is_done]
    known = {(item.code, item.sentence) for item in new_secret_findings([old for old, _ in parts], request.now)}
    found = new_secret_findings([new for _, new in parts], request.now)
    added = tuple(item for item in found if (item.code, item.sentence) not in known)
    return refuse_findings(added, request.check_level)


def verify_in_use(
    request: RotateRequest, rotations: Sequence[Rotation], observed: ObservedNamespaces, cluster: Cluster
) -> tuple[str, ...]:
    """Ask the registries whether the new credential pulls the images in use; lines about what could not be asked."""
    pending = [rotation for rotation in rotations if not rotation.is_done]
    if request.verification is None or not pending:
        return ()
    from pullsecret.registry.preflight import verify_replacement  # noqa: PLC0415  most commands contact no registry

    pods = read_all_in(cluster, Kind.POD, observed.selection.usable, keep=_kept_of_pod)
    images = images_in_use(rotation_plan(rotations, observed, replace(request.scope, canary="")).changed, pods)
    notes = [f"note: not allowed to list pods {unreadable_place(pods)}; their images were not checked"]
    lines = (notes if pods.unreadable else []) + [
        line
        for rotation in pending
        for line in verify_replacement(
            changed_part(rotation),
            images,
            request.verification,
            environ=os.environ,
            trace=cluster.trace,
            memory=request.asked,
        )
    ]
    return tuple(lines)


def _kept_of_pod(pod: Object) -> Object:
    """What tells which images a pod pulls with which secrets."""
    metadata = {"namespace": namespace_of(pod), "name": name_of(pod)}
    return {"metadata": metadata, "spec": mapping_at(pod, "spec"), "status": {"phase": text_at(pod, "status", "phase")}}


def images_in_use(changed: Sequence[Key], pods: Observed) -> tuple[str, ...]:
    """The images of pods that reference one of these secrets: one for each repository, which is what rights are for."""
    keys = set(changed)
    found: dict[str, str] = {}
    for (namespace, _), pod in pods.present.items():
        names = (text_at(item, "name") for item in mappings_at(pod, "spec", "imagePullSecrets"))
        if any((namespace, name) in keys for name in names):
            for image in images_to_pull(pod):
                found.setdefault(image.partition("@")[0].rpartition(":")[0] or image, image)
    return tuple(found.values())


def observe_begun(request: RotateRequest, cluster: Cluster) -> RotateView:
    """Read the rotations that NAME-previous remembers, and all pull secrets; a note for each source without one."""
    sources = read_rotated(request, cluster)
    begun_pairs = [(source, previous) for source, previous in sources.pairs if previous is not None]
    rotations = tuple(remembered_rotation(*pair, request.registries) for pair in begun_pairs)
    notes = tuple(
        f"note: there is no rotation of secret/{name_of(source)} in namespace {namespace_of(source)}"
        for source, previous in sources.pairs
        if previous is None
    )
    return RotateView(rotations=rotations, observed=read_everything(request.targets, cluster), notes=notes)
