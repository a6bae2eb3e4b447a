"""docs/guides/k9s.yaml: valid for k9s's schema, and run as k9s does, with the words that it puts in for a selection."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml
from jsonschema import Draft7Validator

from control_plane.waiting import until
from objects import deployment, docker_config_secret, pod, registry_entry
from plugin_shell import PluginShell
from program import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from control_plane.node import Node
    from program import Result

pytestmark = pytest.mark.source

PLUGINS: Mapping[str, Object] = yaml.safe_load((CHECKOUT / "docs" / "guides" / "k9s.yaml").read_text())["plugins"]
VARIABLE = re.compile(r"\$(!?)([\w-]+)|\$\{(!?)([\w\-%/: ]+)\}")
"""What k9s replaces in arguments (internal/view/env.go at v0.51.0)."""
TYPES = {"deployments", "statefulsets", "daemonsets", "replicasets", "jobs", "cronjobs"}


def substituted(argument: str, variables: Mapping[str, str]) -> str:
    """An argument as k9s passes it; what is not a variable of k9s stays."""

    def replaced(found: re.Match[str]) -> str:
        return variables.get((found[2] or found[4]).upper(), found[0])

    return VARIABLE.sub(replaced, argument)


class K9s:
    """Runs a plugin on what is selected, without a terminal."""

    def __init__(self, shell: PluginShell, variables: Mapping[str, str]) -> None:
        self._shell, self._variables = shell, variables

    def press(self, plugin: str, **selected: str) -> Result:
        """Run the plugin; `selected` has k9s's variables in lower case."""
        variables = {**self._variables, **{name.upper(): value for name, value in selected.items()}}
        words = [substituted(word, variables) for word in PLUGINS[plugin]["args"]]
        return self._shell.run([PLUGINS[plugin]["command"], *words])


@pytest.fixture
def shell(plane: Cluster, tmp_path: Path) -> PluginShell:
    return PluginShell(plane, tmp_path)


@pytest.fixture
def k9s(shell: PluginShell, plane: Cluster) -> K9s:
    context = shell("kubectl config current-context").stdout.strip()
    return K9s(shell, {"KUBECONFIG": str(plane.admin_kubeconfig), "CONTEXT": context})


def test_the_file_is_valid_for_the_schema_of_k9s() -> None:
    schema = json.loads((CHECKOUT / "tests" / "schemas" / "k9s-plugins.json").read_text())
    Draft7Validator.check_schema(schema)

    problems = [error.message for error in Draft7Validator(schema).iter_errors({"plugins": PLUGINS})]

    known = schema["properties"]["plugins"]["additionalProperties"]["properties"].keys()
    assert not problems
    assert not [name for plugin in PLUGINS.values() for name in plugin.keys() - known]


def test_each_view_has_one_plugin_that_only_reads_for_the_key() -> None:
    scopes = [scope for plugin in PLUGINS.values() for scope in plugin["scopes"]]

    assert sorted(scopes) == sorted({"pods", "secrets", *TYPES})
    assert {plugin["args"][4] for plugin in PLUGINS.values()} == {"doctor", "can-pull", "describe"}
    assert {plugin["shortCut"] for plugin in PLUGINS.values()} == {"Shift-Y"}


def test_doctor_on_a_selected_pod(api: Api, k9s: K9s, namespace: str, node: Node) -> None:
    api.create(pod("web", "registry.example.com/acme/web:1", node.name), namespace)
    until(lambda: "ImagePull" in json.dumps(api.read("Pod", "web", namespace)), "a failed pull", within=60)

    shown = k9s.press("pullsecret-doctor", name="web", namespace=namespace)

    assert shown.stdout.startswith(f"pod/web in namespace {namespace}: cannot pull registry.example.com/acme/web:1")
    assert (shown.stderr, shown.status) == ("", 0)


def test_describe_of_a_selected_secret(api: Api, k9s: K9s, namespace: str) -> None:
    api.create(docker_config_secret("regcred", {"registry.example.com": registry_entry()}), namespace)

    shown = k9s.press("pullsecret-describe", name="regcred", namespace=namespace)

    assert "registry.example.com" in shown.stdout
    assert (shown.stderr, shown.status) == ("", 0)


@pytest.mark.parametrize("type_name", sorted(TYPES))
def test_can_pull_accepts_the_types_of_the_views(k9s: K9s, namespace: str, type_name: str) -> None:
    shown = k9s.press("pullsecret-can-pull", name="none", namespace=namespace, resource_name=type_name)

    assert "not found" in shown.stdout


def test_can_pull_on_a_selected_deployment(api: Api, k9s: K9s, namespace: str) -> None:
    api.create(docker_config_secret("regcred", {"registry.example.com": registry_entry()}), namespace)
    template = pod("web", "registry.example.com/acme/web:1", "none", pull_secrets=["regcred"])
    api.create(deployment("web", template, 0), namespace)

    shown = k9s.press("pullsecret-can-pull", name="web", namespace=namespace, resource_name="deployments")

    assert "registry.example.com" in shown.stdout
    assert "regcred" in shown.stdout


HOSTILE = "prod'; touch pwned; echo \"$(touch pwned) `touch pwned` $NAME"


def test_a_hostile_name_of_a_context_stays_a_word(shell: PluginShell, plane: Cluster, namespace: str) -> None:
    kubeconfig = shell.directory / "a b.yaml"
    content = yaml.safe_load(plane.admin_kubeconfig.read_text())
    content["contexts"][0]["name"] = content["current-context"] = HOSTILE
    kubeconfig.write_text(yaml.safe_dump(content))
    k9s = K9s(shell, {"KUBECONFIG": str(kubeconfig), "CONTEXT": HOSTILE})

    shown = k9s.press("pullsecret-describe", name="none", namespace=namespace)

    assert shown.stdout == 'Error from server (NotFound): secrets "none" not found\n'
    assert not (shell.directory / "pwned").exists()
