"""`import`: an image of a registry into an image stream of OpenShift, and what is said of its result."""

from __future__ import annotations

import shlex
import socket
from typing import TYPE_CHECKING

import pytest

from documents import items_in
from objects import docker_config_secret, made_up_password, named, registry_entry
from registry.answers import challenged, error
from registry.fake_server import FakeServer, Received, Reply
from rights import grants_of
from shown_output import assert_shown

if TYPE_CHECKING:
    from control_plane.api import Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from registry.registry_setup import Registries
    from rights import Rights

STREAMS = "imagestreams"
GROUP = "image.openshift.io/v1"


@pytest.fixture
def project(projects: Namespaces) -> str:
    """A new project."""
    return projects(1)[0]


@pytest.fixture
def image(registries: Registries) -> str:
    """A private image of a real registry."""
    return f"{registries.token.host}/acme/app:1"


@pytest.fixture
def readable(openshift: OpenShift, registries: Registries, project: str) -> None:
    """The project has a pull secret that may pull it."""
    entry = registry_entry("puller", registries.password)
    openshift.api.create(docker_config_secret("regcred", {registries.token.host: entry}), project)


def spec_tag(openshift: OpenShift, project: str) -> Object:
    """The tag as it is in the stream, without the generation."""
    stream = openshift.find(GROUP, STREAMS, "app", namespace=project)
    assert stream is not None
    (tag,) = stream["spec"]["tags"]
    return {key: value for key, value in tag.items() if key not in ("generation", "annotations")}


@pytest.mark.usefixtures("readable")
def test_an_image_is_imported_and_its_pods_need_no_secret(
    openshift: OpenShift, os_pullsecret: Program, registries: Registries, project: str, image: str
) -> None:
    done = os_pullsecret("import", image, f"{project}/app:1")
    assert done.stdout == f"imagestreamtag/app:1 created in namespace {project}\n"
    digest = registries.digests["acme/app"]
    place = f"image-registry.openshift-image-registry.svc:5000/{project}/app:1"
    assert done.stderr.splitlines() == [
        f"note: imported {image} ({digest})",
        f"note: pods in namespace {project} pull it without a pull secret as {place}",
        f"note: to let the pods of another project pull it, use allow-pull --from={project}",
    ]
    assert spec_tag(openshift, project) == {
        "name": "1",
        "from": {"kind": "DockerImage", "name": image},
        "importPolicy": {"importMode": "Legacy"},
        "referencePolicy": {"type": "Local"},
    }
    again = os_pullsecret("import", image, f"{project}/app:1")
    assert again.stdout == f"imagestreamtag/app:1 unchanged in namespace {project}\n"


@pytest.mark.usefixtures("readable")
def test_output_shown_of_an_import(os_pullsecret: Program, registries: Registries, project: str, image: str) -> None:
    words = ("import", image, f"{project}/app:1", "--scheduled")
    done = os_pullsecret(*words)
    shown = {project: "default", registries.token.host: "us.icr.io", registries.digests["acme/app"]: "sha256:..."}
    assert_shown("import", f"$ kubectl pullsecret {' '.join(words)}\n{done.stdout}{done.stderr}", shown)


def test_output_shown_of_a_refused_import(
    os_pullsecret: Program, registries: Registries, project: str, image: str
) -> None:
    words = ("import", image, f"{project}/app:1")
    refused = os_pullsecret(*words, expect=1)
    host = registries.token.host
    shown = {project: "team-a", host.replace(".", "-").replace(":", "-"): "us-icr-io", host: "us.icr.io"}
    assert_shown("import_refused", f"$ kubectl pullsecret {' '.join(words)}\n{refused.stdout}{refused.stderr}", shown)


@pytest.mark.usefixtures("readable")
def test_policies_are_changed_and_what_others_chose_stays(
    openshift: OpenShift, os_pullsecret: Program, project: str, image: str
) -> None:
    tag = {
        "name": "1",
        "from": {"kind": "DockerImage", "name": image},
        "importPolicy": {"importMode": "PreserveOriginal"},
    }
    openshift.api.request(
        "POST", f"/apis/{GROUP}/namespaces/{project}/imagestreams", {**stream_with(tag), "apiVersion": GROUP}
    )
    done = os_pullsecret("import", image, "app:1", "--scheduled", "--reference-policy=source", "-n", project)
    assert done.stdout == f"imagestreamtag/app:1 configured in namespace {project}\n"
    assert "pull secrets of their own namespace" in done.stderr
    assert spec_tag(openshift, project) == {
        **tag,
        "importPolicy": {"importMode": "PreserveOriginal", "scheduled": True},
        "referencePolicy": {"type": "Source"},
    }


def stream_with(*tags: Object) -> Object:
    """An image stream with these tags."""
    return {**named("ImageStream", "app"), "spec": {"tags": list(tags)}}


def test_a_refused_import_names_what_was_tried_and_works_once_there_is_a_secret(
    openshift: OpenShift, os_pullsecret: Program, registries: Registries, project: str, image: str
) -> None:
    host = registries.token.host
    refused = os_pullsecret("import", image, f"{project}/app:1", expect=1)
    assert f"imagestreamtag/app:1 in namespace {project}: import of {image} failed: Unauthorized" in refused.stderr
    assert f"note: no pull secret in namespace {project} has an entry for {host}" in refused.stderr
    assert f"kubectl pullsecret create {host.replace('.', '-').replace(':', '-')} --registry={host}" in refused.stderr
    wrong = registry_entry("puller", made_up_password())
    openshift.api.create(docker_config_secret("stale", {host: wrong}), project)
    tried = os_pullsecret("import", image, f"{project}/app:1", expect=1)
    assert f"note: OpenShift used secret/stale in namespace {project}, its entry for {host}\n" in tried.stderr
    assert wrong["password"] not in tried.stderr
    line = next(line.strip() for line in tried.stderr.splitlines() if "pullsecret create" in line)
    words = shlex.split(line.replace("USER", "puller"))[2:]
    assert f"--registry={host}/acme/app" in words
    os_pullsecret(*words, "--password-stdin", input=registries.password)
    assert "note: imported" in os_pullsecret("import", image, f"{project}/app:1").stderr


def test_a_registry_that_denies_the_image_and_quotes_the_credential(
    openshift: OpenShift, os_pullsecret: Program, registries: Registries, project: str
) -> None:
    password = made_up_password()

    def answer(received: Received) -> Reply:
        if not received.authorization:
            return challenged("Basic realm=x")
        return error(403, f"not with {received.authorization} or {password}")

    with FakeServer(answer, registries.certificate) as registry:
        entry = registry_entry("puller", password)
        openshift.api.create(docker_config_secret("regcred", {registry.host: entry}), project)
        refused = os_pullsecret("import", f"{registry.host}/acme/app:1", f"{project}/app:1", expect=1)

    assert "denied: not with Basic <hidden> or <hidden>" in refused.stderr
    assert password not in refused.stderr
    assert f"--registry={registry.host}/acme/app" in refused.stderr


def test_an_import_that_takes_longer_is_left_to_openshift(os_pullsecret: Program, project: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        image = f"127.0.0.1:{silent.getsockname()[1]}/acme/app:1"
        late = os_pullsecret("import", image, f"{project}/app:1", "--wait=1s", expect=1)
        unread = os_pullsecret("import", image, f"{project}/app:1", "--wait=0")

    command = f"oc describe imagestream/app -n {project}"
    assert late.stderr == f"error: timed out waiting for the import of {image}; to see its result, run:\n  {command}\n"
    assert unread.stderr == f"note: did not wait for the import of {image}; to see its result, run:\n  {command}\n"


@pytest.mark.usefixtures("readable")
def test_a_tag_of_another_image_is_replaced_only_when_asked(
    openshift: OpenShift, os_pullsecret: Program, project: str, image: str
) -> None:
    os_pullsecret("import", image, f"{project}/app:1")
    other = image.replace("app:1", "other:1")
    refused = os_pullsecret("import", other, f"{project}/app:1", expect=1)
    assert refused.stderr == (
        f'error: imagestreamtags "app:1" in namespace {project} refers to {image}; '
        f"use --overwrite to import {other} into it\n"
    )
    assert spec_tag(openshift, project)["from"]["name"] == image
    os_pullsecret("import", other, f"{project}/app:1", "--overwrite", expect=1)  # puller may not pull it
    assert spec_tag(openshift, project)["from"]["name"] == other


def test_an_image_that_is_not_there_is_told_without_advice_on_secrets(
    os_pullsecret: Program, registries: Registries, project: str
) -> None:
    missing = f"{registries.token.host}/public/app:none"
    refused = os_pullsecret("import", missing, f"{project}/app:1", expect=1)
    assert "failed: NotFound" in refused.stderr
    assert "pullsecret create" not in refused.stderr


@pytest.mark.parametrize("flag", ["--dry-run=client", "--dry-run=server", "--diff"])
def test_nothing_is_written_in_a_dry_run(
    openshift: OpenShift, os_pullsecret: Program, project: str, image: str, flag: str
) -> None:
    shown = os_pullsecret("import", image, f"{project}/app:1", flag, expect=1 if flag == "--diff" else 0)
    assert "app:1" in shown.stdout
    assert openshift.find(GROUP, STREAMS, "app", namespace=project) is None


@pytest.mark.usefixtures("readable")
def test_a_stream_of_a_release_is_left_to_it(
    openshift: OpenShift, os_pullsecret: Program, project: str, image: str
) -> None:
    labels = {"app.kubernetes.io/managed-by": "Helm"}
    release = {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": project}
    stream = stream_with()
    stream["metadata"] |= {"labels": labels, "annotations": release}
    openshift.api.request("POST", f"/apis/{GROUP}/namespaces/{project}/imagestreams", {**stream, "apiVersion": GROUP})
    refused = os_pullsecret("import", image, f"{project}/app:1", expect=1)
    assert "Helm release shop" in refused.stderr
    assert "--force-conflicts" in refused.stderr
    forced = os_pullsecret("import", image, f"{project}/app:1", "--force-conflicts")
    assert forced.stdout.startswith("imagestreamtag/app:1 ")
    assert "warning: " in forced.stderr


def test_json_is_a_change_list(os_pullsecret: Program, project: str, image: str) -> None:
    done = os_pullsecret("import", image, f"{project}/app:1", "-o", "json", expect=1)
    (item,) = items_in(done.stdout)
    assert (item["kind"], item["name"], item["result"]) == ("ImageStreamTag", "app:1", "created")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("IMAGE",), "one IMAGE and one [PROJECT/]STREAM:TAG are required"),
        (("IMAGE", "app"), 'invalid image stream tag "app": it must have the form [PROJECT/]STREAM:TAG'),
        (("IMAGE", "a/b/app:1"), 'invalid image stream tag "a/b/app:1": it must have the form'),
        (("IMAGE", "team/APP:1"), "an image stream is named as a part of an image's path"),
        (("IMAGE", "team/app:-"), "a tag has up to 128 letters"),
        (("IMAGE", "team/app:1", "-n", "other"), "the tag is in project team, and --namespace is other"),
        (("IMAGE", "app:1", "-A"), "an image is imported into one project of one cluster"),
        (("no image", "app:1"), 'invalid image "no image"'),
        (("IMAGE", "app:1", "--reference-policy=both"), 'it must be "local" or "source"'),
    ],
)
def test_bad_input_gets_one_line(os_pullsecret: Program, arguments: tuple[str, ...], said: str) -> None:
    words = [word.replace("IMAGE", "registry.example.com/acme/app:1") for word in arguments]
    refused = os_pullsecret("import", *words, expect=1)
    assert said in refused.stderr.splitlines()[0]
    assert "Traceback" not in refused.stderr


def test_a_project_that_does_not_exist_is_an_error(os_pullsecret: Program, image: str) -> None:
    refused = os_pullsecret("import", image, "no-such-project/app:1", expect=1)
    assert 'namespaces "no-such-project" not found' in refused.stderr


def test_a_cluster_without_image_streams_is_an_error(pullsecret: Program, namespace: str, image: str) -> None:
    refused = pullsecret("import", image, f"{namespace}/app:1", expect=1)
    assert refused.stderr == (
        'error: the server doesn\'t have a resource type "imagestreams" (image.openshift.io): not OpenShift\n'
    )


@pytest.mark.usefixtures("readable")
def test_the_rights_of_the_table_are_enough(
    os_restricted: Rights, os_pullsecret: Program, project: str, image: str
) -> None:
    words = ("import", image, f"{project}/app:1")
    kubeconfig = os_restricted(*grants_of(*words), namespace=project)
    assert "note: imported" in os_pullsecret(*words, kubeconfig=kubeconfig).stderr
    other = image.replace("app:1", "other:1")
    os_pullsecret("import", other, f"{project}/app:1", "--overwrite", kubeconfig=kubeconfig, expect=1)
