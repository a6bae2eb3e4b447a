"""Files that are not a kubeconfig: one clear line for each, soon, without their content."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
import yaml

from pullsecret import yaml_text
from pullsecret.cluster.kubeconfig.files import load_kubeconfig
from pullsecret.cluster.kubeconfig.yaml_file import MAX_BYTES, read_yaml_file
from pullsecret.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"S3CRET", id="a word"),
        pytest.param(b"[S3CRET]", id="a list"),
        pytest.param(b"kind: Pod\nS3CRET: 1", id="another kind"),
        pytest.param(b"apiVersion: v2\nS3CRET: 1", id="another version"),
        pytest.param(b"a: b: S3CRET", id="no YAML"),
        pytest.param(b"a: *S3CRET", id="alias of nothing"),
        pytest.param(b"\tS3CRET: 1", id="tab"),
        pytest.param(b"S3CRET \xff\xfe", id="no UTF-8"),
        pytest.param(b"S3CRET: \x00", id="zero byte"),
        pytest.param(b"!!python/object/apply:os.system ['echo S3CRET']", id="Python object"),
        pytest.param(b"? [S3CRET]\n: 1", id="list as a key"),
        pytest.param(b"[" * 100_000, id="deep list"),
        pytest.param(b"{a: " * 100_000, id="deep mapping"),
        pytest.param(b"- " * 100_000, id="deep list in one line"),
        pytest.param(b"\n".join(b" " * n + b"a:" for n in range(2000)), id="deep lines"),
        pytest.param(b"a" * (MAX_BYTES + 1), id="17 MB"),
    ],
)
def test_invalid_file_is_one_line_without_its_content(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "config"
    file.write_bytes(content)
    started = time.monotonic()

    with pytest.raises(ConfigError) as caught:
        read_yaml_file(str(file))
    assert caught.value.line.startswith(f'error: error loading config file "{file}": ')
    assert "\n" not in caught.value.line
    assert "S3CRET" not in caught.value.line
    assert caught.value.__cause__ is None
    assert time.monotonic() - started < 5


DEEP = {"lists": "a: " + "[" * 2000, "mappings": "a: " + "{a: " * 2000, "closed": "a: " + "[" * 2000 + "]" * 2000}


def refused_at_once(_: str) -> Iterator[yaml.Event]:
    """Events as PyYAML 6.0.4 gives them, whose libyaml refuses a depth of 1,000 before the first."""
    raise yaml.scanner.ScannerError(problem="exceeded maximum nesting depth")


def never_refused(text: str) -> Iterator[yaml.Event]:
    """Events as PyYAML 6.0.3 gives them, of any depth."""
    return yaml.parse(text, Loader=yaml.SafeLoader)


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP.keys())
@pytest.mark.parametrize("events", [refused_at_once, never_refused])
def test_deep_file_is_refused_in_our_words_with_every_pyyaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, events: Callable[[str], Iterator[yaml.Event]]
) -> None:
    monkeypatch.setattr(yaml_text, "_events", events)
    (tmp_path / "config").write_text(text)

    with pytest.raises(ConfigError) as caught:
        read_yaml_file(str(tmp_path / "config"))
    assert caught.value.line.endswith(": it is nested too deeply")


def test_broken_file_with_many_brackets_is_not_called_deep(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a: " + "[" + "[]," * 200)

    with pytest.raises(ConfigError, match="yaml: ") as caught:
        read_yaml_file(str(tmp_path / "config"))
    assert "deep" not in caught.value.line


@pytest.mark.parametrize("merge", ["- *{0}", "<<: [*{0}, *{0}, *{0}]"], ids=["aliases", "merge keys"])
def test_alias_bomb_is_refused(tmp_path: Path, merge: str) -> None:
    repeated = 9 if merge.startswith("-") else 1
    lines = ["a0: &a0 {k: v}"]
    for n in range(1, 30):
        lines += [f"a{n}: &a{n}", *[f"  {merge.format(f'a{n - 1}')}"] * repeated]
    (tmp_path / "config").write_text("\n".join(lines))

    with pytest.raises(ConfigError, match="excessive aliasing"):
        read_yaml_file(str(tmp_path / "config"))


def test_cycle_of_aliases_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("&a\nclusters: []\npreferences: *a\ncurrent-context: x\n")

    assert load_kubeconfig(str(tmp_path / "config"), {}).current_context == "x"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/full"])
def test_device_is_not_read(device: str) -> None:
    with pytest.raises(ConfigError, match="it is a device"):
        read_yaml_file(device)


@pytest.mark.parametrize(
    "content", ["", "# nothing\n", "---\n", "null", "{}", "apiVersion: v1\nkind: Config\n", "\ufeffkind: Config"]
)
def test_empty_file_is_an_empty_mapping(tmp_path: Path, content: str) -> None:
    (tmp_path / "config").write_text(content, encoding="utf-8")

    assert not (read_yaml_file(str(tmp_path / "config")) or {}).get("clusters")


def test_missing_file_is_none(tmp_path: Path) -> None:
    assert read_yaml_file(str(tmp_path / "config")) is None


def test_dates_stay_text(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("current-context: 2026-01-01\n")

    assert load_kubeconfig(str(tmp_path / "config"), {}).current_context == "2026-01-01"


def test_first_of_several_documents_is_used(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("current-context: a\n---\ncurrent-context: b\n")

    assert load_kubeconfig(str(tmp_path / "config"), {}).current_context == "a"


def test_pipe_is_read_to_its_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"current-context: x")
    os.close(writing)

    assert read_yaml_file(f"/dev/fd/{reading}") == {"current-context": "x"}
    os.close(reading)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("clusters: x", "clusters of config file"),
        ("clusters: [x]", "clusters of config file"),
        ("users: [{name: 1}]", "name of users of config file"),
        ("users: [{name: u, user: [S3CRET]}]", "user of users of config file"),
        ("current-context: [S3CRET]", "current-context of config file"),
        ("contexts: [{name: a}, {name: a}]", 'duplicate name "a" in contexts'),
    ],
)
def test_field_of_another_type_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "config").write_text(content)

    with pytest.raises(ConfigError) as caught:
        load_kubeconfig(str(tmp_path / "config"), {})
    assert caught.value.line.startswith(f"error: {complaint}")
    assert "S3CRET" not in caught.value.line


def test_home_directory_is_that_of_go(tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text("current-context: home")

    assert load_kubeconfig("", {"HOME": str(tmp_path)}).current_context == "home"
    assert load_kubeconfig("", {"HOME": str(tmp_path), "KUBECONFIG": ""}).current_context == "home"


@pytest.mark.parametrize("value", ["!!timestamp x", "!!bool x", "!!int ''", "!!float x"])
def test_value_that_its_tag_does_not_allow_is_refused(tmp_path: Path, value: str) -> None:
    (tmp_path / "config").write_text(f"kind: Config\nx: {value}\n")

    with pytest.raises(ConfigError):
        read_yaml_file(str(tmp_path / "config"))
