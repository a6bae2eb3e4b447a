"""No error shows a credential, even if the server's error quotes the request; not with -v=9 either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from echoing_servers import QUOTES, EchoingServer

from control_plane.access import Access, write_kubeconfig
from kubeconfig.certificates import Authority
from objects import docker_config_secret, made_up_password, registry_entry
from planted_passwords import Planted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program
    from rights import Rights


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def echoing(authority: Authority) -> Iterator[EchoingServer]:
    with EchoingServer(authority.issue("server", "subjectAltName=IP:127.0.0.1")) as server:
        yield server


@pytest.fixture
def server(echoing: EchoingServer) -> EchoingServer:
    """The module's server as it is at first."""
    echoing.statuses, echoing.form, echoing.quote, echoing.echoes_reads = [500], "status", QUOTES["whole"], False
    return echoing


@pytest.fixture
def token() -> str:
    return made_up_password()


@pytest.fixture
def kubeconfig(server: EchoingServer, authority: Authority, token: str, tmp_path: Path) -> Path:
    return write_kubeconfig(tmp_path, Access(server=server.url, ca=authority.certificate.path, token=token))


CASES = {
    "403": ([403], "status", "whole", "Error from server (Forbidden): admission webhook denied the request: "),
    "422": ([422], "status", "whole", "Error from server (Invalid): admission webhook denied the request: "),
    "400-cut": ([400], "status", "cut", "Error from server: denied: "),
    "403-decoded": ([403], "status", "decoded", "Error from server (Forbidden): denied: "),
    "403-passwords": ([403], "status", "passwords", "Error from server (Forbidden): denied: <hidden>"),
    "500": ([500], "status", "whole", "Error from server (InternalError): admission webhook denied the request: "),
    "conflict-then-403": ([409, 403], "status", "whole", "Error from server (Forbidden): admission webhook denied "),
    "403-text": ([403], "text", "whole", "Error from server (Forbidden): "),
    "500-text": ([500], "text", "passwords", "Error from server (InternalError): an error on the server "),
    "502-json": ([502], "json", "decoded", "Error from server (InternalError): an error on the server "),
    "403-warning": ([403], "header", "whole", "Error from server (Forbidden): denied"),
    "422-warning-of-passwords": ([422], "header", "passwords", "Error from server (Invalid): denied"),
}


@pytest.mark.parametrize("case", CASES)
def test_error_that_quotes_the_request_is_shown_without_its_credentials(
    pullsecret: Program, server: EchoingServer, kubeconfig: Path, token: str, case: str
) -> None:
    statuses, form, quote, said = CASES[case]
    server.statuses, server.form, server.quote = list(statuses), form, QUOTES[quote]
    planted = Planted()
    line = (
        "create",
        "regcred",
        f"--registry={planted.server}",
        f"--username={planted.username}",
        "--password-stdin",
        "--request-timeout=2s",
    )

    result = pullsecret(*line, "-n", "a", "-v=9", kubeconfig=kubeconfig, input=planted.password, expect=1)

    assert said in result.stderr
    planted.assert_not_printed(result)
    assert token not in result.stderr


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_error_that_quotes_the_headers_is_shown_without_the_token(
    pullsecret: Program, server: EchoingServer, kubeconfig: Path, token: str, status: int
) -> None:
    server.statuses, server.echoes_reads = [status], True

    result = pullsecret("list", "-n", "a", "-v=9", kubeconfig=kubeconfig, expect=1)

    assert token not in result.stderr + result.stdout
    assert "Traceback" not in result.stderr


def test_error_that_quotes_a_copy_shows_nothing_of_the_previous_secret(
    api: Api, pullsecret: Program, namespace: str, server: EchoingServer, kubeconfig: Path
) -> None:
    planted = Planted()
    api.create(
        docker_config_secret("x", {planted.server: registry_entry(planted.username, planted.password)}), namespace
    )
    server.statuses = [422]
    source = ("--from", namespace, "--from-kubeconfig", str(pullsecret.kubeconfig))

    result = pullsecret("copy", "x", *source, "-n", "a", "-v=9", kubeconfig=kubeconfig, expect=1)

    assert "admission webhook denied" in result.stderr
    planted.assert_not_printed(result)


def test_failures_of_the_real_server_show_no_credential(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    taken, forbidden = namespaces(2)
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), taken)
    planted = Planted()
    names = (f"--username={planted.username}", f"--registry={planted.server}")
    line = ("create", "regcred", *names, "--password-stdin", "-v=9")
    unprivileged = restricted()
    runs = (
        (("-n", f"missing-{taken}"), None, "(NotFound)"),
        (("-n", taken), None, "already exists"),
        (("-n", forbidden), unprivileged, "(Forbidden)"),
        (("-n", taken, "--token=wrong"), None, "Unauthorized"),
        (("-n", taken, "-s=https://127.0.0.1:1"), None, "was refused"),
    )
    for targets, kubeconfig, said in runs:
        result = pullsecret(*line, *targets, kubeconfig=kubeconfig, input=planted.password, expect=1)
        assert said in result.stderr
        planted.assert_not_printed(result)


TLS = {
    "unknown-authority": ("--certificate-authority=@/ca.crt", "certificate signed by unknown authority"),
    "wrong-name": ("--tls-server-name=other.example", "certificate is not valid for other.example"),
}


@pytest.mark.parametrize(("flag", "said"), TLS.values(), ids=TLS.keys())
def test_tls_failure_shows_no_credential(
    pullsecret: Program, kubeconfig: Path, token: str, tmp_path: Path, flag: str, said: str
) -> None:
    other = Authority(tmp_path / "other")
    planted = Planted()
    line = (
        "create",
        "x",
        "--username=u",
        "--password-stdin",
        "-n",
        "a",
        "-v=9",
        flag.replace("@", str(other.directory)),
    )

    result = pullsecret(*line, kubeconfig=kubeconfig, input=planted.password, expect=1)

    # Another thread may log its own request after this line: the level is 9.
    error = f"Unable to connect to the server: tls: failed to verify certificate: x509: {said}"
    assert error in result.stderr.splitlines()
    planted.assert_not_printed(result)
    assert token not in result.stderr
