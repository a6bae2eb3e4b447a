"""Where copies come from: which secrets may be a source, by which names, and the source that is a target itself."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

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
    """Makes an administrator's kubeconfig with a context for each of two namespaces, named so; the first is current."""

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


def test_copy_from_another_context_goes_to_the_current_ones_namespace(
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


def test_copy_from_a_context_that_is_not_there_fails_before_anything_is_written(
    api: Api, pullsecret: Program, namespace: str
) -> None:
    result = pullsecret("copy", "--from-context", "nowhere", "-n", namespace, expect=1)

    assert "nowhere" in result.stderr
    assert result.stderr.count("\n") == 1
    assert names_in(api, namespace) == []


def test_copy_of_a_pattern_takes_the_pull_secrets_that_match_and_nothing_else(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    for name in (*REGIONAL, "team-us-icr-io"):
        api.create(docker_config_secret(name, {"us.icr.io": registry_entry()}), home)
    api.create(named("Secret", "default-opaque-icr-io"), home)

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
def test_copy_under_another_name_is_called_as_asked_in_each_namespace(
    words: list[str], expected: set[str], api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, *teams = namespaces(3)
    for name in REGIONAL:
        api.create(docker_config_secret(name, {"us.icr.io": registry_entry()}), home)

    pullsecret("copy", *words, "--from", home, "-n", ",".join(teams))

    for team in teams:
        assert set(names_in(api, team)) == {name.replace("{team}", team) for name in expected}


NOT_FOUND = {
    "name": (
        ["regcred"],
        'secrets "regcred" not found in namespace {home}',
        "use --from to specify the source namespace",
    ),
    "all-icr-io": ([], 'secrets "all-icr-io" not found in namespace {home}', "ibmcloud ks cluster pull-secret apply"),
    "pattern": (["default-*-icr-io"], 'no pull secret matches "default-*-icr-io" in namespace {home}', ""),
}


@pytest.mark.parametrize(("names", "message", "hint"), NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_copy_of_a_source_that_is_not_there_says_so_and_what_to_do(
    names: list[str], message: str, hint: str, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)

    result = pullsecret("copy", *names, "--from", home, "-n", team, expect=1)

    first, _, second = result.stderr.partition("\n")
    assert first == f"Error from server (NotFound): {message.format(home=home)}"
    assert hint in second
    assert result.stdout == ""


TYPES = ("Opaque", "kubernetes.io/basic-auth", "example.com/own")


@pytest.mark.parametrize("kind", TYPES)
def test_copy_of_a_secret_that_is_no_pull_secret_is_refused_by_the_name_of_its_type(
    kind: str, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    password = made_up_password()
    api.create(named("Secret", "other", type=kind, data={"password": encoded(password)}), home)

    result = pullsecret("copy", "other", "--from", home, "-n", team, expect=1)

    assert f'error: secrets "other" in namespace {home} has type {kind} and is not a pull secret' in result.stderr
    assert password not in result.stderr
    assert names_in(api, team) == []


def malformed_secret(name: str, auth: str) -> Object:
    return docker_config_secret(name, {"reg.example": {"auth": auth}})


def test_copy_of_a_malformed_secret_warns_that_pods_pull_nothing_with_it(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    password = made_up_password()
    source = api.create(malformed_secret("broken", encoded(password)), home)

    result = pullsecret("copy", "broken", "--from", home, "-n", team)

    assert api.read("Secret", "broken", team)["data"] == source["data"]
    assert f"warning: secret/broken in namespace {home}" in result.stderr
    assert "unable to parse auth field" in result.stderr
    assert password not in result.stderr
    assert base64.b64encode(password.encode()).decode() not in result.stderr


SELF = {
    "named": ["-n", "{home},{team}"],
    "all": ["-A", "--exclude", "kube-*,default"],
    "another-context": ["-n", "{home},{team}", "--from-context", "{home}"],
}


@pytest.mark.parametrize("words", SELF.values(), ids=SELF.keys())
def test_copy_to_the_source_itself_skips_it_with_a_word_and_never_writes_it(
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

    result = pullsecret("copy", "--from", home, *flags, "--overwrite", "--force", kubeconfig=kubeconfig)

    assert api.read("Secret", "all-icr-io", home) == source
    assert f"note: skipped secret/all-icr-io in namespace {home}: it is the source\n" in result.stderr
    assert f"secret/all-icr-io created in namespace {team}" in result.stdout
    assert home not in result.stdout


def test_copy_to_nothing_but_the_source_says_so_and_is_good(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(all_icr_io(), namespace)

    result = pullsecret("copy", "--from", namespace, "--to", namespace)

    assert result.stderr == f"note: skipped secret/all-icr-io in namespace {namespace}: it is the source\n"
    assert result.stdout == ""


def test_copy_of_a_source_under_another_name_may_stay_in_its_namespace(
    api: Api, pullsecret: Program, namespace: str
) -> None:
    source = api.create(all_icr_io(), namespace)

    result = pullsecret("copy", "--from", namespace, "--to", namespace, "--name", "second")

    assert result.stdout == f"secret/second created in namespace {namespace}\n"
    assert api.read("Secret", "all-icr-io", namespace) == source
