"""The sources of copies: which secrets can be a source, how to select them, and a source that is also a target."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import all_icr_io, docker_config_secret, encoded, made_up_password, named, registry_entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from namespaces import Namespaces
    from program import Program

REGIONAL = ("default-us-icr-io", "default-de-icr-io", "default-icr-io")


def names_in(api: Api, namespace: str) -> list[str]:
    return [secret["metadata"]["name"] for secret in api.list("Secret", namespace)]


@pytest.fixture
def two_contexts(plane: Cluster, tmp_path: Path) -> Callable[[str, str], Path]:
    """Creates an administrator's kubeconfig with a context named after each of two namespaces; the first is current."""

    def make(here: str, there: str) -> Path:
        config = json.loads(plane.admin_kubeconfig.read_text())
        (context,) = config["contexts"]
        config["contexts"] = [
            {"name": name, "context": {**context["context"], "namespace": name}} for name in (here, there)
        ]
        path = tmp_path / "two-contexts"
        path.write_text(json.dumps({**config, "current-context": here}))
        return path

    return make


def test_copy_from_another_context_writes_to_the_current_contexts_namespace(
    api: Api, pullsecret: Program, namespaces: Namespaces, two_contexts: Callable[[str, str], Path]
) -> None:
    home, team, elsewhere = namespaces(3)
    source = api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), home)
    kubeconfig = two_contexts(team, elsewhere)

    result = pullsecret("copy", "regcred", "--from", home, "--from-context", elsewhere, kubeconfig=kubeconfig)

    assert result.stdout == f"secret/regcred created in namespace {team}\n"
    assert api.read("Secret", "regcred", team)["data"] == source["data"]
    assert names_in(api, elsewhere) == []


def test_copy_from_another_kubeconfig_reads_there_and_writes_here(
    plane: Cluster, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team, elsewhere = namespaces(3)
    source = api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), home)
    there, here = plane.admin_kubeconfig_in(elsewhere), plane.admin_kubeconfig_in(team)

    pullsecret("copy", "regcred", "--from", home, "--from-kubeconfig", there, kubeconfig=here)

    assert api.read("Secret", "regcred", team)["data"] == source["data"]
    assert names_in(api, elsewhere) == []


def test_copy_from_an_unknown_context_writes_nothing(api: Api, pullsecret: Program, namespace: str) -> None:
    result = pullsecret("copy", "--from-context", "nowhere", "-n", namespace, expect=1)

    assert "nowhere" in result.stderr
    assert result.stderr.count("\n") == 1
    assert names_in(api, namespace) == []


def test_copy_of_a_pattern_copies_the_matching_pull_secrets_only(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    for name in (*REGIONAL, "team-us-icr-io"):
        api.create(docker_config_secret(name, {"us.icr.io": registry_entry()}), home)
    api.create(named("Secret", "default-opaque-icr-io"), home)
    token = {"openshift.io/internal-registry-auth-token.service-account": "default"}
    api.create(docker_config_secret("default-token-icr-io", {"us.icr.io": registry_entry()}, annotations=token), home)

    pullsecret("copy", "default-*-icr-io", "--from", home, "-n", team)

    assert names_in(api, team) == ["default-de-icr-io", "default-us-icr-io"]


def test_copy_of_a_pattern_and_a_name_in_it_copies_each_once(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    for name in REGIONAL:
        api.create(docker_config_secret(name, {"us.icr.io": registry_entry()}), home)

    result = pullsecret("copy", "default-us-icr-io", "default-*icr-io", "--from", home, "-n", team)

    assert sorted(result.stdout.splitlines()) == sorted(
        f"secret/{name} created in namespace {team}" for name in REGIONAL
    )


NAMES = {
    "the-older-recipe": (["default-us-icr-io", "--name", "{namespace}-us-icr-io"], {"{team}-us-icr-io"}),
    "rest-of-a-pattern": (
        ["default-*-icr-io", "--name", "{namespace}-{rest}-icr-io"],
        {"{team}-us-icr-io", "{team}-de-icr-io"},
    ),
    "plain": (["default-us-icr-io", "--name", "regcred"], {"regcred"}),
}


@pytest.mark.parametrize(("words", "expected"), NAMES.values(), ids=NAMES.keys())
def test_copy_with_name_uses_the_template_in_each_namespace(
    words: list[str], expected: set[str], api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, *teams = namespaces(3)
    for name in REGIONAL:
        api.create(docker_config_secret(name, {"us.icr.io": registry_entry()}), home)

    pullsecret("copy", *words, "--from", home, "-n", ",".join(teams))

    for team in teams:
        assert set(names_in(api, team)) == {name.replace("{team}", team) for name in expected}


NOT_FOUND = {
    "name-not-found": ["regcred"],
    "all-icr-io-not-found": [],
    "pattern-not-found": ["default-*-icr-io"],
}


@pytest.mark.parametrize("row", NOT_FOUND)
def test_copy_of_a_missing_source_says_what_to_do(row: str, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)

    result = pullsecret("copy", *NOT_FOUND[row], "--from", home, "-n", team, expect=1)

    assert_golden(f"copy/{row}", result.stderr, namespace=home)
    assert result.stdout == ""


TYPES = ("Opaque", "kubernetes.io/basic-auth", "example.com/own")


@pytest.mark.parametrize("kind", TYPES)
def test_copy_of_a_secret_that_is_not_a_pull_secret_is_refused(
    kind: str, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    password = made_up_password()
    api.create(named("Secret", "other", type=kind, data={"password": encoded(password)}), home)

    result = pullsecret("copy", "other", "--from", home, "-n", team, expect=1)

    assert_golden("copy/not-a-pull-secret", result.stderr, namespace=home, type=kind)
    assert password not in result.stderr
    assert names_in(api, team) == []


def malformed_secret(name: str, auth: str) -> Object:
    return docker_config_secret(name, {"reg.example": {"auth": auth}})


def test_unchecked_copy_of_a_malformed_secret_warns(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    password = made_up_password()
    source = api.create(malformed_secret("broken", encoded(password)), home)

    result = pullsecret("copy", "broken", "--from", home, "-n", team, "--check=off")

    assert api.read("Secret", "broken", team)["data"] == source["data"]
    assert_golden("copy/malformed", result.stderr, namespace=home)
    assert password not in result.stderr
    assert base64.b64encode(password.encode()).decode() not in result.stderr


SELF = [
    pytest.param(["-n", "{home},{team}"], id="named"),
    pytest.param(["-A", "--exclude", "kube-*,default"], id="all", marks=pytest.mark.cluster_wide),
    pytest.param(["-n", "{home},{team}", "--from-context", "{home}"], id="another-context"),
]


@pytest.mark.parametrize("words", SELF)
def test_copy_to_the_source_itself_skips_and_reports_it(
    words: list[str],
    api: Api,
    pullsecret: Program,
    namespaces: Namespaces,
    two_contexts: Callable[[str, str], Path],
) -> None:
    home, team = namespaces(2)
    source = api.create(all_icr_io(), home)
    kubeconfig = two_contexts(team, home)
    flags = [word.format(home=home, team=team) for word in words]
    line = ("copy", "all-icr-io", "--from", home, *flags, "--overwrite", "--recreate")

    result = pullsecret(*line, kubeconfig=kubeconfig)

    assert api.read("Secret", "all-icr-io", home) == source
    assert f"note: skipped secret/all-icr-io in namespace {home}: it is the source\n" in result.stderr
    assert f"secret/all-icr-io created in namespace {team}" in result.stdout
    assert home not in result.stdout


def test_copy_to_the_source_only_succeeds(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(all_icr_io(), namespace)

    result = pullsecret("copy", "--from", namespace, "--to", namespace)

    assert_golden("copy/source-itself", result.stderr, namespace=namespace)
    assert result.stdout == ""


def test_copy_under_another_name_can_be_in_the_sources_namespace(api: Api, pullsecret: Program, namespace: str) -> None:
    source = api.create(all_icr_io(), namespace)

    result = pullsecret("copy", "--from", namespace, "--to", namespace, "--name", "second")

    assert result.stdout == f"secret/second created in namespace {namespace}\n"
    assert api.read("Secret", "all-icr-io", namespace) == source
