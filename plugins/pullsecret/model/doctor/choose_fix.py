"""What fixes a cause: secrets to copy, create or attach, then the owners whose pods must be recreated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import SECRET_ADVICE, username_to_type
from pullsecret.model.check.generic_secrets import as_pull_secret, free_name_beside, recreated_beside
from pullsecret.model.check.rule import listed
from pullsecret.model.check.secret import content_of
from pullsecret.model.check.sources import copied_by_its_owner, described
from pullsecret.model.doctor.best_secret import (
    best_secret,
    covers,
    flawed_candidates,
    nearest_secrets,
    needs_consent,
    place_of,
    secrets_of_others,
    source_in_evidence,
)
from pullsecret.model.doctor.causes import Cause, CauseCode
from pullsecret.model.doctor.debug_container import for_debug_container
from pullsecret.model.doctor.fixes import AttachStep, ContentStep, CopyStep, CreateStep, Fix, attach_words, free_name
from pullsecret.model.doctor.mirror_causes import fix_of_mirror
from pullsecret.model.doctor.openshift import fix_of_internal, is_sent_by_nodes
from pullsecret.model.doctor.runtime_messages import MAY_NOT_EXIST
from pullsecret.model.doctor.short_names import has_registry
from pullsecret.model.doctor.workload_change import node_fix, workload_fix
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import DEFAULT_USERNAME, ENTITLED_HOSTS, is_registry_host
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.objects.generated_secrets import is_account_token
from pullsecret.model.objects.objects import Object, name_of, namespace_of, subdomain_problem
from pullsecret.model.objects.pullsecret import is_pull_secret, is_source_of, provenance_of
from pullsecret.model.owners.managed_secret import data_owner, is_ours
from pullsecret.model.plan.waiting_pods import Recovery, keys_of
from pullsecret.model.request.suggested_command import Flag, Name

if TYPE_CHECKING:
    from pullsecret.model.doctor.best_secret import Candidate
    from pullsecret.model.doctor.waiting_container import WaitingContainer


_ADVICE = {
    CauseCode.UNREACHABLE: "fix network access from the node to the registry, or the image name; the pod then recovers",
    CauseCode.CERTIFICATE: (
        "add the registry's CA to the nodes' trust store, or give the registry a certificate that is valid for its host"
    ),
    CauseCode.RATE_LIMIT: "wait: the pod retries on its own; pulls with credentials have higher limits",
    CauseCode.SERVER_ERROR: "wait until the registry is available",
    CauseCode.SIGNATURE: "sign the image, or change the nodes' signature policy",
    CauseCode.UNREADABLE: "request permission to read secrets in this namespace",
    CauseCode.KEPT: (
        "the kubelet keeps what an immutable secret held until no pod on the node references its name: put the "
        "credentials into a secret with another name and attach that, or delete these pods together"
    ),
    CauseCode.UNKNOWN: "see the pod's events: kubectl describe pod",
}
_WAIT_HELPS = frozenset(
    {
        CauseCode.UNREACHABLE,
        CauseCode.RATE_LIMIT,
        CauseCode.SERVER_ERROR,
        CauseCode.NOT_RETRIED,
        CauseCode.CERTIFICATE,
    }
)
_OF_LISTED_SECRET = frozenset(
    {
        CauseCode.MALFORMED,
        CauseCode.EMPTY,
        CauseCode.WHITESPACE,
        CauseCode.STALE,
        CauseCode.USERNAME,
        CauseCode.NOT_AUTHORIZED,
        CauseCode.REJECTED,
        CauseCode.MISSING,
        CauseCode.WRONG_KEY,
    }
)
"""The causes in which the pod references the secret at fault: once that is fixed, the pod recovers as it is."""


_NAMED = 3
"""So many secrets of other namespaces are named; -o json has more."""


def fix_for(case: WaitingContainer, cause: Cause) -> Fix:
    """What fixes a cause."""
    fix = _fix_for(case, cause)
    return for_debug_container(case, fix) if case.wait.is_debug else fix


def _fix_for(case: WaitingContainer, cause: Cause) -> Fix:
    if cause.code in (CauseCode.STATIC_POD, CauseCode.SANDBOX):
        return node_fix(case)
    if cause.code in (CauseCode.INVALID_IMAGE, CauseCode.NOT_FOUND, CauseCode.NEVER, CauseCode.PRIVATE_ONLY):
        return workload_fix(case, cause.code)
    if cause.code in (CauseCode.OTHER_PROJECT, CauseCode.ACCOUNT_TOKEN, CauseCode.MIRROR):
        return fix_of_mirror(case) if cause.code is CauseCode.MIRROR else fix_of_internal(case, cause)
    if cause.code in _ADVICE or cause.code is CauseCode.NOT_RETRIED:
        recovery = Recovery.WAIT if cause.code in _WAIT_HELPS else None
        return Fix(recovery=recovery, advice=_ADVICE.get(cause.code, ""))
    if cause.code in (CauseCode.CREATED_BEFORE, CauseCode.OWN_LIST) or (
        cause.code is CauseCode.NAMELESS and cause.secret
    ):
        return Fix(recovery=_recovery(case), secret=cause.secret)
    return _left_to_a_person(case, cause) or _with_consent(case, _in_place(case, cause) or _beside(case))


def _with_consent(case: WaitingContainer, fix: Fix) -> Fix:
    """The fix; a person takes it where only the source's owner says that it is for this namespace."""
    for step in fix.steps:
        source = case.evidence.source(step.source, step.secret) if isinstance(step, CopyStep) else None
        if source is not None and needs_consent(source, case.namespace, case.evidence):
            return replace(fix, reason=f"{place_of(source)} is used only with --from={namespace_of(source)}")
    return fix


def _left_to_a_person(case: WaitingContainer, cause: Cause) -> Fix | None:
    """Words instead of commands: where secrets are of equal standing, and where the source is another namespace's."""
    is_listed = cause.code in _OF_LISTED_SECRET
    there = case.evidence.secret(case.namespace, cause.secret) if is_listed else None
    recovery = Recovery.WAIT if is_listed else None
    if there and there.get("immutable") is True and cause.code is CauseCode.MALFORMED:
        return Fix(advice=_ADVICE[CauseCode.KEPT])
    if there and cause.code is CauseCode.MALFORMED and len(content_of(there).keys) > 1:
        return Fix(recovery=recovery, advice=SECRET_ADVICE, reason="its other entries would be lost")
    source = source_in_evidence(there, case.evidence) if there and cause.code is CauseCode.STALE else None
    if there and source and (words := copied_by_its_owner(there, source)):
        return Fix(recovery=recovery, advice=words, reason="its source is in another namespace")
    found = nearest_secrets(case.namespace, case.wait.image, case.evidence, name=cause.secret if is_listed else "")
    if len(found) > 1:
        advice = f"choose one: {listed(tuple(map(described, found)))}"
        return Fix(recovery=recovery, advice=advice, reason="several secrets would work")
    return None


def _in_place(case: WaitingContainer, cause: Cause) -> Fix | None:
    """Fix the secret at fault, so that the pod recovers as it is; None where that would lose other credentials."""
    there = case.evidence.secret(case.namespace, cause.secret)
    is_possible = can_be_replaced(there) if there is not None else not subdomain_problem(cause.secret)
    if cause.code not in _OF_LISTED_SECRET or not is_possible:
        return None
    better = best_secret(case.namespace, case.wait.image, case.evidence, name=cause.secret)
    if better is not None and namespace_of(better) == case.namespace and cause.code is not CauseCode.MALFORMED:
        return None  # it is in the namespace already, and only has to be referenced
    if better is not None and cause.code is CauseCode.MISSING and name_of(better) != cause.secret:
        return None  # the missing secret may have been meant for another registry
    if better is not None and (there is None or covers(better, there, case.wait.image)):
        return Fix(steps=(_copy_step(better, cause.secret, there),), recovery=Recovery.WAIT)
    if better is not None or (there is not None and len(registries_of(there).entries) > 1):
        return None
    step = _create_step(case, cause.secret, there)
    return Fix(steps=(step,), recovery=Recovery.WAIT, advice=_or_else(case))


def can_be_replaced(secret: Object) -> bool:
    """Whether other data in a secret reaches the kubelet: it is a pull secret, not immutable, and not OpenShift's."""
    return is_pull_secret(secret) and secret.get("immutable") is not True and not is_account_token(secret)


def _copy_step(better: Object, name: str, there: Object | None) -> CopyStep:
    must_go = there is not None and there.get("type") != better.get("type")
    return CopyStep(
        secret=name_of(better),
        source=namespace_of(better),
        name=name,
        overwrite=there is not None and data_owner(there) is None and not _is_replaceable(there, better),
        recreate=must_go,
    )


def _is_replaceable(there: Object, better: Object) -> bool:
    """Whether another secret replaces one without a flag: one of ours that is a copy of it."""
    return is_ours(there) and is_source_of(better, there)


def _beside(case: WaitingContainer) -> Fix:
    """Give the pod another secret: by its service account, or in its own imagePullSecrets."""
    recovery = _recovery(case)
    account = case.account if recovery is Recovery.RECREATE else ""
    better = best_secret(case.namespace, case.wait.image, case.evidence)
    if better is None and (made := _from_another_type(case, account)):
        return made
    if better is None:
        name = _free_name(case)
        words = (*_create_step(case, name, None).words, *attach_words(account))
        return Fix(steps=(CreateStep(words=words),), recovery=recovery, secret=name, advice=_or_else(case))
    name = name_of(better)
    if namespace_of(better) != case.namespace:
        there = case.evidence.secret(case.namespace, name)
        is_free = there is None or (can_be_replaced(there) and covers(better, there, case.wait.image))
        free = name if is_free else _free_name(case)
        step = _copy_step(better, free, there if free == name else None)
        return Fix(steps=(replace(step, account=account),), recovery=recovery, secret=free)
    is_attached = not account or name in case.evidence.account_list(case.pod)
    return Fix(steps=() if is_attached else (AttachStep(secret=name, account=account),), recovery=recovery, secret=name)


def _from_another_type(case: WaitingContainer, account: str) -> Fix | None:
    """A pull secret with the login file that a listed secret of another type holds; None where none would help."""
    for name in case.wrong_type:
        there = case.evidence.secret(case.namespace, name)
        made = as_pull_secret(there, case.evidence.now) if there is not None else None
        if there is None or made is None or not matching_keys(keys_of(made), case.wait.image):
            continue
        free = free_name_beside(there, lambda name: case.evidence.secret(case.namespace, name) is None)
        if free:
            step = ContentStep(command=recreated_beside(there, free, [account] if account else []), account=account)
            reason = "it is left to you to create a pull secret from one of another type; use the command above"
            return Fix(steps=(step,), recovery=_recovery(case), secret=free, reason=reason)
    return None


def _or_else(case: WaitingContainer) -> str:
    """What may be right instead of new credentials; "" for nothing."""
    is_hidden = case.pattern.error in MAY_NOT_EXIST
    absent = "or correct the image name, if there is no such image" if is_hidden else ""
    is_local = is_hidden and not has_registry(case.wait.image)
    built = "push an image that was built locally to a registry, or load it onto the node" if is_local else ""
    return "; ".join(filter(None, (_of_others(case), absent, built)))


def _of_others(case: WaitingContainer) -> str:
    """The secrets that would work and are not taken, for a person to decide; "" for none."""
    place = (case.namespace, case.wait.image, case.evidence)
    flawed = [item for item in flawed_candidates(*place) if item.place[1] not in case.listed]
    found = [each for each in secrets_of_others(*place) if not is_sent_by_nodes(case, each)]
    fixing = f"or fix what check reports of {listed([_flawed(item) for item in flawed])}" if flawed else ""
    more = " and others" if len(found) > _NAMED else ""
    asking = f"or ask the owner of {', '.join(map(described, found[:_NAMED]))}{more}" if found else ""
    return "; ".join(filter(None, (fixing, asking)))


def _flawed(candidate: Candidate) -> str:
    return f"{described(candidate.secret)}: {', '.join(candidate.flaws)}"


def _recovery(case: WaitingContainer) -> Recovery:
    return Recovery.EDIT_TEMPLATE if case.evidence.has_own_list(case.pod) else Recovery.RECREATE


def _free_name(case: WaitingContainer) -> str:
    """A free name for a new secret, made from the registry's host."""
    host = case.image.domain.lower()
    wanted = f"entitled-{host}" if host in ENTITLED_HOSTS else host
    return free_name(wanted, lambda name: case.evidence.secret(case.namespace, name) is None)


def _create_step(case: WaitingContainer, name: str, there: Object | None) -> CreateStep:
    """The command that creates a secret, over what is there; it prompts for the password."""
    host = case.image.domain
    hard: tuple[Flag, ...] = ()
    if there is not None:
        overwrite = () if is_ours(there) and _was_created_for(host, there) else (Flag("--overwrite"),)
        hard = (*overwrite, *((Flag("--recreate"),) if _is_legacy(there) else ()))
    if host in ENTITLED_HOSTS:
        staging = () if host == ENTITLED_HOSTS[0] else (Flag("--staging"),)
        return CreateStep(words=("entitled", Name(name), *staging, *hard))
    server = () if host == "docker.io" else (Flag("--registry", host),)
    if any(not item.entry.has_password for item in case.found.credentials) and there is not None:
        hub = "https://index.docker.io/v1/"
        helped = server or (Flag("--registry", hub),)
        return CreateStep(words=("create", Name(name), Flag("--from-docker-config"), *helped, *hard))
    return CreateStep(words=("create", Name(name), *server, Flag("--username", _username(case, there)), *hard))


def _was_created_for(host: str, secret: Object) -> bool:
    """Whether a secret is no copy, and has no entry for any other registry."""
    hosts = {(index_key(entry.server) or "").partition("/")[0] for entry in registries_of(secret).entries}
    return provenance_of(secret) is None and hosts <= {host}


def _is_legacy(secret: Object) -> bool:
    """Whether a secret has the legacy type, which is not created any more."""
    return secret.get("type") == "kubernetes.io/dockercfg"


def _username(case: WaitingContainer, there: Object | None) -> str:
    """The username in use for the host, where it can be right."""
    if is_registry_host(case.image.domain):
        return DEFAULT_USERNAME
    entries = registries_of(there).entries if there is not None else ()
    return username_to_type(next((entry.open_username for entry in entries if entry.open_username.strip()), ""))
