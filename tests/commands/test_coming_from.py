"""docs/guides/coming-from.md: what its tables and scripts show does on a real cluster what they say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from control_plane.api import Api
from control_plane.plane import ControlPlane
from generators.shown_commands import cells_of
from objects import deployment, docker_config_secret, made_up_password, named, pod, references, registry_entry
from plugin_shell import PluginShell
from program import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.source

GUIDE = (CHECKOUT / "docs" / "guides" / "coming-from.md").read_text()
TABLES = [table for table in GUIDE.split("\n\n") if table.startswith("|")]
SCRIPT = re.compile(r"<!-- run: (\w+) -->\n```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
OPENSHIFT = re.compile(r"--buildconfig|--global|pullsecret (?:allow-pull|import) ")
"""Tested in tests/openshift."""
CREATED = re.compile(r"pullsecret create (?:secret docker-registry )?(\S+)")
NAMESPACES = ("team-a", "team-b", "sandbox", "imagepullsecret-patcher")
ACCOUNTS = ("default", "builder", "deployer")


class Neighborhood:
    """A cluster that other tools have filled: each use starts with the same secrets."""

    def __init__(self, plane: ControlPlane, api: Api, directory: Path) -> None:
        self.api = api
        self.shell = PluginShell(plane, directory)
        (directory / "config.json").write_text(json.dumps({"auths": {"registry.example.com": registry_entry()}}))
        for name in ("password.txt", "token.txt"):
            (directory / name).write_text(made_up_password())
        for name in NAMESPACES:
            labels = {"team": "payments"}
            api.create({"kind": "Namespace", "metadata": {"name": name, "labels": labels}})
        for namespace in ("default", *NAMESPACES):
            api.wait_for("ServiceAccount", "default", namespace)
            for account in ACCOUNTS[1:]:
                api.create(named("ServiceAccount", account), namespace)
        patcher = deployment("imagepullsecret-patcher", pod("x", "patcher.example/x:1", "none"))
        api.create(patcher, "imagepullsecret-patcher")

    def reset(self, *names: str) -> None:
        """Leave no secrets but these, in `default`, as other tools create them, and service accounts without any."""
        for namespace in ("default", *NAMESPACES):
            for secret in self.api.list("Secret", namespace):
                self.api.delete("Secret", secret["metadata"]["name"], namespace)
            for account in ACCOUNTS:
                self.api.patch("ServiceAccount", account, {"imagePullSecrets": None, "secrets": None}, namespace)
        for name in names:
            self.api.create(docker_config_secret(name, {"registry.example.com": registry_entry()}), "default")


@pytest.fixture(scope="module")
def neighborhood(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighborhood]:
    with ControlPlane() as plane, Api(plane.access) as api:
        yield Neighborhood(plane, api, tmp_path_factory.mktemp("neighborhood"))


@pytest.mark.parametrize("table", TABLES, ids=[table.split("|")[1].strip() for table in TABLES])
def test_each_command_of_a_table_runs(neighborhood: Neighborhood, table: str) -> None:
    cells = [cell for cell in cells_of(table) if cell.startswith(("kubectl pullsecret", "kubectl annotate"))]
    neighborhood.reset(*{"regcred", "image-pull-secret"}.difference(*map(CREATED.findall, cells)))

    results = {cell: neighborhood.shell(cell) for cell in cells if not OPENSHIFT.search(cell)}

    assert not {cell: result for cell, result in results.items() if result.status}
    assert results


@pytest.mark.parametrize(("name", "script"), SCRIPT.findall(GUIDE))
def test_each_script_runs(neighborhood: Neighborhood, name: str, script: str) -> None:
    neighborhood.reset("regcred", "image-pull-secret")

    result = neighborhood.shell(script)

    assert not result.status, f"{name}: {result.stderr}"


def test_copies_of_the_patcher_are_taken_over_and_attached_once(neighborhood: Neighborhood) -> None:
    api, name = neighborhood.api, "image-pull-secret"
    neighborhood.reset(name)
    source = api.read("Secret", name, "default")["data"]
    older = docker_config_secret(name, {"registry.example.com": registry_entry()})
    for namespace, data in (("team-a", source), ("team-b", older["data"])):
        api.create({**older, "data": data}, namespace, manager="imagepullsecret-patcher")
        api.patch("ServiceAccount", "default", {"imagePullSecrets": references([name])}, namespace)

    neighborhood.shell(dict(SCRIPT.findall(GUIDE))["patcher"])

    copies = [api.read("Secret", name, namespace) for namespace in ("team-a", "team-b", "sandbox")]
    lists = [api.read("ServiceAccount", "default", namespace)["imagePullSecrets"] for namespace in NAMESPACES]
    assert [copy["data"] for copy in copies] == [source] * 3
    assert all(copy["metadata"]["labels"]["kubectl-pullsecret/managed"] == "true" for copy in copies)
    assert lists == [references([name])] * len(NAMESPACES)
