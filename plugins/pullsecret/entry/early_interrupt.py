"""Ctrl-C while the program starts: it ends the process silently, and Python prints no traceback."""

from __future__ import annotations

import _signal


def end_silently() -> None:
    """Let SIGINT end the process, as it ends a program that does not handle it; ignored, it stays ignored.

    The module behind `signal` is used, which is in the interpreter: importing `signal` itself takes a millisecond, in
    which Python's own handler would still be there.
    """
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)


def raise_interrupts() -> None:
    """Let SIGINT raise KeyboardInterrupt again, once for each Ctrl-C: it is reported what an interruption leaves."""
    if _signal.getsignal(_signal.SIGINT) is not _signal.SIG_DFL:
        return
    from pullsecret.system.key_press import KeyPresses

    presses = KeyPresses()

    def raise_once(number: int, _frame: object) -> None:
        if presses.is_new(number):
            raise KeyboardInterrupt

    _signal.signal(_signal.SIGINT, raise_once)
