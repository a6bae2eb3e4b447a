"""Errors are values: another hint makes another error."""

from __future__ import annotations

from pullsecret.errors import ThrottledError


def test_error_with_another_hint_keeps_its_kind_and_everything_else() -> None:
    error = ThrottledError("too many requests", code=429, reason="TooManyRequests", retry_after=2.0, hint="wait")

    other = error.with_hint("try again")

    assert isinstance(other, ThrottledError)
    assert (other.hint, error.hint) == ("try again", "wait")
    assert (other.line, other.code, other.reason, other.retry_after) == (error.line, 429, "TooManyRequests", 2.0)
    assert str(other) == "too many requests"
