"""The stand-in for OpenShift's API server: what it takes, refuses and answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from control_plane.api import Api, ApiError
from control_plane.waiting import until
from objects import docker_config_secret, named, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from registry.registry_setup import Registries
    from rights import Rights

IMAGES = "/apis/image.openshift.io/v1/namespaces"
BUILDS = "/apis/build.openshift.io/v1/namespaces"
GIT = {"type": "Git", "git": {"uri": "https://git.example.com/acme/app"}}


def tag(image: str, name: str = "app:1", **policy: object) -> Object:
    """An ImageStreamTag that refers to an image."""
    body = {**named("ImageStreamTag", name), "apiVersion": "image.openshift.io/v1"}
    return {**body, "tag": {"name": "", "from": {"kind": "DockerImage", "name": image}, **policy}}


def build_config(**fields: object) -> Object:
    """A BuildConfig with a Docker strategy."""
    body = {**named("BuildConfig", "app"), "apiVersion": "build.openshift.io/v1"}
    strategy = {"type": "Docker", "dockerStrategy": {}}
    return {**body, "spec": {"source": GIT, "strategy": strategy, "output": {}, **fields}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"pushSecret": {"name": "x"}}, 'unknown field "spec.pushSecret"'),
        ({"runPolicy": 1}, "cannot be handled as a BuildConfig"),
    ],
)
def test_fields_that_the_type_lacks_are_refused(
    openshift: OpenShift, projects: Namespaces, fields: Object, said: str
) -> None:
    with pytest.raises(ApiError, match=said) as caught:
        openshift.api.request("POST", f"{BUILDS}/{projects(1)[0]}/buildconfigs", build_config(**fields))
    assert caught.value.status == 400


def test_writes_are_conditional_and_dry_runs_store_nothing(openshift: OpenShift, projects: Namespaces) -> None:
    path = f"{BUILDS}/{projects(1)[0]}/buildconfigs"
    made = openshift.api.request("POST", path, build_config())
    with pytest.raises(ApiError) as caught:
        openshift.api.request("PUT", f"{path}/app", {**made, "metadata": {**made["metadata"], "resourceVersion": "0"}})
    assert caught.value.reason == "Conflict"
    changed = {**made, "spec": {**made["spec"], "output": {"pushSecret": {"name": "x"}}}}
    openshift.api.request("PUT", f"{path}/app?dryRun=All", changed)
    assert openshift.api.request("GET", f"{path}/app") == made


def test_rights_are_those_of_the_cluster(
    openshift: OpenShift, projects: Namespaces, os_restricted: Rights, os_kubectl: Program
) -> None:
    here, elsewhere = projects(2)
    allowed = Grant(rule("get list", "buildconfigs", group="build.openshift.io"), namespace=here)
    kubeconfig = os_restricted(allowed)
    openshift.api.request("POST", f"{BUILDS}/{here}/buildconfigs", build_config())
    assert "app" in os_kubectl("get", "buildconfigs", "-n", here, kubeconfig=kubeconfig).stdout
    refused = os_kubectl("get", "buildconfigs", "-n", elsewhere, kubeconfig=kubeconfig, expect=1)
    assert f'cannot list resource "buildconfigs" in API group "build.openshift.io" in the namespace "{elsewhere}"' in (
        refused.stderr
    )


def test_a_tag_is_imported_with_the_pull_secrets_of_its_project(
    openshift: OpenShift, projects: Namespaces, registries: Registries
) -> None:
    project = projects(1)[0]
    host = registries.token.host
    path = f"{IMAGES}/{project}/imagestreamtags/app:1"
    openshift.api.request("PUT", path, tag(f"{host}/acme/app:1"))

    def result() -> Object:
        stream = openshift.api.request("GET", f"{IMAGES}/{project}/imagestreams/app")
        return next(iter(stream["status"].get("tags", [])), {})

    refused = until(result, "the result of the import")
    assert refused["conditions"][0]["reason"] == "Unauthorized"
    with pytest.raises(ApiError) as caught:
        openshift.api.request("GET", path)
    assert caught.value.reason == "NotFound"
    entry = registry_entry("puller", registries.password)
    openshift.api.create(docker_config_secret("regcred", {host: entry}), project)
    openshift.api.request("PUT", path, tag(f"{host}/acme/app:1", generation=0, referencePolicy={"type": "Local"}))
    found = until(lambda: result()["items"], "the image")
    assert found[0]["image"] == registries.digests["acme/app"]
    local = openshift.api.request("GET", path)["image"]["dockerImageReference"]
    assert local.startswith(f"image-registry.openshift-image-registry.svc:5000/{project}/app@sha256:")


def test_an_import_that_is_not_stored_tells_what_the_registry_says(
    openshift: OpenShift, projects: Namespaces, registries: Registries
) -> None:
    project = projects(1)[0]
    body = {**named("ImageStreamImport", "probe"), "apiVersion": "image.openshift.io/v1"}
    images = [
        {"from": {"kind": "DockerImage", "name": f"{registries.token.host}/{name}:1"}}
        for name in ("acme/app", "public/app")
    ]
    answer = openshift.api.request(
        "POST", f"{IMAGES}/{project}/imagestreamimports", {**body, "spec": {"import": False, "images": images}}
    )
    reasons = [each["status"].get("reason", "") for each in answer["status"]["images"]]
    assert reasons == ["Unauthorized", ""]
    assert openshift.api.request("GET", f"{IMAGES}/{project}/imagestreams")["items"] == []


def test_definitions_are_strict(openshift: OpenShift) -> None:
    route = {
        **named("Route", "default-route"),
        "spec": {"to": {"kind": "Service", "name": "image-registry"}, "hots": "x"},
    }
    with pytest.raises(ApiError, match=r'unknown field "spec\.hots"'):
        openshift.apply("route.openshift.io/v1", "routes", route, namespace="openshift-image-registry")


def test_the_config_of_the_stand_in_is_for_its_user_only(openshift: OpenShift) -> None:
    config = openshift.plane.directory / "openshift-api.json"
    assert config.stat().st_mode & 0o77 == 0
    assert json.loads(config.read_text())["server"] == openshift.plane.server
    assert isinstance(openshift.api, Api)
