"""The one grammar of targets, told with copy: which namespaces a command acts on, and what it says of the others."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, named, registry_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program


@pytest.fixture
def source(api: Api) -> Iterator[str]:
    """The name of a pull secret in namespace default, which no other test has; all that was made of it goes, too."""
    name = f"source-{secrets.token_hex(4)}"
    api.create(docker_config_secret(name, {"reg.example": registry_entry()}), "default")
    yield name
    for namespace in holders(api, name):
        api.delete("Secret", name, namespace)


@pytest.fixture
def unmade(api: Api) -> Iterator[list[str]]:
    """Names of two namespaces that are not there; who makes them, makes them for the test."""
    names = [f"unmade-{secrets.token_hex(4)}" for _ in range(2)]
    yield names
    for name in names:
        api.delete("Namespace", name)


def holders(api: Api, name: str) -> set[str]:
    """The namespaces that hold a secret of this name."""
    found = api.list("Secret", fieldSelector=f"metadata.name={name}")
    return {secret["metadata"]["namespace"] for secret in found}


NAMED = {
    "one": (["-n", "{0}"], {0}),
    "joined": (["-n={0}"], {0}),
    "glued": (["-n{0}"], {0}),
    "comma": (["-n", "{0},{2}"], {0, 2}),
    "repeated": (["-n", "{0}", "--namespace", "{1}", "-n={0}"], {0, 1}),
    "to": (["--to", "{0},{1}", "--to={2}"], {0, 1, 2}),
    "label": (["-l", "team={team}"], {0, 1, 2}),
    "label-set": (["--selector", "team in ({team}),tier!=web"], {0, 2}),
    "exclude-of-label": (["-l", "team={team}", "--exclude", "*-1"], {0, 2}),
    "exclude-of-names": (["-n", "{0},{1},{2}", "--exclude", "*-[01]"], {2}),
    "exclude-several": (["-l", "team={team}", "--exclude", "*-0,*-1", "--exclude", "*-2"], set()),
}


@pytest.mark.parametrize(("words", "expected"), NAMED.values(), ids=NAMED.keys())
def test_copy_goes_to_the_namespaces_meant_and_to_no_other(
    words: list[str], expected: set[int], api: Api, pullsecret: Program, namespaces: Namespaces, source: str
) -> None:
    team = secrets.token_hex(4)
    names = namespaces(3, labels={"team": team})
    api.patch("Namespace", names[1], {"metadata": {"labels": {"tier": "web"}}})

    pullsecret("copy", source, *(word.format(*names, team=team) for word in words))

    assert holders(api, source) == {"default", *(names[number] for number in expected)}


def test_copy_everywhere_goes_to_every_namespace_but_the_excluded(
    api: Api, pullsecret: Program, namespaces: Namespaces, source: str
) -> None:
    first, second = namespaces(2)

    pullsecret("copy", source, "-A", "--exclude", "kube-*", "--exclude", second)

    reached = holders(api, source)
    assert {first, "default"} <= reached
    assert second not in reached
    assert not any(name.startswith("kube-") for name in reached)


CONTRADICTIONS = {
    "names-and-all": (["-n", "a", "-A"], "error: --namespace and --all-namespaces cannot be used together"),
    "names-and-label": (["-n", "a", "-l", "b=c"], "error: --namespace and --selector cannot be used together"),
    "to-and-all": (["--to", "a", "-A"], "error: --namespace and --all-namespaces cannot be used together"),
    "to-and-names": (
        ["--to", "a", "-n", "default"],
        "error: --to and --namespace both name the target namespaces; for the source's namespace use --from",
    ),
    "make-and-all": (
        ["--create-namespaces", "-A"],
        "error: --create-namespaces requires --namespace",
    ),
}


@pytest.mark.parametrize(("words", "line"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_copy_with_targets_that_contradict_each_other_is_a_usage_error(
    words: list[str], line: str, offline: Program
) -> None:
    result = offline("copy", *words, expect=1)

    assert result.stderr == f"{line}\nSee 'kubectl pullsecret copy -h' for help and examples\n"


NOTHING = {"label": ["-l", "team=nobody"], "exclude": ["-n", "default", "--exclude", "*"]}


@pytest.mark.parametrize("words", NOTHING.values(), ids=NOTHING.keys())
def test_copy_to_a_selection_that_matches_nothing_says_so_and_is_good(
    words: list[str], pullsecret: Program, source: str
) -> None:
    result = pullsecret("copy", source, *words)

    assert result.stdout == ""
    assert result.stderr.startswith("note: no namespaces match")
    assert result.stderr.count("\n") == 1


def test_copy_with_a_selector_that_cannot_be_is_refused_in_the_servers_words(pullsecret: Program, source: str) -> None:
    result = pullsecret("copy", source, "-l", "a==b==c", expect=1)

    assert result.stderr.startswith("Error from server (BadRequest): ")


def test_copy_to_a_namespace_that_terminates_skips_it_with_one_line(
    api: Api, pullsecret: Program, namespaces: Namespaces, source: str
) -> None:
    leaving, going, staying = namespaces(3)
    for name in (leaving, going):
        api.create(named("ConfigMap", "stays", metadata={"name": "stays", "finalizers": ["example.com/x"]}), name)
        api.delete("Namespace", name)

    one = pullsecret("copy", source, "-n", f"{leaving},{staying}")
    two = pullsecret("copy", source, "-n", f"{leaving},{going},{staying}")

    for name in (leaving, going):
        api.patch("ConfigMap", "stays", {"metadata": {"finalizers": None}}, name)
    assert one.stderr == f"note: skipped namespace {leaving}, which is terminating\n"
    assert one.stdout == f"secret/{source} created in namespace {staying}\n"
    assert two.stderr == f"note: skipped namespaces {leaving}, {going}, which are terminating\n"


def test_copy_to_a_namespace_that_is_missing_fails_there_and_goes_on(
    api: Api, pullsecret: Program, namespaces: Namespaces, source: str, unmade: list[str]
) -> None:
    first, last = namespaces(2)
    missing = unmade[0]

    result = pullsecret("copy", source, "-n", f"{first},{missing},{last}", expect=1)

    assert f'Error from server (NotFound): namespaces "{missing}" not found\n' in result.stderr
    assert "--create-namespaces" in result.stderr
    assert result.stderr.endswith("\n3 namespaces: 2 created, 1 failed\n")
    assert holders(api, source) == {"default", first, last}


def test_copy_that_makes_namespaces_makes_the_missing_ones_only(
    api: Api, pullsecret: Program, namespace: str, source: str, unmade: list[str]
) -> None:
    before = api.read("Namespace", namespace)

    result = pullsecret("copy", source, "--create-namespaces", "--to", ",".join([namespace, *unmade]))

    assert api.read("Namespace", namespace) == before
    assert set(result.stdout.splitlines()) == {
        *(f"namespace/{name} created" for name in unmade),
        *(f"secret/{source} created in namespace {name}" for name in (namespace, *unmade)),
    }
    assert holders(api, source) == {"default", namespace, *unmade}


def test_copy_that_makes_a_namespace_and_attaches_waits_for_its_service_account(
    api: Api, pullsecret: Program, source: str, unmade: list[str]
) -> None:
    result = pullsecret("copy", source, "--create-namespaces", "--attach", "--to", unmade[0])

    assert result.stdout.splitlines() == [
        f"namespace/{unmade[0]} created",
        f"secret/{source} created in namespace {unmade[0]}",
        f"serviceaccount/default patched in namespace {unmade[0]}",
    ]
    assert api.read("ServiceAccount", "default", unmade[0])["imagePullSecrets"] == [{"name": source}]


def test_copy_into_a_namespace_made_a_moment_before_waits_for_its_service_account(
    api: Api, pullsecret: Program, source: str, unmade: list[str]
) -> None:
    for name in unmade:
        api.create(named("Namespace", name))

    pullsecret("copy", source, "--attach", "--to", ",".join(unmade))

    for name in unmade:
        assert api.read("ServiceAccount", "default", name)["imagePullSecrets"] == [{"name": source}]


@pytest.mark.parametrize("dry_run", ["client", "server"])
def test_copy_that_would_make_a_namespace_makes_none_in_a_dry_run(
    dry_run: str, api: Api, pullsecret: Program, source: str, unmade: list[str]
) -> None:
    command = ("copy", source, "--create-namespaces", "--attach", "--to", unmade[0])

    result = pullsecret(*command, f"--dry-run={dry_run}")

    assert api.find("Namespace", unmade[0]) is None
    assert [line.split(" ")[0] for line in result.stdout.splitlines()] == [
        f"namespace/{unmade[0]}",
        f"secret/{source}",
        "serviceaccount/default",
    ]
    assert all(line.endswith("dry run)") for line in result.stdout.splitlines())


SENSELESS = {"control-characters": "a\x1b[31m\n\tb", "long": "a" * 4000}
FLAGS = {"namespace": ["x", "-n"], "to": ["x", "--to"], "from": ["x", "--from"], "name-flag": ["x", "--name"]}
PLACES = {**FLAGS, "serviceaccount": ["x", "--serviceaccount"], "name": []}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("name", SENSELESS.values(), ids=SENSELESS.keys())
def test_copy_with_a_name_that_cannot_be_says_so_in_one_clear_line(
    place: list[str], name: str, pullsecret: Program, source: str
) -> None:
    words = [source if word == "x" else word for word in place]

    result = pullsecret("copy", *words, name, expect=1)

    lines = result.stderr.splitlines()
    assert len(lines[0]) < 300
    assert lines[0].startswith("error: invalid ")
    assert lines[1:] == ["See 'kubectl pullsecret copy -h' for help and examples"]
    assert "\x1b" not in result.stderr


def test_copy_of_a_secret_to_a_label_reaches_a_hundred_namespaces_at_once(
    api: Api, pullsecret: Program, namespaces: Namespaces, source: str
) -> None:
    team = secrets.token_hex(4)
    names = namespaces(100, labels={"team": team})

    result = pullsecret("copy", source, "-l", f"team={team}", "--attach")

    accounts: list[Object] = api.list("ServiceAccount", fieldSelector="metadata.name=default")
    attached = {
        item["metadata"]["namespace"] for item in accounts if item.get("imagePullSecrets") == [{"name": source}]
    }
    assert holders(api, source) == {"default", *names}
    assert attached == set(names)
    assert result.stderr == "100 namespaces: 100 created\n"
