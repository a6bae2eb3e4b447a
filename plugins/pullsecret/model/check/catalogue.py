"""All rules of check, in the order of their codes; `--explain` and the page of codes print them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.global_rules import GLOBAL_RULES
from pullsecret.model.check.manifest_findings import MANIFEST_RULES
from pullsecret.model.check.mirror_rules import NEVER_SENT
from pullsecret.model.check.nameless_rules import NAMELESS_RULES
from pullsecret.model.check.owner_rules import OWNER_RULES
from pullsecret.model.check.pod_rules import POD_RULES
from pullsecret.model.check.reference_rules import REFERENCE_RULES
from pullsecret.model.check.registry_rules import NO_PRIVATE_ENTRY
from pullsecret.model.check.rule import AnyRule, Finding, Rule, findings_of
from pullsecret.model.check.secret_rules import SECRET_RULES
from pullsecret.model.check.sibling_rules import LEFTOVER_SIBLING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.model.check.observed import CheckedNamespace

NAMESPACE_RULES: tuple[Rule[CheckedNamespace], ...] = (
    *REFERENCE_RULES,
    NO_PRIVATE_ENTRY,
    LEFTOVER_SIBLING,
    *POD_RULES,
    NEVER_SENT,
    *OWNER_RULES,
    *NAMELESS_RULES,
    *GLOBAL_RULES,
)
"""The rules for what is in one namespace."""

_ALL: tuple[AnyRule, ...] = (*SECRET_RULES, *MANIFEST_RULES, *NAMESPACE_RULES)
RULES: Mapping[str, AnyRule] = {rule.code: rule for rule in sorted(_ALL, key=lambda rule: rule.code)}
"""Every rule by its code, in order."""


def namespace_findings(subject: CheckedNamespace) -> Iterator[Finding]:
    """What is wrong with the references, the copies and the running pods of one namespace."""
    return findings_of(NAMESPACE_RULES, subject)


def global_findings(subject: CheckedNamespace) -> Iterator[Finding]:
    """What is wrong with the global pull secret in one namespace, and copies of it there."""
    return findings_of(GLOBAL_RULES, subject)
