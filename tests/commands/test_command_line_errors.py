"""Invalid command lines: kubectl's words for each, one clear line, an exit status, and never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import made_up_password

if TYPE_CHECKING:
    from program import Program

SAME_AS_KUBECTL = {
    "unknown-flag": ("--nope",),
    "unknown-flag-with-value": ("--nope=x",),
    "part-of-a-flag": ("--namespac=x",),
    "unknown-shorthand": ("-x",),
    "unknown-shorthand-with-value": ("-x=3",),
    "unknown-shorthand-after-a-known-one": ("-Ax",),
    "shorthand-of-a-quote": ("-'",),
    "shorthand-of-a-backslash": ("-\\",),
    "three-dashes": ("---namespace",),
    "no-name": ("--=x",),
    "missing-value": ("--namespace",),
    "missing-value-of-a-shorthand": ("-n",),
    "missing-value-after-a-switch": ("-An",),
    "missing-value-of-verbosity": ("-v",),
    "bad-switch": ("--all-namespaces=maybe",),
    "bad-switch-by-shorthand": ("-A=maybe",),
    "empty-switch": ("--no-headers=",),
    "bad-optional-value": ("--insecure-skip-tls-verify=x",),
    "empty-optional-value": ("--insecure-skip-tls-verify=",),
    "bad-number": ("--v=foo",),
    "bad-number-joined": ("-vfoo",),
    "number-of-python": ("--v=1_0",),
    "number-of-c": ("--v=0x10",),
    "empty-number": ("--v=",),
    "number-out-of-range": ("--v=99999999999",),
    "first-error-counts": ("--nope", "-x", "--all-namespaces=maybe"),
    "after-names": ("a", "b", "--nope"),
    "help-after-an-error": ("--nope", "--help"),
}


@pytest.mark.parametrize("flags", SAME_AS_KUBECTL.values(), ids=SAME_AS_KUBECTL.keys())
def test_invalid_flag_is_refused_in_kubectls_words(kubectl: Program, offline: Program, flags: tuple[str, ...]) -> None:
    theirs = kubectl("get", *flags, expect=1)

    ours = offline("list", *flags, expect=1)

    assert ours.stderr.splitlines()[0] == theirs.stderr.splitlines()[0]
    assert ours.stderr.splitlines()[1:] == ["See 'kubectl pullsecret list --help' for usage."]
    assert ours.stdout == ""


VALUES = {
    "dry-run": (("create", "x", "--dry-run=maybe"), ("create", "secret", "docker-registry", "x", "--dry-run=maybe")),
    "empty-dry-run": (("create", "x", "--dry-run="), ("create", "secret", "docker-registry", "x", "--dry-run=")),
    "request-timeout": (("list", "--request-timeout=soon"), ("get", "secrets", "--request-timeout=soon")),
}


@pytest.mark.parametrize(("ours", "theirs"), VALUES.values(), ids=VALUES.keys())
def test_invalid_value_is_refused_in_kubectls_words(
    kubectl: Program, pullsecret: Program, ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    flags = ("--docker-username=u", f"--docker-password={made_up_password()}") if ours[0] == "create" else ()

    said = kubectl(*theirs, *flags, expect=1).stderr

    assert pullsecret(*ours, *flags, expect=1).stderr.splitlines()[0] == said.splitlines()[0]


@pytest.mark.parametrize("form", ["wide", "table", "jsonpath={.a}"])
def test_invalid_output_format_is_refused_in_kubectls_words(kubectl: Program, offline: Program, form: str) -> None:
    flags = ("--docker-username=u", f"--docker-password={made_up_password()}", "--dry-run=client", "-o", "nope")
    theirs = kubectl("create", "secret", "docker-registry", "x", *flags, expect=1).stderr.partition("nope")[0]

    ours = offline("create", "x", *flags[:3], "-o", form, expect=1).stderr

    assert ours.splitlines()[0] == f'{theirs}{form}", allowed formats are: json,name,yaml'


REFUSED = {
    "command": ("creat",),
    "command-unlike-any": ("xyzzy",),
    "command-after-flags": ("-n", "a", "lst"),
    "topic": ("help", "nope"),
    "only-dashes": ("--",),
    "flag-without-command": ("--nope",),
    "shorthand-without-command": ("-x",),
    "value-without-command": ("-n",),
    "too-many-names": ("version", "a"),
    "no-name": ("create",),
    "no-name-of-kubectls-words": ("create", "secret", "docker-registry"),
    "no-names": ("attach",),
    "empty-name": ("copy", "", "-n", "a"),
    "empty-names": ("list", ","),
    "two-names": ("create", "a", "b"),
    "two-targets": ("list", "-A", "-n", "a"),
    "two-namings-of-targets": ("copy", "--to", "a", "-n", "b"),
    "no-such-wait": ("attach", "x", "--wait=long"),
    "no-such-wait-without-attach": ("copy", "x", "--wait=long"),
    "negative-wait": ("attach", "x", "--wait=-1s"),
    "wait-of-detach": ("detach", "x", "--wait=1s"),
    "no-parallel": ("list", "--parallel=0"),
    "much-parallel": ("list", "--parallel=257"),
    "no-number": ("list", "--parallel=x"),
    "no-use": ("attach", "x", "--for=push"),
    "no-username": ("create", "x"),
    "file-and-server": ("create", "x", "--from-file=f", "--registry=reg.example"),
    "login-file-and-username": ("create", "x", "--from-docker-config", "--username=u"),
    "private-without-region": ("create", "x", "--private"),
    "server-with-blank": ("create", "x", "--username=u", "--registry=a b"),
    "image": ("create", "x", "--username=u", "--image=A"),
    "verify-mode": ("create", "x", "--username=u", "--verify=maybe"),
    "ca-without-verify": ("create", "x", "--username=u", "--registry-ca=f"),
    "product-name-and-name": ("entitled", "x", "--product-name"),
    "shell": ("completion", "csh"),
    "two-shells": ("completion", "bash", "zsh"),
}


@pytest.mark.parametrize(("row", "words"), REFUSED.items(), ids=REFUSED.keys())
def test_invalid_command_line_is_refused(offline: Program, row: str, words: tuple[str, ...]) -> None:
    result = offline(*words, expect=1)

    assert_golden(f"command_line/{row}", result.stderr)
    assert result.stdout == ""


LOOKING = {
    "check-code": ("check", "--explain", "PS999"),
    "check-recursive-without-file": ("check", "--recursive"),
    "check-format": ("check", "-o", "wide"),
    "check-flag": ("check", "--nope"),
    "verify-image": ("verify", "--image=A"),
    "verify-flag": ("verify", "--nope"),
    "doctor-fix-flags": ("doctor", "--yes"),
    "doctor-fix-format": ("doctor", "--fix", "-o", "json"),
    "doctor-ca": ("doctor", "--insecure"),
    "doctor-type": ("doctor", "deployment"),
}


@pytest.mark.parametrize(("row", "words"), LOOKING.items(), ids=LOOKING.keys())
def test_invalid_command_line_of_a_command_that_looks_ends_with_2(
    offline: Program, row: str, words: tuple[str, ...]
) -> None:
    result = offline(*words, expect=2)

    assert_golden(f"command_line/{row}", result.stderr)
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["check", "verify", "doctor"])
def test_server_that_cannot_be_reached_ends_a_command_that_looks_with_2(offline: Program, command: str) -> None:
    assert "was refused" in offline(command, "-s", "http://127.0.0.1:1", expect=2).stderr


NASTY = {"control-characters": "a\x1b[31m\x07\nb\tc\r\x7f\udcff", "long": 4000 * "x"}
PLACES: dict[str, tuple[str, ...]] = {
    "command": ("@",),
    "topic": ("help", "@"),
    "name": ("list", "@"),
    "name-of-create": ("create", "@", "--username=u", "--password-env=P"),
    "long-flag": ("list", "--@"),
    "shorthand": ("list", "-@"),
    "namespace": ("list", "-n", "@"),
    "output": ("list", "-o", "@"),
    "verbosity": ("list", "-v", "@"),
    "parallel": ("list", "--parallel=@"),
    "switch": ("list", "--no-headers=@"),
    "dry-run": ("create", "x", "--username=u", "--password-env=P", "--dry-run=@"),
    "timeout": ("list", "--request-timeout=@"),
    "kubeconfig": ("list", "--kubeconfig=@"),
    "api-server": ("list", "-s", "http://@"),
    "server": ("create", "x", "--username=u", "--password-env=P", "--registry=\n@"),
    "region": ("create", "x", "--password-env=P", "--icr=@"),
    "profile": ("create", "x", "--password-env=P", "--icr=us", "--profile-id=@"),
    "password-file": ("create", "x", "--username=u", "--password-file=@"),
    "password-env": ("create", "x", "--username=u", "--password-env=@"),
    "login-file": ("create", "x", "--from-docker-config=@"),
    "config-file": ("create", "x", "--from-file=@"),
    "key-file": ("entitled", "--key-file=@"),
    "service-account": ("attach", "x", "--serviceaccount=@"),
    "use": ("attach", "x", "--for=@"),
    "wait": ("attach", "x", "--wait=@"),
    "copy-name": ("copy", "x", "--name={@}"),
    "source": ("copy", "x", "--from=@"),
}


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("words", PLACES.values(), ids=PLACES.keys())
def test_nasty_argument_gives_one_clear_line(offline: Program, words: tuple[str, ...], nasty: str) -> None:
    result = offline(*(word.replace("@", nasty) for word in words), env={"P": made_up_password()}, expect=1)

    first, *hint = result.stderr.splitlines()
    assert first.lower().startswith(("error: ", "unable to connect", "the connection to the server"))
    assert len(hint) <= 1
    assert "Traceback" not in result.stderr
    assert not any(ord(char) < 32 for char in first)
    assert result.stdout == ""
