"""The command line as kubectl splits it: tables of words in, flags and names out."""

from __future__ import annotations

import pytest

from pullsecret.commands.create import after_kubectls_words
from pullsecret.commands.flags.values import names_of, parse_bool, parse_int, single_name
from pullsecret.commands.pflag import TyperArguments, finder, refuse_separated_values, split_command, typer_arguments
from pullsecret.errors import FlagError
from pullsecret.model.command_line import END, FlagSpec, tokens

DRY_RUN = FlagSpec(("--dry-run",), "none|client|server", bare_value="client")
FLAGS = (
    FlagSpec(("-n", "--namespace"), "VALUE"),
    FlagSpec(("-A", "--all-namespaces")),
    FlagSpec(("-q", "--quiet")),
    FlagSpec(("-s",), "VALUE"),
    FlagSpec(("--registry", "--docker-server"), "VALUE"),
    FlagSpec(("--dry-run",), "MODE", bare_value="client"),
    FlagSpec(("--from-docker-config",), "FILE", bare_value=""),
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
    "short-equals-nothing": (("-n=",), ("--namespace==",), ()),
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
    "alias": (("--registry=x",), ("--docker-server=x",), ()),
    "value-left-out": (("--dry-run", "x"), ("--dry-run=client",), ("x",)),
    "value-not-left-out": (("--dry-run=server",), ("--dry-run=server",), ()),
    "empty-default": (("--from-docker-config", "-q"), ("--from-docker-config=", "--quiet"), ()),
    "dash-is-a-name": (("-", "a"), (), ("-", "a")),
    "end-of-flags": (("-q", "--", "-A", "--nope", "--"), ("--quiet",), ("-A", "--nope", "--")),
    "between-names": (("a", "-n", "x", "b"), ("--namespace=x",), ("a", "b")),
}


@pytest.mark.parametrize(("argv", "flags", "names"), LINES.values(), ids=LINES.keys())
def test_typer_arguments_of_kubectls_forms(
    argv: tuple[str, ...], flags: tuple[str, ...], names: tuple[str, ...]
) -> None:
    assert typer_arguments(argv, FLAGS) == TyperArguments(flags=flags, names=names)


WRONG = {
    "unknown": ("--nope", "unknown flag: --nope"),
    "unknown-without-its-value": ("--nope=x", "unknown flag: --nope"),
    "unknown-letter": ("-x", "unknown shorthand flag: 'x' in -x"),
    "unknown-letter-after": ("-Ax", "unknown shorthand flag: 'x' in -x"),
    "quote": ("-'", r"unknown shorthand flag: '\'' in -'"),
    "control-character": ("-\x1b", r"unknown shorthand flag: '\x1b' in -\x1b"),
    "needy": ("--namespace", "flag needs an argument: --namespace"),
    "needy-letter": ("-n", "flag needs an argument: 'n' in -n"),
    "bad-syntax": ("--=x", "bad flag syntax: --=x"),
    "bad-switch": (
        "--quiet=x",
        'invalid argument "x" for "-q, --quiet" flag: strconv.ParseBool: parsing "x": invalid syntax',
    ),
    "letter-of-a-switch-and-nothing": ("-q=", "unknown shorthand flag: '=' in -="),
    "form-feed": ("-\f", r"unknown shorthand flag: '\f' in -\f"),
    "empty-switch": (
        "--quiet=",
        'invalid argument "" for "-q, --quiet" flag: strconv.ParseBool: parsing "": invalid syntax',
    ),
}


@pytest.mark.parametrize(("word", "message"), WRONG.values(), ids=WRONG.keys())
def test_typer_arguments_are_refused_in_pflags_words(word: str, message: str) -> None:
    with pytest.raises(FlagError) as caught:
        typer_arguments([word], FLAGS)

    assert caught.value.line == f"error: {message}"


def test_limit_that_is_empty_is_not_taken_as_absent() -> None:
    flag = FlagSpec(("--code-engine-project",), "NAME")
    for argv in (["--code-engine-project="], ["--code-engine-project", " , "]):
        with pytest.raises(FlagError, match="must not be empty"):
            typer_arguments(argv, [flag])


def test_selector_of_kubectl_is_refused_with_the_flag_for_namespaces() -> None:
    with pytest.raises(FlagError) as caught:
        typer_arguments(["--selector=app=api"], FLAGS)

    assert caught.value.line == "error: unknown flag: --selector"
    assert caught.value.hint == "use -l or --namespace-selector to select namespaces by their labels"


SEPARATED = {
    "value-apart": (("x", "--dry-run", "client"), 'unexpected argument "client" after --dry-run'),
    "other-value-apart": (("--dry-run", "none", "-A"), 'unexpected argument "none" after --dry-run'),
    "value-joined": (("--dry-run=server", "client"), ""),
    "name": (("--dry-run", "x"), ""),
    "name-before": (("client", "--dry-run"), ""),
    "not-beside": (("--dry-run", "-A", "client"), ""),
    "after-the-end": (("--dry-run", "--", "client"), ""),
    "another-flag": (("-n", "x", "client"), ""),
}


@pytest.mark.parametrize(("argv", "message"), SEPARATED.values(), ids=SEPARATED.keys())
def test_value_apart_from_its_flag_is_not_taken_for_a_name(argv: tuple[str, ...], message: str) -> None:
    flags = [*(flag for flag in FLAGS if flag.name != "--dry-run"), DRY_RUN]
    refusal = ""
    try:
        refuse_separated_values(argv, flags)
    except FlagError as error:
        refusal = error.message

    assert refusal == message


COMMANDS = {
    "nothing": ((), "", ()),
    "first": (("list", "-A"), "list", ("-A",)),
    "after-a-switch": (("-A", "list", "a"), "list", ("-A", "a")),
    "after-a-value": (("-n", "x", "list"), "list", ("-n", "x")),
    "after-a-joined-value": (("-nx", "list"), "list", ("-nx",)),
    "after-equals": (("--namespace=x", "list"), "list", ("--namespace=x",)),
    "after-an-optional-value": (("--dry-run", "copy", "a"), "copy", ("--dry-run", "a")),
    "after-an-unknown-flag": (("--nope", "list"), "list", ("--nope",)),
    "only-flags": (("-n", "x"), "", ("-n", "x")),
    "value-is-missing": (("-n",), "", ("-n",)),
    "after-a-bundle-with-a-value": (("-An", "x", "list"), "list", ("-An", "x")),
    "dashes": (("--", "list"), "--", ("list",)),
}


@pytest.mark.parametrize(("argv", "command", "rest"), COMMANDS.values(), ids=COMMANDS.keys())
def test_split_command_at_any_position(argv: tuple[str, ...], command: str, rest: tuple[str, ...]) -> None:
    assert split_command(argv, FLAGS) == (command, list(rest))


UNFINISHED = {
    "value-is-missing": (("a", "-n"), [(False, "--namespace", None)]),
    "value-is-missing-after-switches": (("-Aqn",), [(False, "--namespace", None)]),
    "unknown-flag": (("--nope", "a"), [(True, None, None)]),
    "unknown-letter-ends-the-bundle": (("-Axq",), [(False, None, None)]),
    "names-after-the-end": (("--", "-n"), [(False, "--", None), (True, None, None)]),
}


@pytest.mark.parametrize(("words", "last"), UNFINISHED.values(), ids=UNFINISHED.keys())
def test_tokens_of_an_unfinished_line(words: tuple[str, ...], last: list[tuple[bool, str | None, str | None]]) -> None:
    found = [(one.is_name, one.flag and one.flag.name, one.value) for one in tokens(words, finder(FLAGS))]

    assert found[-len(last) :] == last


def test_tokens_look_flags_up_one_by_one() -> None:
    known = {"--first": FlagSpec(("--first",))}
    names = []

    for token in tokens(["--first", "name", "--later", "x"], known.get):
        if token.is_name:
            known["--later"] = FlagSpec(("--later",), "VALUE")
        names.append(token.flag and token.flag.name)

    assert names == ["--first", None, "--later"]


def test_end_of_flags_is_no_name() -> None:
    (token,) = tokens(["--"], finder(FLAGS))

    assert token.flag is END
    assert not token.is_name


def test_finder_knows_each_flag_by_all_its_spellings() -> None:
    find = finder(FLAGS)

    assert all(find(spelling) is flag for flag in FLAGS for spelling in flag.spellings)
    assert find("--nope") is None


NAMES = {
    "one": (["a"], ("a",)),
    "comma": (["a,b", "c"], ("a", "b", "c")),
    "twice": (["a", "b", "a"], ("a", "b")),
    "with-type": (["secret/a", "secrets/b,secret/c"], ("a", "b", "c")),
}


@pytest.mark.parametrize(("words", "names"), NAMES.values(), ids=NAMES.keys())
def test_names_of_as_kubectl_writes_them(words: list[str], names: tuple[str, ...]) -> None:
    assert names_of(words) == names


KUBECTLS_WORDS = {
    "whole": (["secret", "docker-registry", "a"], ["a"]),
    "short": (["docker-registry", "a"], ["a"]),
    "name-of-that-word": (["docker-registry"], ["docker-registry"]),
    "without-a-name": (["secret", "docker-registry"], []),
    "another-kind": (["secret", "generic", "a"], ["secret", "generic", "a"]),
    "none": (["a"], ["a"]),
}


@pytest.mark.parametrize(("words", "names"), KUBECTLS_WORDS.values(), ids=KUBECTLS_WORDS.keys())
def test_names_after_the_words_of_kubectl_create(words: list[str], names: list[str]) -> None:
    assert after_kubectls_words(words) == names


def test_single_name_with_its_type() -> None:
    assert single_name(["secret/a"]) == "a"


@pytest.mark.parametrize("text", ["1", "t", "T", "true", "TRUE", "True"])
def test_parse_bool_of_true_in_go(text: str) -> None:
    assert parse_bool("--x", text) is True


@pytest.mark.parametrize("text", ["0", "f", "F", "false", "FALSE", "False"])
def test_parse_bool_of_false_in_go(text: str) -> None:
    assert parse_bool("--x", text) is False


@pytest.mark.parametrize("text", ["", "yes", "tRUE", "2", " true"])
def test_parse_bool_refuses_what_go_refuses(text: str) -> None:
    with pytest.raises(FlagError, match="invalid argument"):
        parse_bool("--x", text)


NUMBERS = {"0": 0, "+7": 7, "-7": -7, "0010": 10, "2147483647": 2**31 - 1, "-2147483648": -(2**31)}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_parse_int_of_an_integer(text: str, number: int) -> None:
    assert parse_int("--x", text) == number


NO_NUMBERS = {"": "syntax", "x": "syntax", "1_0": "syntax", "1.0": "syntax", " 1": "syntax", "٣": "syntax"}
TOO_LARGE = {"2147483648": "range", "-2147483649": "range", "9" * 5000: "range"}


@pytest.mark.parametrize(("text", "why"), [*NO_NUMBERS.items(), *TOO_LARGE.items()])
def test_parse_int_refuses_what_is_not_an_integer_of_32_bits(text: str, why: str) -> None:
    with pytest.raises(FlagError, match=f"(invalid|out of) {why}"):
        parse_int("--x", text)
