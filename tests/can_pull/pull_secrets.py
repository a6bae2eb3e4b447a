"""Random pull secrets, each of whose entries has a credential of its own, by which it is recognized when it is sent."""

from __future__ import annotations

import base64
import json
import string
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kubelet.places import server_key
from pullsecret.model.go.url import index_key
from pullsecret.model.images.credential_problem import credential_problem, host_of
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.images.server_keys import shown_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from control_plane.api import Object

NEW, OLD, OPAQUE = "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "Opaque"
Login = tuple[str, str]
"""A username and a password, as the kubelet sends them."""
NOTHING: Login = ("", "")
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of a docker config: its server key, its value as JSON, and what the kubelet sends of it."""

    key: str
    value: object = field(repr=False)
    sent: Login = field(repr=False)

    @property
    def is_good(self) -> bool:
        """Whether a registry would accept it: it is complete, and nothing is known to be wrong with it."""
        username, password = self.sent
        found = RegistryEntry(server=self.key, username=username, password=password)
        return bool(username and password) and credential_problem(found) is None


@dataclass(frozen=True, kw_only=True)
class PullSecret:
    """A secret of a pod's namespace; one of type Opaque is ignored, a malformed one stops every pull of its pods."""

    name: str
    type: str
    entries: tuple[Entry, ...]
    is_malformed: bool = False
    is_clear: bool = False
    """Whether a manifest has its content as `stringData`, which replaces what is in `data`."""
    is_immutable: bool = False

    @property
    def body(self) -> Object:
        """The secret as a manifest."""
        key = ".dockercfg" if self.type == OLD else ".dockerconfigjson"
        values: dict[str, object] = {entry.key: entry.value for entry in self.entries}
        if self.is_malformed:
            values["malformed.example"] = {"auth": encoded("there is no colon")}
        text = json.dumps(values if self.type == OLD else {"auths": values})
        content = {"data": {key: encoded(text)}}
        if self.is_clear:
            content = {"data": {key: encoded("{}")}, "stringData": {key: text}}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": self.name},
            "type": self.type,
            **content,
            **({"immutable": True} if self.is_immutable else {}),
        }

    @property
    def sent(self) -> Mapping[str, Login]:
        """What the kubelet sends of each entry, by server key."""
        return {entry.key: entry.sent for entry in self.entries}


def pull_secret(random: Random, name: str, images: Sequence[str]) -> PullSecret:
    """A secret with up to six entries, most of them for one of the images."""
    keys = [server_key(random, random.choice(images)) for _ in range(random.choice((1, 2, 3, 4, 6)))]
    return PullSecret(
        name=name,
        type=random.choice((NEW, NEW, NEW, NEW, NEW, NEW, OLD, OLD, OLD, OPAQUE)),
        entries=tuple(entry(random, key) for key in distinct_keys(keys)),
        is_malformed=random.random() < 0.05,
        is_clear=random.random() < 0.2,
        is_immutable=random.random() < 0.1,
    )


def distinct_keys(keys: Sequence[str]) -> list[str]:
    """The keys, without those that mean or look the same: the kubelet tries equal ones in random order (a Go map)."""
    by_meaning = {index_key(key) or key: key for key in keys}
    return list({shown_key(key): key for key in by_meaning.values()}.values())


def entry(random: Random, key: str) -> Entry:
    """An entry in one of the forms that people and programs write, sometimes without a credential."""
    chance = random.random()
    if chance < 0.07:
        return Entry(
            key=key, value=random.choice(({}, None, {"identitytoken": "t"}, {"auth": encoded(":")})), sent=NOTHING
        )
    username, password = login(random, key)
    both = {"username": username, "password": password}
    auth = {"auth": encoded(f"{username}:{password}")}
    stale = {"username": username, "password": made_up(random, 12)}
    value = random.choice((both, auth, {**both, **auth}, {**stale, **auth}, {**auth, "email": "a@b.c"}))
    return Entry(key=key, value=value, sent=(username, password))


def login(random: Random, key: str) -> Login:
    """A username and a password as the key's registry gives them out; sometimes with a mistake that check knows."""
    host = host_of(RegistryEntry(server=key, username="", password=""))
    username, password = f"robot-{made_up(random, 6)}", made_up(random, 32)
    if host.endswith("icr.io"):
        username, password = "iamapikey", made_up(random, 44)
    if host in {"cp.icr.io", "cp.stg.icr.io"}:
        username, password = "cp", f"eyJ{made_up(random, 12)}.eyJ{made_up(random, 24)}.{made_up(random, 20)}"
    chance = random.random()
    if chance < 0.04:
        return username, f"{password}\n"
    return (f" {username}", password) if chance < 0.06 else (username, password)


def made_up(random: Random, length: int) -> str:
    """A random text that is no placeholder."""
    return "p" + "".join(random.choices(LETTERS, k=length - 1))


def encoded(text: str) -> str:
    """Text in base64."""
    return base64.b64encode(text.encode()).decode()
