"""Where a missing secret may be copied from, and the words for everything that no command may copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import copying
from pullsecret.model.check.rule import REGISTRIES_SHOWN, listed
from pullsecret.model.check.secret import content_of
from pullsecret.model.check.secret_rules import source_flaws
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.objects import Object, name_of, namespace_of, subdomain_problem
from pullsecret.model.objects.sources import SHARED_NAMESPACE, SourceStanding, is_offered_to, standing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.check.rule import FixOrAdvice

_FROM_IBM_CLOUD = (
    "copy it from namespace default once it is there: `rotate all-icr-io --ibm-cluster CLUSTER` has IBM Cloud create it"
)
_FIX_FIRST = "fix its own problems first, then copy it"


def copied_from_source(name: str, subject: CheckedNamespace) -> FixOrAdvice:
    """The command that copies a secret from where that is allowed, or words on where else it is; None if nowhere."""
    there = _secrets_named(name, subject)
    standings = [standing_of(secret, subject.namespace) for secret in there]
    for standing in (SourceStanding.SHARED, SourceStanding.OFFERED):
        found = [secret for secret, one in zip(there, standings, strict=True) if one is standing]
        good = [secret for secret in found if not source_flaws(secret, subject.now)]
        if found:
            return _copying_one(good, subject.namespace) or f"{described(found[0])}: {_FIX_FIRST}"
    if name == ALL_ICR_IO and SHARED_NAMESPACE not in (subject.namespace, *map(namespace_of, there)):
        return _FROM_IBM_CLOUD
    foreign = [secret for secret, one in zip(there, standings, strict=True) if one is SourceStanding.FOREIGN]
    return f"{_listed_secrets(foreign)}; copy it if its owner agrees" if foreign else None


def _secrets_named(name: str, subject: CheckedNamespace) -> tuple[Object, ...]:
    """The secrets of this name in other namespaces, as far as they were read."""
    shared = subject.inventory.source((SHARED_NAMESPACE, name))
    found = (*((shared,) if shared else ()), *subject.inventory.named.get(name, ()))
    by_namespace = {namespace_of(secret): secret for secret in found}
    return tuple(secret for namespace, secret in by_namespace.items() if namespace != subject.namespace)


def _copying_one(secrets: Sequence[Object], namespace: str) -> FixOrAdvice:
    """The command that copies the only one of these; of several, a person chooses one."""
    if len(secrets) > 1:
        return f"choose one: {_listed_secrets(secrets)}"
    return next((copying(name_of(secret), namespace_of(secret), namespace) for secret in secrets), None)


def _listed_secrets(secrets: Sequence[Object]) -> str:
    """The first of these, and how many more there are: one name may be in a thousand namespaces."""
    shown = [described(secret) for secret in secrets[:REGISTRIES_SHOWN]]
    return listed([*shown, *("" for _ in secrets[REGISTRIES_SHOWN:])])


def described(secret: Object) -> str:
    """A secret with its namespace and its usernames: `secret/x in namespace tools (username puller)`."""
    shown = usernames_of(secret)
    usernames = f" (username{'s' if len(shown) > 1 else ''} {listed(shown)})" if shown else ""
    return f"secret/{name_of(secret)} in namespace {namespace_of(secret)}{usernames}"


def usernames_of(secret: Object) -> tuple[str, ...]:
    """The usernames of a pull secret as a message repeats them, each once."""
    entries = content_of(secret).registries.entries
    return tuple(dict.fromkeys(entry.shown_username for entry in entries if entry.username))


def copied_by_its_owner(copy: Object, source: Object) -> str:
    """What to do about a copy whose source belongs to another namespace; "" where a command may copy it."""
    if is_offered_to(source, namespace_of(copy)):
        return ""
    return f"marked as a copy of {described(source)}; copy it again if its owner agrees"


def without_entry(name: str, holder: str, namespace: str) -> str:
    """How to remove a name that no secret can have from the list of its holder; "" for any other name."""
    if not subdomain_problem(name):
        return ""
    return f"no secret can have this name; remove it from the imagePullSecrets of {holder} in namespace {namespace}"
