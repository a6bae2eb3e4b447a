"""What a shell may offer on TAB for the value of a flag or for a name: a mark beside its Option or Argument.

Enumerations need no mark: `metavar="none|client|server"` says it all. build/generate.py reads both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "",
    "files",
    "contexts",
    "clusters",
    "users",
    "namespaces",
    "pull-secrets",
    "service-accounts",
    "pods",
    "source-contexts",
    "source-namespaces",
    "source-pull-secrets",
]
"""What to look up when TAB is pressed; `source-` means the place that copy reads from, `pods`
also what makes pods."""


@dataclass(frozen=True)
class CompletionHint:
    """Marks a parameter: `Annotated[str, Option("--from", metavar="NS"), Completes("source-namespaces")]`.

    `choices` are words that are known beforehand, each with a tab and a description behind it where one helps.
    """

    kind: Kind = ""
    choices: tuple[str, ...] = ()
