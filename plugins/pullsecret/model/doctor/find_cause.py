"""Why a container's image cannot be pulled: one cause, namely what stops the kubelet first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.rule import listed
from pullsecret.model.doctor.best_secret import (
    best_secret,
    flawed_candidates,
    nearest_secrets,
    needs_consent,
    place_of,
    secrets_of_others,
    source_in_evidence,
)
from pullsecret.model.doctor.causes import Cause, CauseCode
from pullsecret.model.doctor.mirror_causes import cause_of_blocked, cause_of_mirror
from pullsecret.model.doctor.openshift import cause_of_internal
from pullsecret.model.doctor.runtime_messages import ABOUT_CREDENTIALS, MAY_NOT_EXIST, PullError
from pullsecret.model.doctor.waiting_container import shown_user
from pullsecret.model.go.printable import printable
from pullsecret.model.images.credential_problem import CredentialFault, credential_problem
from pullsecret.model.objects.generated_secrets import is_token_name
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.objects.pod import has_nameless_entry
from pullsecret.model.objects.pullsecret import holds_same
from pullsecret.model.objects.sources import SHARED_NAMESPACE, gives_to

if TYPE_CHECKING:
    from pullsecret.model.doctor.waiting_container import WaitingContainer
    from pullsecret.model.images.dockerconfig import RegistryEntry


_BY_ERROR = {
    PullError.NOT_FOUND: (CauseCode.NOT_FOUND, "registry {host} has no such image or tag"),
    PullError.UNREACHABLE: (
        CauseCode.UNREACHABLE,
        "the node cannot reach registry {host} (not a credentials problem)",
    ),
    PullError.UNKNOWN_HOST: (CauseCode.UNREACHABLE, "the node cannot resolve {host}; check the image name"),
    PullError.CERTIFICATE: (
        CauseCode.CERTIFICATE,
        "the node does not accept the certificate of {host} (not a credentials problem)",
    ),
    PullError.RATE_LIMIT: (CauseCode.RATE_LIMIT, "rate limit exceeded for {host}"),
    PullError.SERVER_ERROR: (CauseCode.SERVER_ERROR, "registry {host} returned a server error"),
    PullError.SIGNATURE: (
        CauseCode.SIGNATURE,
        "the node's signature policy rejects the image (not a credentials problem)",
    ),
    PullError.PRIVATE_ONLY: (CauseCode.PRIVATE_ONLY, "registry {host} accepts pulls over its private endpoint only"),
}


_CREDENTIAL_CAUSES = {
    CredentialFault.WHITESPACE: CauseCode.WHITESPACE,
    CredentialFault.NOT_AN_API_KEY: CauseCode.REJECTED,
    CredentialFault.NOT_AN_ENTITLEMENT_KEY: CauseCode.REJECTED,
    CredentialFault.PLACEHOLDER: CauseCode.REJECTED,
}
"""The causes for check's rules about credentials; the other rules are about usernames."""


def cause_of(case: WaitingContainer) -> Cause:
    """The cause of one wait."""
    return (
        _of_sandbox(case)
        or _before_any_pull(case)
        or cause_of_blocked(case)
        or _by_error(case)
        or _of_static_pod(case)
        or cause_of_mirror(case)
        or cause_of_internal(case)
        or _of_credentials(case)
        or _of_stale_list(case)
        or _of_listed(case)
        or _of_nameless_entry(case)
        or _of_own_list(case)
        or _of_missing_reference(case)
    )


def _of_sandbox(case: WaitingContainer) -> Cause | None:
    """The runtime's own image, which it pulls before any of the pod, and without any pull secret."""
    if not case.is_sandbox:
        return None
    why = case.pattern.meaning or printable(case.wait.message)
    where = f"the container runtime of node {case.node} cannot pull its sandbox image {printable(case.wait.image)}"
    return Cause(code=CauseCode.SANDBOX, text=f"{where} ({why}); it uses no pull secret for that image")


def _before_any_pull(case: WaitingContainer) -> Cause | None:
    """What stops the kubelet before it contacts a registry."""
    found = case.found
    if case.wait.reason == "InvalidImageName" or found.invalid_image:
        why = found.invalid_image or "invalid reference format"
        return Cause(
            code=CauseCode.INVALID_IMAGE, text=f"{printable(case.wait.image)} is not a valid image name: {why}"
        )
    if case.wait.reason == "ErrImageNeverPull":
        return Cause(code=CauseCode.NEVER, text=case.pattern.meaning)
    if found.malformed:
        name = found.malformed_secret
        why = f"secret/{name} is malformed ({found.malformed}), which blocks all pulls of its pods"
        return Cause(code=CauseCode.MALFORMED, text=why, secret=name)
    if case.wait.is_for_malformed_secret:
        text = "the malformed secret has been fixed; the kubelet has not retried yet"
        return Cause(code=CauseCode.NOT_RETRIED, text=text)
    return None


def _by_error(case: WaitingContainer) -> Cause | None:
    """The cause that the runtime's error states, where no credentials can change it."""
    error = case.pattern.error
    if error in _BY_ERROR:
        code, text = _BY_ERROR[error]
        return Cause(code=code, text=text.format(host=case.image.domain))
    if error not in ABOUT_CREDENTIALS:
        message = printable(case.evidence.message(case.pod, case.wait))
        return Cause(code=CauseCode.UNKNOWN, text=f"unknown error: {message}")
    return None


def _of_static_pod(case: WaitingContainer) -> Cause | None:
    """A pod that the kubelet runs from a manifest on its node: it has no service account and no pull secrets."""
    if not case.is_static:
        return None
    text = f"static pod of node {case.node}: it uses no pull secrets, only the node's own credentials count"
    return Cause(code=CauseCode.STATIC_POD, text=text)


def _of_credentials(case: WaitingContainer) -> Cause | None:
    """What is wrong with the credentials that were sent, or will be sent at the next attempt."""
    if not case.found.credentials:
        return None
    first = case.found.credentials[0]
    code, text = _credentials_problem(case, first.entry, first.secret)
    if code in (CauseCode.REJECTED, CauseCode.NOT_AUTHORIZED) and case.is_changed_since:
        return _of_unread_secret(case, first.secret)
    return Cause(code=code, text=f"secret/{first.secret}: {text}", secret=first.secret)


def _of_unread_secret(case: WaitingContainer, name: str) -> Cause:
    """What is known of credentials that the kubelet may not have sent yet."""
    if case.is_kept:
        why = "is immutable and was recreated after pods that reference it, so the kubelet may still send what it held"
        return Cause(code=CauseCode.KEPT, text=f"secret/{name} {why} before", secret=name)
    if case.evidence.is_attempt_known(case.pod, case.wait):
        text = f"secret/{name} was changed after the last attempt; the kubelet has not retried yet"
    else:
        text = f"secret/{name} was changed within the last minutes; the kubelet may not have retried yet"
    return Cause(code=CauseCode.NOT_RETRIED, text=text, secret=name)


def _credentials_problem(case: WaitingContainer, entry: RegistryEntry, secret: str) -> tuple[CauseCode, str]:
    host = case.image.domain
    if not entry.has_password:
        text = f"its entry for {host} is empty (the credentials are in a docker credential helper)"
        return CauseCode.EMPTY, text
    there = case.evidence.secret(case.namespace, secret)
    source = source_in_evidence(there, case.evidence) if there else None
    if there and source and not holds_same(there, source):
        is_proven = gives_to(source, case.namespace, case.evidence.chosen)
        return CauseCode.STALE, f"it is {'an outdated' if is_proven else 'marked as a'} copy of {place_of(source)}"
    if problem := credential_problem(entry):
        return _CREDENTIAL_CAUSES.get(problem.fault, CauseCode.USERNAME), f"{host}: {problem.message}"
    if case.pattern.error is PullError.BAD_USERNAME:
        return CauseCode.USERNAME, case.pattern.meaning
    if case.pattern.error in MAY_NOT_EXIST:
        text = f"{shown_user(entry)} is not allowed to pull this image from {host}, or there is no such image"
        return CauseCode.NOT_AUTHORIZED, text
    text = f"{host} rejected the credentials of {shown_user(entry)}: wrong, revoked or expired"
    is_certain = case.pattern.error is PullError.LOGIN_REJECTED
    return CauseCode.REJECTED, text if is_certain else f"{text}, or not allowed to pull this image"


def _of_stale_list(case: WaitingContainer) -> Cause | None:
    """A service account that has had a working secret only since after the pod's creation."""
    name = case.attached_since
    if not name or case.evidence.has_own_list(case.pod):
        return None
    text = f'service account "{case.account}" now has secret/{name}, but the pod was created before that'
    return Cause(code=CauseCode.CREATED_BEFORE, text=text, secret=name)


def _of_nameless_entry(case: WaitingContainer) -> Cause | None:
    """A list of the pod's own that references nothing, and still takes the place of the service account's list."""
    if case.listed or not (has_nameless_entry(case.pod) and case.evidence.has_own_list(case.pod)):
        return None
    hidden = f'so the list of service account "{case.account}" is not used'
    text = f"the pod's own imagePullSecrets has only an entry without a name, {hidden}"
    return Cause(code=CauseCode.NAMELESS, text=text, secret=case.attached_since)


def _of_own_list(case: WaitingContainer) -> Cause | None:
    """A working secret of the service account, for a pod that does not use the service account's list."""
    name = case.attached_since
    if not name:
        return None
    text = f'service account "{case.account}" has secret/{name}, but the pod sets its own imagePullSecrets'
    return Cause(code=CauseCode.OWN_LIST, text=text, secret=name)


def _of_listed(case: WaitingContainer) -> Cause | None:
    """Secrets that the pod references, and that have no credentials for the image."""
    if case.wrong_type:
        name = case.wrong_type[0]
        return Cause(code=CauseCode.WRONG_TYPE, text=f"secret/{name} has a type that the kubelet ignores", secret=name)
    if case.unreadable:
        text = f"not allowed to read the secrets that the pod references: {', '.join(case.unreadable)}"
        return Cause(code=CauseCode.UNREADABLE, text=text)
    if missing := tuple(name for name in case.missing if not is_token_name(name)):
        text = f"the pod references missing secrets: {', '.join(missing)}"
        return Cause(code=CauseCode.MISSING, text=text, secret=_best_missing(case, missing))
    if case.near_misses:
        name, key, why = case.near_misses[0]
        text = f"secret/{name}: key {key} does not match {case.image.domain}/...: {why}"
        return Cause(code=CauseCode.WRONG_KEY, text=text, secret=name)
    return None


def _best_missing(case: WaitingContainer, missing: tuple[str, ...]) -> str:
    """Of the missing names one that another namespace has a secret for, or else the first."""
    found = [best_secret(case.namespace, case.wait.image, case.evidence, name=name) for name in missing]
    return next((name_of(secret) for secret in found if secret and name_of(secret) in missing), missing[0])


def _of_missing_reference(case: WaitingContainer) -> Cause:
    """The pod references no secret for the registry; a secret that it could reference may exist."""
    host = case.image.domain
    account = f'service account "{case.account}"'
    who = "the pod's own list" if case.evidence.has_own_list(case.pod) else account
    lack = f"{who} has no pull secret for {host}"
    if case.pattern.error in MAY_NOT_EXIST:
        lack = f"there is no such image, or it is private (the registry does not tell which), and {lack}"
    found = nearest_secrets(case.namespace, case.wait.image, case.evidence)
    if not found:
        return Cause(code=CauseCode.NO_SECRET, text=f"{lack}, and {_whereabouts(case)}")
    is_own = namespace_of(found[0]) == case.namespace
    names = [f"secret/{name_of(secret)}" if is_own else place_of(secret) for secret in found]
    text = f"{lack}; {listed(names)} would {'each ' if len(names) > 1 else ''}work"
    if needs_consent(found[0], case.namespace, case.evidence):
        text += f" (shared with this namespace by {'their owners' if len(names) > 1 else 'its owner'})"
    code = CauseCode.NOT_ATTACHED if is_own else CauseCode.ELSEWHERE
    return Cause(code=code, text=text, secret=name_of(found[0]) if len(found) == 1 else "")


def _whereabouts(case: WaitingContainer) -> str:
    """Why no secret is taken: those that match have findings, are for other namespaces, or do not exist."""
    place = (case.namespace, case.wait.image, case.evidence)
    flawed = flawed_candidates(*place)
    if flawed:
        lines = [f"{place_of(item.secret)} has findings ({listed(item.flaws)})" for item in flawed]
        return listed(lines)
    if secrets_of_others(*place):
        homes = ("this namespace", *case.evidence.chosen, SHARED_NAMESPACE)
        return f"neither {', '.join(homes[:-1])} nor {homes[-1]} has one that may be taken"
    return "none was found"
