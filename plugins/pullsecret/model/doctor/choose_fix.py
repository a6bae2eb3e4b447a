"""What mends a cause: secrets to put and to name, then the owners whose pods have to be made anew."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.doctor.best_secret import best_secret, covers
from pullsecret.model.doctor.causes import Cause, CauseCode
from pullsecret.model.doctor.fixes import AttachStep, CopyStep, CreateStep, Fix, KubectlStep, attach_words
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import DEFAULT_USERNAME, ENTITLED_HOSTS, is_registry_host
from pullsecret.model.objects.objects import Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import is_ours, is_pull_secret, is_source_of, provenance_of
from pullsecret.model.plan.waiting_pods import Recovery
from pullsecret.model.request.suggested_command import Flag

if TYPE_CHECKING:
    from pullsecret.model.doctor.waiting_container import WaitingContainer


_ADVICE = {
    CauseCode.UNREACHABLE: "mend the way from the node to the registry, or the name; the pod then comes up by itself",
    CauseCode.CERTIFICATE: (
        "have the nodes trust the registry's authority, or give the registry a certificate for this host"
    ),
    CauseCode.THROTTLED: "wait: the pod tries again by itself; logins have higher limits than anonymous pulls",
    CauseCode.REGISTRY: "wait until the registry is well: the pod then comes up by itself",
    CauseCode.SIGNATURE: "sign the image, or change the nodes' signature policy",
    CauseCode.UNREADABLE: "ask for the right to read secrets in this namespace, or look with an account that has it",
    CauseCode.MIRROR: "add the mirror's login to the global pull secret of the cluster: openshift-config/pull-secret",
    CauseCode.UNKNOWN: "see the events: kubectl describe pod",
}
_TIME_HELPS = frozenset(
    {CauseCode.UNREACHABLE, CauseCode.THROTTLED, CauseCode.REGISTRY, CauseCode.CHANGED, CauseCode.CERTIFICATE}
)
_IN_LIST = frozenset(
    {
        CauseCode.MALFORMED,
        CauseCode.EMPTY,
        CauseCode.WHITE_SPACE,
        CauseCode.STALE,
        CauseCode.USERNAME,
        CauseCode.NO_RIGHT,
        CauseCode.REFUSED,
        CauseCode.WRONG_TYPE,
        CauseCode.MISSING,
        CauseCode.WRONG_KEY,
    }
)
"""The causes in which the pod names the secret at fault: put right, it serves the pod as it is."""


def fix_for(case: WaitingContainer, cause: Cause) -> Fix:
    """What mends a cause."""
    if cause.code in (CauseCode.INVALID_IMAGE, CauseCode.NOT_FOUND, CauseCode.NEVER, CauseCode.PRIVATE_ONLY):
        return Fix(steps=(_edit(case, cause.code),))
    if cause.code in _ADVICE or cause.code is CauseCode.CHANGED:
        remedy = Recovery.TIME if cause.code in _TIME_HELPS else None
        return Fix(remedy=remedy, advice=_ADVICE.get(cause.code, ""))
    if cause.code in (CauseCode.MADE_BEFORE, CauseCode.OWN_LIST):
        return Fix(remedy=_anew(case), secret=cause.secret)
    return _in_place(case, cause) or _beside(case)


def _in_place(case: WaitingContainer, cause: Cause) -> Fix | None:
    """Put the secret at fault right, so that the pod comes up as it is; None where that would lose other logins."""
    if cause.code not in _IN_LIST:
        return None
    there = case.evidence.secret(case.namespace, cause.secret)
    better = best_secret(case.namespace, case.wait.image, case.evidence, name=cause.secret)
    if better is not None and namespace_of(better) == case.namespace and cause.code is not CauseCode.MALFORMED:
        return None  # it needs no copy, only to be named
    if better is not None and cause.code is CauseCode.MISSING and name_of(better) != cause.secret:
        return None  # nobody knows that the one that is not there was meant for this registry
    if better is not None and (there is None or covers(better, there, case.wait.image)):
        return Fix(steps=(_put(better, cause.secret, there),), remedy=Recovery.TIME)
    if better is not None or (there is not None and len(registries_of(there).entries) > 1):
        return None
    return Fix(steps=(_enter(case, cause.secret, there),), remedy=Recovery.TIME)


def _put(better: Object, name: str, there: Object | None) -> CopyStep:
    must_go = there is not None and (there.get("type") != better.get("type") or there.get("immutable") is True)
    return CopyStep(
        secret=name_of(better),
        source=namespace_of(better),
        name=name,
        overwrite=there is not None and not _is_replaceable(there, better),
        force=must_go,
    )


def _is_replaceable(there: Object, better: Object) -> bool:
    """Whether another secret may replace one without asking: one of ours, and if it is a copy, only by its source."""
    return is_ours(there) and (provenance_of(there) is None or is_source_of(better, there))


def _beside(case: WaitingContainer) -> Fix:
    """Give the pod's list another secret: by its service account, or in the list of its own."""
    remedy = _anew(case)
    account = case.account if remedy is Recovery.RESTART else ""
    better = best_secret(case.namespace, case.wait.image, case.evidence)
    if better is None:
        name = _free_name(case)
        words = (*_enter(case, name, None).words, *attach_words(account))
        return Fix(steps=(CreateStep(words=words),), remedy=remedy, secret=name)
    name = name_of(better)
    if namespace_of(better) != case.namespace:
        there = case.evidence.secret(case.namespace, name)
        free = name if there is None or covers(better, there, case.wait.image) else _free_name(case)
        put = _put(better, free, there if free == name else None)
        return Fix(steps=(replace(put, account=account),), remedy=remedy, secret=free)
    is_named = not account or name in case.evidence.account_list(case.pod)
    return Fix(steps=() if is_named else (AttachStep(secret=name, account=account),), remedy=remedy, secret=name)


def _anew(case: WaitingContainer) -> Recovery:
    return Recovery.OWN_LIST if case.evidence.has_own_list(case.pod) else Recovery.RESTART


def _free_name(case: WaitingContainer) -> str:
    """A name for a new secret that is not taken: made from the registry's host."""
    host = case.image.domain.lower()
    stem = re.sub(r"[^a-z0-9]+", "-", f"entitled-{host}" if host in ENTITLED_HOSTS else host).strip("-")
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(name for name in names if case.evidence.secret(case.namespace, name) is None)


def _enter(case: WaitingContainer, name: str, there: Object | None) -> CreateStep:
    """The command that makes a secret under a name, in place of what is there; the password is asked for."""
    host = case.image.domain
    hard: tuple[Flag, ...] = ()
    if there is not None:
        must_go = not is_pull_secret(there) or there.get("immutable") is True or _is_legacy(there)
        hard = (Flag("--force"),) if must_go else () if is_ours(there) else (Flag("--overwrite"),)
    if host in ENTITLED_HOSTS:
        staging = () if host == ENTITLED_HOSTS[0] else (Flag("--staging"),)
        return CreateStep(words=("entitled", name, *staging, *hard))
    server = () if host == "docker.io" else (Flag("--server", host),)
    if any(not item.entry.has_password for item in case.found.credentials) and there is not None:
        helped = (Flag("--server", host),) if server else (Flag("--server", "https://index.docker.io/v1/"),)
        return CreateStep(words=("create", name, Flag("--from-docker-config"), *helped, *hard))
    return CreateStep(words=("create", name, *server, Flag("--username", _username(case, there)), *hard))


def _is_legacy(secret: Object) -> bool:
    """Whether a secret is of the older type, which nothing is made in any more."""
    return secret.get("type") == "kubernetes.io/dockercfg"


def _username(case: WaitingContainer, there: Object | None) -> str:
    """The user name that is in use for the host, where it is one that can be right."""
    if is_registry_host(case.image.domain):
        return DEFAULT_USERNAME
    entries = registries_of(there).entries if there is not None else ()
    return next((entry.username for entry in entries if entry.username.strip()), "USER").strip()


def _edit(case: WaitingContainer, code: CauseCode) -> KubectlStep:
    """The kubectl command that changes the workload: the image's name, or when it is pulled."""
    container = case.wait.container
    if code is CauseCode.NEVER:
        patch = f'{{"spec":{{"containers":[{{"name":"{container}","imagePullPolicy":"IfNotPresent"}}]}}}}'
        return KubectlStep(words=("patch", case.owner, Flag("-p", f'{{"spec":{{"template":{patch}}}}}')))
    return KubectlStep(words=("set", "image", case.owner, f"{container}={_other_image(case, code)}"))


def _other_image(case: WaitingContainer, code: CauseCode) -> str:
    """The image's name put right, where that can be known; otherwise with the part in capitals to be filled in."""
    if code is CauseCode.PRIVATE_ONLY:
        return f"private.{case.wait.image}"
    if code is CauseCode.NOT_FOUND:
        return f"{case.image.name}:TAG"
    name, at, digest = case.wait.image.strip().partition("@")
    repository, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        repository, colon, tag = name, "", ""
    lowered = f"{repository.lower()}{colon}{tag}{at}{digest}"
    return lowered if lowered != case.wait.image else "IMAGE"
