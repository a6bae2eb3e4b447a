"""What is wrong with the lists of service accounts, and with secrets that are named but no pull secrets."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Finding, listed
from pullsecret.model.check.fix_commands import copying, retyped
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.objects import Object, mapping_at
from pullsecret.model.objects.serviceaccount import duplicate_names, secret_names
from pullsecret.model.request.suggested_command import Flag, SuggestedCommand, pullsecret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.plan.observed import Key


def account_findings(key: Key, account: Object, inventory: Inventory) -> Iterator[Finding]:
    """What is wrong with the list of one service account."""
    namespace, name = key
    subject = f"serviceaccount/{name}"
    for secret in dict.fromkeys(filter(None, secret_names(account))):
        if inventory.is_known(namespace) and not inventory.exists((namespace, secret)):
            yield Finding(
                code="PS502",
                namespace=namespace,
                subject=subject,
                about=secret,
                message=f'names pull secret "{secret}", which is not there',
                fix=_missing_fix(secret, namespace, name, inventory),
            )
    for secret in filter(None, duplicate_names(account)):
        yield Finding(
            code="PS503",
            namespace=namespace,
            subject=subject,
            about=secret,
            message=f'names pull secret "{secret}" more than once',
            fix=_attached_again(secret, namespace, name),
        )
    yield from _equal_ones(key, account, inventory)


def _missing_fix(secret: str, namespace: str, account: str, inventory: Inventory) -> SuggestedCommand:
    """Copy the secret from where it is, or else detach it."""
    home = inventory.homes.get(secret, "default" if secret == ALL_ICR_IO and namespace != "default" else "")
    if home:
        return copying(secret, home, namespace)
    return pullsecret("detach", secret, Flag("--serviceaccount", account), Flag("-n", namespace))


def _attached_again(secret: str, namespace: str, account: str) -> SuggestedCommand:
    words = (secret, Flag("--serviceaccount", account), Flag("-n", namespace))
    return pullsecret("detach", *words).then(pullsecret("attach", *words))


def _equal_ones(key: Key, account: Object, inventory: Inventory) -> Iterator[Finding]:
    namespace, name = key
    seen = inventory.observed.secrets.present
    there = [secret for secret in dict.fromkeys(secret_names(account)) if (namespace, secret) in seen]
    extra: dict[str, str] = {}
    for first, second in combinations(there, 2):
        if mapping_at(seen[namespace, first], "data") == mapping_at(seen[namespace, second], "data"):
            extra.setdefault(second, first)
    for second, first in extra.items():
        yield Finding(
            code="PS506",
            namespace=namespace,
            subject=f"serviceaccount/{name}",
            about=second,
            message=f'names pull secrets "{first}" and "{second}", which hold the same',
            fix=pullsecret("detach", second, Flag("--serviceaccount", name), Flag("-n", namespace)),
        )


def type_findings(key: Key, inventory: Inventory) -> Iterator[Finding]:
    """A secret of another type; only somebody who names it, or asks for it, says that it should be a pull secret."""
    namespace, name = key
    who = inventory.named_by.get(key, ())
    by = f": {listed(who)} named it in vain" if who else ""
    yield Finding(
        code="PS501",
        namespace=namespace,
        subject=f"secret/{name}",
        about=name,
        message=f"is of a type that the kubelet passes over{by}",
        fix=retyped(key),
    )
