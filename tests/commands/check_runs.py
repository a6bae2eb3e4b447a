"""What tests of `check` share: faults planted in a cluster, and the findings as objects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bad_secrets import api_key, faulty_secrets, with_text

from documents import items_in
from objects import docker_config_secret, pod, registry_entry, service_account

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from program import Program

IMAGE = "us.icr.io/team/app:1"


def found(pullsecret: Program, *words: str, expect: int = 1) -> list[Object]:
    """The findings as objects."""
    result = pullsecret("check", *words, "-o", "json", expect=expect)
    assert result.stderr.count("\n") == 1, result.stderr
    return items_in(result.stdout)


def run_as(api: Api, namespace: str, name: str, *pull_secrets: str, image: str = IMAGE) -> None:
    """Create a pod and report it as running, as its kubelet would."""
    body = pod(name, image, "", pull_secrets=pull_secrets)
    del body["spec"]["nodeName"]
    api.create(body, namespace)
    api.patch("Pod", name, {"status": {"phase": "Running"}}, namespace, subresource="status")


def plant(api: Api, pullsecret: Program, home: str, team: str) -> dict[tuple[str, str], str]:
    """Create faults of every kind in a namespace; returns the expected code by subject and secret."""
    expected = {(f"secret/{name}", name): code for name, (code, _) in faulty_secrets().items()}
    for _, secret in faulty_secrets().values():
        api.create(secret, team)
    for name in ("rotated", "deleted"):
        api.create(docker_config_secret(name, {"reg.example.org": registry_entry()}), home)
        pullsecret("copy", name, "--from", home, "--to", team)
    api.patch("Secret", "rotated", {"data": docker_config_secret("", {"r.example": registry_entry()})["data"]}, home)
    api.delete("Secret", "deleted", home)
    api.create(with_text("opaque", json.dumps({"auths": {"reg.example.org": registry_entry()}}), "Opaque"), team)
    few = {host: registry_entry("iamapikey", api_key()) for host in ("us.icr.io", "private.us.icr.io")}
    api.create(docker_config_secret("all-icr-io", few), team)
    same = docker_config_secret("same", {"reg.example.org": registry_entry()})
    for name in ("same", "same-again"):
        api.create({**same, "metadata": {"name": name}}, team)
    api.create(service_account("puller", ["nowhere", "opaque", "same", "same-again", "same"]), team)
    run_as(api, team, "orphan", "gone")
    run_as(api, team, "broken", "no-colon")
    return expected | {
        ("secret/rotated", "rotated"): "PS504",
        ("secret/deleted", "deleted"): "PS505",
        ("secret/opaque", "opaque"): "PS501",
        ("secret/all-icr-io", "all-icr-io"): "PS507",
        ("serviceaccount/puller", "nowhere"): "PS502",
        ("serviceaccount/puller", "same"): "PS503",
        ("serviceaccount/puller", "same-again"): "PS506",
        ("pod/orphan", "gone"): "PS601",
        ("pod/broken", "no-colon"): "PS602",
    }
