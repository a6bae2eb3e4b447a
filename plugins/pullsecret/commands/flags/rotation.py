"""Which part of a rotation is asked for, and how much of it may fail."""

from __future__ import annotations

import re
from typing import Annotated, Final

from typer import Option

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.request.rotation import RotationStep

MAX_FAILURES: Final = 0.1
"""The share of a wave that may fail, unless the user says otherwise."""


def rotation_step(
    *,
    status: Annotated[
        bool, Option("--status", help="Show how far a rotation is: which secrets hold the old and the new credential.")
    ] = False,
    undo: Annotated[
        bool, Option("--undo", help="Put the previous credential back where the new one is; needs no password.")
    ] = False,
    finish: Annotated[
        bool, Option("--finish", help="Delete NAME-previous, which keeps the previous credential for --undo.")
    ] = False,
) -> RotationStep:
    """Which part of a rotation is asked for.

    Raises:
        UsageError: more than one.
    """
    given = {RotationStep.STATUS: status, RotationStep.UNDO: undo, RotationStep.FINISH: finish}
    steps = [step for step, is_given in given.items() if is_given]
    if len(steps) > 1:
        raise UsageError(f"{steps[0].value} and {steps[1].value} cannot be used together")
    return steps[0] if steps else RotationStep.ROTATE


def max_failures(
    *,
    max_failures: Annotated[
        str,
        Option(
            "--max-failures",
            metavar="PERCENT",
            help="Stop when more than this share of the namespaces of a wave failed.",
        ),
    ] = f"{MAX_FAILURES:.0%}",
) -> float:
    """The share of a wave that may fail, from 0 to 1.

    Raises:
        UsageError: it is no percentage.
    """
    match = re.fullmatch(r"([0-9]{1,3})%?", max_failures)
    if not match or int(match[1]) > 100:  # noqa: PLR2004  percent
        raise UsageError(f'invalid --max-failures "{printable(max_failures)}": it must be from 0% to 100%')
    return int(match[1]) / 100
