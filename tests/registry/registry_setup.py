"""The registries that tests share: the same images with Basic authentication, and with a token server."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from kubeconfig.certificates import Authority
from objects import made_up_password
from registry.images import push_image
from registry.server import RegistryServer, htpasswd_line
from registry.tokenserver import ISSUER, SERVICE, TokenServer, User

if TYPE_CHECKING:
    from pathlib import Path

NAMES = "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:registry.example.com,DNS:registry.example.org"
IMAGES = ("acme/app", "acme/other", "public/app")
"""Repositories, each with the tag 1. With tokens, puller may pull the first of them, and anonymous users the last."""


class Registries:
    """Runs while the `with` block lasts, in a directory.

    `open` uses plain HTTP and allows everything; `basic` and `token` use TLS and have one user, `puller`.
    `tokens` is the token server of the latter.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.password, self.identity_token = made_up_password(), made_up_password()
        self.authority = Authority(directory / "authority")
        self.certificate = self.authority.issue("server", NAMES)
        signer = self.authority.issue("signer", "keyUsage=digitalSignature")
        puller = User(password=self.password, repositories=("acme/app",), identity_token=self.identity_token)
        self.tokens = TokenServer(self.certificate, signer, {"puller": puller}, public=("public/app",))
        self._running = ExitStack()

    @property
    def ca_flag(self) -> str:
        """The flag with which the program trusts them."""
        return f"--registry-ca={self.authority.certificate.path}"

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.enter_context(self.tokens)
            self.open = starting.enter_context(self._server("open"))
            self.digests = {repository: push_image(self.open.host, repository, "1") for repository in IMAGES}
            self.basic = starting.enter_context(self._secured("basic", {"htpasswd": self._htpasswd()}))
            self.token = starting.enter_context(self._secured("token", {"token": self._token()}))
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _server(self, name: str) -> RegistryServer:
        return RegistryServer(self.directory / name, self.directory / "storage")

    def _secured(self, name: str, auth: dict[str, object]) -> RegistryServer:
        storage = self.directory / "storage"
        return RegistryServer(self.directory / name, storage, certificate=self.certificate, auth=auth)

    def _htpasswd(self) -> dict[str, object]:
        path = self.directory / "htpasswd"
        path.write_text(htpasswd_line("puller", self.password))
        return {"realm": "tests", "path": str(path)}

    def _token(self) -> dict[str, object]:
        return {
            "realm": f"{self.tokens.url}/token",
            "service": SERVICE,
            "issuer": ISSUER,
            "rootcertbundle": str(self.authority.certificate.path),
        }
