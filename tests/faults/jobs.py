"""Jobs for runs: a command over a few namespaces, what exists before, and what must exist afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from objects import (
    MANAGED,
    docker_config_of,
    docker_config_secret,
    encoded,
    made_up_password,
    references,
    registry_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from control_plane.api import Api, Object

HOST = "registry.example.com"
UNMANAGED = ("theirs-first", "theirs-second")
"""The entries of others in each service account, in this order."""
TEAM = {"team": "theirs"}

Key: TypeAlias = tuple[str, str]
"""An object of a run: the kind as its output lines begin, and the namespace."""


class Expected(Enum):
    """The expected state of a secret after the run."""

    AS_REQUESTED = "as requested"
    KEPT = "unchanged in every field"
    ABSENT = "absent"


class Before(Enum):
    """The state of the secret in a namespace before the run."""

    NOTHING = "nothing"
    SAME = "unmanaged with the same data"
    STALE = "managed with other data"
    UNMANAGED = "unmanaged with other data"
    OPAQUE = "one that is no pull secret"
    LEGACY = "one of the other type"
    IMMUTABLE = "an immutable one"
    ALREADY_LISTED = "listed in the service account already"
    ONLY_LISTED = "absent, but listed in the service account"


LISTED = frozenset({Before.ALREADY_LISTED, Before.ONLY_LISTED})


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What must exist in a namespace afterwards, and what the run must have reported."""

    secret: Expected
    is_listed: bool
    is_refused: bool = False
    reported: tuple[str, ...] = ("secret", "serviceaccount")


PUT = Expectation(secret=Expected.AS_REQUESTED, is_listed=True)
SAME = Expectation(secret=Expected.KEPT, is_listed=True)
REFUSED = Expectation(secret=Expected.KEPT, is_listed=False, is_refused=True, reported=("secret",))
ALREADY_LISTED = Expectation(secret=Expected.KEPT, is_listed=True, reported=("serviceaccount",))
NOT_FOUND = Expectation(secret=Expected.ABSENT, is_listed=False, is_refused=True, reported=("secret",))
GONE = Expectation(secret=Expected.ABSENT, is_listed=False, reported=("serviceaccount",))
KEPT = Expectation(secret=Expected.KEPT, is_listed=False, reported=("serviceaccount",))

PLACEMENT = {Before.NOTHING: PUT, Before.STALE: PUT, Before.SAME: SAME, Before.UNMANAGED: REFUSED}
EXPECTATIONS: Mapping[str, Mapping[Before, Expectation]] = {
    "copy": PLACEMENT,
    "create": PLACEMENT,
    "recreate": {
        Before.NOTHING: PUT,
        Before.OPAQUE: REFUSED,
        Before.LEGACY: PUT,
        Before.IMMUTABLE: PUT,
        Before.SAME: PUT,  # --overwrite takes it over
    },
    "attach": {
        Before.SAME: ALREADY_LISTED,
        Before.STALE: ALREADY_LISTED,
        Before.ALREADY_LISTED: ALREADY_LISTED,
        Before.NOTHING: NOT_FOUND,
    },
    "detach": {Before.ONLY_LISTED: GONE, Before.NOTHING: GONE, Before.ALREADY_LISTED: KEPT},
}
"""For each command (`recreate` is `copy --recreate`) and state before the run, the expected state afterwards."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A command over namespaces, with its own secret name; `home` has the source of copies."""

    command: str
    name: str
    home: str
    entry: Object
    before: Mapping[str, Before]

    def part(self, namespaces: Iterable[str]) -> Job:
        """The same job in some of the namespaces only."""
        before = {namespace: self.before[namespace] for namespace in namespaces}
        return Job(command=self.command, name=self.name, home=self.home, entry=self.entry, before=before)

    @property
    def arguments(self) -> list[str]:
        words = {
            "copy": ["copy", self.name, f"--from={self.home}", "--attach"],
            "recreate": ["copy", self.name, f"--from={self.home}", "--attach", "--overwrite", "--recreate"],
            "create": ["create", self.name, f"--registry={HOST}", "--username=puller", "--password-env=PW", "--attach"],
            "attach": ["attach", self.name],
            "detach": ["detach", self.name],
        }
        return [*words[self.command], f"--namespace={','.join(self.before)}"]

    @property
    def environ(self) -> dict[str, str]:
        return {"PW": self.entry["password"]}

    @property
    def source(self) -> Object:
        """The source of copies; its data is byte for byte what `create` writes."""
        content = json.dumps({"auths": {HOST: self.entry}}, separators=(",", ":"))
        return {**docker_config_secret(self.name, {}), "data": {".dockerconfigjson": encoded(content)}}

    def expectation(self, namespace: str) -> Expectation:
        return EXPECTATIONS[self.command][self.before[namespace]]

    @property
    def keys(self) -> set[Key]:
        """Everything that the run must report, done or not."""
        return {(kind, namespace) for namespace in self.before for kind in self.expectation(namespace).reported}

    @property
    def refused(self) -> set[Key]:
        """What the run must refuse."""
        return {("secret", namespace) for namespace in self.before if self.expectation(namespace).is_refused}

    def create_objects(self, api: Api, namespace: str) -> None:
        """Create what exists in a namespace before the run."""
        before = self.before[namespace]
        entries = [UNMANAGED[0], *([self.name] if before in LISTED else []), UNMANAGED[1]]
        account = {"imagePullSecrets": references(entries), "metadata": {"annotations": TEAM}}
        api.patch("ServiceAccount", "default", account, namespace)
        secret = self._secret_before(before)
        if secret is not None:
            api.create(secret, namespace, manager="pullsecret" if before is Before.STALE else "")

    @property
    def _marks(self) -> dict[str, str]:
        """The annotations of a secret that the same command wrote before."""
        is_copy = self.command in {"copy", "recreate"}
        return {**TEAM, "kubectl-pullsecret/copied-from": f"{self.home}/{self.name}"} if is_copy else TEAM

    def _secret_before(self, before: Before) -> Object | None:
        if before in (Before.NOTHING, Before.ONLY_LISTED):
            return None
        other = docker_config_secret(self.name, {HOST: registry_entry()}, labels=TEAM, annotations=TEAM)
        planted = {
            Before.STALE: {**other, "metadata": {"name": self.name, "labels": MANAGED, "annotations": self._marks}},
            Before.SAME: {**self.source, "metadata": {"name": self.name, "labels": TEAM}},
            Before.OPAQUE: {**other, "type": "Opaque", "data": {"key": encoded(made_up_password())}},
            Before.LEGACY: {**other, "type": "kubernetes.io/dockercfg", "data": {".dockercfg": encoded("{}")}},
            Before.IMMUTABLE: {**other, "immutable": True},
        }
        return planted.get(before, other)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The state of the cluster at one moment: the secrets of a job's name, their siblings, and the service accounts."""

    secrets: Mapping[str, Object]
    siblings: Mapping[str, Object]
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
        siblings = {
            item["metadata"]["namespace"]: item
            for item in api.list("Secret", labelSelector="kubectl-pullsecret/role=recreate")
            if item["metadata"]["name"].startswith(f"{name}-recreate-")
        }
        return cls(secrets=found["Secret"], siblings=siblings, accounts=found["ServiceAccount"])


def unmet_keys(job: Job, was: Snapshot, now: Snapshot) -> set[Key]:
    """The objects that are not as the job requests; objects of others must be unchanged in any case."""
    unmet: set[Key] = set()
    for namespace in job.before:
        assert_nothing_else_changed(job, namespace, was, now)
        expectation = job.expectation(namespace)
        if not is_in_state(expectation.secret, job, was.secrets.get(namespace), now.secrets.get(namespace)):
            unmet.add(("secret", namespace))
        if (job.name in entries_of(now.accounts[namespace])) != expectation.is_listed:
            unmet.add(("serviceaccount", namespace))
    return unmet


def is_in_state(end: Expected, job: Job, was: Object | None, now: Object | None) -> bool:
    if end is Expected.ABSENT:
        return now is None
    return is_as_requested(now, job) if end is Expected.AS_REQUESTED else was is not None and now == was


def is_as_requested(found: Object | None, job: Job) -> bool:
    """Whether a secret is as requested: complete, and marked as managed."""
    return (
        found is not None
        and found["type"] == "kubernetes.io/dockerconfigjson"
        and docker_config_of(found) == {"auths": {HOST: job.entry}}
        and found["metadata"]["labels"].items() >= MANAGED.items()
    )


def assert_nothing_else_changed(job: Job, namespace: str, was: Snapshot, now: Snapshot) -> None:
    """Assert that nothing of others is lost or changed, no entry is duplicated, and no secret is incomplete."""
    entries = entries_of(now.accounts[namespace])
    assert len(entries) == len(set(entries)), f"duplicate entries in {namespace}: {entries}"
    assert [entry for entry in entries if entry in UNMANAGED] == list(UNMANAGED), f"entries of others in {namespace}"
    assert set(entries) <= {*UNMANAGED, job.name}, f"unknown entries in {namespace}: {entries}"
    assert now.accounts[namespace]["metadata"]["annotations"].items() >= TEAM.items()
    found, before = now.secrets.get(namespace), was.secrets.get(namespace)
    if job.expectation(namespace).secret is not Expected.AS_REQUESTED:
        assert found == before, f"a changed secret in {namespace}"
    elif found is None and before is not None:
        assert now.siblings[namespace]["data"] == before["data"], f"a lost secret in {namespace}"
    elif found is not None and not is_as_requested(found, job):
        assert before is not None, f"an incomplete secret in {namespace}"
        assert found["data"] == before["data"], f"an incomplete secret in {namespace}"
        kept = found["metadata"].get("annotations", {}).items()
        assert kept >= before["metadata"].get("annotations", {}).items(), f"annotations lost in {namespace}"


def entries_of(account: Object) -> Sequence[str]:
    return [entry["name"] for entry in account.get("imagePullSecrets", [])]
