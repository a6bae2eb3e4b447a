"""Play the program's main job in a cluster of its own: every command is shown, then run, then what it said is shown.

`demo.py --svg FILE` keeps a picture of the first acts as well. The exit status is 0 when every command
ended as it should.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from rich.console import Console

from control_plane.api import Api
from control_plane.build import KUBERNETES, BuildError
from control_plane.node import Node
from control_plane.plane import ControlPlane
from objects import all_icr_io, deployment, made_up_jwt, made_up_password, pod
from stage import CommandError, Stage, commands_in

WIDTH = 116
"""Columns of the picture; what is wider is folded there."""

INTRODUCTION = f"""\
Real here: etcd, API server, controllers, the kubelet's code ({KUBERNETES}) and kubectl.
Not real: the container runtime. It pulls and runs nothing; it lets in the one API key that it was told, and answers
401 Unauthorized to every other pull. All credentials are made up for this run."""

FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""What rich puts into a picture to load a font from elsewhere; without it the viewer's own is used."""


def main() -> int:
    """Play, and keep the picture if one is wanted; the exit status."""
    parser = argparse.ArgumentParser(prog="build/demo.sh", description="The program at work in a cluster of its own.")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also write a picture of its first half")
    picture = parser.parse_args().svg
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # so that the `with` blocks end, too
    print(INTRODUCTION, flush=True)
    try:
        play_in_a_cluster(picture)
    except (CommandError, BuildError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def play_in_a_cluster(picture: Path | None) -> None:
    """Start a cluster, play there, and leave nothing of it."""
    console = Console(record=bool(picture), width=WIDTH if picture else None, soft_wrap=not picture, highlight=False)
    with TemporaryDirectory(prefix="pullsecret-demo-") as place, ControlPlane() as plane, Node(plane.access) as node:
        directory = Path(place)
        set_up(plane, node)
        write_manifest(directory / "web.yaml", node.name)
        stage = Stage(console, directory, environment_of(plane, directory))
        for act in (act_waiting, act_copy, act_everywhere):
            act(stage)
        if picture:
            save(console, picture)
        for act in (act_refusal, act_create, act_list):
            act(stage)


def set_up(plane: ControlPlane, node: Node) -> None:
    """What IBM Cloud does when it makes a cluster; the node's registries let that one key in."""
    api_key = made_up_password()
    node.accept("iamapikey", api_key)
    with Api(plane.access) as api:
        api.create(all_icr_io(api_key), "default")
        api.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": "all-icr-io"}]}, "default")


def environment_of(plane: ControlPlane, directory: Path) -> dict[str, str]:
    """The variables of all commands: the checkout's program first on PATH, then a working kubectl, and made-up keys."""
    programs = [str(Path(sys.executable).parent), str(plane.kubectl.parent), os.environ.get("PATH", os.defpath)]
    return {
        "PATH": os.pathsep.join(programs),
        "HOME": str(directory),  # kubectl keeps a cache there
        "KUBECONFIG": str(plane.admin_kubeconfig),
        "IBM_ENTITLEMENT_KEY": made_up_jwt(),
        "OLD_KEY": made_up_jwt(),
        "ROBOT_PASSWORD": made_up_password(),
    }


def write_manifest(path: Path, node: str) -> None:
    """A deployment for a cluster without scheduler and network: its pods name their node."""
    web = deployment("web", pod("web", "us.icr.io/acme/web:1", node))
    path.write_text(yaml.safe_dump({"apiVersion": "apps/v1", **web}))


def act_waiting(stage: Stage) -> None:
    """A deployment whose image nobody lets it pull."""
    stage.tell("A cluster of IBM Cloud has this secret in namespace default: one API key for 26 registries.")
    stage.run("kubectl get secret all-icr-io -n default")
    for team in ("team-a", "team-b", "team-c"):
        stage.run(f"kubectl create namespace {team}")
    stage.tell("team-a runs us.icr.io/acme/web, and has no credential for it.")
    stage.run("kubectl apply -n team-a -f web.yaml")
    stage.ask("kubectl wait -n team-a deployment/web --for=jsonpath='{.status.replicas}'=1 --timeout=30s")
    reason = "{.status.containerStatuses[0].state.waiting.reason}"
    stage.ask(f"kubectl wait -n team-a pod -l app=web --for=jsonpath='{reason}'=ErrImagePull --timeout=60s")
    stage.run("kubectl get pods -n team-a")


def act_copy(stage: Stage) -> None:
    """The main job, and the one command that its output names for the pod that waits since before."""
    waiting = stage.ask("kubectl get pods -n team-a -o name")
    stage.tell("The secret into the namespace, and its name on the service account that pods use.")
    said = stage.run("kubectl pullsecret copy all-icr-io --to team-a --attach")
    stage.tell("The command that this named.")
    for command in commands_in(said):
        stage.run(command)
    stage.run("kubectl rollout status -n team-a deployment/web --timeout=60s")
    stage.ask(f"kubectl wait -n team-a {waiting} --for=delete --timeout=60s")
    stage.run("kubectl get pods -n team-a")


def act_everywhere(stage: Stage) -> None:
    """The same for all namespaces, where a second run has nothing left to do."""
    stage.tell("The same for every namespace but the system's; what is right already stays untouched.")
    stage.run("kubectl pullsecret copy -A --exclude 'kube-*' --attach")
    stage.run("kubectl pullsecret list -A")


def act_refusal(stage: Stage) -> None:
    """A secret of somebody else's stays, until its replacement is asked for."""
    stage.tell("Entitled software, with the key in $IBM_ENTITLEMENT_KEY. team-b has such a secret, made by hand.")
    login = '--docker-server=cp.icr.io --docker-username=cp --docker-password="$OLD_KEY"'
    stage.run(f"kubectl create secret docker-registry entitled-cp-icr-io -n team-b \\\n    {login}")
    stage.run("kubectl pullsecret entitled -n team-b,team-c --attach", status=1)
    stage.run("kubectl pullsecret entitled -n team-b,team-c --attach --overwrite")


def act_create(stage: Stage) -> None:
    """One secret for two registries, with the password from a pipe; then detach."""
    stage.tell("Two registries, one secret; the password comes through a pipe.")
    servers = "--server registry.example.com --server mirror.example.com"
    create = f"kubectl pullsecret create regcred -n team-c \\\n    {servers} --username robot --password-stdin"
    stage.run(f'printf %s "$ROBOT_PASSWORD" | {create}')
    stage.run("kubectl pullsecret attach regcred -n team-c")
    stage.run("kubectl pullsecret detach entitled-cp-icr-io -n team-b")


def act_list(stage: Stage) -> None:
    """What all that came to."""
    stage.tell("Where everything is now.")
    stage.run("kubectl pullsecret list -A")


def save(console: Console, picture: Path) -> None:
    """Write the picture, without a font to load."""
    picture.write_text(FONT_FACES.sub("", console.export_svg(title="build/demo.sh", unique_id="demo")))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
