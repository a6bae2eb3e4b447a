"""One container that waits for one image, with what the kubelet had for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.check.logins import looks_like_a_credential
from pullsecret.model.check.near_miss import near_miss, shown_key
from pullsecret.model.doctor.runtime_messages import MessagePattern, PullError, text_of
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.keyring import PullCredentials, credentials_for
from pullsecret.model.images.reference import ImageReference, InvalidReferenceError, parsed_reference
from pullsecret.model.objects.objects import Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pod import Wait, account_of, listed_secrets, owner_of
from pullsecret.model.objects.pullsecret import is_pull_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.images.dockerconfig import RegistryEntry


@dataclass(frozen=True, kw_only=True)
class WaitingContainer:
    """A pod, one of its waits, and everything that was seen."""

    pod: Object = field(repr=False)
    wait: Wait
    evidence: Evidence = field(repr=False)

    @property
    def namespace(self) -> str:
        """The pod's namespace."""
        return namespace_of(self.pod)

    @property
    def owner(self) -> str:
        """Whose restart makes the pod anew, `kind/name`."""
        return owner_of(self.pod)

    @property
    def account(self) -> str:
        """The pod's service account."""
        return account_of(self.pod)

    @property
    def listed(self) -> tuple[str, ...]:
        """The secrets that the pod names."""
        return listed_secrets(self.pod)

    @cached_property
    def image(self) -> ImageReference:
        """The image; one without domain and path for a name that is none."""
        try:
            return parsed_reference(self.wait.image)
        except InvalidReferenceError:
            return ImageReference(domain="", path="")

    @cached_property
    def text(self) -> MessagePattern:
        """What the runtime's message means."""
        return text_of(self.evidence.message(self.pod, self.wait))

    @property
    def meaning(self) -> str:
        """The same in words; a registry's mere "no" is told apart by what there was to send."""
        if self.text.saying is not PullError.UNAUTHORIZED or self.is_changed_since:
            return self.text.plain
        if self.found.credentials:
            return "the registry refused every login that the kubelet had for it"
        return "the registry wants a login, and the kubelet had none to send"

    @cached_property
    def found(self) -> PullCredentials:
        """What the kubelet has for the image now."""
        return credentials_for(self.evidence.secrets_of(self.pod), self.wait.image)

    @property
    def missing(self) -> tuple[str, ...]:
        """The secrets that the pod names and that are not there."""
        evidence, place = self.evidence, self.namespace
        return tuple(
            name
            for name in self.listed
            if evidence.secret(place, name) is None and not evidence.is_unreadable(place, name)
        )

    @property
    def wrong_type(self) -> tuple[str, ...]:
        """The secrets that the pod names and whose type the kubelet passes over."""
        return tuple(name_of(secret) for secret in self.evidence.secrets_of(self.pod) if not is_pull_secret(secret))

    @cached_property
    def near_misses(self) -> tuple[tuple[str, str, str], ...]:
        """Secret, key and reason for each key of the pod's secrets that was probably meant for the image."""
        if self.found.credentials:
            return ()
        keys = [
            (name_of(secret), entry.server)
            for secret in self.evidence.secrets_of(self.pod)
            for entry in registries_of(secret).entries
        ]
        found = ((name, shown_key(key), near_miss(key, self.image)) for name, key in keys)
        return tuple(miss for miss in found if miss[2])

    @property
    def is_changed_since(self) -> bool:
        """Whether a secret that serves the image was made or written to after the last attempt."""
        names = {item.secret for item in self.found.credentials}
        serving = [secret for secret in self.evidence.secrets_of(self.pod) if name_of(secret) in names]
        return any(self.evidence.is_after_last_attempt(secret, self.pod, self.wait) for secret in serving)

    def reading_lines(self) -> Iterable[str]:
        """What the kubelet does with each secret that the pod names, a line each."""
        if not self.listed:
            yield "no pull secret: the pod names none, and its list was fixed when it was made"
        winners = [item.secret for item in self.found.credentials]
        for name in self.listed:
            yield f"secret/{name}: {self._reading(name, winners)}"

    def _reading(self, name: str, winners: list[str]) -> str:
        secret = self.evidence.secret(self.namespace, name)
        if secret is None:
            unreadable = self.evidence.is_unreadable(self.namespace, name)
            return "no right to read it" if unreadable else "is not there; the kubelet goes on without it"
        if not is_pull_secret(secret):
            return f"is of type {text_at(secret, 'type') or 'another kind'}, which the kubelet passes over"
        content = registries_of(secret)
        if content.malformed:
            return "is malformed, and stops every pull of the pod"
        if name in winners:
            return self._matching(name, is_first=winners[0] == name)
        misses = [
            f"key {key} does not match {self.image.domain}/...: {why}"
            for who, key, why in self.near_misses
            if who == name
        ]
        return "; ".join(misses) or _other_registries(tuple(entry.server for entry in content.entries))

    def _matching(self, name: str, *, is_first: bool) -> str:
        items = [item.entry for item in self.found.credentials if item.secret == name]
        keys = ", ".join(dict.fromkeys(shown_key(entry.server) for entry in items))
        who = shown_user(items[0]) if items[0].has_password else "an entry without a password"
        return f"key {keys} matches ({who})" + (", tried first" if is_first else ", tried after others")


MANY_KEYS = 3


def shown_user(entry: RegistryEntry) -> str:
    """`user name robot`; not where somebody took it for the place of the password."""
    is_odd = looks_like_a_credential(entry.username)
    return "a user name that looks like a key" if is_odd else f"user name {printable(entry.username)}"


def _other_registries(keys: tuple[str, ...]) -> str:
    if not keys:
        return "holds no login at all"
    names = [shown_key(index_key(key) or key) for key in keys]
    more = f" and {len(names) - MANY_KEYS} more" if len(names) > MANY_KEYS else ""
    return f"is for {', '.join(names[:MANY_KEYS])}{more}"
