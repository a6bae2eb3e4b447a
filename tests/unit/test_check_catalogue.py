"""The rules of check as a whole: codes are unique and grouped, and every rule explains itself."""

from __future__ import annotations

from collections import Counter

import pytest

from pullsecret.model.check.catalogue import NAMESPACE_RULES, RULES
from pullsecret.model.check.manifest_findings import MANIFEST_RULES
from pullsecret.model.check.registry_rules import NO_PRIVATE_ENTRY
from pullsecret.model.check.secret_rules import SECRET_RULES
from pullsecret.report.explanations import GROUPS


def test_no_code_belongs_to_two_rules() -> None:
    codes = [*(rule.code for rule in SECRET_RULES), *(rule.code for rule in NAMESPACE_RULES)]
    counts = Counter(codes)

    assert {code for code, count in counts.items() if count > 1} == {NO_PRIVATE_ENTRY.code}
    assert list(RULES) == sorted({*counts, *(rule.code for rule in MANIFEST_RULES)})


def test_code_of_a_rule_for_manifests_means_what_it_means_in_a_cluster() -> None:
    shared = [rule for rule in MANIFEST_RULES if not rule.code.startswith("PS0")]

    assert shared
    for rule in shared:
        known = RULES[rule.code]
        assert (rule.title, rule.severity, rule.explanation) == (known.title, known.severity, known.explanation)


@pytest.mark.parametrize("code", RULES)
def test_rule_has_a_title_an_explanation_and_a_group(code: str) -> None:
    rule = RULES[code]

    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.explanation.endswith((".", ")"))
    assert code[:3] in GROUPS
