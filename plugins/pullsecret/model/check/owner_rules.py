"""PS701 to PS704: secrets and service accounts that another party writes, so that changes made here do not last.

Who that is, and what its next run does, is in model/owners. Marks can be forged, so nothing is copied because of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.objects.generated_secrets import is_account_token
from pullsecret.model.objects.objects import name_of
from pullsecret.model.objects.pullsecret import is_marked, provenance_of
from pullsecret.model.owners.field_managers import claims_on
from pullsecret.model.owners.find_owner import field_owners, undoing_owner
from pullsecret.model.owners.owner import Field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.check.rule import Finding
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.owners.owner import Owner


def left_to_owner(finding: Finding, target: Object, field: Field) -> Finding:
    """The finding with words instead of a command that another party would take back."""
    owner = undoing_owner(target, field) if finding.fix else None
    return replace(finding, fix=None, advice=f"{owner.party} writes it: {owner.advice}") if owner else finding


def _owned_secrets(subject: CheckedNamespace) -> Iterator[tuple[Object, Owner]]:
    for secret in sorted(subject.inventory.observed.secrets.in_namespace(subject.namespace), key=name_of):
        owner = undoing_owner(secret, Field.DATA)
        if owner and not is_account_token(secret):
            yield secret, owner


def _has_our_marks(secret: Object) -> bool:
    return is_marked(secret) or provenance_of(secret) is not None


def _taken_over(subject: CheckedNamespace) -> Iterator[Match]:
    for secret, owner in _owned_secrets(subject):
        if _has_our_marks(secret):
            message = f"has the marks of kubectl-pullsecret, but {owner.party} writes it: {owner.prediction}"
            yield Match(message=message, subject=f"secret/{name_of(secret)}", secret_name=name_of(secret))


def _owned(subject: CheckedNamespace) -> Iterator[Match]:
    for secret, owner in _owned_secrets(subject):
        if not _has_our_marks(secret):
            message = f"belongs to {owner.party}: {owner.prediction}"
            yield Match(message=message, subject=f"secret/{name_of(secret)}", secret_name=name_of(secret))


def _accounts(subject: CheckedNamespace) -> Iterator[tuple[str, Object]]:
    for account in sorted(subject.inventory.observed.accounts.in_namespace(subject.namespace), key=name_of):
        yield f"serviceaccount/{name_of(account)}", account


def _owned_accounts(subject: CheckedNamespace) -> Iterator[Match]:
    for name, account in _accounts(subject):
        owner = undoing_owner(account, Field.PULL_LIST)
        if owner and not _contestants(account):
            yield Match(
                message=f"has a list of pull secrets that belongs to {owner.party}: {owner.prediction}", subject=name
            )


def _contested(subject: CheckedNamespace) -> Iterator[Match]:
    for name, account in _accounts(subject):
        if parties := _contestants(account):
            yield Match(message=f"has a list of pull secrets that {' and '.join(parties)} write in turn", subject=name)


def _contestants(account: Object) -> tuple[str, ...]:
    """Two parties or more that write one list; () where at most one does."""
    owners = [owner.party for owner in field_owners(account, Field.PULL_LIST) if owner.undoes_writes]
    ours = ["kubectl-pullsecret"] if any(claim.is_ours for claim in claims_on(account, Field.PULL_LIST)) else []
    parties = tuple(dict.fromkeys([*owners, *(ours if owners else [])]))
    return parties if len(parties) > 1 else ()


def _where_to_change(subject: CheckedNamespace, match: Match) -> str:
    kind, _, name = match.subject.partition("/")
    key = (subject.namespace, name)
    observed = subject.inventory.observed
    is_secret = kind == "secret"
    target = (observed.secrets if is_secret else observed.accounts).present.get(key, {})
    owner = undoing_owner(target, Field.DATA if is_secret else Field.PULL_LIST)
    return owner.advice if owner else ""


OWNER_RULES: tuple[Rule[CheckedNamespace], ...] = (
    Rule(
        code="PS701",
        severity=Severity.WARNING,
        title="Copy that another party took over",
        explanation=(
            "The secret has labels or annotations of kubectl-pullsecret, and another party writes it: it took the "
            "secret over, or cloned it with its annotations. copy and create leave it alone. Change it where that "
            "party takes it from, or remove it there and copy it again."
        ),
        condition=_taken_over,
        fix=_where_to_change,
    ),
    Rule(
        code="PS702",
        severity=Severity.INFO,
        title="Secret of another party",
        explanation=(
            "Helm, a GitOps controller or an operator writes this secret: a change made here is taken back, or its "
            "next run fails on it. Change it where that party takes it from."
        ),
        condition=_owned,
        fix=_where_to_change,
    ),
    Rule(
        code="PS703",
        severity=Severity.INFO,
        title="Service account list of another party",
        explanation=(
            "Helm, a GitOps controller or an operator writes the imagePullSecrets of this service account: an entry "
            "that is attached here is taken back, or its next run fails. Add the entry where that party takes the "
            "list from, or attach to another service account."
        ),
        condition=_owned_accounts,
        fix=_where_to_change,
    ),
    Rule(
        code="PS704",
        severity=Severity.WARNING,
        title="Two parties write one list",
        explanation=(
            "imagePullSecrets of a service account is written as a whole, so two parties that write it take back each "
            "other's entries, or one of them fails. Let one of them have all entries."
        ),
        condition=_contested,
        fix=_where_to_change,
    ),
)
