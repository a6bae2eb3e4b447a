"""What completes the value of a flag or a name: a mark beside its Option or Argument.

Enumerations need no mark: `metavar="none|client|server"` says it all. build/generate.py reads both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

HintKind: TypeAlias = Literal[
    "",
    "files",
    "contexts",
    "clusters",
    "users",
    "namespaces",
    "pull-secrets",
    "service-accounts",
    "pods",
    "workloads",
    "build-configs",
    "source-contexts",
    "source-namespaces",
    "source-pull-secrets",
    "source-service-accounts",
]
"""What completion looks up: `source-` means where copy reads from, and `pods` includes what owns pods."""


@dataclass(frozen=True)
class CompletionHint:
    """Marks a parameter: `Annotated[str, Option("--from", metavar="NS"), CompletionHint("source-namespaces")]`.

    `choices` are words known in advance, each followed by a tab and a description where one helps.
    """

    kind: HintKind = ""
    choices: tuple[str, ...] = ()
