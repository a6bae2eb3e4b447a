"""What is known to be wrong with a username and a password for a host, before anyone tries them.

No message has a password. Source: IBM Cloud documentation, Registry: "Automating access"; github.com/IBM/cloudpak8s
issue 77 (`ekey`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.icr import (
    DEFAULT_USERNAME,
    ENTITLED_HOSTS,
    is_api_key,
    is_registry_host,
    is_retired_host,
    is_web_token,
    looks_like_a_credential,
)
from pullsecret.model.images.placeholder import has_placeholder, is_placeholder
from pullsecret.model.images.usernames import username_changed_by_shell

if TYPE_CHECKING:
    from pullsecret.model.images.dockerconfig import RegistryEntry

_ENTITLED_USERNAME = "cp"
BYTE_ORDER_MARK = "\ufeff"
"""What some editors, and pipes of PowerShell, put before UTF-8 text."""
_GOOGLE_KEYS = frozenset({"_json_key", "_json_key_base64"})
_SESSION_TOKENS = {
    "iambearer": "an access token, which expires within the hour",
    "iamrefresh": "the refresh token of a session",
}


class CredentialFault(Enum):
    """What can be wrong with a username and a password."""

    WHITESPACE = "whitespace"
    PLACEHOLDER = "placeholder"
    ICR_USERNAME = "username for IBM Cloud Container Registry"
    ENTITLED_USERNAME = "username for the entitled registry"
    SESSION = "session credentials"
    NOT_AN_API_KEY = "not an API key"
    NOT_AN_ENTITLEMENT_KEY = "not an entitlement key"
    SHELL = "username changed by the shell"
    UNSUPPORTED = "unsupported kind of token"


@dataclass(frozen=True, kw_only=True)
class CredentialProblem:
    """What is wrong with the credentials of an entry."""

    fault: CredentialFault
    message: str


def credential_problem(entry: RegistryEntry) -> CredentialProblem | None:
    """What does not fit between host, username and password, or None; incomplete credentials are another rule's."""
    if not (entry.username and entry.password):
        return None
    rules = (_whitespace, _placeholder, _changed_by_shell, _unsupported, _misfit)
    return next(filter(None, (rule(entry) for rule in rules)), None)


def host_of(entry: RegistryEntry) -> str:
    """The host that the kubelet compares, with its port; "" for a key that it cannot parse."""
    return (index_key(entry.server) or "").partition("/")[0]


def entitlement_key_problem(key: str) -> str:
    """Why a text cannot be an entitlement key, or ""; whitespace inside it comes from copying it in pieces."""
    return "the entitlement key contains whitespace: copy it again in one piece" if re.search(r"\s", key) else ""


def _problem(fault: CredentialFault, message: str) -> CredentialProblem:
    return CredentialProblem(fault=fault, message=message)


def _whitespace(entry: RegistryEntry) -> CredentialProblem | None:
    message = _whitespace_message(entry)
    return _problem(CredentialFault.WHITESPACE, message) if message else None


def _whitespace_message(entry: RegistryEntry) -> str:
    for place, text in (("username", entry.username), ("password", entry.password)):
        if text.startswith(BYTE_ORDER_MARK):
            return f"the {place} begins with a byte order mark, which is sent to the registry"
    if entry.username != entry.username.strip():
        return "the username begins or ends with whitespace, which is sent to the registry"
    if entry.username in _GOOGLE_KEYS or entry.password.lstrip().startswith("{"):
        return ""
    return _marks_around(entry.password)


def _marks_around(password: str) -> str:
    if lines := password.strip().count("\n"):
        return f"the password has {lines + 1} lines"
    if password.endswith("\n"):
        return "the password ends with a newline, which is sent to the registry"
    if password != password.strip():
        return "the password begins or ends with whitespace, which is sent to the registry"
    is_quoted = len(password) > len('""') and password[0] == password[-1] in {'"', "'"}
    return "the password is enclosed in quotation marks, which are sent to the registry" if is_quoted else ""


def _placeholder(entry: RegistryEntry) -> CredentialProblem | None:
    if is_placeholder(entry.password):
        return _problem(CredentialFault.PLACEHOLDER, "the password is an unexpanded placeholder")
    if has_placeholder(entry.username):
        return _problem(CredentialFault.PLACEHOLDER, "the username is an unexpanded placeholder")
    return None


def _changed_by_shell(entry: RegistryEntry) -> CredentialProblem | None:
    if change := username_changed_by_shell(entry.username, host_of(entry)):
        return _problem(CredentialFault.SHELL, f"{_shown_username(entry)} {change}")
    return None


def _unsupported(entry: RegistryEntry) -> CredentialProblem | None:
    if host_of(entry) == "ghcr.io" and entry.password.startswith("github_pat_"):
        message = "the password is a fine-grained token, which this registry does not accept; use a classic one"
        return _problem(CredentialFault.UNSUPPORTED, message)
    return None


def _misfit(entry: RegistryEntry) -> CredentialProblem | None:
    host = host_of(entry)
    if is_retired_host(host):
        return None
    if host in ENTITLED_HOSTS:
        return _entitled_misfit(host, entry)
    return _icr_misfit(entry) if is_registry_host(host) else None


def _entitled_misfit(host: str, entry: RegistryEntry) -> CredentialProblem | None:
    name, fault = entry.username, CredentialFault.ENTITLED_USERNAME
    if name == "ekey":
        return _problem(fault, 'username "ekey" logs in but cannot pull; use "cp" with an entitlement key')
    if name == DEFAULT_USERNAME and host == "cp.icr.io":
        return _problem(fault, f'use an entitlement key with username "cp" here, not an API key with "{name}"')
    if name not in {_ENTITLED_USERNAME, DEFAULT_USERNAME}:
        return _problem(fault, f'unexpected {_shown_username(entry)}; use "cp" with an entitlement key')
    if name == _ENTITLED_USERNAME and not is_web_token(entry.password):
        return _problem(CredentialFault.NOT_AN_ENTITLEMENT_KEY, f"the password {_UNLIKE_ENTITLEMENT}")
    return None


_UNLIKE_ENTITLEMENT = (
    "does not look like an entitlement key, which begins with eyJ and has three parts separated by dots"
)


def _icr_misfit(entry: RegistryEntry) -> CredentialProblem | None:
    name = entry.username
    if name in _SESSION_TOKENS:
        message = f'username "{name}" belongs to {_SESSION_TOKENS[name]}: pulls will start to fail; use an API key'
        return _problem(CredentialFault.SESSION, message)
    if misfit := _icr_username_misfit(entry):
        return _problem(CredentialFault.ICR_USERNAME, misfit)
    if is_web_token(entry.password):
        message = "the password looks like a token or an entitlement key, not like an API key"
        return _problem(CredentialFault.NOT_AN_API_KEY, message)
    if not is_api_key(entry.password):
        message = "the password does not look like an API key (44 letters, digits, _ or -; truncated?)"
        return _problem(CredentialFault.NOT_AN_API_KEY, message)
    return None


def _icr_username_misfit(entry: RegistryEntry) -> str:
    name = entry.username
    if name == "token":
        return f'registry tokens (username "token") ended in August 2021; use an API key with "{DEFAULT_USERNAME}"'
    if name in {_ENTITLED_USERNAME, "ekey"}:
        return f'username "{name}" is for the entitled registry; use "{DEFAULT_USERNAME}" with an API key'
    if name.startswith("iam-Profile-"):
        return 'the ID of a trusted profile as username begins with "Profile-", without "iam-"'
    if name != DEFAULT_USERNAME and not name.startswith("Profile-"):
        return f'unexpected {_shown_username(entry)}; use "{DEFAULT_USERNAME}" with an API key'
    return ""


def _shown_username(entry: RegistryEntry) -> str:
    """A username as a message repeats it; not where it is the password, or may be one."""
    if entry.username == entry.password:
        return "username (it is the password)"
    if looks_like_a_credential(entry.username):
        return "username (it looks like a key)"
    return f'username "{printable(entry.username)}"'
