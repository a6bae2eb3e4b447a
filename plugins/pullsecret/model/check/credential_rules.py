"""PS301 to PS307: credentials that are known to be wrong before anyone tries them; warnings, as new forms may appear.

No message has a password. Source: IBM Cloud documentation, Registry: "Automating access"; github.com/IBM/cloudpak8s
issue 77 (`ekey`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import SECRET_ADVICE, recreated_secret
from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.check.secret import of_content
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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pullsecret.model.check.secret import CheckedSecret, SecretContent
    from pullsecret.model.images.dockerconfig import RegistryEntry

_ENTITLED_USERNAME = "cp"
_PLACEHOLDER = re.compile(r"\$[A-Z_][A-Z0-9_]*|\$?\{\{? ?[A-Za-z_.]+ ?\}?\}|<[A-Za-z _-]+>|null|None|undefined")
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


@dataclass(frozen=True, kw_only=True)
class CredentialProblem:
    """What is wrong with the credentials of an entry."""

    fault: CredentialFault
    message: str


@lru_cache(maxsize=1024)
def credential_problem(entry: RegistryEntry) -> CredentialProblem | None:
    """What does not fit between host, username and password, or None; incomplete credentials are another rule's."""
    if not (entry.username and entry.password):
        return None
    return _whitespace(entry) or _placeholder(entry) or _misfit(entry)


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
    if entry.username != entry.username.strip():
        return "the username begins or ends with whitespace, which is sent to the registry"
    if entry.username in _GOOGLE_KEYS or entry.password.lstrip().startswith("{"):
        return ""
    if "\n" in entry.password.strip():
        return f"the password has {entry.password.strip().count(chr(10)) + 1} lines"
    if entry.password.endswith("\n"):
        return "the password ends with a newline, which is sent to the registry"
    if entry.password != entry.password.strip():
        return "the password begins or ends with whitespace, which is sent to the registry"
    return ""


def _placeholder(entry: RegistryEntry) -> CredentialProblem | None:
    if _PLACEHOLDER.fullmatch(entry.password):
        return _problem(CredentialFault.PLACEHOLDER, "the password is an unexpanded placeholder")
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
        return _problem(fault, f'unexpected {_shown_username(name)}; use "cp" with an entitlement key')
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
    if misfit := _icr_username_misfit(name):
        return _problem(CredentialFault.ICR_USERNAME, misfit)
    if is_web_token(entry.password):
        message = "the password looks like a token or an entitlement key, not like an API key"
        return _problem(CredentialFault.NOT_AN_API_KEY, message)
    if not is_api_key(entry.password):
        message = "the password does not look like an API key (44 letters, digits, _ or -; truncated?)"
        return _problem(CredentialFault.NOT_AN_API_KEY, message)
    return None


def _icr_username_misfit(name: str) -> str:
    if name == "token":
        return f'registry tokens (username "token") ended in August 2021; use an API key with "{DEFAULT_USERNAME}"'
    if name in {_ENTITLED_USERNAME, "ekey"}:
        return f'username "{name}" is for the entitled registry; use "{DEFAULT_USERNAME}" with an API key'
    if name.startswith("iam-Profile-"):
        return 'the ID of a trusted profile as username begins with "Profile-", without "iam-"'
    if name != DEFAULT_USERNAME and not name.startswith("Profile-"):
        return f'unexpected {_shown_username(name)}; use "{DEFAULT_USERNAME}" with an API key'
    return ""


def _shown_username(username: str) -> str:
    """A username as a message repeats it; not where it may be the password."""
    return (
        "username (it looks like a key)" if looks_like_a_credential(username) else f'username "{printable(username)}"'
    )


def _entries_with(fault: CredentialFault) -> Callable[[CheckedSecret], Iterable[Match]]:
    @of_content
    def condition(content: SecretContent) -> Iterator[Match]:
        for entry in content.registries.entries:
            problem = credential_problem(entry)
            if problem and problem.fault is fault:
                yield Match(message=problem.message, keys=(entry.server,))

    return condition


def _rule(code: str, fault: CredentialFault, *, title: str, explanation: str) -> Rule[CheckedSecret]:
    return Rule(
        code=code,
        severity=Severity.WARNING,
        title=title,
        explanation=explanation,
        condition=_entries_with(fault),
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    )


CREDENTIAL_RULES: tuple[Rule[CheckedSecret], ...] = (
    _rule(
        "PS301",
        CredentialFault.ICR_USERNAME,
        title="Unexpected username for IBM Cloud Container Registry",
        explanation=(
            "Use an API key with `iamapikey`, or with the ID of a trusted profile (`Profile-...`). `cp` and `ekey` are "
            "for entitlement keys, and the registry tokens of username `token` ended in August 2021."
        ),
    ),
    _rule(
        "PS302",
        CredentialFault.ENTITLED_USERNAME,
        title="Unexpected username for the entitled registry",
        explanation=(
            "Use an entitlement key with `cp`. `ekey` logs in but cannot pull; an API key with `iamapikey` is rejected."
        ),
    ),
    _rule(
        "PS303",
        CredentialFault.SESSION,
        title="Session credentials",
        explanation=(
            "`iambearer` belongs to an access token, which is valid for one hour, and `iamrefresh` to the token that "
            "`ibmcloud cr login` stores. In a secret both stop working. Use an API key."
        ),
    ),
    _rule(
        "PS304",
        CredentialFault.NOT_AN_API_KEY,
        title="Password does not look like an API key",
        explanation=(
            "API keys of IBM Cloud have 44 letters, digits, `_` or `-`. A shorter one is truncated, a longer one has "
            "something appended (`Cg==` is a newline in base64), and a token with dots is another kind of key."
        ),
    ),
    _rule(
        "PS305",
        CredentialFault.NOT_AN_ENTITLEMENT_KEY,
        title="Password does not look like an entitlement key",
        explanation=(
            "Entitlement keys are JSON web tokens: they begin with `eyJ` and have three parts separated by dots."
        ),
    ),
    _rule(
        "PS306",
        CredentialFault.WHITESPACE,
        title="Whitespace in username or password",
        explanation=(
            "It is sent to the registry, which answers 401. Usually it is the newline of a file or of `echo`. (The "
            "JSON key of a Google service account may contain newlines.)"
        ),
    ),
    _rule(
        "PS307",
        CredentialFault.PLACEHOLDER,
        title="Placeholder instead of a password",
        explanation=(
            "The password is the name of a variable, a word in angle brackets, or `null`: a script wrote it before it "
            "had a value."
        ),
    ),
)
