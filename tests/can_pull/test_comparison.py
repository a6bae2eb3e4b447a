"""The comparison finds what differs."""

from __future__ import annotations

import pytest

from can_pull.comparison import NO, UNKNOWN, YES, Answer, Truth, difference
from can_pull.pull_secrets import Login

A, B = ("ns", "one", "reg.example"), ("ns", "two", "reg.example/a")
LOGINS = {A: ("a", "made up"), B: ("b", "made up too")}
SENT_A, SENT_B, NOTHING = LOGINS[A], LOGINS[B], ("", "")


def answer(result: str, *tried: tuple[str, str, str], is_stopped: bool = False, is_partial: bool = False) -> Answer:
    return Answer(result=result, reason="", tried=tried, is_stopped=is_stopped, is_partial=is_partial, shown="")


Sent = list[Login] | None
GOOD: dict[str, tuple[Answer, Sent, bool, set[Login]]] = {
    "both are tried and refused": (answer(NO, B, A), [SENT_B, SENT_A], False, set()),
    "again after a back-off": (answer(NO, B, A), [SENT_B, SENT_A, SENT_B], False, set()),
    "the first is accepted": (answer(YES, B, A), [SENT_B], True, {SENT_B}),
    "the second is accepted": (answer(YES, B, A), [SENT_B, SENT_A], True, {SENT_A}),
    "no credential": (answer(UNKNOWN), [NOTHING], False, {SENT_A}),
    "a public image": (answer(UNKNOWN), [NOTHING], True, {SENT_A}),
    "stopped before any request": (answer(NO, is_stopped=True), [], False, {SENT_A}),
    "not all is known": (answer(UNKNOWN, is_partial=True), [SENT_A], True, {SENT_A}),
    "what a real runtime sent is unknown": (answer(YES, A), None, True, {SENT_A}),
}
BAD: dict[str, tuple[Answer, Sent, bool, set[Login], str]] = {
    "another order": (
        answer(NO, A, B),
        [SENT_B, SENT_A],
        False,
        set(),
        "sent ['two/reg.example/a', 'one/reg.example']",
    ),
    "one more": (answer(NO, A), [SENT_A, SENT_B], False, set(), "sent "),
    "one less": (answer(NO, A, B), [SENT_A], False, set(), "sent "),
    "none, though one was named": (answer(NO, A), [NOTHING], False, set(), "sent ['no credential']"),
    "a request, though it would be stopped": (answer(NO, is_stopped=True), [NOTHING], False, set(), "sent "),
    "an unknown credential": (answer(NO, A), [("x", "y")], False, set(), "sent ['an unknown one']"),
    "an entry that does not exist": (answer(NO, ("ns", "x", "y")), [SENT_A], False, set(), "it names entries"),
    "yes, not pulled": (answer(YES, A), None, False, {SENT_A}, "said yes, and was not pulled"),
    "no, pulled": (answer(NO, A), [SENT_A], True, {SENT_A}, "said no, and was pulled"),
    "unknown, pulled": (answer(UNKNOWN, A), [SENT_A], True, {SENT_A}, "said unknown, and was pulled with"),
}


@pytest.mark.parametrize("row", GOOD.values(), ids=GOOD)
def test_answer_that_fits_has_no_difference(row: tuple[Answer, Sent, bool, set[Login]]) -> None:
    said, sent, is_pulled, accepted = row
    assert difference(said, Truth(sent=sent, is_pulled=is_pulled), LOGINS, accepted) == ""


@pytest.mark.parametrize("is_pulled", [True, False])
def test_round_without_a_late_secret_shows_nothing_if_it_was_the_last_one(is_pulled: bool) -> None:
    truth = Truth(sent=[SENT_A], is_pulled=is_pulled, is_late=True)
    assert bool(difference(answer(YES, B, A), truth, LOGINS, {SENT_A})) is not is_pulled


@pytest.mark.parametrize("row", BAD.values(), ids=BAD)
def test_answer_that_does_not_fit_is_reported_without_a_password(
    row: tuple[Answer, Sent, bool, set[Login], str],
) -> None:
    said, sent, is_pulled, accepted, expected = row
    found = difference(said, Truth(sent=sent, is_pulled=is_pulled), LOGINS, accepted)
    assert found.startswith(expected)
    assert "made up" not in found
