"""What is known to be wrong with a login before anybody tries it: warnings, because new forms may appear.

No text holds a password. Source: IBM Cloud documentation, Registry: "Automating access"; github.com/IBM/cloudpak8s
issue 77 (`ekey`); github.com/Yelp/detect-secrets (an API key's shape).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Problem
from pullsecret.model.check.retired import is_retired
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.icr import DEFAULT_USERNAME, ENTITLED_HOSTS, is_registry_host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.images.dockerconfig import RegistryEntry

ENTITLED_USERNAME = "cp"
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_API_KEY = re.compile(r"[A-Za-z0-9_-]{42,44}")
_PLACEHOLDER = re.compile(r"\$[A-Z_][A-Z0-9_]*|\$?\{\{? ?[A-Za-z_.]+ ?\}?\}|<[A-Za-z _-]+>|null|None|undefined")
_GOOGLE_KEYS = frozenset({"_json_key", "_json_key_base64"})
_SHORT_LIVED = {
    "iambearer": "an access token, which expires within the hour",
    "iamrefresh": "a session's refresh token",
}


def credential_problems(entry: RegistryEntry) -> Iterator[Problem]:
    """What does not fit between host, user name and password; half a login is another rule's."""
    if not (entry.username and entry.password):
        return
    found = _white_space(entry) or _placeholder(entry) or _misfit(entry)
    if found:
        code, message = found
        yield Problem(code=code, message=message, registries=(entry.server,))


def host_of(entry: RegistryEntry) -> str:
    """The host that the kubelet compares, with its port; "" for a key that it cannot parse."""
    return (index_key(entry.server) or "").partition("/")[0]


def looks_like_a_credential(text: str) -> bool:
    """Whether a text has the shape of an IBM key or of a token, so that it is better not shown."""
    return bool(_JWT.fullmatch(text) or _API_KEY.fullmatch(text))


def _white_space(entry: RegistryEntry) -> tuple[str, str] | None:
    if entry.username != entry.username.strip():
        return "PS306", "the user name begins or ends with white space, which is sent as it stands"
    if entry.username in _GOOGLE_KEYS or entry.password.lstrip().startswith("{"):
        return None
    if "\n" in entry.password.strip():
        return "PS306", f"the password has {entry.password.strip().count(chr(10)) + 1} lines"
    if entry.password.endswith("\n"):
        return "PS306", "the password ends with a newline, which is sent as part of it"
    if entry.password != entry.password.strip():
        return "PS306", "the password begins or ends with white space, which is sent as it stands"
    return None


def _placeholder(entry: RegistryEntry) -> tuple[str, str] | None:
    if _PLACEHOLDER.fullmatch(entry.password):
        return "PS307", "the password is a placeholder: what was to stand for it was never filled in"
    return None


def _misfit(entry: RegistryEntry) -> tuple[str, str] | None:
    host = host_of(entry)
    if is_retired(host):
        return None
    if host in ENTITLED_HOSTS:
        return _entitled_misfit(host, entry)
    return _registry_misfit(entry) if is_registry_host(host) else None


def _entitled_misfit(host: str, entry: RegistryEntry) -> tuple[str, str] | None:
    name = entry.username
    if name == "ekey":
        return "PS302", 'user name "ekey" logs in but cannot pull; an entitlement key goes with user name "cp"'
    if name == DEFAULT_USERNAME and host == "cp.icr.io":
        return "PS302", f'the password here is an entitlement key with user name "cp", not an API key with "{name}"'
    if name not in {ENTITLED_USERNAME, DEFAULT_USERNAME}:
        return "PS302", f'{_named(name)} is unusual here: an entitlement key goes with "cp"'
    if name == ENTITLED_USERNAME and not _JWT.fullmatch(entry.password):
        return "PS305", f"the password {_UNLIKE_ENTITLEMENT}"
    return None


def _registry_misfit(entry: RegistryEntry) -> tuple[str, str] | None:
    name = entry.username
    if name in _SHORT_LIVED:
        return "PS303", f'user name "{name}" goes with {_SHORT_LIVED[name]}: pulls will begin to fail; use an API key'
    if misfit := _registry_username_misfit(name):
        return "PS301", misfit
    if _JWT.fullmatch(entry.password):
        return "PS304", "the password looks like a token or an entitlement key, not like an API key"
    if not _API_KEY.fullmatch(entry.password):
        return "PS304", "the password does not look like an API key: 44 letters, digits, _ or -; is it complete?"
    return None


def _registry_username_misfit(name: str) -> str:
    if name == "token":
        return f'registry tokens (user name "token") ended in August 2021: use an API key with "{DEFAULT_USERNAME}"'
    if name in {ENTITLED_USERNAME, "ekey"}:
        return f'user name "{name}" is for the entitled registry; here an API key goes with "{DEFAULT_USERNAME}"'
    if name.startswith("iam-Profile-"):
        return 'a trusted profile\'s ID as user name begins with "Profile-", without "iam-"'
    if name != DEFAULT_USERNAME and not name.startswith("Profile-"):
        return f'{_named(name)} is unusual here: an API key goes with "{DEFAULT_USERNAME}"'
    return ""


def _named(username: str) -> str:
    """A user name to be shown; not where somebody took it for the place of the password."""
    if looks_like_a_credential(username):
        return "the user name, which looks like a key,"
    return f'user name "{printable(username)}"'


_UNLIKE_ENTITLEMENT = "does not look like an entitlement key: those begin with eyJ and have three parts between dots"


def entitlement_key_problem(key: str) -> str:
    """Why a key cannot be an entitlement key, or "": white space inside it comes from copying it in pieces."""
    return "the entitlement key holds white space: copy it again in one piece" if re.search(r"\s", key) else ""
