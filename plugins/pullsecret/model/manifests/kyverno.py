"""Policies with which Kyverno copies a secret to each namespace, and attaches it: policies.kyverno.io/v1 only.

Kyverno compares a copy with its source by the label `generate.kyverno.io/source-uid`, which it sets only if the object
that a policy generates carries uid and resourceVersion of the source (kyverno 1.19.1: pkg/cel/libs/context.go). Names
of functions are capitalized, because the others exist from 1.18 on only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.manifests.admission_policy import attaching_conditions, attaching_constraints, attaching_patch
from pullsecret.model.manifests.cel import cel_matches, cel_text, is_system
from pullsecret.model.manifests.document import Document
from pullsecret.model.manifests.roles import RBAC_GROUP
from pullsecret.model.objects.name_hash import short_hash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.manifests.scope import Scope
    from pullsecret.model.objects.objects import Object

POLICIES: Final = "policies.kyverno.io/v1"
_AGGREGATE: Final = "rbac.kyverno.io/aggregate-to-{}-controller"

_RIGHTS: Final = (
    "What Kyverno's background controller needs to copy secret/{name}: without it the policies look ready and nothing "
    "happens. It finds changes by watching all secrets, so it reads all of them, which is nearly cluster-admin."
)
_ADMISSION_RIGHTS: Final = "What Kyverno's admission controller needs to accept a policy that reads secrets."
_COPYING: Final = (
    (
        "Copies secret/{name} of namespace {source} to every namespace, new and existing, except those of the system. "
        "It needs Kyverno 1.18 or later. The secret must exist before this policy."
    ),
    (
        "A secret of that name that Kyverno did not make stays as it is, and nothing says so. Copies of "
        "kubectl-pullsecret are such secrets: keep them up to date with kubectl pullsecret sync {name} -A"
    ),
    (
        "Copies follow the source within seconds, and changes of a copy are taken back. After the first change of the "
        "source they have its annotations, too. Copies are deleted when the source is: change it, and never "
        "delete and create it. They stay when this policy is deleted."
    ),
    "Kyverno does not see kube-system, and by default no namespace of its own.",
)
_ATTACHING: Final = (
    (
        "Attaches secret/{name} to the service account {accounts} of these namespaces as it is created or written. "
        "An account that exists gets it at its next write, or at once by: kubectl pullsecret attach {name} -A"
    ),
    (
        "While this policy exists, the entry comes back at every write of the account. While Kyverno does not run, "
        "accounts are created without it (failurePolicy: Ignore)."
    ),
)


def kyverno_documents(secret: str, scope: Scope) -> tuple[Document, ...]:
    """The roles of Kyverno's controllers, the policy that copies a secret, and the one that attaches it."""
    shown = {"name": secret, "source": scope.source, "accounts": ", ".join(scope.accounts)}
    suffix = short_hash(f"{scope.source}/{secret}")
    reading: Object = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"]}
    writing: list[Object] = [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [secret], "verbs": ["update", "delete"]},
    ]
    return (
        Document(body=_role("background", suffix, (reading, *writing)), comment=(_RIGHTS.format(**shown),)),
        Document(body=_role("admission", suffix, (reading,)), comment=(_ADMISSION_RIGHTS,)),
        Document(body=_copying(suffix, secret, scope), comment=tuple(text.format(**shown) for text in _COPYING)),
        Document(body=_attaching(suffix, secret, scope), comment=tuple(text.format(**shown) for text in _ATTACHING)),
    )


def _role(controller: str, suffix: str, rules: Sequence[Object]) -> Object:
    return {
        "apiVersion": f"{RBAC_GROUP}/v1",
        "kind": "ClusterRole",
        "metadata": {
            "name": f"pullsecret-kyverno-{controller}-{suffix}",
            "labels": {_AGGREGATE.format(controller): "true"},
        },
        "rules": list(rules),
    }


def _copying(suffix: str, secret: str, scope: Scope) -> Object:
    is_on: Object = {"enabled": True}
    rule: Object = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["namespaces"]}
    arguments = ", ".join(map(cel_text, ("v1", "secrets", scope.source, secret)))
    return {
        "apiVersion": POLICIES,
        "kind": "GeneratingPolicy",
        "metadata": {"name": f"pullsecret-copy-{suffix}"},
        "spec": {
            "evaluation": {
                "generateExisting": is_on,
                "synchronize": is_on,
                "orphanDownstreamOnPolicyDelete": is_on,
            },
            "matchConstraints": {"resourceRules": [rule]},
            "matchConditions": _namespace_conditions(scope),
            "variables": [
                {"name": "source", "expression": f"resource.Get({arguments})"},
                {"name": "copy", "expression": _copy(secret)},
            ],
            "generate": [{"expression": "generator.Apply(object.metadata.name, [variables.copy])"}],
        },
    }


def _copy(secret: str) -> str:
    """The copy: type and data of the source, and the two fields by which Kyverno knows whose copy it is."""
    metadata = (
        f'{{"name": {cel_text(secret)}, "namespace": string(object.metadata.name), '
        '"uid": string(variables.source.metadata.uid), '
        '"resourceVersion": string(variables.source.metadata.resourceVersion)}'
    )
    fields = (
        ("apiVersion", '"v1"'),
        ("kind", '"Secret"'),
        ("metadata", metadata),
        ("type", "variables.source.type"),
        ("data", "variables.source.data"),
    )
    return "{" + ", ".join(f'"{name}": dyn({value})' for name, value in fields) + "}"


def _namespace_conditions(scope: Scope) -> list[Object]:
    """Which namespaces get a copy: not those of the system, not excluded ones, and not the source's own."""
    name = "object.metadata.name"
    found: list[Object] = [
        {"name": "not-a-system-namespace", "expression": f"!{is_system(name)}"},
        {"name": "not-the-source", "expression": f"{name} != {cel_text(scope.source)}"},
    ]
    if scope.excluded:
        excluded = " || ".join(cel_matches(pattern, name) for pattern in scope.excluded)
        found.append({"name": "not-excluded", "expression": f"!({excluded})"})
    return found


def _attaching(suffix: str, secret: str, scope: Scope) -> Object:
    return {
        "apiVersion": POLICIES,
        "kind": "MutatingPolicy",
        "metadata": {"name": f"pullsecret-attach-{suffix}"},
        "spec": {
            "evaluation": {"admission": {"enabled": True}},
            "failurePolicy": "Ignore",
            "matchConstraints": attaching_constraints(scope),
            "matchConditions": attaching_conditions(secret, scope, "object.metadata.namespace"),
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": attaching_patch(secret)}}],
        },
    }
