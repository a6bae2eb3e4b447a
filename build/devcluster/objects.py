"""Kubernetes objects for tests: builders that only compute. Credentials are generated at every run."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from control_plane.api import Object

ICR_REGIONS = ("", "au.", "br.", "ca.", "ca2.", "de.", "es.", "uk.", "in.", "in2.", "jp.", "jp2.", "us.")
MANAGED = {"app.kubernetes.io/managed-by": "kubectl-pullsecret", "kubectl-pullsecret/managed": "true"}
"""The labels of what the program manages; its field manager is `pullsecret`."""

ICR_HOSTS = (
    *(f"{region}icr.io" for region in ICR_REGIONS),
    *(f"private.{region}icr.io" for region in ICR_REGIONS),
)
"""The 13 public and 13 private registries in the secret that IBM puts into namespace `default` of its clusters."""


def made_up_password() -> str:
    """Return a new random password. It begins with a letter, so that no parser takes it for a number or a flag."""
    return f"p{secrets.token_urlsafe()[1:]}"


def made_up_jwt() -> str:
    """Return a random string in the format of entitlement keys: a JWT."""
    return f"eyJ{secrets.token_hex(12)}.eyJ{secrets.token_hex(24)}.{secrets.token_urlsafe(32)}"


def named(kind: str, name: str, **rest: object) -> Object:
    """An object of a kind with a name; `rest` are its other top-level fields."""
    return {"kind": kind, "metadata": {"name": name}, **rest}


def copy_marks(origin: str, uid: str, place: str) -> dict[str, Any]:
    """The labels and annotations of a copy of `namespace/name` at another one, proven by the uid of its source."""
    proof = hmac.new(uid.encode(), place.encode(), "sha256").hexdigest()
    annotations = {"kubectl-pullsecret/copied-from": origin, "kubectl-pullsecret/proof": proof}
    return {"labels": MANAGED, "annotations": annotations}


def registry_entry(username: str = "puller", password: str | None = None, email: str | None = None) -> Object:
    """An entry of a docker config, as kubectl writes it: username, password and both again in `auth`."""
    password = password or made_up_password()
    auth = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"username": username, "password": password, **({"email": email} if email else {}), "auth": auth}


def docker_config_secret(name: str, entries: Mapping[str, Object], **metadata: object) -> Object:
    """A pull secret of type kubernetes.io/dockerconfigjson; `entries` from registry to registry_entry()."""
    data = {".dockerconfigjson": encoded(json.dumps({"auths": entries}))}
    return {
        "kind": "Secret",
        "metadata": {"name": name, **metadata},
        "type": "kubernetes.io/dockerconfigjson",
        "data": data,
    }


def all_icr_io(password: str | None = None) -> Object:
    """The secret `all-icr-io` as IBM Cloud creates it: one API key for 26 registries."""
    entry = registry_entry("iamapikey", password, email="a@b.c")
    return docker_config_secret("all-icr-io", dict.fromkeys(ICR_HOSTS, entry))


def docker_config_of(secret: Object) -> Object:
    """The docker config of a secret, decoded."""
    config: Object = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
    return config


def encoded(text: str) -> str:
    """Text, encoded as in the `data` of a secret."""
    return base64.b64encode(text.encode()).decode()


def service_account(name: str, pull_secrets: Sequence[str] = ()) -> Object:
    """A service account that lists pull secrets."""
    return named("ServiceAccount", name, imagePullSecrets=references(pull_secrets))


def pod(
    name: str,
    image: str,
    node: str,
    *,
    pull_secrets: Sequence[str] = (),
    pull_policy: str = "Always",
    **spec: object,
) -> Object:
    """A pod with one container, with everything that a node without scheduler and network needs.

    `spec` are further fields of its spec, as in `serviceAccountName="puller"`.
    """
    return named(
        "Pod",
        name,
        spec={
            "nodeName": node,
            "hostNetwork": True,
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "main", "image": image, "imagePullPolicy": pull_policy}],
            **({"imagePullSecrets": references(pull_secrets)} if pull_secrets else {}),
            **spec,
        },
    )


def deployment(name: str, template: Object, replicas: int = 1) -> Object:
    """A deployment of pods like `template`, a pod()."""
    labels = {"app": name}
    pods = {"metadata": {"labels": labels}, "spec": template["spec"]}
    return named("Deployment", name, spec={"replicas": replicas, "selector": {"matchLabels": labels}, "template": pods})


def references(names: Sequence[str]) -> list[Object]:
    """Names as a list of local object references."""
    return [{"name": name} for name in names]


def rule(verbs: str, resource: str, *names: str, group: str = "") -> Object:
    """An RBAC rule; verbs are separated by spaces, `names` limit it to these objects."""
    found = {"apiGroups": [group], "resources": [resource], "verbs": verbs.split()}
    return {**found, "resourceNames": list(names)} if names else found
