"""kubectl's flag habits, taken apart: tables of words in, flags and names out."""

from __future__ import annotations

import pytest

from pullsecret.commands.flags.values import truth, whole
from pullsecret.commands.pflag import Flag, Words, by_spelling, command_first, taken_apart
from pullsecret.errors import FlagError

FLAGS = (
    Flag(spellings=("-n", "--namespace"), takes_value=True),
    Flag(spellings=("-A", "--all-namespaces"), takes_value=False),
    Flag(spellings=("-q", "--quiet"), takes_value=False),
    Flag(spellings=("-s",), takes_value=True),
    Flag(spellings=("--server", "--docker-server"), takes_value=True),
    Flag(spellings=("--dry-run",), takes_value=True),
    Flag(spellings=("--from-docker-config",), takes_value=True),
)

LINES = {
    "nothing": ((), (), ()),
    "names": (("a", "b"), (), ("a", "b")),
    "long": (("--namespace", "x"), ("--namespace=x",), ()),
    "long-equals": (("--namespace=x",), ("--namespace=x",), ()),
    "long-equals-nothing": (("--namespace=",), ("--namespace=",), ()),
    "value-with-equals": (("--namespace=a=b",), ("--namespace=a=b",), ()),
    "value-like-a-flag": (("--namespace", "--quiet"), ("--namespace=--quiet",), ()),
    "value-that-ends-flags": (("-n", "--", "a"), ("--namespace=--",), ("a",)),
    "short": (("-n", "x"), ("--namespace=x",), ()),
    "short-equals": (("-n=x",), ("--namespace=x",), ()),
    "short-equals-nothing": (("-n=",), ("--namespace=",), ()),
    "short-joined": (("-nx",), ("--namespace=x",), ()),
    "short-joined-with-equals": (("-nx=y",), ("--namespace=x=y",), ()),
    "switches": (("-A", "--quiet"), ("--all-namespaces", "--quiet"), ()),
    "switches-joined": (("-Aq",), ("--all-namespaces", "--quiet"), ()),
    "switch-joined-with-value": (("-Anx",), ("--all-namespaces", "--namespace=x"), ()),
    "switch-joined-with-value-apart": (("-An", "x"), ("--all-namespaces", "--namespace=x"), ()),
    "switch-on": (("--quiet=true",), ("--quiet",), ()),
    "switch-off": (("--quiet=false",), (), ()),
    "switch-off-by-letter": (("-q=f",), (), ()),
    "switch-off-again": (("-q", "--quiet=0"), (), ()),
    "switch-on-again": (("--quiet=0", "-q"), ("--quiet",), ()),
    "value-off": (("--namespace=false",), ("--namespace=false",), ()),
    "letter-only": (("-s", "x"), ("-s", "x"), ()),
    "letter-only-equals": (("-s=x",), ("-s", "x"), ()),
    "alias": (("--server=x",), ("--docker-server=x",), ()),
    "value-left-out": (("--dry-run", "x"), ("--dry-run=client",), ("x",)),
    "value-not-left-out": (("--dry-run=server",), ("--dry-run=server",), ()),
    "empty-default": (("--from-docker-config", "-q"), ("--from-docker-config=", "--quiet"), ()),
    "dash-is-a-name": (("-", "a"), (), ("-", "a")),
    "end-of-flags": (("-q", "--", "-A", "--nope", "--"), ("--quiet",), ("-A", "--nope", "--")),
    "between-names": (("a", "-n", "x", "b"), ("--namespace=x",), ("a", "b")),
}


@pytest.mark.parametrize(("argv", "flags", "names"), LINES.values(), ids=LINES.keys())
def test_taken_apart(argv: tuple[str, ...], flags: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert taken_apart(argv, FLAGS) == Words(flags=flags, names=names)


WRONG = {
    "unknown": ("--nope", "unknown flag: --nope"),
    "unknown-without-its-value": ("--nope=x", "unknown flag: --nope"),
    "unknown-letter": ("-x", "unknown shorthand flag: 'x' in -x"),
    "unknown-letter-behind": ("-Ax", "unknown shorthand flag: 'x' in -x"),
    "quote": ("-'", r"unknown shorthand flag: '\'' in -'"),
    "control-character": ("-\x1b", r"unknown shorthand flag: '\x1b' in -\x1b"),
    "needy": ("--namespace", "flag needs an argument: --namespace"),
    "needy-letter": ("-n", "flag needs an argument: 'n' in -n"),
    "bad-syntax": ("--=x", "bad flag syntax: --=x"),
    "bad-switch": (
        "--quiet=x",
        'invalid argument "x" for "-q, --quiet" flag: strconv.ParseBool: parsing "x": invalid syntax',
    ),
    "empty-switch": (
        "-q=",
        'invalid argument "" for "-q, --quiet" flag: strconv.ParseBool: parsing "": invalid syntax',
    ),
}


@pytest.mark.parametrize(("word", "message"), WRONG.values(), ids=WRONG.keys())
def test_taken_apart_refuses_in_pflags_words(word: str, message: str) -> None:
    with pytest.raises(FlagError) as caught:
        taken_apart([word], FLAGS)

    assert caught.value.line == f"Error: {message}"


COMMANDS = {
    "nothing": ((), "", ()),
    "first": (("list", "-A"), "list", ("-A",)),
    "behind-a-switch": (("-A", "list", "a"), "list", ("-A", "a")),
    "behind-a-value": (("-n", "x", "list"), "list", ("-n", "x")),
    "behind-a-joined-value": (("-nx", "list"), "list", ("-nx",)),
    "behind-equals": (("--namespace=x", "list"), "list", ("--namespace=x",)),
    "behind-an-optional-value": (("--dry-run", "copy", "a"), "copy", ("--dry-run", "a")),
    "behind-an-unknown-flag": (("--nope", "list"), "list", ("--nope",)),
    "only-flags": (("-n", "x"), "", ("-n", "x")),
    "value-is-missing": (("-n",), "", ("-n",)),
    "dashes": (("--", "list"), "--", ("list",)),
}


@pytest.mark.parametrize(("argv", "command", "rest"), COMMANDS.values(), ids=COMMANDS.keys())
def test_command_first(argv: tuple[str, ...], command: str, rest: tuple[str, ...]) -> None:
    assert command_first(argv, FLAGS) == (command, list(rest))


def test_by_spelling_knows_each_flag_under_all_its_names() -> None:
    assert set(by_spelling(FLAGS)) == {spelling for flag in FLAGS for spelling in flag.spellings}


@pytest.mark.parametrize("text", ["1", "t", "T", "true", "TRUE", "True"])
def test_truth_of_what_go_takes_for_true(text: str) -> None:
    assert truth("--x", text) is True


@pytest.mark.parametrize("text", ["0", "f", "F", "false", "FALSE", "False"])
def test_truth_of_what_go_takes_for_false(text: str) -> None:
    assert truth("--x", text) is False


@pytest.mark.parametrize("text", ["", "yes", "tRUE", "2", " true"])
def test_truth_of_what_go_takes_for_neither(text: str) -> None:
    with pytest.raises(FlagError, match="invalid argument"):
        truth("--x", text)


NUMBERS = {"0": 0, "+7": 7, "-7": -7, "0010": 10, "2147483647": 2**31 - 1, "-2147483648": -(2**31)}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_whole_number(text: str, number: int) -> None:
    assert whole("--x", text) == number


NO_NUMBERS = {"": "syntax", "x": "syntax", "1_0": "syntax", "1.0": "syntax", " 1": "syntax", "٣": "syntax"}
TOO_LARGE = {"2147483648": "range", "-2147483649": "range", "9" * 5000: "range"}


@pytest.mark.parametrize(("text", "why"), [*NO_NUMBERS.items(), *TOO_LARGE.items()])
def test_whole_refuses_what_is_no_number_of_32_bits(text: str, why: str) -> None:
    with pytest.raises(FlagError, match=f"(invalid|out of) {why}"):
        whole("--x", text)
