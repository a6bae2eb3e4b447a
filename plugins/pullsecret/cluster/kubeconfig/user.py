"""The user of kubeconfig and flags as plain values; no request is sent and no program is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pullsecret.errors import ConfigError
from pullsecret.network.go_text import quoted
from pullsecret.network.tls import read_pem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.kubeconfig.yaml_file import ConfigEntry

_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    """A client certificate and its private key, both in PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ExecPlugin:
    """A credential plugin; `cluster_config` is the cluster's exec extension."""

    command: str
    api_version: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    install_hint: str = ""
    interactive_mode: str = "IfAvailable"
    provide_cluster_info: bool = False
    cluster_config: Any = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class AuthProvider:
    """A legacy auth provider of client-go; `oidc` is the only one left.

    `user` and `file` locate it in kubeconfig, so that renewed tokens can be saved there.
    """

    name: str
    config: Mapping[str, str] = field(repr=False)
    user: str = ""
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class User:
    """All credentials of a kubeconfig user; `authenticator_for` decides which are used."""

    name: str = ""
    token: str = field(default="", repr=False)
    token_file: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    key_pair: KeyPair | None = field(default=None, repr=False)
    exec_plugin: ExecPlugin | None = None
    auth_provider: AuthProvider | None = None


@dataclass(frozen=True, kw_only=True)
class Impersonation:
    """The identity to impersonate; an empty `user` means none. Keys of `extra` are as written, values in order."""

    user: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_user(user: ConfigEntry, cluster: ConfigEntry) -> User:
    """Read the user of a kubeconfig entry with its flags; raises ConfigError if it is not valid."""
    return User(
        name=user.where,
        token=user.text("token"),
        token_file=user.text("tokenFile"),
        username=user.text("username"),
        password=user.text("password"),
        key_pair=_read_key_pair(user),
        exec_plugin=_exec_plugin(user, cluster),
        auth_provider=_auth_provider(user),
    )


def impersonation_of(user: ConfigEntry) -> Impersonation:
    """The identity of `as`, `as-uid`, `as-groups` and `as-user-extra`; also over plain HTTP, as in kubectl."""
    extra = user.mapping("as-user-extra")
    return Impersonation(
        user=user.text("as"),
        uid=user.text("as-uid"),
        groups=user.texts("as-groups"),
        extra={key: extra.texts(key) for key in extra.values} if extra else {},
    )


def _read_key_pair(user: ConfigEntry) -> KeyPair | None:
    certificate = user.data("client-certificate-data") or read_pem(user.text("client-certificate"))
    if not certificate:
        return None
    return KeyPair(certificate=certificate, key=user.data("client-key-data") or read_pem(user.text("client-key")))


def _exec_plugin(user: ConfigEntry, cluster: ConfigEntry) -> ExecPlugin | None:
    plugin = user.mapping("exec")
    if plugin is None:
        return None
    version = plugin.text("apiVersion")
    if version not in {"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"}:
        raise ConfigError(f"error: exec plugin: invalid apiVersion {quoted(version)}")
    extensions = cluster.mappings("extensions")
    configs = (item.values.get("extension") for item in extensions if item.text("name") == _EXEC_EXTENSION)
    return ExecPlugin(
        command=plugin.text("command"),
        api_version=version,
        args=plugin.texts("args"),
        env={item.text("name"): item.text("value") for item in plugin.mappings("env")},
        install_hint=plugin.text("installHint"),
        interactive_mode=plugin.text("interactiveMode") or "IfAvailable",
        provide_cluster_info=plugin.flag("provideClusterInfo"),
        cluster_config=next(configs, None),
    )


def _auth_provider(user: ConfigEntry) -> AuthProvider | None:
    provider = user.mapping("auth-provider")
    if provider is None:
        return None
    config = provider.mapping("config")
    return AuthProvider(
        name=provider.text("name"),
        config={key: config.text(key) for key in config.values} if config else {},
        user=user.name,
        file=user.file,
    )
