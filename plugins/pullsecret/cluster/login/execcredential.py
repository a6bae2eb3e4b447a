"""Encodes what a credential plugin receives and parses what it prints: the two halves of an ExecCredential.

Source of rules and messages: client-go plugin/pkg/client/auth/exec/exec.go, rest/exec.go.
"""

from __future__ import annotations

import base64
import datetime as dt
import itertools
import json
import ssl
from typing import TYPE_CHECKING, Any

from pullsecret.cluster.kubeconfig.user import KeyPair
from pullsecret.cluster.login.clientcert import load_key_pair
from pullsecret.cluster.login.credential import Credential, bearer
from pullsecret.errors import ConfigError
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import ExecPlugin

_MAX_INFO = 100_000  # characters; Linux limits an environment variable to 128 KiB


class InvalidExecCredentialError(ValueError):
    """The plugin's output is not a credential; client-go's message, without quoting the output."""


def cluster_info(connection: Connection, plugin: ExecPlugin) -> dict[str, Any]:
    """The cluster information for a plugin with provideClusterInfo.

    Raises:
        ConfigError: the cluster's exec extension does not fit in an environment variable.
    """
    optional = {
        "tls-server-name": connection.trust.server_name,
        "insecure-skip-tls-verify": connection.trust.insecure,
        "certificate-authority-data": base64.b64encode(connection.trust.ca).decode("ascii"),
        "proxy-url": connection.proxy,
        "disable-compression": not connection.compression,
    }
    info = {"server": connection.server, **{key: value for key, value in optional.items() if value}}
    info["config"] = plugin.cluster_config
    _refuse_endless(info)
    return info


def _refuse_endless(info: Mapping[str, Any]) -> None:
    """Refuse an extension that YAML aliases expand without end."""
    pieces = itertools.islice(json.JSONEncoder(default=str).iterencode(info), _MAX_INFO)
    try:
        length = sum(len(piece) for piece in pieces)
    except (ValueError, RecursionError):
        length = _MAX_INFO
    if length >= _MAX_INFO:
        raise ConfigError("error: the exec extension of the cluster is too large to pass to the plugin")


def credential_in(output: bytes, api_version: str) -> tuple[Credential, dt.datetime | None]:
    """The credential that a plugin printed, and when it expires (None if not specified).

    Raises:
        InvalidExecCredentialError: it is not an ExecCredential of this version, or has no complete credential.
    """
    status = _status(_answer(output), api_version)
    token, certificate, key = (_text(status, name) for name in ("token", "clientCertificateData", "clientKeyData"))
    if not (token or certificate or key):
        raise InvalidExecCredentialError("exec plugin didn't return a token or cert/key pair")
    if bool(certificate) != bool(key):
        raise InvalidExecCredentialError("exec plugin returned only certificate or key, not both")
    pair = _check_pair(KeyPair(certificate=_pem(certificate), key=_pem(key))) if key else None
    return Credential(authorization=bearer(token) if token else "", key_pair=pair), _expiry(status)


def _pem(text: str) -> bytes:
    """The bytes of PEM text; half a surrogate pair, which JSON can contain and no PEM text has, becomes a `?`."""
    return text.encode(errors="replace")


def _answer(output: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(output)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):  # the cause would quote the output
        raise InvalidExecCredentialError(
            "decoding stdout: couldn't get version/kind; json parse error: not a JSON object"
        ) from None
    return content


def _status(answer: Mapping[str, Any], api_version: str) -> Mapping[str, Any]:
    if answer.get("kind") != "ExecCredential":
        raise InvalidExecCredentialError("decoding stdout: Object 'Kind' is missing or is not ExecCredential")
    if answer.get("apiVersion") != api_version:
        raise InvalidExecCredentialError(
            f"exec plugin is configured to use API version {api_version}, "
            f"plugin returned version {printable(str(answer.get('apiVersion')))}"
        )
    status = answer.get("status")
    if not isinstance(status, dict):
        raise InvalidExecCredentialError("exec plugin didn't return a status field")
    return status


def _text(status: Mapping[str, Any], name: str) -> str:
    value = status.get(name) or ""
    if not isinstance(value, str):
        raise InvalidExecCredentialError(f"decoding stdout: {name} is not a string")
    return value


def _check_pair(pair: KeyPair) -> KeyPair:
    try:
        load_key_pair(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pair)
    except ValueError as error:
        raise InvalidExecCredentialError(f"failed parsing client key/certificate: {error}") from error
    return pair


def _expiry(status: Mapping[str, Any]) -> dt.datetime | None:
    text = _text(status, "expirationTimestamp")
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise InvalidExecCredentialError("decoding stdout: expirationTimestamp is not a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
