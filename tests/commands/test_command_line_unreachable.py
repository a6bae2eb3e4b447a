"""Servers that cannot be reached or trusted: kubectl's words, at once, and exit status 1."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from kubeconfig.certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from program import Program


@contextmanager
def answering(greeting: bytes) -> Iterator[int]:
    """The port of a server that sends the same to each client and closes the connection."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        threading.Thread(target=_answer, args=(listener, greeting), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _answer(listener: socket.socket, greeting: bytes) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(4096)
                connection.sendall(greeting)


def last_line(text: str) -> str:
    """kubectl first logs the same several times."""
    return text.splitlines()[-1]


def test_closed_port_is_refused_in_kubectls_words(kubectl: Program, pullsecret: Program) -> None:
    theirs = kubectl("get", "secrets", "--server=https://127.0.0.1:1", expect=1)

    ours = pullsecret("list", "--server=https://127.0.0.1:1", expect=1)

    assert ours.stderr == f"{last_line(theirs.stderr)}\n"
    assert ours.stderr.startswith("The connection to the server 127.0.0.1:1 was refused")


def test_unknown_host_is_reported_in_kubectls_words(kubectl: Program, pullsecret: Program) -> None:
    """Without the name server in kubectl's message, which the C library does not tell."""
    theirs = last_line(kubectl("get", "secrets", "--server=https://nowhere.invalid", expect=1).stderr)

    ours = pullsecret("list", "--server=https://nowhere.invalid", expect=1)

    before, host, _ = theirs.partition("nowhere.invalid")
    assert ours.stderr.startswith(f"{before}{host}: ")
    assert ours.stderr.count("\n") == 1


def test_unknown_authority_is_reported_in_kubectls_words(kubectl: Program, pullsecret: Program, tmp_path: Path) -> None:
    flag = f"--certificate-authority={Authority(tmp_path / 'other').certificate.path}"
    theirs = kubectl("get", "secrets", flag, expect=1)

    ours = pullsecret("list", flag, expect=1)

    assert ours.stderr.startswith("Unable to connect to the server: tls: failed to verify certificate: x509: ")
    assert ours.stderr.rstrip("\n") in last_line(theirs.stderr)


def test_other_name_in_the_certificate_is_reported_in_kubectls_words(kubectl: Program, pullsecret: Program) -> None:
    theirs = kubectl("get", "secrets", "--tls-server-name=other.example", expect=1)

    ours = pullsecret("list", "--tls-server-name=other.example", expect=1)

    assert ours.stderr.partition("x509: ")[0] == last_line(theirs.stderr).partition("x509: ")[0]
    assert ours.stderr == (
        "Unable to connect to the server: tls: failed to verify certificate: "
        "x509: certificate is not valid for other.example\n"
    )


def test_server_without_tls_is_reported_in_kubectls_words(kubectl: Program, pullsecret: Program) -> None:
    with answering(b"HTTP/1.0 400 Bad Request\r\n\r\n") as port:
        flag = f"--server=https://127.0.0.1:{port}"
        theirs = kubectl("get", "secrets", flag, expect=1)

        ours = pullsecret("list", flag, expect=1)

    assert ours.stderr == f"{last_line(theirs.stderr)}\n"


def test_server_that_closes_the_connection_fails_at_once(pullsecret: Program) -> None:
    """kubectl reports the same, after most of a minute."""
    with answering(b"") as port:
        ours = pullsecret("list", f"--server=https://127.0.0.1:{port}", expect=1)

    assert ours.stderr == "Unable to connect to the server: EOF\n"


def test_server_that_is_not_an_api_server_is_reported(pullsecret: Program) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
    with answering(page) as port:
        ours = pullsecret("list", f"--server=http://127.0.0.1:{port}", expect=1)

    assert ours.stderr.startswith(
        "Unable to connect to the server: the server does not look like a Kubernetes API server"
    )


def test_server_that_never_answers_fails_in_time(pullsecret: Program) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        flags = (f"--server=https://127.0.0.1:{silent.getsockname()[1]}", "--request-timeout=300ms")
        ours = pullsecret("list", *flags, expect=1)

    assert ours.stderr.startswith("Unable to connect to the server: ")
    assert "timeout" in ours.stderr.lower()


def test_missing_context_is_reported_in_kubectls_words(kubectl: Program, pullsecret: Program) -> None:
    theirs = kubectl("create", "configmap", "x", "--context=nowhere", expect=1)

    ours = pullsecret("list", "--context=nowhere", expect=1)

    assert ours.stderr == theirs.stderr


def test_missing_kubeconfig_is_reported_in_kubectls_words(kubectl: Program, offline: Program) -> None:
    theirs = kubectl("get", "secrets", kubeconfig=offline.kubeconfig, expect=1)

    ours = offline("list", expect=1)

    assert ours.stderr.splitlines()[0] == last_line(theirs.stderr)


def test_wrong_token_is_reported_in_kubectls_words(kubectl: Program, pullsecret: Program, tmp_path: Path) -> None:
    config = json.loads(pullsecret.kubeconfig.read_text())
    config["users"][0]["user"]["token"] = "not-a-token"  # noqa: S105  that is the point
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(json.dumps(config))
    theirs = last_line(kubectl("get", "secrets", kubeconfig=kubeconfig, expect=1).stderr)

    ours = pullsecret("list", kubeconfig=kubeconfig, expect=1)

    assert ours.stderr == "error: You must be logged in to the server (Unauthorized)\n"
    assert theirs.startswith("error: You must be logged in to the server (")  # what follows depends on its version
