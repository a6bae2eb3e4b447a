"""Roles, ClusterRoles and their bindings for grants, and what an administrator should know before applying them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.model.manifests.document import Document
from pullsecret.model.objects.name_hash import short_hash
from pullsecret.model.objects.objects import mapping_at, name_of
from pullsecret.model.rbac.needed import grants_for, left_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.rbac.needed import Grant, Rules
    from pullsecret.model.rbac.usage import Usage

RBAC_GROUP: Final = "rbac.authorization.k8s.io"
_RUNS_PODS: Final = frozenset(
    {"pods", "deployments.apps", "daemonsets.apps", "statefulsets.apps", "replicasets.apps", "cronjobs.batch"}
)


@dataclass(frozen=True, kw_only=True)
class BoundSubject:
    """Who is bound: a user, a group, or a service account, whose `namespace` is not ""."""

    kind: str
    name: str
    namespace: str = ""

    @property
    def entry(self) -> Object:
        """The entry of a binding."""
        named: Object = {"kind": self.kind, "name": self.name}
        return {**named, "namespace": self.namespace} if self.namespace else {"apiGroup": RBAC_GROUP, **named}


@dataclass(frozen=True, kw_only=True)
class RoleOptions:
    """Whom the roles are bound to, None for no subject, and whether they grant what is optional."""

    subject: BoundSubject | None = None
    with_optional: bool = False


def role_documents(usage: Usage, options: RoleOptions) -> tuple[Document, ...]:
    """A Role or ClusterRole for each grant of a use, with a binding to the subject if there is one.

    The names end with a hash of what they grant, and to whom: the roles of one use never replace those of another, and
    the binding of one subject never that of another.
    """
    grants = grants_for(usage, with_optional=options.with_optional)
    elsewhere = [grant for grant in grants if grant.is_source and usage.is_source_elsewhere]
    found: list[Document] = []
    for grant in (grant for grant in grants if grant not in elsewhere):
        role = _role(usage.command, grant)
        about = () if found else (*_optional_lines(usage, options), *map(_elsewhere, elsewhere))
        found.append(Document(comment=(*_comment(usage, grant), *about), body=role))
        if options.subject is not None:
            found.append(Document(body=_binding(role, options.subject)))
    return tuple(found)


def _comment(usage: Usage, grant: Grant) -> tuple[str, ...]:
    where = f"namespace {grant.namespace}" if grant.namespace else "the whole cluster"
    source = ", where its source is" if grant.is_source else ""
    each = " of each of its clusters" if usage.targets.contexts.is_given else ""
    return (
        f"What kubectl pullsecret {usage.command} needs in {where}{each}{source}.",
        *_why_everywhere(usage, grant),
        *_warnings(grant),
    )


def _why_everywhere(usage: Usage, grant: Grant) -> Iterable[str]:
    """Why a grant is for every namespace, and what to do instead."""
    if not grant.namespace and usage.targets.is_broad:
        yield "It is for every namespace, because -A, -l and patterns are: name namespaces with -n to grant less."
    elif not grant.namespace and usage.targets.create_missing:
        yield "It is for every namespace, because a Role needs one that exists: create them first to grant less."


def _elsewhere(grant: Grant) -> str:
    """What is needed in another cluster, where these manifests are not applied."""
    return f"Not included: {rules_in_words(grant.rules)} in namespace {grant.namespace} of the source's cluster."


def _optional_lines(usage: Usage, options: RoleOptions) -> tuple[str, ...]:
    """What is not granted, because the command works without it."""
    omitted = () if options.with_optional else left_out(usage)
    return tuple(f"Optional, granted with --optional: {rules_in_words(rules)} ({why})." for why, rules in omitted)


def rules_in_words(rules: Rules) -> str:
    """Rules as `secrets x: get; pods: list`."""
    named = {f"{resource} {','.join(names)}".strip(): verbs for (resource, names), verbs in rules.items()}
    return "; ".join(f"{what}: {', '.join(verbs)}" for what, verbs in named.items())


def _role(command: str, grant: Grant) -> Object:
    rules = [_rule(*key, verbs) for key, verbs in grant.rules.items()]
    name = f"pullsecret-{command}-{_hash(rules)}"
    place = {"namespace": grant.namespace} if grant.namespace else {}
    return {
        "apiVersion": f"{RBAC_GROUP}/v1",
        "kind": "Role" if grant.namespace else "ClusterRole",
        "metadata": {"name": name, **place},
        "rules": rules,
    }


def _rule(resource: str, names: Sequence[str], verbs: Sequence[str]) -> Object:
    plural, _, group = resource.partition(".")
    limit = {"resourceNames": list(names)} if names else {}
    return {"apiGroups": [group], "resources": [plural], **limit, "verbs": list(verbs)}


def _binding(role: Object, subject: BoundSubject) -> Object:
    kind, metadata = role["kind"], mapping_at(role, "metadata")
    name = f"{name_of(role)}-{_hash(subject.entry)}"
    return {
        "apiVersion": role["apiVersion"],
        "kind": f"{kind}Binding",
        "metadata": {**metadata, "name": name},
        "roleRef": {"apiGroup": RBAC_GROUP, "kind": kind, "name": name_of(role)},
        "subjects": [subject.entry],
    }


def _hash(value: object) -> str:
    return short_hash(json.dumps(value, sort_keys=True))


def _warnings(grant: Grant) -> Iterable[str]:
    """How near to more than the command needs a grant is."""
    where = f"in namespace {grant.namespace}" if grant.namespace else "in every namespace"
    secrets = {verb for (resource, _), verbs in grant.rules.items() if resource == "secrets" for verb in verbs}
    lists_all = {"get", "list"}.intersection(grant.rules.get(("secrets", ()), ()))
    nearly = ", which is nearly cluster-admin" if not grant.namespace else ""
    if "create" in secrets and secrets & {"get", "list", "patch"}:
        yield f"Warning: who creates and reads secrets can get a token of any service account {where}{nearly}."
    elif lists_all:
        yield f"Warning: who reads all secrets {where} reads the credentials and tokens in them{nearly}."
    if any(resource in _RUNS_PODS and {"create", "patch"} & {*verbs} for (resource, _), verbs in grant.rules.items()):
        yield f"Warning: who changes workloads can run programs as any service account {where}{nearly}."
