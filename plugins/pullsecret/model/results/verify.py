"""The verdicts that `verify` shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.images.icr import is_private_name
from pullsecret.model.images.verdict import Result

if TYPE_CHECKING:
    from pullsecret.model.images.verdict import Verdict
    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True, kw_only=True)
class VerifyRow:
    """A secret, "" for none, and an image or a registry's host, "" for the whole secret, with the verdict.

    `is_secret_known`: the secrets could be read.
    """

    namespace: str
    secret: str
    image: str
    verdict: Verdict
    is_secret_known: bool = True

    @property
    def is_private_endpoint(self) -> bool:
        """Whether the login at a private endpoint was not tried, because this machine does not reach it."""
        return self.verdict.result is Result.NOT_TRIED and is_private_name(self.image)

    def as_object(self) -> Object:
        """The item of a VerdictList."""
        return {
            "namespace": self.namespace,
            "secret": self.secret,
            "image": self.image,
            "result": self.verdict.result.word,
            "good": self.verdict.result.is_proven,
            "message": self.verdict.text,
        }


@dataclass(frozen=True, kw_only=True)
class Verified:
    """The rows by namespace and secret, lines for stderr, and the message if there is no row."""

    rows: tuple[VerifyRow, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    emptiness: str = ""

    @property
    def untested(self) -> tuple[VerifyRow, ...]:
        """The rows of which nothing is known.

        The private endpoint of a registry cannot be reached from everywhere: where another entry of the same secret is
        proven, that one is no gap.
        """
        proven = {(row.namespace, row.secret) for row in self.rows if row.verdict.result.is_proven}
        return tuple(
            row
            for row in self.rows
            if row.verdict.result.is_untested
            and not (row.is_private_endpoint and (row.namespace, row.secret) in proven)
        )
