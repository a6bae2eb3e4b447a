"""The admission policy that limits the service account of the copying job to what it is for.

A user who may create secrets and read one by name can ask for the token of any service account: a secret of type
kubernetes.io/service-account-token with the name that may be read. RBAC cannot limit types; an admission policy can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.model.manifests.admission_policy import ADMISSION
from pullsecret.model.manifests.cel import cel_list, cel_text, is_system
from pullsecret.model.manifests.document import Document
from pullsecret.model.objects.pullsecret import DATA_KEYS, MANAGED, MANAGED_BY

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

PREFIX: Final = "kubectl-pullsecret/"
"""Of this program's own labels and annotations."""

_UNCHANGED: Final = ("secrets", "automountServiceAccountToken")
_UNCHANGED_MARKS: Final = ("labels", "annotations", "ownerReferences", "finalizers")
_LIST: Final = "?imagePullSecrets.orValue([])"


@dataclass(frozen=True, kw_only=True)
class Fence:
    """Who is limited, and to what: the copies' names, the service accounts, and the namespace of the sources.

    `account` is `namespace:name`.
    """

    name: str
    account: str
    secrets: tuple[str, ...]
    accounts: tuple[str, ...]
    source: str


def fence_documents(fence: Fence) -> tuple[Document, ...]:
    """The policy and its binding."""
    comment = (
        (
            "Limits the service account below to its task: it may create the copies and update those that "
            "kubectl-pullsecret manages, as pull secrets, outside of system namespaces and of the source's; and it "
            "may add them to imagePullSecrets, and change nothing else of a service account."
        ),
        (
            "Never apply the permissions below without it: a user who creates secrets and reads one by name can get "
            "the token of any service account. It needs Kubernetes 1.30 or later."
        ),
    )
    binding: Object = {
        "apiVersion": ADMISSION,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": fence.name},
        "spec": {"policyName": fence.name, "validationActions": ["Deny"]},
    }
    return Document(body=_policy(fence), comment=comment), Document(body=binding)


def _policy(fence: Fence) -> Object:
    rule: Object = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "operations": ["*"],
        "resources": ["secrets", "serviceaccounts", "serviceaccounts/*"],
    }
    is_account = f"request.userInfo.username == {cel_text(f'system:serviceaccount:{fence.account}')}"
    return {
        "apiVersion": ADMISSION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": fence.name},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [rule]},
            "matchConditions": [{"name": "is-the-job", "expression": is_account}],
            "validations": [
                {"expression": expression, "message": f"the copying job may not do this: {message}"}
                for message, expression in _validations(fence)
            ],
        },
    }


def _validations(fence: Fence) -> tuple[tuple[str, str], ...]:
    is_secret, is_account = (f"request.resource.resource == '{kind}'" for kind in ("secrets", "serviceaccounts"))
    is_core = "request.resource.group == '' && request.?subResource.orValue('') == ''"
    is_write = (
        f"({is_secret} && request.operation in ['CREATE', 'UPDATE']) || ({is_account} && request.operation == 'UPDATE')"
    )
    return (
        ("it only writes secrets and service accounts", f"{is_core} && ({is_write})"),
        ("the namespace is one of the system", f"!{is_system()}"),
        ("the secret is not a pull secret", f"!({is_secret}) || object.?type.orValue('') in {cel_list(DATA_KEYS)}"),
        (
            "the secret has another name",
            f"!({is_secret}) || object.metadata.?name.orValue('') in {cel_list(fence.secrets)}",
        ),
        ("it is the source", f"!({is_secret}) || request.namespace != {cel_text(fence.source)}"),
        ("the secret is not managed by kubectl-pullsecret", f"!({is_secret}) || {_is_managed()}"),
        (
            "the secret has an owner or finalizers",
            f"!({is_secret}) || {_all_same(_UNCHANGED_MARKS[2:])} || {_has_none(_UNCHANGED_MARKS[2:])}",
        ),
        ("the secret has labels or annotations of others", f"!({is_secret}) || ({_has_own_marks()})"),
        (
            "the service account is another one",
            f"!({is_account}) || object.metadata.?name.orValue('') in {cel_list(fence.accounts)}",
        ),
        ("it only adds to imagePullSecrets", f"!({is_account}) || ({_rest_is_same()})"),
        ("it only adds its secrets", f"!({is_account}) || ({_only_adds(fence.secrets)})"),
    )


def _is_managed() -> str:
    marked = f"oldObject.metadata.?labels[{cel_text(MANAGED)}].orValue('') == 'true'"
    return f"request.operation == 'CREATE' || {marked}"


def _has_own_marks() -> str:
    """Labels and annotations are this program's, or were there: others act on theirs, and replicate secrets into it."""
    return " && ".join(map(_has_own_keys, ("labels", "annotations")))


def _has_own_keys(field: str) -> str:
    there = f"oldObject.metadata.?{field}[?key] == object.metadata.?{field}[?key]"
    is_own = f"key.startsWith({cel_text(PREFIX)}) || key == {cel_text(MANAGED_BY)}"
    return f"object.metadata.?{field}.orValue({{}}).all(key, {is_own} || (request.operation == 'UPDATE' && {there}))"


def _all_same(fields: tuple[str, ...]) -> str:
    same = (f"object.metadata.?{field} == oldObject.metadata.?{field}" for field in fields)
    return f"(request.operation == 'UPDATE' && {' && '.join(same)})"


def _has_none(fields: tuple[str, ...]) -> str:
    return "(" + " && ".join(f"object.metadata.?{field}.orValue([]).size() == 0" for field in fields) + ")"


def _rest_is_same() -> str:
    marks = (f"object.metadata.?{field} == oldObject.metadata.?{field}" for field in _UNCHANGED_MARKS)
    fields = (f"object.?{field} == oldObject.?{field}" for field in _UNCHANGED)
    return " && ".join((*marks, *fields))


def _only_adds(secrets: tuple[str, ...]) -> str:
    """Every entry with a name is kept, and each entry is an old one or one of the secrets."""
    before, after = (f"{which}.{_LIST}" for which in ("oldObject", "object"))
    kept = f"{before}.all(old, old.?name.orValue('') == '' || {after}.exists(new, new.?name == old.?name))"
    is_new = f"new.?name.orValue('') in {cel_list(secrets)}"
    added = f"{after}.all(new, {is_new} || {before}.exists(old, old.?name == new.?name))"
    return f"{kept} && {added}"
