"""Find problems in manifests and login files before they are used, without contacting a registry.

By themselves no cluster is contacted; composed/check_file_in_cluster.py adds what is in one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.credentials.bounded_read import STDIN, source_name
from pullsecret.files.checked_files import CheckedFiles, LoginFile, read_checked_files
from pullsecret.model.check.declared_holders import Surroundings
from pullsecret.model.check.manifest_findings import declared_objects, in_file, manifest_findings
from pullsecret.model.check.rule import CheckedObject, CheckResult, Finding
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import secret_findings
from pullsecret.model.declared.declared_parts import declared_parts
from pullsecret.model.declared.file_line import FileLine
from pullsecret.model.declared.promised_secrets import KUSTOMIZATION
from pullsecret.model.objects.objects import text_at
from pullsecret.model.request.command_request import CommandRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.declared.declared import DeclaredObject
    from pullsecret.model.go.printable import Printable


@dataclass(frozen=True, kw_only=True)
class CheckFileRequest(CommandRequest):
    """Which files and folders, `-` for standard input; `needs_private` requires entries for private hosts.

    `content` is what was read of them already.
    """

    files: tuple[str, ...]
    is_recursive: bool = False
    needs_private: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    content: CheckedFiles | None = field(default=None, repr=False)

    def with_input(self, _log: Callable[[Printable], None]) -> CheckFileRequest:
        """The request with the files, which are read once for all clusters; raises as `files_to_check`."""
        return replace(self, content=files_to_check(self))

    @property
    def reads_stdin(self) -> bool:
        """Whether the manifests come from standard input."""
        return STDIN in self.files

    @property
    def failed_status(self) -> int:
        """An incomplete look is never "found"."""
        return 2


@dataclass(frozen=True, kw_only=True)
class CheckedFilesView:
    """The files, the namespace of objects that give none ("" if unknown), and the cluster's part if one was read."""

    files: CheckedFiles
    namespace: str = ""
    inventory: Inventory | None = None


def files_to_check(request: CheckFileRequest) -> CheckedFiles:
    """Read the files.

    Raises:
        CredentialError: one that is named cannot be read.
        UsageError: one does not exist, or a folder has no manifests.
    """
    return request.content or read_checked_files(
        request.files, is_recursive=request.is_recursive, finds_templates=request.output.is_for_pipelines
    )


def observe(request: CheckFileRequest) -> CheckedFilesView:
    """Read the files, and nothing else; raises as `files_to_check`."""
    return CheckedFilesView(files=files_to_check(request))


def plan(request: CheckFileRequest, view: CheckedFilesView) -> CheckResult:
    """The findings of login files, and of the objects of manifests."""
    declared = view.files.declared
    around = Surroundings(
        parts=declared_parts(declared, view.namespace),
        cluster=view.inventory,
        needs_private=request.needs_private,
        now=request.now,
    )
    logins = (finding for login in view.files.login_files for finding in _login_findings(login, request))
    return CheckResult(
        findings=(*logins, *manifest_findings(declared, around)),
        objects=(*map(_checked_login, view.files.login_files), *declared_objects(around)),
        notes=tuple(_notes(view)),
        failures=(*declared.problems, *_cluster_failures(view)),
        scope=_scope(request, view),
    )


def _login_findings(login: LoginFile, request: CheckFileRequest) -> Iterator[Finding]:
    checked = CheckedSecret(
        secret=login.secret,
        circumstances=Circumstances(now=request.now, needs_private=request.needs_private),
        file=login.file,
        file_subject=source_name(login.file),
    )
    yield from (replace(in_file(finding), place=_first_line(login)) for finding in secret_findings(checked))


def _checked_login(login: LoginFile) -> CheckedObject:
    return CheckedObject(namespace="", subject=source_name(login.file), place=_first_line(login))


def _first_line(login: LoginFile) -> FileLine:
    return FileLine(file="" if login.file == STDIN else login.file, line=1)


def _notes(view: CheckedFilesView) -> Iterator[str]:
    """What was not checked, and what is not as it will be applied."""
    yield from (f"note: {file} has no Kubernetes objects" for file in view.files.others)
    yield from _kustomize_notes(view.files.declared.of_kind(KUSTOMIZATION))
    if view.inventory is not None:
        yield from view.inventory.observed.notes
        unreadable = view.inventory.observed.accounts.unreadable
        yield from (
            f"note: not allowed to list service accounts in namespace {namespace}; their lists were not checked"
            for namespace, _ in unreadable
        )


def _kustomize_notes(items: Sequence[DeclaredObject]) -> Iterator[str]:
    """What kustomize would change is not in the files."""
    files = [source_name(one.place.file or STDIN) for one in items if _is_of_kustomize(one)]
    if files:
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        yield f"note: not built: {files[0]}{more}; what is applied is the output of kubectl kustomize"


def _is_of_kustomize(item: DeclaredObject) -> bool:
    """Whether a Kustomization is kustomize's, and not an object of Flux."""
    return text_at(item.content, "apiVersion").partition("/")[0] in ("", "kustomize.config.k8s.io")


def _cluster_failures(view: CheckedFilesView) -> tuple[str, ...]:
    """What could not be read of the cluster, in the server's words."""
    if view.inventory is None:
        return ()
    parts = (view.inventory.observed.secrets, view.inventory.others)
    return tuple(dict.fromkeys(error.line for part in parts for error in part.unreadable.values()))


def _scope(request: CheckFileRequest, view: CheckedFilesView) -> str:
    """How much was checked: `config.json`, `12 objects in deploy.yaml`, `12 objects in 3 files`."""
    objects = view.files.declared.objects
    files = tuple(dict.fromkeys([*(one.place.file for one in objects), *(one.file for one in view.files.login_files)]))
    named = source_name(files[0] or STDIN) if len(files) == 1 else f"{len(files)} files" if files else "any file"
    if not objects:
        return named if files else ", ".join(map(source_name, request.files))
    return f"{len(objects)} object{'' if len(objects) == 1 else 's'} in {named}"
