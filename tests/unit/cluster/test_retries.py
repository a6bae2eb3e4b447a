"""When a read is repeated, and after how long."""

from __future__ import annotations

import pytest

from pullsecret.cluster.http.retries import delay_after
from pullsecret.errors import ConnectError, GoneError, NotFoundError, ServerError, ThrottledError, TimedOutError


@pytest.mark.parametrize(
    ("error", "attempt", "shortest", "longest"),
    [
        pytest.param(ServerError("m", code=503, reason=""), 1, 0.2, 0.3, id="first"),
        pytest.param(ServerError("m", code=503, reason=""), 3, 0.8, 1.2, id="third"),
        pytest.param(ThrottledError("m", code=429, reason="", retry_after=4), 1, 4, 6, id="asked for"),
        pytest.param(ThrottledError("m", code=429, reason="", retry_after=0), 1, 0, 0.1, id="at once"),
        pytest.param(ConnectError("EOF", sent=True), 1, 0.2, 0.3, id="broken connection"),
    ],
)
def test_delay_before_another_attempt(
    error: ServerError | ConnectError, attempt: int, shortest: float, longest: float
) -> None:
    delays = [delay_after(error, attempt) for _ in range(50)]

    assert all(delay is not None and shortest <= delay <= longest for delay in delays)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(NotFoundError("m", code=404, reason="NotFound"), id="not found"),
        pytest.param(GoneError("m", code=410, reason="Expired"), id="gone"),
        pytest.param(ServerError("m", code=501, reason=""), id="not implemented"),
        pytest.param(ThrottledError("m", code=429, reason="", retry_after=31), id="asked for too long"),
        pytest.param(ConnectError("refused"), id="never connected"),
        pytest.param(TimedOutError("late", sent=True), id="timed out"),
    ],
)
def test_no_other_attempt(error: NotFoundError | ConnectError) -> None:
    assert delay_after(error, 1) is None
