"""What `import` says of an image in the end: where pods pull it, or why it was not imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.openshift.image_imports import ReferencePolicy
from pullsecret.model.request.suggested_command import (
    NOT_PASTEABLE,
    CommandStyle,
    Flag,
    Program,
    command,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.openshift.image_imports import ImportResult, WantedImport
    from pullsecret.model.openshift.import_failures import FailedImport
    from pullsecret.model.request.stream_tag import StreamTag
    from pullsecret.model.request.suggested_command import SuggestedCommand


@dataclass(frozen=True, kw_only=True)
class ShownImport:
    """An import that the output is about: the image, the project and the tag, and how commands are written."""

    asked: WantedImport
    project: str
    tag: StreamTag
    style: CommandStyle

    @property
    def subject(self) -> str:
        """The tag, as in a line of the output."""
        return f"imagestreamtag/{self.tag.name} in namespace {self.project}"

    def typed(self, suggested: SuggestedCommand) -> Printable:
        """A command as a line to paste."""
        return typed(suggested, self.style) or Printable(NOT_PASTEABLE)


def imported_lines(shown: ShownImport, result: ImportResult) -> Iterator[Printable]:
    """The image, and how pods pull it."""
    wanted, project = shown.asked, shown.project
    yield Printable(f"note: imported {wanted.image} ({result.digest})")
    if wanted.is_scheduled:
        yield Printable("note: OpenShift imports it again periodically, as its tag in the registry changes")
    if wanted.policy is ReferencePolicy.SOURCE:
        yield Printable("note: pods pull it from its own registry, with pull secrets of their own namespace")
        return
    if result.repository:
        yield Printable(
            f"note: pods in namespace {project} pull it without a pull secret as {result.repository}:{shown.tag.tag}"
        )
    yield Printable(f"note: to let the pods of another project pull it, use allow-pull --from={project}")


def failed_lines(shown: ShownImport, failed: FailedImport) -> Iterator[Printable]:
    """Why the image was not imported, which credentials were tried, and what to do."""
    result = failed.outcome
    message = f": {result.message}" if result.message else ""
    yield Printable(f"error: {shown.subject}: import of {failed.image} failed: {result.reason}{message}")
    yield from _used_lines(failed)
    if failed.advice is not None:
        words, line = failed.advice
        yield Printable(f"note: {words}")
        yield Printable.of("  ", shown.typed(line))


def _used_lines(failed: FailedImport) -> Iterator[Printable]:
    """Which pull secret of the project OpenShift used."""
    used, place = failed.used, f"in namespace {failed.project}"
    if used is None:
        return
    if used.malformed:
        yield Printable(f"note: secret/{used.name} {place} is malformed, so that no image can be imported there")
    elif used.name and failed.is_about_credentials:
        yield Printable(f"note: OpenShift used secret/{used.name} {place}, its entry for {shown_key(used.server)}")
    elif failed.is_about_credentials:
        yield Printable(f"note: no pull secret {place} has an entry for {failed.host}")


def late_lines(shown: ShownImport, *, is_late: bool) -> Iterator[Printable]:
    """That the import goes on: because it takes longer than the user waits, or because the user does not wait."""
    looking = command(Program.OC, "describe", f"imagestream/{shown.tag.stream}", Flag("-n", shown.project))
    kind = "error: timed out waiting for" if is_late else "note: did not wait for"
    yield Printable(f"{kind} the import of {shown.asked.image}; to see its result, run:")
    yield Printable.of("  ", shown.typed(looking))
