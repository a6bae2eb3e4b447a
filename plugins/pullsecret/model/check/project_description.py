"""One registry secret of a Code Engine project in full, as `describe` shows it: everything but its password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import secret_findings
from pullsecret.model.ibmcloud.code_engine import entry_of
from pullsecret.model.images.credential_kinds import credential_kind

if TYPE_CHECKING:
    from datetime import datetime

    from pullsecret.model.check.rule import Finding
    from pullsecret.model.images.credential_kinds import CredentialKind
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.results.project_list import ProjectRow


@dataclass(frozen=True, kw_only=True)
class ProjectDescription:
    """A registry secret with the findings of `check` about it."""

    row: ProjectRow
    findings: tuple[Finding, ...]

    @property
    def kind(self) -> CredentialKind:
        """What kind of credential it has."""
        return credential_kind(entry_of(self.row.secret))

    def as_object(self) -> Object:
        """The item of a RegistrySecretDetailList; the commands of `check` are for clusters."""
        return {
            **self.row.as_object(),
            "credential": self.kind.name,
            "validity": self.kind.life,
            "findings": [finding.as_object("", finding.advice) for finding in self.findings],
        }


def project_description(row: ProjectRow, now: datetime) -> ProjectDescription:
    """The description of a row."""
    checked = CheckedSecret(secret=row.secret, circumstances=Circumstances(now=now))
    return ProjectDescription(row=row, findings=tuple(secret_findings(checked)))
