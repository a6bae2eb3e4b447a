"""The parts of a rotation that can be asked for."""

from __future__ import annotations

from enum import Enum


class RotationStep(Enum):
    """What to do about a rotation; the value is its flag."""

    ROTATE = ""
    STATUS = "--status"
    UNDO = "--undo"
    FINISH = "--finish"
