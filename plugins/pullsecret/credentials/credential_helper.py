"""The programs that keep docker's passwords: `docker-credential-SUFFIX`, and how they are asked.

Protocol: the verb is the argument; `get` reads the server from standard input, as plain text, and writes JSON with
ServerURL, Username and Secret; a failure's text is on standard output (github.com/docker/docker-credential-helpers).
No credential is ever in an argument, and what a helper writes is never in an error.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

from pullsecret.errors import CredentialError
from pullsecret.model.images.dockerconfig import RegistryEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 30
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_NONE = b"credentials not found"
_SESSION_KEYS = ("/access-token", "/refresh-token")
"""Docker Desktop keeps its own session under these: no registry's login."""


def entry_from(suffix: str, server: str, environ: Mapping[str, str]) -> RegistryEntry | None:
    """What a helper keeps for a server, under the server's name or its https form; None when it has nothing.

    Raises CredentialError when the helper is not there, fails, takes longer than 30 seconds or answers no JSON.
    """
    for key in (server, f"https://{server}"):
        answer = _answer(suffix, "get", key, environ)
        if answer is not None:
            username, password = answer.get("Username"), answer.get("Secret")
            return RegistryEntry(server=server, username=_word(username), password=_word(password))
        if "://" in server:
            return None
    return None


def servers_of(suffix: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The servers that a helper keeps logins for; raises CredentialError as `entry_from` does."""
    answer = _answer(suffix, "list", "", environ) or {}
    return tuple(server for server in answer if not server.endswith(_SESSION_KEYS))


def _answer(suffix: str, verb: str, text: str, environ: Mapping[str, str]) -> dict[str, object] | None:
    done = _finished(suffix, verb, text, environ)
    if done.returncode != 0 and _NONE in done.stdout:
        return None
    answer = _json(done.stdout) if done.returncode == 0 else None
    if not isinstance(answer, dict):
        raise _failure(suffix, verb, text, _reason(done.returncode))
    return answer


def _json(text: bytes) -> object:
    try:
        answer: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return answer


def _finished(suffix: str, verb: str, text: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    name = f"docker-credential-{suffix}"
    program = shutil.which(name, path=environ.get("PATH", "")) if _NAME.fullmatch(suffix) else None
    if program is None:
        raise CredentialError(f"{name} keeps the password, and is not on the PATH")
    try:
        return subprocess.run(  # noqa: S603  the user's own login file names it; it is no shell's text
            [program, verb],
            input=text.encode("utf-8", "surrogateescape"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            env=dict(environ),
        )
    except subprocess.TimeoutExpired:
        reason = f"no answer in {SECONDS} seconds"
    except OSError as error:
        reason = (error.strerror or "it does not start").lower()
    raise _failure(suffix, verb, text, reason)


def _reason(status: int) -> str:
    return f"exit status {status}" if status else "its answer is no JSON object"


def _failure(suffix: str, verb: str, text: str, reason: str) -> CredentialError:
    name = f"docker-credential-{suffix}"
    server = text.rpartition("@")[2]  # what stands before an @ may be a password
    asked = f"printf %s {shlex.quote(server)} | {name} {verb}" if server else f"{name} {verb}"
    about = f" for {server}" if server else ""
    return CredentialError(f"{name} {verb}{about} failed: {reason}", hint=f"see what it says: {asked}")


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
