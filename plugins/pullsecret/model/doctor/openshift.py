"""OpenShift's own credentials: the tokens for its internal registry, and the global pull secret of the nodes.

OpenShift creates the secret of each service account, renews it every hour, and puts it back; a copy ends with the
original (openshift-controller-manager: image_pull_secret_controller.go). What lacks for images of another project
is a role there, and never a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.doctor.causes import Cause, CauseCode
from pullsecret.model.doctor.fixes import Fix
from pullsecret.model.doctor.waiting_container import waiting_containers
from pullsecret.model.images.icr import ENTITLED_HOSTS
from pullsecret.model.images.internal_registry import INTERNAL_NAMES
from pullsecret.model.images.keyring import credentials_for, matching_keys
from pullsecret.model.objects.objects import label_problem, name_of
from pullsecret.model.openshift.global_secrets import SECRETS_OF_NODES
from pullsecret.model.openshift.image_grants import Puller, granting_command, still_allows
from pullsecret.model.plan.waiting_pods import Recovery
from pullsecret.model.request.suggested_command import CommandStyle, Flag, typed

if TYPE_CHECKING:
    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.doctor.waiting_container import WaitingContainer
    from pullsecret.model.images.keyring import PullCredentials
    from pullsecret.model.objects.objects import Object


def is_internal(case: WaitingContainer) -> bool:
    """Whether an image is in the cluster's internal registry."""
    host, evidence = case.image.domain, case.evidence
    known = host in evidence.registry_hosts or host in evidence.token_hosts.get(case.namespace, ())
    return known or bool(INTERNAL_NAMES.fullmatch(host))


def cause_of_internal(case: WaitingContainer) -> Cause | None:
    """Why the internal registry refuses an image; None for an image of any other registry."""
    if not is_internal(case):
        return None
    project = project_of(case)
    if project and project != case.namespace:
        binding = _allowing(case)
        if binding is None:
            text = f'the image belongs to project {project}, and service account "{case.account}" needs a role there'
            text += " to pull it from OpenShift's internal registry"
            without = ", and the pod has no token for that" if _is_without_token(case) else ""
            return Cause(code=CauseCode.OTHER_PROJECT, text=f"{text}{without}")
        if not _is_without_token(case) and case.evidence.is_after_last_attempt(binding, case.pod, case.wait):
            text = f'rolebinding/{name_of(binding)} in namespace {project} lets service account "{case.account}" pull'
            return Cause(code=CauseCode.NOT_RETRIED, text=f"{text}; the kubelet has not retried yet")
    if case.found.credentials:
        name = case.found.credentials[0].secret
        text = f"secret/{name}: OpenShift's internal registry rejected the token of the service account"
        return Cause(code=CauseCode.ACCOUNT_TOKEN, text=text, secret=name)
    if case.attached_since:
        return None
    text = f'service account "{case.account}" has no token for OpenShift\'s internal registry yet'
    return Cause(code=CauseCode.ACCOUNT_TOKEN, text=text)


def fix_of_internal(case: WaitingContainer, cause: Cause) -> Fix:
    """Words only: OpenShift alone writes tokens, and the owner of a project alone gives roles in it."""
    if cause.code is CauseCode.ACCOUNT_TOKEN:
        wait = "wait: OpenShift creates and renews the pull secret of a service account on its own"
        recovery = Recovery.WAIT if cause.secret else None
        return Fix(recovery=recovery, advice=wait if cause.secret else f"{wait}; restart the workload once it is there")
    if _is_without_token(case):
        restart = f'restart the workload once service account "{case.account}" has its pull secret from OpenShift'
        return Fix(advice=f"{restart}, and {_role_advice(case)}")
    return Fix(recovery=Recovery.WAIT, advice=_role_advice(case))


def _is_without_token(case: WaitingContainer) -> bool:
    """Whether the pod has nothing to send: it was created before its account got a secret, and a role does not help."""
    return not (case.found.credentials or case.unreadable)


def _role_advice(case: WaitingContainer) -> str:
    """The command for the owner of the images' project, who alone knows whether to run it."""
    project = project_of(case)
    allowing = granting_command(project, (Flag("-n", case.namespace),), (case.account,))
    line = typed(allowing, CommandStyle())
    asking = f"ask the owner of project {project} to allow it"
    return f"{asking}: {line}" if line else asking


def other_projects(evidence: Evidence) -> tuple[str, ...]:
    """The projects whose images pods of other projects wait for."""
    cases = (case for case in waiting_containers(evidence) if is_internal(case))
    found = dict.fromkeys(project_of(case) for case in cases if project_of(case) != case.namespace)
    return tuple(project for project in found if not label_problem(project))


def is_without_role(case: WaitingContainer) -> bool:
    """Whether the image belongs to another project, of which no role is known that lets the pod's account pull."""
    project = project_of(case)
    return bool(project) and project != case.namespace and _allowing(case) is None


def _allowing(case: WaitingContainer) -> Object | None:
    """The role binding of the image's project that lets the pod's account pull; None if none is known."""
    puller = Puller(project=case.namespace, account=case.account)
    bindings = case.evidence.image_bindings.get(project_of(case), ())
    return next((binding for binding in bindings if still_allows(binding, puller)), None)


def project_of(case: WaitingContainer) -> str:
    """The project that an image of the internal registry belongs to; "" for a name without one."""
    project, slash, _ = case.image.path.partition("/")
    return project if slash else ""


def is_sent_by_nodes(case: WaitingContainer, secret: Object) -> bool:
    """Whether a secret has nothing for the image but what the global pull secret has, too, which the nodes sent."""
    of_nodes = (found for key in SECRETS_OF_NODES if (found := case.evidence.elsewhere.get(key)) is not None)
    theirs = _logins(credentials_for(of_nodes, case.wait.image))
    own = _logins(credentials_for([secret], case.wait.image))
    return bool(own) and own <= theirs


def _logins(found: PullCredentials) -> frozenset[tuple[str, str]]:
    return frozenset((item.entry.username, item.entry.password) for item in found.credentials)


def note_on_global_secret(case: WaitingContainer) -> str:
    """That the nodes have an entry for the image already, which so does not help; "" where none is known."""
    for key in SECRETS_OF_NODES:
        secret = case.evidence.elsewhere.get(key)
        if secret is not None and matching_keys(case.evidence.keys_of(secret), case.wait.image):
            found = f"the cluster's global pull secret ({'/'.join(key)}) has an entry for {case.image.domain}"
            later = ", on IBM Cloud after the workers are reloaded or replaced"
            other = "; entitled creates a pull secret for the namespace" if case.image.domain in ENTITLED_HOSTS else ""
            return f"{found}: the nodes send it already{later}{other}"
    return ""
