"""`create --internal-registry`: real tokens of a real API server, which a real registry asks whose they are."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from control_plane.api import Api, ApiError
from control_plane.plane import ControlPlane
from control_plane.waiting import until
from objects import docker_config_of, docker_config_secret, encoded, named, pod, registry_entry, rule
from openshift.cluster import DEFINITIONS, IMAGE_PULLER, INTERNAL_HOST, MODULE, SERVER
from openshift.internal_registry import InternalRegistry, may, reviewed
from owners.programs import downloaded
from pullsecret.model.images.token_dates import claims_in, dates_in
from pullsecret.model.openshift.puller import PULLER
from rights import Grant
from shown_output import assert_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from control_plane.access import Access
    from control_plane.api import Object
    from control_plane.given import Cluster
    from control_plane.node import Node
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from registry.registry_setup import Registries
    from rights import Rights

pytestmark = pytest.mark.source

LONG_HOST = INTERNAL_HOST.replace(".svc", ".svc.cluster.local")
DAY = 24 * 3600


@pytest.fixture(scope="module")
def registry(
    openshift: OpenShift, registries: Registries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[InternalRegistry]:
    """The internal registry of the cluster."""
    directory = tmp_path_factory.mktemp("internal-registry")
    with InternalRegistry(openshift.plane.access, directory, registries.authority) as running:
        yield running


@pytest.fixture
def image_config(openshift: OpenShift) -> Iterator[Callable[..., None]]:
    """Sets what the operator reports of the registry, as long as the test lasts."""

    def set_status(**status: object) -> None:
        body = {**named("Image", "cluster"), "spec": {}, "status": status}
        openshift.apply("config.openshift.io/v1", "images", body)

    yield set_status
    set_status(internalRegistryHostname=INTERNAL_HOST)


@pytest.fixture
def route(image_config: Callable[..., None], registry: InternalRegistry) -> str:
    """The host of the registry's route."""
    image_config(internalRegistryHostname=INTERNAL_HOST, externalRegistryHostnames=[registry.host])
    return registry.host


def entries_in(api: Api, namespace: str, name: str = "images") -> dict[str, Object]:
    """The entries of a secret by their hosts."""
    entries: dict[str, Object] = docker_config_of(api.read("Secret", name, namespace))["auths"]
    return entries


def token_in(api: Api, namespace: str, name: str = "images") -> str:
    """The one token of a secret."""
    (token,) = {str(entry["password"]) for entry in entries_in(api, namespace, name).values()}
    return token


def as_holder(openshift: OpenShift, token: str) -> Api:
    """A client that has nothing but the token."""
    return Api(replace(openshift.plane.access, token=token))


def two_contexts(directory: Path, **accesses: Access) -> Path:
    """A kubeconfig with a context for each."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": next(iter(accesses)),
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in accesses],
        "clusters": [
            {"name": name, "cluster": {"server": access.server, "certificate-authority": str(access.ca)}}
            for name, access in accesses.items()
        ],
        "users": [{"name": name, "user": {"token": access.token}} for name, access in accesses.items()],
    }
    path = directory / "two-contexts"
    path.write_text(json.dumps(config))
    return path


def test_token_pulls_the_images_of_its_project_and_may_do_nothing_else(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program, registry: InternalRegistry, route: str
) -> None:
    images, other, target = projects(3)
    mine, others = registry.push(f"{images}/app"), registry.push(f"{other}/app")

    made = os_pullsecret("create", "images", "--internal-registry", "--from", images, "-n", target, "--attach")

    assert made.stdout.splitlines() == [
        f"serviceaccount/{PULLER} created in namespace {images}",
        f"rolebinding/{PULLER} created in namespace {images}",
        f"secret/images created in namespace {target}",
        f"serviceaccount/default patched in namespace {target}",
    ]
    assert f"note: the new token for namespace {target} is valid until " in made.stderr
    assert "(30 days)" in made.stderr
    entries = entries_in(openshift.api, target)
    assert set(entries) == {INTERNAL_HOST, LONG_HOST, route}
    assert {entry["username"] for entry in entries.values()} == {PULLER}
    token = token_in(openshift.api, target)
    claims = claims_in(token)
    about = claims["kubernetes.io"]
    assert isinstance(about, dict)
    assert set(about) == {"namespace", "serviceaccount"}  # bound to nothing
    assert abs(int(str(claims["exp"])) - time.time() - 30 * DAY) < 300
    with as_holder(openshift, token) as holder:
        assert reviewed(holder) == f"system:serviceaccount:{images}:{PULLER}"  # so it has no foreign audience
        assert may(holder, "get", "imagestreams/layers", images, group="image.openshift.io")
        assert not may(holder, "update", "imagestreams/layers", images, group="image.openshift.io")
        assert not may(holder, "get", "imagestreams/layers", other, group="image.openshift.io")
        for resource in ("secrets", "pods", "serviceaccounts/token"):
            assert not [verb for verb in ("get", "list", "create") if may(holder, verb, resource, images)]
        with pytest.raises(ApiError, match="403"):
            holder.list("Secret", images)
    verified = os_pullsecret("verify", "images", "-n", target, "--image", mine, registry.ca_flag)
    assert route in verified.stdout
    refused = os_pullsecret("verify", "images", "-n", target, "--image", others, registry.ca_flag, expect=1)
    assert "no permission: 401 Unauthorized" in refused.stdout
    account = openshift.api.read("ServiceAccount", PULLER, images)
    assert account["automountServiceAccountToken"] is False
    binding = openshift.api.read("RoleBinding", PULLER, images)
    assert binding["roleRef"]["name"] == IMAGE_PULLER
    assert os_pullsecret("check", "-n", target).stderr.startswith("no findings")
    shown = os_pullsecret("describe", "images", "-n", target).stdout
    assert "OpenShift service account token" in shown
    assert f"{time.gmtime().tm_year}-" in shown


def test_second_run_keeps_the_token_and_gives_others_one(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    images, one, other = projects(3)
    words = ("create", "images", "--internal-registry", "--from", images)
    os_pullsecret(*words, "-n", one)
    first = token_in(openshift.api, one)

    again = os_pullsecret(*words, "-n", one, "-v=6")

    assert "/token" not in again.stderr
    assert f"secret/images unchanged in namespace {one}" in again.stdout
    assert "it is renewed when less than half of its life is left" in again.stderr
    os_pullsecret(*words, "-n", f"{one},{other}")
    assert token_in(openshift.api, one) == first
    assert token_in(openshift.api, other) != first
    os_pullsecret(*words, "-n", f"{one},{other}", "--overwrite", "--expires-in=12h")
    assert token_in(openshift.api, one) == token_in(openshift.api, other) != first


def test_account_that_was_created_again_gets_a_new_token(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    images, target = projects(2)
    words = ("create", "images", "--internal-registry", "--from", images, "-n", target)
    os_pullsecret(*words)
    first = token_in(openshift.api, target)
    openshift.api.delete("ServiceAccount", PULLER, images)

    os_pullsecret(*words)

    token = token_in(openshift.api, target)
    assert token != first
    with as_holder(openshift, token) as holder:
        assert reviewed(holder) == f"system:serviceaccount:{images}:{PULLER}"
    with as_holder(openshift, first) as holder, pytest.raises(ApiError, match="401"):
        reviewed(holder)


@pytest.mark.parametrize("mode", ["client", "server"])
def test_dry_run_makes_no_token(openshift: OpenShift, projects: Namespaces, os_pullsecret: Program, mode: str) -> None:
    images, target = projects(2)

    told = os_pullsecret(
        "create", "images", "--internal-registry", "--from", images, "-n", target, f"--dry-run={mode}", "-v=6"
    )

    assert f"note: would create a token of serviceaccount/{PULLER} in namespace {images}, for namespace {target}" in (
        told.stderr
    )
    assert f"rolebinding/{PULLER} created in namespace {images}" in told.stdout
    assert "/token" not in told.stderr
    assert openshift.api.find("ServiceAccount", PULLER, images) is None
    assert openshift.api.find("RoleBinding", PULLER, images) is None
    assert openshift.api.find("Secret", "images", target) is None


def test_token_is_in_no_output(openshift: OpenShift, projects: Namespaces, os_pullsecret: Program) -> None:
    images, target = projects(2)
    words = ("create", "images", "--internal-registry", "--from", images, "-n", target, "-v=9")
    printed = [
        os_pullsecret(*words, *more) for more in ((), (), ("--overwrite", "-o=json"), ("--overwrite", "-o=yaml"))
    ]

    token = token_in(openshift.api, target)
    payload, signature = token.split(".")[1:]
    for one in printed:
        assert "ey" + "J" not in one.stdout + one.stderr
        assert payload not in one.stdout + one.stderr
        assert signature not in one.stdout + one.stderr


def test_account_of_another_is_left_alone(openshift: OpenShift, projects: Namespaces, os_pullsecret: Program) -> None:
    images, target = projects(2)
    openshift.api.create(named("ServiceAccount", PULLER), images)
    words = ("create", "images", "--internal-registry", "--from", images, "-n", target)

    refused = os_pullsecret(*words, expect=1)

    assert refused.stderr == (
        f'error: serviceaccounts "{PULLER}" in namespace {images} is not managed by kubectl-pullsecret; use '
        f"--token-serviceaccount {PULLER} for a token with all that it may do\n"
    )
    assert openshift.api.find("RoleBinding", PULLER, images) is None
    os_pullsecret(*words, f"--token-serviceaccount={PULLER}")
    assert openshift.api.find("RoleBinding", PULLER, images) is None
    assert token_in(openshift.api, target)


def binding(name: str, role: str, account: str, namespace: str) -> Object:
    """A RoleBinding of a ClusterRole."""
    subject = {"kind": "ServiceAccount", "name": account, "namespace": namespace}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
    return {**named("RoleBinding", name), "roleRef": reference, "subjects": [subject]}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("grown", f"rolebinding/grown gives serviceaccount/{PULLER} in namespace NS the role edit, too; remove that"),
        (PULLER, f'rolebindings "{PULLER}" in namespace NS was not made by kubectl-pullsecret'),
    ],
)
def test_account_with_another_role_gets_no_token(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program, name: str, said: str
) -> None:
    images, target = projects(2)
    role, account = ("edit", PULLER) if name != PULLER else (IMAGE_PULLER, "default")
    openshift.api.create(binding(name, role, account, images), images)

    refused = os_pullsecret("create", "images", "--internal-registry", "--from", images, "-n", target, expect=1)

    assert said.replace("NS", images) in refused.stderr
    assert openshift.api.find("Secret", "images", target) is None


def test_another_account_is_used_as_it_is_with_a_warning(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    images, target = projects(2)
    openshift.api.create(named("ServiceAccount", "builder"), images)
    before = openshift.api.read("ServiceAccount", "builder", images)
    words = ("create", "images", "--internal-registry", "--from", images, "-n", target)

    made = os_pullsecret(*words, "--token-serviceaccount=builder")

    assert (
        f"warning: everyone who can read the secret can do all that serviceaccount/builder in namespace {images} may "
        "do, not only pull images"
    ) in made.stderr
    assert made.stdout == f"secret/images created in namespace {target}\n"
    assert {entry["username"] for entry in entries_in(openshift.api, target).values()} == {"builder"}
    assert openshift.api.read("ServiceAccount", "builder", images) == before
    assert openshift.api.list("RoleBinding", images) == []
    missing = os_pullsecret(*words, "--token-serviceaccount=nope", expect=1)
    assert missing.stderr.startswith('Error from server (NotFound): serviceaccounts "nope" not found')


def test_project_that_does_not_exist_is_named(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    target = projects(1)[0]

    refused = os_pullsecret("create", "images", "--internal-registry", "--from=no-such", "-n", target, expect=1)

    assert refused.stderr.splitlines() == [
        'Error from server (NotFound): namespaces "no-such" not found',
        "use --from to name the project whose images are pulled",
    ]
    assert openshift.api.find("Secret", "images", target) is None


def test_other_cluster_gets_the_hosts_of_routes_only_and_its_pods_pull(
    openshift: OpenShift,
    projects: Namespaces,
    plane: Cluster,
    api: Api,
    node: Node,
    namespace: str,
    os_pullsecret: Program,
    registry: InternalRegistry,
    route: str,
    tmp_path: Path,
) -> None:
    images = projects(1)[0]
    image = registry.push(f"{images}/app")
    kubeconfig = two_contexts(tmp_path, edge=plane.access, prod=openshift.plane.access)

    made = os_pullsecret(
        "create", "images", "--internal-registry", "--from-context=prod", "--from", images, "-n", namespace, "--attach",
        kubeconfig=kubeconfig,
    )  # fmt: skip

    assert made.stdout.splitlines() == [
        f"secret/images created in namespace {namespace}",
        f"serviceaccount/default patched in namespace {namespace}",
    ]
    assert f"note: serviceaccount/{PULLER} created in namespace {images} of context prod" in made.stderr
    assert set(entries_in(api, namespace)) == {route}
    token = token_in(api, namespace)
    with as_holder(openshift, token) as holder:
        assert reviewed(holder) == f"system:serviceaccount:{images}:{PULLER}"
    os_pullsecret("verify", "images", "-n", namespace, "--image", image, registry.ca_flag, kubeconfig=kubeconfig)
    node.accept(PULLER, token)
    api.create(pod("app", image, node.name), namespace)
    api.wait_for("Pod", "app", namespace, until_it=lambda seen: seen.get("status", {}).get("phase") == "Running")
    assert [(pull.image, pull.user) for pull in node.records(namespace)] == [(image, PULLER)]


def test_other_cluster_without_a_route_is_told_how_to_get_one(
    openshift: OpenShift,
    projects: Namespaces,
    plane: Cluster,
    api: Api,
    namespace: str,
    os_pullsecret: Program,
    os_kubectl: Program,
    tmp_path: Path,
) -> None:
    images = projects(1)[0]
    kubeconfig = two_contexts(tmp_path, edge=plane.access, prod=openshift.plane.access)

    refused = os_pullsecret(
        "create", "images", "--internal-registry", "--from-context=prod", "--from", images, "-n", namespace,
        kubeconfig=kubeconfig, expect=1,
    )  # fmt: skip

    error, hint = refused.stderr.splitlines()
    assert error == "error: the internal registry has no route, without which other clusters cannot reach it"
    command = hint.removeprefix("to create one, run: ")
    assert openshift.api.find("ServiceAccount", PULLER, images) is None
    assert api.find("Secret", "images", namespace) is None
    group = "imageregistry.operator.openshift.io/v1"
    openshift.apply(group, "configs", {**named("Config", "cluster"), "spec": {"replicas": 1}})
    os_kubectl(*shlex.split(command)[1:], kubeconfig=kubeconfig)
    found = openshift.find(group, "configs", "cluster")
    openshift.remove(group, "configs", "cluster")
    assert found
    assert found["spec"]["defaultRoute"] is True


def test_life_that_the_server_shortens_is_told(pullsecret: Program) -> None:
    with ControlPlane("--service-account-max-token-expiration=12h", lean=True) as plane, Api(plane.access) as api:
        define_internal_registry(api)
        words = ("create", "images", "--internal-registry", "-n=default", "--expires-in=90d")

        made = pullsecret(*words, kubeconfig=plane.admin_kubeconfig)
        again = pullsecret(*words, kubeconfig=plane.admin_kubeconfig)

        expires = dates_in(token_in(api, "default"))[1]
    assert expires
    assert (
        f"note: the new token for namespace default is valid until {expires:%Y-%m-%d %H:%M} UTC (12 hours)"
        in made.stderr
    )
    assert "requested expiration of 7776000 seconds shortened to 43200 seconds" in made.stderr
    assert "secret/images unchanged" in again.stdout  # half of the life that it has, not of what was asked for


def define_internal_registry(api: Api) -> None:
    """Give a cluster what OpenShift reports of its internal registry."""
    path = next(path for path in DEFINITIONS if "_images-" in path)
    definition = yaml.safe_load((downloaded(SERVER.module, MODULE) / path).read_text())
    api.request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
    images = "/apis/config.openshift.io/v1/images"
    body = {**named("Image", "cluster"), "apiVersion": "config.openshift.io/v1", "spec": {}}
    made = until(lambda: created(api, images, body), "images.config.openshift.io to be served")
    api.request("PUT", f"{images}/cluster/status", {**made, "status": {"internalRegistryHostname": INTERNAL_HOST}})


def created(api: Api, path: str, body: Object) -> Object | None:
    """The new object; None as long as its kind is not served."""
    try:
        return api.request("POST", path, body)
    except ApiError:
        return None


def test_cluster_without_an_internal_registry_is_told_so(
    pullsecret: Program, api: Api, namespace: str, restricted: Rights
) -> None:
    words = ("create", "images", "--internal-registry", "-n", namespace)
    as_user = restricted(Grant(rule("get", "secrets"), rule("get", "serviceaccounts"), namespace=namespace))

    refused = pullsecret(*words, expect=1)
    to_user = pullsecret(*words, "--from", namespace, "--token-serviceaccount=default", kubeconfig=as_user, expect=1)

    said = "error: the cluster has no internal registry: "
    assert refused.stderr.startswith(f'{said}it has no images.config.openshift.io "cluster"\n')
    assert to_user.stderr.startswith(f"{said}it does not serve image.openshift.io\n")
    assert api.find("Secret", "images", namespace) is None


def test_registry_that_the_operator_does_not_run_is_told(
    projects: Namespaces, os_pullsecret: Program, image_config: Callable[..., None]
) -> None:
    image_config(externalRegistryHostnames=[])

    refused = os_pullsecret("create", "images", "--internal-registry", "-n", projects(1)[0], expect=1)

    assert 'images.config.openshift.io "cluster" has no status.internalRegistryHostname' in refused.stderr


def test_advice_of_check_renews_the_token(openshift: OpenShift, projects: Namespaces, os_pullsecret: Program) -> None:
    images, target = projects(2)
    os_pullsecret("create", "images", "--internal-registry", "--from", images, "-n", target)
    first = token_in(openshift.api, target)
    ended = ended_like(first)
    entry = registry_entry(PULLER, ended)
    planted = docker_config_secret("images", {INTERNAL_HOST: entry})
    openshift.api.patch("Secret", "images", {"data": planted["data"]}, target)

    found = os_pullsecret("check", "-n", target, expect=1)

    command = f"kubectl pullsecret create images --internal-registry --from={images} -n {target} --overwrite"
    assert command in found.stdout.splitlines()[-1]
    os_pullsecret(*shlex.split(command)[2:])
    assert token_in(openshift.api, target) not in (first, ended)
    assert os_pullsecret("check", "-n", target).stderr.startswith("no findings")


def ended_like(token: str) -> str:
    """A token of the same account that has ended; no server would take it."""
    claims = {**claims_in(token), "iat": time.time() - 31 * DAY, "exp": time.time() - DAY}
    return f"eyJ.{encoded(json.dumps(claims)).rstrip('=')}.x"


def test_guide_shows_what_is_printed(
    openshift: OpenShift,
    projects: Namespaces,
    plane: Cluster,
    namespace: str,
    os_pullsecret: Program,
    image_config: Callable[..., None],
    tmp_path: Path,
) -> None:
    images = projects(1)[0]
    kubeconfig = two_contexts(tmp_path, edge=plane.access, prod=openshift.plane.access)
    names = {images: "shop", namespace: "web"}
    line = (
        "kubectl pullsecret create shop-images --internal-registry --from-context prod "
        f"--from {images} --context edge -n {namespace} --attach"
    )

    def shown() -> str:
        done = subprocess.run(
            [*os_pullsecret.command, *shlex.split(line)[2:]],
            env=os_pullsecret.environment(kubeconfig),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return f"$ {line}\n{done.stdout}"

    assert_shown("internal_registry_no_route", shown(), names)
    host = "default-route-openshift-image-registry.apps.prod.example.com"
    image_config(internalRegistryHostname=INTERNAL_HOST, externalRegistryHostnames=[host])
    assert_shown("internal_registry", shown(), names)
    assert_shown("internal_registry_again", shown(), names)
