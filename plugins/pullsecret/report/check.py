"""The findings of `check` as lines, names or objects, and its exit status."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.check.catalogue import Severity
from pullsecret.model.check.finding import Checked, Finding, Program
from pullsecret.model.request.common import Format, Output
from pullsecret.report.manifests import put_objects
from pullsecret.report.streams import harmless_word, put, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.request.connection import ConnectionFlags

NOTHING_FOUND, FOUND, NOT_LOOKED = 0, 1, 2
"""The exit statuses: as grep has them."""

FEW = 3
"""Up to so many namespaces with the same finding are told one by one."""

NAMES_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """How commands are to be written: `program` as the user started it, with the flags that reach the same cluster."""

    program: str
    connection: ConnectionFlags

    def typed(self, remedy: str) -> str:
        """A remedy as it can be typed."""
        flags = {
            "--kubeconfig": self.connection.kubeconfig,
            "--context": self.connection.context,
            "--cluster": self.connection.cluster,
        }
        words = [shlex.quote(f"{flag}={value}") for flag, value in flags.items() if value]
        names = {Program.PULLSECRET: self.program, Program.KUBECTL: "kubectl"}
        for mark, name in names.items():
            remedy = remedy.replace(mark.value, " ".join((name, *words)))
        return remedy

    def show(self, checked: Checked, output: Output) -> int:
        """Print what a check came to; 0 when nothing is wrong, 1 with findings, 2 when something was not looked at."""
        for line in (*checked.notes, *checked.failures):
            say(line)
        if output.shows_objects:
            items = [finding.as_object(self.typed(finding.remedy)) for finding in checked.findings]
            put_objects([{"apiVersion": "v1", "kind": "List", "items": items}], output.format)
        elif output.format is Format.NAME:
            for subject in dict.fromkeys(finding.subject for finding in checked.findings):
                put(subject)
        else:
            self._put_lines(checked.findings)
        if checked.findings or not checked.failures:
            say(self._summary(checked))
        return FOUND if checked.findings else NOT_LOOKED if checked.failures else NOTHING_FOUND

    def _put_lines(self, findings: Iterable[Finding]) -> None:
        """A line each, and the remedy below; what is true of many namespaces stands once."""
        groups: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in findings:
            groups.setdefault((finding.code, finding.subject, finding.statement), []).append(finding)
        for group in groups.values():
            if len(group) <= FEW:
                for finding in group:
                    put(harmless_word(f"{_head(finding)} {finding.sentence}"))
                    self._put_remedy("", finding)
                continue
            (first, *_), names = group, [finding.namespace for finding in group]
            put(harmless_word(f"{_head(first)} {first.subject} in {len(group)} namespaces{first.statement}"))
            put(f"  {_first_names(names)}")
            self._put_remedy(f"for {first.namespace}: ", first)

    def _put_remedy(self, before: str, finding: Finding) -> None:
        if finding.remedy:
            put(f"  {before}{harmless_word(self.typed(finding.remedy))}")

    def _summary(self, checked: Checked) -> str:
        if not checked.findings:
            return f"no findings in {checked.looked_at}"
        counts = Counter(finding.severity for finding in checked.findings)
        parts = [severity.counted(counts[severity]) for severity in Severity if counts[severity]]
        code = checked.findings[0].code
        return f"{', '.join(parts)} in {checked.looked_at}; '{self.program} check --explain {code}' tells more of one"


def _head(finding: Finding) -> str:
    return f"{finding.severity.value} {finding.code}"


def _first_names(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
