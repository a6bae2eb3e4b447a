"""What every command asks for: which cluster, which namespaces, and how to print the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from pullsecret.model.go.printable import Printable
    from pullsecret.model.request.build_names import BuildNames
    from pullsecret.model.request.code_engine import ShownProject
    from pullsecret.model.request.gathered import Gathered
    from pullsecret.model.request.workload_name import WorkloadName


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
    """The supported values of kubectl's -o, and the formats that pipelines read."""

    LINES = ""
    NAME = "name"
    JSON = "json"
    YAML = "yaml"
    WIDE = "wide"
    TABLE = "table"
    SARIF = "sarif"
    JUNIT = "junit"


@dataclass(frozen=True, kw_only=True)
class Output:
    """How to print the outcome.

    `is_diff`: what would change is shown as `kubectl diff` does. `has_manifests`: a client-side dry run of the command
    can print manifests. `spans_namespaces`: there may be more than one, so that a name alone does not tell which object
    it is. `context` is the kubeconfig context in use, "" for none. `gathered` is where tables and documents wait for
    those of other clusters; None for a run on one cluster. `project` is the Code Engine project in which everything is,
    None for namespaces.
    """

    format: Format = Format.LINES
    dry_run: DryRun = DryRun.NONE
    quiet: bool = False
    show_headers: bool = True
    is_diff: bool = False
    has_manifests: bool = True
    spans_namespaces: bool = False
    context: str = ""
    gathered: Gathered | None = field(default=None, compare=False, repr=False)
    project: ShownProject | None = None

    @property
    def spans_contexts(self) -> bool:
        """Whether several contexts are selected, so that lines and tables name theirs."""
        return self.gathered is not None

    def is_first_paragraph(self, position: int) -> bool:
        """Whether nothing is printed above the paragraph at this position of its cluster."""
        has_others = self.gathered is not None and self.gathered.follows_paragraphs()
        return not (position or has_others)

    def located(self, line: str) -> str:
        """A line with its context at the end, where several are selected."""
        if not self.spans_contexts:
            return line
        end = "." if line.endswith(".") else ""
        return f"{line.removesuffix('.')} (context {self.context}){end}"

    @property
    def is_document(self) -> bool:
        """Whether the output is one document for programs, JSON or YAML."""
        return self.format in (Format.JSON, Format.YAML)

    @property
    def is_for_pipelines(self) -> bool:
        """Whether the output is one report for CI systems, SARIF or JUnit."""
        return self.format in (Format.SARIF, Format.JUNIT)

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
    """What all requests have in common; `is_confirmed` is --yes."""

    connection: ConnectionFlags = field(default_factory=ConnectionFlags)
    targets: Targets = field(default_factory=Targets)
    output: Output = field(default_factory=Output)
    is_confirmed: bool = False

    def with_input(self, _log: Callable[[Printable], None]) -> Self:
        """The request with what it reads on this machine and asks elsewhere, once for all clusters.

        `_log` takes the lines of -v. Raises what the action's `observe` would raise.
        """
        return self

    @property
    def other_connections(self) -> tuple[ConnectionFlags, ...]:
        """The clusters that `observe` reads in addition: their logins come first, because they may prompt."""
        return ()

    @property
    def credential_source(self) -> str:
        """Where the credential that is written comes from, as the question before the write names it; "" for none."""
        return ""

    @property
    def spans_namespaces(self) -> bool:
        """Whether objects of several namespaces may be in the output, whatever the cluster has."""
        return self.targets.may_be_many

    @property
    def failed_status(self) -> int:
        """The exit status when a cluster could not be read."""
        return 2 if self.output.is_diff else 1

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

    `workloads` are those whose own list is edited instead; `keep_account_secrets` adds the list of their service
    account to it, which it would hide. `builds` are the build configs that are edited instead. `accounts` are names;
    `every` means all service accounts of the namespace; `fields` are the lists to edit (`imagePullSecrets` for --for
    pull, `secrets` for --for mount); `wait` is how many seconds to wait for the default service account of a new
    namespace; `force_conflicts` writes also what an owner undoes.
    """

    accounts: tuple[str, ...] = ("default",)
    every: bool = False
    fields: tuple[str, ...] = ("imagePullSecrets",)
    wait: float = 30.0
    force_conflicts: bool = False
    workloads: tuple[WorkloadName, ...] = ()
    keep_account_secrets: bool = False
    builds: BuildNames | None = None
