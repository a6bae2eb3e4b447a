"""Reads: pages, expired continue tokens, and retries."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kubeconfig.recorder import Recorder
from pullsecret.cluster import client, connect
from pullsecret.cluster.http import list_pages, retries
from pullsecret.errors import (
    AlreadyExistsError,
    ConflictError,
    ConnectError,
    NotFoundError,
    ServerError,
    ThrottledError,
    TooLargeError,
)
from pullsecret.model.objects.objects import Kind, mapping_at, name_of
from pullsecret.model.request.connection import ConnectionFlags

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.given import Cluster as Plane
    from pullsecret.cluster.client import Cluster

STATUS = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "words"}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A server without TLS."""
    with Recorder() as server:
        yield server


@pytest.fixture
def cluster(recorder: Recorder, tmp_path: Path) -> Iterator[Cluster]:
    """Our client for that server."""
    connected = connect(ConnectionFlags(server=recorder.url), environ={"HOME": str(tmp_path)})
    yield connected
    connected.close()


@pytest.fixture
def real(plane: Plane, tmp_path: Path) -> Iterator[Cluster]:
    """Our client for a real API server."""
    flags = ConnectionFlags(kubeconfig=str(plane.admin_kubeconfig))
    connected = connect(flags, environ={"HOME": str(tmp_path)})
    yield connected
    connected.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits a tenth as long between attempts."""
    monkeypatch.setattr(retries, "_FIRST_DELAY", 0.02)


def secret(namespace: str, name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": {"n": name}},
    }


def test_pages_are_combined(real: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_pages, "PAGE", 2)
    names = [f"s{number}" for number in range(7)]
    for name in names:
        real.create(Kind.SECRET, secret(namespace, name))

    assert [name_of(item) for item in real.read_all(Kind.SECRET, namespace)] == names
    found = real.read_all(Kind.SECRET, namespace, labels="n in (s1,s3,s5)", metadata_only=True)
    assert [name_of(item) for item in found] == ["s1", "s3", "s5"]
    assert all("data" not in item for item in found)
    assert [name_of(item) for item in real.read_all(Kind.SECRET, namespace, fields="metadata.name=s6")] == ["s6"]


def test_requests_to_a_real_server(real: Cluster, namespace: str) -> None:
    key = (namespace, "x")
    real.create(Kind.SECRET, secret(*key), dry_run=True)
    with pytest.raises(NotFoundError):
        real.read(Kind.SECRET, *key)
    seen = real.create(Kind.SECRET, secret(*key))
    with pytest.raises(AlreadyExistsError):
        real.create(Kind.SECRET, secret(*key))
    changed = real.patch(Kind.SECRET, key, {"metadata": {"labels": {"n": None}}})
    assert "labels" not in mapping_at(changed, "metadata")
    with pytest.raises(ConflictError):
        real.delete(Kind.SECRET, seen)
    real.delete(Kind.SECRET, changed, dry_run=True)
    real.delete(Kind.SECRET, changed)
    with pytest.raises(NotFoundError, match='secrets "x" not found'):
        real.read(Kind.SECRET, *key)


@pytest.mark.parametrize("name", ["../x", "a/b", "a?b", "a#b", "a%2Fb", "ä", "a b"])
def test_name_is_a_single_path_segment(cluster: Cluster, recorder: Recorder, name: str) -> None:
    cluster.read(Kind.SECRET, "team-a", name)

    path = recorder.taken()[0].path
    assert path.startswith("/api/v1/namespaces/team-a/secrets/")
    assert path.count("/") == 6
    assert "?" not in path


def test_list_whose_continue_token_expired_is_read_again(cluster: Cluster, recorder: Recorder) -> None:
    items = [{"metadata": {"name": f"s{number}"}} for number in range(3)]

    def answer(_: str) -> tuple[int, Any]:
        query = parse_qs(urlsplit(recorder.requests[-1].path).query)
        if "continue" in query:
            return 410, {**STATUS, "reason": "Expired", "code": 410}
        if "limit" in query:
            return 200, {"kind": "SecretList", "metadata": {"continue": "next"}, "items": items[:2]}
        return 200, {"kind": "SecretList", "metadata": {}, "items": items}

    recorder.answer = answer
    assert [name_of(item) for item in cluster.read_all(Kind.SECRET, "team-a", labels="a=b")] == ["s0", "s1", "s2"]
    assert all("labelSelector=a%3Db" in asked.path for asked in recorder.requests)


def test_page_that_is_too_large_is_read_in_smaller_ones(
    real: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"s{number}" for number in range(9)]
    for name in names:
        real.create(Kind.SECRET, secret(namespace, name))
    whole = len(json.dumps(real.read_all(Kind.SECRET, namespace)))
    monkeypatch.setattr(list_pages, "SECRET_PAGE_BYTES", whole // 2)

    assert [name_of(item) for item in real.read_all(Kind.SECRET, namespace)] == names


def test_single_item_that_is_too_large_is_an_error(
    real: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real.create(Kind.SECRET, secret(namespace, "x"))
    monkeypatch.setattr(list_pages, "SECRET_PAGE_BYTES", 100)
    assert [name_of(item) for item in real.read_all(Kind.SECRET, namespace)] == ["x"]

    monkeypatch.setattr(list_pages, "MAX_BODY", 100)
    with pytest.raises(TooLargeError):
        real.read_all(Kind.SECRET, namespace)


def test_pages_without_end_are_an_error(cluster: Cluster, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_MOST_PAGES", 5)
    tokens = count(1)
    recorder.answer = lambda _: (200, {"kind": "SecretList", "metadata": {"continue": f"t{next(tokens)}"}, "items": []})

    with pytest.raises(ConnectError, match="more than 5 pages"):
        cluster.read_all(Kind.SECRET, "team-a")
    assert len(recorder.requests) == 5


def test_same_page_again_is_an_error(cluster: Cluster, recorder: Recorder) -> None:
    page = {"kind": "SecretList", "metadata": {"continue": "next"}, "items": []}
    recorder.answer = lambda _: (200, page)

    with pytest.raises(ConnectError, match="same page"):
        cluster.read_all(Kind.SECRET, "team-a")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_read_is_repeated_after_a_server_error(cluster: Cluster, recorder: Recorder, status: int) -> None:
    good = recorder.answer
    recorder.answer = lambda path: (status, STATUS) if len(recorder.requests) < 3 else good(path)

    cluster.read(Kind.SECRET, "team-a", "x")
    assert len(recorder.requests) == 3


@pytest.mark.usefixtures("impatient")
def test_retries_end(cluster: Cluster, recorder: Recorder) -> None:
    recorder.answer = lambda _: (500, STATUS)

    with pytest.raises(ServerError):
        cluster.read(Kind.SECRET, "team-a", "x")
    assert len(recorder.requests) == 4


def test_retries_end_with_the_requested_timeout(recorder: Recorder, tmp_path: Path) -> None:
    hasty = connect(ConnectionFlags(server=recorder.url, request_timeout="1s"), environ={"HOME": str(tmp_path)})
    recorder.answer = lambda _: (503, STATUS)
    recorder.headers = (("Retry-After", "5"),)
    began = time.monotonic()

    with closing(hasty), pytest.raises(ServerError):
        hasty.read(Kind.SECRET, "team-a", "x")
    assert len(recorder.requests) == 1
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("status", [429, 500, 503])
def test_write_is_sent_once(cluster: Cluster, recorder: Recorder, status: int) -> None:
    recorder.answer = lambda _: (status, STATUS)

    with pytest.raises((ServerError, ThrottledError)):
        cluster.create(Kind.SECRET, secret("team-a", "x"))
    assert len(recorder.requests) == 1


def test_close_ends_waiting_reads(cluster: Cluster, recorder: Recorder) -> None:
    asked = threading.Event()

    def answer(_: str) -> tuple[int, Any]:
        asked.set()
        return 503, STATUS

    recorder.answer = answer
    recorder.headers = (("Retry-After", "29"),)
    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cluster.read, Kind.SECRET, "team-a", "x")
        assert asked.wait(30)
        cluster.close()
        assert isinstance(waiting.exception(), ServerError)
    assert time.monotonic() - started < 20


def test_warning_is_reported_once(recorder: Recorder, tmp_path: Path) -> None:
    warnings: list[str] = []
    connected = connect(ConnectionFlags(server=recorder.url), environ={"HOME": str(tmp_path)}, warn=warnings.append)
    recorder.headers = (("Warning", '299 - "one"'), ("Warning", '299 - "two"'))

    with closing(connected), ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: connected.read(Kind.SECRET, "team-a", "x"), range(16)))
    assert sorted(warnings) == ["one", "two"]
