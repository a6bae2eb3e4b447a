"""`create --verify` and `entitled --verify`: credentials are verified before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from kubeconfig.certificates import Authority
from kubeconfig.proxyserver import ProxyServer
from objects import made_up_password
from registry.fake_server import FakeServer, Received, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.api import Api
    from program import Program, Result
    from registry.registry_setup import Registries


class Create:
    """Runs `create made` for puller, with the password in a variable."""

    def __init__(self, api: Api, program: Program, registries: Registries, namespace: str) -> None:
        self.api, self.registries = api, registries
        self._program, self._namespace = program, namespace

    def __call__(self, host: str, *words: str, expect: int, password: str = "") -> Result:
        return self._program(
            "create",
            "made",
            f"--registry={host}",
            "--username=puller",
            "--password-env=PW",
            "-n",
            self._namespace,
            *words,
            env={"PW": password or self.registries.password},
            expect=expect,
        )

    @property
    def is_made(self) -> bool:
        """Whether the secret exists."""
        return "made" in {item["metadata"]["name"] for item in self.api.list("Secret", self._namespace)}


@pytest.fixture
def create(api: Api, pullsecret: Program, registries: Registries, namespace: str) -> Create:
    return Create(api, pullsecret, registries, namespace)


def test_good_login_is_reported_and_written(create: Create) -> None:
    result = create(create.registries.token.host, "--verify", create.registries.ca_flag, expect=0)

    assert_golden("verification/good-login", result.stderr, host=create.registries.token.host)
    assert result.stdout.startswith("secret/made created")
    assert create.is_made


@pytest.mark.parametrize("mode", ["--verify", "--verify=strict", "--verify=lenient"])
def test_bad_login_writes_nothing(create: Create, mode: str) -> None:
    host = create.registries.token.host

    result = create(host, mode, "--attach", create.registries.ca_flag, password=made_up_password(), expect=1)

    assert result.stdout == ""
    assert_golden("verification/bad-login", result.stderr, host=host)
    assert not create.is_made


IMAGES = {
    "works": ("acme/app:1", 0),
    "no-permission": ("acme/other:1", 1),
    "not-found": ("acme/app:2", 1),
}


@pytest.mark.parametrize("case", IMAGES)
def test_named_image_is_verified(create: Create, case: str) -> None:
    image, status = IMAGES[case]
    full = f"{create.registries.token.host}/{image}"

    result = create(create.registries.token.host, f"--image={full}", create.registries.ca_flag, expect=status)

    assert_golden(f"verification/image-{case}", result.stderr, host=create.registries.token.host)
    assert create.is_made == (status == 0)


def test_image_of_another_registry_is_refused(create: Create) -> None:
    result = create(create.registries.token.host, "--image=nginx", create.registries.ca_flag, expect=1)

    assert_golden("verification/image-of-another-registry", result.stderr)
    assert not create.is_made


def test_unreachable_registry_writes_nothing_unless_lenient(create: Create) -> None:
    strict = create("127.0.0.1:1", "--verify", expect=1)
    is_made_strictly = create.is_made
    lenient = create("127.0.0.1:1", "--verify=lenient", expect=0)

    assert_golden("verification/unreachable-strict", strict.stderr)
    assert not is_made_strictly
    assert_golden("verification/unreachable-lenient", lenient.stderr)
    assert create.is_made


def test_dry_run_is_verified_too(create: Create) -> None:
    host = create.registries.token.host
    words = ("--dry-run=client", "--verify", create.registries.ca_flag)

    create(host, *words, password=made_up_password(), expect=1)
    create(host, *words, expect=0)

    assert not create.is_made


REFUSALS = {
    "unknown-mode": (("--verify=perhaps",), 'error: Invalid --verify value (perhaps). Must be "strict" or "lenient".'),
    "no-image": (("--image=A:b:c",), 'error: invalid --image "A:b:c": '),
    "alone": (("--insecure",), "error: --registry-ca and --insecure require --verify"),
}


@pytest.mark.parametrize(("words", "line"), REFUSALS.values(), ids=REFUSALS.keys())
def test_invalid_flag_is_refused(create: Create, words: tuple[str, ...], line: str) -> None:
    result = create("reg.example", *words, expect=1)

    assert result.stderr.startswith(line)
    assert not create.is_made


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def entitled_registry(authority: Authority) -> Iterator[FakeServer]:
    """Responds as cp.icr.io does: gives a token to the user cp, and has one entitled image."""

    def answer(received: Received) -> Reply:
        if received.path == "/oauth/token":
            return Reply(content={"token": "t"}) if received.login[0] == "cp" else Reply(status=400)
        if not received.authorization:
            header = "Bearer realm=https://cp.icr.io/oauth/token, service=registry"
            return Reply(status=401, headers=(("WWW-Authenticate", header),))
        if received.path in {"/v2/", "/v2/cp/mine/manifests/1"}:
            return Reply()
        message = "You are not authorized to access the specified resource"
        return Reply(status=403, content={"errors": [{"code": "DENIED", "message": message}]})

    with FakeServer(answer, authority.issue("cp", "subjectAltName=DNS:cp.icr.io")) as server:
        yield server


ENTITLED = {
    "login": ((), 0),
    "entitled": (("--image=cp.icr.io/cp/mine:1",), 0),
    "not-entitled": (("--image=cp.icr.io/cp/other:1",), 1),
}


@pytest.mark.parametrize("case", ENTITLED)
def test_entitlement_is_verified(
    api: Api,
    pullsecret: Program,
    namespace: str,
    authority: Authority,
    entitled_registry: FakeServer,
    case: str,
) -> None:
    words, status = ENTITLED[case]
    key = f"eyJ{made_up_password()}.a.b"

    with ProxyServer(port=int(entitled_registry.host.rpartition(":")[2])) as proxy:
        env = {"KEY": key, "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", "NO_PROXY": ""}
        ca = f"--registry-ca={authority.certificate.path}"
        result = pullsecret(
            "entitled", "--key-env=KEY", "--verify", ca, *words, "-n", namespace, env=env, expect=status
        )

    assert_golden(f"verification/entitlement-{case}", result.stderr)
    assert set(proxy.targets) == {"cp.icr.io:443"}
    assert set(entitled_registry.logins) == {("cp", key)}
    assert len(api.list("Secret", namespace)) == 1 - status
