"""Users with few permissions, granted by real RBAC objects, so that a 403 in a test is a real one."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from control_plane.access import Access, User
from control_plane.api import Api, Object
from control_plane.waiting import until
from objects import rule
from pullsecret.commands.other_command import usage_in
from pullsecret.model.rbac.needed import grants_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from control_plane.given import Cluster
    from program import Program
    from pullsecret.model.rbac.needed import Rules

GROUP = "rbac.authorization.k8s.io"


@dataclass(frozen=True)
class Grant:
    """What a user is allowed to do: objects.rule() values, in one namespace, or cluster-wide if it is empty."""

    rules: tuple[Object, ...]
    namespace: str

    def __init__(self, *rules: Object, namespace: str = "") -> None:
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "namespace", namespace)

    @property
    def questions(self) -> list[Object]:
        """The `resourceAttributes` of an access review for each single permission of the grant."""
        place = {"namespace": self.namespace}
        return [
            {"verb": verb, "group": rule["apiGroups"][0], "resource": resource, "name": name, **place}
            for rule in self.rules
            for verb in rule["verbs"]
            for resource in rule["resources"]
            for name in rule.get("resourceNames", [""])
        ]


class Rights:
    """Grants permissions to new users of a cluster, and revokes them all."""

    def __init__(self, cluster: Cluster, api: Api) -> None:
        self._cluster = cluster
        self._api = api
        self._made: list[tuple[str, str, str]] = []

    def __call__(self, *grants: Grant, namespace: str = "default") -> Path:
        """The kubeconfig of a new user for whom the grants are in effect; `namespace` is its context's."""
        user = self._cluster.new_user()
        for grant in grants:
            self._bind(user, grant)
        self._wait(user, grants)
        return self._cluster.kubeconfig_for(user, namespace)

    def printed(self, pullsecret: Program, *lines: Sequence[str], namespace: str = "default") -> Path:
        """The kubeconfig of a new user to whom the output of `generate rbac` for these command lines is applied.

        A line that begins with `--optional` is printed with that flag.
        """
        user = self._cluster.new_user()
        home = user.subject.get("namespace")
        bind = f"--bind-serviceaccount={home}/{user.subject['name']}" if home else f"--bind-user={user.name}"
        documents = [
            pullsecret("generate", "rbac", bind, "-o", "json", *flags, "--", *words)
            for line in lines
            for flags, words in [(line[:1], line[1:]) if line[0] == "--optional" else ((), line)]
        ]
        objects = [item for document in documents for item in items_of(json.loads(document.stdout))]
        for item in objects:
            self._apply(item)
        rules = [(item["metadata"].get("namespace", ""), item["rules"]) for item in objects if "rules" in item]
        self._wait(user, [Grant(*granted, namespace=place) for place, granted in rules])
        return self._cluster.kubeconfig_for(user, namespace)

    def _apply(self, item: Object) -> None:
        """Create an object if there is none: the names of roles tell what is in them."""
        namespace = item["metadata"].get("namespace", "")
        if self._api.find(item["kind"], item["metadata"]["name"], namespace) is None:
            self._api.create(item, namespace)
            if item["kind"].endswith("Binding"):  # another test may have bound the same role by now
                self._made.append((item["kind"], item["metadata"]["name"], namespace))

    def _wait(self, user: User, grants: Sequence[Grant]) -> None:
        access = self._cluster.access
        with Api(Access(server=access.server, ca=access.ca, token=user.token)) as api:
            for question in [question for grant in grants for question in grant.questions]:
                until(lambda: is_allowed(api, question), f"{user.name} to be allowed {question}")  # noqa: B023

    def revoke(self) -> None:
        """Delete the created objects."""
        for kind, name, namespace in self._made:
            self._api.delete(kind, name, namespace)

    def _bind(self, user: User, grant: Grant) -> None:
        name = f"test-{secrets.token_hex(4)}"
        role = "Role" if grant.namespace else "ClusterRole"
        self._create({"kind": role, "metadata": {"name": name}, "rules": list(grant.rules)}, grant.namespace)
        subject = user.subject if "namespace" in user.subject else {**user.subject, "apiGroup": GROUP}
        binding: Object = {"kind": f"{role}Binding", "metadata": {"name": name}, "subjects": [subject]}
        binding["roleRef"] = {"apiGroup": GROUP, "kind": role, "name": name}
        self._create(binding, grant.namespace)

    def _create(self, body: Object, namespace: str) -> None:
        self._api.create(body, namespace)
        self._made.append((body["kind"], body["metadata"]["name"], namespace))


def items_of(document: Object) -> list[Object]:
    """The objects of a document, which is a list of them or one."""
    return list(document["items"]) if document["kind"] == "List" else [document]


def is_allowed(api: Api, question: Object) -> bool:
    """Whether the server allows this to the client's own user."""
    review: Object = {"kind": "SelfSubjectAccessReview", "metadata": {}, "spec": {"resourceAttributes": question}}
    return bool(api.create(review)["status"]["allowed"])


def grants_of(*words: str, without: tuple[str, str] = ("", "")) -> list[Grant]:
    """What the table grants for a command line, as `generate rbac` prints it, without one verb on a resource."""
    usage = replace(usage_in(words, "kubectl pullsecret")[0], namespace="default")
    return [Grant(*_rules(grant.rules, without), namespace=grant.namespace) for grant in grants_for(usage)]


def _rules(rules: Rules, without: tuple[str, str]) -> list[Object]:
    found = []
    for (resource, names), verbs in rules.items():
        plural, _, group = resource.partition(".")
        left = " ".join(verb for verb in verbs if (plural, verb) != without)
        found += [rule(left, plural, *names, group=group)] if left else []
    return found
