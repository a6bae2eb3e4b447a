"""Who asks, as kubeconfig and flags tell it: plain values, no request and no program run yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pullsecret.errors import ConfigError
from pullsecret.network.tls import read_pem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.kubeconfig.entry import Fields

_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


@dataclass(frozen=True, kw_only=True)
class KeyPair:
    """A client certificate and its private key, both in PEM."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ExecPlugin:
    """A program that prints a credential; `cluster_config` is what kubeconfig's cluster keeps for it."""

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
    """One of the providers of old that client-go has built in, of which only `oidc` is left.

    `user` and `file` tell where kubeconfig has it, so that renewed tokens can go there.
    """

    name: str
    config: Mapping[str, str] = field(repr=False)
    user: str = ""
    file: str = ""


@dataclass(frozen=True, kw_only=True)
class User:
    """All ways in which a kubeconfig user may identify himself; which of them count, `authenticator_for` decides."""

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
    """As whom to act; an empty `user` means as oneself. Keys of `extra` are as written, values in their order."""

    user: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def user_of(user: Fields, cluster: Fields) -> User:
    """The user that a kubeconfig entry with its flags describes; raises ConfigError when it cannot be read."""
    return User(
        name=user.where,
        token=user.text("token"),
        token_file=user.text("tokenFile"),
        username=user.text("username"),
        password=user.text("password"),
        key_pair=_key_pair(user),
        exec_plugin=_exec_plugin(user, cluster),
        auth_provider=_auth_provider(user),
    )


def impersonation_of(user: Fields) -> Impersonation:
    """Whom `as`, `as-uid`, `as-groups` and `as-user-extra` name; over plain http, too, as kubectl does."""
    extra = user.inner("as-user-extra")
    return Impersonation(
        user=user.text("as"),
        uid=user.text("as-uid"),
        groups=user.texts("as-groups"),
        extra={key: extra.texts(key) for key in extra.values} if extra else {},
    )


def _key_pair(user: Fields) -> KeyPair | None:
    certificate = user.data("client-certificate-data") or read_pem(user.text("client-certificate"))
    if not certificate:
        return None
    return KeyPair(certificate=certificate, key=user.data("client-key-data") or read_pem(user.text("client-key")))


def _exec_plugin(user: Fields, cluster: Fields) -> ExecPlugin | None:
    plugin = user.inner("exec")
    if plugin is None:
        return None
    version = plugin.text("apiVersion")
    if version not in {"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"}:
        raise ConfigError(f'error: exec plugin: invalid apiVersion "{version}"')
    extensions = cluster.inners("extensions")
    configs = (item.values.get("extension") for item in extensions if item.text("name") == _EXEC_EXTENSION)
    return ExecPlugin(
        command=plugin.text("command"),
        api_version=version,
        args=plugin.texts("args"),
        env={item.text("name"): item.text("value") for item in plugin.inners("env")},
        install_hint=plugin.text("installHint"),
        interactive_mode=plugin.text("interactiveMode") or "IfAvailable",
        provide_cluster_info=plugin.flag("provideClusterInfo"),
        cluster_config=next(configs, None),
    )


def _auth_provider(user: Fields) -> AuthProvider | None:
    provider = user.inner("auth-provider")
    if provider is None:
        return None
    config = provider.inner("config")
    return AuthProvider(
        name=provider.text("name"),
        config={key: config.text(key) for key in config.values} if config else {},
        user=user.name,
        file=user.file,
    )
