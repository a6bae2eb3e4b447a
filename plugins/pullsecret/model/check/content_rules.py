"""PS101 to PS107: what the kubelet cannot parse in a secret, or reads differently than it looks.

Source: kubelet pkg/credentialprovider/config.go; an entry without username and password still counts as a match, and
then no pull goes without a credential (pkg/kubelet/kuberuntime/kuberuntime_image.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import (
    SECRET_ADVICE,
    recreated_secret,
    with_local_credentials,
    with_other_type,
)
from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.check.secret import of_content
from pullsecret.model.go.json import JsonObject
from pullsecret.model.images.dockerconfig import malformed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pullsecret.model.check.secret import CheckedSecret, SecretContent
    from pullsecret.model.images.dockerconfig import RegistryEntry


@of_content
def _unparsable(content: SecretContent) -> Iterator[Match]:
    if reason := content.registries.malformed:
        yield Match(message=malformed(reason))


@of_content
def _without_entries(content: SecretContent) -> Iterator[Match]:
    document = content.document
    if content.registries.malformed or content.registries.entries:
        return
    why = ""
    if document.last("credsStore") or document.last("credHelpers"):
        why = ": its passwords are in a credential helper, which the kubelet cannot use"
    elif document.last("auths") is None and document.pairs:
        why = ': it has no "auths" field'
    yield Match(message=f"has no registry entries{why}")


def _of_entries(message: Callable[[RegistryEntry, JsonObject], str]) -> Callable[[CheckedSecret], Iterable[Match]]:
    """A condition on each entry as the kubelet reads it, and on its fields; it holds where there is a message."""

    @of_content
    def condition(content: SecretContent) -> Iterator[Match]:
        for entry in content.registries.entries:
            found = [fields for fields in content.entries[entry.server] if isinstance(fields, JsonObject)]
            if said := message(entry, found[-1] if found else JsonObject(pairs=())):
                yield Match(message=said, keys=(entry.server,))

    return condition


def _has_only_token(entry: RegistryEntry, fields: JsonObject) -> bool:
    return not entry.password and bool(fields.last("identitytoken") or fields.last("registrytoken"))


def _empty(entry: RegistryEntry, fields: JsonObject) -> str:
    if _has_only_token(entry, fields):
        return "the entry has an identity token and no password, and the kubelet does not support identity tokens"
    return "" if entry.username or entry.password else "the entry is empty and disables anonymous pulls"


def _incomplete(entry: RegistryEntry, fields: JsonObject) -> str:
    if _has_only_token(entry, fields) or bool(entry.username) is bool(entry.password):
        return ""
    return f"the entry has no {'password' if entry.username else 'username'}"


def _contradictory(entry: RegistryEntry, fields: JsonObject) -> str:
    used = {"username": entry.username, "password": entry.password}
    is_other = any(
        isinstance(other := fields.last(name), str) and other and other != value for name, value in used.items()
    )
    if not (entry.username and entry.password and fields.last("auth") and is_other):
        return ""
    return "`auth` contradicts `username` and `password`, and `auth` takes precedence"


@of_content
def _duplicate(content: SecretContent) -> Iterator[Match]:
    entries = content.entries
    keys = tuple(key for key, found in entries.items() if any(entry != found[0] for entry in found))
    if keys:
        yield Match(message="the key occurs twice; the last one wins", keys=keys)


@of_content
def _new_format(content: SecretContent) -> Iterator[Match]:
    if content.has_new_format:
        yield Match(message="has the content of a config.json under type kubernetes.io/dockercfg, which has no auths")


CONTENT_RULES: tuple[Rule[CheckedSecret], ...] = (
    Rule(
        code="PS101",
        severity=Severity.ERROR,
        title="The kubelet cannot parse the secret",
        explanation=(
            "One entry that cannot be decoded is enough: the kubelet rejects the whole secret, and with it every image "
            "of every pod that references the secret, public images included. The message is the kubelet's. The API "
            "server validates only that the data is JSON. Recreate the entry."
        ),
        condition=_unparsable,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS102",
        severity=Severity.WARNING,
        title="No registry entries",
        explanation=(
            'The data is valid but has no entry in "auths", so the kubelet pulls anonymously. Typical sources are a '
            "docker login whose passwords are in a credential helper, and a legacy .dockercfg under the new type."
        ),
        condition=_without_entries,
        fix=with_local_credentials,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS103",
        severity=Severity.ERROR,
        title="Entry without username and password",
        explanation=(
            "The kubelet treats the empty entry as credentials: it sends an empty username and password and no longer "
            "pulls anonymously, so even public images of that registry fail. It supports neither identity tokens nor "
            "credential helpers."
        ),
        condition=_of_entries(_empty),
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS104",
        severity=Severity.WARNING,
        title="Incomplete credentials",
        explanation=(
            "The entry has a username without a password, or a password without a username. Nearly every registry "
            "rejects that."
        ),
        condition=_of_entries(_incomplete),
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS105",
        severity=Severity.WARNING,
        title="`auth` contradicts `username` or `password`",
        explanation=(
            "An entry has username and password twice, once in `auth`. The kubelet reads `auth` and ignores the other "
            "fields, so changing only `password` has no effect."
        ),
        condition=_of_entries(_contradictory),
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS106",
        severity=Severity.WARNING,
        title="Duplicate registry key",
        explanation=(
            "Of two entries with the same key, the last one wins. The first one is never used, or was meant for "
            "another host."
        ),
        condition=_duplicate,
        fix=recreated_secret,
        advice=SECRET_ADVICE,
    ),
    Rule(
        code="PS107",
        severity=Severity.ERROR,
        title="New format under the legacy type",
        explanation=(
            "The secret has type kubernetes.io/dockercfg and the content of a config.json. The kubelet reads its "
            '"auths" as the name of a registry and uses none of the credentials in it. Recreate the secret with type '
            "kubernetes.io/dockerconfigjson and the same content."
        ),
        condition=_new_format,
        fix=with_other_type,
        advice=SECRET_ADVICE,
    ),
)
