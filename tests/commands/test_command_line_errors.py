"""Command lines that make no sense: kubectl's words for each, one clear line, exit status 1, and never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import made_up_password

if TYPE_CHECKING:
    from program import Program

SAME_AS_KUBECTL = {
    "unknown-flag": ("--nope",),
    "unknown-flag-with-value": ("--nope=x",),
    "part-of-a-flag": ("--namespac=x",),
    "unknown-shorthand": ("-x",),
    "unknown-shorthand-with-value": ("-x=3",),
    "unknown-shorthand-behind-a-known-one": ("-Ax",),
    "shorthand-of-a-quote": ("-'",),
    "shorthand-of-a-backslash": ("-\\",),
    "three-dashes": ("---namespace",),
    "no-name": ("--=x",),
    "missing-value": ("--namespace",),
    "missing-value-of-a-shorthand": ("-n",),
    "missing-value-behind-a-switch": ("-An",),
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
    "behind-names": ("a", "b", "--nope"),
    "help-behind-an-error": ("--nope", "--help"),
}


@pytest.mark.parametrize("flags", SAME_AS_KUBECTL.values(), ids=SAME_AS_KUBECTL.keys())
def test_flag_that_cannot_be_is_refused_in_kubectls_words(
    kubectl: Program, offline: Program, flags: tuple[str, ...]
) -> None:
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
def test_value_that_cannot_be_is_refused_in_kubectls_words(
    kubectl: Program, pullsecret: Program, ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    flags = ("--docker-username=u", f"--docker-password={made_up_password()}") if ours[0] == "create" else ()

    said = kubectl(*theirs, *flags, expect=1).stderr

    assert pullsecret(*ours, *flags, expect=1).stderr.splitlines()[0] == said.splitlines()[0]


@pytest.mark.parametrize("form", ["wide", "table", "jsonpath={.a}"])
def test_output_that_cannot_be_is_refused_in_kubectls_words(kubectl: Program, offline: Program, form: str) -> None:
    flags = ("--docker-username=u", f"--docker-password={made_up_password()}", "--dry-run=client", "-o", "nope")
    theirs = kubectl("create", "secret", "docker-registry", "x", *flags, expect=1).stderr.partition("nope")[0]

    ours = offline("create", "x", *flags[:3], "-o", form, expect=1).stderr

    assert ours.splitlines()[0] == f'{theirs}{form}", allowed formats are: json,name,yaml'


WORDS = {
    "command": (("creat",), 'error: unknown command "creat" for "kubectl pullsecret"', "\tcreate"),
    "command-unlike-any": (("xyzzy",), 'error: unknown command "xyzzy" for "kubectl pullsecret"', ""),
    "command-behind-flags": (("-n", "a", "lst"), 'error: unknown command "lst" for "kubectl pullsecret"', "\tlist"),
    "topic": (("help", "nope"), 'error: unknown command "nope" for "kubectl pullsecret"', ""),
    "only-dashes": (("--",), 'error: unknown command "--" for "kubectl pullsecret"', ""),
    "flag-without-command": (("--nope",), "Error: unknown flag: --nope", ""),
    "shorthand-without-command": (("-x",), "Error: unknown shorthand flag: 'x' in -x", ""),
    "value-without-command": (("-n",), "Error: flag needs an argument: 'n' in -n", ""),
    "too-many-names": (("version", "a"), "error: ", ""),
    "two-targets": (("list", "-A", "-n", "a"), "error: --namespace and --all-namespaces cannot be used together", ""),
    "no-such-wait": (("attach", "x", "--wait=long"), 'Error: invalid argument "long" for "--wait" flag: time: ', ""),
    "negative-wait": (("attach", "x", "--wait=-1s"), 'Error: invalid argument "-1s" for "--wait" flag: time: ', ""),
    "no-parallel": (("list", "--parallel=0"), "error: --parallel must be from 1 to 256, not 0", ""),
    "much-parallel": (("list", "--parallel=257"), "error: --parallel must be from 1 to 256, not 257", ""),
    "no-number": (
        ("list", "--parallel=x"),
        'Error: invalid argument "x" for "--parallel" flag: strconv.ParseInt: ',
        "",
    ),
    "no-use": (("attach", "x", "--for=push"), 'error: Invalid --for value (push). Must be "pull", "mount", or ', ""),
}


@pytest.mark.parametrize(("words", "said", "meant"), WORDS.values(), ids=WORDS.keys())
def test_words_that_make_no_sense_are_refused(offline: Program, words: tuple[str, ...], said: str, meant: str) -> None:
    result = offline(*words, expect=1)

    assert result.stderr.startswith(said)
    assert result.stderr.splitlines()[-1].startswith("See 'kubectl pullsecret ")
    assert ("Did you mean this?" in result.stderr) is bool(meant)
    assert meant in result.stderr
    assert result.stdout == ""


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
    "server": ("create", "x", "--username=u", "--password-env=P", "--server=\n@"),
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
