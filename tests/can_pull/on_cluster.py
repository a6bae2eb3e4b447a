"""The combinations in a cluster: first what is there, then what manifests declare, and the pods of both."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from random import Random
from typing import TYPE_CHECKING, TypeVar

from can_pull.combinations import Asked
from can_pull.node_pulls import is_settled
from can_pull.pull_secrets import PullSecret, entry
from can_pull.workloads import BY_CONTROLLERS, LABEL, job_of, new_pod
from can_pull.written import placed_in
from control_plane.api import ApiError
from control_plane.waiting import until
from objects import named, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from can_pull.combinations import Combination
    from can_pull.pull_secrets import Login
    from control_plane.api import Api, Object
    from program import Program

T = TypeVar("T")
AT_ONCE = 8
SHARED = ("quay.io", "https://index.docker.io/v1/", "us.icr.io", "registry.example.com")
"""The server keys of the secret that each namespace's default account lists."""
NEWER = "-new"
"""How the names of the pods end that are made after the service account was changed."""


def shared_secret(number: int) -> PullSecret:
    """The secret of a namespace, by its number, that the default account there lists."""
    random = Random(f"shared {number}")  # noqa: S311  a scene
    return PullSecret(
        name="shared", type="kubernetes.io/dockerconfigjson", entries=tuple(entry(random, key) for key in SHARED)
    )


@dataclass(frozen=True, kw_only=True)
class OnCluster:
    """Puts combinations into namespaces of a cluster, and makes their pods."""

    api: Api
    kubectl: Program
    namespaces: Sequence[str]
    combinations: Sequence[Combination] = field(repr=False)
    refused: set[str] = field(default_factory=set)
    """The names of combinations whose pod the API server did not admit."""

    def namespace_of(self, one: Combination) -> str:
        """The namespace of a combination."""
        return self.namespaces[one.seed % len(self.namespaces)]

    @cached_property
    def secrets(self) -> list[tuple[str, PullSecret]]:
        """All secrets, each with its namespace, as they are once all manifests are applied."""
        shared = [(namespace, shared_secret(number)) for number, namespace in enumerate(self.namespaces)]
        return shared + [(self.namespace_of(one), secret) for one in self.combinations for secret in one.secrets]

    @cached_property
    def accepted(self) -> frozenset[Login]:
        """The credentials that registries accept: those with which nothing is wrong, if not all are to be refused."""
        refused = {secret.name for one in self.combinations if one.accepts_nothing for secret in one.secrets}
        kept = [secret for _, secret in self.secrets if secret.name not in refused]
        return frozenset(entry.sent for secret in kept for entry in secret.entries if entry.is_good)

    def put_what_is_there(self) -> None:
        """Create the secrets, accounts and workloads that exist before anything is asked, then change the accounts."""
        _each(self._create_shared, enumerate(self.namespaces))
        _each(self._create_there, self.combinations)
        existing = [one for one in self.combinations if one.asked is Asked.WORKLOAD]
        _each(self._run, existing)
        self._wait_for_pods(existing)
        _each(self._debug, (one for one in existing if one.debug))
        _each(self._change_account, (one for one in existing if one.changed))

    def apply(self) -> None:
        """Apply the secrets and accounts of the manifests, and wait until no cache has what was there before.

        Admission reads accounts from one; the kubelet's first read of a secret is answered from the API server's.
        """
        declared = [
            placed_in(self.namespace_of(one), body)
            for one in self.combinations
            for body in one.declared
            if body["kind"] in {"Secret", "ServiceAccount"}
        ]
        manifest = json.dumps({"apiVersion": "v1", "kind": "List", "items": declared})
        self.kubectl("apply", "--validate=false", "-f", "-", input=manifest)
        _each(self._wait_for_admission, self._changed_accounts())
        until(lambda: all(map(self._is_cached, self.namespaces)), "the API server's cache to have all secrets")

    def run_pods(self) -> None:
        """Create the pods of manifests and images, and new ones of workloads whose account was changed."""
        _each(self._run, (one for one in self.combinations if one.asked is not Asked.WORKLOAD))
        _each(self._run_newer, (one for one in self.combinations if one.changed and one.kind != "Pod"))
        self._wait_for_pods(self.combinations)

    def pods(self) -> list[Object]:
        """The pods of all combinations as they are."""
        return [pod for namespace in self.namespaces for pod in self._pods_in(namespace)]

    def wait_until_settled(self) -> list[Object]:
        """Wait until the node has started all containers that it can, or tried to, and return the pods.

        The namespaces come one after the other: to list the pods of all again and again slows the node down.
        """
        for namespace in self.namespaces:
            self._wait_for(namespace, lambda pods: all(map(is_settled, pods)))
        return self.pods()

    def _wait_for(self, namespace: str, question: Callable[[Sequence[Object]], bool]) -> None:
        until(lambda: question(self._pods_in(namespace)), f"the pods in {namespace}", within=90)

    def _pods_in(self, namespace: str) -> list[Object]:
        return self.api.list("Pod", namespace, labelSelector=LABEL)

    def _create_shared(self, numbered: tuple[int, str]) -> None:
        number, namespace = numbered
        self.api.create(shared_secret(number).body, namespace)
        self.api.patch("ServiceAccount", "default", {"imagePullSecrets": references(["shared"])}, namespace)

    def _create_there(self, one: Combination) -> None:
        for placed in one.objects:
            if placed.there:
                self.api.create(placed.there, self.namespace_of(one))

    def _run(self, one: Combination) -> None:
        """Create the workload and what its controllers would make of it, as far as they are not in the cluster."""
        namespace = self.namespace_of(one)
        if one.asked is Asked.WORKLOAD and one.kind == "CronJob":
            self.api.create(job_of(self.api.create(one.workload, namespace)), namespace)
        elif one.kind in BY_CONTROLLERS and one.kind != "Pod":
            self.api.create(one.workload, namespace)
        else:
            self._create_pod(one, new_pod(one.name, one.spec, one.kind))

    def _create_pod(self, one: Combination, pod: Object) -> None:
        try:
            self.api.create(pod, self.namespace_of(one))
        except ApiError as error:
            if error.reason != "Forbidden":
                raise
            self.refused.add(one.name)

    def _run_newer(self, one: Combination) -> None:
        """Create a pod as the workload would now; it has a name and a label of its own, so that nothing adopts it."""
        self._create_pod(one, new_pod(f"{one.name}{NEWER}", one.spec, one.kind))

    def _debug(self, one: Combination) -> None:
        """Add the debug container to a pod, as kubectl debug does."""
        change = {"spec": {"ephemeralContainers": [one.debug]}}
        self.api.patch("Pod", one.name, change, self.namespace_of(one), subresource="ephemeralcontainers")

    def _change_account(self, one: Combination) -> None:
        assert one.changed
        change = {"imagePullSecrets": one.changed.get("imagePullSecrets")}
        self.api.patch("ServiceAccount", one.changed["metadata"]["name"], change, self.namespace_of(one))

    def _wait_for_pods(self, combinations: Sequence[Combination]) -> None:
        for namespace in self.namespaces:
            here = {one.name for one in combinations if self.namespace_of(one) == namespace} - self.refused
            self._wait_for(namespace, partial(_are_there, here))

    def _changed_accounts(self) -> list[Object]:
        """The accounts that are not as they were created; admission reads a new one from the server."""
        names = {f"{one.name}-puller" for one in self.combinations if one.changed or one.is_revised} | {"default"}
        accounts = (account for place in self.namespaces for account in self.api.list("ServiceAccount", place))
        return [account for account in accounts if account["metadata"]["name"] in names]

    def _is_cached(self, namespace: str) -> bool:
        """Whether the API server's cache has the secrets as they are."""
        cached = self.api.list("Secret", namespace, resourceVersion="0")
        return _versions(cached) == _versions(self.api.list("Secret", namespace))

    def _wait_for_admission(self, account: Object) -> None:
        """Wait until admission, which reads accounts from a cache, gives a pod the account's list."""
        metadata = account["metadata"]
        spec = {"serviceAccountName": metadata["name"], "containers": [{"name": "main", "image": "none.example/none"}]}
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods?dryRun=All"
        pod = {**named("Pod", "dry", spec=spec), "apiVersion": "v1"}

        def is_admitted() -> bool:
            admitted = self.api.request("POST", path, pod)
            return bool(admitted["spec"].get("imagePullSecrets", []) == account.get("imagePullSecrets", []))

        until(is_admitted, f"admission to know account {metadata['name']}")


def _are_there(names: set[str], pods: Iterable[Object]) -> bool:
    return names <= {pod["metadata"]["labels"][LABEL] for pod in pods}


def _versions(secrets: Iterable[Object]) -> dict[str, str]:
    return {secret["metadata"]["name"]: secret["metadata"]["resourceVersion"] for secret in secrets}


def _each(act: Callable[[T], None], on: Iterable[T]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(act, on))
