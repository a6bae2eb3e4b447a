"""Several clusters in one run: which are written, what one that is dead or refuses does to the others, one report."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest
from many_clusters import Place, ThreePlanes, with_plugin, write_contexts

from control_plane.relay import Relay
from faults.key_jobs import FINISH, KeyJob
from local_server import LocalServer
from objects import (
    all_icr_io,
    docker_config_of,
    docker_config_secret,
    made_up_password,
    pod,
    registry_entry,
    service_account,
)
from pipeline_reports import junit_suites, sarif_place, sarif_run
from program import Program, pullsecret_command
from rights import Grant, Rights
from shown_output import assert_shown
from terminal_user import session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from control_plane.api import Object
    from ibmcloud_api.setup import CloudSetup
    from local_server import Response

pytestmark = pytest.mark.cluster_wide
"""In one process, so that the three control planes start once."""

TEAM, OTHER = "team-a", "team-b"
ODD = "ns/two:6443,u*"
"""A context whose name has everything that a list, a pattern and a path have."""


class Contexts(NamedTuple):
    """Three control planes with namespaces TEAM and OTHER and a secret in `default`, and a file of contexts.

    `one` and `again` are the same user of the same server; the user of ODD has no rights; `dead` is no server.
    """

    planes: ThreePlanes
    kubeconfig: Path
    secret: str
    sources: tuple[Object, ...]

    def copy_in(self, plane: int, namespace: str, name: str = "") -> Object | None:
        return self.planes.apis[plane].find("Secret", name or self.secret, namespace)


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contexts]:
    with ThreePlanes() as planes:
        planes.make_namespaces(TEAM, OTHER)
        secret = f"regcred-{secrets.token_hex(3)}"
        entries = {"reg.example": registry_entry()}
        sources = tuple(api.create(docker_config_secret(secret, entries), "default") for api in planes.apis)
        kubeconfig = write_contexts(
            tmp_path_factory.mktemp("contexts"),
            {
                "one": planes.admin(0, TEAM),
                "again": planes.admin(0, OTHER),
                ODD: planes.user(1),
                "dead": planes.dead(),
                "three": planes.admin(2, TEAM),
            },
        )
        yield Contexts(planes, kubeconfig, secret, sources)


@pytest.fixture
def pullsecret(contexts: Contexts, tmp_path: Path) -> Program:
    return Program(pullsecret_command(), tmp_path, contexts.kubeconfig)


@pytest.fixture
def new_copies(contexts: Contexts) -> Iterator[None]:
    """Deletes the copies of a test."""
    yield
    for api in contexts.planes.apis:
        for namespace in (TEAM, OTHER):
            api.delete("Secret", contexts.secret, namespace)


@pytest.mark.usefixtures("new_copies")
def test_a_dead_cluster_and_one_that_refuses_stop_no_other(contexts: Contexts, pullsecret: Program) -> None:
    result = pullsecret("copy", contexts.secret, "--all-contexts", "--yes", "--to", f"{TEAM},{OTHER}", expect=1)

    written = [(context, namespace) for context in ("one", "three") for namespace in (TEAM, OTHER)]
    assert result.stdout.splitlines() == [
        f"secret/{contexts.secret} created in namespace {namespace} (context {context})"
        for context, namespace in written
    ]
    assert result.stderr.splitlines()[0] == "note: context again is the same cluster and user as context one"
    assert result.stderr.splitlines()[-4:] == [
        "context one: 2 namespaces: 2 created",
        f"context {ODD}: failed; no changes were made",
        "context dead: failed; no changes were made",
        "context three: 2 namespaces: 2 created",
    ]
    assert f'cannot get resource "secrets" in API group "" in the namespace "default" (context {ODD})' in result.stderr
    assert "did you specify the right host or port? (context dead)" in result.stderr
    for plane in (0, 2):
        copy = contexts.copy_in(plane, TEAM)
        assert copy is not None
        assert copy["data"] == contexts.sources[plane]["data"]
    assert contexts.copy_in(1, TEAM) is None


@pytest.mark.usefixtures("new_copies")
def test_one_cluster_behind_two_addresses_is_written_once_in_the_namespaces_of_both_contexts(
    contexts: Contexts, pullsecret: Program, tmp_path: Path
) -> None:
    admin = contexts.planes.admin(0, TEAM)
    with Relay(contexts.planes.planes[0], 0) as relay:
        behind = replace(admin, access=relay.access, namespace=OTHER)
        kubeconfig = write_contexts(tmp_path, {"one": admin, "behind": behind})
        result = pullsecret("copy", contexts.secret, "--all-contexts", "--yes", kubeconfig=kubeconfig)

    assert "note: context behind is the same cluster and user as context one" in result.stderr
    assert result.stdout.count("created in namespace") == 2
    assert contexts.copy_in(0, TEAM)
    assert contexts.copy_in(0, OTHER)


def test_manifests_from_standard_input_are_checked_with_each_cluster(contexts: Contexts, pullsecret: Program) -> None:
    template = pod("web", "reg.example/app", "", pull_secrets=[contexts.secret])
    manifest = json.dumps({"apiVersion": "v1", **template})
    words = ("check", "--from-file", "-", "--contexts", "one,three")

    there = pullsecret(*words, "-n", "default", input=manifest)
    missing = pullsecret(*words, "-n", TEAM, "-o", "json", input=manifest, expect=1)

    assert there.stdout == ""
    assert [(item["context"], item["code"], item["command"]) for item in json.loads(missing.stdout)["items"]] == [
        (context, "PS001", f"kubectl pullsecret --context={context} copy {contexts.secret} --from=default --to={TEAM}")
        for context in ("one", "three")
    ]


def test_lists_and_documents_of_several_clusters_are_one(contexts: Contexts, pullsecret: Program) -> None:
    table = pullsecret("list", "--contexts", "one,three", "-n", "default")
    names = pullsecret("list", "--contexts", "one", "--contexts", "three", "-n", "default", "-o", "name")
    found = json.loads(pullsecret("list", "--all-contexts", "-n", "default", "-o", "json", expect=1).stdout)

    assert [line.split()[:3] for line in table.stdout.splitlines()] == [
        ["CONTEXT", "NAMESPACE", "NAME"],
        ["one", "default", contexts.secret],
        ["three", "default", contexts.secret],
    ]
    assert names.stdout.splitlines() == [f"{context} default secret/{contexts.secret}" for context in ("one", "three")]
    assert [(item["context"], item["name"]) for item in found["items"]] == [
        ("one", contexts.secret),
        ("three", contexts.secret),
    ]
    assert {error["context"] for error in found["errors"]} == {ODD, "dead"}


def test_incomplete_look_is_never_a_finding(contexts: Contexts, pullsecret: Program) -> None:
    contexts.planes.apis[2].create(service_account("lists-nothing", ["gone"]), OTHER)

    found = pullsecret("check", "--contexts", "one,three", "-n", OTHER, expect=1)
    incomplete = pullsecret("check", "--contexts", "three,dead", "-n", OTHER, "-o", "json", expect=2)

    assert f"serviceaccount/lists-nothing in namespace {OTHER} (context three)" in found.stdout
    assert "--context=three" in found.stdout
    assert {item["context"] for item in json.loads(incomplete.stdout)["items"]} == {"three"}


def test_report_of_several_clusters_is_one(contexts: Contexts, pullsecret: Program) -> None:
    contexts.planes.apis[2].create(service_account("reports-nothing", ["lost"]), OTHER)
    words = ("check", "--contexts", "one,three,dead", "-n", OTHER)

    sarif = sarif_run(pullsecret(*words, "-o", "sarif", expect=2).stdout)
    junit = junit_suites(pullsecret(*words, "-o", "junit", expect=2).stdout)

    place = f"cluster/three/{OTHER}/serviceaccount/reports-nothing"
    assert [sarif_place(item) for item in sarif["results"] if item["message"]["text"].count("lost")] == [(place, 0)]
    assert not sarif["invocations"][0]["executionSuccessful"]
    assert junit[f"three/{OTHER}"]["serviceaccount/reports-nothing"] == "failure"
    assert junit[f"one/{OTHER}"]["serviceaccount/default"] == "passed"
    assert [*junit["check: incomplete"].values()] == ["error"]


@pytest.mark.usefixtures("new_copies")
def test_writes_in_several_clusters_are_confirmed_on_the_terminal(contexts: Contexts, pullsecret: Program) -> None:
    words = ("copy", contexts.secret, "--contexts", "one,three", "--to", TEAM)

    without = pullsecret(*words, expect=1)
    refused = session(pullsecret, *words, question="[y/N]", typed="n\n")
    assert contexts.copy_in(0, TEAM) is None
    agreed = session(pullsecret, *words, question="[y/N]", typed="y\n")

    assert without.stderr.startswith("error: writing in more than one cluster asks for confirmation")
    assert refused.status == 1
    screen = " ".join(refused.screen.split())
    host = contexts.planes.planes[2].server.removeprefix("https://")
    assert "This writes 2 objects in 2 namespaces of 2 clusters: CONTEXT SERVER NAMESPACES OBJECTS" in screen
    assert f"three {host} 1 1" in screen
    assert f"The credential comes from secret/{contexts.secret} in namespace default of each cluster." in screen
    assert agreed.status == 0
    assert contexts.copy_in(0, TEAM)
    assert contexts.copy_in(2, TEAM)


def test_dry_run_in_several_clusters_does_not_ask_and_writes_nothing(contexts: Contexts, pullsecret: Program) -> None:
    words = ("copy", contexts.secret, "--contexts", "one,three", "--to", TEAM)

    dry = pullsecret(*words, "--dry-run=server")
    differences = pullsecret(*words, "--diff", expect=1)
    manifests = pullsecret(*words, "--dry-run=client", "-o", "yaml", expect=1)

    assert dry.stdout.count("(server dry run)") == 2
    for context in ("one", "three"):
        assert re.search(
            rf"^\+\+\+ .*/MERGED-{context}-[^/]+/v1.Secret.{TEAM}.{contexts.secret}", differences.stdout, re.MULTILINE
        )
    assert "prints manifests for one cluster" in manifests.stderr
    assert contexts.copy_in(0, TEAM) is None


def test_each_login_comes_once_and_one_after_another(contexts: Contexts, pullsecret: Program, tmp_path: Path) -> None:
    log = tmp_path / "log"
    one, three = (with_plugin(contexts.planes.admin(plane, TEAM), log, "first") for plane in (0, 2))
    places = {
        "one": one,
        "also-one": replace(one, namespace=OTHER),
        "limited": with_plugin(contexts.planes.user(1), log, "second"),
        "dead": with_plugin(contexts.planes.dead(), log, "third"),
        "dead-too": with_plugin(contexts.planes.dead(), log, "third"),
        "three": three,
    }

    result = pullsecret(
        "list", "--all-contexts", "-n", "default", kubeconfig=write_contexts(tmp_path, places), expect=1
    )

    runs = log.read_text().split()
    assert runs[::2] == ["begins", "ends"] * 4  # the tokens of one and three differ, and with them the variables
    assert runs[1::4] == runs[3::4] == ["first", "second", "third", "first"]
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["CONTEXT", "one", "three"]


def test_password_is_read_once_for_all_clusters(contexts: Contexts, pullsecret: Program) -> None:
    password, name = made_up_password(), f"made-{secrets.token_hex(3)}"

    pullsecret(
        *("create", name, "--registry", "made.example", "--username", "u", "--password-stdin"),
        *("--contexts", "one,three", "-n", TEAM, "--yes"),
        input=password,
    )

    for plane in (0, 2):
        created = contexts.copy_in(plane, TEAM, name)
        assert created is not None
        assert docker_config_of(created)["auths"]["made.example"]["password"] == password


@pytest.mark.usefixtures("new_copies")
def test_source_of_a_named_context_is_the_source_for_all(contexts: Contexts, pullsecret: Program) -> None:
    pullsecret("copy", contexts.secret, "--from-context", "one", "--contexts", "one,three", "--to", TEAM, "--yes")

    for plane in (0, 2):
        copy = contexts.copy_in(plane, TEAM)
        assert copy is not None
        assert copy["data"] == contexts.sources[0]["data"]


@pytest.mark.usefixtures("new_copies")
def test_copies_follow_a_source_in_another_cluster(contexts: Contexts, tmp_path: Path) -> None:
    """A source of the same name beside the copies is not theirs, nor is one in a third cluster."""
    name, one = contexts.secret, contexts.planes.apis[0]
    places = {context: contexts.planes.admin(number) for number, context in enumerate(("one", "two", "three"))}
    pullsecret = Program(pullsecret_command(), tmp_path, write_contexts(tmp_path, places))
    pullsecret("copy", name, "--from-context", "one", "--context", "three", "--to", f"{TEAM},{OTHER}", "--yes")
    changed = docker_config_secret(name, {"reg.example": registry_entry()})["data"]
    one.patch("Secret", name, {"data": changed}, "default")

    try:
        here = pullsecret("sync", name, "--context", "three", "-A")
        astray = pullsecret("sync", name, "--context", "three", "-A", "--from-context", "two")
        before = [contexts.copy_in(2, namespace) for namespace in (TEAM, OTHER)]
        synced = pullsecret("sync", name, "--context", "three", "-A", "--from-context", "one")
    finally:
        one.patch("Secret", name, {"data": contexts.sources[0]["data"]}, "default")

    copies = f"note: secret/{name} in namespaces {TEAM}, {OTHER} has its source in another cluster"
    assert here.stderr == f"{copies}; use --from-context to read it\n"
    assert astray.stderr == f"{copies} than that of --from-context\n"
    assert [copy and copy["data"] for copy in before] == [contexts.sources[0]["data"]] * 2
    assert synced.stderr == "2 namespaces: 2 configured\n"
    after = [contexts.copy_in(2, namespace) for namespace in (TEAM, OTHER)]
    assert [copy and copy["data"] for copy in after] == [changed] * 2
    source = contexts.planes.apis[2].find("Secret", name, "default")
    assert source is not None
    assert source["data"] == contexts.sources[2]["data"]


@pytest.mark.usefixtures("new_copies")
def test_cluster_that_refuses_some_writes_is_reported_as_failed(
    contexts: Contexts, pullsecret: Program, tmp_path: Path
) -> None:
    api = contexts.planes.apis[1]
    rights = Rights(contexts.planes.planes[1], api)
    reads = Grant({"apiGroups": [""], "resources": ["secrets", "namespaces", "pods"], "verbs": ["get", "list"]})
    writes = Grant({"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}, namespace=TEAM)
    limited = rights(reads, writes)
    token = json.loads(limited.read_text())["users"][0]["user"]["token"]
    places = {
        "limited": Place(access=contexts.planes.planes[1].access, user={"token": token}),
        "three": contexts.planes.admin(2),
    }
    words = ("copy", contexts.secret, "--all-contexts", "--to", f"{TEAM},{OTHER}", "--yes", "-o", "json")

    result = pullsecret(*words, kubeconfig=write_contexts(tmp_path, places), expect=1)

    found = json.loads(result.stdout)
    assert [(item["context"], item["namespace"], item["result"]) for item in found["items"]] == [
        ("limited", TEAM, "created"),
        ("limited", OTHER, "failed"),
        ("three", TEAM, "created"),
        ("three", OTHER, "created"),
    ]
    assert found["summary"]["namespaces"] == 4
    assert "context limited: 2 namespaces: 1 created, 1 failed" in result.stderr


def test_error_of_all_clusters_is_told_once(pullsecret: Program) -> None:
    result = pullsecret("copy", "gone", "--contexts", "one,three", "--to", TEAM, "--yes", expect=1)

    assert result.stderr.count('secrets "gone" not found') == 1


def test_contexts_of_no_match_are_a_note(pullsecret: Program) -> None:
    result = pullsecret("list", "--contexts", "x-*")

    assert (result.stdout, result.stderr) == ("", "note: no contexts match the selection\n")


def test_rotation_in_several_clusters_reads_the_password_once_and_says_when_nothing_holds_the_old_one(
    contexts: Contexts, pullsecret: Program
) -> None:
    old, new, host = made_up_password(), made_up_password(), "rotated.example"
    apis = [contexts.planes.apis[number] for number in (0, 2)]
    for api in apis:
        api.create(docker_config_secret("rotated", {host: registry_entry("u", old)}), "default")
    pullsecret("copy", "rotated", "--contexts=one,three", "--yes", "--to", TEAM)
    words = ("rotate", "rotated", "-n", TEAM, "--yes", "--verify=off", "--password-stdin")

    partly = pullsecret(*words, "--all-contexts", input=new, expect=1)
    assert "holds the old credential of username u anymore" not in partly.stderr, "a cluster could not be read"
    whole = pullsecret(*words, "--contexts=one,three", input=new)

    for api in apis:
        for namespace in ("default", TEAM):
            found = docker_config_of(api.read("Secret", "rotated", namespace))["auths"][host]
            assert found["password"] == new
    assert whole.stderr.count("no secret in these clusters holds the old credential of username u anymore") == 1
    states = pullsecret("rotate", "rotated", "-n", TEAM, "--contexts=one,three", "--status")
    assert [line.split()[0] for line in states.stdout.splitlines()] == ["CONTEXT", "one", "one", "three", "three"]
    pullsecret("rotate", "rotated", "-n", TEAM, "--contexts=one,three", "--finish", "--yes")
    assert [api.find("Secret", "rotated-previous", "default") for api in apis] == [None, None]


def test_deletion_in_several_clusters_shows_what_is_deleted_in_each(contexts: Contexts, pullsecret: Program) -> None:
    name = f"made-{secrets.token_hex(3)}"
    where = ("--contexts", "one,three", "-n", f"{TEAM},{OTHER}")
    pullsecret("copy", contexts.secret, "--name", name, *where, "--yes")

    deleted = session(pullsecret, "delete", name, *where, question="[y/N]", typed="y\n")

    screen = " ".join(deleted.screen.split())
    assert f"context three: These secrets will be detached and deleted: secret/{name} in namespaces {TEAM}" in screen
    assert contexts.copy_in(0, TEAM, name) is None
    assert contexts.copy_in(2, OTHER, name) is None


FIXING = ("--fix", "--recreate-pods", "--wait=0s")


def test_fixes_in_several_clusters_come_after_one_prompt(contexts: Contexts, pullsecret: Program) -> None:
    image = "reg.example/team/app:1"
    for plane in (0, 2):
        api = contexts.planes.apis[plane]
        api.create(pod("app", image, "node"), OTHER)
        waiting = {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{image}": 401 Unauthorized'}
        container = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0}
        status = {"phase": "Pending", "containerStatuses": [{**container, "state": {"waiting": waiting}}]}
        api.patch("Pod", "app", {"status": status}, OTHER, subresource="status")
    where = ("--contexts", "one,three,dead", "-n", OTHER)

    looked = pullsecret("doctor", *where, "-o", "table", expect=2)
    fixed = session(
        pullsecret, "doctor", *where, "--fix", "--recreate-pods", "--wait=0s", question="[y/N]", typed="y\n"
    )

    assert [line.split()[:3] for line in looked.stdout.splitlines()] == [
        ["CONTEXT", "NAMESPACE", "OWNER"],
        ["one", OTHER, "pod/app"],
        ["three", OTHER, "pod/app"],
    ]
    assert fixed.screen.count("Continue?") == 1
    assert fixed.status == 2
    for plane in (0, 2):
        assert contexts.copy_in(plane, OTHER)


class Refusing(LocalServer):
    """A registry that rejects every login, and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.logins = 0

    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        self.logins += "Authorization" in request.headers
        return 401, [("WWW-Authenticate", 'Basic realm="registry"')], b""


def test_rejected_credential_is_sent_once_for_all_clusters(contexts: Contexts, pullsecret: Program) -> None:
    with Refusing() as registry:
        shared = docker_config_secret("refused", {registry.host: registry_entry()})
        for plane in (0, 2):
            contexts.planes.apis[plane].create(shared, TEAM)
        result = pullsecret("verify", "refused", "--contexts", "one,three", "-n", TEAM, expect=1)

    assert registry.logins == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["CONTEXT", "one", "three"]


def test_copy_prints_what_the_guide_shows(contexts: Contexts, pullsecret: Program, tmp_path: Path) -> None:
    dead = contexts.planes.dead()
    for plane in (0, 2):
        contexts.planes.apis[plane].create(all_icr_io(), "default")
    places = {"prod-de": contexts.planes.admin(0), "prod-jp": dead, "prod-us": contexts.planes.admin(2)}
    where = ("--contexts", "prod-*", "-n", "team-*")

    result = pullsecret("copy", "all-icr-io", *where, "--yes", kubeconfig=write_contexts(tmp_path, places), expect=1)

    command = "$ kubectl pullsecret copy all-icr-io --contexts 'prod-*' -n 'team-*' --yes"
    names = {dead.access.server.removeprefix("https://"): "prod-jp.example.com:6443"}
    assert_shown("clusters", f"{command}\n{result.stdout}{result.stderr}", names)


@pytest.mark.source
def test_old_api_key_stays_while_any_of_the_clusters_has_it(
    contexts: Contexts, pullsecret: Program, cloud_setup: CloudSetup
) -> None:
    cloud, (one, _, three) = cloud_setup.cloud, contexts.planes.apis
    job = KeyJob(command=FINISH, name="shared-key", namespaces=(TEAM, OTHER), api=one, cloud=cloud)
    job.prepare()
    (old,) = [str(key["apikey"]) for key in job.keys.values() if key["name"] == "old"]
    three.create(docker_config_secret("theirs", {"us.icr.io": registry_entry("iamapikey", old)}), OTHER)

    def finish(expect: int) -> str:
        words = (*job.arguments, "--contexts=one,three")
        return pullsecret(*words, env=cloud_setup.environment(), expect=expect).stderr

    assert f"still have the old API key (context three): {OTHER}/theirs" in finish(1)
    assert old in job.keys
    three.delete("Secret", "theirs", OTHER)
    finish(0)
    assert old not in job.keys
    assert not job.values("shared-key-previous")


@pytest.mark.usefixtures("new_copies")
def test_report_has_all_clusters_on_one_page(contexts: Contexts, tmp_path: Path) -> None:
    """A source in another cluster has that one's context; what cannot be reached is on the page, too."""
    name, planes = contexts.secret, contexts.planes
    places = {"one": planes.admin(0), "three": planes.admin(2), "dead": planes.dead()}
    pullsecret = Program(pullsecret_command(), tmp_path, write_contexts(tmp_path, places))
    pullsecret("copy", name, "--from-context", "one", "--context", "three", "--to", TEAM, "--yes")

    result = pullsecret("report", "--all-contexts", "-n", f"default,{TEAM}", expect=1)
    alone = pullsecret("report", "--context", "three", "-n", f"default,{TEAM}")

    assert result.stdout.count("<!DOCTYPE html>") == 1
    assert all(place in result.stdout for place in places)
    assert f"default/{name} in one" in result.stdout
    assert f"default/{name} in another cluster" in alone.stdout
    assert "(context dead)" in result.stderr
