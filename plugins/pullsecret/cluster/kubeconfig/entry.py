"""Gives typed access to a kubeconfig entry: an absent field is empty, a wrong type is a one-line error."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pullsecret.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class ConfigEntry:
    """One kubeconfig entry: its values, how errors refer to it (`user "admin"`), its name and file.

    Every method raises ConfigError if the field has another type; null counts as absent, as in Go.
    """

    where: str
    values: Mapping[str, Any] = field(repr=False)
    name: str = ""
    file: str = ""

    def text(self, key: str) -> str:
        """A string; empty when absent. NUL bytes are refused: no file or program name can contain one."""
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

    def mapping(self, key: str) -> ConfigEntry | None:
        """A nested mapping, as an entry of its own; None when absent."""
        values = self._typed(key, dict, "a mapping")
        return None if values is None else ConfigEntry(where=f"{key} of {self.where}", values=values)

    def mappings(self, key: str) -> tuple[ConfigEntry, ...]:
        """A list of mappings; empty when absent."""
        values = self._typed(key, list, "a list of mappings") or []
        if not all(isinstance(value, dict) for value in values):
            raise self._wrong(key, "a list of mappings")
        return tuple(ConfigEntry(where=f"{key} of {self.where}", values=value) for value in values)

    def data(self, key: str) -> bytes:
        """Base64 text, decoded; empty when absent."""
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
