"""What fixes an image that no pull secret helps: another name, an image on the node, or the node's own credentials.

A command changes what it can change for good: the template of a deployment, a stateful set, a daemon set or a replica
set that no other controller made, or the image of a standalone pod. For all others there are words.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.doctor.fixes import Fix, KubectlStep
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import mappings_at, text_at
from pullsecret.model.plan.waiting_pods import RESTARTABLE, Recovery
from pullsecret.model.request.suggested_command import Flag, Name

if TYPE_CHECKING:
    from pullsecret.model.doctor.waiting_container import WaitingContainer

_LOADING = (
    'load the image onto the node (for example with "kind load docker-image", "minikube image load" or '
    '"ctr -n k8s.io images import")'
)
_IN_DEBUG = (
    "a debug container cannot be changed: add another one with the right image or pull policy, or with an image that "
    "needs no credentials"
)
_TEMPLATED = RESTARTABLE | {"statefulset", "replicaset"}
_BY_HAND = "changes the workload"


def workload_fix(case: WaitingContainer, code: CauseCode) -> Fix:
    """What to do about an image whose name is wrong, or that no node may pull."""
    if case.wait.is_debug:
        return Fix(advice=_IN_DEBUG, reason=_BY_HAND)
    if code is CauseCode.NEVER:
        words = f"{_LOADING}; or, if a registry has it, {_allowing_pulls(case)}"
        return Fix(recovery=Recovery.WAIT, advice=words, reason="the node lacks the image")
    if words := _place_of_image(case):
        return Fix(advice=f"change the image in {words}", reason=_BY_HAND)
    step = KubectlStep(words=_changed_image(case, code))
    return Fix(steps=(step,), recovery=None if _kind(case) in RESTARTABLE | {"pod"} else Recovery.RECREATE)


def node_fix(case: WaitingContainer) -> Fix:
    """What to do about an image that the node pulls with its own credentials only."""
    host = printable(case.image.domain or case.wait.image)
    if case.is_sandbox:
        place = "the container runtime of its node, or set another sandbox image there"
    else:
        place = "the kubelet (/var/lib/kubelet/config.json) or the container runtime of its node"
    words = f"give credentials for {host} to {place}; or load the image onto the node"
    return Fix(recovery=Recovery.WAIT, advice=words, reason="only the node's own credentials count")


def _kind(case: WaitingContainer) -> str:
    return case.owner.partition("/")[0]


def _place_of_image(case: WaitingContainer) -> str:
    """Where a person changes the image, if no command can; "" if one can."""
    kind, owner, maker = _kind(case), printable(case.owner), case.evidence.facts_of_owner(case.pod).made_by
    if case.is_static:
        return f"the manifest of the pod on node {printable(case.node)}"
    if maker:
        return f"{printable(maker)}, which created {owner}"
    if kind == "pod":
        words = f"volume {case.wait.volume} of a new pod: volumes of a pod cannot be changed"
        return words if case.wait.volume else ""
    if kind == "job":
        return "a new job: the template of a job cannot be changed"
    return _place_in_template(case, owner)


def _place_in_template(case: WaitingContainer, owner: str) -> str:
    if _kind(case) not in _TEMPLATED:
        return f"the pods of {owner}, where they are defined"
    if _is_injected(case):
        return f"what adds container {case.wait.container} to the pods: the template of {owner} does not have it"
    return ""


def _is_injected(case: WaitingContainer) -> bool:
    """Whether the owner's template lacks the container, because the server added it when it created the pod."""
    owner = case.evidence.owner(case.pod)
    spec = ("spec", "template", "spec")
    if owner is None or not mappings_at(owner, *spec, "containers"):
        return False
    field, name = ("volumes", case.wait.volume) if case.wait.volume else (case.wait.field, case.wait.container)
    return name not in {text_at(item, "name") for item in mappings_at(owner, *spec, field)}


def _allowing_pulls(case: WaitingContainer) -> str:
    """Where a person changes the pull policy."""
    kind, owner, maker = _kind(case), printable(case.owner), case.evidence.facts_of_owner(case.pod).made_by
    what = f"pullPolicy of volume {case.wait.volume}" if case.wait.volume else "imagePullPolicy"
    if case.is_static:
        return f"set {what} to IfNotPresent in the manifest of the pod on node {printable(case.node)}"
    if maker:
        return f"set {what} to IfNotPresent in {printable(maker)}, which created {owner}"
    if kind in ("pod", "job"):
        return f"create the {kind} again with {what} IfNotPresent: that of a {kind} cannot be changed"
    return f"set {what} to IfNotPresent in {owner}"


def _changed_image(case: WaitingContainer, code: CauseCode) -> tuple[str | Flag | Name, ...]:
    """The kubectl command that changes the image in the owner."""
    image = _corrected_image(case, code)
    if not case.wait.volume:
        return ("set", "image", Name(case.owner), f"{case.wait.container}={image}")
    volumes = [{"name": case.wait.volume, "image": {"reference": image}}]
    change = {"spec": {"template": {"spec": {"volumes": volumes}}}}
    return ("patch", Name(case.owner), Flag("-p", json.dumps(change, separators=(",", ":"))))


def _corrected_image(case: WaitingContainer, code: CauseCode) -> str:
    """The corrected image name where it can be known; otherwise with a placeholder in capitals to fill in."""
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
