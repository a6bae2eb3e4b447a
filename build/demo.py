"""Demonstrates the program in a local cluster: shows each command, runs it, and shows its output.

`demo.py --svg FILE` also writes a picture of the first half. The exit status is 0 if every command
ended as expected.
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
"""Columns of the picture; longer lines are folded."""

INTRODUCTION = f"""\
Real: etcd, API server, controllers, the kubelet's code ({KUBERNETES}) and kubectl.
Not real: the container runtime. It pulls and runs nothing; it accepts one API key and answers every other pull with
401 Unauthorized. All credentials are generated for this run."""

FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""What rich adds to a picture to load a font; without it, the viewer's font is used."""


def main() -> int:
    """Run the demo, write the picture if requested, and return the exit status."""
    parser = argparse.ArgumentParser(prog="build/demo.sh", description="Demonstrate the program in a local cluster.")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also write a picture of its first half")
    picture = parser.parse_args().svg
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # so that the `with` blocks end
    print(INTRODUCTION, flush=True)
    try:
        play_in_a_cluster(picture)
    except (CommandError, BuildError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def play_in_a_cluster(picture: Path | None) -> None:
    """Start a cluster, run the demo in it, and remove it."""
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
    """Do what IBM Cloud does when it creates a cluster; the node's registries accept that one key."""
    api_key = made_up_password()
    node.accept("iamapikey", api_key)
    with Api(plane.access) as api:
        api.create(all_icr_io(api_key), "default")
        api.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": "all-icr-io"}]}, "default")


def environment_of(plane: ControlPlane, directory: Path) -> dict[str, str]:
    """The environment of all commands: the checkout's program first on PATH, then kubectl, and generated keys."""
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
    """Write a deployment for a cluster without scheduler: its pods specify their node."""
    web = deployment("web", pod("web", "us.icr.io/acme/web:1", node))
    path.write_text(yaml.safe_dump({"apiVersion": "apps/v1", **web}))


def act_waiting(stage: Stage) -> None:
    """Show a deployment that cannot pull its image."""
    stage.tell("IBM Cloud creates this secret in namespace default: one API key for 26 registries.")
    stage.run("kubectl get secret all-icr-io -n default")
    for team in ("team-a", "team-b", "team-c"):
        stage.run(f"kubectl create namespace {team}")
    stage.tell("team-a runs us.icr.io/acme/web, and has no credentials for it.")
    stage.run("kubectl apply -n team-a -f web.yaml")
    stage.ask("kubectl wait -n team-a deployment/web --for=jsonpath='{.status.replicas}'=1 --timeout=30s")
    reason = "{.status.containerStatuses[0].state.waiting.reason}"
    stage.ask(f"kubectl wait -n team-a pod -l app=web --for=jsonpath='{reason}'=ErrImagePull --timeout=60s")
    stage.run("kubectl get pods -n team-a")


def act_copy(stage: Stage) -> None:
    """Copy and attach the secret, and run the command that the output suggests for the waiting pod."""
    waiting = stage.ask("kubectl get pods -n team-a -o name")
    stage.tell("Copy the secret to the namespace and attach it to the service account that pods use.")
    said = stage.run("kubectl pullsecret copy all-icr-io --to team-a --attach")
    stage.tell("Run the command that the output suggests.")
    for command in commands_in(said):
        stage.run(command)
    stage.run("kubectl rollout status -n team-a deployment/web --timeout=60s")
    stage.ask(f"kubectl wait -n team-a {waiting} --for=delete --timeout=60s")
    stage.run("kubectl get pods -n team-a")


def act_everywhere(stage: Stage) -> None:
    """Do the same for all namespaces, where a second run has nothing to do."""
    stage.tell("The same for every namespace but those of the system; what is already right is not changed.")
    stage.run("kubectl pullsecret copy all-icr-io -A --attach")
    stage.run("kubectl pullsecret list -A")


def act_refusal(stage: Stage) -> None:
    """Show that an unmanaged secret is only replaced with --overwrite."""
    stage.tell("Entitled software, with the key in $IBM_ENTITLEMENT_KEY. team-b has such a secret, created by hand.")
    login = '--docker-server=cp.icr.io --docker-username=cp --docker-password="$OLD_KEY"'
    stage.run(f"kubectl create secret docker-registry entitled-cp-icr-io -n team-b \\\n    {login}")
    stage.run("kubectl pullsecret entitled -n team-b,team-c --attach", status=1)
    stage.run("kubectl pullsecret entitled -n team-b,team-c --attach --overwrite")


def act_create(stage: Stage) -> None:
    """Create one secret for two registries, with the password from a pipe; attach it; detach another."""
    stage.tell("Two registries, one secret; the password comes from a pipe.")
    servers = "--registry registry.example.com --registry mirror.example.com"
    create = f"kubectl pullsecret create regcred -n team-c \\\n    {servers} --username puller --password-stdin"
    stage.run(f'printf %s "$ROBOT_PASSWORD" | {create}')
    stage.run("kubectl pullsecret attach regcred -n team-c")
    stage.run("kubectl pullsecret detach entitled-cp-icr-io -n team-b")


def act_list(stage: Stage) -> None:
    """List the result."""
    stage.tell("The result.")
    stage.run("kubectl pullsecret list -A")


def save(console: Console, picture: Path) -> None:
    """Write the picture, without a font to load."""
    picture.write_text(FONT_FACES.sub("", console.export_svg(title="build/demo.sh", unique_id="demo")))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
