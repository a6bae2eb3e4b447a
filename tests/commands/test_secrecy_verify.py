"""Verified credentials are sent to the registry and its token server only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubeconfig.proxyserver import ProxyServer
from objects import docker_config_secret, pod, registry_entry
from planted_passwords import Planted
from registry.answers import challenged, error, moved
from registry.fake_server import FakeServer, Received, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api
    from program import Program, Result
    from registry.registry_setup import Registries


class ObservedServers:
    """A registry that refuses, quotes or redirects; its token server; and others, who must not see the credential."""

    def __init__(self, registries: Registries, planted: Planted) -> None:
        self.ca_flag, self.planted = registries.ca_flag, planted
        self.elsewhere = FakeServer(lambda _: challenged("Basic realm=elsewhere"), registries.certificate)
        self.tokens = FakeServer(self._token, registries.certificate)
        self.registry = FakeServer(self._answer, registries.certificate)
        self.proxy = ProxyServer()

    def _token(self, received: Received) -> Reply:
        if received.login != (self.planted.username, self.planted.password):
            return error(401, f"not {received.authorization}", **{"X-Reply": received.authorization})
        return Reply(content={"token": f"token-{self.planted.password.encode().hex()}"})

    def _answer(self, received: Received) -> Reply:
        if not received.authorization:
            return challenged(f"Bearer realm={self.tokens.url}/token, service=registry")
        if received.path.startswith("/v2/moved/"):
            return moved(f"{self.elsewhere.url}{received.path}")
        if received.path.startswith("/v2/quoting/"):
            return error(403, f"not with {self.planted.password}", **{"X-Reply": received.authorization})
        return Reply()

    @property
    def images(self) -> list[str]:
        """Each way to be treated."""
        return [f"{self.registry.host}/{name}/app:1" for name in ("good", "moved", "quoting")]

    def assert_only_they_saw_it(self) -> None:
        """The token server got the credentials, the registry tokens, and the other servers neither."""
        assert {received.login for received in self.tokens.received} == {(self.planted.username, self.planted.password)}
        assert {received.authorization.partition(" ")[0] for received in self.registry.received} == {"", "Bearer"}
        assert self.elsewhere.received
        for received in (*self.elsewhere.received, *self.registry.received):
            self.planted.assert_absent(received.text, received.path)
        assert not [received for received in self.elsewhere.received if received.authorization]
        assert self.proxy.targets == []


@pytest.fixture
def observed(registries: Registries) -> Iterator[ObservedServers]:
    made = ObservedServers(registries, Planted())
    with made.elsewhere, made.tokens, made.registry, made.proxy:
        yield made


def run(program: Program, observed: ObservedServers, *words: str, namespace: str, status: int = 1) -> Result:
    env = {
        "PW": observed.planted.password,
        "HTTPS_PROXY": f"http://127.0.0.1:{observed.proxy.port}",
        "TMPDIR": str(program.home),
    }
    return program(*words, observed.ca_flag, "-n", namespace, "-v=9", env=env, expect=status)


@pytest.mark.parametrize("form", ["", "-o=json", "-o=yaml", "-o=name"])
def test_verify_sends_credentials_to_no_one_else(
    api: Api, pullsecret: Program, namespace: str, observed: ObservedServers, form: str
) -> None:
    entry = registry_entry(observed.planted.username, observed.planted.password)
    api.create(docker_config_secret("regcred", {observed.registry.host: entry}), namespace)
    for number, image in enumerate(observed.images):
        api.create(pod(f"p{number}", image, "no-such-node", pull_secrets=["regcred"]), namespace)

    result = run(pullsecret, observed, "verify", *filter(None, [form]), namespace=namespace, status=2)

    assert "regcred" in result.stdout
    assert "/v2/good/app/manifests/1 200 OK" in result.stderr
    observed.planted.assert_not_printed(result)
    observed.planted.assert_not_left_in(pullsecret.home)
    observed.assert_only_they_saw_it()


def test_create_sends_credentials_to_no_one_else(
    api: Api, pullsecret: Program, namespace: str, observed: ObservedServers
) -> None:
    images = [f"--image={image}" for image in observed.images]
    identity = (f"--username={observed.planted.username}", "--password-env=PW")

    result = run(
        pullsecret,
        observed,
        "create",
        "made",
        f"--registry={observed.registry.host}",
        *identity,
        *images,
        namespace=namespace,
    )

    assert "nothing was written" in result.stderr
    assert api.list("Secret", namespace) == []
    observed.planted.assert_not_printed(result)
    observed.assert_only_they_saw_it()


def test_rejected_credentials_are_not_quoted(pullsecret: Program, namespace: str, observed: ObservedServers) -> None:
    words = (
        "create",
        "made",
        f"--registry={observed.registry.host}",
        "--username=another",
        "--password-env=PW",
        "--verify",
    )

    result = run(pullsecret, observed, *words, namespace=namespace)

    assert "bad credential: not Basic <hidden>" in result.stderr
    observed.planted.assert_not_printed(result)
