"""The API keys that a run has made, until it is known which secrets hold them; one that none holds is deleted again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_by_keys
from pullsecret.errors import CloudError, PullSecretError
from pullsecret.model.go.printable import Printable
from pullsecret.model.ibmcloud.key_assignment import has_value
from pullsecret.model.ibmcloud.key_commands import deletion_command
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.apply.engine import Interruption
    from pullsecret.cluster.client import Cluster
    from pullsecret.ibmcloud.iam_identity import Identities
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.plan.change import Outcome


@dataclass(frozen=True, kw_only=True)
class MadeKey:
    """An API key that exists since a moment ago, and the namespaces whose secrets are to hold it."""

    key: ApiKey = field(repr=False)
    service_id: ServiceId
    namespaces: tuple[str, ...]

    @property
    def story(self) -> str:
        """What to tell of it if the process ends before that is settled."""
        return (
            f"it is not known whether a secret holds API key {self.key.id} of service ID {self.service_id.shown}; "
            f"to delete it, run: {deletion_command(self.key, self.service_id)}"
        )


class MadeKeys:
    """Keys of one run. `identities` deletes them, also after an interruption; `names` are those of the secrets."""

    def __init__(self, identities: Identities, names: Sequence[str], interruption: Interruption) -> None:
        self._identities, self._names, self._interruption = identities, names, interruption
        self._made: list[MadeKey] = []
        self._holding: set[str] = set()
        self._doubtful: set[str] = set()
        self._has_written = False

    def add(self, made: MadeKey) -> None:
        """Remember a key from the moment at which it exists."""
        self._made.append(made)
        self._interruption.at_risk[id(made)] = made

    def watched(self, stream: Iterable[Sequence[Outcome]]) -> Iterator[Sequence[Outcome]]:
        """The outcomes of the writes, of which those of the secrets are remembered."""
        self._has_written = True
        for outcomes in stream:
            for outcome in outcomes:
                if outcome.kind is Kind.SECRET and outcome.name in self._names:
                    self._remember(outcome)
            yield outcomes

    def settle(self, cluster: Cluster) -> bool:
        """Delete each key that no secret holds, and say so; returns whether every key is where it belongs.

        A key that may be held, because a secret cannot be read, is kept and named.
        """
        settled = [self._settle_one(made, cluster) for made in self._made]
        return all(settled)

    def _remember(self, outcome: Outcome) -> None:
        if outcome.is_good:
            self._holding.add(outcome.namespace)
        elif outcome.done is Done.UNKNOWN:
            self._doubtful.add(outcome.namespace)

    def _settle_one(self, made: MadeKey, cluster: Cluster) -> bool:
        missing = tuple(namespace for namespace in made.namespaces if namespace not in self._holding)
        self._interruption.at_risk.pop(id(made), None)
        if len(missing) < len(made.namespaces):
            if missing:
                _say(f"warning: API key {made.key.id} is not in the secrets of namespaces {', '.join(missing)}")
            return not missing
        held = self._holders_in(made, cluster) if self._has_written else ()
        if held is None:
            _say(f"warning: {made.story}")
        elif not held:
            self._delete(made)
        return False

    def _holders_in(self, made: MadeKey, cluster: Cluster) -> tuple[str, ...] | None:
        """The namespaces whose secret has the key, as it is now.

        None if that cannot be read of all of them, or if a write without an answer may still be carried out.
        """
        try:
            places = [(namespace, name) for namespace in made.namespaces for name in self._names]
            found = read_by_keys(cluster, Kind.SECRET, places)
        except PullSecretError:
            return None
        held = tuple(place[0] for place, secret in found.present.items() if has_value(secret, made.key.value))
        is_open = found.unreadable or self._doubtful.intersection(made.namespaces)
        return None if not held and is_open else held

    def _delete(self, made: MadeKey) -> None:
        try:
            self._identities.delete_api_key(made.key.id)
        except CloudError as error:
            _say(
                f"warning: no secret holds API key {made.key.id} of service ID {made.service_id.shown}, and it could "
                f"not be deleted: {error.message}"
            )
            _say(f"note: to delete it, run: {deletion_command(made.key, made.service_id)}")
        else:
            _say(f"note: API key {made.key.id} was deleted again, because no secret holds it")


def _say(line: str) -> None:
    print_message(Printable(line))
