"""The answer for an image where the registries were asked: with the credentials that the kubelet would try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.can_pull.answer import Answer, CanPull, Reason
from pullsecret.model.can_pull.node_credentials import secret_of_nodes
from pullsecret.model.doctor.causes import Cause, CauseCode
from pullsecret.model.doctor.choose_fix import fix_for
from pullsecret.model.doctor.find_cause import cause_of
from pullsecret.model.go.printable import printable
from pullsecret.model.images.node_providers import provider_of_nodes
from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.model.objects.objects import namespace_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.can_pull.facts import ImageQuestion

_REFUSALS: Final = {
    Result.BAD_CREDENTIAL: CauseCode.REJECTED,
    Result.NO_PERMISSION: CauseCode.NOT_AUTHORIZED,
    Result.NOT_FOUND: CauseCode.NOT_FOUND,
    Result.PRIVATE_ONLY: CauseCode.PRIVATE_ONLY,
}
"""What a registry says for certain, and the cause that it is."""


def verified_answer(question: ImageQuestion) -> Answer | None:
    """The answer by the registries' verdicts; None where none was asked about this image."""
    found = _verdicts(question)
    if not found:
        return None
    good = next((name for name, verdict in found.items() if verdict.result is Result.WORKS), None)
    if good is not None:
        return _good(question, good)
    if secret_of_nodes(question) is not None or any(name in question.unseen for name in question.listed):
        return None
    if not question.admitted.is_list_known:
        return None
    return _bad(question, found)


def _verdicts(question: ImageQuestion) -> Mapping[str, Verdict]:
    """The verdicts on the pod's secrets that match the image, in the kubelet's order; under "" without any."""
    names = dict.fromkeys(item.secret for item in question.case.found.credentials) or {"": None}
    namespace, verdicts = namespace_of(question.admitted.pod), question.facts.evidence.verdicts
    keys = {name: (namespace, name, question.image.image) for name in names}
    return {name: verdicts[key] for name, key in keys.items() if key in verdicts}


def _good(question: ImageQuestion, name: str) -> Answer:
    host = printable(question.case.image.domain)
    if not name:
        message = f"{host} provides it without credentials"
        return Answer(result=CanPull.YES, reason=Reason.PUBLIC, message=message)
    credential = next(item for item in question.case.found.credentials if item.secret == name)
    message = f"secret/{printable(name)}: {host} provides it to username {credential.entry.shown_username}"
    return Answer(result=CanPull.YES, reason=Reason.VERIFIED, message=message, credential=credential)


def _bad(question: ImageQuestion, found: Mapping[str, Verdict]) -> Answer:
    """The first verdict, if all are certain, with what fixes it; else what could not be tested."""
    open_verdict = next((verdict for verdict in found.values() if not _is_certain(verdict)), None)
    if open_verdict is not None:
        message = f"the registry could not be asked: {open_verdict.text}"
        return Answer(result=CanPull.UNKNOWN, reason=Reason.NOT_TESTED, message=message)
    name, verdict = next(iter(found.items()))
    where = provider_of_nodes(question.case.image.domain) if verdict.result is Result.LOGIN_REQUIRED else ""
    if where:
        message = f"the registry requires credentials; nodes of {where} have a credential provider for it"
        return Answer(result=CanPull.UNKNOWN, reason=Reason.PROVIDER, message=message)
    cause = _cause(question, name, verdict)
    return Answer(
        result=CanPull.NO, reason=Reason(cause.code.value), message=cause.text, fix=fix_for(question.case, cause)
    )


def _is_certain(verdict: Verdict) -> bool:
    return verdict.result in _REFUSALS or verdict.result in (Result.LOGIN_REQUIRED, Result.NO_PASSWORD)


def _cause(question: ImageQuestion, name: str, verdict: Verdict) -> Cause:
    code = _REFUSALS.get(verdict.result)
    if code is None:
        return cause_of(question.case)
    who = f"secret/{printable(name)}: " if name else ""
    return Cause(code=code, text=f"{who}{printable(question.case.image.domain)}: {verdict.text}", secret=name)
