"""The admission policy that attaches a pull secret to service accounts as they are written, in the API server itself.

A mutation is written with plain maps: in Kubernetes 1.36, a list of typed objects (`Object.imagePullSecrets{...}`) in a
JSON patch ends the request with an internal error, so that no new namespace gets its service account
(kubernetes/kubernetes#139032).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.manifests.cel import cel_matches, cel_text, is_system
from pullsecret.model.manifests.document import Document
from pullsecret.model.objects.name_hash import short_hash

if TYPE_CHECKING:
    from pullsecret.model.manifests.scope import Scope
    from pullsecret.model.objects.objects import Object

ADMISSION: Final = "admissionregistration.k8s.io/v1"

_COMMENT: Final = (
    (
        "Attaches secret/{name} to the service account {accounts} of every namespace, except those of the system. "
        "It needs Kubernetes 1.36 or later; an older server answers that it has no such kind."
    ),
    (
        "The policy acts when a service account is created or written: a new namespace has the entry before its first "
        "pod. An account that exists gets it at its next write, or at once by: kubectl pullsecret attach {name} -A"
    ),
    (
        "It creates no secret. Copy it with kubectl pullsecret copy, or let a CronJob do that (kubectl pullsecret "
        "generate cronjob). A pod made meanwhile pulls within 5 minutes after the secret arrives."
    ),
    "While the policy exists, the entry comes back at every write of the account: delete the policy before you detach.",
)


def policy_documents(secret: str, scope: Scope) -> tuple[Document, ...]:
    """The policy that attaches a secret, by its name, and the binding of the policy."""
    name = f"pullsecret-attach-{short_hash(secret)}"
    shown = {"name": secret, "accounts": ", ".join(scope.accounts)}
    return (
        Document(body=_policy(name, secret, scope), comment=tuple(text.format(**shown) for text in _COMMENT)),
        Document(
            body={
                "apiVersion": ADMISSION,
                "kind": "MutatingAdmissionPolicyBinding",
                "metadata": {"name": name},
                "spec": {"policyName": name},
            }
        ),
    )


def _policy(name: str, secret: str, scope: Scope) -> Object:
    return {
        "apiVersion": ADMISSION,
        "kind": "MutatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": attaching_constraints(scope),
            "matchConditions": attaching_conditions(secret, scope),
            "failurePolicy": "Ignore",
            "reinvocationPolicy": "IfNeeded",
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": attaching_patch(secret)}}],
        },
    }


def attaching_constraints(scope: Scope) -> Object:
    """Which writes a policy that attaches looks at: those of the service accounts that get the secret."""
    rule: Object = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["serviceaccounts"],
        "resourceNames": list(scope.accounts),
    }
    return {"resourceRules": [rule]}


def attaching_conditions(secret: str, scope: Scope, namespace: str = "request.namespace") -> list[Object]:
    """When a policy acts: outside of excluded namespaces, and where the entry is missing.

    `namespace` is the expression for the service account's namespace.
    """
    absent = f"object.imagePullSecrets.exists(one, one.?name == optional.of({cel_text(secret)}))"
    found: list[Object] = [
        {"name": "not-in-system-namespaces", "expression": f"!{is_system(namespace)}"},
        {"name": "not-attached-yet", "expression": f"!has(object.imagePullSecrets) || !{absent}"},
    ]
    if scope.excluded:
        excluded = " || ".join(cel_matches(pattern, namespace) for pattern in scope.excluded)
        found.insert(1, {"name": "not-excluded", "expression": f"!({excluded})"})
    return found


def attaching_patch(name: str) -> str:
    """The JSON patch that adds a secret to the list of a service account."""
    entry = f'{{"name": {cel_text(name)}}}'
    adding = f'JSONPatch{{op: "add", path: "/imagePullSecrets/-", value: {entry}}}'
    creating = f'JSONPatch{{op: "add", path: "/imagePullSecrets", value: [{entry}]}}'
    return f"has(object.imagePullSecrets) ? [{adding}] : [{creating}]"
