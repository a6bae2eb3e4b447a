"""The API keys that rotations have replaced: whether each may be disabled or deleted, and that this is done."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.actions.composed.rotate_key import is_key_of_ibm
from pullsecret.cluster.key_search import read_key_holders
from pullsecret.errors import CloudError, ForbiddenError, PullSecretError, RefusedError
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.key_details import read_key_details, read_seen_details
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.ibmcloud.key_commands import enabling_command
from pullsecret.model.ibmcloud.rotated_keys import EndedRotation, refusal_to_end, service_id_of
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.objects.objects import Kind, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import OTHER_CLUSTER
from pullsecret.model.plan.rotation_memory import FINISHING, is_finishing
from pullsecret.model.plan.rotation_times import ended_at
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.actions.composed.rotate import RotateView
    from pullsecret.actions.composed.rotate_key import EndKeyRequest
    from pullsecret.apply.engine import Interruption
    from pullsecret.cluster.client import Cluster
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.identity import ApiKey
    from pullsecret.model.plan.rotation import Rotation

_NOTHING_DONE = "nothing was done"
_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class FinishedPlace:
    """One cluster with the rotations that are to be finished in it; `identity` is its own, whatever it is called."""

    cluster: Cluster
    identity: str
    context: str
    view: RotateView


@dataclass(frozen=True, kw_only=True)
class EndedKeys:
    """The keys that may end, as IAM knows them; those that ended before are not among them."""

    request: EndKeyRequest
    session: Session
    places: Sequence[FinishedPlace]
    found: tuple[ApiKey, ...]

    @classmethod
    def judged(cls, places: Sequence[FinishedPlace], request: EndKeyRequest, session: Session) -> EndedKeys:
        """Find out whether the keys of all rotations may end.

        Raises:
            RefusedError: one may not, or that is not known; nothing was done.
        """
        pairs = tuple((place, rotation) for place in places for rotation in place.view.rotations)
        for _, rotation in pairs:
            if not is_key_of_ibm(rotation):
                raise RefusedError(f"secret/{rotation.place[1]} had no API key of IBM Cloud; use --finish alone")
        looked_up = [(place, rotation, _look_up(session, rotation)) for place, rotation in pairs]
        judge = _Judge(request=request, session=session, places=places)
        found = [key for place, rotation, key in looked_up if key is not None and judge.is_to_end(place, rotation, key)]
        if found:
            _check_holders(places)
        keys = {key.id: key for key in found}
        return cls(request=request, session=session, places=places, found=tuple(keys.values()))

    def show(self) -> None:
        """Print which keys are about to end."""
        ends = "is deleted for good" if self.request.end.is_deletion else "is disabled"
        for key in self.found:
            used = f", last used at {key.last_used:%Y-%m-%d %H:%M:%S} UTC" if key.last_used else ""
            name = f'"{printable(key.name)}" ' if key.name else ""
            _say(f"API key {name}({key.id}) of service ID {service_id_of(key)}{used}, {ends}")

    def end(self, interruption: Interruption) -> None:
        """Mark NAME-previous, look once more, and disable or delete the keys.

        Raises:
            PullSecretError: that was refused; then there is a way back again, unless IBM Cloud may have done it.
        """
        if not self.found:
            return
        marked: list[tuple[FinishedPlace, Rotation]] = []
        try:
            for place, rotation in _pairs(self.places):
                marked.append((place, rotation))
                _mark(place, rotation)
            _check_sources(self.places)
            _check_holders(self.places)
            if interruption.event.is_set():
                raise PullSecretError(f"interrupted; {_NOTHING_DONE}").with_exit_status(interruption.exit_status or 1)
            for key in self.found:
                self._end_one(key)
        except PullSecretError as error:
            if not (isinstance(error, CloudError) and error.is_sent):
                for place, rotation in marked:
                    _unmark(place, rotation)
            raise

    def _end_one(self, key: ApiKey) -> None:
        identities, end = Identities.of(self.session), self.request.end
        if end.is_deletion:
            identities.delete_api_key(key.id)
            _say(f"note: API key {key.id} of service ID {service_id_of(key)} was deleted")
        else:
            identities.disable_api_key(key.id)
            _say(
                f"note: API key {key.id} of service ID {service_id_of(key)} was disabled; to enable it again, run: "
                f"{enabling_command(key)}"
            )


def _pairs(places: Sequence[FinishedPlace]) -> Iterator[tuple[FinishedPlace, Rotation]]:
    return ((place, rotation) for place in places for rotation in place.view.rotations)


def _look_up(session: Session, rotation: Rotation) -> ApiKey | None:
    """What IAM knows of the key that was replaced; None if it ended before."""
    found = read_seen_details(session, rotation.before.password)
    what = f"the old API key of secret/{rotation.place[1]}"
    if found.problem:
        raise RefusedError(f"cannot look up {what}: {found.problem}; {_NOTHING_DONE}")
    if found.key is None:
        _say(f"note: {what} was deleted or disabled already")
        return None
    try:
        used = Identities.of(session).api_key(found.key.id, has_activity=True)
    except CloudError as error:
        raise RefusedError(f"cannot look up the last use of {what}: {error.message}; {_NOTHING_DONE}") from error
    if used is None or used.id != found.key.id or used.iam_id != found.key.iam_id:
        raise RefusedError(f"cannot look up the last use of {what}; {_NOTHING_DONE}")
    return used


@dataclass(frozen=True, kw_only=True)
class _Judge:
    """Whether a key may end, by what IAM says of it."""

    request: EndKeyRequest
    session: Session
    places: Sequence[FinishedPlace]

    def is_to_end(self, place: FinishedPlace, rotation: Rotation, old: ApiKey) -> bool:
        """Whether there is something to do about a key; raises RefusedError if that may not be done."""
        end = self.request.end
        if old.is_disabled and not end.is_deletion:
            _say(f"note: API key {old.id} was disabled already")
            return False
        if problem := self._problem(place, rotation, old):
            if old.is_alive(self.request.now):
                _allow_undo(self.places)
            is_strange = "was not made by" in problem
            hint = f"to confirm that it may end, name it: {end.flag}={old.id}" if is_strange else ""
            raise RefusedError(f"{problem}; {_NOTHING_DONE}", hint=hint)
        return True

    def _problem(self, place: FinishedPlace, rotation: Rotation, old: ApiKey) -> str:
        value = rotation.after.password
        new = read_key_details(self.session, [value])[value]
        if new.problem:
            return f"cannot look up the new API key: {new.problem}"
        if new.key is None or not new.key.is_alive(self.request.now):
            return "the new API key was deleted or disabled, or has expired"
        ended = EndedRotation(
            name=rotation.place[1],
            clusters={each.identity for each in self.places} - {OTHER_CLUSTER},
            ended=ended_at(rotation, place.view.observed.secrets.present.values()),
            now=self.request.now,
            named=self.request.end.named,
        )
        return refusal_to_end(old, new.key, ended, self.session.account)


def _allow_undo(places: Sequence[FinishedPlace]) -> None:
    """Take the mark of a killed run away again, so that there is a way back to a key that is alive."""
    for place, rotation in _pairs(places):
        if is_finishing(rotation.memory):
            _unmark(place, rotation)


def _check_holders(places: Sequence[FinishedPlace]) -> None:
    """Refuse to end a key that any secret of the clusters has, of whatever type, but for NAME-previous itself."""
    values = tuple(dict.fromkeys(rotation.before.password for _, rotation in _pairs(places)))
    for place in places:
        own = {text_at(rotation.memory, "metadata", "uid") for rotation in place.view.rotations}
        where = f" (context {place.context})" if len(places) > 1 else ""
        try:
            holders = read_key_holders(place.cluster, values, own)
        except ForbiddenError as error:
            raise RefusedError(
                f"not all secrets may be listed{where}, so it is not known which of them have the old API key; "
                f"{_NOTHING_DONE}",
                hint="run the command as a user who may list the secrets of all namespaces",
            ) from error
        if holders:
            listed = ", ".join(f"{namespace}/{name}" for namespace, name in holders[:_SHOWN])
            more = f" and {len(holders) - _SHOWN} more" if len(holders) > _SHOWN else ""
            raise RefusedError(f"secrets that still have the old API key{where}: {listed}{more}; {_NOTHING_DONE}")


def _check_sources(places: Sequence[FinishedPlace]) -> None:
    """Refuse to end a key if a source was changed meanwhile, as --undo does."""
    for place, rotation in _pairs(places):
        current = place.cluster.read(Kind.SECRET, *rotation.place)
        entries = {entry.server: credential_of(entry) for entry in registries_of(current).entries}
        if any(entries.get(server, rotation.after) != rotation.after for server in rotation.servers):
            raise RefusedError(f"secret/{rotation.place[1]} was changed meanwhile; {_NOTHING_DONE}")


def _mark(place: FinishedPlace, rotation: Rotation) -> None:
    memory = rotation.memory
    version = text_at(memory, "metadata", "resourceVersion")
    mark = {"metadata": {"resourceVersion": version, "annotations": {FINISHING: "true"}}}
    place.cluster.patch(Kind.SECRET, (namespace_of(memory), name_of(memory)), mark, metadata_only=True)


def _unmark(place: FinishedPlace, rotation: Rotation) -> None:
    memory = rotation.memory
    with suppress(PullSecretError):
        mark = {"metadata": {"annotations": {FINISHING: None}}}
        place.cluster.patch(Kind.SECRET, (namespace_of(memory), name_of(memory)), mark, metadata_only=True)


def _say(line: str) -> None:
    print_message(Printable(line))
