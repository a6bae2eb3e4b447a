"""All rules of check, in the order of their codes; `--explain` and the page of codes print them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.check.pod_rules import POD_RULES
from pullsecret.model.check.reference_rules import REFERENCE_RULES
from pullsecret.model.check.registry_rules import NO_PRIVATE_ENTRY
from pullsecret.model.check.rule import AnyRule, Finding, Rule, Severity, findings_of
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import SECRET_RULES, secret_findings
from pullsecret.model.go.printable import Printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.objects.objects import Object

NAMESPACE_RULES: tuple[Rule[CheckedNamespace], ...] = (*REFERENCE_RULES, NO_PRIVATE_ENTRY, *POD_RULES)
"""The rules for what is in one namespace."""

_ALL: tuple[AnyRule, ...] = (*SECRET_RULES, *NAMESPACE_RULES)
RULES: Mapping[str, AnyRule] = {rule.code: rule for rule in sorted(_ALL, key=lambda rule: rule.code)}
"""Every rule by its code, in order."""


def namespace_findings(subject: CheckedNamespace) -> Iterator[Finding]:
    """What is wrong with the references, the copies and the running pods of one namespace."""
    return findings_of(NAMESPACE_RULES, subject)


def new_secret_findings(secrets: Iterable[Object], now: datetime) -> tuple[Finding, ...]:
    """What is wrong with secrets that are about to be written: errors and warnings."""
    circumstances = Circumstances(now=now, is_new=True)
    return tuple(
        finding
        for secret in secrets
        for finding in secret_findings(CheckedSecret(secret=secret, circumstances=circumstances))
        if finding.severity is not Severity.INFO
    )


def new_secret_warnings(secrets: Iterable[Object], now: datetime, *, strict: bool) -> tuple[str, ...]:
    """The lines to print about secrets that are about to be written; with `strict`, why they are not.

    Raises:
        RefusedError: there is something to report, and `strict`.
    """
    said = [f"{finding.sentence} ({finding.code})" for finding in new_secret_findings(secrets, now)]
    if said and strict:
        lines = map(Printable, said)
        raise RefusedError("\n".join(lines), hint="nothing was written; without --strict these are warnings").as_block()
    return tuple(f"warning: {sentence}" for sentence in said)
