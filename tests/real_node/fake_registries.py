"""The registries in the box, with their host names and credentials."""

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

ICR, ENTITLED, TOKENS, EXPIRED, PLAIN, SILENT, DEAD, OPEN, *TEAM = (f"127.0.1.{n}" for n in range(1, 11))
"""The last two are the registries of a team, which have one login; the one before needs none."""
FAR = "198.51.100.1"
"""An address for documentation (RFC 5737); the box has no route to it."""
UNNAMED = "other-name.example"
"""A name that is not in the certificate at its address."""
NAMES = {
    ICR: ("us.icr.io", "private.us.icr.io", UNNAMED, "unknown-authority.example"),
    ENTITLED: ("cp.icr.io",),
    TOKENS: ("tokens.example",),
    EXPIRED: ("expired.example",),
    PLAIN: ("plain.example",),
    SILENT: ("silent.example",),
    DEAD: ("dead.example",),
    OPEN: ("open.example",),
    TEAM[0]: ("registry.example.com",),
    TEAM[1]: ("registry.example.org",),
    FAR: ("far.example",),
}
"""The names by address; every other name is unknown."""
TEAM_HOSTS = [name for address in TEAM for name in NAMES[address]]
TRUSTED = {name for names in NAMES.values() for name in names} - {"unknown-authority.example"}


@dataclass(frozen=True, kw_only=True)
class Login:
    """A username and a password that a registry accepts."""

    user: str
    password: str = field(repr=False, default_factory=made_up_password)


class FakeRegistries:
    """All registries, running during the `with` block; `directory` must be empty.

    The one at us.icr.io accepts the API key `icr`, the one at cp.icr.io the entitlement key `entitled`. Those of a team
    accept `robot`, until `accept` says otherwise.
    """

    def __init__(self, directory: Path) -> None:
        self.icr = Login(user="iamapikey")
        self.entitled = Login(user="cp", password=made_up_jwt())
        self.robot = Login(user="robot-1")
        self._directory = directory
        self._authority = Authority(directory / "authority")
        self._open = ExitStack()

    def __enter__(self) -> Self:
        lines = (f"{address} {' '.join(names)}\n" for address, names in NAMES.items())
        with Path("/etc/hosts").open("a") as hosts:  # that of the box (inside.py)
            hosts.writelines(lines)
        credentials = {ICR: self.icr, ENTITLED: self.entitled, EXPIRED: self.icr, **dict.fromkeys(TEAM, self.robot)}
        for address, login in {**credentials, OPEN: None}.items():
            self._open.enter_context(self._registry(address, login))
        tokens = hostile.token_login(TOKENS, self._authority.issue(TOKENS, "subjectAltName=DNS:tokens.example"))
        others = (hostile.plain(PLAIN), hostile.silent(SILENT), hostile.name_server())
        for server in (tokens, *others):
            self._open.enter_context(hostile.serving(server))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add_trust(self, runtime: Runtime) -> None:
        """Make the runtime trust their certificates, except for one name."""
        for name in TRUSTED:
            runtime.trust(name, self.authority)

    @property
    def authority(self) -> Path:
        """The certificate of the authority that signs theirs."""
        return self._authority.certificate.path

    def accept(self, *logins: Login) -> None:
        """Make the registries of the team accept these logins, and no others."""
        for address in TEAM:
            lines = (htpasswd_line(login.user, login.password) for login in logins)
            self._htpasswd(address).write_text("".join(lines))

    def push(self, *images: Image) -> None:
        """Push images to the registry in their names, us.icr.io or cp.icr.io."""
        for image in images:
            host = image.name.partition("/")[0]
            login = self.entitled if host in NAMES[ENTITLED] else self.robot if host in TEAM_HOSTS else self.icr
            image.push(host, self.authority, None if host in NAMES[OPEN] else (login.user, login.password))

    def _registry(self, address: str, login: Login | None) -> RegistryServer:
        names = [name for name in NAMES[address] if name != UNNAMED]
        extensions = "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)
        certificate = self._authority.issue(address, extensions, expired=address == EXPIRED)
        htpasswd = self._htpasswd(address)
        if login:
            htpasswd.write_text(htpasswd_line(login.user, login.password))
        return RegistryServer(
            self._directory / address,
            self._directory / f"{address}.storage",
            certificate=certificate,
            auth={"htpasswd": {"realm": "tests", "path": str(htpasswd)}} if login else None,
            address=f"{address}:443",
        )

    def _htpasswd(self, address: str) -> Path:
        return self._directory / f"{address}.htpasswd"
