"""One container that waits for one image, with the secrets that the kubelet has for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.doctor.best_secret import is_working, login_of, nearest_secrets, scopes_of
from pullsecret.model.doctor.runtime_messages import ABOUT_CREDENTIALS, MessagePattern, PullError, pattern_of
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.keyring import PullCredentials, credentials_for, matching_keys
from pullsecret.model.images.near_misses import near_misses
from pullsecret.model.images.reference import ImageReference, InvalidReferenceError, parsed_reference
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.objects import Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pod import (
    SANDBOX,
    Wait,
    account_of,
    has_nameless_entry,
    is_static,
    listed_secrets,
    owner_of,
)
from pullsecret.model.objects.pullsecret import is_pull_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.images.dockerconfig import RegistryEntry


_BY_WHAT_WAS_SENT = {
    PullError.UNAUTHORIZED: (
        "the registry requires credentials, and the kubelet had none",
        "the registry rejected all matching credentials, or they may not pull this image",
    ),
    PullError.LOGIN_REJECTED: (
        "the registry requires credentials, and the kubelet had none",
        "the registry rejected all matching credentials",
    ),
    PullError.NOT_AUTHORIZED: (
        "the registry requires credentials for this image, or there is no such image",
        "the credentials may not pull this image, or there is no such image",
    ),
    PullError.FORBIDDEN: (
        "the registry requires credentials for this image, or there is no such image",
        "the credentials may not pull this image, or there is no such image",
    ),
}
"""What a refusal means without and with credentials: registries hide from others what exists."""


def meaning_with_credentials(message: str) -> str:
    """What a runtime's message about a failed pull means, where the kubelet has sent credentials."""
    pattern = pattern_of(message)
    return _BY_WHAT_WAS_SENT.get(pattern.error, ("", pattern.meaning))[1]


@dataclass(frozen=True, kw_only=True)
class WaitingContainer:
    """A pod, one of its waits, and everything that was read."""

    pod: Object = field(repr=False)
    wait: Wait
    evidence: Evidence = field(repr=False)

    @property
    def namespace(self) -> str:
        """The pod's namespace."""
        return namespace_of(self.pod)

    @property
    def owner(self) -> str:
        """Whose restart recreates the pod, `kind/name`; the pod itself where only a debug container of it waits."""
        return f"pod/{name_of(self.pod)}" if self.wait.is_debug else owner_of(self.pod)

    @property
    def is_static(self) -> bool:
        """Whether the pod's manifest is on the node, so that only the node's own credentials count."""
        return is_static(self.pod)

    @property
    def is_sandbox(self) -> bool:
        """Whether the image is the runtime's sandbox image, which no pod names."""
        return self.wait.reason == SANDBOX

    @property
    def uses_pull_secrets(self) -> bool:
        """Whether pull secrets can help at all: the node alone pulls sandbox images and those of static pods."""
        return not (self.is_sandbox or self.is_static)

    @property
    def node(self) -> str:
        """The name of the pod's node."""
        return text_at(self.pod, "spec", "nodeName")

    @property
    def account(self) -> str:
        """The pod's service account."""
        return account_of(self.pod)

    @property
    def listed(self) -> tuple[str, ...]:
        """The secrets that the pod references."""
        return listed_secrets(self.pod)

    @cached_property
    def image(self) -> ImageReference:
        """The image; one without domain and path if its name is invalid."""
        try:
            return parsed_reference(self.wait.image)
        except InvalidReferenceError:
            return ImageReference(domain="", path="")

    @cached_property
    def pattern(self) -> MessagePattern:
        """The pattern that the runtime's message matches."""
        return pattern_of(self.evidence.message(self.pod, self.wait))

    @property
    def error(self) -> str:
        """The runtime's error in plain words; for a mere refusal, by what there was to send."""
        is_known = not (self.is_changed_since or self.unreadable) and self.uses_pull_secrets
        words = _BY_WHAT_WAS_SENT.get(self.pattern.error) if is_known else None
        is_sent = any(item.entry.has_password for item in self.found.credentials)
        return words[is_sent] if words else self.pattern.meaning

    @cached_property
    def found(self) -> PullCredentials:
        """What the kubelet has for the image now."""
        return credentials_for(self.evidence.secrets_of(self.pod), self.wait.image)

    @cached_property
    def unreadable(self) -> tuple[str, ...]:
        """The secrets that the pod references and that could not be read."""
        return tuple(name for name in self.listed if self.evidence.is_unreadable(self.namespace, name))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The secrets that the pod references and that do not exist."""
        absent = (name for name in self.listed if self.evidence.secret(self.namespace, name) is None)
        return tuple(name for name in absent if name not in self.unreadable)

    @property
    def wrong_type(self) -> tuple[str, ...]:
        """The secrets that the pod references and whose type the kubelet ignores."""
        return tuple(name_of(secret) for secret in self.evidence.secrets_of(self.pod) if not is_pull_secret(secret))

    @cached_property
    def near_misses(self) -> tuple[tuple[str, str, str], ...]:
        """Secret, key and reason for the first keys of the pod's secrets that were probably meant for the image."""
        if self.found.credentials:
            return ()
        own = ((name_of(secret), registries_of(secret).servers) for secret in self.evidence.secrets_of(self.pod))
        found = ((name, miss) for name, keys in own for miss in near_misses(keys, self.image))
        return tuple((name, shown_key(miss.key), miss.sentence) for name, miss in found)

    @property
    def is_changed_since(self) -> bool:
        """Whether the kubelet may not have sent what a secret that matches the image holds now."""
        matching = self._matching_secrets()
        return self.is_kept or any(
            self.evidence.is_after_last_attempt(secret, self.pod, self.wait) for secret in matching
        )

    @property
    def is_kept(self) -> bool:
        """Whether the kubelet may still send the previous content of an immutable secret that was recreated."""
        return any(self.evidence.is_kept_by_kubelet(secret, self.pod) for secret in self._matching_secrets())

    def _matching_secrets(self) -> list[Object]:
        names = {item.secret for item in self.found.credentials}
        return [secret for secret in self.evidence.secrets_of(self.pod) if name_of(secret) in names]

    @property
    def attached_since(self) -> str:
        """The working secret that the service account lists and the pod does not; "" for none."""
        for name in self.evidence.account_list(self.pod):
            secret = self.evidence.secret(self.namespace, name)
            if name not in self.listed and secret is not None and is_working(secret, self.wait.image, self.evidence):
                return name
        return ""

    def secret_lines(self) -> Iterable[str]:
        """What the kubelet does with each secret that the pod references, a line each."""
        if has_nameless_entry(self.pod):
            yield "an entry without a name: references nothing; ignored by the kubelet"
        elif not self.listed:
            yield "none: the pod references no pull secret (the list is fixed at creation)"
        winners = [item.secret for item in self.found.credentials]
        for name in self.listed:
            yield f"secret/{name}: {self._use_of(name, winners)}"

    def _use_of(self, name: str, winners: list[str]) -> str:
        secret = self.evidence.secret(self.namespace, name)
        if secret is None:
            unreadable = self.evidence.is_unreadable(self.namespace, name)
            return "not allowed to read it" if unreadable else "does not exist; ignored by the kubelet"
        if not is_pull_secret(secret):
            return f"has {_type_of(secret)}, which the kubelet ignores"
        content = registries_of(secret)
        if content.malformed:
            return "is malformed; blocks all pulls of the pod"
        if name in winners:
            return self._match_of(name, is_first=winners[0] == name)
        return self._mismatch_of(name, content.servers)

    def _mismatch_of(self, name: str, servers: tuple[str, ...]) -> str:
        """Why a secret is not used: no key matches, or another secret is malformed."""
        if keys := matching_keys(servers, self.wait.image):
            return f"matches {', '.join(map(shown_key, keys))}, but a malformed secret blocks all pulls of the pod"
        misses = [
            f"key {key} does not match {self.image.domain}/...: {why}"
            for who, key, why in self.near_misses
            if who == name
        ]
        if not misses:
            return _registries_in(servers)
        return misses[0] + (f"; nor do {len(misses) - 1} other keys" if misses[1:] else "")

    def _match_of(self, name: str, *, is_first: bool) -> str:
        items = [item.entry for item in self.found.credentials if item.secret == name]
        keys = ", ".join(dict.fromkeys(shown_key(entry.server) for entry in items))
        who = shown_user(items[0]) if items[0].has_password else "an entry without a password"
        return f"matches {keys} ({who})" + (", tried first" if is_first else ", tried after others")


MANY_KEYS = 3


def waiting_containers(evidence: Evidence) -> Iterable[WaitingContainer]:
    """Every container that waits for its image."""
    for pod in evidence.observed.pods.present.values():
        for wait in evidence.waits_of(pod):
            yield WaitingContainer(pod=pod, wait=wait, evidence=evidence)


def with_rejected_logins(evidence: Evidence) -> Evidence:
    """The same evidence with the credentials that registries rejected, where the kubelet has read the secret as it is.

    Doctor never recommends them for a namespace whose pods sent them.
    """
    rejected = (
        (case.namespace, scope, *login_of(credential))
        for case in waiting_containers(evidence)
        if case.pattern.error in ABOUT_CREDENTIALS and case.uses_pull_secrets and not case.is_changed_since
        for credential in case.found.credentials
        for scope in scopes_of(case.wait.image)[0 if case.pattern.is_about_login else 1 :]
    )
    return replace(evidence, rejected=frozenset(rejected))


def needs_all_namespaces(evidence: Evidence) -> bool:
    """Whether an image waits for which no working secret is known, so that other namespaces are worth reading."""
    return any(
        case.image.name and case.uses_pull_secrets and not nearest_secrets(case.namespace, case.wait.image, evidence)
        for case in waiting_containers(evidence)
    )


def shown_user(entry: RegistryEntry) -> str:
    """`username puller`; without the name where it is better not shown."""
    return f"username {entry.shown_username}"


def _type_of(secret: Object) -> str:
    kind = text_at(secret, "type")
    return f"type {kind}" if kind else "another type"


def _registries_in(keys: tuple[str, ...]) -> str:
    if not keys:
        return "has no registry entries"
    names = [shown_key(index_key(key) or key) for key in keys[:MANY_KEYS]]
    more = f" and {len(keys) - MANY_KEYS} more" if len(keys) > MANY_KEYS else ""
    return f"has credentials for {', '.join(names)}{more} only"
