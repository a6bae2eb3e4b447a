"""PS507 and PS508: hosts of IBM Cloud Container Registry that a secret should have, too.

Source: IBM Cloud documentation, Kubernetes Service: "Setting up an image registry" (all-icr-io), Registry: "Securing
your connection" (private hosts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.check.fix_commands import SECRET_ADVICE, recreated_secret, with_more_servers
from pullsecret.model.check.observed import CheckedNamespace, hosts_of
from pullsecret.model.check.rule import Match, Rule, Severity, listed
from pullsecret.model.check.secret import CheckedSecret
from pullsecret.model.images.icr import ALL_ICR_IO, REGIONS
from pullsecret.model.images.keyring import lookup
from pullsecret.model.objects.pullsecret import provenance_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.check.rule import FixOrAdvice

_PRIVATE_HOSTS = {region.host: region.private_host for region in REGIONS}

SecretOrNamespace: TypeAlias = CheckedSecret | CheckedNamespace


def _incomplete(subject: CheckedSecret) -> Iterator[Match]:
    """Regions that all-icr-io lacks: of the public hosts, and of the private ones if it has any of them."""
    if subject.secret_name != ALL_ICR_IO or subject.circumstances.is_new or provenance_of(subject.secret):
        return
    keys = subject.content.keys
    lacking = [
        host
        for hosts in (_PRIVATE_HOSTS.keys(), _PRIVATE_HOSTS.values())
        if any(_has_entry(host, keys) for host in hosts)
        for host in hosts
        if not _has_entry(host, keys)
    ]
    if lacking:
        yield Match(message=f"is missing {len(lacking)} of IBM Cloud's registries: {listed(lacking)}")


def _public_only(subject: SecretOrNamespace) -> Iterator[Match]:
    if isinstance(subject, CheckedNamespace):
        yield from _public_images(subject)
    elif subject.circumstances.needs_private:
        for key, private in _lacking_private(subject.content.keys):
            yield Match(message=f"add {private} for pulls over the private network", keys=(key,))


def _public_images(subject: CheckedNamespace) -> Iterator[Match]:
    for owner, pods in subject.pods_by_owner.items() if subject.needs_private else ():
        if message := public_hosts_message(hosts_of(pods)):
            yield Match(message=message, subject=owner)


def public_hosts_message(hosts: Sequence[str]) -> str:
    """Which hosts to use over the private network instead of these; "" if none of them has a private name."""
    public = [host for host in hosts if host in _PRIVATE_HOSTS]
    private = listed([_PRIVATE_HOSTS[host] for host in public])
    return f"pulls from {listed(public)}; use {private} over the private network" if public else ""


def _has_entry(host: str, keys: Sequence[str]) -> bool:
    return bool(lookup(keys, f"{host}/any/image")) or any(key.startswith(f"{host}/") for key in keys)


def _private_entry(subject: SecretOrNamespace, _match: Match) -> FixOrAdvice:
    """Add all private hosts at once; the images of pods are changed where they are defined."""
    if isinstance(subject, CheckedNamespace):
        return "change the images of the workload, and add the hosts to its pull secret"
    keys = subject.content.keys
    lacking = [private for host, private in _lacking_private(keys)]
    return with_more_servers(subject, lacking)


def _lacking_private(keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The keys of public hosts whose private host has no entry, each with that host."""
    for host, private in _PRIVATE_HOSTS.items():
        own = lookup(keys, f"{host}/any/image")
        if own and not _has_entry(private, keys):
            yield own[0], private


MISSING_REGISTRIES = Rule[CheckedSecret](
    code="PS507",
    severity=Severity.INFO,
    title="all-icr-io is missing registries",
    explanation=(
        "IBM Cloud writes all hosts into the secret that it creates, but in older clusters those of newer regions are "
        "missing until IBM Cloud creates it again. That changes the API key, so all copies must be updated then: "
        "`rotate all-icr-io -A --ibm-cluster CLUSTER` does both."
    ),
    condition=_incomplete,
    fix=recreated_secret,
)

NO_PRIVATE_ENTRY = Rule[SecretOrNamespace](
    code="PS508",
    severity=Severity.WARNING,
    title="No private endpoint entry",
    explanation=(
        "Where the account allows private access only, public hosts are rejected. The key must be for the `private.*` "
        "host, and so must the images of the pods. Reported only with --private."
    ),
    condition=_public_only,
    fix=_private_entry,
    advice=SECRET_ADVICE,
)
