"""Who answers to which name in the box, and with what."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kubeconfig.certificates import Authority
from objects import made_up_jwt, made_up_password
from real_node import hostile
from registry.server import RegistryServer, htpasswd_line

if TYPE_CHECKING:
    from real_node.image import Image
    from real_node.runtime import Runtime

ICR, ENTITLED, TOKENS, EXPIRED, PLAIN, SILENT, DEAD = (f"127.0.1.{n}" for n in range(1, 8))
FAR = "198.51.100.1"
"""One for documentation (RFC 5737); the box has no way there."""
UNNAMED = "other-name.example"
"""A name that the certificate at its address does not have."""
NAMES = {
    ICR: ("us.icr.io", "private.us.icr.io", UNNAMED, "unknown-authority.example"),
    ENTITLED: ("cp.icr.io",),
    TOKENS: ("tokens.example",),
    EXPIRED: ("expired.example",),
    PLAIN: ("plain.example",),
    SILENT: ("silent.example",),
    DEAD: ("dead.example",),
    FAR: ("far.example",),
}
"""The names by their addresses; every other name is unknown."""
TRUSTED = {name for names in NAMES.values() for name in names} - {"unknown-authority.example"}


@dataclass(frozen=True, kw_only=True)
class Login:
    """A user and a password that a registry lets in."""

    user: str
    password: str = field(repr=False, default_factory=made_up_password)


class Stands:
    """All registries, while the `with` block runs; `directory` is empty at first.

    The one of us.icr.io lets the API key `icr` in, the one of cp.icr.io the entitlement key `entitled`.
    """

    def __init__(self, directory: Path) -> None:
        self.icr = Login(user="iamapikey")
        self.entitled = Login(user="cp", password=made_up_jwt())
        self._directory = directory
        self._authority = Authority(directory / "authority")
        self._open = ExitStack()

    def __enter__(self) -> Self:
        lines = (f"{address} {' '.join(names)}\n" for address, names in NAMES.items())
        with Path("/etc/hosts").open("a") as hosts:  # the box's own (inside.py)
            hosts.writelines(lines)
        registries = {ICR: self.icr, ENTITLED: self.entitled, EXPIRED: self.icr}
        for address, login in registries.items():
            self._open.enter_context(self._registry(address, login))
        tokens = hostile.token_login(TOKENS, self._authority.issue(TOKENS, "subjectAltName=DNS:tokens.example"))
        others = (hostile.plain(PLAIN), hostile.silent(SILENT), hostile.name_server())
        for server in (tokens, *others):
            self._open.enter_context(hostile.serving(server))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def trusted_by(self, runtime: Runtime) -> None:
        """Let the runtime take their certificates, those of one name excepted."""
        for name in TRUSTED:
            runtime.trust(name, self._authority.certificate.path)

    def hold(self, *images: Image) -> None:
        """Put images where their names say, into us.icr.io or cp.icr.io."""
        for image in images:
            host = image.name.partition("/")[0]
            login = self.entitled if host in NAMES[ENTITLED] else self.icr
            image.push(host, self._authority.certificate.path, (login.user, login.password))

    def _registry(self, address: str, login: Login) -> RegistryServer:
        names = [name for name in NAMES[address] if name != UNNAMED]
        extensions = "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)
        certificate = self._authority.issue(address, extensions, expired=address == EXPIRED)
        htpasswd = self._directory / f"{address}.htpasswd"
        htpasswd.write_text(htpasswd_line(login.user, login.password))
        return RegistryServer(
            self._directory / address,
            self._directory / f"{address}.storage",
            certificate=certificate,
            auth={"htpasswd": {"realm": "tests", "path": str(htpasswd)}},
            address=f"{address}:443",
        )
