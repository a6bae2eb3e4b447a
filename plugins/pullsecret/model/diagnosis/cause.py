"""Why a container's image is not pulled: one cause for each, found by asking what would stop the kubelet first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.diagnosis.candidates import best_secret, place_of, serves, source_of
from pullsecret.model.diagnosis.case import shown_user
from pullsecret.model.diagnosis.code import Cause, Code
from pullsecret.model.diagnosis.mirrors import mirroring_of
from pullsecret.model.diagnosis.texts import ABOUT_LOGIN, Saying
from pullsecret.model.kubeobject import name_of, namespace_of
from pullsecret.model.pullsecret import holds_same
from pullsecret.model.rules.logins import login_problems
from pullsecret.model.shown import shown

if TYPE_CHECKING:
    from pullsecret.model.diagnosis.case import Case
    from pullsecret.model.dockerconfig import RegistryLogin


_BY_SAYING = {
    Saying.NOT_FOUND: (Code.NOT_FOUND, "the registry {host} has no such image or tag"),
    Saying.UNREACHABLE: (Code.UNREACHABLE, "the node does not reach the registry {host}: no pull secret helps"),
    Saying.UNKNOWN_HOST: (Code.UNREACHABLE, "the node finds no address for {host}: is the name right?"),
    Saying.CERTIFICATE: (Code.CERTIFICATE, "the node does not accept the certificate of {host}: no pull secret helps"),
    Saying.THROTTLED: (Code.THROTTLED, "too many pulls from {host}"),
    Saying.SERVER_ERROR: (Code.REGISTRY, "the registry {host} itself fails"),
    Saying.SIGNATURE: (Code.SIGNATURE, "the node's signature policy refuses the image: no pull secret helps"),
    Saying.PRIVATE_ONLY: (Code.PRIVATE_ONLY, "the registry {host} is open on its private network only"),
}


_LOGIN_CODES = {"PS306": Code.WHITE_SPACE, "PS304": Code.REFUSED, "PS305": Code.REFUSED, "PS307": Code.REFUSED}
"""What check's rules for logins come to here; the others are about user names."""


def cause_of(case: Case) -> Cause:
    """The cause of one wait."""
    return _before_any_pull(case) or _told(case) or _of_mirror(case) or _of_login(case) or _of_list(case)


def _before_any_pull(case: Case) -> Cause | None:
    """What stops the kubelet before it asks a registry."""
    found = case.found
    if case.wait.reason == "InvalidImageName" or found.invalid_image:
        why = found.invalid_image or "invalid reference format"
        return Cause(code=Code.INVALID_IMAGE, text=f"{shown(case.wait.image)} is no image's name: {why}")
    if case.wait.reason == "ErrImageNeverPull":
        return Cause(code=Code.NEVER, text=case.text.plain)
    if found.malformed:
        why = f"secret/{found.malformed_secret} is malformed ({found.malformed}), and stops every pull of its pods"
        return Cause(code=Code.MALFORMED, text=why, secret=found.malformed_secret)
    if case.wait.is_for_malformed_secret:
        return Cause(code=Code.CHANGED, text="the malformed secret has been mended since the kubelet looked at it")
    return None


def _told(case: Case) -> Cause | None:
    """What the message says for sure: nothing that a login could change."""
    saying = case.text.saying
    if saying in _BY_SAYING:
        code, text = _BY_SAYING[saying]
        return Cause(code=code, text=text.format(host=case.image.domain))
    if saying not in ABOUT_LOGIN:
        return Cause(code=Code.UNKNOWN, text=f"the runtime says: {shown(case.clues.message(case.pod, case.wait))}")
    return None


def _of_mirror(case: Case) -> Cause | None:
    """A mirror that wants a login, on a runtime that sends mirrors none."""
    if not case.clues.runtime(case.pod).startswith("cri-o"):
        return None
    rule = mirroring_of(case.image, case.clues.mirrors)
    message = case.clues.message(case.pod, case.wait)
    if rule is None or not (rule.is_only or any(mirror in message for mirror in rule.mirrors)):
        return None
    way = f"{rule.holder} sends pulls of {case.image.domain} to {', '.join(rule.mirrors)}"
    return Cause(code=Code.MIRROR, text=f"{way}, and CRI-O sends mirrors no pull secret of a pod")


def _of_login(case: Case) -> Cause | None:
    """A login was sent, or will be at the next attempt: what is wrong with it."""
    if not case.found.credentials:
        return None
    first = case.found.credentials[0]
    code, text = _login_problem(case, first.login, first.secret)
    if code in (Code.REFUSED, Code.NO_RIGHT) and case.is_changed_since:
        text = f"secret/{first.secret} was changed after the last attempt, and has not been tried yet"
        return Cause(code=Code.CHANGED, text=text, secret=first.secret)
    return Cause(code=code, text=f"secret/{first.secret}: {text}", secret=first.secret)


def _login_problem(case: Case, login: RegistryLogin, secret: str) -> tuple[Code, str]:
    host = case.image.domain
    if not login.has_password:
        return (
            Code.EMPTY,
            f"its entry for {host} is empty, as docker leaves it where a credential helper keeps the login",
        )
    there = case.clues.secret(case.namespace, secret)
    source = source_of(there, case.clues) if there else None
    if there and source and not holds_same(there, source):
        return Code.STALE, f"it is a copy of {place_of(source)}, which has changed since"
    for problem in login_problems(login):
        return _LOGIN_CODES.get(problem.code, Code.USERNAME), f"{host}: {problem.message}"
    if case.text.saying is Saying.BAD_USERNAME:
        return Code.USERNAME, case.text.plain
    if case.text.saying in (Saying.NO_RIGHT, Saying.FORBIDDEN):
        return (
            Code.NO_RIGHT,
            f"{host} gives this image to no login of {shown_user(login)}: it lacks the right",
        )
    return Code.REFUSED, f"{host} refused the login of {shown_user(login)}: wrong, revoked or expired"


def _of_list(case: Case) -> Cause:
    """No login is sent: what the pod's list lacks."""
    named_now = _named_now(case)
    has_own = case.clues.has_own_list(case.pod)
    if named_now and not has_own:
        text = (
            f"serviceaccount/{case.account} names secret/{named_now} now, but the pod was made before: its list stays"
        )
        return Cause(code=Code.MADE_BEFORE, text=text, secret=named_now)
    if found := _of_named(case):
        return found
    if named_now:
        text = f"serviceaccount/{case.account} names secret/{named_now}, but the pod has a list of its own"
        return Cause(code=Code.OWN_LIST, text=text, secret=named_now)
    return _of_absent(case)


def _named_now(case: Case) -> str:
    """The secret that would serve, and that the service account names and the pod does not; "" for none."""
    for name in case.clues.account_list(case.pod):
        secret = case.clues.secret(case.namespace, name)
        if name not in case.listed and secret is not None and serves(secret, case.wait.image, case.clues):
            return name
    return ""


def _of_named(case: Case) -> Cause | None:
    """Secrets that the pod names, and that give nothing."""
    host = case.image.domain
    if case.wrong_type:
        name = case.wrong_type[0]
        text = f"secret/{name} is of a type that the kubelet passes over, so nothing of it is sent to {host}"
        return Cause(code=Code.WRONG_TYPE, text=text, secret=name)
    unreadable = [name for name in case.listed if case.clues.is_unreadable(case.namespace, name)]
    if unreadable:
        text = f"no right to read the secrets that the pod names: {', '.join(unreadable)}"
        return Cause(code=Code.UNREADABLE, text=text)
    if case.missing:
        text = f"the pod names secrets that are not there: {', '.join(case.missing)}"
        return Cause(code=Code.MISSING, text=text, secret=_best_missing(case))
    if case.near_misses:
        name, key, why = case.near_misses[0]
        text = f"secret/{name}: key {key} does not match {host}/...: {why}"
        return Cause(code=Code.WRONG_KEY, text=text, secret=name)
    return None


def _best_missing(case: Case) -> str:
    """Of the names that are not there one that another namespace has a secret for, or else the first."""
    found = [best_secret(case.namespace, case.wait.image, case.clues, name=name) for name in case.missing]
    return next((name_of(secret) for secret in found if secret and name_of(secret) in case.missing), case.missing[0])


def _of_absent(case: Case) -> Cause:
    """Nothing that the pod names is for the registry; perhaps something else is."""
    host = case.image.domain
    who = "the pod's own list" if case.clues.has_own_list(case.pod) else f"serviceaccount/{case.account}"
    lack = f"{who} names no pull secret for {host}"
    found = best_secret(case.namespace, case.wait.image, case.clues)
    if found is None:
        return Cause(code=Code.NO_SECRET, text=f"{lack}, and none was found")
    if namespace_of(found) == case.namespace:
        return Cause(code=Code.NOT_ATTACHED, text=f"{lack}; secret/{name_of(found)} is one", secret=name_of(found))
    return Cause(code=Code.ELSEWHERE, text=f"{lack}; {place_of(found)} is one", secret=name_of(found))
