"""Programs that are started: what they print and return, and where their time and their output end."""

from __future__ import annotations

import os
import resource
import sys
import time

import pytest

from pullsecret.programs.run_program import Ended, LimitError, inherited_environment, run_program


def run(script: str, *, seconds: float = 20, sent: bytes | None = None) -> Ended:
    return run_program(("/bin/sh", "-c", script), environ={"PATH": os.environ["PATH"]}, seconds=seconds, sent=sent)


@pytest.mark.parametrize(
    ("script", "status", "output"),
    [
        pytest.param("echo out; echo err >&2; exit 3", 3, b"out\n", id="exit-status"),
        pytest.param("cat", 0, b"sent", id="input"),
        pytest.param("exec <&-", 0, b"", id="input-not-read"),
        pytest.param("kill -9 $$", -9, b"", id="signal"),
        pytest.param("echo out; exec >&-; true", 0, b"out\n", id="closes-its-output-first"),
        pytest.param("printf '%01048576d' 0", 0, b"0" * (1 << 20), id="as-much-as-allowed"),
    ],
)
def test_program_that_ends(script: str, status: int, output: bytes) -> None:
    assert run(script, sent=b"sent") == Ended(status=status, output=output)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        pytest.param("cat /dev/zero", "printed more than 1 MiB", id="endless-output"),
        pytest.param("printf '%01048577d' 0", "printed more than 1 MiB", id="a-byte-too-much"),
        pytest.param("exec sleep 60", "no response within 0.2 seconds", id="never-ends"),
        pytest.param("exec >&-; exec sleep 60", "no response within 0.2 seconds", id="closes-its-output-and-stays"),
        pytest.param("trap '' TERM; sleep 60 & wait; wait", "no response within 0.2 seconds", id="ignores-the-request"),
    ],
)
def test_program_without_end_is_stopped(script: str, why: str) -> None:
    started = time.monotonic()
    with pytest.raises(LimitError, match=why):
        run(script, seconds=0.2 if "response" in why else 20)
    assert time.monotonic() - started < 5


def test_child_that_keeps_the_output_open_is_not_waited_for() -> None:
    started = time.monotonic()
    assert run("sleep 9 & echo token") == Ended(status=0, output=b"token\n")
    assert time.monotonic() - started < 5


def test_endless_output_does_not_fill_the_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LimitError):
        run("cat /dev/zero")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 20 << (20 if sys.platform == "darwin" else 10)


def test_key_for_entitled_software_is_not_passed_on() -> None:
    assert inherited_environment({"PATH": "/bin", "IBM_ENTITLEMENT_KEY": "k"}) == {"PATH": "/bin"}
