"""A real registry whose token server asks the stand-in's IAM: what IAM made is what it accepts, after a while."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from kubeconfig.proxyserver import ProxyServer
from pullsecret.model.images.icr import REGIONS
from registry.images import push_image
from registry.server import RegistryServer
from registry.tokenserver import ISSUER, SERVICE, TokenServer, User

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from ibmcloud_api.cloud import IbmCloud
    from kubeconfig.certificates import Authority
    from registry.fake_server import Received

LOCATION = "us-south"
"""The one region that the registry plays, under the hosts of all regions."""

IMAGES = ("team-a/app", "team-b/app")
HOSTS = tuple(host for region in REGIONS for host in (region.host, region.private_host))
_TOKENS = "tokens.icr.io"
NAMES = ",".join(["subjectAltName=IP:127.0.0.1", *(f"DNS:{host}" for host in (*HOSTS, _TOKENS))])


class IamTokenServer(TokenServer):
    """Accepts living API keys, each after having refused it `delay` times; grants what the policies allow.

    A policy counts once `policy_delay` logins have come that it did not count for.
    """

    def __init__(self, cloud: IbmCloud, authority: Authority) -> None:
        self._cloud, self.delay, self.policy_delay, self._asked = cloud, 0, 0, dict[str, int]()
        super().__init__(
            authority.issue("tokens", NAMES), authority.issue("token-signer", "keyUsage=digitalSignature"), {}
        )

    def _user(self, received: Received, _form: object) -> User | None:
        username, password = received.login
        key = self._cloud.identity.authenticated(password)
        owner = "" if key is None else str(key["iam_id"])
        is_trusted = owner in self._cloud.identity.trusted.get(username, ())
        if not owner or not (username == "iamapikey" or is_trusted) or self._count(password) <= self.delay:
            return None
        identity = f"iam-{username}" if is_trusted else owner
        policies = self._cloud.policies
        new = {number for number in (*policies.policies,) if self._count(number) <= self.policy_delay}
        return User(
            password=password,
            repositories=tuple(
                one for one in IMAGES if policies.allows(identity, LOCATION, one.partition("/")[0], besides=new)
            ),
        )

    def _count(self, what: str) -> int:
        """How often a key or a policy was seen, now included."""
        self._asked[what] = self._asked.get(what, 0) + 1
        return self._asked[what]


class Proxy(ProxyServer):
    """Leads the hosts of the registry and its token server to them; everything else is refused."""

    def __init__(self, registry: int, tokens: int) -> None:
        super().__init__()
        self._ports = {f"{host}:443": registry for host in HOSTS} | {f"{_TOKENS}:443": tokens}

    def _lead(self, client: socket.socket, target: str, word: bytes) -> None:
        if target not in self._ports:
            client.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        super()._lead(client, f"127.0.0.1:{self._ports[target]}", word)


class CloudRegistry:
    """The registry, its token server, and the proxy through which the hosts of IBM Cloud's registry lead to it."""

    def __init__(self, cloud: IbmCloud, directory: Path, authority: Authority) -> None:
        self._directory, self._authority, self._cloud = directory, authority, cloud
        self.tokens = IamTokenServer(cloud, authority)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            storage = self._directory / "storage"
            open_server = starting.enter_context(RegistryServer(self._directory / "open", storage))
            for repository in IMAGES:
                push_image(open_server.host, repository, "1")
            starting.enter_context(self.tokens)
            auth = {
                "realm": f"https://{_TOKENS}/token",
                "service": SERVICE,
                "issuer": ISSUER,
                "rootcertbundle": str(self._authority.certificate.path),
            }
            certificate = self._authority.issue("icr", NAMES)
            server = RegistryServer(self._directory / "icr", storage, certificate=certificate, auth={"token": auth})
            port = int(starting.enter_context(server).host.rpartition(":")[2])
            self.proxy = starting.enter_context(Proxy(port, self.tokens.port))
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
