"""Why OpenShift could not import an image, and what the project needs for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.go.url import index_key
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.images.internal_registry import INTERNAL_NAMES
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.images.verdict import Result
from pullsecret.model.objects.objects import name_of
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.openshift.import_credential import import_credential
from pullsecret.model.openshift.import_query import ImportAnswer, import_verdict
from pullsecret.model.request.suggested_command import Flag, pullsecret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.image_imports import ImportResult
    from pullsecret.model.openshift.import_credential import ImportCredential
    from pullsecret.model.request.suggested_command import SuggestedCommand

_ABOUT_CREDENTIALS = frozenset({Result.UNAUTHORIZED, Result.LOGIN_REQUIRED, Result.BAD_CREDENTIAL})


@dataclass(frozen=True, kw_only=True)
class FailedImport:
    """An image that could not be imported into a project.

    `used` is the project's pull secret that OpenShift used; None if that is not known. `is_in_shared`: a copy of IBM
    Cloud's pull secret in `default` would be used.
    """

    project: str
    image: str
    outcome: ImportResult
    used: ImportCredential | None = None
    is_in_shared: bool = False

    @property
    def result(self) -> Result:
        """What the server's words mean."""
        answer = ImportAnswer(reason=self.outcome.reason, message=self.outcome.message)
        return import_verdict(answer, self.image, self.used).result

    @property
    def is_about_credentials(self) -> bool:
        """Whether other credentials would help, as far as the registry says."""
        return self.result in _ABOUT_CREDENTIALS

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
            words = f"no image is imported into namespace {self.project} until it is replaced; to look at it, run:"
            return words, pullsecret("check", self.used.name, Flag("-n", self.project))
        if not self.is_about_credentials:
            return None
        if self.images_project:
            words = f"the owner of project {self.images_project} can allow it; then run this command again:"
            return words, pullsecret("allow-pull", Flag("--from", self.images_project), Flag("-n", self.project))
        if self.is_in_shared:
            copying = pullsecret("copy", ALL_ICR_IO, Flag("--from", SHARED_NAMESPACE), Flag("--to", self.project))
            return "copy the pull secret of the cluster, and run this command again:", copying
        return self._creating(self.used)

    def _creating(self, used: ImportCredential) -> tuple[str, SuggestedCommand] | None:
        """To create a secret that is used: for the host if it has no entry, else for a longer key than the present."""
        host, path = _host_and_path(self.image)
        key = f"{host}/{path}" if used.name else host
        if not host or index_key(used.server) == key:
            return None
        flags = (Flag("--registry", key), Flag("--username", "USER"), Flag("-n", self.project))
        creating = pullsecret("create", _name_for(key), *flags)
        return "create a pull secret that may pull the image, and run this command again:", creating


def would_use(shared: Object, secrets: Sequence[Object], image: str) -> bool:
    """Whether OpenShift would use a copy of a secret, of a name that the project does not have, for an image."""
    name = name_of(shared)
    is_new = name not in map(name_of, secrets)
    return is_new and import_credential((*secrets, shared), image).name == name


def _host_and_path(image: str) -> tuple[str, str]:
    try:
        found = parsed_reference(image)
    except InvalidReferenceError:
        return "", ""
    return found.domain, found.path


def _name_for(host: str) -> str:
    """A name for a secret with an entry for a host."""
    return "".join(char if char.isalnum() else "-" for char in host.lower()).strip("-") or "registry"
