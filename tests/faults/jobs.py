"""What the runs have to do: a command over a few namespaces, what exists before, and what must exist afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from objects import docker_config_of, docker_config_secret, encoded, made_up_password, references, registry_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from control_plane.api import Api, Object

HOST = "registry.example.com"
FOREIGN = ("theirs-first", "theirs-second")
"""What somebody else has put on each service account, in this order."""
MANAGED = {"app.kubernetes.io/managed-by": "kubectl-pullsecret"}
TEAM = {"team": "theirs"}

Key: TypeAlias = tuple[str, str]
"""What a run has to do something about: the kind as its lines begin, and the namespace."""


class End(Enum):
    """How a secret must be in the end."""

    WANTED = "as it was asked for"
    KEPT = "as it was, to the last field"
    ABSENT = "not there"


class Before(Enum):
    """What one namespace holds before the run: what there is of the secret."""

    NOTHING = "nothing"
    SAME = "somebody else's with the same data"
    STALE = "ours with other data"
    FOREIGN = "somebody else's with other data"
    OPAQUE = "one of another type"
    IMMUTABLE = "an immutable one"
    NAMED = "a secret that the service account names already"
    ONLY_NAMED = "no secret, but the service account names it"


LISTED = frozenset({Before.NAMED, Before.ONLY_NAMED})


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What must be in a namespace afterwards, and what the run must have told of."""

    secret: End
    is_listed: bool
    is_refused: bool = False
    told: tuple[str, ...] = ("secret", "serviceaccount")


PUT = Promise(secret=End.WANTED, is_listed=True)
SAME = Promise(secret=End.KEPT, is_listed=True)
REFUSED = Promise(secret=End.KEPT, is_listed=False, is_refused=True, told=("secret",))
NAMED = Promise(secret=End.KEPT, is_listed=True, told=("serviceaccount",))
NOT_FOUND = Promise(secret=End.ABSENT, is_listed=False, is_refused=True, told=("secret",))
GONE = Promise(secret=End.ABSENT, is_listed=False, told=("serviceaccount",))
KEPT = Promise(secret=End.KEPT, is_listed=False, told=("serviceaccount",))

PLACING = {Before.NOTHING: PUT, Before.STALE: PUT, Before.SAME: SAME, Before.FOREIGN: REFUSED}
PROMISES: Mapping[str, Mapping[Before, Promise]] = {
    "copy": PLACING,
    "create": PLACING,
    "replace": {Before.NOTHING: PUT, Before.OPAQUE: PUT, Before.IMMUTABLE: PUT, Before.SAME: SAME},
    "attach": {Before.SAME: NAMED, Before.STALE: NAMED, Before.NAMED: NAMED, Before.NOTHING: NOT_FOUND},
    "detach": {Before.ONLY_NAMED: GONE, Before.NOTHING: GONE, Before.NAMED: KEPT},
}
"""For each command (`replace` is `copy --force`) and what may be there before, what must be there afterwards."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A command over namespaces, under a name for its secret; `home` holds the source of copies."""

    command: str
    name: str
    home: str
    entry: Object
    before: Mapping[str, Before]

    def part(self, namespaces: Iterable[str]) -> Job:
        """The same in some of the namespaces only."""
        before = {namespace: self.before[namespace] for namespace in namespaces}
        return Job(command=self.command, name=self.name, home=self.home, entry=self.entry, before=before)

    @property
    def arguments(self) -> list[str]:
        words = {
            "copy": ["copy", self.name, f"--from={self.home}", "--attach"],
            "replace": ["copy", self.name, f"--from={self.home}", "--attach", "--force"],
            "create": ["create", self.name, f"--server={HOST}", "--username=robot", "--password-env=PW", "--attach"],
            "attach": ["attach", self.name],
            "detach": ["detach", self.name],
        }
        return [*words[self.command], f"--namespace={','.join(self.before)}"]

    @property
    def environ(self) -> dict[str, str]:
        return {"PW": self.entry["password"]}

    @property
    def source(self) -> Object:
        """What the copies are made of; its data is byte for byte what `create` writes."""
        content = json.dumps({"auths": {HOST: self.entry}}, separators=(",", ":"))
        return {**docker_config_secret(self.name, {}), "data": {".dockerconfigjson": encoded(content)}}

    def promise(self, namespace: str) -> Promise:
        return PROMISES[self.command][self.before[namespace]]

    @property
    def keys(self) -> set[Key]:
        """Everything that the run has to tell of, done or not."""
        return {(kind, namespace) for namespace in self.before for kind in self.promise(namespace).told}

    @property
    def refused(self) -> set[Key]:
        """What it must refuse."""
        return {("secret", namespace) for namespace in self.before if self.promise(namespace).is_refused}

    def plant(self, api: Api, namespace: str) -> None:
        """Put there what the namespace holds before."""
        before = self.before[namespace]
        entries = [FOREIGN[0], *([self.name] if before in LISTED else []), FOREIGN[1]]
        account = {"imagePullSecrets": references(entries), "metadata": {"annotations": TEAM}}
        api.patch("ServiceAccount", "default", account, namespace)
        secret = self._secret_before(before)
        if secret is not None:
            api.create(secret, namespace)

    def _secret_before(self, before: Before) -> Object | None:
        if before in (Before.NOTHING, Before.ONLY_NAMED):
            return None
        other = docker_config_secret(self.name, {HOST: registry_entry()}, labels=TEAM, annotations=TEAM)
        planted = {
            Before.STALE: {**other, "metadata": {"name": self.name, "labels": MANAGED, "annotations": TEAM}},
            Before.SAME: {**self.source, "metadata": {"name": self.name, "labels": TEAM}},
            Before.OPAQUE: {**other, "type": "Opaque", "data": {"key": encoded(made_up_password())}},
            Before.IMMUTABLE: {**other, "immutable": True},
        }
        return planted.get(before, other)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What is in the cluster at one moment: the secrets of a job's name and the default service accounts."""

    secrets: Mapping[str, Object]
    accounts: Mapping[str, Object]

    @classmethod
    def of(cls, api: Api, name: str) -> Snapshot:
        found = {
            kind: {
                item["metadata"]["namespace"]: item
                for item in api.list(kind, fieldSelector=f"metadata.name={item_name}")
            }
            for kind, item_name in (("Secret", name), ("ServiceAccount", "default"))
        }
        return cls(secrets=found["Secret"], accounts=found["ServiceAccount"])


def unmet(job: Job, was: Snapshot, now: Snapshot) -> set[Key]:
    """Where the cluster is not as the job promises; () when it is. Foreign things must be whole in any case."""
    missing: set[Key] = set()
    for namespace in job.before:
        check_untouched(job, namespace, was, now)
        promise = job.promise(namespace)
        if not is_at_end(promise.secret, job, was.secrets.get(namespace), now.secrets.get(namespace)):
            missing.add(("secret", namespace))
        if (job.name in entries_of(now.accounts[namespace])) != promise.is_listed:
            missing.add(("serviceaccount", namespace))
    return missing


def is_at_end(end: End, job: Job, was: Object | None, now: Object | None) -> bool:
    if end is End.ABSENT:
        return now is None
    return is_wanted(now, job) if end is End.WANTED else was is not None and now == was


def is_wanted(found: Object | None, job: Job) -> bool:
    """Whether a secret is there as it was asked for: whole, and marked as ours."""
    return (
        found is not None
        and found["type"] == "kubernetes.io/dockerconfigjson"
        and docker_config_of(found) == {"auths": {HOST: job.entry}}
        and found["metadata"]["labels"].items() >= MANAGED.items()
    )


def check_untouched(job: Job, namespace: str, was: Snapshot, now: Snapshot) -> None:
    """Nothing of anybody else's is lost or changed, nothing is there twice, and no secret is half of anything."""
    entries = entries_of(now.accounts[namespace])
    assert len(entries) == len(set(entries)), f"double entries in {namespace}: {entries}"
    assert [entry for entry in entries if entry in FOREIGN] == list(FOREIGN), f"foreign entries of {namespace}"
    assert set(entries) <= {*FOREIGN, job.name}, f"unknown entries in {namespace}: {entries}"
    assert now.accounts[namespace]["metadata"]["annotations"].items() >= TEAM.items()
    found, before = now.secrets.get(namespace), was.secrets.get(namespace)
    if job.promise(namespace).secret is not End.WANTED:
        assert found == before, f"a secret that was to be left alone in {namespace}"
    elif found is not None and not is_wanted(found, job):
        assert before is not None, f"half a secret in {namespace}"
        assert found["data"] == before["data"], f"half a secret in {namespace}"
        kept = found["metadata"].get("annotations", {}).items()
        assert kept >= before["metadata"].get("annotations", {}).items(), f"annotations lost in {namespace}"


def entries_of(account: Object) -> Sequence[str]:
    return [entry["name"] for entry in account.get("imagePullSecrets", [])]
