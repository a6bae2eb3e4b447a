"""`check --from-file` and `--explain`, without a cluster."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from bad_secrets import api_key, faulty_secrets, right_secrets, web_token, with_key, with_text

from golden_files import assert_golden
from objects import docker_config_secret, encoded, made_up_password, registry_entry
from planted_passwords import Planted

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object
    from program import Program


def raw(secret: Object) -> str:
    """The decoded text of a secret's only data entry."""
    (text,) = secret["data"].values()
    return base64.b64decode(text).decode()


def codes(stdout: str) -> list[str]:
    return re.findall(r"^(?:error|warning|info) (PS\d+) ", stdout, re.MULTILINE)


FAULTY = faulty_secrets()


def test_check_of_a_file_reports_the_same_as_of_the_secret(offline: Program, tmp_path: Path) -> None:
    manifest = tmp_path / "all.json"
    items = [{"apiVersion": "v1", **secret} for _, secret in FAULTY.values()]
    manifest.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))

    result = offline("check", "--from-file", manifest, expect=1)

    assert codes(result.stdout) == [code for code, _ in FAULTY.values()]
    assert {line for line in result.stdout.splitlines() if line.startswith("  ")} == {
        "  to fix: correct the entry in the file"
    }


@pytest.mark.parametrize("name", ["no-colon", "v2", "newline", "expired", "nothing"])
def test_check_of_a_dockerconfigjson_file(offline: Program, tmp_path: Path, name: str) -> None:
    code, secret = FAULTY[name]
    file = tmp_path / "config.json"
    file.write_text(raw(secret))

    result = offline("check", "--from-file", file, expect=1)

    assert codes(result.stdout) == [code]
    assert str(file) in result.stdout.splitlines()[0]
    assert result.stderr.endswith(f". Run 'kubectl pullsecret check --explain {code}' for details.\n")


def test_check_of_good_files_reports_nothing(offline: Program, tmp_path: Path) -> None:
    secrets = right_secrets()
    manifest = tmp_path / "all.json"
    manifest.write_text(json.dumps({"kind": "List", "items": secrets}))
    login_file = tmp_path / "config.json"
    login_file.write_text(raw(secrets[0]))

    for file, scope in ((manifest, f"{len(secrets)} objects in {manifest}"), (login_file, str(login_file))):
        result = offline("check", "--from-file", file)

        assert (result.stdout, result.stderr) == ("", f"no findings in {scope}\n")


def test_check_of_standard_input_accepts_yaml_manifests(offline: Program) -> None:
    secret = {"apiVersion": "v1", **with_key("wrong", "us.icr.io/v2")}
    plain = {**secret, "data": {}, "stringData": {".dockerconfigjson": raw(with_key("", "US.icr.io"))}}

    result = offline("check", "--from-file=-", input=yaml.safe_dump_all([secret, plain]), expect=1)

    assert codes(result.stdout) == ["PS203", "PS205"]
    assert "error PS203 standard input:3: secret/wrong: us.icr.io/v2: " in result.stdout


def test_check_of_empty_standard_input_is_an_error(offline: Program) -> None:
    result = offline("check", "--from-file", "-", input="\n", expect=2)

    assert result.stderr == "error: standard input is empty\ncheck the output of the command before the pipe\n"


def test_fix_for_a_key_in_a_file_edits_the_file(offline: Program, tmp_path: Path) -> None:
    file = tmp_path / "my config.json"
    file.write_text(raw(with_key("", "https://us.icr.io/v2")))
    fix = offline("check", "--from-file", file, expect=1).stdout.splitlines()[1]

    subprocess.run(fix, shell=True, check=True)  # noqa: S602  it is a shell's line

    assert offline("check", "--from-file", file).stdout == ""
    assert list(json.loads(file.read_text())["auths"]) == ["https://us.icr.io/v2/"]


REFUSED = {
    "missing": ("nope", 'error: the path "{}" does not exist'),
    "directory": ("empty", "error: error reading [{}]: recognized file extensions are [.json .yaml .yml]"),
    "not-yaml": ("bad.yaml", "error: {}:2: cannot be parsed: it is not valid YAML"),
    "template": ("chart.yaml", "error: {}:3: cannot be parsed: it is not valid YAML; it is a template, which must be"),
}


@pytest.mark.parametrize(("name", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_unreadable_file_ends_with_2(offline: Program, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.yaml").write_text("kind: Secret\n}\n")
    (tmp_path / "chart.yaml").write_text("kind: Secret\n{{- if .x }}\n")
    file = tmp_path / name

    result = offline("check", "--from-file", file, expect=2)

    assert message.format(file) in result.stderr
    assert result.stdout == ""


ODD = {
    "text": ("not json at all", ["PS101"]),
    "number": ("7", ["PS101"]),
    "key-is-an-api-key": ("API-KEY", ["PS208"]),
    "key-is-a-token": ("TOKEN", ["PS205"]),
}


@pytest.mark.parametrize(("text", "expected"), ODD.values(), ids=ODD.keys())
def test_odd_files_are_reported_and_not_quoted(offline: Program, text: str, expected: list[str]) -> None:
    keys = {"API-KEY": api_key(), "TOKEN": web_token()}
    content = json.dumps({"auths": {keys[text]: registry_entry()}}) if text in keys else text

    result = offline("check", "--from-file=-", input=content, expect=1)

    assert codes(result.stdout) == expected
    assert not any(key.lower() in (result.stdout + result.stderr).lower() for key in keys.values())
    assert "not json at all" not in result.stdout + result.stderr


FORMS = {"lines": (), **{form: ("-o", form) for form in ("json", "yaml", "name", "sarif", "junit")}}
LEAKY = {
    "newline": lambda word: docker_config_secret("", {"reg.example.org": registry_entry("puller", f"{word}\n")}),
    "no-colon": lambda word: docker_config_secret("", {"reg.example.org": {"auth": encoded(word)}}),
    "no-base64": lambda word: docker_config_secret("", {"reg.example.org": {"auth": f"!{word}"}}),
    "user-information": lambda word: docker_config_secret("", {f"https://me:{word}@us.icr.io/v2": registry_entry()}),
    "half": lambda word: docker_config_secret("", {"reg.example.org": {"password": word}}),
    "not-json": lambda word: with_text("", f'{{"auths": {{"reg": "{word}'),
}


@pytest.mark.parametrize("make", LEAKY.values(), ids=LEAKY.keys())
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_no_finding_in_a_file_shows_a_credential(
    offline: Program, tmp_path: Path, make: object, form: tuple[str, ...]
) -> None:
    assert callable(make)
    planted = Planted(password=made_up_password())
    file = tmp_path / "config.json"
    file.write_text(raw(make(planted.password)))

    result = offline("check", "--from-file", file, "-v=9", *form, expect=1)

    planted.assert_not_printed(result)


def test_explain_prints_what_a_code_means(offline: Program) -> None:
    result = offline("check", "--explain", "ps101")

    assert_golden("check/explain", result.stdout)
    assert result.stderr == ""


@pytest.mark.parametrize("code", ["PS999", "PS1010", "nonsense"])
def test_explain_of_an_unknown_code_lists_the_valid_ones(offline: Program, code: str) -> None:
    result = offline("check", "--explain", code, expect=2)

    assert_golden("check/explain-unknown-code", result.stderr.replace(f'"{code}"', '"CODE"'))


MISUSED = {
    "selector": (("--from-file=x", "-l", "a=b"), "--from-file takes one namespace, for the objects that have none"),
    "pattern": (("--from-file=x", "-n", "a*"), "--from-file takes one namespace, for the objects that have none"),
    "two-namespaces": (("--from-file=x", "-n", "a,b"), "--from-file takes one namespace"),
    "global": (("--from-file=x", "--global"), "--global and --from-file cannot be used together"),
    "recursive": (("-R",), "--recursive can only be used with --from-file"),
}


@pytest.mark.parametrize(("words", "message"), MISUSED.values(), ids=MISUSED.keys())
def test_flags_that_do_not_fit_a_file_are_refused(offline: Program, words: tuple[str, ...], message: str) -> None:
    assert offline("check", *words, expect=2).stderr.startswith(f"error: {message}")


@pytest.mark.parametrize("words", [("--nope",), ("-o", "xml"), ("-n", "A"), ("-A", "-n", "a")])
def test_invalid_command_line_ends_with_2(offline: Program, words: tuple[str, ...]) -> None:
    assert offline("check", *words, expect=2).stdout == ""


def test_cluster_that_does_not_answer_ends_with_2(offline: Program) -> None:
    result = offline("check", "--server=http://127.0.0.1:1", expect=2)

    assert result.stderr.startswith("The connection to the server 127.0.0.1:1 was refused")
