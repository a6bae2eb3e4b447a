"""sync brings proven copies up to date and deletes orphans that nothing uses; everything else stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from objects import docker_config_secret, pod, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program
    from rights import Rights


def data(api: Api, namespace: str, name: str = "key") -> str:
    text: str = api.read("Secret", name, namespace)["data"][".dockerconfigjson"]
    return text


def change(api: Api, namespace: str, name: str = "key") -> str:
    """Give a secret another password, as somebody with kubectl would; return its new data."""
    new = docker_config_secret(name, {"r.example": registry_entry()})
    api.patch("Secret", name, {"data": new["data"]}, namespace)
    return data(api, namespace, name)


def test_sync_writes_proven_copies_and_nothing_else(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    source, near, chained, edited, forged, empty = namespaces(6)
    api.create(docker_config_secret("key", {"r.example": registry_entry()}), source)
    pullsecret("copy", "key", "--from", source, "--to", f"{near},{edited}")
    pullsecret("copy", "key", "--from", near, "--to", chained)
    marked = api.read("Secret", "key", near)
    api.create(forgery(marked), forged)
    impossible = {"kubectl-pullsecret/copied-from": "default/.."}
    labels = marked["metadata"]["labels"]
    api.create(docker_config_secret("odd", {}, labels=labels, annotations=impossible), forged)
    change(api, edited)
    before = {place: data(api, place) for place in (near, chained, edited, forged)}
    new = change(api, source)
    targets = ("-n", f"{near},{chained},{edited},{forged},{empty}")

    unshared = pullsecret("sync", *targets)
    assert {place: data(api, place) for place in before} == before
    assert f"secret/key in namespaces {near}, {edited} has its source in namespace {source}" in unshared.stderr

    drift = pullsecret("sync", *targets, "--from", f"{source},{near}", "--diff", expect=2)
    assert f"v1.Secret.{near}.key" in drift.stdout
    assert {place: data(api, place) for place in before} == before

    result = pullsecret("sync", *targets, "--from", source, "--from", near, expect=1)
    assert data(api, near) == new
    assert data(api, chained) == new
    assert (data(api, edited), data(api, forged)) == (before[edited], before[forged])
    assert api.list("Secret", empty) == []
    assert "secret/odd" not in result.stderr
    assert f"secret/key in namespace {forged} is marked as a copy without a valid proof" in result.stderr
    assert "was edited by" in result.stderr

    pullsecret("sync", *targets, "--from", source, "--from", near, "--overwrite")
    assert data(api, edited) == new


def forgery(copy: Object) -> Object:
    """A secret of a tenant with the marks of a copy of somebody else."""
    meta = {key: copy["metadata"][key] for key in ("name", "labels", "annotations")}
    return {**docker_config_secret("key", {"r.example": registry_entry()}), "metadata": meta}


def test_sync_prunes_orphans_that_nothing_uses(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    source, idle, busy, unreadable = namespaces(4)
    for name in ("key", "other"):
        api.create(docker_config_secret(name, {"r.example": registry_entry()}), source)
    pullsecret("copy", "key", "--from", source, "--to", f"{idle},{busy}", "--attach")
    pullsecret("copy", "other", "--from", source, "--to", unreadable)
    worker = pod("worker", "r.example/app:1", "", pull_secrets=("key",))
    del worker["spec"]["nodeName"]
    api.create(worker, busy)
    api.delete("Secret", "key", source)
    targets = ("-n", f"{idle},{busy},{unreadable}", "--from", source)

    listed = pullsecret("sync", *targets)
    assert f"is an orphan: its source secret/key in namespace {source} no longer exists" in listed.stderr
    assert data(api, idle)

    pruned = pullsecret("sync", *targets, "--prune", "--yes", expect=1)
    assert f"secret/key deleted in namespace {idle}" in pruned.stdout
    assert "is used by pod/worker" in pruned.stderr
    assert data(api, busy)
    assert [item["metadata"]["name"] for item in api.list("Secret", unreadable)] == ["other"]
    assert api.list("Secret", idle) == []
    assert not api.read("ServiceAccount", "default", idle).get("imagePullSecrets")
    assert api.read("ServiceAccount", "default", busy)["imagePullSecrets"] == [{"name": "key"}]


def test_sync_takes_a_source_that_it_cannot_read_for_unknown(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    source, team = namespaces(2)
    api.create(docker_config_secret("key", {"r.example": registry_entry()}), source)
    pullsecret("copy", "key", "--from", source, "--to", team)
    api.delete("Secret", "key", source)
    tenant = restricted(Grant(rule("get list delete", "secrets"), namespace=team))
    result = pullsecret("sync", "-n", team, "--from", source, "--prune", "--yes", kubeconfig=tenant)
    assert "has a source that is not known: " in result.stderr
    assert data(api, team)
