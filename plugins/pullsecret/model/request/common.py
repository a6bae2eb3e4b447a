"""What every command asks for, whatever its command: where, on which namespaces, and how to say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


class DryRun(Enum):
    """kubectl's --dry-run: write, only read, or let the server judge and drop the write."""

    NONE = "none"
    CLIENT = "client"
    SERVER = "server"

    @property
    def suffix(self) -> str:
        """What ends the line of an object that was not really written."""
        return {"none": "", "client": " (dry run)", "server": " (server dry run)"}[self.value]


class Format(Enum):
    """kubectl's -o, as far as we speak it."""

    LINES = ""
    NAME = "name"
    JSON = "json"
    YAML = "yaml"
    WIDE = "wide"


@dataclass(frozen=True, kw_only=True)
class Output:
    """How the outcome is told."""

    format: Format = Format.LINES
    dry_run: DryRun = DryRun.NONE
    quiet: bool = False
    show_headers: bool = True

    @property
    def shows_objects(self) -> bool:
        """Whether whole objects are printed, so that they must be kept."""
        return self.format in (Format.JSON, Format.YAML)


@dataclass(frozen=True, kw_only=True)
class Request:
    """The part of a request that all commands share."""

    connection: ConnectionFlags = field(default_factory=ConnectionFlags)
    targets: Targets = field(default_factory=Targets)
    output: Output = field(default_factory=Output)

    @property
    def reads_stdin(self) -> bool:
        """Whether the command itself reads standard input, so that no credential plug-in may."""
        return False


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """Which service accounts shall name the secrets.

    `accounts` are names; `every` means each service account of the namespace; `fields` are the lists to edit
    (`imagePullSecrets` for --for pull, `secrets` for --for mount); `wait` is how many seconds a service account that
    the control plane makes by itself may take to appear.
    """

    accounts: tuple[str, ...] = ("default",)
    every: bool = False
    fields: tuple[str, ...] = ("imagePullSecrets",)
    wait: float = 30.0
