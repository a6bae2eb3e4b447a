"""Requests completions from the program, as kubectl and the scripts of the shells do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from program import Program

FILES = 0
NO_FILES = 4


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A completion: each value with its description ("" for none), in order, and cobra's directive."""

    described: dict[str, str]
    directive: int

    @property
    def values(self) -> list[str]:
        """Without the descriptions."""
        return list(self.described)


def tab(program: Program, *words: str, kubeconfig: Path | None = None, env: Mapping[str, str] | None = None) -> Offer:
    """The answer for words, of which the last is incomplete; the exit status is always 0, and stderr is empty."""
    result = program("__complete", *words, kubeconfig=kubeconfig, env=env)
    assert result.stderr == ""
    *candidates, directive = result.stdout.splitlines()
    assert directive.startswith(":")
    pairs = [candidate.partition("\t") for candidate in candidates]
    return Offer(described={value: about for value, _, about in pairs}, directive=int(directive[1:]))
