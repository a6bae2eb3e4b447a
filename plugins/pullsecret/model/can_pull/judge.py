"""The answer for an image: by what the kubelet would have to send for it, and by what registries say, where asked.

A rule gives an answer, or None to leave it to the next one. The answer is "no" only where that is certain
without a registry: pull secrets do not show whether an image is public, so one without credentials is mostly unknown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pullsecret.model.can_pull.answer import Answer, CanPull, Reason
from pullsecret.model.can_pull.node_credentials import secret_of_nodes
from pullsecret.model.can_pull.usable import expired_at, is_always_private, is_rejected_anywhere, usable_credential
from pullsecret.model.can_pull.verified import verified_answer
from pullsecret.model.doctor.choose_fix import fix_for
from pullsecret.model.doctor.find_cause import cause_of
from pullsecret.model.doctor.mirror_causes import blocked_cause, cause_of_mirror, comes_from_mirrors_only
from pullsecret.model.doctor.openshift import cause_of_internal, is_internal, is_without_role
from pullsecret.model.go.printable import printable
from pullsecret.model.images.node_providers import identity_annotation, provider_of_nodes
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.objects import name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.model.can_pull.facts import ImageQuestion
    from pullsecret.model.doctor.causes import Cause
    from pullsecret.model.images.keyring import PullCredential


_WHATEVER_NODES_HAVE: Final = frozenset(
    {
        *(Reason.NOT_ADMITTED, Reason.INVALID_IMAGE, Reason.MALFORMED),
        *(Reason.BLOCKED, Reason.NOT_FOUND, Reason.PRIVATE_ONLY),
    }
)
"""The reasons for "no" that no credentials change."""


def answer_to(question: ImageQuestion) -> Answer:
    """The answer to a question; no "no" for what the nodes' own credentials could do, where they are not known."""
    found = (rule(question) for rule in _RULES)
    answer = next(answer for answer in found if answer is not None)
    is_open = question.facts.has_unknown_nodes and answer.reason not in _WHATEVER_NODES_HAVE
    if answer.result is CanPull.NO and is_open:
        return replace(answer, result=CanPull.UNKNOWN)
    return answer


def _no(question: ImageQuestion, cause: Cause, reason: Reason | None = None) -> Answer:
    return _by_cause(CanPull.NO, question, cause, reason)


def _unknown(question: ImageQuestion, cause: Cause, reason: Reason | None = None) -> Answer:
    return _by_cause(CanPull.UNKNOWN, question, cause, reason)


def _by_cause(result: CanPull, question: ImageQuestion, cause: Cause, reason: Reason | None) -> Answer:
    """An answer in doctor's words, with doctor's fix."""
    fix = fix_for(question.case, cause)
    return Answer(result=result, reason=reason or Reason(cause.code.value), message=cause.text, fix=fix)


def _not_admitted(question: ImageQuestion) -> Answer | None:
    refusal = question.admitted.refusal
    return Answer(result=CanPull.NO, reason=Reason.NOT_ADMITTED, message=refusal.message) if refusal else None


def _stopped(question: ImageQuestion) -> Answer | None:
    """What stops the kubelet before it contacts a registry, whatever the image."""
    found = question.case.found
    if found.invalid_image or found.malformed:
        return _no(question, cause_of(question.case))
    return None


def _never(question: ImageQuestion) -> Answer | None:
    if not question.image.is_never_pulled:
        return None
    message = "its pull policy is Never: the kubelet does not pull it, and the node must have it"
    return Answer(result=CanPull.UNKNOWN, reason=Reason.NEVER, message=message)


def _static(question: ImageQuestion) -> Answer | None:
    return _unknown(question, cause_of(question.case)) if question.case.is_static else None


def _blocked(question: ImageQuestion) -> Answer | None:
    cause = blocked_cause(question.case)
    return _no(question, cause, Reason.BLOCKED) if cause else None


def _from_mirrors(question: ImageQuestion) -> Answer | None:
    """An image that comes from mirrors only, to which CRI-O sends nothing of the pod."""
    if not comes_from_mirrors_only(question.case):
        return None
    cause = cause_of_mirror(question.case)
    return _unknown(question, cause) if cause else None


def _internal(question: ImageQuestion) -> Answer | None:
    """An image of OpenShift's internal registry, which the account needs a role for, and a token."""
    case = question.case
    if not is_internal(case) or (case.found.credentials and not is_without_role(case)):
        return None
    cause = cause_of_internal(case)
    return _unknown(question, cause) if cause else None


def _matched(question: ImageQuestion) -> Answer | None:
    """Credentials of the pod's secrets against which nothing is known."""
    first = usable_credential(question.case.found, question.facts.evidence.now)
    if first is None:
        return None
    message = f"secret/{printable(first.secret)} ({_shown(first)})"
    return Answer(result=CanPull.YES, reason=Reason.MATCHED, message=message, credential=first)


def _shown(credential: PullCredential) -> str:
    entry = credential.entry
    return f"key {shown_key(entry.server)}, username {entry.shown_username}"


def _of_nodes(question: ImageQuestion) -> Answer | None:
    """Credentials of the global pull secret, which the kubelet tries after those of the pod."""
    secret = secret_of_nodes(question)
    if secret is None:
        return None
    where = f"{namespace_of(secret)}/{name_of(secret)}"
    later = ", on IBM Cloud once the workers are reloaded or replaced"
    message = f"the credentials of the nodes: the cluster's global pull secret ({where}) has an entry{later}"
    return Answer(result=CanPull.YES, reason=Reason.OF_NODES, message=message)


def _bad(question: ImageQuestion) -> Answer | None:
    """Credentials that no registry accepts, or that are likely to be rejected."""
    found = question.case.found.credentials
    sent = [item for item in found if item.entry.has_password]
    if not sent:
        return None
    first, now = sent[0], question.facts.evidence.now
    cause = cause_of(question.case)
    certain = all(is_rejected_anywhere(item.entry, now) for item in sent)
    if when := expired_at(first.entry, now):
        message = f"secret/{printable(first.secret)}: the password is a token that expired on {when}"
        fix = fix_for(question.case, cause)
        result = CanPull.NO if certain else CanPull.UNKNOWN
        return Answer(result=result, reason=Reason.EXPIRED, message=message, credential=first, fix=fix)
    reason = None if certain else Reason.DOUBTFUL
    return _no(question, cause, reason) if certain else _unknown(question, cause, reason)


def _unseen(question: ImageQuestion) -> Answer | None:
    """A list or a secret of which it is not known what it holds."""
    if not question.admitted.is_list_known:
        message = f'the pull secrets of service account "{printable(question.case.account)}" are not known'
        return Answer(result=CanPull.UNKNOWN, reason=Reason.LIST_UNKNOWN, message=message)
    if not question.unseen:
        return None
    name = question.unseen[0]
    if maker := question.promised_by(name):
        message = f"secret/{printable(name)} will be made from a {maker}, and what it holds is not known"
        return Answer(result=CanPull.UNKNOWN, reason=Reason.CONTENT_UNKNOWN, message=message)
    if question.facts.is_offline:
        message = f"secret/{printable(name)} is not in the manifests, and no cluster was read"
        return Answer(result=CanPull.UNKNOWN, reason=Reason.CONTENT_UNKNOWN, message=message)
    message = f"not allowed to read the secrets that the pod references: {', '.join(question.unseen)}"
    return Answer(result=CanPull.UNKNOWN, reason=Reason.UNREADABLE, message=message)


def _of_provider(question: ImageQuestion) -> Answer | None:
    where = provider_of_nodes(question.case.image.domain)
    if not where:
        return None
    host = printable(question.case.image.domain)
    message = f"no pull secret of the pod is for {host}; nodes of {where} have a credential provider for it"
    if mark := identity_annotation(where, question.account_annotations):
        message += f', and service account "{printable(question.case.account)}" has {printable(mark)}'
    return Answer(result=CanPull.UNKNOWN, reason=Reason.PROVIDER, message=message)


def _private(question: ImageQuestion) -> Answer | None:
    """An image of a registry that has private images only."""
    return _no(question, cause_of(question.case)) if is_always_private(question.case.image) else None


def _public(question: ImageQuestion) -> Answer:
    """An image for which nothing would be sent: it is pulled if it is public."""
    return replace(_unknown(question, cause_of(question.case)), is_for_public=True)


_RULES: Final[tuple[Callable[[ImageQuestion], Answer | None], ...]] = (
    _not_admitted,
    _stopped,
    _never,
    _static,
    _blocked,
    _from_mirrors,
    _internal,
    verified_answer,
    _matched,
    _of_nodes,
    _bad,
    _unseen,
    _of_provider,
    _private,
    _public,
)
