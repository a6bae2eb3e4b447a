"""Everything that can go wrong, as one tree.

PullSecretError             one clear line, and a hint where one helps
├── UsageError              the command line makes no sense: `error: ...` and where the help is
│   └── FlagError           a flag is unknown, or its value cannot be: `Error: ...`, as pflag says it
├── ConfigError             kubeconfig or its credentials cannot be used
├── ConnectError            no answer from the server: `Unable to connect to the server: ...`
│   └── TimedOutError       none in time
├── CredentialError         no usable registry credential in what was given
├── RefusedError            we will not do it, and say with which flag we would
├── OutputError             what we have to say cannot be written
└── ApiError                the server said no: `Error from server (Reason): ...`
    ├── NotFoundError       404
    ├── ForbiddenError      403
    ├── UnauthorizedError   401
    ├── ConflictError       409, somebody else wrote in between
    ├── AlreadyExistsError  409, the name is taken
    ├── InvalidError        422
    ├── GoneError           410, a list's continue token is too old
    ├── ThrottledError      429
    └── ServerError         5xx

Each error knows its own text in kubectl's words; only main and report print it.
"""

from __future__ import annotations


class PullSecretError(Exception):
    """A failure with one line for the user and, where it helps, a second one that says what to do.

    `exit_status` is how the program ends for it.
    """

    exit_status = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def line(self) -> str:
        """The first line as kubectl would word it (kubectl: pkg/cmd/util/helpers.go)."""
        return f"error: {self.message}"


class UsageError(PullSecretError):
    """The command line makes no sense."""


class FlagError(UsageError):
    """A flag is unknown, lacks its value, or has one that cannot be; in pflag's words."""

    @property
    def line(self) -> str:
        """`Error: unknown flag: --nope`: with a capital, unlike all other errors (spf13/cobra)."""
        return f"Error: {self.message}"


class ConfigError(PullSecretError):
    """Kubeconfig, or the credentials it names, cannot be used; `line` holds kubectl's own words, prefix included."""

    @property
    def line(self) -> str:
        """The message itself: kubectl prefixes some of these with `error: ` and some not."""
        return self.message


class ConnectError(PullSecretError):
    """The server gave no answer; `sent` tells whether the request may have reached it, and been acted on."""

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
    """The server gave no answer in time; to ask again at once would take as long again."""


class CredentialError(PullSecretError):
    """What was given holds no usable registry credential."""


class RefusedError(PullSecretError):
    """A thing this program does not do unasked."""


class OutputError(PullSecretError):
    """Standard output takes no more: a full disk behind it, mostly."""


class ApiError(PullSecretError):
    """The API server's answer with a status of 400 or more.

    `code` is the HTTP status, `reason` the Status object's reason (what the code means when it was no Status), and
    `retry_after` the seconds that the server asked to wait (None when it did not say).
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
    """404: the object, or its namespace, is not there."""


class ForbiddenError(ApiError):
    """403: RBAC, a quota, an admission webhook, or a terminating namespace said no."""


class UnauthorizedError(ApiError):
    """401: the server does not know who asks."""

    @property
    def line(self) -> str:
        """`error: You must be logged in to the server (Unauthorized)`; the word is the server's message."""
        return f"error: You must be logged in to the server ({self.message})"


class ConflictError(ApiError):
    """409: the object changed since it was read."""


class AlreadyExistsError(ApiError):
    """409: the name is taken."""


class InvalidError(ApiError):
    """422: the server's validation refused the object; `line` is `The Secret "x" is invalid: ...`."""

    @property
    def line(self) -> str:
        """The server's sentence with the kind's own capital, as kubectl prints it."""
        return f"The {self.message}" if self.message[:1].isupper() else super().line


class GoneError(ApiError):
    """410: a continue token expired; the list must be read again from its start."""


class ThrottledError(ApiError):
    """429: too many requests; nothing was done."""


class ServerError(ApiError):
    """5xx: the server failed; whether it wrote is unknown."""
