"""Validates a configuration before any request, as kubectl does (client-go: tools/clientcmd/validation.go)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pullsecret.errors import ConfigError
from pullsecret.model.go.printable import Printable
from pullsecret.network.go_text import os_words, quoted
from pullsecret.network.proxy import parsed_proxy_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.cluster.kubeconfig.overrides import EffectiveConfig
    from pullsecret.cluster.kubeconfig.yaml_file import ConfigEntry

_MODES = ("Never", "IfAvailable", "Always")


def refuse_unusable(config: EffectiveConfig) -> None:
    """Raise ConfigError with every problem, listed as in kubectl.

    One problem is `error: ...`; a missing context and several problems are `Error in configuration: ...`
    (kubectl: pkg/cmd/util/helpers.go, checkErr).
    """
    problems = [
        *_of_context(config),
        *_of_user(config.user_name, config.user),
        *_of_cluster(config.cluster_name, config.cluster),
    ]
    if len(problems) == 1:
        prefix = "Error in configuration" if config.missing_context else "error"
        raise ConfigError(f"{prefix}: {problems[0]}")
    if problems:
        raise ConfigError("\n* ".join(["Error in configuration: ", *map(Printable, problems)])).as_block()


def _of_context(config: EffectiveConfig) -> Iterator[str]:
    if config.missing_context:
        yield f"context was not found for specified context: {config.missing_context}"


def _of_cluster(name: str, cluster: ConfigEntry) -> Iterator[str]:
    proxy = cluster.text("proxy-url")
    if proxy:
        try:
            parsed_proxy_url(proxy)
        except ConfigError as error:
            yield f"invalid 'proxy-url' for cluster {quoted(name)}: {error.message.removeprefix('error: ')}"
    ca_file = cluster.text("certificate-authority")
    if ca_file and cluster.text("certificate-authority-data"):
        yield (
            f"certificate-authority-data and certificate-authority are both specified for {name}. "
            "certificate-authority-data will override."
        )
    yield from _check_readable("certificate-authority", ca_file, name)


def _of_user(name: str, user: ConfigEntry) -> Iterator[str]:
    if user.text("client-certificate") or user.text("client-certificate-data"):
        yield from _of_certificate(name, user)
    if user.mapping("exec") is not None:
        yield from _of_exec(name, user)
    methods = ["token"] if user.text("token") else []
    if user.text("username") or user.text("password"):
        methods.append("basicAuth")
    if len(methods) > 1:
        yield f"more than one authentication method found for {name}; found [{' '.join(methods)}], only one is allowed"
    details = user.text("as-uid") or user.texts("as-groups") or user.mapping("as-user-extra")
    if details and not user.text("as"):
        yield f"requesting uid, groups or user-extra for {name} without impersonating a user"


def _of_certificate(name: str, user: ConfigEntry) -> Iterator[str]:
    certificate, key = user.text("client-certificate"), user.text("client-key")
    if certificate and user.text("client-certificate-data"):
        yield f"client-cert-data and client-cert are both specified for {name}. client-cert-data will override."
    if key and user.text("client-key-data"):
        yield f"client-key-data and client-key are both specified for {name}; client-key-data will override"
    if not key and not user.text("client-key-data"):
        yield f"client-key-data or client-key must be specified for {name} to use the clientCert authentication method."
    yield from _check_readable("client-cert", certificate, name)
    yield from _check_readable("client-key", key, name)


def _of_exec(name: str, user: ConfigEntry) -> Iterator[str]:
    plugin, purpose = user.mapping("exec"), f"for {name} to use exec authentication plugin"
    if plugin is None:
        return
    if user.mapping("auth-provider") is not None:
        yield f"authProvider cannot be provided in combination with an exec plugin for {name}"
    if not plugin.text("command"):
        yield f"command must be specified {purpose}"
    version, mode = plugin.text("apiVersion"), plugin.text("interactiveMode")
    if not version:
        yield f"apiVersion must be specified {purpose}"
    if any(not variable.text("name") for variable in plugin.mappings("env")):
        yield f"env variable name must be specified {purpose}"
    if not mode and not version.endswith(("/v1beta1", "/v1alpha1")):  # api/v1/defaults.go: these mean IfAvailable
        yield f"interactiveMode must be specified {purpose}"
    if mode and mode not in _MODES:
        yield f"invalid interactiveMode for {name}: {quoted(mode)}"


def _check_readable(field: str, path: str, name: str) -> Iterator[str]:
    """Yield the message for a file that cannot be opened."""
    if not path:
        return
    try:
        Path(path).open("rb").close()
    except OSError as error:
        if not isinstance(error, IsADirectoryError):  # Go opens a directory and fails when it reads
            yield f"unable to read {field} {path} for {name} due to open {path}: {os_words(error)}"
