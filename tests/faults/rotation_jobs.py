"""Copies of a secret whose credential changes: what exists before `rotate` or `sync`, and what may exist at any end."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from objects import copy_marks, encoded, made_up_password, references, registry_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from control_plane.api import Api, Object

HOST, OTHER_HOST = "registry.example.com", "other.example.org"
THEIRS = ("theirs-first", "theirs-second")
ROTATE, SYNC = "rotate", "sync"


class Held(Enum):
    """What a namespace holds under the name of the source before the run."""

    COPY = "a proven copy with the old credential"
    CHAINED = "a proven copy of the copy in the first namespace"
    CURRENT = "a proven copy that is up to date"
    FORGED = "marks of a copy without a valid proof, and the old credential, also for another host"
    UNMANAGED = "a secret made by hand with the old credential"
    IMMUTABLE = "a proven copy that is immutable"
    ORPHAN = "a copy whose source is gone, attached"
    USED_ORPHAN = "a copy whose source is gone, which a pod references"
    NOTHING = "nothing"


CHANGING = {ROTATE: {Held.COPY, Held.CHAINED}, SYNC: {Held.COPY}}
REFUSED = {Held.IMMUTABLE, Held.USED_ORPHAN}
_OTHERS = (Held.FORGED, Held.UNMANAGED, Held.IMMUTABLE, Held.NOTHING)
STATES: Mapping[str, Sequence[Held]] = {
    ROTATE: [Held.COPY, Held.COPY, Held.CHAINED, *_OTHERS],
    SYNC: [Held.COPY, Held.COPY, Held.CURRENT, Held.ORPHAN, Held.USED_ORPHAN, *_OTHERS],
}


@dataclass(frozen=True, kw_only=True)
class RotationJob:
    """`rotate` or `sync` of one source, `name` in namespace `home`, over namespaces; the first one has a copy."""

    command: str
    name: str
    home: str
    states: Mapping[str, Held]
    old: Object = field(default_factory=registry_entry, repr=False)
    new: Object = field(default_factory=registry_entry, repr=False)
    rival: Object = field(default_factory=registry_entry, repr=False)
    """What another rotation at the same time would write."""
    other: Object = field(default_factory=registry_entry, repr=False)
    """The entry of another registry, which every secret has as well."""

    @property
    def arguments(self) -> list[str]:
        words = {
            ROTATE: ["--registry", HOST, "--password-env=NEW", "--verify=off"],
            SYNC: ["--prune", "--yes"],
        }
        targets = f"--namespace={','.join(self.states)}"
        return [self.command, self.name, f"--from={self.home}", *words[self.command], targets]

    @property
    def environ(self) -> dict[str, str]:
        return {"NEW": self.new["password"]}

    def step_arguments(self, *flags: str) -> list[str]:
        """The command line of `rotate --undo` or `rotate --finish`."""
        targets = f"--namespace={','.join(self.states)}"
        return [self.command, self.name, f"--from={self.home}", "--registry", HOST, targets, *flags]

    @property
    def rival_arguments(self) -> list[str]:
        """What else may write the same secrets: another rotation, with `rival_environ`; for sync, a copy."""
        if self.command == ROTATE:
            return self.arguments
        copies = [place for place, held in self.states.items() if held in (Held.COPY, Held.CURRENT)]
        return ["copy", self.name, f"--from={self.home}", f"--to={','.join(copies)}"]

    @property
    def rival_environ(self) -> dict[str, str]:
        return {"NEW": self.rival["password"]}

    def won_by(self, now: Holdings) -> RotationJob:
        """The job of the rotation whose credential the source holds: this one, or its rival."""
        is_lost = now.data(self.home, self.name) == self.content(self.rival)
        return replace(self, new=self.rival, rival=self.new) if is_lost else self

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no output may have."""
        return tuple(
            entry[key] for entry in (self.old, self.new, self.rival, self.other) for key in ("password", "auth")
        )

    def content(self, entry: Object) -> str:
        """The data of the source with an entry; fields that nobody knows, and their order, stay as they are."""
        auths = {OTHER_HOST: self.other, HOST: {**entry, "note": "x"}}
        return encoded(json.dumps({"z": 1, "auths": auths, "a": [2]}, indent=1))

    def create_objects(self, api: Api) -> None:
        """Create the source, and what the namespaces hold."""
        source = api.create(self._secret(self.old if self.command == ROTATE else self.new), self.home)
        first = source
        for namespace, held in self.states.items():
            made = self._create_in(api, namespace, held, first if held is Held.CHAINED else source)
            first = made if made and first is source else first

    def _create_in(self, api: Api, namespace: str, held: Held, origin: Object) -> Object | None:
        entries = [THEIRS[0], *([self.name] if held is Held.ORPHAN else []), THEIRS[1]]
        api.patch("ServiceAccount", "default", {"imagePullSecrets": references(entries)}, namespace)
        if held is Held.NOTHING:
            return None
        if held is Held.UNMANAGED:
            return api.create(self._secret(self.old), namespace)
        if held is Held.USED_ORPHAN:
            spec = {"containers": [{"name": "main", "image": f"{HOST}/a/b:1"}], "automountServiceAccountToken": False}
            spec["imagePullSecrets"] = references([self.name])
            api.create({"kind": "Pod", "metadata": {"name": self.name}, "spec": spec}, namespace)
        return api.create(self._copy(namespace, held, origin), namespace, manager="pullsecret")

    def _copy(self, namespace: str, held: Held, origin: Object) -> Object:
        """A copy of the source, or of its first copy."""
        is_orphan = held in (Held.ORPHAN, Held.USED_ORPHAN)
        place = f"{origin['metadata']['namespace']}/{self.name}" + ("-gone" if is_orphan else "")
        uid = origin["metadata"]["uid"] if held is not Held.FORGED else made_up_password()
        body = self._secret(self.new if held is Held.CURRENT else self.old)
        if held is Held.FORGED:
            stolen = {"auths": {"evil.example": self.old, HOST: self.old}}
            body["data"] = {".dockerconfigjson": encoded(json.dumps(stolen))}
        marks = copy_marks(place, uid, f"{namespace}/{self.name}")
        return {**body, "metadata": {"name": self.name, **marks}, "immutable": held is Held.IMMUTABLE}

    def _secret(self, entry: Object) -> Object:
        return {
            "kind": "Secret",
            "metadata": {"name": self.name},
            "type": "kubernetes.io/dockerconfigjson",
            "data": {".dockerconfigjson": self.content(entry)},
        }


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """All secrets whose names begin with that of a job, by namespace and name, and the default accounts' lists."""

    secrets: Mapping[tuple[str, str], Object] = field(repr=False)
    lists: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, api: Api, job: RotationJob) -> Holdings:
        places = (job.home, *job.states)
        secrets = [item for place in places for item in api.list("Secret", place)]
        return cls(
            secrets={
                (item["metadata"]["namespace"], item["metadata"]["name"]): item
                for item in secrets
                if item["metadata"]["name"].startswith(job.name)
            },
            lists={
                place: [entry["name"] for entry in api.read("ServiceAccount", "default", place)["imagePullSecrets"]]
                for place in job.states
            },
        )

    def data(self, namespace: str, name: str) -> str | None:
        found = self.secrets.get((namespace, name), {"data": {}})
        text: str | None = found["data"].get(".dockerconfigjson")
        return text


def unfinished(job: RotationJob, was: Holdings, now: Holdings) -> set[str]:
    """The namespaces that are not as requested; whatever may not be at any end fails.

    Each holder has exactly one of the two credentials and nothing else that is new, and what is not the job's is
    unchanged in every field.
    """
    changing = {place for place, held in job.states.items() if held in CHANGING[job.command]}
    orphans = {place for place, held in job.states.items() if held is Held.ORPHAN}
    allowed = set(was.secrets) | ({(job.home, f"{job.name}-previous")} if job.command == ROTATE else set())
    assert set(now.secrets) <= allowed, f"unknown secrets: {set(now.secrets) - allowed}"
    for key, before in was.secrets.items():
        after = now.secrets.get(key)
        if key[0] in orphans:
            assert after is None or after["data"] == before["data"], f"an incomplete secret in {key[0]}"
        elif key[0] in changing or (key[0] == job.home and job.command == ROTATE):
            assert after is not None, f"a lost secret in {key[0]}"
            assert_one_of_two(job, before, after)
        else:
            assert after == before, f"a changed secret in {key[0]}: {job.states.get(key[0], 'the source')}"
    for place, before_list in was.lists.items():
        others = [name for name in now.lists[place] if name != job.name]
        assert others == list(THEIRS), f"entries of others in {place}"
        assert set(now.lists[place]) <= set(before_list)
    if job.command == ROTATE:
        assert_previous(job, now)
        changing |= {job.home}
    return {place for place in changing if now.data(place, job.name) != job.content(job.new)} | {
        place for place in orphans if now.data(place, job.name) is not None or job.name in now.lists[place]
    }


def assert_one_of_two(job: RotationJob, before: Object, after: Object) -> None:
    """Assert that a secret has the old content or the new one, byte for byte, and is the same object."""
    place = before["metadata"]["namespace"]
    data = after["data"]
    assert data in ({".dockerconfigjson": job.content(entry)} for entry in (job.old, job.new)), f"half-written: {place}"
    assert after["type"] == before["type"]
    assert after["metadata"]["uid"] == before["metadata"]["uid"], f"recreated in {place}"
    for field_name in ("labels", "annotations"):
        kept = before["metadata"].get(field_name, {}).items()
        assert after["metadata"].get(field_name, {}).items() >= kept, f"{field_name} lost in {place}"


def assert_previous(job: RotationJob, now: Holdings) -> None:
    """Assert that the old credential is remembered beside the source from before its first change."""
    remembered = now.data(job.home, f"{job.name}-previous")
    assert remembered in (None, job.content(job.old))
    changed = {place for place in job.states if now.data(place, job.name) == job.content(job.new)}
    if now.data(job.home, job.name) == job.content(job.new) or changed:
        assert remembered, "changed, but not remembered"
    if changed:
        assert now.data(job.home, job.name) == job.content(job.new), "a copy was changed before its source"
