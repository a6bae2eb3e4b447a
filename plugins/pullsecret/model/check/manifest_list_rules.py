"""PS001 to PS005: lists of pull secrets in manifests, and what the rules for a cluster say of them.

Source: kubernetes plugin/pkg/admission/serviceaccount (a pod whose list is not empty does not get the service
account's), pkg/kubelet (a secret that does not exist is skipped; pods use secrets of their own namespace).
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Final

from pullsecret.model.check.declared_holders import PULL_LIST, CheckedHolder
from pullsecret.model.check.declared_images import declared_images
from pullsecret.model.check.nameless_rules import NAMELESS_RULES
from pullsecret.model.check.reference_rules import REFERENCE_RULES
from pullsecret.model.check.rule import Match, Rule, Severity, listed, no_fix
from pullsecret.model.check.sources import copied_from_source
from pullsecret.model.go.printable import printable
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.images.placeholder import has_placeholder
from pullsecret.model.objects.objects import mapping_at
from pullsecret.model.objects.pod import account_of, listed_names
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.objects.sources import SHARE_WITH
from pullsecret.model.plan.waiting_pods import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pullsecret.model.check.rule import FixOrAdvice
    from pullsecret.model.declared.declared_parts import DeclaredSecret
    from pullsecret.model.declared.file_line import FileLine
    from pullsecret.model.declared.pod_templates import PodTemplate

_HASH = re.compile(r"-[2456789bcdfghkmt]{10}")
"""What kustomize and --append-hash add to a name (kubernetes: kubectl pkg/util/hash)."""

_GENERATED = re.compile(r".+-dockercfg-[a-z0-9]{5}")
"""The secrets of OpenShift's service accounts, for images in the internal registry."""

_COPYING: Final = ("reflector.v1.k8s.emberstack.com/", "replicator.v1.mittwald.de/", SHARE_WITH)
"""Annotations of secrets that a controller, or this program, copies to other namespaces."""

_ADD: Final = "add the secret to the manifests, or create it in the namespace before they are applied"


def _absent(holder: CheckedHolder) -> Iterator[tuple[str, FileLine]]:
    """The names that a list has and the manifests have not, each with its line."""
    parts = holder.around.parts
    for one in holder.lists:
        for position, name in enumerate(one.names):
            is_name = name and not has_placeholder(name) and not _GENERATED.fullmatch(name)
            if is_name and parts.secret(holder.namespace, name) is None and not parts.has_hidden_names:
                yield name, holder.place_of(*one.path, position, "name")


def _elsewhere(holder: CheckedHolder, name: str) -> DeclaredSecret | None:
    """A secret of the manifests that is meant and is not found by a name; None where a cluster may have that."""
    if holder.around.cluster and not holder.around.is_known_to_lack(holder.namespace, name):
        return None
    parts = holder.around.parts
    other = next((one for one in parts.named(name) if not _is_copied(one)), None)
    hashed = (one for one in parts.secrets if one.name.startswith(name) and _HASH.fullmatch(one.name[len(name) :]))
    near = (one for one in hashed if parts.secret(holder.namespace, one.name) is one)
    return other or next(near, None)


def _is_copied(secret: DeclaredSecret) -> bool:
    marks = mapping_at(secret.content or secret.item.content, "metadata", "annotations")
    return any(str(mark).startswith(_COPYING) for mark in marks)


def _missing(holder: CheckedHolder) -> Iterator[Match]:
    for name, place in _absent(holder):
        if holder.around.is_known_to_lack(holder.namespace, name) and not _elsewhere(holder, name):
            message = f'lists pull secret "{name}", which is neither in the manifests nor in the cluster'
            yield Match(message=message, secret_name=name, place=place)


def _missing_of_workload(holder: CheckedHolder) -> Iterator[Match]:
    return _missing(holder) if holder.templates else iter(())


def _missing_of_account(holder: CheckedHolder) -> Iterator[Match]:
    return iter(()) if holder.templates else _missing(holder)


def _undeclared(holder: CheckedHolder) -> Iterator[Match]:
    for name, place in _absent(holder) if holder.around.cluster is None else ():
        if not _elsewhere(holder, name):
            message = f'lists pull secret "{name}", which is not in the manifests'
            yield Match(message=message, secret_name=name, place=place)


def _misnamed(holder: CheckedHolder) -> Iterator[Match]:
    for name, place in _absent(holder):
        if found := _elsewhere(holder, name):
            where = f'only in namespace "{found.namespace}"' if found.name == name else f'as "{found.name}"'
            message = f'lists pull secret "{name}", which the manifests have {where}'
            yield Match(message=message, secret_name=name, place=place)


def _copied(holder: CheckedHolder, match: Match) -> FixOrAdvice:
    """Copy the secret to a namespace that exists from where it may be copied from; words otherwise."""
    cluster = holder.around.cluster
    namespace = holder.around.in_cluster(holder.namespace)
    if cluster is None or namespace is None or holder.namespace not in cluster.observed.selection.usable:
        return _ADD
    return copied_from_source(match.secret_name, namespace) or _ADD


def _where_it_is(holder: CheckedHolder, match: Match) -> str:
    found = _elsewhere(holder, match.secret_name)
    if found is None or found.name == match.secret_name:
        return "pods use secrets of their own namespace: declare it in this one, too, or copy it there"
    return (
        "the name has a hash, as kustomize and --append-hash make it: list that name, or configure kustomize's "
        "nameReference for this field"
    )


def _templates(holder: CheckedHolder) -> Iterator[tuple[PodTemplate, set[str], tuple[str, ...], FileLine]]:
    """The pods with a list of their own: the names in it, those of the account that it hides, and its line."""
    for one in holder.templates:
        own = listed_names(one.pod)
        account = holder.around.account(holder.namespace, account_of(one.pod)) if any(own) else None
        names = dict.fromkeys(secret_names(account or {}))
        hidden = tuple(name for name in names if name and name not in own and not _GENERATED.fullmatch(name))
        if hidden:
            yield one, {name for name in own if name}, hidden, holder.place_of(*one.path, PULL_LIST)


def _unserved(holder: CheckedHolder, template: PodTemplate, names: Iterable[str]) -> tuple[str, ...]:
    """The images for which no secret of these names has an entry, as far as these are known."""
    found = [holder.around.content(holder.namespace, name) for name in names]
    keys = tuple(key for secret in found if secret for key in keys_of(secret))
    return tuple(one.image for one in declared_images(template) if not matching_keys(keys, one.image))


def _hidden_credentials(holder: CheckedHolder) -> Iterator[Match]:
    for template, own, hidden, place in _templates(holder):
        is_known = all(holder.around.content(holder.namespace, name) is not None for name in own)
        for name in hidden if is_known else ():
            secret = holder.around.content(holder.namespace, name) or {}
            needed = [one for one in _unserved(holder, template, own) if matching_keys(keys_of(secret), one)]
            if needed:
                message = (
                    f'has a list of its own, which hides the list of service account "{account_of(template.pod)}" '
                    f'and so pull secret "{name}" for {listed(tuple(map(printable, needed)))}'
                )
                yield Match(message=message, secret_name=name, place=place)


def _hidden_list(holder: CheckedHolder) -> Iterator[Match]:
    """Lists that hide secrets of which it is not known whether they are needed."""
    for template, own, hidden, place in _templates(holder):
        content = {name: holder.around.content(holder.namespace, name) for name in (*own, *hidden)}
        is_unknown = any(secret is None for secret in content.values())
        if is_unknown and _unserved(holder, template, (*own, *hidden)):
            message = (
                f'has a list of its own, which hides {listed(hidden)} of service account "{account_of(template.pod)}"'
            )
            yield Match(message=message, place=place)


def _nameless(holder: CheckedHolder) -> Iterator[Match]:
    for position, one in enumerate(holder.lists):
        if "" in one.names:
            message = "lists a pull secret without a name, which references nothing"
            if holder.templates and not any(one.names):
                message += f' and hides the list of service account "{account_of(holder.templates[position].pod)}"'
            yield Match(message=message, place=holder.place_of(*one.path, one.names.index("")))


def _nameless_of_workload(holder: CheckedHolder) -> Iterator[Match]:
    return _nameless(holder) if holder.templates else iter(())


def _nameless_of_account(holder: CheckedHolder) -> Iterator[Match]:
    return iter(()) if holder.templates else _nameless(holder)


def _doubled(holder: CheckedHolder) -> Iterator[Match]:
    for one in () if holder.templates else holder.lists:
        for name in dict.fromkeys(name for name in one.names if name and one.names.count(name) > 1):
            last = len(one.names) - 1 - one.names[::-1].index(name)
            message = f'lists pull secret "{name}" more than once'
            yield Match(message=message, secret_name=name, place=holder.place_of(*one.path, last))


def _identical(holder: CheckedHolder) -> Iterator[Match]:
    for one in () if holder.templates else holder.lists:
        found = {name: holder.around.content(holder.namespace, name) for name in dict.fromkeys(one.names)}
        data = {name: mapping_at(secret, "data") for name, secret in found.items() if secret}
        extra: dict[str, str] = {}
        for first, second in combinations(data, 2):
            if data[first] == data[second]:
                extra.setdefault(second, first)
        for second, first in extra.items():
            message = f'lists pull secrets "{first}" and "{second}", which are identical'
            place = holder.place_of(*one.path, one.names.index(second))
            yield Match(message=message, secret_name=second, place=place)


def in_manifests(code: str, condition: Callable[[CheckedHolder], Iterable[Match]], advice: str) -> Rule[CheckedHolder]:
    """A rule that a cluster has, too, for the objects of manifests: fixed in the file, not by a command."""
    rule = next(one for one in (*REFERENCE_RULES, *NAMELESS_RULES) if one.code == code)
    return Rule(
        code=rule.code,
        severity=rule.severity,
        title=rule.title,
        explanation=rule.explanation,
        condition=condition,
        fix=lambda _, __: None,
        advice=advice,
    )


MANIFEST_LIST_RULES: tuple[Rule[CheckedHolder], ...] = (
    Rule(
        code="PS001",
        severity=Severity.WARNING,
        title="Workload references a missing secret",
        explanation=(
            "The manifests do not have the secret, and neither has the namespace in the cluster. Its pods would pull "
            "without those credentials; only an event says so. Without a cluster, this is PS002."
        ),
        condition=_missing_of_workload,
        fix=_copied,
    ),
    Rule(
        code="PS002",
        severity=Severity.INFO,
        title="Secret is not in the manifests",
        explanation=(
            "Whether the secret is in the cluster is not known, because none was read: with -n, --context or another "
            "flag that selects a cluster, check reads it, and reports a secret that is in neither. Secrets that a "
            "SealedSecret, an ExternalSecret or SOPS will become count as being in the manifests."
        ),
        condition=_undeclared,
        fix=no_fix,
        advice="declare it in the manifests, or add -n NAMESPACE or --context CONTEXT to look for it in a cluster",
    ),
    Rule(
        code="PS003",
        severity=Severity.WARNING,
        title="The manifests have the secret in another namespace, or with a hash in its name",
        explanation=(
            "Pods use only secrets of their own namespace, and only by their exact names. kustomize renames the "
            "secrets of its secretGenerator and the references that it knows; those in custom kinds need a "
            "nameReference in its configuration. Secrets with annotations for a controller that copies them are not "
            "reported."
        ),
        condition=_misnamed,
        fix=_where_it_is,
    ),
    Rule(
        code="PS004",
        severity=Severity.WARNING,
        title="List hides credentials of the service account",
        explanation=(
            "A pod whose own imagePullSecrets is not empty does not get the list of its service account. A secret in "
            "that list has an entry for an image of the pod, and none in the pod's own list has."
        ),
        condition=_hidden_credentials,
        fix=no_fix,
        advice="list that secret in the pod template, too, or remove the list from it",
    ),
    Rule(
        code="PS005",
        severity=Severity.INFO,
        title="List hides the list of the service account",
        explanation=(
            "A pod whose own imagePullSecrets is not empty does not get the list of its service account. Whether the "
            "hidden secrets are needed is not known: the content of one of the secrets is not in the manifests."
        ),
        condition=_hidden_list,
        fix=no_fix,
        advice="if they are needed, list them in the pod template, too, or remove the list from it",
    ),
    in_manifests("PS502", _missing_of_account, _ADD),
    in_manifests("PS503", _doubled, "remove one of them from the manifest"),
    in_manifests("PS506", _identical, "remove one of them from the manifest"),
    in_manifests("PS509", _nameless_of_account, "remove the entry, or give it a name where it is rendered"),
    in_manifests("PS603", _nameless_of_workload, "remove the entry, or give it a name where it is rendered"),
)
"""The rules for lists of pull secrets in manifests."""
