"""IBM Cloud Container Registry: the hosts of its regions, and the username for its API keys.

Source: IBM Cloud documentation, Registry: "Regions", "Automating access" (August 2026).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_USERNAME = "iamapikey"
ALL_ICR_IO = "all-icr-io"
"""The secret for all of the registry's hosts that IBM Cloud creates in namespace `default` of its clusters."""

ENTITLED_HOSTS = ("cp.icr.io", "cp.stg.icr.io")
_RETIRED = re.compile(r"registry(?:\.[a-z-]+)?\.bluemix\.net")
_SUCCESSORS = {
    "registry.bluemix.net": "icr.io",
    "registry.ng.bluemix.net": "us.icr.io",
    "registry.eu-de.bluemix.net": "de.icr.io",
    "registry.eu-gb.bluemix.net": "uk.icr.io",
    "registry.au-syd.bluemix.net": "au.icr.io",
}
_PROFILE_PREFIX = "Profile-"
_PRIVATE_PREFIX = "private."


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region of the registry: its location (`us-south`), its public host (`us.icr.io`), its former name or ""."""

    location: str
    host: str
    former: str = ""

    @property
    def short(self) -> str:
        """The first part of the host: `us`; `global` for icr.io."""
        return self.host.removesuffix("icr.io").rstrip(".") or "global"

    @property
    def private_host(self) -> str:
        """The same registry over IBM Cloud's private network: `private.us.icr.io`."""
        return f"{_PRIVATE_PREFIX}{self.host}"


REGIONS = (
    Region(location="global", host="icr.io"),
    Region(location="au-syd", host="au.icr.io", former="ap-south"),
    Region(location="br-sao", host="br.icr.io"),
    Region(location="ca-mon", host="ca2.icr.io"),
    Region(location="ca-tor", host="ca.icr.io"),
    Region(location="eu-de", host="de.icr.io", former="eu-central"),
    Region(location="eu-es", host="es.icr.io"),
    Region(location="eu-gb", host="uk.icr.io", former="uk-south"),
    Region(location="in-che", host="in.icr.io"),
    Region(location="in-mum", host="in2.icr.io"),
    Region(location="jp-osa", host="jp2.icr.io"),
    Region(location="jp-tok", host="jp.icr.io", former="ap-north"),
    Region(location="us-south", host="us.icr.io"),
)


def hosts(regions: Sequence[str], *, private: bool) -> tuple[str, ...]:
    """The hosts for `--icr REGION`, each once, in the order given; `all` is every region.

    A region may be `us`, `us-south`, `us.icr.io` or a former name. With `private`, the hosts are the private ones, for
    `all`, too; a full private name is used as it is: `--icr us --icr private.us.icr.io` is both.

    Raises UsageError, with the known regions, for any other word.
    """
    found = [host for region in regions for host in _hosts_of(region.lower(), private=private)]
    return tuple(dict.fromkeys(found))


def locations_of(regions: Sequence[str]) -> tuple[str, ...]:
    """The locations of regions in any of their names, each once: `us-south`, `global`; none for `all`.

    Raises UsageError, with the known regions, for any other word.
    """
    if "all" in regions:
        return ()
    by_host = {region.host: region.location for region in REGIONS}
    return tuple(dict.fromkeys(by_host[host] for host in hosts(regions, private=False)))


def _hosts_of(word: str, *, private: bool) -> list[str]:
    if word == "all":
        return [region.private_host if private else region.host for region in REGIONS]
    is_private = private or word.startswith(_PRIVATE_PREFIX)
    for region in REGIONS:
        if word in {region.location, region.short, region.host, region.former or None, region.private_host}:
            return [region.private_host if is_private else region.host]
    raise _unknown_region(word)


def _unknown_region(word: str) -> UsageError:
    if word in ENTITLED_HOSTS:
        return UsageError(f"{word} is not a region of IBM Cloud Container Registry", hint="use the command entitled")
    known = ", ".join(f"{region.short} ({region.location})" for region in REGIONS[1:])
    return UsageError(
        f'unknown registry region "{printable(word)}"',
        hint=f"known regions: all, global, {known}; use --registry for other hosts",
    )


def username_for(*, username: str, profile_id: str) -> str:
    """The username for `--icr`: as given, or the trusted profile's ID, or `iamapikey`.

    Raises UsageError if both are given, or if the profile's ID is not a `Profile-...`.
    """
    if username and profile_id:
        raise UsageError("--username and --profile-id cannot be used together")
    if profile_id and not profile_id.startswith(_PROFILE_PREFIX):
        raise UsageError(
            f'"{printable(profile_id)}" is not a trusted profile ID (it must begin with {_PROFILE_PREFIX})',
            hint="to list the IDs, run: ibmcloud iam trusted-profiles",
        )
    return username or profile_id or DEFAULT_USERNAME


def public_name(host: str) -> str:
    """The public name of a private host of the registry; any other host unchanged."""
    return host.removeprefix(_PRIVATE_PREFIX)


def is_private_name(host: str) -> bool:
    """Whether a host is a private one of the registry, reachable only from IBM Cloud."""
    return host.startswith(_PRIVATE_PREFIX) and is_registry_host(host)


def is_registry_host(host: str) -> bool:
    """Whether a host is one of the registry's, public or private."""
    return public_name(host) in {region.host for region in REGIONS}


def is_retired_host(host: str) -> bool:
    """Whether a host is one of the registry's former ones (IBM Cloud documentation, Registry: "Regions")."""
    return bool(_RETIRED.fullmatch(host))


def successor_of(host: str) -> str:
    """The host that has a retired host's images now; "" where that is not known."""
    return _SUCCESSORS.get(host, "")


_TOKEN = re.compile(
    r"(?:gh[a-z]_|github_pat_|gl(?:pat|dt|cbt)-|dckr_[po]at_|ya29\.|dop_v1_|sha256~|AKCp|cmVmd|eyJ)[A-Za-z0-9._~+/=-]{16,}"
)
"""How the tokens of GitHub, GitLab, Docker Hub, Google, DigitalOcean, OpenShift, JFrog and Amazon begin."""


def is_api_key(text: str) -> bool:
    """Whether a text has the shape of an API key of IBM Cloud (github.com/Yelp/detect-secrets)."""
    return bool(re.fullmatch(r"[A-Za-z0-9_-]{42,44}", text))


def is_web_token(text: str) -> bool:
    """Whether a text has the shape of a JSON web token, as entitlement keys have it."""
    return bool(re.fullmatch(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", text))


def looks_like_a_credential(text: str) -> bool:
    """Whether a text has the shape of an IBM key or of a registry's token, so that it is better not shown."""
    return is_web_token(text) or is_api_key(text) or bool(_TOKEN.fullmatch(text))
