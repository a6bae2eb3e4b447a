"""An API key that is made for registry secrets of a Code Engine project, until it is known whether one holds it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pullsecret.errors import CloudError, CredentialError, PullSecretError
from pullsecret.ibmcloud.readiness import wait_until_accepted
from pullsecret.model.go.printable import Printable
from pullsecret.model.ibmcloud.key_commands import deletion_command
from pullsecret.model.ibmcloud.marks import key_description
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded
from pullsecret.model.objects.pullsecret import built
from pullsecret.model.request.verification import RegistryAccess
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from pullsecret.actions.composed.service_id import ServiceIdRequest
    from pullsecret.apply.engine import Interruption
    from pullsecret.ibmcloud.key_making import KeyMaker
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.ibmcloud.key_assignment import KeyOwner
    from pullsecret.pipeline.project import OpenProject, WrittenSecrets

_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class KeyPurpose:
    """Whose key it is, and what for: `names` are the secrets that are to hold it, each for one of the `servers`."""

    request: ServiceIdRequest
    project: OpenProject
    maker: KeyMaker
    owner: KeyOwner
    service_id: ServiceId
    names: tuple[str, ...]
    servers: tuple[str, ...]


class ProjectKey:
    """The key of one run; `written` is what became of the secrets."""

    def __init__(self, purpose: KeyPurpose, interruption: Interruption) -> None:
        self._purpose, self._interruption = purpose, interruption
        self._key: ApiKey | None = None
        self._has_begun = False
        self.written: WrittenSecrets | None = None

    @property
    def story(self) -> str:
        """What to tell of it if the process ends before that is settled."""
        return f"it is not known whether a secret holds {self._what}; to delete it, run: {self._deletion}"

    def create(self) -> str:
        """Make the key, wait until the registries accept it, and return its value; "" if no secret needs one."""
        purpose, request = self._purpose, self._purpose.request
        if not purpose.names:
            return ""
        stop_if_interrupted(self._interruption)
        key = purpose.maker.create_key(
            purpose.service_id,
            f"kubectl-pullsecret-{request.name}"[:_LONGEST_NAME],
            key_description(name=purpose.owner.name, cluster=purpose.owner.cluster),
            request.now + request.wish.expires_in if request.wish.expires_in else None,
        )
        self._key = key
        self._interruption.at_risk[id(self)] = self
        _say(f"note: created {self._what}")
        for line in self._wait(key.value):
            _say(line)
        stop_if_interrupted(self._interruption)
        self._has_begun = True
        return key.value

    def _wait(self, value: str) -> tuple[str, ...]:
        purpose, request = self._purpose, self._purpose.request
        entries = (
            RegistryEntry(server=server, username=request.username, password=value) for server in purpose.servers
        )
        verification = request.verification
        default = RegistryAccess(request_timeout=request.connection.request_timeout)
        try:
            return wait_until_accepted(
                built("secret", encoded(entries)),
                verification.images if verification else (),
                verification.access if verification else default,
                environ=os.environ,
                trace=purpose.project.trace,
                pause=purpose.project.session.client.pause,
                seconds=request.wish.longest_wait,
                say=(lambda _: None) if request.output.quiet else _say,
            )
        except CredentialError:
            stop_if_interrupted(self._interruption)
            raise

    def settle(self) -> bool:
        """Delete the key if no secret holds it, and say so; returns whether it is where it belongs.

        A key that may be held, because the project cannot be read, is kept and named.
        """
        self._interruption.at_risk.pop(id(self), None)
        if self._key is None:
            return True
        holders = () if self.written is None else self.written.holders
        held = [name for name in self._purpose.names if name in holders]  # others keep a key that they had
        missing = [f"secret/{name}" for name in self._purpose.names if name not in held]
        if held:
            if missing:
                _say(f"warning: {self._what} is not in {', '.join(missing)}")
            return not missing
        if self._has_begun and not (self.written and self.written.is_known):
            _say(f"warning: {self.story}")
        else:
            self._delete(self._key)
        return False

    def _delete(self, key: ApiKey) -> None:
        purpose = self._purpose
        identities = replace(purpose.maker.identities, client=purpose.project.session.client.unstoppable())
        try:
            identities.delete_api_key(key.id)
        except CloudError as error:
            _say(f"warning: no secret holds {self._what}, and it could not be deleted: {error.message}")
            _say(f"note: to delete it, run: {self._deletion}")
        else:
            _say(f"note: API key {key.id} was deleted again, because no secret holds it")

    @property
    def _what(self) -> str:
        return f"API key {self._key.id if self._key else ''} of service ID {self._purpose.service_id.shown}"

    @property
    def _deletion(self) -> str:
        return deletion_command(self._key, self._purpose.service_id) if self._key else ""


def stop_if_interrupted(interruption: Interruption) -> None:
    """Raise PullSecretError after a signal: nothing was written yet."""
    if interruption.event.is_set():
        raise PullSecretError("interrupted; nothing was written").with_exit_status(interruption.exit_status or 1)


def _say(line: str) -> None:
    print_message(Printable(line))
