"""A real cluster with many teams: copies, credentials that end, faults, and names that are markup."""

from __future__ import annotations

import base64
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from control_plane.waiting import until
from objects import (
    all_icr_io,
    deployment,
    docker_config_secret,
    encoded,
    made_up_password,
    pod,
    references,
    registry_entry,
)
from reported_texts import MARKUP

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from program import Program

_AT_ONCE = 8
_TEAMS = ("shop", "payments", "search", "data", "identity", "web", "mobile", "billing", "ml", "platform")
_STAGES = ("dev", "test", "prod", "demo")
_HOSTS = ("us.icr.io", "de.icr.io", "icr.io", "private.us.icr.io")
_OWN = ("quay.io", "ghcr.io", "registry.gitlab.com", "harbor.corp.example:8443", "index.docker.io")
_DAY = 86400
_FIRST = len(_TEAMS) * len(_STAGES)


@dataclass
class FilledCluster:
    """Makes the namespaces of teams; the same seed gives the same faults."""

    api: Api
    pullsecret: Program
    seed: int = 1

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - no secret depends on it
        self._made = 0
        self.api.create(all_icr_io(), "default")

    def grow(self, count: int) -> None:
        """Have so many namespaces in the cluster."""
        there = len(self.api.list("Namespace"))
        names = [self._name(at) for at in range(self._made, self._made + count - there)]
        self._made += len(names)
        plans = [list(self._objects(name)) for name in names]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._create_namespace, names))
        until(lambda: self._have_accounts(names), f"service accounts of {len(names)} namespaces", within=120)
        targets = ",".join(names)
        self.pullsecret("copy", "all-icr-io", "--attach", "-q", "-n", targets)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(self._create_all, names, plans))

    def _name(self, at: int) -> str:
        name = f"{_TEAMS[at % len(_TEAMS)]}-{_STAGES[at // len(_TEAMS) % len(_STAGES)]}"
        return f"{name}-{at // _FIRST + 1}" if at >= _FIRST else name

    def _create_namespace(self, name: str) -> None:
        self.api.create({"kind": "Namespace", "metadata": {"name": name}})

    def _have_accounts(self, names: list[str]) -> bool:
        accounts = self.api.list("ServiceAccount", "", fieldSelector="metadata.name=default")
        return {account["metadata"]["namespace"] for account in accounts}.issuperset(names)

    def _create_all(self, namespace: str, objects: list[Object]) -> None:
        for one in objects:
            self.api.create(one, namespace)
        if namespace.startswith("mobile-"):  # edited by hand since it was copied
            self.api.patch("Secret", "all-icr-io", {"data": self._edited()}, namespace)

    def _edited(self) -> Object:
        data: Object = docker_config_secret("x", {"us.icr.io": registry_entry("iamapikey")})["data"]
        return data

    def _objects(self, namespace: str) -> list[Object]:
        """The workloads of a namespace, and the secrets of its own."""
        host = self._random.choice(_OWN)
        found = [_workload("api", f"{self._random.choice(_HOSTS)}/{namespace}/api:1")]
        own = self._random.choice(((), ("regcred",), ("regcred",), ("gone",)))
        if self._random.random() < 0.6:
            found.append(_workload("web", f"{host}/acme/web:2", *own))
        if "regcred" in own and self._random.random() < 0.8:
            found.append(self._own_secret(host))
        if namespace.startswith("ml-"):
            found.append({**docker_config_secret("broken", {}), "data": {".dockerconfigjson": _malformed()}})
            found.append(_workload("train", "quay.io/acme/train:3", "broken"))
        if namespace.startswith("data-"):
            found.append(_markup_secret())
        return found

    def _own_secret(self, host: str) -> Object:
        """A secret of one registry: with a password, or with a token that says when it ends."""
        end = self._random.choice((-40, -2, 4, 12, 25, 60, 90, 200, 400))
        password = _token(end) if self._random.random() < 0.4 else made_up_password()
        owner = {"labels": {"app.kubernetes.io/managed-by": "Helm"}} if self._random.random() < 0.3 else {}
        if owner:
            owner["annotations"] = {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": "default"}
        return docker_config_secret("regcred", {host: registry_entry("ci-reader", password)}, **owner)


def _workload(name: str, image: str, *secrets: str) -> Object:
    template = pod(name, image, "nowhere")
    if secrets:
        template["spec"]["imagePullSecrets"] = references(secrets)
    return deployment(name, template, replicas=0)


def _token(days: int) -> str:
    """A JSON web token that ends in so many days; its signature is made up."""
    now = int(time.time())
    claims = {"iat": now - 100 * _DAY, "exp": now + days * _DAY}
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    heads = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*heads, made_up_password()])


def _malformed() -> str:
    return encoded(json.dumps({"auths": {"quay.io": {"auth": "no base64"}}}))


def _markup_secret() -> Object:
    """A secret whose registry, username and origin are markup."""
    entries = {f"reg.example/{MARKUP}": registry_entry(MARKUP), MARKUP: registry_entry()}
    return docker_config_secret("markup", entries, annotations={"kubectl-pullsecret/copied-from": f"default/{MARKUP}"})
