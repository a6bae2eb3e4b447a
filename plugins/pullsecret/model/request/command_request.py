"""What every command asks for: which cluster, which namespaces, and how to print the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


class DryRun(Enum):
    """kubectl's --dry-run: write, only read, or let the server validate the write without persisting it."""

    NONE = "none"
    CLIENT = "client"
    SERVER = "server"

    @property
    def suffix(self) -> str:
        """The end of an object's line in a dry run."""
        return {"none": "", "client": " (dry run)", "server": " (server dry run)"}[self.value]


class CheckLevel(Enum):
    """Which findings of check prevent a secret from being written or attached: --check."""

    STRICT = "strict"
    ERRORS = "errors"
    OFF = "off"


class Format(Enum):
    """The supported values of kubectl's -o."""

    LINES = ""
    NAME = "name"
    JSON = "json"
    YAML = "yaml"
    WIDE = "wide"
    TABLE = "table"


@dataclass(frozen=True, kw_only=True)
class Output:
    """How to print the outcome.

    `is_diff`: what would change is shown as `kubectl diff` does. `has_manifests`: a client-side dry run of the command
    can print manifests. `spans_namespaces`: there may be more than one, so that a name alone does not tell which object
    it is. `context` is the kubeconfig context in use, "" for none.
    """

    format: Format = Format.LINES
    dry_run: DryRun = DryRun.NONE
    quiet: bool = False
    show_headers: bool = True
    is_diff: bool = False
    has_manifests: bool = True
    spans_namespaces: bool = False
    context: str = ""

    @property
    def is_document(self) -> bool:
        """Whether the output is one document for programs, JSON or YAML."""
        return self.format in (Format.JSON, Format.YAML)

    @property
    def shows_manifests(self) -> bool:
        """Whether whole objects are printed, for `kubectl apply -f -`."""
        return self.is_document and self.has_manifests and self.dry_run is DryRun.CLIENT

    @property
    def keeps_objects(self) -> bool:
        """Whether whole objects must be kept, because they are printed in the end."""
        return self.shows_manifests or self.is_diff


@dataclass(frozen=True, kw_only=True)
class CommandRequest:
    """What all requests have in common."""

    connection: ConnectionFlags = field(default_factory=ConnectionFlags)
    targets: Targets = field(default_factory=Targets)
    output: Output = field(default_factory=Output)

    @property
    def reads_stdin(self) -> bool:
        """Whether the command itself reads standard input, so that no credential plugin may."""
        return False

    @property
    def password_variable(self) -> str:
        """The variable that a password is read from, which programs that are started do not get; "" for none."""
        return ""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """Which service accounts to attach the secrets to.

    `accounts` are names; `every` means all service accounts of the namespace; `fields` are the lists to edit
    (`imagePullSecrets` for --for pull, `secrets` for --for mount); `wait` is how many seconds to wait for the default
    service account of a new namespace; `force_conflicts` writes also lists whose owner undoes that.
    """

    accounts: tuple[str, ...] = ("default",)
    every: bool = False
    fields: tuple[str, ...] = ("imagePullSecrets",)
    wait: float = 30.0
    force_conflicts: bool = False
