"""The rules for one secret, and whether credentials may be taken from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.content_rules import CONTENT_RULES
from pullsecret.model.check.credential_rules import CREDENTIAL_RULES
from pullsecret.model.check.expiry_rules import EXPIRY_RULES, is_token_secret
from pullsecret.model.check.ibm_cloud_rules import IBM_CLOUD_RULES
from pullsecret.model.check.key_rules import KEY_RULES
from pullsecret.model.check.registry_rules import MISSING_REGISTRIES, NO_PRIVATE_ENTRY
from pullsecret.model.check.rule import Finding, Rule, Severity, findings_of
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.go.remembered import Remembered
from pullsecret.model.objects.generated_secrets import is_account_token
from pullsecret.model.objects.objects import text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, is_pull_secret
from pullsecret.model.objects.sibling import is_sibling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pullsecret.model.objects.objects import Object

SECRET_RULES: tuple[Rule[CheckedSecret], ...] = (
    *CONTENT_RULES,
    *KEY_RULES,
    *CREDENTIAL_RULES,
    *EXPIRY_RULES,
    MISSING_REGISTRIES,
    NO_PRIVATE_ENTRY,
    *IBM_CLOUD_RULES,
)
"""The rules for one secret."""


def secret_findings(subject: CheckedSecret) -> Iterator[Finding]:
    """What is wrong with one pull secret."""
    only = "PS405" if is_token_secret(subject) else "PS107" if subject.content.has_new_format else ""
    return findings_of((rule for rule in SECRET_RULES if only in ("", rule.code)), subject)


def is_source(secret: Object, now: datetime) -> bool:
    """Whether its credentials may be copied or attached: not a service account's token, and nothing prevents pulls."""
    kind = text_at(secret, "type")
    return (
        is_pull_secret(secret)
        and not is_sibling(secret)
        and not is_account_token(secret)
        and not any(
            severity is Severity.ERROR for _, severity in _flaws(kind, text_at(secret, "data", DATA_KEYS[kind]), now)
        )
    )


def source_flaws(secret: Object, now: datetime) -> tuple[str, ...]:
    """The codes of errors and warnings for which a pull secret is not taken from another namespace."""
    kind = text_at(secret, "type")
    return tuple(dict.fromkeys(code for code, _ in _flaws(kind, text_at(secret, "data", DATA_KEYS[kind]), now)))


@Remembered
def _flaws(kind: str, data: str, now: datetime) -> tuple[tuple[str, Severity], ...]:
    """The errors and warnings about data of this type; equal copies are checked once."""
    secret: Object = {"metadata": {"name": "any"}, "type": kind, "data": {DATA_KEYS[kind]: data}}
    checked = CheckedSecret(secret=secret, circumstances=Circumstances(now=now))
    found = ((finding.code, finding.severity) for finding in secret_findings(checked))
    return tuple((code, severity) for code, severity in found if severity is not Severity.INFO)
