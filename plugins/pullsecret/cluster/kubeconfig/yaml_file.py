"""Reads one kubeconfig file as plain data and refuses everything else in one line: devices, alias bombs, other text."""

from __future__ import annotations

import base64
import os
import re
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import yaml

from pullsecret.errors import ConfigError
from pullsecret.network.go_text import os_words
from pullsecret.yaml_text import MAX_DEPTH, YamlLimitError, bracket_depth, first_document

if TYPE_CHECKING:
    from collections.abc import Mapping


MAX_BYTES: Final = 16 * 1024 * 1024
"""Far larger than any real kubeconfig (1,000 clusters are 3 MB), far smaller than memory."""

_TOO_DEEP: Final = "it is nested too deeply"


def read_yaml_file(path: str) -> Mapping[str, Any] | None:
    """Read the mapping in a kubeconfig file; empty for an empty file, None for a missing file.

    Raises:
        ConfigError: the file cannot be read or is not a kubeconfig; with kubectl's message where it has one.
    """
    try:
        text = _read_bounded_text(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        action = "read" if isinstance(error, IsADirectoryError) else "open"
        raise ConfigError(_line(path, f"{action} {path}: {os_words(error)}")) from error
    except UnicodeDecodeError:
        raise ConfigError(_line(path, "the file is not UTF-8 text")) from None  # the cause would hold the file
    return _parsed(path, text) if text else {}


def _line(path: str, problem: str) -> str:
    return f'error: error loading config file "{path}": {problem}'


def _read_bounded_text(path: str) -> str:
    """Read the file's text up to the limit; a pipe is read to its end, a device is refused."""
    with Path(path).open("rb") as file:
        mode = os.fstat(file.fileno())
        if stat.S_ISBLK(mode.st_mode) or (stat.S_ISCHR(mode.st_mode) and not _is_null(path, mode)):
            raise ConfigError(_line(path, "it is a device, not a file"))
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ConfigError(_line(path, f"the file is larger than {MAX_BYTES // 1024**2} MiB"))
    return content.decode("utf-8-sig")


def _is_null(path: str, device: os.stat_result) -> bool:
    """Whether it is /dev/null, the usual way to specify an empty kubeconfig; Windows has no numbers for devices."""
    if sys.platform == "win32":
        return path.lower() == os.devnull
    return device.st_rdev == os.stat(os.devnull).st_rdev  # noqa: PTH116  a number, not a path


def _parsed(path: str, text: str) -> Mapping[str, Any]:
    try:
        document = first_document(text)
    except YamlLimitError as error:
        raise ConfigError(_line(path, str(error))) from None
    except yaml.YAMLError as error:
        # Some versions of libyaml refuse a deep file before they give the first event, each in words of its own.
        words = _TOO_DEEP if bracket_depth(text) > MAX_DEPTH else _yaml_words(error)
        raise ConfigError(_line(path, words)) from None  # the cause quotes the file
    except (ValueError, RecursionError):
        raise ConfigError(_line(path, "it is not a kubeconfig")) from None
    return _kubeconfig(path, document)


def _yaml_words(error: yaml.YAMLError) -> str:
    """`yaml: line 3: problem`, without quoting the file."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    where = f"line {mark.line + 1}: " if mark is not None else ""
    words = re.sub(r" (['\"]).*\1", "", problem or "it cannot be read", flags=re.DOTALL)
    return f"yaml: {where}{words}"


def _kubeconfig(path: str, document: object) -> Mapping[str, Any]:
    """The document, if it is a mapping of kind Config or without a kind."""
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigError(_line(path, "it is not a kubeconfig: the document is not a mapping"))
    kind, version = document.get("kind") or "Config", document.get("apiVersion") or "v1"
    if (kind, version) != ("Config", "v1"):
        raise ConfigError(_line(path, f'no kind "{kind}" is registered for version "{version}"'))
    return document


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
