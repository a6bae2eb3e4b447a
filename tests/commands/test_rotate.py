"""rotate replaces a credential in its source and in the copies of it, and names everything else that holds it."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from rotated_cluster import HOST, OTHER_HOST, add_holders, set_up

from golden_files import assert_golden
from objects import docker_config_of, made_up_password, rule
from rights import Grant
from terminal_user import session

if TYPE_CHECKING:
    from rotated_cluster import Rotated

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

NEW_EVERYWHERE = {"home": "new", "0": "new", "1": "new", "2": "new"}
OLD_EVERYWHERE = dict.fromkeys(NEW_EVERYWHERE, "old")


@pytest.fixture
def scene(api: Api, pullsecret: Program, namespaces: Namespaces) -> Rotated:
    """A source and three copies."""
    return set_up(api, pullsecret, namespaces, 3)


def test_rotation_from_begin_to_end_changes_copies_and_names_who_else_holds_the_credential(scene: Rotated) -> None:
    add_holders(scene)
    steps = ((), (), ("--status",), ("--finish", "-o", "name"), ("--status",))
    by_hand = scene.secret(scene.teams[1], "by-hand")["data"]
    uids = {name: scene.secret(name)["metadata"]["uid"] for name in scene.teams}

    shown = []
    for flags in steps:
        result = scene.rotate(*flags, expect=None)
        command = " ".join(("rotate", *flags))
        shown.append(f"$ {command} (status {result.status})\n{scene.shown(result.stdout)}{scene.shown(result.stderr)}")
        if "--finish" not in flags and flags != steps[-1]:
            assert scene.held(scene.home, "icr-previous") == "old"

    assert_golden("rotate/story", "\n".join(shown))
    assert scene.held_everywhere() == NEW_EVERYWHERE
    assert scene.held(scene.teams[1], "again") == "new"
    assert {name: scene.secret(name)["metadata"]["uid"] for name in scene.teams} == uids
    for name in ("forged", "owned"):
        assert scene.held(scene.teams[0], name) == "old"
    assert scene.secret(scene.teams[1], "by-hand")["data"] == by_hand
    assert scene.held(scene.teams[1], "stolen", "evil.example") == "old"
    assert "icr-previous" not in {item["metadata"]["name"] for item in scene.api.list("Secret", scene.home)}


def test_named_namespace_with_overwrite_includes_what_is_no_copy_but_no_other_registry(scene: Rotated) -> None:
    add_holders(scene)
    before = {name: docker_config_of(scene.secret(scene.teams[1], name)) for name in ("by-hand", "stolen")}

    scene.rotate("--overwrite", targets=("-n", ",".join(scene.teams[:2])), expect=1)

    assert scene.held(scene.teams[0], "forged") == "new"
    assert scene.held(scene.teams[1], "by-hand") == "new"
    after = docker_config_of(scene.secret(scene.teams[1], "by-hand"))
    assert after["auths"][OTHER_HOST] == before["by-hand"]["auths"][OTHER_HOST]
    assert docker_config_of(scene.secret(scene.teams[1], "stolen")) == before["stolen"]
    assert scene.held(scene.teams[2]) == "old"
    marks = scene.secret(scene.teams[1], "by-hand")["metadata"]
    assert not marks.get("labels"), "a secret of somebody else stays theirs"


def test_undo_puts_the_previous_credential_back_and_another_rotation_is_refused(scene: Rotated) -> None:
    before = {name: scene.secret(name)["data"] for name in (scene.home, *scene.teams)}
    scene.rotate("--canary", scene.teams[1])
    assert scene.held_everywhere() == NEW_EVERYWHERE

    refused = scene.rotate(password=made_up_password(), expect=1)
    assert "is being rotated to another credential, or that was not finished" in refused.stderr
    assert scene.held_everywhere() == NEW_EVERYWHERE

    scene.rotate("--undo")
    assert {name: scene.secret(name)["data"] for name in before} == before
    undone = (
        f"note: the rotation of secret/icr in namespace {scene.home} was undone; --finish deletes secret/icr-previous"
    )
    assert undone in scene.rotate("--status").stderr.splitlines()
    assert "being undone" in scene.rotate(expect=1).stderr
    scene.rotate("--finish")
    again = scene.rotate(password=scene.old)
    assert "has this credential already; nothing to rotate" in again.stderr


def test_previous_credential_of_a_source_that_is_gone_is_left_to_a_command_of_kubectl(scene: Rotated) -> None:
    scene.rotate()
    scene.api.delete("Secret", "icr", scene.home)

    finished = scene.rotate("--finish", expect=1)

    assert scene.held(scene.home, "icr-previous") == "old"
    line = f"kubectl delete secret icr-previous -n {scene.home}"
    assert finished.stderr.splitlines()[-1].endswith(f"once nothing needs that anymore, run: {line}")


def test_canary_and_waves_stop_where_too_much_fails(scene: Rotated, restricted: Rights) -> None:
    """The user may read everything, and write in the source's namespace and one other."""
    everywhere = Grant(rule("get list", "secrets"), rule("get list", "namespaces"), rule("list", "pods"))
    write = rule("create patch", "secrets")
    user = restricted(everywhere, *(Grant(write, namespace=name) for name in (scene.home, scene.teams[0])))
    words = ("rotate", "icr", "--from", scene.home, f"--registry={HOST}", "--password-env=NEW", "--verify=off", "--yes")

    result = scene.program(
        *words,
        "-l",
        f"scene={scene.label}",
        "--canary",
        scene.teams[1],
        kubeconfig=user,
        env={"NEW": scene.new},
        expect=1,
    )
    assert scene.held_everywhere() == {**OLD_EVERYWHERE, "home": "new"}
    assert f"error: stopped, because the canary namespace {scene.teams[1]} failed" in result.stderr

    result = scene.program(*words, "-l", f"scene={scene.label}", kubeconfig=user, env={"NEW": scene.new}, expect=1)
    assert scene.held_everywhere() == {**NEW_EVERYWHERE, "1": "old", "2": "old"}
    assert "stopped, because 2 of 3 namespaces failed" in result.stderr

    scene.rotate()
    assert scene.held_everywhere() == NEW_EVERYWHERE


def test_namespaces_that_cannot_be_read_stop_only_themselves(scene: Rotated, restricted: Rights) -> None:
    everywhere = Grant(rule("get list", "namespaces"))
    write = rule("get list create patch", "secrets")
    readable = (scene.home, *scene.teams[:2])
    user = restricted(everywhere, *(Grant(write, namespace=name) for name in readable))

    words = ("rotate", "icr", "--from", scene.home, f"--registry={HOST}", "--password-env=NEW", "--verify=off", "--yes")
    result = scene.program(*words, "-l", f"scene={scene.label}", kubeconfig=user, env={"NEW": scene.new}, expect=1)

    assert scene.held_everywhere() == {**NEW_EVERYWHERE, "2": "old"}
    assert "do not revoke it yet" in result.stderr
    assert f"not allowed to list secrets in namespace {scene.teams[2]}" in result.stderr


def test_source_that_cannot_be_rotated_is_refused_before_any_write(scene: Rotated) -> None:
    foreign = {"kind": "Secret", "metadata": {"name": "icr-previous"}, "type": "Opaque", "data": {}}
    scene.api.create(foreign, scene.home)
    refusal = scene.rotate(expect=1).stderr
    assert "already exists in namespace" in refusal
    assert "does not keep the previous secret/icr" in refusal
    scene.api.delete("Secret", "icr-previous", scene.home)
    scene.api.patch("Secret", "icr", {"immutable": True}, scene.home)
    assert "is immutable; create one with the new credential under a new name" in scene.rotate(expect=1).stderr
    assert [item["metadata"]["name"] for item in scene.api.list("Secret", scene.home)] == ["icr"]


def test_source_that_may_not_be_written_is_known_before_anything_is(scene: Rotated, restricted: Rights) -> None:
    read = Grant(rule("get list", "secrets"), rule("get list", "namespaces"))
    user = restricted(read, Grant(rule("create", "secrets"), namespace=scene.home))
    words = ("rotate", "icr", "--from", scene.home, f"--registry={HOST}", "--password-env=NEW", "--verify=off", "--yes")

    result = scene.program(*words, "-l", f"scene={scene.label}", kubeconfig=user, env={"NEW": scene.new}, expect=1)

    assert 'cannot patch resource "secrets"' in result.stderr
    assert [item["metadata"]["name"] for item in scene.api.list("Secret", scene.home)] == ["icr"]
    assert scene.held_everywhere() == OLD_EVERYWHERE


def test_dry_runs_write_nothing_and_status_is_a_document(scene: Rotated) -> None:
    for flags in (("--dry-run=client",), ("--dry-run=server", "-o", "json"), ("--diff",)):
        scene.shown(scene.rotate(*flags, expect=1 if "--diff" in flags else 0).stdout)
    assert scene.held_everywhere() == OLD_EVERYWHERE
    scene.rotate(targets=("-n", scene.teams[0]))

    document = json.loads(scene.shown(scene.rotate("--status", "-o", "json").stdout))

    rows = {(item["namespace"], item["name"]): (item["holds"], item["standing"]) for item in document["items"]}
    assert rows == {
        ("home", "icr"): (["new"], "source"),
        ("team-0", "icr"): (["new"], "copy"),
        ("team-1", "icr"): (["old"], "copy"),
        ("team-2", "icr"): (["old"], "copy"),
    }


def test_broad_rotation_asks_and_without_a_terminal_wants_yes(scene: Rotated) -> None:
    result = scene.rotate(targets=("-l", f"scene={scene.label}"), expect=1)

    assert "asks for confirmation, and stdin is not a terminal; use --yes" in result.stderr
    words = ("rotate", "icr", "--from", scene.home, f"--registry={HOST}", "--verify=off", "-l", f"scene={scene.label}")
    ask = partial(session, scene.program, *words, "--password-env=NEW", question="[y/N] ", env={"NEW": scene.new})
    denied = ask(typed="n\n")
    assert denied.status == 1
    assert "3 copies in namespaces team-0, team-1, team-2" in scene.shown(denied.screen)
    assert scene.held_everywhere() == OLD_EVERYWHERE
    assert ", new password, for" in denied.screen
    assert ask(typed="y\n").status == 0
    assert scene.held_everywhere() == NEW_EVERYWHERE
    undo = (*words[:4], "--undo", *words[6:])
    assert ", previous password, for" in session(scene.program, *undo, question="[y/N] ", typed="n\n").screen
