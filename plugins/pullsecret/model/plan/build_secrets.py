"""The secrets that a build config names to push and to pull, of which it has one for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import PullSecretError, RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.build_config import (
    BuildUse,
    account_of_builds,
    build_secret,
    secret_path,
    with_build_secret,
)
from pullsecret.model.objects.objects import Kind, Object, mapping_at, name_of, namespace_of, resource_of
from pullsecret.model.openshift.builds import push_problem
from pullsecret.model.plan.change import Change, NextStep
from pullsecret.model.plan.named_objects import absence_of
from pullsecret.model.plan.owned_lists import unless_undone
from pullsecret.model.request.suggested_command import Flag, Name, Program, command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.model.plan.named_objects import NamedObject
    from pullsecret.model.request.build_names import BuildNames


@dataclass(frozen=True, kw_only=True)
class BuildEdit:
    """How build configs are changed: for these uses; `is_forced`: also against their owner."""

    builds: BuildNames
    is_forced: bool = False

    def attaching(self, build: NamedObject, secret: str) -> Change:
        """The change that names a secret; refused where another one is named, unless it is to be overwritten."""

        def edited(current: Object) -> Object:
            for use in self.builds.uses:
                other = build_secret(current, use)
                if other not in ("", secret) and not self.builds.overwrites:
                    named = f"{_subject(current)} has {use.value} secret {printable(other)} already"
                    raise RefusedError(f"{named}; use --overwrite to replace it")
                current = with_build_secret(current, use, secret) if other != secret else current
            return current

        return self._change(build, edited)

    def detaching(self, build: NamedObject, is_removed: Callable[[str], bool]) -> Change:
        """The change that no longer names a secret that is to be removed."""

        def edited(current: Object) -> Object:
            for use in self.builds.uses:
                name = build_secret(current, use)
                current = with_build_secret(current, use, "") if name and is_removed(name) else current
            return current

        return self._change(build, edited)

    def _change(self, build: NamedObject, edit: Callable[[Object], Object]) -> Change:
        def desired(current: Object | None) -> Object:
            if current is None:
                raise absence_of(Kind.BUILD_CONFIG, build.name)
            for use in self.builds.uses:
                if not secret_path(current, use):
                    raise RefusedError(f"{_subject(current)}: {_why_none(current, use)}")
            return edit(current)

        return Change(
            kind=Kind.BUILD_CONFIG,
            namespace=build.namespace,
            name=build.name,
            desired=unless_undone(Kind.BUILD_CONFIG, desired, is_forced=self.is_forced),
            current=build.current,
            refusal=build.error,
        )


def _why_none(build: Object, use: BuildUse) -> str:
    """Why a build config has no secret for a use."""
    if "jenkinsPipelineStrategy" in mapping_at(build, "spec", "strategy"):
        return f"its strategy has no {use.value} secret: Jenkins has the credentials of a pipeline"
    return f"its strategy has no {use.value} secret"


def _subject(build: Object) -> str:
    return f'{resource_of(Kind.BUILD_CONFIG)} "{name_of(build)}" in namespace {namespace_of(build)}'


def changed_uses(change: Change) -> tuple[BuildUse, ...]:
    """The uses for which a change names another secret; none where it is refused, or nothing is to do."""
    current = change.current
    if change.refusal is not None or current is None:
        return ()
    try:
        after = change.desired(current)
    except PullSecretError:
        return ()
    return tuple(use for use in BuildUse if build_secret(current, use) != build_secret(after, use))


def push_warnings(change: Change, secret: str, keys: Sequence[str]) -> tuple[str, ...]:
    """A warning where a build config gets a push secret with which its builds do not push."""
    if BuildUse.PUSH not in changed_uses(change) or change.current is None:
        return ()
    problem = push_problem(change.current, secret, keys)
    return (f"warning: {change.kind.word}/{change.name} in namespace {change.namespace}: its builds {problem}",) * bool(
        problem
    )


def sharing_notes(changes: Sequence[Change], secret: str) -> tuple[str, ...]:
    """A note for each namespace where builds get a push secret: who edits builds there can push with it."""
    namespaces = dict.fromkeys(change.namespace for change in changes if BuildUse.PUSH in changed_uses(change))
    return tuple(
        f"note: everyone who may create or edit builds in namespace {namespace} can push with secret/{secret}"
        for namespace in namespaces
    )


def step_after_attaching(change: Change, secret: str) -> NextStep:
    """What becomes of the builds of a build config that names a secret now, and how to start one."""
    uses = " and ".join(use.value for use in changed_uses(change))
    subject = f"{change.kind.word}/{change.name} in namespace {change.namespace}"
    return _step(change, f"the next builds of {subject} {uses} with secret/{secret}; to start one, run:")


def step_after_detaching(change: Change) -> NextStep:
    """What becomes of the builds of a build config that no longer names a secret."""
    uses = " and ".join(use.value for use in changed_uses(change))
    account = printable(account_of_builds(change.current or {}))
    subject = f"{change.kind.word}/{change.name} in namespace {change.namespace}"
    text = f'the next builds of {subject} {uses} with the secrets of service account "{account}"; to start one, run:'
    return _step(change, text)


def _step(change: Change, note: str) -> NextStep:
    line = command(Program.OC, "start-build", Name(change.name), Flag("-n", change.namespace))
    return NextStep(kind=change.kind, namespace=change.namespace, name=change.name, note=note, command=line)
