"""What to do about an answer: commands for what is in the cluster, words for what is in manifests.

A command changes what the cluster has; a manifest that declares the same object would undo it, or fail without it. So
words say where to change that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Final

from pullsecret.model.can_pull.answer import CanPull, Reason, SuggestedFix
from pullsecret.model.doctor.fixes import (
    AttachStep,
    ContentStep,
    CopyStep,
    CreateStep,
    KubectlStep,
    command_of_step,
)
from pullsecret.model.go.printable import printable
from pullsecret.model.plan.waiting_pods import Recovery
from pullsecret.model.request.suggested_command import Flag, Name, SuggestedCommand, pullsecret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.can_pull.answer import Answer
    from pullsecret.model.can_pull.facts import ImageQuestion
    from pullsecret.model.declared.file_line import FileLine
    from pullsecret.model.doctor.fixes import Fix, Step

_ATTACHING: Final = frozenset({"--attach", "--serviceaccount"})
_TEMPLATE: Final = ("spec", "template", "spec")
_FIXED: Final = frozenset({"pod", "job"})
"""The kinds whose list cannot be changed once they exist."""


def suggested_fix(question: ImageQuestion, answer: Answer) -> SuggestedFix:
    """The fix of an answer, which may be none: for an image that may well be public, nothing new is created."""
    if answer.result is CanPull.YES or (answer.is_for_public and answer.reason is Reason.NO_SECRET):
        return SuggestedFix()
    if question.admitted.refusal is not None:
        return SuggestedFix(advice=question.admitted.refusal.advice)
    if answer.fix is None:
        return SuggestedFix()
    if question.admitted.source.item is not None and (words := _in_manifest(question, answer)):
        return SuggestedFix(advice=words)
    return _of_fix(question, answer.fix)


def _in_manifest(question: ImageQuestion, answer: Answer) -> str:
    """Where a manifest is wrong; "" where it is not at fault."""
    source, image = question.admitted.source, question.image
    if source.item is None:
        return ""
    if answer.reason is Reason.NAMELESS:
        entry = _shown(source.item.place_of(*source.path, "imagePullSecrets", 0))
        account = f'service account "{printable(question.case.account)}"'
        return f"name a secret in the entry at {entry}, or remove the list: the pod then uses that of {account}"
    if answer.reason in (Reason.INVALID_IMAGE, Reason.NOT_FOUND, Reason.PRIVATE_ONLY):
        return f"change the image in {_shown(source.item.place_of(*source.path, *image.path))}"
    at_fault = question.case.found.malformed_secret or (answer.credential.secret if answer.credential else "")
    place = question.facts.files.get((source.namespace, f"secret/{at_fault}"))
    return f"correct secret/{printable(at_fault)} in {_shown(place)}" if place else ""


@dataclass(frozen=True, kw_only=True)
class _Todo:
    """A step as a command, None where it is in words only, and the words."""

    command: SuggestedCommand | None = None
    words: str = ""


def _of_fix(question: ImageQuestion, fix: Fix) -> SuggestedFix:
    todos = [*(_of_step(question, step) for step in fix.steps), *_of_list(question, fix)]
    words = (*(todo.words for todo in todos), fix.advice, _first(question))
    commands = [todo.command for todo in todos if todo.command]
    return SuggestedFix(
        commands=(reduce(SuggestedCommand.then, commands),) if commands else (),
        advice="; ".join(dict.fromkeys(filter(None, words))),
    )


def _first(question: ImageQuestion) -> str:
    """What must be there before a command works; "" for nothing."""
    namespace = question.admitted.source.namespace
    is_missing = namespace in question.facts.evidence.observed.selection.missing
    return f"namespace {namespace} must exist first" if is_missing else ""


def _of_step(question: ImageQuestion, step: Step) -> _Todo:
    """A step, without what manifests decide."""
    namespace, account = question.admitted.source.namespace, question.case.account
    place = question.facts.files.get((namespace, f"serviceaccount/{account}"))
    if isinstance(step, AttachStep):
        is_declared = (namespace, f"secret/{step.secret}") in question.facts.files
        if place or is_declared:
            return _Todo(words=_listing(question, step.secret, place))
        return _Todo(command=command_of_step(step, namespace))
    if isinstance(step, KubectlStep):
        return _of_image(question, step)
    name = _written_name(step)
    if found := question.facts.files.get((namespace, f"secret/{name}")):
        return _Todo(words=f"correct secret/{printable(name)} in {_shown(found)}")
    if place and isinstance(step, CopyStep | CreateStep) and _attaches(step):
        return _Todo(
            command=command_of_step(_unattached(step), namespace), words=_listing(question, _written_name(step), place)
        )
    return _Todo(command=command_of_step(step, namespace))


def _of_image(question: ImageQuestion, step: KubectlStep) -> _Todo:
    """A step that changes the image: a command for a workload in the cluster only."""
    source = question.admitted.source
    if source.item is None and source.subject and not source.exists:
        return _Todo(command=command_of_step(step, source.namespace))
    return _Todo(words=f"correct the image{f' of {printable(source.subject)}' if source.subject else ''}")


def _written_name(step: Step) -> str:
    """The secret that a step writes; "" for none of the namespace."""
    if isinstance(step, CopyStep):
        return step.name
    words = step.words if isinstance(step, CreateStep) else ()
    return next((word.text for word in words if isinstance(word, Name)), "")


def _attaches(step: CopyStep | CreateStep) -> bool:
    return bool(step.account) if isinstance(step, CopyStep) else any(_is_attaching(word) for word in step.words)


def _unattached(step: CopyStep | CreateStep) -> CopyStep | CreateStep:
    if isinstance(step, CopyStep):
        return replace(step, account="")
    return replace(step, words=tuple(word for word in step.words if not _is_attaching(word)))


def _is_attaching(word: object) -> bool:
    return isinstance(word, Flag) and word.name in _ATTACHING


def _listing(question: ImageQuestion, secret: str, place: FileLine | None) -> str:
    """Where to list a secret: in the declared account, or in the declared pods; else for which account."""
    source, account = question.admitted.source, printable(question.case.account)
    what = f"list secret/{printable(secret)} in the imagePullSecrets of"
    if place:
        return f"{what} serviceaccount/{account} in {_shown(place)}"
    if source.item is not None:
        pods = "" if source.subject.startswith("pod/") else "the pods of "
        return f"{what} {pods}{printable(source.subject)} in {_shown(source.item.place_of(*source.path))}"
    return f"{what} serviceaccount/{account}"


def _of_list(question: ImageQuestion, fix: Fix) -> Iterator[_Todo]:
    """What a pod with a list of its own needs, and an existing one."""
    source = question.admitted.source
    if fix.recovery is Recovery.RECREATE and source.exists:
        yield _Todo(words=f"create {printable(source.subject)} again: the list of a pod is fixed")
    if fix.recovery is not Recovery.EDIT_TEMPLATE or not fix.secret or any(map(_is_content, fix.steps)):
        return
    if source.item is not None:
        yield _Todo(words=_listing(question, fix.secret, None))
    elif source.maker:
        yield _Todo(words=f"list secret/{printable(fix.secret)} in {printable(source.maker)}, which creates the pods")
    elif source.exists or source.subject.partition("/")[0] in _FIXED or source.path != _TEMPLATE:
        again = f"create {printable(source.subject)} again with secret/{printable(fix.secret)} in its list"
        yield _Todo(words=again)
    else:
        words = ("attach", Name(fix.secret), Flag("--workload", source.subject), Flag("-n", source.namespace))
        yield _Todo(command=pullsecret(*words))


def _is_content(step: Step) -> bool:
    return isinstance(step, ContentStep) and bool(step.account)


def _shown(place: FileLine) -> str:
    return f"{printable(place.file) or 'standard input'}:{place.line}"
