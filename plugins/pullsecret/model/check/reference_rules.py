"""PS501 to PS506: references that lead nowhere or twice to the same, and copies that are out of date."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import SOURCE_ADVICE, copied_again
from pullsecret.model.check.generic_secrets import as_pull_secret, free_name_beside, recreated_beside
from pullsecret.model.check.rule import Match, Rule, Severity, listed
from pullsecret.model.check.secret_rules import is_source
from pullsecret.model.check.sibling_rules import finished
from pullsecret.model.check.sources import copied_by_its_owner, copied_from_source, without_entry
from pullsecret.model.objects.objects import Object, mapping_at, name_of, namespace_of
from pullsecret.model.objects.pullsecret import holds_same, is_source_of, provenance_of
from pullsecret.model.objects.serviceaccount import duplicate_names, secret_names
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.owners.managed_secret import data_owner, is_ours
from pullsecret.model.request.suggested_command import Flag, Name, SuggestedCommand, pullsecret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import CheckedNamespace, Inventory
    from pullsecret.model.check.rule import FixOrAdvice

_EDITED_ADVICE = (
    "it is not as kubectl-pullsecret wrote it: copy it again with --overwrite, or keep it and remove its annotation "
    "kubectl-pullsecret/copied-from"
)
"""No command: a copy that was edited, or taken from our management, may have what its source lacks."""


def _wrong_type(subject: CheckedNamespace) -> Iterator[Match]:
    """Secrets of other types that are referenced as pull secrets, or asked for by name."""
    for other in sorted(subject.inventory.others.in_namespace(subject.namespace), key=name_of):
        name = name_of(other)
        references = subject.inventory.referenced_by.get((subject.namespace, name), ())
        if references or name in subject.names:
            by = f"; it is referenced by {listed(references)}" if references else ""
            message = f"has a type that the kubelet ignores{by}"
            yield Match(message=message, subject=f"secret/{name}", secret_name=name)


def _accounts(subject: CheckedNamespace) -> Iterator[tuple[str, Object]]:
    for account in subject.inventory.observed.accounts.in_namespace(subject.namespace):
        yield f"serviceaccount/{name_of(account)}", account


def _missing(subject: CheckedNamespace) -> Iterator[Match]:
    for account, seen in _accounts(subject) if subject.has_all_secrets else ():
        for name in dict.fromkeys(filter(None, secret_names(seen))):
            if not subject.inventory.exists((subject.namespace, name)):
                yield Match(
                    message=f'lists pull secret "{name}", which does not exist', subject=account, secret_name=name
                )


def _doubled(subject: CheckedNamespace) -> Iterator[Match]:
    for account, seen in _accounts(subject):
        for name in filter(None, duplicate_names(seen)):
            yield Match(message=f'lists pull secret "{name}" more than once', subject=account, secret_name=name)


def _identical(subject: CheckedNamespace) -> Iterator[Match]:
    for account, seen in _accounts(subject):
        listed_secrets = dict.fromkeys(secret_names(seen))
        there = {name: secret for name in listed_secrets if (secret := subject.secret(name)) is not None}
        extra: dict[str, str] = {}
        for first, second in combinations(there, 2):
            if mapping_at(there[first], "data") == mapping_at(there[second], "data"):
                extra.setdefault(second, first)
        for second, first in extra.items():
            message = f'lists pull secrets "{first}" and "{second}", which are identical'
            yield Match(message=message, subject=account, secret_name=second)


def source_in_inventory(copy: Object, inventory: Inventory) -> Object | None:
    """The secret that a copy was made of, as it is now; None where that is unknown."""
    provenance = provenance_of(copy)
    source = inventory.source(provenance.local_key) if provenance and provenance.local_key else None
    return source if source and is_source_of(source, copy) else None


def _copies(subject: CheckedNamespace) -> Iterator[tuple[Object, tuple[str, str]]]:
    """The copies in the namespace of other secrets in this cluster, each with its source's namespace and name."""
    for secret in sorted(subject.inventory.observed.secrets.in_namespace(subject.namespace), key=name_of):
        provenance = provenance_of(secret)
        key = provenance.local_key if provenance else None
        if key and key != (namespace_of(secret), name_of(secret)):
            yield secret, key


def _stale(subject: CheckedNamespace) -> Iterator[Match]:
    for copy, (namespace, name) in _copies(subject):
        source = source_in_inventory(copy, subject.inventory)
        if source is not None and not holds_same(copy, source):
            message = f"no longer matches its source {namespace}/{name}"
            yield Match(message=message, subject=f"secret/{name_of(copy)}", secret_name=name_of(copy))


def _orphaned(subject: CheckedNamespace) -> Iterator[Match]:
    inventory = subject.inventory
    for copy, key in _copies(subject):
        parts = (inventory.sources, inventory.observed.secrets)
        if inventory.source(key) is None and not any(part.error_at(key) for part in parts):
            message = f"is a copy of {key[0]}/{key[1]}, which no longer exists"
            yield Match(message=message, subject=f"secret/{name_of(copy)}", secret_name=name_of(copy))


def _copied_or_detached(subject: CheckedNamespace, match: Match) -> FixOrAdvice:
    """Copy the secret from where it may be copied from, or else detach it; words where it is elsewhere only."""
    return (
        _words(subject, match)
        or finished(match.secret_name, subject)
        or copied_from_source(match.secret_name, subject)
        or _detach(subject, match)
    )


def _detached(subject: CheckedNamespace, match: Match) -> FixOrAdvice:
    return _words(subject, match) or _detach(subject, match)


def _attached_once(subject: CheckedNamespace, match: Match) -> FixOrAdvice:
    """Attach leaves a name once; a missing secret that is found nowhere is detached, as its own finding says."""
    is_there = subject.inventory.exists((subject.namespace, match.secret_name))
    if not is_there and not copied_from_source(match.secret_name, subject):
        return _detached(subject, match)
    secret = subject.secret(match.secret_name)
    is_good = secret is not None and is_source(secret, subject.now)
    flags = () if is_good else (Flag("--check", "off"),) if is_there else (Flag("--allow-missing"),)
    return _words(subject, match) or pullsecret("attach", *_reference(subject, match), *flags)


def _words(subject: CheckedNamespace, match: Match) -> str:
    return without_entry(match.secret_name, match.subject, subject.namespace)


def _detach(subject: CheckedNamespace, match: Match) -> SuggestedCommand:
    return pullsecret("detach", *_reference(subject, match))


def _another_name(subject: CheckedNamespace, match: Match) -> FixOrAdvice:
    """Put the login file into a pull secret of another name, or remove the references of service accounts."""
    key = (subject.namespace, match.secret_name)
    users = subject.inventory.referenced_by.get(key, ())
    accounts = [user.partition("/")[2] for user in users if user.startswith("serviceaccount/")]
    if not accounts:
        return None
    secret = subject.inventory.generic.present.get(key)
    if secret is not None and as_pull_secret(secret, subject.now) is not None:
        name = free_name_beside(secret, lambda name: not subject.inventory.exists((subject.namespace, name)))
        return recreated_beside(secret, name, accounts) if name else None
    if len(accounts) < len(users):
        return "detach it from the service accounts, and remove it from the pods that list it themselves"
    place = Flag("-n", subject.namespace)
    return pullsecret("detach", Name(match.secret_name), Flag("--all-serviceaccounts"), place)


def _reference(subject: CheckedNamespace, match: Match) -> tuple[Name, Flag, Flag]:
    account = match.subject.partition("/")[2]
    return Name(match.secret_name), Flag("--serviceaccount", account), Flag("-n", subject.namespace)


def _copied_again(subject: CheckedNamespace, match: Match) -> FixOrAdvice:
    copy = subject.secret(match.secret_name)
    source = source_in_inventory(copy, subject.inventory) if copy else None
    if copy is None or source is None:
        return None
    if words := copied_by_its_owner(copy, source):
        return words
    if not (is_ours(copy) or data_owner(copy)):
        return _EDITED_ADVICE
    return copied_again(copy, source) if is_source(source, subject.now) else None


def _copied_from_elsewhere(subject: CheckedNamespace, match: Match) -> FixOrAdvice:
    """Copy a secret with the source's name from where it may be copied from."""
    provenance = provenance_of(subject.secret(match.secret_name) or {})
    if provenance is None or subject.inventory.source((SHARED_NAMESPACE, provenance.name)) is None:
        return None
    return copied_from_source(provenance.name, subject)


REFERENCE_RULES: tuple[Rule[CheckedNamespace], ...] = (
    Rule(
        code="PS501",
        severity=Severity.ERROR,
        title="Referenced as a pull secret but has another type",
        explanation=(
            "The kubelet reads only kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg; it silently ignores "
            "every other type. A type cannot be changed, and a secret that is not a pull secret is never "
            "replaced: create the pull secret under another name."
        ),
        condition=_wrong_type,
        fix=_another_name,
        advice="create a pull secret under another name, and list that one instead",
    ),
    Rule(
        code="PS502",
        severity=Severity.WARNING,
        title="Service account references a missing secret",
        explanation=(
            "Pods get the name with the list and pull without those credentials; only an event says so, which is easy "
            "to miss."
        ),
        condition=_missing,
        fix=_copied_or_detached,
    ),
    Rule(
        code="PS503",
        severity=Severity.INFO,
        title="Service account lists a secret twice",
        explanation=(
            "Nothing breaks, but some controllers do not expect it, and patches made by hand remove only one of "
            "the two."
        ),
        condition=_doubled,
        fix=_attached_once,
    ),
    Rule(
        code="PS504",
        severity=Severity.WARNING,
        title="Stale copy",
        explanation=(
            "The source was changed or recreated after it was copied. Images that are already on a node hide that for "
            "a while."
        ),
        condition=_stale,
        fix=_copied_again,
        advice=SOURCE_ADVICE,
    ),
    Rule(
        code="PS505",
        severity=Severity.INFO,
        title="Source of a copy no longer exists",
        explanation=(
            "Nothing can update this copy anymore. Copy it from where the secret is now, or create it in this "
            "namespace."
        ),
        condition=_orphaned,
        fix=_copied_from_elsewhere,
        advice="copy it from where the secret is now, or create it in this namespace",
    ),
    Rule(
        code="PS506",
        severity=Severity.INFO,
        title="Service account lists two identical secrets",
        explanation="One of them is enough. If the credentials are wrong, every pull tries them twice.",
        condition=_identical,
        fix=_detached,
    ),
)
