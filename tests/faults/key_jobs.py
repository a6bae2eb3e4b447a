"""`create --service-id`, `rotate --service-id` and the end of an old key: what exists before, and what may be left."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ibmcloud_api.documents import now_text
from objects import copy_marks, docker_config_secret, encoded, registry_entry
from pullsecret.model.ibmcloud.marks import key_description

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from control_plane.api import Api, Object
    from ibmcloud_api.cloud import IbmCloud
    from ibmcloud_api.documents import Document
    from program import Result

CREATE, ROTATE, FINISH = "create", "rotate", "finish"
HOST: Final = "us.icr.io"


@dataclass(frozen=True, kw_only=True)
class KeyJob:
    """A command on secret `name` in three namespaces, the first of which is its home, with a service ID of its own."""

    command: str
    name: str
    namespaces: Sequence[str]
    api: Api
    cloud: IbmCloud
    said: list[Result] = field(default_factory=list)

    @property
    def arguments(self) -> list[str]:
        home, *others = self.namespaces
        if self.command == CREATE:
            words = ["--icr=us", f"--service-id={self.name}", "--create-service-id", "--registry-namespace=team-a"]
            return ["create", self.name, *words, "-n", ",".join(self.namespaces), "--yes"]
        ends = {ROTATE: ["--service-id"], FINISH: ["--finish", "--delete-old-key"]}[self.command]
        return ["rotate", self.name, "--from", home, "-n", ",".join(others), *ends, "--yes"]

    def step(self, *flags: str) -> list[str]:
        """Another part of the rotation."""
        home, *others = self.namespaces
        return ["rotate", self.name, "--from", home, "-n", ",".join(others), *flags, "--yes"]

    def prepare(self) -> None:
        """Create the secrets of a rotation, begun or done, with keys that were made for them."""
        if self.command == CREATE:
            return
        identity = self.cloud.identity
        owner = identity.new_service_id(self.name)
        cluster = self.api.read("Namespace", "kube-system")["metadata"]["uid"]
        about = {"description": f"{key_description(name=self.name, cluster=cluster)} (run 0)"}
        old = identity.new_key(str(owner["iam_id"]), "old", created_at=now_text(days=30), **about)
        new = identity.new_key(str(owner["iam_id"]), "new", **about) if self.command == FINISH else old
        self.let_time_pass()
        home, *others = self.namespaces
        source = self.api.create(self._secret(self.name, new), home)
        for place in others:
            marks = copy_marks(f"{home}/{self.name}", source["metadata"]["uid"], f"{place}/{self.name}")
            self.api.create(self._secret(self.name, new, **marks), place, manager="pullsecret")
        if self.command == FINISH:
            labels = {"kubectl-pullsecret/role": "previous"}
            previous = self._secret(f"{self.name}-previous", old, labels=labels)
            self.api.create(previous, home)

    def _secret(self, name: str, key: Document, **marks: object) -> Object:
        return docker_config_secret(name, {HOST: registry_entry("iamapikey", str(key["apikey"]))}, **marks)

    def let_time_pass(self) -> None:
        """Nobody has used any key for a while."""
        for key in self.cloud.identity.keys.values():
            key["activity"] = {"last_authn": now_text(minutes=5), "authn_count": 1}

    @property
    def keys(self) -> dict[str, Document]:
        """The keys of the service ID that exist, by their values."""
        owners = {one["iam_id"] for one in self.cloud.identity.service_ids.values() if one["name"] == self.name}
        return {str(key["apikey"]): key for key in self.cloud.identity.keys.values() if key["iam_id"] in owners}

    def values(self, name: str) -> dict[str, set[str]]:
        """The keys in the secrets of this name, by namespace, whatever NAME-previous keeps included."""
        found = {place: self._read(place, name) for place in self.namespaces}
        return {place: {*_values(secret)} for place, secret in found.items() if secret}

    def _read(self, place: str, name: str) -> Object | None:
        return next((one for one in self.api.list("Secret", place) if one["metadata"]["name"] == name), None)

    @property
    def held(self) -> set[str]:
        """All keys that a secret has."""
        several = [self.values(name) for name in (self.name, f"{self.name}-previous")]
        return {value for found in several for values in found.values() for value in values}

    @property
    def text(self) -> str:
        """What all runs have said."""
        return "".join(result.stdout + result.stderr for result in self.said)

    def assert_no_dead_key(self) -> None:
        """No secret that pods may use has a key that does not exist."""
        for place, values in self.values(self.name).items():
            assert values <= {*self.keys}, f"a dead key in {place}"

    def assert_all_keys_known(self) -> None:
        """Each key is in a secret, or the output tells how to delete it."""
        for value in {*self.keys} - self.held:
            identifier = self.keys[value]["id"]
            assert f"ibmcloud iam service-api-key-delete {identifier} " in self.text, f"nobody knows {identifier}"

    def assert_nothing_shown(self) -> None:
        """No key that exists or existed is in any output."""
        for value in {*self.keys} | self.held:
            assert value not in self.text
            assert encoded(f"iamapikey:{value}") not in self.text
        assert "Traceback" not in self.text, self.text


def _values(secret: Object) -> Iterator[str]:
    """The passwords in a secret's data, whatever it is called."""
    for text in secret["data"].values():
        for entry in json.loads(base64.b64decode(text))["auths"].values():
            yield base64.b64decode(entry["auth"]).decode().partition(":")[2]
