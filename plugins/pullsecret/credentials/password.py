"""One password, from the one source that the command line specifies."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from pullsecret.credentials.bounded_read import STDIN, read_bounded, source_name, write_warnings
from pullsecret.errors import CredentialError, UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.images.credential_problem import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from pullsecret.credentials.password_source import PasswordSource

Prompt: TypeAlias = Callable[[str], str]
"""Asks the user with the text given, does not echo the answer, and returns it."""


@dataclass(frozen=True, kw_only=True)
class Password:
    """A password, and what the user should know about how it was read: lines for stderr."""

    value: str = field(repr=False)
    notes: tuple[str, ...] = ()


def read_password(
    source: PasswordSource, *, prompt: Prompt | None, stdin: BinaryIO, environ: Mapping[str, str]
) -> Password:
    """Read the password from the one source given; without any, from the default variable, then from a prompt.

    Args:
        source: what the flags say.
        prompt: how to ask the user, or None without a terminal: see `terminal.hidden_prompt`.
        stdin: the bytes of standard input, read only for --...-stdin and for a file named `-`.
        environ: the environment's variables.

    Raises:
        UsageError: more than one source, or none and no terminal.
        CredentialError: the source does not exist or cannot be read, or its content is empty, not text, or over 1 MiB.
    """
    if len(source.given) > 1:
        raise UsageError(f"{' and '.join(source.given)} cannot be used together", hint="specify only one")
    if source.stdin:
        return _checked(_text(read_bounded(STDIN, stdin=stdin), source_name(STDIN)), source)
    if source.file:
        return _read_file(source, stdin)
    if source.env:
        return _from_variable(source, environ)
    if source.value is not None:
        return _from_value(source, source.value)
    return _read_default(source, prompt, environ)


def _read_file(source: PasswordSource, stdin: BinaryIO) -> Password:
    """Read the first line of a file, or the `apikey` of JSON from `ibmcloud iam service-api-key-create --file`."""
    name = source_name(source.file)
    text = _text(read_bounded(source.file, stdin=stdin), name)
    warnings = write_warnings(source.file)
    content = _json_object(text.removeprefix(BYTE_ORDER_MARK))
    if content is None:
        line, _, rest = text.partition("\n")
        note = (f"note: used only the first line of {name}",) if rest.strip() else ()
        return _checked(line.removesuffix("\r"), source, *warnings, *note)
    key = content.get("apikey")
    if isinstance(key, str):
        return _checked(key, source, *warnings)
    raise CredentialError(
        f'no "apikey" field in {name}',
        hint=f"to use the whole file as the {source.word}, pass it to {source.flags[0]}",
    )


def _json_object(text: str) -> dict[str, object] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _from_variable(source: PasswordSource, environ: Mapping[str, str]) -> Password:
    if source.env not in environ:
        raise CredentialError(f"environment variable {printable(source.env)} is not set")
    return _checked(environ[source.env], source)


def _from_value(source: PasswordSource, value: str) -> Password:
    warning = f"warning: {source.flags[-1]} is visible in the process list and shell history; use {source.flags[0]}"
    return _checked(value, source, warning)


def _read_default(source: PasswordSource, prompt: Prompt | None, environ: Mapping[str, str]) -> Password:
    if source.default_env and environ.get(source.default_env):
        return _checked(environ[source.default_env], source, f"note: using the {source.word} in {source.default_env}")
    if prompt is None:
        raise UsageError(
            f"no {source.word} given and stdin is not a terminal",
            hint=f"specify one of {', '.join(source.flags[:3])}",
        )
    return _checked(prompt(f"{source.label}: "), source)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        hint = "it looks like UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
    raise CredentialError(f"{name} is not UTF-8 text", hint=hint)


def _checked(text: str, source: PasswordSource, *notes: str) -> Password:
    """The password without a byte order mark and one trailing newline; a note says so, as they may be part of it."""
    line = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    value = line.removeprefix(BYTE_ORDER_MARK)
    word = source.word
    if not value:
        raise CredentialError(f"the {word} is empty")
    if "\0" in value:
        raise CredentialError(f"the {word} contains a NUL byte", hint="it may be UTF-16 text")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise CredentialError(f"the {word} is not UTF-8 text")
    stripped = {"byte order mark": value != line, "trailing newline": line != text}
    removed = tuple(
        f"note: stripped the {what} from the {word}" for what, is_stripped in stripped.items() if is_stripped
    )
    return Password(value=value, notes=(*notes, *removed))
