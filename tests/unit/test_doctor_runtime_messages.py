"""Messages of container runtimes are recognized, alone and after the kubelet's back-off."""

from __future__ import annotations

from time import process_time

import pytest

from pull_messages import BACK_OFF, CONTAINERD, CRI_O, Message
from pullsecret.model.doctor.runtime_messages import PATTERNS, PullError, pattern_of, without_back_off

IMAGE = "reg.example/acme/b:1"
MESSAGES = {**CONTAINERD, **{f"cri-o-{name}": message for name, message in CRI_O.items()}}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())
def test_message_is_recognized_alone_and_in_back_off(message: Message) -> None:
    text = message.of(IMAGE)

    assert pattern_of(text).error is message.error
    assert pattern_of(BACK_OFF.format(image=IMAGE) + text).error is message.error
    assert pattern_of(text).meaning


def test_message_of_an_event_of_a_malformed_secret_is_recognized() -> None:
    assert pattern_of("Error: illegal base64 data at input byte 0").error is PullError.MALFORMED


def test_back_off_of_older_kubelets_reports_nothing() -> None:
    assert pattern_of(f'Back-off pulling image "{IMAGE}"').error is PullError.NOTHING
    assert without_back_off(f'Back-off pulling image "{IMAGE}"') == ""


def test_message_of_no_pattern_is_unknown() -> None:
    assert pattern_of("the moon is in the wrong phase").error is PullError.UNKNOWN


def test_every_pattern_of_the_table_has_a_message() -> None:
    assert set(PATTERNS) == {pattern_of(message.of(IMAGE)) for message in MESSAGES.values()}


LONG = {
    "repeated-words": "Signature oauth token status code [ repository " * 400,
    "one-word": "a" * 1_000_000,
}


@pytest.mark.parametrize("words", LONG.values(), ids=LONG)
def test_long_message_is_read_quickly_by_its_beginning_and_its_end(words: str) -> None:
    start = process_time()

    assert pattern_of(f"{words}: not found").error is PullError.NOT_FOUND
    assert pattern_of(f"no such host {words}").error is PullError.UNKNOWN_HOST
    assert process_time() - start < 1
