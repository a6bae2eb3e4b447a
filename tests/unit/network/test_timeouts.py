"""--request-timeout: kubectl's syntax."""

from __future__ import annotations

import pytest

from pullsecret.errors import ConfigError
from pullsecret.network.timeouts import Timeouts, parsed_timeout


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1", 1),
        ("+7", 7),
        ("1s", 1),
        ("2m", 120),
        ("3h", 10800),
        ("1h2m3s", 3723),
        ("1.5s", 1.5),
        (".5s", 0.5),
        ("250ms", 0.25),
        ("10us", 1e-5),
        ("10µs", 1e-5),
        ("10ns", 1e-8),
    ],
)
def test_timeout_is_for_the_whole_request(text: str, seconds: float) -> None:
    timeouts = parsed_timeout(text)

    assert timeouts.is_requested
    assert timeouts.total == pytest.approx(seconds)
    assert timeouts.connect == timeouts.read == timeouts.total


@pytest.mark.parametrize("text", ["0", "0s", "0h0m", "-1", "-5s", "00"])
def test_zero_means_the_defaults(text: str) -> None:
    assert parsed_timeout(text) == Timeouts(connect=10, read=60, total=600)


@pytest.mark.parametrize(
    "text", ["", "s", "1d", "1 s", " 1", "1.5", "abc", "1_0", "1s2", "٣", "--1", ".s", "9" * 30, "1e3s", "1S"]
)
def test_invalid_timeout_is_kubectls_error(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parsed_timeout(text)

    assert caught.value.line == (
        "error: Invalid timeout value. Timeout must be a single integer in seconds, "
        "or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
    )
