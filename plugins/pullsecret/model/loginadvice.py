"""What is known to be wrong with a registry login before anybody tries it: warnings, because new forms may appear.

No text holds a password. Source: IBM Cloud documentation, Registry: "Automating access"; github.com/IBM/cloudpak8s
issue 77 (`ekey`); github.com/Yelp/detect-secrets (an API key's shape).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.model.gourl import index_key
from pullsecret.model.icr import DEFAULT_USERNAME, ENTITLED_HOSTS, is_registry_host
from pullsecret.model.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.dockerconfig import RegistryLogin

_ENTITLED_USERNAME = "cp"
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_API_KEY = re.compile(r"[A-Za-z0-9_-]{42,44}")
_RETIRED = re.compile(r"registry(?:\.[a-z-]+)?\.bluemix\.net")
_SUCCESSORS = {
    "registry.bluemix.net": "icr.io",
    "registry.ng.bluemix.net": "us.icr.io",
    "registry.eu-de.bluemix.net": "de.icr.io",
    "registry.eu-gb.bluemix.net": "uk.icr.io",
    "registry.au-syd.bluemix.net": "au.icr.io",
}
_CLOUD_TOKENS = {
    "AWS": "12 hours",
    "oauth2accesstoken": "an hour",
    "_dcgcloud_token": "an hour",
    "00000000-0000-0000-0000-000000000000": "three hours",
}
"""User names that stand for a token of Amazon's, Google's or Microsoft's registry, and how long one lives."""

_HOSTS = "\0"
"""Stands for the hosts in a warning until all that it is about are known; nothing typed can hold it."""

_HOSTS_SHOWN = 3

_SHORT_LIVED = {
    "iambearer": "an access token, which expires within the hour",
    "iamrefresh": "a session's refresh token",
}


def login_warnings(logins: Iterable[RegistryLogin]) -> tuple[str, ...]:
    """What `username_warnings` says of the logins; what it says of several hosts in the same words stands once."""
    hosts: dict[str, list[str]] = {}
    for login in logins:
        for warning in username_warnings(login):
            hosts.setdefault(warning.replace(_host(login), _HOSTS), []).append(_host(login))
    return tuple(warning.replace(_HOSTS, _listed(found)) for warning, found in hosts.items())


def _listed(hosts: Sequence[str]) -> str:
    more = f" and {len(hosts) - _HOSTS_SHOWN} more" if len(hosts) > _HOSTS_SHOWN else ""
    return ", ".join(hosts[:_HOSTS_SHOWN]) + more


def _host(login: RegistryLogin) -> str:
    return (index_key(login.server) or "").partition("/")[0]


def username_warnings(login: RegistryLogin) -> tuple[str, ...]:
    """What does not fit between host, user name and password, a sentence each; () where nothing is known."""
    host = _host(login)
    if login.username in _CLOUD_TOKENS:
        return (f"the login for {host} is a token that ends within {_CLOUD_TOKENS[login.username]}, and pulls with it",)
    if _RETIRED.fullmatch(host):
        return (f"{host} is retired: its images are at {_SUCCESSORS.get(host, 'an icr.io host')}",)
    if host in ENTITLED_HOSTS:
        return _entitled_warnings(host, login)
    if is_registry_host(host):
        return _registry_warnings(host, login)
    return ()


def _entitled_warnings(host: str, login: RegistryLogin) -> tuple[str, ...]:
    if login.username == "ekey":
        return (f'user name "ekey" logs in to {host} but cannot pull; an entitlement key goes with user name "cp"',)
    if login.username == DEFAULT_USERNAME and host == "cp.icr.io":
        return (f'{host} takes an entitlement key with user name "cp", not an API key with "{DEFAULT_USERNAME}"',)
    if login.username not in {_ENTITLED_USERNAME, DEFAULT_USERNAME}:
        return (f'user name "{shown(login.username)}" is unusual for {host}: an entitlement key goes with "cp"',)
    warning = entitlement_key_warning(login.password) if login.username == _ENTITLED_USERNAME else ""
    return (warning,) if warning else ()


def _registry_warnings(host: str, login: RegistryLogin) -> tuple[str, ...]:
    name = login.username
    if name in _SHORT_LIVED:
        return (
            f'user name "{name}" on {host} goes with {_SHORT_LIVED[name]}: pulls will begin to fail; use an API key',
        )
    if name == "token":
        return (f'registry tokens (user name "token") ended in August 2021: use an API key with "{DEFAULT_USERNAME}"',)
    if name in {_ENTITLED_USERNAME, "ekey"}:
        return (f'user name "{name}" is for the entitled registry: {host} takes an API key with "{DEFAULT_USERNAME}"',)
    if name.startswith("iam-Profile-"):
        return (f'a trusted profile\'s ID as user name on {host} begins with "Profile-", without "iam-"',)
    if name != DEFAULT_USERNAME and not name.startswith("Profile-"):
        return (f'user name "{shown(name)}" is unusual for {host}: an API key goes with "{DEFAULT_USERNAME}"',)
    return _api_key_warnings(host, login.password)


def _api_key_warnings(host: str, key: str) -> tuple[str, ...]:
    if _JWT.fullmatch(key):
        return (f"the password for {host} looks like a token or an entitlement key, not like an API key",)
    if not _API_KEY.fullmatch(key):
        return (f"the password for {host} does not look like an API key: 44 letters, digits, _ or -; is it complete?",)
    return ()


def entitlement_key_problem(key: str) -> str:
    """Why a key cannot be an entitlement key, or "": white space inside it comes from copying it in pieces."""
    return "the entitlement key holds white space: copy it again in one piece" if re.search(r"\s", key) else ""


def entitlement_key_warning(key: str) -> str:
    """What makes a key unlikely to be an entitlement key, or ""."""
    if _JWT.fullmatch(key):
        return ""
    return "this does not look like an entitlement key: those begin with eyJ and have three parts between dots"
