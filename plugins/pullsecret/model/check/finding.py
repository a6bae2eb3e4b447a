"""What is wrong with a pull secret, or with what names it: values without any credential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.check.catalogue import CODES, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.suggested_command import SuggestedCommand

REGISTRIES_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What one rule says of a secret's content: `message` goes on after the registries' keys, or the secret's name.

    `registries` are the keys concerned, as typed, none for the whole secret. `mended` is how a key should be written,
    "" where that is not known.
    """

    code: str
    message: str
    registries: tuple[str, ...] = ()
    mended: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A problem with its place and the command that fixes it.

    `subject` is `kind/name`, or a file's name when there is no `namespace`; `registries` are keys fit to be shown.
    `fix` is None where no command helps; `advice` then says in words what does, if anything. `about` is the name of the
    secret that it is about, "" for none.
    """

    code: str
    namespace: str
    subject: str
    message: str
    registries: tuple[str, ...] = ()
    fix: SuggestedCommand | None = None
    advice: str = ""
    about: str = ""

    @property
    def severity(self) -> Severity:
        """How bad it is, by its code."""
        return CODES[self.code].severity

    @property
    def sentence(self) -> str:
        """What is wrong and where: `secret/x in namespace a: us.icr.io: ...`."""
        place = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.subject}{place}{self.statement}"

    @property
    def statement(self) -> str:
        """The same without the place: `: us.icr.io: ...`, or ` is malformed ...`."""
        return f": {listed(self.registries)}: {self.message}" if self.registries else f" {self.message}"

    def as_object(self, command: str, advice: str) -> Object:
        """The finding for -o json and -o yaml, with its fix as it can be pasted, or in words."""
        return {
            "apiVersion": "kubectl-pullsecret/v1",
            "kind": "Finding",
            "code": self.code,
            "severity": self.severity.value,
            "namespace": self.namespace,
            "subject": self.subject,
            "secret": self.about,
            "registries": list(self.registries),
            "message": self.message,
            "command": command,
            "advice": advice,
        }


def listed(words: Sequence[str]) -> str:
    """The first words, and how many more there are."""
    more = f" and {len(words) - REGISTRIES_SHOWN} more" if len(words) > REGISTRIES_SHOWN else ""
    return ", ".join(words[:REGISTRIES_SHOWN]) + more


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a check came to: the findings by namespace, lines for stderr, and how much was looked at.

    `failures` tell what was asked for and could not be looked at, `notes` what else could not be told.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    looked_at: str = ""
