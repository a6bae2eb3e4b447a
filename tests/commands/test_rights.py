"""Each command works with exactly the permissions of its table; with one less, it fails with kubectl's Forbidden."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, made_up_password, registry_entry, rule, service_account
from pullsecret.model.rbac.table import NEEDED
from rights import Grant, grants_of

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program, Result
    from rights import Rights

PODS_NOTE = "note: not allowed to list pods; cannot report waiting pods"
ACCOUNTS_NOTE = "note: not allowed to list service accounts in namespace {team}; SERVICEACCOUNTS is incomplete"
USERS_NOTE = (
    "note: not allowed to list all service accounts, pods and workloads in namespace {team}; more may use the secrets"
)
COPIES_NOTE = "note: not allowed to list secrets in all namespaces; copies in other namespaces are not shown"
IMAGES_NOTE = "note: not allowed to list pods in namespace {team}; their images were not checked (use --image)"
UNREAD = (
    ("service accounts", "which pull secrets new pods get is unknown"),
    ("pods", "which images pods use, and whether they wait for one, is unknown"),
    (
        "deployments, statefulsets, daemonsets, replicasets, replicationcontrollers, jobs, cronjobs",
        "images and pull secrets of workloads that have no pods now are not in the report",
    ),
)
"""What the report lacks without the optional permissions."""

RUNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "copy": (("copy", "one", "--name=made"), ("copy", "two", "--name=made", "--overwrite")),
    "copy --attach": (
        ("copy", "one", "--name=made", "--attach"),
        ("copy", "two", "--name=made", "--attach", "--overwrite"),
    ),
    "create": (
        ("create", "made", "--username=a", "--password-env=A"),
        ("create", "made", "--username=b", "--password-env=A"),
    ),
    "create --attach": (
        ("create", "made", "--username=a", "--password-env=A", "--attach"),
        ("create", "made", "--username=b", "--password-env=A", "--attach"),
    ),
    "attach": (("attach", "there"),),
    "detach": (("detach", "named", "--serviceaccount=puller"),),
    "entitled": (("entitled", "made", "--key-env=A"), ("entitled", "made", "--key-env=A", "--staging", "--overwrite")),
    "entitled --attach": (
        ("entitled", "made", "--key-env=A", "--attach"),
        ("entitled", "made", "--key-env=A", "--staging", "--attach", "--overwrite"),
    ),
    "delete": (("delete", "ours"),),
    "list": (("list",),),
    "describe": (("describe", "there"),),
    "check": (("check",),),
    "verify": (("verify",),),
    "verify NAME": (("verify", "there"),),
    "can-pull": (("can-pull", "reg.example/app", "--serviceaccount=puller"),),
    "doctor": (("doctor",),),
    "report": (("report",),),
}
"""Runs that need all permissions of a command: the first one creates, the second one patches changed content."""

NOT_TRIED = 2
"""How verify ends: the secret's one key is a pattern, which is no registry to ask."""

LOST_NOTE = "warning: secret/made no longer has entries for cp.icr.io"

NOTES = {
    "entitled": frozenset({PODS_NOTE, LOST_NOTE}),
    "entitled --attach": frozenset({PODS_NOTE, LOST_NOTE}),
    "detach": frozenset[str](),
    "delete": frozenset[str](),
    "list": frozenset({ACCOUNTS_NOTE}),
    "describe": frozenset({USERS_NOTE, COPIES_NOTE}),
    "check": frozenset(
        {
            "note: not allowed to list service accounts in namespace {team}; references from them were not checked",
            "note: not allowed to list pods in namespace {team}; references from them were not checked",
            "no findings in 1 namespace (1 pull secret)",
        }
    ),
    "verify": frozenset({IMAGES_NOTE}),
    "verify NAME": frozenset({IMAGES_NOTE}),
    "can-pull": frozenset(
        {
            "note: not allowed to list secrets in namespace {team}; only those that pods reference are known",
            "1 image: 1 unknown; only the registry knows whether an image is public: --verify asks it",
        }
    ),
    "doctor": frozenset({"No pods are waiting for an image in namespace {team}."}),
    "report": frozenset(f"note: not allowed to read {what} in namespace {{team}}; {why}" for what, why in UNREAD),
}
"""What commands report without the optional permissions, if not that waiting pods cannot be reported."""


@dataclass(frozen=True)
class Place:
    """Two namespaces: one to copy from, one to act on, with the objects that attach and detach need."""

    home: str
    team: str

    def lines(self, command: str, targets: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The command lines of all runs of a command."""
        source = ("--from", self.home) if command.startswith("copy") else ()
        return [(*words, *source, *targets) for words in RUNS[command]]

    def run(self, program: Program, kubeconfig: Path, command: str, targets: tuple[str, ...]) -> list[Result]:
        """Run all runs of a command with a kubeconfig, up to the first that fails."""
        results: list[Result] = []
        for words in self.lines(command, targets):
            env = {"A": f"eyJ{made_up_password()}.x.x"}
            results.append(program(*words, kubeconfig=kubeconfig, env=env, expect=None))
            if results[-1].status:
                break
        return results

    def grants(self, command: str, targets: tuple[str, ...], without: tuple[str, str] = ("", "")) -> list[Grant]:
        """What all runs of a command need, except for one permission in the targets."""
        lines = self.lines(command, targets)
        sources = [grant for words in lines for grant in grants_of(*words) if grant.namespace == self.home]
        rest = [grant for words in lines for grant in grants_of(*words, without=without)]
        return [*sources, *(grant for grant in rest if grant.namespace != self.home)]


@pytest.fixture
def place(api: Api, pullsecret: Program, namespaces: Namespaces, request: pytest.FixtureRequest) -> Place:
    home, team = namespaces(2)
    for name in ("one", "two"):
        api.create(docker_config_secret(name, {"reg.example": registry_entry()}), home)
    api.create(
        docker_config_secret("there", {"*.rights.example": registry_entry()}), team
    )  # a wildcard: not a registry to contact
    api.create(service_account("puller", ["named", "ours"]), team)
    if "delete" in request.node.name:
        words = ("create", "ours", "--username=u", "--password-env=A", "-n", team)
        pullsecret(*words, env={"A": made_up_password()})
    return Place(home, team)


def everywhere_but_the_rest(namespace: str) -> tuple[str, ...]:
    """-A with exclusions that leave only one namespace: `[!a]*`, `a[!b]*`, ..."""
    patterns = [f"{namespace[:length]}[!{char}]*" for length, char in enumerate(namespace)]
    return ("-A", *(f"--exclude={pattern}" for pattern in patterns))


@pytest.mark.parametrize("command", RUNS)
def test_permissions_of_the_table_suffice_in_one_namespace(
    api: Api, pullsecret: Program, restricted: Rights, place: Place, command: str
) -> None:
    kubeconfig = restricted.printed(pullsecret, *place.lines(command, ("-n", place.team)))

    results = place.run(pullsecret, kubeconfig, command, ("-n", place.team))

    status = NOT_TRIED if command.startswith("verify") else 0
    assert [result.status for result in results] == [status] * len(RUNS[command]), results
    notes = {line for result in results for line in result.stderr.splitlines()}
    assert notes == {note.format(team=place.team) for note in NOTES.get(command, {PODS_NOTE})}
    if "made" in RUNS[command][0] or "--name=made" in RUNS[command][0]:
        assert api.read("Secret", "made", place.team)
    if command.endswith("--attach"):
        assert api.read("ServiceAccount", "default", place.team)["imagePullSecrets"] == [{"name": "made"}]


@pytest.mark.parametrize("command", ["copy --attach", "attach", "detach", "delete", "list", "check"])
def test_permissions_of_the_table_suffice_in_all_namespaces(
    pullsecret: Program, restricted: Rights, place: Place, command: str
) -> None:
    targets = everywhere_but_the_rest(place.team)
    kubeconfig = restricted.printed(pullsecret, *place.lines(command, targets))

    results = place.run(pullsecret, kubeconfig, command, targets)

    assert [result.status for result in results] == [0] * len(RUNS[command]), results
    assert all(place.team in result.stdout for result in results) or command == "check"


IN_CONFLICTS = {("delete", "serviceaccounts", "get"), ("delete", "secrets", "get")}
"""What is needed only if somebody else writes at the same moment."""

LESS = [
    (command, rule["resources"][0], word)
    for command in (
        "copy",
        "create --attach",
        "attach",
        "detach",
        "delete",
        "list",
        "check",
        "verify NAME",
        "can-pull",
        "doctor",
        "report",
    )
    for grant in grants_of(*RUNS[command][0], "-n", "team")
    if grant.namespace == "team"
    for rule in grant.rules
    for word in rule["verbs"]
    if (command, *rule["resources"], word) not in IN_CONFLICTS
]


@pytest.mark.parametrize(
    ("command", "resource", "word"), LESS, ids=["-".join(entry).replace(" ", "") for entry in LESS]
)
def test_one_permission_less_is_kubectls_forbidden(
    pullsecret: Program, restricted: Rights, place: Place, command: str, resource: str, word: str
) -> None:
    kubeconfig = restricted(*place.grants(command, ("-n", place.team), without=(resource, word)))

    results = place.run(pullsecret, kubeconfig, command, ("-n", place.team))

    last = results[-1]
    assert last.status == (2 if command in {"check", "verify NAME", "can-pull", "doctor"} else 1), results
    line, *_ = [line for line in last.stderr.splitlines() if line.lower().startswith("error")]
    assert line.startswith(f"Error from server (Forbidden): {resource} ") or "may be in use: " in line
    assert re.search(rf'cannot {word} resource "{resource}" in API group ".*" in the namespace "{place.team}"', line)


@pytest.mark.parametrize("command", ["create", "detach", "list"])
def test_all_namespaces_without_permission_to_list_them_is_forbidden_with_a_hint(
    pullsecret: Program, kubectl: Program, restricted: Rights, place: Place, command: str
) -> None:
    targets = everywhere_but_the_rest(place.team)
    kubeconfig = restricted(*place.grants(command, targets, without=("namespaces", "list")))

    (result,) = place.run(pullsecret, kubeconfig, command, targets)

    theirs = kubectl("get", "namespaces", kubeconfig=kubeconfig, expect=1)
    assert result.stderr.splitlines() == [
        theirs.stderr.splitlines()[-1],
        "specify namespaces explicitly: -n team-a,team-b",
    ]


def test_forbidden_has_kubectls_text(pullsecret: Program, kubectl: Program, restricted: Rights, namespace: str) -> None:
    kubeconfig = restricted(namespace=namespace)

    ours = pullsecret("list", kubeconfig=kubeconfig, expect=1)

    theirs = kubectl("get", "secrets", kubeconfig=kubeconfig, expect=1)
    assert ours.stderr.splitlines()[-1] == theirs.stderr.splitlines()[-1]
    assert ours.stdout == ""


def test_source_without_permission_to_read_is_forbidden(pullsecret: Program, restricted: Rights, place: Place) -> None:
    target = [grant for grant in place.grants("copy", ("-n", place.team)) if grant.namespace == place.team]
    kubeconfig = restricted(*target)

    result = pullsecret("copy", "one", "--from", place.home, "-n", place.team, kubeconfig=kubeconfig, expect=1)

    assert result.stderr.splitlines()[0].startswith('Error from server (Forbidden): secrets "one" is forbidden: User ')
    assert f'in the namespace "{place.home}"' in result.stderr


def test_permission_to_list_pods_leaves_no_note(pullsecret: Program, restricted: Rights, place: Place) -> None:
    kubeconfig = restricted(
        *grants_of("attach", "there", "-n", place.team),
        Grant(rule("list", "pods"), namespace=place.team),
        namespace=place.team,
    )

    result = pullsecret("attach", "there", kubeconfig=kubeconfig)

    assert result.stderr == ""


@pytest.mark.parametrize("flags", [("--prune",), ("--recreate",)], ids=" ".join)
def test_sync_works_with_the_permissions_of_the_table(
    api: Api, pullsecret: Program, restricted: Rights, place: Place, flags: tuple[str, ...]
) -> None:
    pullsecret("copy", "one", "two", "--from", place.home, "-n", place.team, "--attach")
    if "--recreate" in flags:
        api.patch("Secret", "one", {"immutable": True}, place.team)
    entry = docker_config_secret("one", {"reg.example": registry_entry()})
    api.patch("Secret", "one", {"data": entry["data"]}, place.home)
    api.delete("Secret", "two", place.home)
    words = ("sync", *flags, "--from", place.home, "-n", place.team, "--overwrite")
    kubeconfig = restricted.printed(pullsecret, words)

    pullsecret(*words, "--yes" if "--prune" in flags else "-q", kubeconfig=kubeconfig)

    assert api.read("Secret", "one", place.team)["data"] == entry["data"]
    assert (api.find("Secret", "two", place.team) is None) is ("--prune" in flags)


def test_rotate_works_with_the_permissions_of_the_table(
    api: Api, pullsecret: Program, restricted: Rights, place: Place
) -> None:
    pullsecret("copy", "one", "--from", place.home, "-n", place.team)
    before = api.read("Secret", "one", place.team)["data"]
    words = ("rotate", "one", "--from", place.home, "-n", place.team)
    source = ("--password-env=NEW", "--verify=off", "--check=off")
    for flags, has_new in ((source, True), (("--status",), True), (("--undo",), False), (("--finish",), False)):
        kubeconfig = restricted.printed(pullsecret, (*words, *flags))

        pullsecret(*words, *flags, "--yes", kubeconfig=kubeconfig, env={"NEW": made_up_password()})

        assert (api.read("Secret", "one", place.team)["data"] != before) is has_new
    assert api.find("Secret", "one-previous", place.home) is None


FLAGS = {
    "recreate": (("create", "there", "--username=u", "--password-env=A", "--overwrite"), "--recreate"),
    "all-serviceaccounts": (("attach", "there"), "--all-serviceaccounts"),
    "create-namespaces": (("create", "there", "--username=u", "--password-env=A"), "--create-namespaces"),
}
"""A command, and a flag of it with which it needs more."""


@pytest.mark.parametrize(("words", "flag"), FLAGS.values(), ids=FLAGS.keys())
def test_flag_with_more_permissions_is_forbidden_without_them(
    api: Api, pullsecret: Program, restricted: Rights, place: Place, words: tuple[str, ...], flag: str
) -> None:
    api.patch("Secret", "there", {"immutable": True}, place.team)
    target = f"{place.team}-new" if flag == "--create-namespaces" else place.team
    few = restricted(*grants_of(*words, "-n", place.team))
    enough = restricted(*grants_of(*words, flag, "-n", target))
    env = {"A": made_up_password()}
    try:
        refused = pullsecret(*words, flag, "-n", target, kubeconfig=few, env=env, expect=1)
        pullsecret(*words, flag, "-n", target, kubeconfig=enough, env=env)
    finally:
        api.delete("Namespace", f"{place.team}-new")

    assert refused.stderr.splitlines()[-1].startswith("Error from server (Forbidden): ")


def test_impersonation_is_the_same_as_kubectls(
    pullsecret: Program, kubectl: Program, restricted: Rights, namespace: str
) -> None:
    impersonator = rule("impersonate", "users")
    kubeconfig = restricted(Grant({**impersonator, "resourceNames": ["somebody"]}), namespace=namespace)

    ours = pullsecret("list", "--as=somebody", kubeconfig=kubeconfig, expect=1)

    theirs = kubectl("get", "secrets", "--as=somebody", kubeconfig=kubeconfig, expect=1)
    assert ours.stderr.splitlines()[-1] == theirs.stderr.splitlines()[-1]
    assert 'User "somebody" cannot list' in ours.stderr


def test_table_of_permissions_has_every_command_that_contacts_the_cluster(pullsecret: Program) -> None:
    overview = pullsecret("--help").stdout
    listed = overview.partition("\nUsage:\n")[2].partition("\nFlags:\n")[0].partition("\n\n")[2]
    commands = set(re.findall(r"^  (\S+)", listed, re.MULTILINE))

    reachable = commands - {"version", "completion", "options", "generate"}
    assert set(NEEDED) == {words.split()[0] for words in RUNS} | {"sync", "rotate", "allow-pull", "import"} == reachable
