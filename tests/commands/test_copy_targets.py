"""The target flags, tested with copy: which namespaces a command acts on, and what it reports about the others."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_secret, named, registry_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program


@pytest.fixture
def source(api: Api) -> Iterator[str]:
    """The name of a pull secret in namespace default, which no other test has; all copies of it are deleted, too."""
    name = f"source-{secrets.token_hex(4)}"
    api.create(docker_config_secret(name, {"reg.example": registry_entry()}), "default")
    yield name
    for namespace in namespaces_with(api, name):
        api.delete("Secret", name, namespace)


@pytest.fixture
def new_names(api: Api) -> Iterator[list[str]]:
    """The names of two namespaces that do not exist; if a test creates them, they are deleted afterwards."""
    names = [f"new-{secrets.token_hex(4)}" for _ in range(2)]
    yield names
    for name in names:
        api.delete("Namespace", name)


def namespaces_with(api: Api, name: str) -> set[str]:
    """The namespaces that have a secret with this name."""
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
    "label-set": (["--namespace-selector", "team in ({team}),tier!=web"], {0, 2}),
    "pattern": (["-n", "{0},*{suffix}-[12]"], {0, 1, 2}),
    "exclude-of-pattern": (["--to", "*{suffix}-?", "--exclude", "*-1"], {0, 2}),
    "exclude-of-label": (["-l", "team={team}", "--exclude", "*-1"], {0, 2}),
    "exclude-of-names": (["-n", "{0},{1},{2}", "--exclude", "*-[01]"], {2}),
    "exclude-several": (["-l", "team={team}", "--exclude", "*-0,*-1", "--exclude", "*-2"], set()),
}


@pytest.mark.parametrize(("words", "expected"), NAMED.values(), ids=NAMED.keys())
def test_copy_writes_to_the_selected_namespaces_only(
    words: list[str], expected: set[int], api: Api, pullsecret: Program, namespaces: Namespaces, source: str
) -> None:
    team = secrets.token_hex(4)
    names = namespaces(3, labels={"team": team})
    api.patch("Namespace", names[1], {"metadata": {"labels": {"tier": "web"}}})

    pullsecret("copy", source, *(word.format(*names, team=team, suffix=names[0][:-2]) for word in words))

    assert namespaces_with(api, source) == {"default", *(names[number] for number in expected)}


@pytest.mark.cluster_wide
def test_copy_to_all_namespaces_leaves_out_the_excluded(
    api: Api, pullsecret: Program, namespaces: Namespaces, source: str
) -> None:
    first, second = namespaces(2)

    result = pullsecret("copy", source, "-A", "--attach", "--exclude", second)

    reached = namespaces_with(api, source)
    assert {first, "default"} <= reached
    assert second not in reached
    assert not any(name.startswith("kube-") for name in reached)
    assert "note: left out 3 system namespaces; use --include-system to include them\n" in result.stderr
    assert "serviceaccount/default patched in namespace default\n" in result.stdout
    assert f"secret/{source} created in namespace default" not in result.stdout
    pullsecret("detach", source, "-A")


@pytest.mark.cluster_wide
def test_copy_to_a_pattern_creates_nothing_in_system_namespaces_and_updates_what_is_there(
    api: Api, pullsecret: Program, source: str
) -> None:
    public, lease = "kube-public", "kube-node-lease"
    pullsecret("copy", source, "-n", lease)
    rotated = docker_config_secret(source, {"new.example": registry_entry()})
    api.patch("Secret", source, {"data": rotated["data"]}, "default")

    result = pullsecret("copy", source, "-n", "kube-[!s]*", "--attach")
    included = pullsecret("copy", source, "-n", "kube-[!s]*", "--include-system", "--dry-run=server")

    assert result.stdout == f"secret/{source} configured in namespace {lease}\n"
    assert result.stderr.splitlines() == [
        "note: left out 1 system namespace; use --include-system to include it",
        f"warning: secret/{source} no longer has entries for reg.example (in namespace {lease})",
    ]
    assert api.read("Secret", source, lease)["data"] == api.read("Secret", source, "default")["data"]
    assert f"secret/{source} created in namespace {public} (server dry run)\n" in included.stdout
    assert pullsecret("list", source, "-n", "kube-*", "-o", "name").stdout == f"{lease} secret/{source}\n"


CONTRADICTIONS = {
    "names-and-all": ["-n", "a", "-A"],
    "names-and-label": ["-n", "a", "-l", "b=c"],
    "to-and-all": ["--to", "a", "-A"],
    "to-and-names": ["--to", "a", "-n", "default"],
    "create-and-all": ["--create-namespaces", "-A"],
    "all-without-a-name": ["-A"],
    "pattern-without-a-name": ["--to", "team-*"],
    "selector-of-kubectl": ["x", "--selector", "team=a"],
    "value-apart": ["x", "--to", "a", "--dry-run", "client"],
    "namespace-and-name": ["default/x", "--to", "a"],
    "only-commas": ["x", "-n", ",,"],
}


@pytest.mark.parametrize("row", CONTRADICTIONS)
def test_copy_with_wrong_names_or_targets_is_a_usage_error(row: str, offline: Program) -> None:
    result = offline("copy", *CONTRADICTIONS[row], expect=1)

    assert_golden(f"copy/{row}", result.stderr)


def test_copy_without_a_target_asks_for_one(pullsecret: Program, source: str) -> None:
    assert_golden("copy/no-target", pullsecret("copy", source, "--from", "default", expect=1).stderr)


def test_copy_of_what_is_a_namespace_asks_whether_it_is_the_target(
    pullsecret: Program, namespace: str, source: str
) -> None:
    result = pullsecret("copy", source, namespace, "--to", namespace, expect=1)

    assert_golden("copy/namespace-as-name", result.stderr, namespace=namespace)


MISTYPED = {
    "mistyped-exclude": (["-A", "--exclude", "kube-s"], 1),
    "unused-exclude": (["-l", "team=nobody", "--exclude", "kube-*"], 0),
}


@pytest.mark.parametrize(("row", "words", "status"), [(row, *rest) for row, rest in MISTYPED.items()])
def test_exclude_that_leaves_out_nothing_is_reported(
    row: str, words: list[str], status: int, pullsecret: Program, source: str
) -> None:
    result = pullsecret("copy", source, *words, expect=status)

    assert_golden(f"copy/{row}", result.stderr)
    assert result.stdout == ""


NOTHING = {"label": ["-l", "team=nobody"], "exclude": ["-n", "default", "--exclude", "*"]}


@pytest.mark.parametrize("words", NOTHING.values(), ids=NOTHING.keys())
def test_copy_to_a_selection_without_match_succeeds(words: list[str], pullsecret: Program, source: str) -> None:
    result = pullsecret("copy", source, *words)

    assert result.stdout == ""
    assert_golden("copy/no-namespaces", result.stderr)


def test_copy_with_an_invalid_selector_reports_the_servers_error(pullsecret: Program, source: str) -> None:
    result = pullsecret("copy", source, "-l", "a==b==c", expect=1)

    assert result.stderr.startswith("Error from server (BadRequest): ")


def test_terminating_namespace_fails_if_named_and_is_skipped_otherwise(
    api: Api, pullsecret: Program, namespaces: Namespaces, source: str
) -> None:
    leaving, going, staying = namespaces(3)
    for name in (leaving, going):
        api.create(named("ConfigMap", "stays", metadata={"name": "stays", "finalizers": ["example.com/x"]}), name)
        api.delete("Namespace", name)

    named_ones = pullsecret("copy", source, "-n", f"{leaving},{staying}", expect=1)
    matching = pullsecret("copy", source, "-n", f"{leaving[:-2]}-*")
    looking = [pullsecret(command, "-n", leaving, expect=None) for command in ("list", "check", "verify", "doctor")]

    for name in (leaving, going):
        api.patch("ConfigMap", "stays", {"metadata": {"finalizers": None}}, name)
    assert_golden("copy/terminating", named_ones.stderr, namespace=leaving)
    assert named_ones.stdout == f"secret/{source} created in namespace {staying}\n"
    assert_golden("copy/two-terminating", matching.stderr, one=leaving, other=going)
    assert [(result.status, result.stdout, result.stderr) for result in looking] == [
        (status, "", f"error: namespace {leaving} is terminating\n") for status in (1, 2, 2, 2)
    ]


def test_copy_to_a_missing_namespace_fails_there_and_continues(
    api: Api, pullsecret: Program, namespaces: Namespaces, source: str, new_names: list[str]
) -> None:
    first, last = namespaces(2)
    missing = new_names[0]

    result = pullsecret("copy", source, "-n", f"{first},{missing},{last}", expect=1)

    assert_golden("copy/missing-namespace", result.stderr, namespace=missing)
    assert namespaces_with(api, source) == {"default", first, last}


def test_copy_with_create_namespaces_creates_the_missing_ones_only(
    api: Api, pullsecret: Program, namespace: str, source: str, new_names: list[str]
) -> None:
    before = api.read("Namespace", namespace)

    result = pullsecret("copy", source, "--create-namespaces", "--to", ",".join([namespace, *new_names]))

    assert api.read("Namespace", namespace) == before
    assert set(result.stdout.splitlines()) == {
        *(f"namespace/{name} created" for name in new_names),
        *(f"secret/{source} created in namespace {name}" for name in (namespace, *new_names)),
    }
    assert namespaces_with(api, source) == {"default", namespace, *new_names}


def test_copy_that_creates_a_namespace_and_attaches_waits_for_its_service_account(
    api: Api, pullsecret: Program, source: str, new_names: list[str]
) -> None:
    result = pullsecret("copy", source, "--create-namespaces", "--attach", "--to", new_names[0])

    assert result.stdout.splitlines() == [
        f"namespace/{new_names[0]} created",
        f"secret/{source} created in namespace {new_names[0]}",
        f"serviceaccount/default patched in namespace {new_names[0]}",
    ]
    assert api.read("ServiceAccount", "default", new_names[0])["imagePullSecrets"] == [{"name": source}]


def test_copy_into_a_new_namespace_waits_for_its_service_account(
    api: Api, pullsecret: Program, source: str, new_names: list[str]
) -> None:
    for name in new_names:
        api.create(named("Namespace", name))

    pullsecret("copy", source, "--attach", "--to", ",".join(new_names))

    for name in new_names:
        assert api.read("ServiceAccount", "default", name)["imagePullSecrets"] == [{"name": source}]


@pytest.mark.parametrize("dry_run", ["client", "server"])
def test_copy_in_a_dry_run_creates_no_namespace(
    dry_run: str, api: Api, pullsecret: Program, source: str, new_names: list[str]
) -> None:
    command = ("copy", source, "--create-namespaces", "--attach", "--to", new_names[0])

    result = pullsecret(*command, f"--dry-run={dry_run}")

    assert api.find("Namespace", new_names[0]) is None
    assert [line.split(" ")[0] for line in result.stdout.splitlines()] == [
        f"namespace/{new_names[0]}",
        f"secret/{source}",
        "serviceaccount/default",
    ]
    assert all(line.endswith("dry run)") for line in result.stdout.splitlines())


INVALID = {"control-characters": "a\x1b[31m\n\tb", "long": "a" * 4000}
FLAGS = {
    "namespace": ["x", "-n"],
    "to": ["x", "--to"],
    "from": ["x", "--from"],
    "name-flag": ["x", "--to", "team", "--name"],
}
PLACES = {**FLAGS, "serviceaccount": ["x", "--serviceaccount"], "name": []}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("name", INVALID.values(), ids=INVALID.keys())
def test_copy_with_an_invalid_name_is_refused_in_one_short_line(
    place: list[str], name: str, pullsecret: Program, source: str
) -> None:
    words = [source if word == "x" else word for word in place]

    result = pullsecret("copy", *words, name, expect=1)

    lines = result.stderr.splitlines()
    assert len(lines[0]) < 300
    assert lines[0].startswith("error: invalid ")
    assert lines[1:] == ["See 'kubectl pullsecret copy --help' for usage."]
    assert "\x1b" not in result.stderr


def test_copy_to_a_label_writes_to_a_hundred_namespaces(
    api: Api, pullsecret: Program, namespaces: Namespaces, source: str
) -> None:
    team = secrets.token_hex(4)
    names = namespaces(100, labels={"team": team})

    result = pullsecret("copy", source, "-l", f"team={team}", "--attach")

    accounts: list[Object] = api.list("ServiceAccount", fieldSelector="metadata.name=default")
    attached = {
        item["metadata"]["namespace"] for item in accounts if item.get("imagePullSecrets") == [{"name": source}]
    }
    assert namespaces_with(api, source) == {"default", *names}
    assert attached == set(names)
    assert result.stderr == "100 namespaces: 100 created\n"
