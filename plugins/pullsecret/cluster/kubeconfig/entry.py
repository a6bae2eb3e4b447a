"""Reads typed fields out of a kubeconfig entry: what is absent is empty, what has the wrong type is one clear line."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pullsecret.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Fields:
    """One entry of a kubeconfig: its values, how an error names it (`user "admin"`), its own name and file.

    Every method raises ConfigError when the field is there with another type; null counts as absent, as in Go.
    """

    where: str
    values: Mapping[str, Any] = field(repr=False)
    name: str = ""
    file: str = ""

    def text(self, key: str) -> str:
        """A string; empty when absent. One with a zero byte is none: no file and no program can be called so."""
        text = self._typed(key, str, "a string") or ""
        if "\0" in text:
            raise self._wrong(key, "a string")
        return text

    def flag(self, key: str) -> bool:
        """A boolean; False when absent."""
        return bool(self._typed(key, bool, "true or false"))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty when absent."""
        values = self._typed(key, list, "a list of strings") or []
        if not all(isinstance(value, str) and "\0" not in value for value in values):
            raise self._wrong(key, "a list of strings")
        return tuple(values)

    def inner(self, key: str) -> Fields | None:
        """A mapping, as fields of their own; None when absent."""
        values = self._typed(key, dict, "a mapping")
        return None if values is None else Fields(where=f"{key} of {self.where}", values=values)

    def inners(self, key: str) -> tuple[Fields, ...]:
        """A list of mappings; empty when absent."""
        values = self._typed(key, list, "a list of mappings") or []
        if not all(isinstance(value, dict) for value in values):
            raise self._wrong(key, "a list of mappings")
        return tuple(Fields(where=f"{key} of {self.where}", values=value) for value in values)

    def data(self, key: str) -> bytes:
        """Base64 text as the bytes it stands for; empty when absent."""
        text = "".join(self.text(key).split())
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:
            raise ConfigError(f"error: {key} of {self.where} is not base64") from None  # the cause may quote it

    def _typed(self, key: str, kind: type[Value], words: str) -> Value | None:
        value = self.values.get(key)
        if value is not None and not isinstance(value, kind):
            raise self._wrong(key, words)
        return value

    def _wrong(self, key: str, words: str) -> ConfigError:
        return ConfigError(f"error: {key} of {self.where} is not {words}")
