"""A pull secret as rules check it: its content taken apart once, and what it is checked against."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.go.base64 import CorruptInputError, decoded_base64
from pullsecret.model.go.json import JsonObject, NotJsonError, folded, go_bytes, parsed
from pullsecret.model.go.remembered import Remembered
from pullsecret.model.images.dockerconfig import Registries, registries_of
from pullsecret.model.images.login_file import is_legacy
from pullsecret.model.images.server_keys import KeyProblem, key_problems
from pullsecret.model.objects.objects import Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from pullsecret.model.check.rule import Match
    from pullsecret.model.ibmcloud.key_facts import CloudKnowledge
    from pullsecret.model.plan.observed import Key


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What a secret is checked against in addition to itself.

    `images` are those of the pods in its namespace, and `used_by_pods` the secrets that they list; `is_new` means that
    it is about to be written; `needs_private` that registries of IBM Cloud are reached by their private hosts only.
    `cloud` is what IBM Cloud says about the API keys, None if it is not asked. `accounts` are service accounts of the
    cluster by their namespace and name, as far as they were read.
    """

    now: datetime
    images: Collection[str] = ()
    used_by_pods: Collection[str] = ()
    is_new: bool = False
    needs_private: bool = False
    cloud: CloudKnowledge | None = None
    accounts: Mapping[Key, Object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, eq=False)
class SecretContent:
    """What a secret's type and data alone tell; copies are equal, so a thousand of them share one object."""

    secret: Object = field(repr=False)

    @cached_property
    def registries(self) -> Registries:
        """The entries as the kubelet reads them."""
        return registries_of(self.secret)

    @cached_property
    def document(self) -> JsonObject:
        """The data as parsed JSON; an empty object where that fails, for the kubelet's own reading tells why."""
        try:
            data = text_at(self.secret, "data", DATA_KEYS[text_at(self.secret, "type")])
            document = parsed(decoded_base64(go_bytes(data)))
        except (KeyError, CorruptInputError, NotJsonError):
            return JsonObject(pairs=())
        return document if isinstance(document, JsonObject) else JsonObject(pairs=())

    @cached_property
    def entries(self) -> Mapping[str, Sequence[object]]:
        """All entries by their key, in the order of the file, with those that later ones override."""
        found: dict[str, list[object]] = {}
        for key, entry in self._pairs():
            found.setdefault(key, []).append(entry)
        return found

    @cached_property
    def has_new_format(self) -> bool:
        """Whether a `.dockercfg` contains what belongs into a `.dockerconfigjson`: the content of a config.json."""
        if text_at(self.secret, "type") == DOCKER_CONFIG_JSON:
            return False
        auths = [value for name, value in self.document.pairs if name == "auths"]
        return any(isinstance(value, JsonObject) and is_legacy(value) for value in auths)

    def _pairs(self) -> Sequence[tuple[str, object]]:
        if text_at(self.secret, "type") == "kubernetes.io/dockercfg":
            return self.document.pairs
        every = [value for name, value in self.document.pairs if folded(name) == "auths"]
        return [pair for value in every if isinstance(value, JsonObject) for pair in value.pairs]

    @property
    def keys(self) -> tuple[str, ...]:
        """The server keys as typed, each once; of a malformed secret, too, as far as they can be read."""
        return tuple(self.entries)

    @cached_property
    def matches(self) -> dict[object, tuple[Match, ...]]:
        """What conditions found in it, once they were asked: see `of_content`."""
        return {}

    @cached_property
    def key_problems(self) -> tuple[KeyProblem, ...]:
        """What is wrong with the keys, whatever the images."""
        return tuple(key_problems(self.keys))


def content_of(secret: Object) -> SecretContent:
    """The content of a secret."""
    kind = text_at(secret, "type")
    return _content_of(kind, text_at(secret, "data", DATA_KEYS.get(kind, "")))


@Remembered
def _content_of(kind: str, data: str) -> SecretContent:
    return SecretContent(secret={"type": kind, "data": {DATA_KEYS.get(kind, ""): data}})


@dataclass(frozen=True, kw_only=True)
class CheckedSecret:
    """A pull secret and what it is checked against.

    `source` is the secret that it is a copy of, where that one has the same content and so the same problems. `shared`
    is the one of the same name in `default` that has no problems, where this one is not a copy of another. `file` is
    the path of the file that it was read from ("-" for standard input), None for a secret in a cluster. `pulled_images`
    are the images that pods pull with this secret alone.
    """

    secret: Object = field(repr=False)
    circumstances: Circumstances
    source: Object | None = field(default=None, repr=False)
    shared: Object | None = field(default=None, repr=False)
    file: str | None = None
    file_subject: str = ""
    pulled_images: tuple[str, ...] = ()

    @property
    def namespace(self) -> str:
        """Its namespace; "" for a file."""
        return namespace_of(self.secret)

    @property
    def secret_name(self) -> str:
        """Its name; "" for a .dockerconfigjson file."""
        return name_of(self.secret)

    @property
    def subject(self) -> str:
        """`secret/NAME`, or the file."""
        return self.file_subject or f"secret/{self.secret_name}"

    @cached_property
    def content(self) -> SecretContent:
        """Its content, taken apart once for all copies."""
        return content_of(self.secret)


def of_content(condition: Callable[[SecretContent], Iterable[Match]]) -> Callable[[CheckedSecret], Iterable[Match]]:
    """A condition that depends on a secret's content alone, and so is computed once for all copies."""

    def matches(subject: CheckedSecret) -> tuple[Match, ...]:
        known = subject.content.matches
        if condition not in known:
            known[condition] = tuple(condition(subject.content))
        return known[condition]

    return matches
