"""Why a container's image is not pulled: one cause for each, found by asking what would stop the kubelet first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.logins import credential_problems
from pullsecret.model.doctor.best_secret import best_secret, place_of, serves, source_of
from pullsecret.model.doctor.causes import Cause, CauseCode
from pullsecret.model.doctor.mirrors import mirroring_of
from pullsecret.model.doctor.runtime_messages import ABOUT_LOGIN, PullError
from pullsecret.model.doctor.waiting_container import shown_user
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.objects.pullsecret import holds_same

if TYPE_CHECKING:
    from pullsecret.model.doctor.waiting_container import WaitingContainer
    from pullsecret.model.images.dockerconfig import RegistryEntry


_BY_SAYING = {
    PullError.NOT_FOUND: (CauseCode.NOT_FOUND, "the registry {host} has no such image or tag"),
    PullError.UNREACHABLE: (CauseCode.UNREACHABLE, "the node does not reach the registry {host}: no pull secret helps"),
    PullError.UNKNOWN_HOST: (CauseCode.UNREACHABLE, "the node finds no address for {host}: is the name right?"),
    PullError.CERTIFICATE: (
        CauseCode.CERTIFICATE,
        "the node does not accept the certificate of {host}: no pull secret helps",
    ),
    PullError.THROTTLED: (CauseCode.THROTTLED, "too many pulls from {host}"),
    PullError.SERVER_ERROR: (CauseCode.REGISTRY, "the registry {host} itself fails"),
    PullError.SIGNATURE: (CauseCode.SIGNATURE, "the node's signature policy refuses the image: no pull secret helps"),
    PullError.PRIVATE_ONLY: (CauseCode.PRIVATE_ONLY, "the registry {host} is open on its private network only"),
}


_LOGIN_CODES = {
    "PS306": CauseCode.WHITE_SPACE,
    "PS304": CauseCode.REFUSED,
    "PS305": CauseCode.REFUSED,
    "PS307": CauseCode.REFUSED,
}
"""What check's rules for logins come to here; the others are about user names."""


def cause_of(case: WaitingContainer) -> Cause:
    """The cause of one wait."""
    return _before_any_pull(case) or _told(case) or _of_mirror(case) or _of_entry(case) or _of_list(case)


def _before_any_pull(case: WaitingContainer) -> Cause | None:
    """What stops the kubelet before it asks a registry."""
    found = case.found
    if case.wait.reason == "InvalidImageName" or found.invalid_image:
        why = found.invalid_image or "invalid reference format"
        return Cause(code=CauseCode.INVALID_IMAGE, text=f"{printable(case.wait.image)} is no image's name: {why}")
    if case.wait.reason == "ErrImageNeverPull":
        return Cause(code=CauseCode.NEVER, text=case.text.plain)
    if found.malformed:
        why = f"secret/{found.malformed_secret} is malformed ({found.malformed}), and stops every pull of its pods"
        return Cause(code=CauseCode.MALFORMED, text=why, secret=found.malformed_secret)
    if case.wait.is_for_malformed_secret:
        return Cause(code=CauseCode.CHANGED, text="the malformed secret has been mended since the kubelet looked at it")
    return None


def _told(case: WaitingContainer) -> Cause | None:
    """What the message says for sure: nothing that a login could change."""
    saying = case.text.saying
    if saying in _BY_SAYING:
        code, text = _BY_SAYING[saying]
        return Cause(code=code, text=text.format(host=case.image.domain))
    if saying not in ABOUT_LOGIN:
        return Cause(
            code=CauseCode.UNKNOWN, text=f"the runtime says: {printable(case.evidence.message(case.pod, case.wait))}"
        )
    return None


def _of_mirror(case: WaitingContainer) -> Cause | None:
    """A mirror that wants a login, on a runtime that sends mirrors none."""
    if not case.evidence.runtime(case.pod).startswith("cri-o"):
        return None
    rule = mirroring_of(case.image, case.evidence.mirrors)
    message = case.evidence.message(case.pod, case.wait)
    if rule is None or not (rule.is_only or any(mirror in message for mirror in rule.mirrors)):
        return None
    way = f"{rule.holder} sends pulls of {case.image.domain} to {', '.join(rule.mirrors)}"
    return Cause(code=CauseCode.MIRROR, text=f"{way}, and CRI-O sends mirrors no pull secret of a pod")


def _of_entry(case: WaitingContainer) -> Cause | None:
    """A login was sent, or will be at the next attempt: what is wrong with it."""
    if not case.found.credentials:
        return None
    first = case.found.credentials[0]
    code, text = _credential_problem(case, first.entry, first.secret)
    if code in (CauseCode.REFUSED, CauseCode.NO_RIGHT) and case.is_changed_since:
        text = f"secret/{first.secret} was changed after the last attempt, and has not been tried yet"
        return Cause(code=CauseCode.CHANGED, text=text, secret=first.secret)
    return Cause(code=code, text=f"secret/{first.secret}: {text}", secret=first.secret)


def _credential_problem(case: WaitingContainer, entry: RegistryEntry, secret: str) -> tuple[CauseCode, str]:
    host = case.image.domain
    if not entry.has_password:
        return (
            CauseCode.EMPTY,
            f"its entry for {host} is empty, as docker leaves it where a credential helper keeps the login",
        )
    there = case.evidence.secret(case.namespace, secret)
    source = source_of(there, case.evidence) if there else None
    if there and source and not holds_same(there, source):
        return CauseCode.STALE, f"it is a copy of {place_of(source)}, which has changed since"
    for problem in credential_problems(entry):
        return _LOGIN_CODES.get(problem.code, CauseCode.USERNAME), f"{host}: {problem.message}"
    if case.text.saying is PullError.BAD_USERNAME:
        return CauseCode.USERNAME, case.text.plain
    if case.text.saying in (PullError.NO_RIGHT, PullError.FORBIDDEN):
        return (
            CauseCode.NO_RIGHT,
            f"{host} gives this image to no login of {shown_user(entry)}: it lacks the right",
        )
    return CauseCode.REFUSED, f"{host} refused the login of {shown_user(entry)}: wrong, revoked or expired"


def _of_list(case: WaitingContainer) -> Cause:
    """No login is sent: what the pod's list lacks."""
    named_now = _named_now(case)
    has_own = case.evidence.has_own_list(case.pod)
    if named_now and not has_own:
        text = (
            f"serviceaccount/{case.account} names secret/{named_now} now, but the pod was made before: its list stays"
        )
        return Cause(code=CauseCode.MADE_BEFORE, text=text, secret=named_now)
    if found := _of_named(case):
        return found
    if named_now:
        text = f"serviceaccount/{case.account} names secret/{named_now}, but the pod has a list of its own"
        return Cause(code=CauseCode.OWN_LIST, text=text, secret=named_now)
    return _of_absent(case)


def _named_now(case: WaitingContainer) -> str:
    """The secret that would serve, and that the service account names and the pod does not; "" for none."""
    for name in case.evidence.account_list(case.pod):
        secret = case.evidence.secret(case.namespace, name)
        if name not in case.listed and secret is not None and serves(secret, case.wait.image, case.evidence):
            return name
    return ""


def _of_named(case: WaitingContainer) -> Cause | None:
    """Secrets that the pod names, and that give nothing."""
    host = case.image.domain
    if case.wrong_type:
        name = case.wrong_type[0]
        text = f"secret/{name} is of a type that the kubelet passes over, so nothing of it is sent to {host}"
        return Cause(code=CauseCode.WRONG_TYPE, text=text, secret=name)
    unreadable = [name for name in case.listed if case.evidence.is_unreadable(case.namespace, name)]
    if unreadable:
        text = f"no right to read the secrets that the pod names: {', '.join(unreadable)}"
        return Cause(code=CauseCode.UNREADABLE, text=text)
    if case.missing:
        text = f"the pod names secrets that are not there: {', '.join(case.missing)}"
        return Cause(code=CauseCode.MISSING, text=text, secret=_best_missing(case))
    if case.near_misses:
        name, key, why = case.near_misses[0]
        text = f"secret/{name}: key {key} does not match {host}/...: {why}"
        return Cause(code=CauseCode.WRONG_KEY, text=text, secret=name)
    return None


def _best_missing(case: WaitingContainer) -> str:
    """Of the names that are not there one that another namespace has a secret for, or else the first."""
    found = [best_secret(case.namespace, case.wait.image, case.evidence, name=name) for name in case.missing]
    return next((name_of(secret) for secret in found if secret and name_of(secret) in case.missing), case.missing[0])


def _of_absent(case: WaitingContainer) -> Cause:
    """Nothing that the pod names is for the registry; perhaps something else is."""
    host = case.image.domain
    who = "the pod's own list" if case.evidence.has_own_list(case.pod) else f"serviceaccount/{case.account}"
    lack = f"{who} names no pull secret for {host}"
    found = best_secret(case.namespace, case.wait.image, case.evidence)
    if found is None:
        return Cause(code=CauseCode.NO_SECRET, text=f"{lack}, and none was found")
    if namespace_of(found) == case.namespace:
        return Cause(code=CauseCode.NOT_ATTACHED, text=f"{lack}; secret/{name_of(found)} is one", secret=name_of(found))
    return Cause(code=CauseCode.ELSEWHERE, text=f"{lack}; {place_of(found)} is one", secret=name_of(found))
