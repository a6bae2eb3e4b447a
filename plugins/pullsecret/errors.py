"""All errors, as one tree.

PullSecretError             one clear line, and a hint where one helps
├── UsageError              the command line is not valid: `error: ...` and where the help is
│   └── FlagError           a flag is unknown or its value is not valid
├── ConfigError             the kubeconfig or its credentials cannot be used
├── ConnectError            no answer from the server: `Unable to connect to the server: ...`
│   ├── TimedOutError       no answer in time
│   └── TooLargeError       an answer that is too large
├── CredentialError         no usable registry credentials in the input
├── RefusedError            not done without a flag, which the message names
├── OutputError             standard output cannot be written to
├── HostError               files of a node are left as they are
├── CloudError              IBM Cloud refused, or gave no answer: `error: IBM Cloud ...`
└── ApiError                the server refused: `Error from server (Reason): ...`
    ├── NotFoundError       404
    ├── ForbiddenError      403
    ├── UnauthorizedError   401
    ├── ConflictError       409, a concurrent write
    ├── AlreadyExistsError  409, the name is taken
    ├── InvalidError        422
    ├── GoneError           410, a list's continue token is too old
    ├── ThrottledError      429
    └── ServerError         5xx

Errors are values: complete when created and never changed afterwards. Each knows its own text in kubectl's words; only
main and report print it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self


class PullSecretError(Exception):
    """A failure with one line for the user and, where it helps, a hint that tells what to do.

    `exit_status` is the status that the program ends with. `is_block`: the message has lines, each of which is already
    printable; otherwise a line end in it came from elsewhere, and is shown escaped. Errors are
    values: `with_hint` makes another one.
    """

    exit_status = 1
    is_block = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def line(self) -> str:
        """The first line as kubectl would word it (kubectl: pkg/cmd/util/helpers.go)."""
        return f"error: {self.message}"

    def with_hint(self, hint: str) -> Self:
        """The same error with another hint."""
        return self._with("hint", hint)

    def with_exit_status(self, status: int) -> Self:
        """The same error with another exit status."""
        return self._with("exit_status", status)

    def as_block(self) -> Self:
        """The same error, of several lines."""
        return self._with("is_block", 1)

    def _with(self, name: str, value: str | int) -> Self:
        other = type(self).__new__(type(self), *self.args)
        vars(other).update(vars(self) | {name: value})
        return other


class UsageError(PullSecretError):
    """The command line is not valid."""


class FlagError(UsageError):
    """A flag is unknown, has no value, or an invalid one; in pflag's words."""


class ConfigError(PullSecretError):
    """The kubeconfig, or the credentials in it, cannot be used; `line` is kubectl's own text, prefix included."""

    @property
    def line(self) -> str:
        """The message itself: kubectl prefixes some of these with `error: ` and some not."""
        return self.message


class ConnectError(PullSecretError):
    """The server gave no answer; `sent` tells whether the request may have reached it and been processed."""

    def __init__(self, message: str, *, sent: bool = False, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.sent = sent

    @property
    def line(self) -> str:
        """`Unable to connect to the server: ...`; a refused connection has a sentence of its own."""
        if self.message.startswith("The connection to the server "):
            return self.message
        return f"Unable to connect to the server: {self.message}"


class TimedOutError(ConnectError):
    """The server gave no answer in time; a retry would take as long again."""


class TooLargeError(ConnectError):
    """The server's response is too large to be read at once."""


class CredentialError(PullSecretError):
    """The input has no usable registry credentials."""


class RefusedError(PullSecretError):
    """Something that this program does only with a flag for it."""


class OutputError(PullSecretError):
    """Standard output cannot be written to, for example because the disk is full."""


class HostError(PullSecretError):
    """The files of a node cannot be written, or are better left as they are."""


class CloudError(PullSecretError):
    """IBM Cloud refused a request or gave no answer.

    `status` is the HTTP status, 0 without an answer; `code` is IBM's own, such as BXNIM0151E, "" if there is none.
    `is_sent` tells whether IBM Cloud may have done what was asked for, although this error says otherwise.
    """

    def __init__(self, message: str, *, status: int = 0, code: str = "", is_sent: bool = False, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status, self.code, self.is_sent = status, code, is_sent


class ApiError(PullSecretError):
    """The API server's answer with a status of 400 or more.

    `code` is the HTTP status, `reason` the reason of the Status object (the code's meaning if there was none), and
    `retry_after` the seconds that the server asked to wait (None if it did not).
    """

    def __init__(
        self, message: str, *, code: int, reason: str, retry_after: float | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.reason = reason
        self.retry_after = retry_after

    @property
    def line(self) -> str:
        """`Error from server (Reason): message`."""
        reason = f" ({self.reason})" if self.reason else ""
        return f"Error from server{reason}: {self.message}"


class NotFoundError(ApiError):
    """404: the object, or its namespace, does not exist."""


class ForbiddenError(ApiError):
    """403: denied by RBAC, a quota or an admission webhook, or because the namespace is terminating."""


class UnauthorizedError(ApiError):
    """401: the server does not accept the user's credentials."""

    @property
    def line(self) -> str:
        """`error: You must be logged in to the server (Unauthorized)`; the word in brackets is the server's message."""
        return f"error: You must be logged in to the server ({self.message})"


class ConflictError(ApiError):
    """409: the object has changed since it was read."""


class AlreadyExistsError(ApiError):
    """409: the name is taken."""


class InvalidError(ApiError):
    """422: the object failed the server's validation; `line` is `The Secret "x" is invalid: ...`."""

    @property
    def line(self) -> str:
        """The server's sentence with a capital kind, as kubectl prints it."""
        return f"The {self.message}" if self.message[:1].isupper() else super().line


class GoneError(ApiError):
    """410: a continue token has expired; the list must be read again from the start."""


class ThrottledError(ApiError):
    """429: too many requests; the request was not processed."""


class ServerError(ApiError):
    """5xx: the server failed; whether it has written is unknown."""
