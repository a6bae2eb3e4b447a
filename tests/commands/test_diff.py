"""--diff shows what a command would change, as kubectl diff does, and writes nothing."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, encoded, made_up_password, registry_entry

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program


def state(api: Api, *places: str) -> list[Object]:
    return [item for place in places for kind in ("Secret", "ServiceAccount") for item in api.list(kind, place)]


def test_diff_shows_entries_and_usernames_masks_passwords_and_writes_nothing(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, stale, fresh = namespaces(3)
    old, new = made_up_password(), made_up_password()
    before = {"a.example": registry_entry("puller", old), "b.example": registry_entry("me", old)}
    after = {"a.example": registry_entry("puller", new), "c.example": registry_entry("you", new)}
    api.create(docker_config_secret("x", before), home)
    line = ("copy", "x", "--from", home, "--attach", "-n", f"{stale},{fresh}")
    pullsecret(*line[:-1], stale)
    api.patch("Secret", "x", {"data": docker_config_secret("x", after)["data"]}, home)
    was = state(api, stale, fresh)

    result = pullsecret(*line, "--diff", expect=1)

    lines = result.stdout.splitlines()
    for shown in (
        "-        password: '*** (before)'",
        "+        password: '*** (after)'",
        "-      b.example:",
        "-        username: me",
        "+      c.example:",
        "+        username: you",
        "+- name: x",
    ):
        assert shown in lines or shown.replace("    ", "  ", 1) in lines, (shown, result.stdout)
    assert f"v1.Secret.{fresh}.x" in result.stdout
    assert f"v1.ServiceAccount.{stale}.default" not in result.stdout
    assert state(api, stale, fresh) == was
    for password in (old, new):
        assert password not in result.stdout + result.stderr
        assert encoded(password) not in result.stdout
    pullsecret(*line)
    same = pullsecret(*line, "--diff")
    assert (same.stdout, same.stderr) == ("", "")


def test_diff_that_is_refused_ends_with_2_and_shows_the_rest(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, taken, fresh = namespaces(3)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), taken)

    result = pullsecret("copy", "x", "--from", home, "-n", f"{taken},{fresh}", "--diff", expect=2)

    assert f"v1.Secret.{fresh}.x" in result.stdout
    assert "use --overwrite" in result.stderr


def test_diff_of_detach_is_shown_by_the_program_of_the_environment(
    api: Api, kubectl: Program, pullsecret: Program, tmp_path: Path, namespace: str
) -> None:
    api.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": "x"}]}, namespace)
    program = tmp_path / "compare"
    program.write_text(
        f"#!{sys.executable}\nimport os, sys\nprint(sys.argv[3:], [sorted(os.listdir(d)) for d in sys.argv[1:3]])\n"
        "sys.exit(1)\n"
    )
    program.chmod(0o755)

    result = pullsecret(
        "detach", "x", "-n", namespace, "--diff", env={"KUBECTL_EXTERNAL_DIFF": f"{program} -u $(x) --c=1"}, expect=1
    )

    manifest = json.dumps({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}})
    theirs = kubectl(
        "diff",
        "-n",
        namespace,
        "-f",
        "-",
        input=manifest,
        env={"KUBECTL_EXTERNAL_DIFF": f"{program} -u $(x) --c=1"},
        expect=1,
    )
    name = f"v1.ServiceAccount.{namespace}.default"
    assert result.stdout == theirs.stdout == f"['-u', '--c=1'] [['{name}'], ['{name}']]\n"
    assert api.read("ServiceAccount", "default", namespace)["imagePullSecrets"] == [{"name": "x"}]
    missing = pullsecret("detach", "x", "-n", namespace, "--diff", env={"KUBECTL_EXTERNAL_DIFF": "/none"}, expect=2)
    assert missing.stderr == 'error: failed to run "/none": executable file not found in $PATH\n'


@pytest.mark.parametrize("flags", [("-o", "yaml"), ("--dry-run=client",), ("--nope",)])
def test_diff_on_a_wrong_command_line_ends_with_2(offline: Program, flags: tuple[str, ...]) -> None:
    result = offline("copy", "x", "--to", "a", "--diff", *flags, expect=2)

    assert result.stderr.startswith("error: ")
