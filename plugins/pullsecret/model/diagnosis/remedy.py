"""What mends a cause: secrets to put and to name, then the owners whose pods have to be made anew."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.diagnosis.candidates import best_secret, covers
from pullsecret.model.diagnosis.code import Cause, Code
from pullsecret.model.diagnosis.cure import Cure, Edit, Enter, Name, Put, attach_words
from pullsecret.model.dockerconfig import decoded
from pullsecret.model.icr import DEFAULT_USERNAME, ENTITLED_HOSTS, is_registry_host
from pullsecret.model.kubeobject import Object, name_of, namespace_of
from pullsecret.model.pullsecret import is_ours, is_pull_secret
from pullsecret.model.waiting import Remedy

if TYPE_CHECKING:
    from pullsecret.model.diagnosis.case import Case


_ADVICE = {
    Code.UNREACHABLE: "mend the way from the node to the registry, or the name; the pod then comes up by itself",
    Code.CERTIFICATE: "have the nodes trust the registry's authority, or give the registry a certificate for this host",
    Code.THROTTLED: "wait: the pod tries again by itself; logins have higher limits than anonymous pulls",
    Code.REGISTRY: "wait until the registry is well: the pod then comes up by itself",
    Code.SIGNATURE: "sign the image, or change the nodes' signature policy",
    Code.UNREADABLE: "ask for the right to read secrets in this namespace, or look with an account that has it",
    Code.MIRROR: "add the mirror's login to the global pull secret of the cluster: openshift-config/pull-secret",
    Code.UNKNOWN: "see the events: kubectl describe pod",
}
_TIME_HELPS = frozenset({Code.UNREACHABLE, Code.THROTTLED, Code.REGISTRY, Code.CHANGED, Code.CERTIFICATE})
_IN_LIST = frozenset(
    {
        Code.MALFORMED,
        Code.EMPTY,
        Code.WHITE_SPACE,
        Code.STALE,
        Code.USERNAME,
        Code.NO_RIGHT,
        Code.REFUSED,
        Code.WRONG_TYPE,
        Code.MISSING,
        Code.WRONG_KEY,
    }
)
"""The causes in which the pod names the secret at fault: put right, it serves the pod as it is."""


def cure_for(case: Case, cause: Cause) -> Cure:
    """What mends a cause."""
    if cause.code in (Code.INVALID_IMAGE, Code.NOT_FOUND, Code.NEVER, Code.PRIVATE_ONLY):
        return Cure(steps=(_edit(case, cause.code),))
    if cause.code in _ADVICE or cause.code is Code.CHANGED:
        remedy = Remedy.TIME if cause.code in _TIME_HELPS else None
        return Cure(remedy=remedy, advice=_ADVICE.get(cause.code, ""))
    if cause.code in (Code.MADE_BEFORE, Code.OWN_LIST):
        return Cure(remedy=_anew(case), secret=cause.secret)
    return _in_place(case, cause) or _beside(case)


def _in_place(case: Case, cause: Cause) -> Cure | None:
    """Put the secret at fault right, so that the pod comes up as it is; None where that would lose other logins."""
    if cause.code not in _IN_LIST:
        return None
    there = case.clues.secret(case.namespace, cause.secret)
    better = best_secret(case.namespace, case.wait.image, case.clues, name=cause.secret)
    if better is not None and namespace_of(better) == case.namespace and cause.code is not Code.MALFORMED:
        return None  # it needs no copy, only to be named
    if better is not None and cause.code is Code.MISSING and name_of(better) != cause.secret:
        return None  # nobody knows that the one that is not there was meant for this registry
    if better is not None and (there is None or covers(better, there, case.wait.image)):
        return Cure(steps=(_put(better, cause.secret, there),), remedy=Remedy.TIME)
    if better is not None or (there is not None and len(decoded(there).logins) > 1):
        return None
    return Cure(steps=(_enter(case, cause.secret, there),), remedy=Remedy.TIME)


def _put(better: Object, name: str, there: Object | None) -> Put:
    must_go = there is not None and (there.get("type") != better.get("type") or there.get("immutable") is True)
    return Put(
        secret=name_of(better),
        source=namespace_of(better),
        name=name,
        overwrite=there is not None and not is_ours(there),
        force=must_go,
    )


def _beside(case: Case) -> Cure:
    """Give the pod's list another secret: by its service account, or in the list of its own."""
    remedy = _anew(case)
    account = case.account if remedy is Remedy.RESTART else ""
    better = best_secret(case.namespace, case.wait.image, case.clues)
    if better is None:
        name = _free_name(case)
        words = (*_enter(case, name, None).words, *attach_words(account))
        return Cure(steps=(Enter(words=words),), remedy=remedy, secret=name)
    name = name_of(better)
    if namespace_of(better) != case.namespace:
        there = case.clues.secret(case.namespace, name)
        free = name if there is None or covers(better, there, case.wait.image) else _free_name(case)
        put = _put(better, free, there if free == name else None)
        return Cure(steps=(replace(put, account=account),), remedy=remedy, secret=free)
    is_named = not account or name in case.clues.account_list(case.pod)
    return Cure(steps=() if is_named else (Name(secret=name, account=account),), remedy=remedy, secret=name)


def _anew(case: Case) -> Remedy:
    return Remedy.OWN_LIST if case.clues.has_own_list(case.pod) else Remedy.RESTART


def _free_name(case: Case) -> str:
    """A name for a new secret that is not taken: made from the registry's host."""
    host = case.image.domain.lower()
    stem = re.sub(r"[^a-z0-9]+", "-", f"entitled-{host}" if host in ENTITLED_HOSTS else host).strip("-")
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(name for name in names if case.clues.secret(case.namespace, name) is None)


def _enter(case: Case, name: str, there: Object | None) -> Enter:
    """The command that makes a secret under a name, in place of what is there; the password is asked for."""
    host = case.image.domain
    hard: tuple[str, ...] = ()
    if there is not None:
        must_go = not is_pull_secret(there) or there.get("immutable") is True or _is_legacy(there)
        hard = ("--force",) if must_go else () if is_ours(there) else ("--overwrite",)
    if host in ENTITLED_HOSTS:
        staging = () if host == ENTITLED_HOSTS[0] else ("--staging",)
        return Enter(words=("entitled", name, *staging, *hard))
    server = () if host == "docker.io" else (f"--server={host}",)
    if any(not item.login.has_password for item in case.found.credentials) and there is not None:
        helped = (f"--server={host}",) if server else ("--server=https://index.docker.io/v1/",)
        return Enter(words=("create", name, "--from-docker-config", *helped, *hard))
    return Enter(words=("create", name, *server, f"--username={_username(case, there)}", *hard))


def _is_legacy(secret: Object) -> bool:
    """Whether a secret is of the older type, which nothing is made in any more."""
    return secret.get("type") == "kubernetes.io/dockercfg"


def _username(case: Case, there: Object | None) -> str:
    """The user name that is in use for the host, where it is one that can be right."""
    if is_registry_host(case.image.domain):
        return DEFAULT_USERNAME
    logins = decoded(there).logins if there is not None else ()
    return next((login.username for login in logins if login.username.strip()), "USER").strip()


def _edit(case: Case, code: Code) -> Edit:
    """The kubectl command that changes the workload: the image's name, or when it is pulled."""
    container = case.wait.container
    if code is Code.NEVER:
        patch = f'{{"spec":{{"containers":[{{"name":"{container}","imagePullPolicy":"IfNotPresent"}}]}}}}'
        return Edit(words=("patch", case.owner, "-p", f'{{"spec":{{"template":{patch}}}}}'))
    return Edit(words=("set", "image", case.owner, f"{container}={_other_image(case, code)}"))


def _other_image(case: Case, code: Code) -> str:
    """The image's name put right, where that can be known; otherwise with the part in capitals to be filled in."""
    if code is Code.PRIVATE_ONLY:
        return f"private.{case.wait.image}"
    if code is Code.NOT_FOUND:
        return f"{case.image.name}:TAG"
    name, at, digest = case.wait.image.strip().partition("@")
    repository, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        repository, colon, tag = name, "", ""
    lowered = f"{repository.lower()}{colon}{tag}{at}{digest}"
    return lowered if lowered != case.wait.image else "IMAGE"
