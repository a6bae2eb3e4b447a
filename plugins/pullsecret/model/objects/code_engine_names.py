"""The names of the registry secrets that Code Engine makes and renews itself.

Source: IBM Cloud documentation, Code Engine: "Accessing container registries".
"""

from __future__ import annotations

import re
from typing import Final

from pullsecret.errors import RefusedError

_AUTOMATIC: Final = re.compile(r"ce-auto-(?:icr-private|private-icr)-.*", re.DOTALL)


def is_automatic_name(name: str) -> bool:
    """Whether a name is one that Code Engine gives to its own secrets: `ce-auto-icr-private-us-south`."""
    return bool(_AUTOMATIC.fullmatch(name))


def check_not_automatic(name: str, what: str) -> None:
    """Refuse a secret that Code Engine made; `what` begins the sentence.

    Raises:
        RefusedError: its name is one of Code Engine's.
    """
    if is_automatic_name(name):
        raise RefusedError(f"{what} is Code Engine's own, which renews it; it is never changed or copied")
