"""Why OpenShift could not import an image, and what the project needs for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.images.internal_registry import INTERNAL_NAMES
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.request.suggested_command import Flag, pullsecret

if TYPE_CHECKING:
    from pullsecret.model.openshift.image_imports import ImportResult
    from pullsecret.model.openshift.import_credential import ImportCredential
    from pullsecret.model.request.suggested_command import SuggestedCommand


@dataclass(frozen=True, kw_only=True)
class FailedImport:
    """An image that could not be imported into a project.

    `used` is the project's pull secret that OpenShift used; None if that is not known. `is_in_shared`: IBM Cloud's
    pull secret in `default` has an entry for the image.
    """

    project: str
    image: str
    outcome: ImportResult
    used: ImportCredential | None = None
    is_in_shared: bool = False

    @property
    def host(self) -> str:
        """The registry's."""
        return _host_and_path(self.image)[0]

    @property
    def images_project(self) -> str:
        """The other project whose image it is, in the internal registry; "" for an image that is not of one."""
        host, path = _host_and_path(self.image)
        project, slash, _ = path.partition("/")
        return project if slash and project != self.project and INTERNAL_NAMES.fullmatch(host) else ""

    @property
    def advice(self) -> tuple[str, SuggestedCommand] | None:
        """What to do, and the command for it; None where no credential would help, or that is not known."""
        if self.used is None:
            return None
        if self.used.malformed:
            return "to find what is wrong with it, run:", pullsecret("check", Flag("-n", self.project))
        if self.outcome.reason != "Unauthorized":
            return None
        if self.images_project:
            words = f"the owner of project {self.images_project} can allow it; then run this command again:"
            return words, pullsecret("allow-pull", Flag("--from", self.images_project), Flag("-n", self.project))
        if self.is_in_shared and self.used.name != ALL_ICR_IO:
            copying = pullsecret("copy", ALL_ICR_IO, Flag("--from", SHARED_NAMESPACE), Flag("--to", self.project))
            return "copy the pull secret of the cluster, and run this command again:", copying
        flags = (Flag("--registry", self.host), Flag("--username", "USER"), Flag("-n", self.project))
        creating = pullsecret("create", _name_for(self.host), *flags)
        return "create a pull secret that may pull the image, and run this command again:", creating


def _host_and_path(image: str) -> tuple[str, str]:
    try:
        found = parsed_reference(image)
    except InvalidReferenceError:
        return "", ""
    return found.domain, found.path


def _name_for(host: str) -> str:
    """A name for a secret with an entry for a host."""
    return "".join(char if char.isalnum() else "-" for char in host.lower()).strip("-") or "registry"
