"""Credential helpers: the programs `docker-credential-SUFFIX` that store docker's passwords.

Protocol: the command is the argument; `get` reads the server from standard input, as plain text, and writes JSON with
ServerURL, Username and Secret; a failure's text is on standard output (github.com/docker/docker-credential-helpers).
No credential is ever in an argument, and no output of a helper is ever in an error.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import is_printable, printable
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.request.suggested_command import shell_word
from pullsecret.programs.find_program import find_program
from pullsecret.programs.run_program import Ended, LimitError, inherited_environment, run_program

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 30
_SUFFIX = re.compile(r"[A-Za-z0-9._-]+")
_NOT_FOUND = b"credentials not found"
_SESSION_KEYS = ("/access-token", "/refresh-token")
"""Docker Desktop stores its own session under keys that end so; they are not registries."""

_LONGEST_SERVER: Final = 1000
"""Characters of a server that a command may repeat: the end of a longer line is cut, and with it a quote."""


def get_entry(suffix: str, server: str, environ: Mapping[str, str]) -> RegistryEntry | None:
    """Get a helper's entry for a server, stored under the server's name or its https form; None if it has none.

    Raises CredentialError if the helper does not exist, fails, takes longer than 30 seconds, prints more than 1 MiB,
    or does not return JSON.
    """
    for key in (server, f"https://{server}"):
        answer = _ask_helper(suffix, "get", key, environ)
        if answer is not None:
            username, password = answer.get("Username"), answer.get("Secret")
            return RegistryEntry(server=server, username=_text(username), password=_text(password))
        if "://" in server:
            return None
    return None


def list_servers(suffix: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """List the servers that a helper has credentials for; raises CredentialError as `get_entry` does."""
    answer = _ask_helper(suffix, "list", "", environ) or {}
    return tuple(server for server in answer if not server.endswith(_SESSION_KEYS))


def _ask_helper(suffix: str, command: str, text: str, environ: Mapping[str, str]) -> dict[str, object] | None:
    done = _run_helper(suffix, command, text, environ)
    if done.status != 0 and _NOT_FOUND in done.output:
        return None
    answer = _parsed(done.output) if done.status == 0 else None
    if not isinstance(answer, dict):
        raise _failure(suffix, command, text, _reason(done.status))
    return answer


def _parsed(text: bytes) -> object:
    try:
        answer: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return answer


def _run_helper(suffix: str, command: str, text: str, environ: Mapping[str, str]) -> Ended:
    name = f"docker-credential-{suffix}"
    program = find_program(name, environ) if _SUFFIX.fullmatch(suffix) else None
    if program is None:
        raise CredentialError(f"credential helper {name} is not on PATH")
    try:
        return run_program(
            (program, command),
            environ=inherited_environment(environ),
            seconds=_TIMEOUT_SECONDS,
            sent=text.encode("utf-8", "surrogateescape"),
        )
    except LimitError as error:
        reason = str(error)
    except OSError as error:
        reason = (error.strerror or "cannot be started").lower()
    raise _failure(suffix, command, text, reason)


def _reason(status: int) -> str:
    return f"exit status {status}" if status else "its output is not a JSON object"


def _failure(suffix: str, command: str, text: str, reason: str) -> CredentialError:
    name = f"docker-credential-{suffix}"
    server = text.rpartition("@")[2]  # what is before an @ may be a password
    call = f"printf %s {shell_word(server)} | {name} {command}" if server else f"{name} {command}"
    about = f" for {printable(server)}" if server else ""
    hint = f"to see its output, run: {call}" if len(server) < _LONGEST_SERVER and is_printable(server) else ""
    return CredentialError(f"{name} {command}{about} failed: {reason}", hint=hint)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
