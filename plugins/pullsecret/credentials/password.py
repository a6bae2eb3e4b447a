"""One password, from the one place that the command line names."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from pullsecret.credentials.bounded_read import LARGEST, bounded, read_bounded
from pullsecret.errors import CredentialError, UsageError
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from pullsecret.credentials.password_source import PasswordSource

Prompt: TypeAlias = Callable[[str], str]
"""Asks a person with the text given, shows nothing of the answer, and returns it."""


@dataclass(frozen=True, kw_only=True)
class Password:
    """A password, and what the user should know of how it was read: a line each, for stderr."""

    value: str = field(repr=False)
    notes: tuple[str, ...] = ()


def read_password(
    source: PasswordSource, *, prompt: Prompt | None, stdin: BinaryIO, environ: Mapping[str, str]
) -> Password:
    """The password from the one source given; without any, from the default variable, then from a person.

    Args:
        source: what the flags say.
        prompt: how to ask a person, or None when nobody is there: see `terminal.hidden_prompt`.
        stdin: the standard input's bytes, read only for --…-stdin and for a file named `-`.
        environ: the environment's variables.

    Raises:
        UsageError: more than one source, or none and nobody to ask.
        CredentialError: the source is not there or cannot be read, or what it holds is empty, not text, or over 1 MiB.
    """
    if len(source.given) > 1:
        raise UsageError(f"{' and '.join(source.given)} cannot be used together", hint=f"give one {source.word} only")
    if source.stdin:
        return _checked(_text(bounded(stdin.read(LARGEST + 1), "standard input"), "standard input"), source)
    if source.file:
        return _from_file(source, stdin)
    if source.env:
        return _from_variable(source, environ)
    if source.value is not None:
        return _from_value(source, source.value)
    return _unasked(source, prompt, environ)


def _from_file(source: PasswordSource, stdin: BinaryIO) -> Password:
    """The first line of a file, or the `apikey` of JSON as `ibmcloud iam service-api-key-create --file` writes it."""
    name = "standard input" if source.file == "-" else printable(source.file)
    data = bounded(stdin.read(LARGEST + 1), name) if source.file == "-" else read_bounded(source.file)
    text = _text(data, name).removeprefix("\ufeff")
    content = _json_object(text)
    if content is None:
        line, _, rest = text.partition("\n")
        note = (f"only the first line of {name} is used",) if rest.strip() else ()
        return _checked(line.removesuffix("\r"), source, *note)
    key = content.get("apikey")
    if isinstance(key, str):
        return _checked(key, source)
    raise CredentialError(
        f'{name} is JSON without "apikey"', hint=f"if the whole text is the {source.word}, use {source.flags[0]}"
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
    warning = f"{source.flags[-1]} is visible in the process list and in the shell's history; use {source.flags[0]}"
    return _checked(value, source, warning)


def _unasked(source: PasswordSource, prompt: Prompt | None, environ: Mapping[str, str]) -> Password:
    if source.default_env and environ.get(source.default_env):
        return _checked(environ[source.default_env], source, f"using the {source.word} in {source.default_env}")
    if prompt is None:
        raise UsageError(
            f"no {source.word} given, and there is no terminal to ask on",
            hint=f"give one of {', '.join(source.flags[:3])}",
        )
    return _checked(prompt(f"{source.label}: "), source)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        hint = "it looks like UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
    raise CredentialError(f"{name} is not UTF-8 text", hint=hint)


def _checked(text: str, source: PasswordSource, *notes: str) -> Password:
    """The password without one trailing newline; said, because a pasted one may be meant or not."""
    value = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    word = source.word
    if not value:
        raise CredentialError(f"the {word} is empty")
    if "\0" in value:
        raise CredentialError(f"the {word} holds a NUL byte", hint="is it UTF-16 text?")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise CredentialError(f"the {word} is not UTF-8 text")
    cut = (f"the newline at the end of the {word} is not taken as part of it",) if value != text else ()
    return Password(value=value, notes=(*notes, *cut))
