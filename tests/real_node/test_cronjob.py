"""The job of `generate cronjob` on a real node: its image is imported from the archive, and its pod runs unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from objects import docker_config_secret, pod, registry_entry
from program import CHECKOUT
from pullsecret import __version__
from real_node.image import Image
from scheduler import Scheduler

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from real_node.cluster_setup import Setup
    from stage import Stage

IMAGE = f"localhost/kubectl-pullsecret:v{__version__}"
OWN = "kubectl-pullsecret"
TOKEN = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {
        "name": "us-icr",
        "namespace": "kube-system",
        "annotations": {"kubernetes.io/service-account.name": "default"},
    },
    "type": "kubernetes.io/service-account-token",
}
"""A secret whose name the job's account may create and read."""


def test_job_in_the_cluster_supplies_a_new_namespace(api: Api, setup: Setup, stage: Stage, tmp_path: Path) -> None:
    stage.tell("The container image of this program is imported from its archive; registry-keys has the source.")
    import_image(setup)
    web = Image(name="us.icr.io/acme/tomorrow:1")
    setup.registries.push(web)
    stage.run("kubectl create namespace registry-keys")
    login = setup.registries.icr
    api.create(
        docker_config_secret("us-icr", {"us.icr.io": registry_entry(login.user, login.password)}), "registry-keys"
    )
    with Scheduler(api, setup.node.name, OWN), setup.runtime.service_address(setup.plane.server):
        stage.run(
            f"kubectl pullsecret generate cronjob us-icr --from registry-keys --exclude default --image {IMAGE} "
            "--schedule '*/5 * * * *' | kubectl apply --validate=strict -f -"
        )
        stage.run("kubectl create namespace tomorrow")
        api.wait_for("ServiceAccount", "default", "tomorrow")
        stage.run(f"kubectl create job now --from=cronjob/pullsecret-copy-us-icr -n {OWN}")
        stage.run(f"kubectl wait job/now -n {OWN} --for=condition=Complete --timeout=60s")
    said = log_of(setup)
    stage.tell(f"The job's output:\n{said}")
    assert "secret/us-icr created in namespace tomorrow" in said
    assert "serviceaccount/default patched in namespace tomorrow" in said
    assert api.read("ServiceAccount", "default", "tomorrow")["imagePullSecrets"] == [{"name": "us-icr"}]

    body = pod("web", web.name, setup.node.name)
    tmp_path.joinpath("pod.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", **body}))
    stage.run("kubectl apply -n tomorrow -f pod.yaml")
    stage.run("kubectl wait pod/web -n tomorrow --for=condition=Ready --timeout=60s")

    stage.tell("Whoever gets hold of the job's token cannot make a token of another account with it.")
    tmp_path.joinpath("token.yaml").write_text(yaml.safe_dump(TOKEN))
    attempt = f"kubectl create -f token.yaml --token=$(kubectl create token pullsecret-copy-us-icr -n {OWN})"
    assert "denied request" in stage.run(attempt, status=1)


def import_image(setup: Setup) -> None:
    """Import the image of this program from its archive; once more changes nothing."""
    (archive,) = CHECKOUT.joinpath("dist").glob(f"kubectl-pullsecret-image_v{__version__}_linux_*.tar")
    assert IMAGE in setup.runtime.ctr("images", "import", "--snapshotter", "native", str(archive))


def log_of(setup: Setup) -> str:
    """The output of the job's only pod, from the node's files (kubernetes: pkg/kubelet/kuberuntime/logs)."""
    (log,) = setup.node.directory.glob(f"logs/{OWN}_*/copy/0.log")
    return "\n".join(line.split(" ", 3)[3] for line in log.read_text().splitlines())
