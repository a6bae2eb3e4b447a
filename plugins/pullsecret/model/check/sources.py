"""Where a missing secret may be copied from, and the words for everything that no command may copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import copying
from pullsecret.model.check.rule import listed
from pullsecret.model.check.secret import content_of
from pullsecret.model.check.secret_rules import is_source
from pullsecret.model.go.printable import printable
from pullsecret.model.images.icr import ALL_ICR_IO, looks_like_a_credential
from pullsecret.model.objects.objects import Object, name_of, namespace_of, subdomain_problem
from pullsecret.model.objects.sources import SHARED_NAMESPACE, gives_to, is_account_token, is_system_namespace

if TYPE_CHECKING:
    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.check.rule import FixOrAdvice

_FIX_FIRST = "fix its own problems first, then copy it"


def copied_from_default(name: str, subject: CheckedNamespace) -> FixOrAdvice:
    """The command that copies a secret from `default`, or words on where else it is; None if it is nowhere."""
    if subject.namespace != SHARED_NAMESPACE:
        there = subject.inventory.source((SHARED_NAMESPACE, name))
        if there is not None and not is_account_token(there):
            is_good = is_source(there, subject.now)
            return (
                copying(name, SHARED_NAMESPACE, subject.namespace) if is_good else f"{described(there)}: {_FIX_FIRST}"
            )
        if there is None and name == ALL_ICR_IO:
            return copying(name, SHARED_NAMESPACE, subject.namespace)
    others = [secret for secret in subject.inventory.named.get(name, ()) if _may_be_named(secret, subject.namespace)]
    return f"{listed(tuple(map(described, others)))}; copy it if its owner agrees" if others else None


def _may_be_named(secret: Object, namespace: str) -> bool:
    is_elsewhere = namespace_of(secret) not in (namespace, SHARED_NAMESPACE)
    return is_elsewhere and not is_system_namespace(namespace_of(secret)) and not is_account_token(secret)


def described(secret: Object) -> str:
    """A secret with its namespace and its usernames: `secret/x in namespace tools (username robot)`."""
    names = dict.fromkeys(entry.username for entry in content_of(secret).registries.entries if entry.username)
    shown = tuple("<hidden>" if looks_like_a_credential(name) else printable(name) for name in names)
    usernames = f" (username{'s' if len(shown) > 1 else ''} {listed(shown)})" if shown else ""
    return f"secret/{name_of(secret)} in namespace {namespace_of(secret)}{usernames}"


def copied_by_its_owner(copy: Object, source: Object) -> str:
    """What to do about a copy whose source belongs to another namespace; "" where a command may copy it."""
    if gives_to(namespace_of(source), namespace_of(copy)):
        return ""
    return f"marked as a copy of {described(source)}; copy it again if its owner agrees"


def without_entry(name: str, holder: str, namespace: str) -> str:
    """How to remove a name that no secret can have from the list of its holder; "" for any other name."""
    if not subdomain_problem(name):
        return ""
    return f"no secret can have this name; remove it from the imagePullSecrets of {holder} in namespace {namespace}"
