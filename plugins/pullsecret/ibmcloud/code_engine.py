"""Code Engine's projects, and the registry secrets of one.

A project is a server like a cluster, as far as secrets are concerned: the engine reads, creates, changes and deletes
them here. Every change is conditional on the entity tag that was read. Deleting takes no condition in Code Engine, so
that is compared immediately before.
Source: IBM's SDK ibm-code-engine-sdk 6.0.6, code_engine_v2.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from pullsecret.errors import (
    AlreadyExistsError,
    CloudError,
    ConflictError,
    ConnectError,
    NotFoundError,
    PullSecretError,
    RefusedError,
    ServerError,
    ThrottledError,
)
from pullsecret.ibmcloud.client import IbmCall, answer_object, path_with
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.answers import object_at, text_in
from pullsecret.model.ibmcloud.code_engine import (
    REGISTRY_FORMAT,
    SecretUser,
    entry_of,
    is_registry_secret,
    project_in,
    registry_secret_in,
    secret_data,
)
from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
from pullsecret.model.objects.objects import Object, name_of, text_at
from pullsecret.network.side_by_side import call_each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.ibmcloud.client import IbmClient
    from pullsecret.ibmcloud.endpoints import Endpoints
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.code_engine import Project
    from pullsecret.model.objects.objects import AnyKind

_REGIONS: Final = ("us-south", "us-east", "eu-de", "eu-gb", "au-syd", "br-sao", "ca-tor", "jp-osa", "jp-tok")
_GONE: Final = frozenset({"deleting", "hard_deleted", "hard_deleting", "soft_deleted"})
_PAGE: Final = "100"
_AT_ONCE: Final = 4
"""So many requests to one project are under way: IBM Cloud limits them."""

_PATIENCE: Final = 15.0
_OK, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _CHANGED, _TOO_MANY = 200, 403, 404, 409, 412, 429
_USERS: Final = (
    ("apps", "app", "image_secret", "image_reference"),
    ("jobs", "job", "image_secret", "image_reference"),
    ("functions", "function", "code_secret", ""),
    ("builds", "build", "output_secret", ""),
)
"""What names registry secrets: the list, the kind, and the fields of the secret and of the image, if there is one."""


def find_project(session: Session, name: str) -> Project:
    """The project with this ID, or the only one with this name, in whichever region.

    Raises:
        NotFoundError: there is none.
        RefusedError: there are several of this name, or not all regions could be asked.
        CloudError: no region could be asked.
    """
    found, failures = _read_projects(session)
    if exact := next((project for project in found if project.id == name), None):
        return exact
    named = [project for project in found if project.name == name]
    if len(named) > 1:
        listed = ", ".join(sorted(project.shown for project in named))
        raise RefusedError(f'there are {len(named)} Code Engine projects "{printable(name)}": {listed}; use the ID')
    if failures and not found:
        raise next(iter(failures.values()))
    if failures:
        regions = ", ".join(failures)
        first = next(iter(failures.values())).message
        raise RefusedError(f"cannot look for Code Engine projects in {regions} ({first}); use the project's ID")
    if not named:
        message = f'Code Engine project "{printable(name)}" not found in account {session.shown_account}'
        hint = "to list the projects, run: ibmcloud ce project list"
        raise NotFoundError(message, code=_NOT_FOUND, reason="NotFound", hint=hint)
    return named[0]


def _read_projects(session: Session) -> tuple[tuple[Project, ...], dict[str, CloudError]]:
    """The projects of all regions, each once, and why regions could not be asked."""
    regions = _regions(session.endpoints, session.region)
    answers = call_each(partial(_projects_in, session), regions, at_once=len(regions))
    found: dict[str, Project] = {}
    for answer in answers:
        if not isinstance(answer, CloudError):
            found.update({project.id: project for project in answer if project.status not in _GONE})
    pairs = zip(regions, answers, strict=True)
    return tuple(found.values()), {region: error for region, error in pairs if isinstance(error, CloudError)}


def _regions(endpoints: Endpoints, first: str) -> tuple[str, ...]:
    """The regions to ask: one where a variable names the endpoint, which has one address then."""
    if endpoints.code_engine:
        return (first or _REGIONS[0],)
    return tuple(dict.fromkeys((*((first,) if first in _REGIONS else ()), *_REGIONS)))


def _projects_in(session: Session, region: str) -> Sequence[Project] | CloudError:
    url = f"{session.endpoints.code_engine_in(region)}/projects"
    try:
        return [project_in(one) for one in session.client.pages(url, {"limit": _PAGE}, "projects")]
    except CloudError as error:
        return error


@dataclass(frozen=True, kw_only=True)
class ProjectServer:
    """The secrets of one project. Safe for use from many threads.

    What the engine may repeat is raised as the error that a cluster would give, everything else as CloudError.
    """

    client: IbmClient
    url: str
    project: Project
    context: str = ""
    parallel: int | None = _AT_ONCE
    most: int | None = None
    patience: float = _PATIENCE
    round_trip: float = 0.0

    @classmethod
    def of(cls, session: Session, project: Project, parallel: int | None = None) -> ProjectServer:
        """Those of a project, in its region; `parallel` is how many writes may be under way, None for a few."""
        url = path_with(f"{session.endpoints.code_engine_in(project.region)}/projects", project.id)
        return cls(client=session.client, url=url, project=project, parallel=parallel or _AT_ONCE)

    @property
    def server(self) -> str:
        """The project's URL."""
        return self.url

    def prepare_connection(self) -> bool:
        """Nothing to prepare: connections are opened when they are needed."""
        return False

    def read_secrets(self) -> ProjectSecrets:
        """All secrets of the project; of those that are not for a registry, name and format only."""
        registry: dict[str, Object] = {}
        others: dict[str, str] = {}
        for content in self.client.pages(f"{self.url}/secrets", {"limit": _PAGE}, "secrets"):
            name = text_in(content, "name")
            if is_registry_secret(content):
                registry[name] = registry_secret_in(content)
            else:
                others[name] = text_in(content, "format")
        bare = [name for name, secret in registry.items() if not entry_of(secret).has_password]
        registry.update(zip(bare, call_each(self._read_secret, bare, at_once=_AT_ONCE), strict=True))
        return ProjectSecrets(project=self.project, registry=registry, others=others)

    def read_users(self) -> tuple[tuple[SecretUser, ...], tuple[str, ...]]:
        """What names registry secrets, and the kinds that may not be listed, in the plural."""
        users: list[SecretUser] = []
        unread: list[str] = []
        for row, found in zip(_USERS, call_each(self._users_in, _USERS, at_once=_AT_ONCE), strict=True):
            if found is None:
                unread.append(row[0])
            else:
                users += found
        return tuple(users), tuple(unread)

    def _users_in(self, row: tuple[str, str, str, str]) -> Sequence[SecretUser] | None:
        plural, kind, secret, image = row
        try:
            return [
                SecretUser(kind=kind, name=text_in(one, "name"), uses=text_in(one, secret), image=text_in(one, image))
                for one in self.client.pages(f"{self.url}/{plural}", {"limit": _PAGE}, plural)
                if text_in(one, secret)
            ]
        except CloudError as error:
            if error.status in {_FORBIDDEN, _NOT_FOUND}:
                return None
            raise

    def read(self, kind: AnyKind, _namespace: str, name: str) -> Object:
        """One registry secret; raises RefusedError if it is of another format."""
        try:
            return self._read_secret(name)
        except CloudError as error:
            raise _as_server_error(error, f"get {kind.value} {name}") from error

    def _read_secret(self, name: str) -> Object:
        return registry_secret_in(self._content_of(name))

    def _content_of(self, name: str) -> Mapping[str, object]:
        content = self.client.read(path_with(f"{self.url}/secrets", name))
        if not is_registry_secret(content):
            found = printable(text_in(content, "format"))
            raise RefusedError(f'secrets "{printable(name)}" has the format {found} and is not a registry secret')
        return content

    def create(self, kind: AnyKind, wanted: Object, *, dry_run: bool = False, metadata_only: bool = False) -> Object:
        """Create a registry secret; AlreadyExistsError when the name is taken."""
        del dry_run, metadata_only  # Code Engine has neither
        content = {"format": REGISTRY_FORMAT, "name": name_of(wanted), "data": secret_data(wanted)}
        call = IbmCall(
            method="POST",
            url=f"{self.url}/secrets",
            content=content,
            secrets=(entry_of(wanted).password,),
            is_repeatable=False,
        )
        return self._send(call, f"post {kind.value}")

    def patch(
        self, kind: AnyKind, key: tuple[str, str], patch: Object, *, dry_run: bool = False, metadata_only: bool = False
    ) -> Object:
        """Replace the data of a registry secret if its entity tag is still the one in the patch.

        What its data has in addition, and nothing here knows, stays.
        """
        del dry_run, metadata_only
        name, tag = key[1], text_at(patch, "metadata", "resourceVersion")
        what = f"put {kind.value} {name}"
        content = self._unchanged_content(name, tag, what)
        desired = {**registry_secret_in(content), "data": patch["data"]}
        call = IbmCall(
            method="PUT",
            url=path_with(f"{self.url}/secrets", name),
            headers={"If-Match": tag},
            content={"format": REGISTRY_FORMAT, "data": secret_data(desired, object_at(content, "data"))},
            secrets=(entry_of(desired).password,),
            is_repeatable=False,
        )
        return self._send(call, what)

    def delete(self, kind: AnyKind, seen: Object, *, dry_run: bool = False, at_once: bool = False) -> None:
        """Delete a registry secret if it is still the one seen, unchanged; ConflictError otherwise."""
        del dry_run, at_once
        name, tag = name_of(seen), text_at(seen, "metadata", "resourceVersion")
        what = f"delete {kind.value} {name}"
        self._unchanged_content(name, tag, what)
        call = IbmCall(
            method="DELETE",
            url=path_with(f"{self.url}/secrets", name),
            headers={"If-Match": tag},
            is_repeatable=False,
        )
        try:
            self.client.send(call)
        except CloudError as error:
            raise _as_server_error(error, what) from error

    def _unchanged_content(self, name: str, tag: str, what: str) -> Mapping[str, object]:
        """The secret as Code Engine sends it; raises ConflictError if its entity tag is another one."""
        try:
            content = self._content_of(name)
        except CloudError as error:
            raise _as_server_error(error, what) from error
        if text_in(content, "entity_tag") != tag:
            message = f'secrets "{printable(name)}" was changed meanwhile'
            raise ConflictError(message, code=_CONFLICT, reason="Conflict")
        return content

    def _send(self, call: IbmCall, what: str) -> Object:
        try:
            return registry_secret_in(answer_object(self.client.send(call)))
        except CloudError as error:
            raise _as_server_error(error, what) from error


def _as_server_error(error: CloudError, what: str) -> PullSecretError:
    """What the engine does after an error depends on its class; one that will not pass stays as it is."""
    if not error.status or (error.status < 300 and error.is_sent):  # noqa: PLR2004
        return ConnectError(error.message, sent=error.is_sent)
    if error.status >= 500:  # noqa: PLR2004
        return ServerError(error.message, code=error.status, reason="ServerError")
    classes = {
        _NOT_FOUND: (NotFoundError, "NotFound"),
        _CONFLICT: (AlreadyExistsError, "AlreadyExists") if what.startswith("post ") else (ConflictError, "Conflict"),
        _CHANGED: (ConflictError, "Conflict"),
        _TOO_MANY: (ThrottledError, "TooManyRequests"),
    }
    if error.status not in classes:
        return error
    kind, reason = classes[error.status]
    return kind(error.message, code=error.status, reason=reason, hint=error.hint)
