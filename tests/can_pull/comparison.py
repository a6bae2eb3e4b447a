"""What can-pull said of an image, held against what the node sent for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from can_pull.pull_secrets import Login

YES, NO, UNKNOWN = "yes", "no", "unknown"
Place = tuple[str, str, str]
"""An entry: its namespace, secret and server key."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What can-pull said of one image: whether it can be pulled, and the entries that the kubelet tries, in order.

    With `is_stopped`, the kubelet asks no registry at all: the image's name is invalid, or a secret is malformed. With
    `is_partial`, it is known that there may be more entries.
    """

    result: str
    reason: str
    tried: tuple[Place, ...]
    is_stopped: bool
    is_partial: bool
    shown: str
    """The answer as it was printed, for a message."""


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What the node did: what it sent, oldest first, again after each back-off; and whether it has the image.

    Either is None where that is not known: what a real runtime sent, and whether it has the image of a volume. With
    `is_late`, the kubelet could not read all secrets of the pod in time for its first rounds.
    """

    sent: Sequence[Login] | None
    is_pulled: bool | None
    is_late: bool = False

    def is_of(self, round_: Sequence[Login]) -> bool:
        """Whether the kubelet sent these credentials in each round, or what it sent is not known."""
        if self.sent is None:
            return True
        starts = range(len(self.sent) + 1) if self.is_late else (0,)
        return any(is_repeated(round_, self.sent[start:]) for start in starts)

    @property
    def has_sent_credential(self) -> bool:
        """Whether a credential is known to have been sent."""
        return any(login != ("", "") for login in self.sent or ())


def difference(answer: Answer, truth: Truth, logins: Mapping[Place, Login], accepted: AbstractSet[Login]) -> str:
    """Why an answer is not what the node did; "" if it is. `accepted` is empty if the registry refuses everything.

    What was pulled before the kubelet had all secrets of the pod shows nothing: it is not tried again with all of them.
    """
    if truth.is_late and truth.is_pulled:
        return ""
    if unknown := [place for place in answer.tried if place not in logins]:
        return f"it names entries that no secret has: {unknown}"
    expected = expected_round([logins[place] for place in answer.tried], accepted, is_stopped=answer.is_stopped)
    if not answer.is_partial and not truth.is_of(expected):
        return f"sent {named(truth.sent or (), logins)}, said {named(expected, logins)}"
    return contradiction(answer, truth) if accepted and truth.is_pulled is not None else ""


def contradiction(answer: Answer, truth: Truth) -> str:
    """Why an answer does not fit what became of the pull, where the registry accepts each credential that is right."""
    if answer.result == YES:
        return "" if truth.is_pulled else "said yes, and was not pulled"
    if answer.result == NO:
        return "said no, and was pulled" if truth.is_pulled else ""
    is_known = truth.is_pulled and truth.has_sent_credential and not answer.is_partial
    return "said unknown, and was pulled with a credential" if is_known else ""


def expected_round(tried: Sequence[Login], accepted: AbstractSet[Login], *, is_stopped: bool) -> list[Login]:
    """What the kubelet sends in one round: up to the first that is accepted, or no credential at all."""
    if is_stopped:
        return []
    for number, login in enumerate(tried):
        if login in accepted:
            return list(tried[: number + 1])
    return list(tried) or [("", "")]


def is_repeated(round_: Sequence[Login], sent: Sequence[Login]) -> bool:
    """Whether all that was sent are whole rounds, or the first part of one after a whole one."""
    if not round_:
        return not sent
    return len(sent) >= len(round_) and all(login == round_[at % len(round_)] for at, login in enumerate(sent))


def named(sent: Sequence[Login], logins: Mapping[Place, Login]) -> list[str]:
    """Credentials by the entries that have them, so that no password is printed."""
    places = {login: "/".join(place[1:]) for place, login in logins.items()}
    return ["no credential" if login == ("", "") else places.get(login, "an unknown one") for login in sent]
