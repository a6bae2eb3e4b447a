"""Which files and entries are used, and which server that selects."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.certificates import Authority
from kubeconfig.files import encoded, kubeconfig, simple
from kubeconfig.kubectl_oracle import ask_us

if TYPE_CHECKING:
    from kubeconfig.conftest import Both
    from kubeconfig.recorder import Recorder


def test_first_file_wins_for_every_entry_and_the_current_context(
    both: Both, tmp_path: Path, cluster: dict[str, Any], other: Recorder
) -> None:
    pair = {"a": {"cluster": "c", "user": "u"}, "b": {"cluster": "c", "user": "v"}}
    users = {"u": {"token": "first"}}
    first = kubeconfig(tmp_path / "1", clusters={"c": cluster}, users=users, contexts={"a": pair["a"]}, current="a")
    stranger = {"server": other.url, "insecure-skip-tls-verify": True}
    users = {"u": {"token": "second"}, "v": {"token": "v"}}
    second = kubeconfig(tmp_path / "2", clusters={"c": stranger}, users=users, contexts=pair, current="b")

    assert both.request(KUBECONFIG=f"{first}:{second}").identity == (("authorization", "Bearer first"),)
    assert both.request("--context=b", KUBECONFIG=f"{first}:{second}").identity == (("authorization", "Bearer v"),)


def test_missing_and_empty_files_are_skipped(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    last = simple(tmp_path / "last", cluster, {"token": "t"})

    both.request(KUBECONFIG=f"{tmp_path}/missing:{empty}::/dev/null:{last}")


def test_empty_variable_means_the_home_directory(both: Both, environ: dict[str, str], cluster: dict[str, Any]) -> None:
    simple(Path(environ["HOME"]) / ".kube" / "config", cluster, {"token": "home"})

    assert both.request(KUBECONFIG="").identity == (("authorization", "Bearer home"),)


def test_relative_paths_are_resolved_against_their_own_file(
    both: Both, tmp_path: Path, recorder: Recorder, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "ca.crt").write_bytes(authority.certificate.path.read_bytes())
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "token").write_text("from two\n".replace(" ", "-"))
    first = kubeconfig(
        tmp_path / "one" / "config", clusters={"c": {"server": recorder.url, "certificate-authority": "ca.crt"}}
    )
    simple(tmp_path / "two" / "config", {"server": "https://nowhere.invalid"}, {"tokenFile": "token"})
    monkeypatch.chdir(tmp_path)

    asked = both.request(KUBECONFIG=f"{first}:two/config")
    assert asked.identity == (("authorization", "Bearer from-two"),)


def test_flags_choose_context_cluster_and_user(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    file = kubeconfig(
        tmp_path / "config",
        clusters={"c": {"server": "https://nowhere.invalid"}, "d": cluster},
        users={"u": {"token": "u"}, "v": {"token": "v"}},
        contexts={"x": {"cluster": "c", "user": "u"}, "y": {"cluster": "d", "user": "u"}},
        current="x",
    )

    assert both.request(f"--kubeconfig={file}", "--context=y").identity[0][1] == "Bearer u"
    assert both.request(f"--kubeconfig={file}", "--cluster=d", "--user=v").identity[0][1] == "Bearer v"


def test_server_flag_replaces_the_server_and_keeps_authority_and_user(
    both: Both, tmp_path: Path, cluster: dict[str, Any], recorder: Recorder
) -> None:
    elsewhere = {**cluster, "server": "https://nowhere.invalid", "tls-server-name": "nowhere.invalid"}
    file = simple(tmp_path / "config", elsewhere, {"token": "t"})

    asked = both.request(f"--kubeconfig={file}", f"--server={recorder.url}")
    assert asked.identity == (("authorization", "Bearer t"),)
    assert asked.server_name is None


def test_server_flag_needs_no_file(both: Both, recorder: Recorder, authority: Authority) -> None:
    both.request(f"--server={recorder.url}", "--token=t", f"--certificate-authority={authority.certificate.path}")


def test_server_url_keeps_its_path(both: Both, tmp_path: Path, cluster: dict[str, Any], recorder: Recorder) -> None:
    recorder.prefix = "/a/b"
    file = simple(tmp_path / "config", {**cluster, "server": f"{recorder.url}/a/b/?query#fragment"}, {"token": "t"})

    assert both.request(f"--kubeconfig={file}").path.startswith("/a/b/api/v1/")


@pytest.mark.parametrize("flag", ["--insecure-skip-tls-verify", "--certificate-authority"])
def test_flag_replaces_the_wrong_authority(
    both: Both, tmp_path: Path, recorder: Recorder, authority: Authority, flag: str
) -> None:
    stranger = encoded(_stranger(tmp_path))
    file = simple(tmp_path / "config", {"server": recorder.url, "certificate-authority-data": stranger}, {"token": "t"})

    value = f"={authority.certificate.path}" if flag == "--certificate-authority" else ""
    both.request(f"--kubeconfig={file}", f"{flag}{value}")


def test_tls_server_name_is_sent_and_verified(
    both: Both, tmp_path: Path, cluster: dict[str, Any], recorder: Recorder
) -> None:
    file = simple(tmp_path / "config", {**cluster, "tls-server-name": "localhost"}, {"token": "t"})

    assert both.request(f"--kubeconfig={file}").server_name == "localhost"
    named = both.request(f"--kubeconfig={file}", "--tls-server-name=api.example.com")
    assert named.server_name == "api.example.com"
    assert named.host == f"127.0.0.1:{recorder.port}"


def test_insecure_cluster_is_not_verified(both: Both, tmp_path: Path, recorder: Recorder) -> None:
    unchecked = {"server": recorder.url, "insecure-skip-tls-verify": True}
    both.request(f"--kubeconfig={simple(tmp_path / 'config', unchecked, {'token': 't'})}")


def test_namespace_is_the_contexts(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    file = simple(tmp_path / "config", cluster, {"token": "t"}, namespace="team-a")

    assert both.request(f"--kubeconfig={file}").path.startswith("/api/v1/namespaces/team-a/")
    file = simple(tmp_path / "config", cluster, {"token": "t"})
    assert both.request(f"--kubeconfig={file}").path.startswith("/api/v1/namespaces/default/")


def test_kubeconfig_may_be_a_pipe(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    content = simple(tmp_path / "config", cluster, {"token": "t"}).read_bytes()
    outcome = ask_us(f"--kubeconfig=/dev/fd/{_pipe_with(content)}", environ=both.environ)

    assert not outcome.error
    assert [asked.identity for asked in both.servers[0].taken()] == [(("authorization", "Bearer t"),)]


def _pipe_with(content: bytes) -> int:
    """Return the read end of a pipe with this content."""
    end, start = os.pipe()
    with os.fdopen(start, "wb") as file:
        file.write(content)
    return end


def _stranger(tmp_path: Path) -> Path:
    return Authority(tmp_path / "stranger").certificate.path
