"""Images that the nodes of OpenShift fetch from mirrors, which get no credentials of the pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import username_to_type
from pullsecret.model.doctor.causes import Cause, CauseCode
from pullsecret.model.doctor.fixes import CreateStep, Fix, GlobalStep, free_name
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.openshift.global_secrets import SECRETS_OF_NODES
from pullsecret.model.openshift.mirrors import (
    host_of_mirror,
    mirroring_of,
    namespace_key_for,
    node_key_for,
    serves_mirrors,
)
from pullsecret.model.plan.waiting_pods import Recovery
from pullsecret.model.request.suggested_command import Flag, Name

if TYPE_CHECKING:
    from pullsecret.model.doctor.waiting_container import WaitingContainer
    from pullsecret.model.openshift.mirrors import Mirroring

_BLOCKED = " is blocked in "
"""What CRI-O says of a registry that it may not contact (containers/image: docker/docker_client.go)."""

_ONLY_KIND = "kubernetes.io/dockerconfigjson"
"""The type of the secrets that serve mirrors; the legacy one does not (crio-credential-provider: k8s.go)."""


def mirroring_for(case: WaitingContainer) -> Mirroring | None:
    """The rules for a container's image, on a node whose runtime has them from OpenShift."""
    if not case.evidence.runtime(case.pod).startswith("cri-o"):
        return None
    return mirroring_of(case.image, case.evidence.mirrors)


def cause_of_mirror(case: WaitingContainer) -> Cause | None:
    """A mirror that requires credentials, and gets none that the pod references; None where none is at fault."""
    rules = mirroring_for(case)
    if rules is None or not rules.foreign:
        return None
    message = case.evidence.message(case.pod, case.wait)
    if not (rules.is_only or any(mirror in message for mirror in rules.foreign)):
        return None
    way = f"{rules.holder} redirects pulls from {rules.host} to {_shown(rules.foreign)}"
    if not _serves(case):
        return Cause(code=CauseCode.MIRROR, text=f"{way}, and CRI-O does not send pod pull secrets to mirrors")
    secrets = ", ".join(f"secret/{name}" for name in _serving(case, rules))
    found = f"{secrets} has an entry" if secrets else "none has an entry"
    text = f"{way}, to which the secrets of the namespace are sent (CRIOCredentialProviderConfig); {found} for them"
    return Cause(code=CauseCode.MIRROR, text=text)


def cause_of_blocked(case: WaitingContainer) -> Cause | None:
    """An image of which CRI-O says that it may be fetched from nowhere."""
    return blocked_cause(case) if _BLOCKED in case.evidence.message(case.pod, case.wait) else None


def blocked_cause(case: WaitingContainer) -> Cause | None:
    """An image that the nodes fetch from nowhere: its registry is forbidden, and it has no mirrors as it is named."""
    rules = mirroring_for(case)
    if rules is None or not rules.is_blocked:
        return None
    text = f"{rules.holder} forbids pulls from {rules.source}, and has no mirrors for images by {_named_by(case)}"
    return Cause(code=CauseCode.MIRROR, text=text)


def _named_by(case: WaitingContainer) -> str:
    return "digest" if case.image.digest else "tag"


def fix_of_mirror(case: WaitingContainer) -> Fix:
    """Credentials for the first mirror that has none, where the nodes look for them."""
    rules = mirroring_for(case)
    if rules is None or not rules.foreign:
        other, kind = ("tag", "ImageDigestMirrorSet") if case.image.digest else ("digest", "ImageTagMirrorSet")
        source = printable(rules.source if rules else case.image.name)
        return Fix(advice=f"name the image by {other}, or add an {kind} with mirrors for {source}")
    return _fix_in_namespace(case, rules) if _serves(case) else _fix_of_nodes(case, rules)


def _fix_in_namespace(case: WaitingContainer, rules: Mirroring) -> Fix:
    access = f'service account "{case.account}" must be allowed to list secrets in the namespace'
    if _serving(case, rules):
        return Fix(recovery=Recovery.WAIT, advice=f"{access}, and the mirror must accept the credentials")
    host = host_of_mirror(rules.foreign[0])
    if not host:
        return Fix(recovery=Recovery.WAIT, advice=f"create a pull secret for the mirror in the namespace; {access}")
    name = free_name(host, lambda name: case.evidence.secret(case.namespace, name) is None)
    words = ("create", Name(name), Flag("--registry", host), Flag("--username", username_to_type("")))
    return Fix(steps=(CreateStep(words=words),), recovery=Recovery.WAIT, advice=access)


def _fix_of_nodes(case: WaitingContainer, rules: Mirroring) -> Fix:
    if held := _held_by_nodes(case, rules):
        later = "; workers of IBM Cloud get a changed secret when they are reloaded or replaced"
        advice = f"{held}: the nodes send that already, so the mirror must accept it{later}"
        return Fix(recovery=Recovery.WAIT, advice=advice)
    host = host_of_mirror(rules.foreign[0])
    shown = host or printable(rules.foreign[0])
    advice = f"add credentials for {shown} to the cluster's global pull secret, with which every pod can pull then"
    if not host:
        return Fix(recovery=Recovery.WAIT, advice=advice)
    step = GlobalStep(words=("create", Flag("--global"), Flag("--registry", host), Flag("--username", "USER")))
    reason = "the global pull secret is for every pod of the cluster; use the command above"
    return Fix(steps=(step,), recovery=Recovery.WAIT, advice=advice, reason=reason)


def _held_by_nodes(case: WaitingContainer, rules: Mirroring) -> str:
    """The entry that the nodes have for a mirror already; "" where none is known."""
    foreign = [name for mirror, name in zip(rules.mirrors, rules.repositories, strict=True) if mirror in rules.foreign]
    for key in SECRETS_OF_NODES:
        secret = case.evidence.elsewhere.get(key)
        if secret is not None and any(node_key_for(case.evidence.keys_of(secret), name) for name in foreign):
            return f"the cluster's global pull secret ({'/'.join(key)}) has an entry for {_shown(rules.foreign)}"
    return ""


def _serves(case: WaitingContainer) -> bool:
    return serves_mirrors(case.evidence.node_credentials, case.wait.image)


def _serving(case: WaitingContainer, rules: Mirroring) -> tuple[str, ...]:
    """The secrets of the namespace that are sent to one of the mirrors, whether or not the pod references them."""
    secrets = case.evidence.observed.secrets.in_namespace(case.namespace)
    found = (
        name_of(secret)
        for secret in secrets
        if secret.get("type") == _ONLY_KIND
        and namespace_of(secret) == case.namespace
        and any(namespace_key_for(case.evidence.keys_of(secret), mirror) for mirror in rules.foreign)
    )
    return tuple(map(printable, found))


def _shown(mirrors: tuple[str, ...]) -> str:
    return ", ".join(map(printable, mirrors))


def comes_from_mirrors_only(case: WaitingContainer) -> bool:
    """Whether a node contacts only mirrors on other hosts for the image, never its own registry."""
    rules = mirroring_for(case)
    return rules is not None and rules.is_elsewhere


def note_on_mirrors(case: WaitingContainer) -> str:
    """That a node contacts mirrors for the image, and what it sends them; "" where it contacts none."""
    rules = mirroring_of(case.image, case.evidence.mirrors)
    if rules is None or not rules.foreign:
        return ""
    sent = "the namespace's secrets and the global pull secret" if _serves(case) else "the global pull secret only"
    return f"{rules.holder} has mirrors for it ({_shown(rules.mirrors)}); CRI-O sends them {sent}"
