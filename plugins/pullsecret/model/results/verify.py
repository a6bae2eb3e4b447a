"""The verdicts that `verify` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullsecret.model.images.verdict import Verdict
    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True, kw_only=True)
class VerifyRow:
    """A secret, "" for none, and an image or a registry's host, "" for the whole secret, with the verdict."""

    namespace: str
    secret: str
    image: str
    verdict: Verdict

    def as_object(self) -> Object:
        """The item of a VerdictList."""
        return {
            "namespace": self.namespace,
            "secret": self.secret,
            "image": self.image,
            "result": self.verdict.result.word,
            "good": self.verdict.result.is_good,
            "message": self.verdict.text,
        }


@dataclass(frozen=True, kw_only=True)
class Verified:
    """The rows by namespace and secret, lines for stderr, and the message if there is no row."""

    rows: tuple[VerifyRow, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    emptiness: str = ""
