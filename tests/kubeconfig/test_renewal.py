"""How long a credential is cached, and when its plugin runs or its file is read again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.files import simple
from kubeconfig.kubectl_oracle import connection_flags
from kubeconfig.plugin import credential
from kubeconfig.recorder import secret_at
from pullsecret.cluster import connect
from pullsecret.errors import ConnectError, UnauthorizedError
from pullsecret.model.objects.objects import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from kubeconfig.certificates import Authority
    from kubeconfig.conftest import PluginConfig
    from kubeconfig.plugin import Plugin
    from kubeconfig.recorder import Recorder
    from pullsecret.cluster.client import Cluster

PAST, FUTURE = "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"


def connect_to(flag: str, environ: dict[str, str]) -> Cluster:
    return connect(connection_flags((flag,)), environ=environ)


def read(cluster: Cluster) -> None:
    cluster.read(Kind.SECRET, "team-a", "pull")


def tokens(recorder: Recorder) -> list[str]:
    return [asked.identity[0][1].removeprefix("Bearer ") for asked in recorder.taken()]


def refuse(recorder: Recorder, *refused: str) -> None:
    """Make the server answer these tokens with 401."""

    def answer(path: str) -> tuple[int, Any]:
        token = recorder.requests[-1].identity[0][1].removeprefix("Bearer ")
        status = {"kind": "Status", "message": "Unauthorized", "reason": "Unauthorized", "code": 401}
        return (401, status) if token in refused else secret_at(path)

    recorder.answer = answer


@pytest.mark.parametrize(
    ("expires", "runs"),
    [
        pytest.param({}, 1, id="never"),
        pytest.param({"expirationTimestamp": FUTURE}, 1, id="later"),
        pytest.param({"expirationTimestamp": PAST}, 3, id="already"),
    ],
)
def test_credential_is_cached_until_it_expires(
    plugin: Plugin, plugin_config: PluginConfig, environ: dict[str, str], expires: dict[str, str], runs: int
) -> None:
    plugin.says(credential({"token": "t", **expires}))
    cluster = connect_to(plugin_config(), environ)

    for _ in range(3):
        read(cluster)
    assert plugin.runs == runs


def test_new_credential_that_seems_ended_by_a_wrong_clock_is_used_until_it_is_rejected(
    recorder: Recorder, plugin: Plugin, plugin_config: PluginConfig, environ: dict[str, str]
) -> None:
    ended = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    plugin.says(*(credential({"token": token, "expirationTimestamp": ended}) for token in ("first", "second")))
    cluster = connect_to(plugin_config(), environ)

    read(cluster)
    read(cluster)
    assert plugin.runs == 1
    refuse(recorder, "first")
    read(cluster)
    read(cluster)
    assert plugin.runs == 2
    assert tokens(recorder) == ["first", "first", "first", "second", "second"]


def test_many_threads_run_the_plugin_once(
    plugin: Plugin, plugin_config: PluginConfig, environ: dict[str, str], recorder: Recorder
) -> None:
    cluster = connect_to(plugin_config(), environ)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: read(cluster), range(48)))
    assert plugin.runs == 1
    assert len(recorder.taken()) == 48


def test_rejected_credential_is_renewed_once(
    plugin: Plugin, plugin_config: PluginConfig, environ: dict[str, str], recorder: Recorder
) -> None:
    plugin.says(credential({"token": "old"}), credential({"token": "new"}))
    refuse(recorder, "old")

    read(connect_to(plugin_config(), environ))
    assert tokens(recorder) == ["old", "new"]


def test_threads_that_are_rejected_together_renew_once(
    plugin: Plugin, plugin_config: PluginConfig, environ: dict[str, str], recorder: Recorder
) -> None:
    plugin.says(credential({"token": "old"}), credential({"token": "new"}))
    refuse(recorder, "old")
    cluster = connect_to(plugin_config(), environ)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: read(cluster), range(24)))
    assert plugin.runs == 2


def test_plugin_that_fails_for_requests_that_are_rejected_together_is_not_run_for_each(
    plugin: Plugin, plugin_config: PluginConfig, environ: dict[str, str], recorder: Recorder
) -> None:
    plugin.says(credential({"token": "old"}), "nonsense")
    refuse(recorder, "old")
    cluster = connect_to(plugin_config(), environ)

    failures = [cluster.start(lambda: read(cluster)) for _ in range(8)]

    for failure in failures:
        with pytest.raises(ConnectError, match="getting credentials: "):
            failure.result()
    assert plugin.runs == 2


def test_credential_rejected_twice_is_fatal(
    plugin: Plugin, plugin_config: PluginConfig, environ: dict[str, str], recorder: Recorder
) -> None:
    plugin.says(credential({"token": "same"}))
    refuse(recorder, "same")

    with pytest.raises(UnauthorizedError):
        read(connect_to(plugin_config(), environ))
    assert (plugin.runs, tokens(recorder)) == (2, ["same"])


def test_plugin_that_fails_later_is_fatal(plugin: Plugin, plugin_config: PluginConfig, environ: dict[str, str]) -> None:
    plugin.says(credential({"token": "t", "expirationTimestamp": PAST}), "nonsense")
    cluster = connect_to(plugin_config(), environ)
    read(cluster)

    with pytest.raises(ConnectError, match="getting credentials: "):
        read(cluster)


def test_renewed_certificate_makes_new_connections(
    plugin: Plugin,
    plugin_config: PluginConfig,
    environ: dict[str, str],
    recorder: Recorder,
    authority: Authority,
) -> None:
    people = [authority.issue(name, "extendedKeyUsage=clientAuth") for name in ("old", "new")]
    pairs = [{"clientCertificateData": who.path.read_text(), "clientKeyData": who.key.read_text()} for who in people]
    plugin.says(credential({"expirationTimestamp": PAST, **pairs[0]}), credential(pairs[1]))
    cluster = connect_to(plugin_config(), environ)

    read(cluster)
    read(cluster)
    assert [asked.certificate for asked in recorder.taken()] == ["old", "new"]


def test_token_file_is_read_again_after_401(
    tmp_path: Path, cluster: dict[str, Any], environ: dict[str, str], recorder: Recorder
) -> None:
    (tmp_path / "token").write_text("old")
    client = connect_to(f"--kubeconfig={simple(tmp_path / 'config', cluster, {'tokenFile': 'token'})}", environ)
    read(client)
    refuse(recorder, "old")
    (tmp_path / "token").write_text("new")

    read(client)
    assert tokens(recorder) == ["old", "old", "new"]
