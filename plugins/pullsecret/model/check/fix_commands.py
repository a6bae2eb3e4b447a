"""The command that fixes a problem of a secret; it prompts for a credential, or passes it on without showing it.

A fix keeps what is good: where a secret has several credentials, only the faulty part is rewritten, and where no
command can do that, the finding says in words what to do. A copy is fixed at its source, and copied again.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from pullsecret.model.check.secret import content_of
from pullsecret.model.go.json import json_quoted
from pullsecret.model.go.printable import is_printable
from pullsecret.model.images.icr import (
    ALL_ICR_IO,
    ENTITLED_HOSTS,
    is_registry_host,
    is_retired_host,
    looks_like_a_credential,
    successor_of,
)
from pullsecret.model.images.placeholder import has_placeholder
from pullsecret.model.images.server_keys import is_hidden, key_problem, shown_key
from pullsecret.model.images.temporary_logins import belongs_to_a_job
from pullsecret.model.images.usernames import username_changed_by_shell, username_expected
from pullsecret.model.objects.objects import Object, mapping_at, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON
from pullsecret.model.objects.sources import gives_to
from pullsecret.model.request.suggested_command import (
    Flag,
    Name,
    Program,
    SuggestedCommand,
    command,
    kubectl,
    pullsecret,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.model.check.rule import FixOrAdvice, Match
    from pullsecret.model.check.secret import CheckedSecret

SECRET_ADVICE = "recreate the secret with all its entries, this one corrected"  # noqa: S105  words, not a secret
SOURCE_ADVICE = "fix its source first, then copy it again"
OWNER_ADVICE = "ask the owner of its source to fix that one, and copy it again if that is agreed"

RENEWAL_ADVICE = (
    "`rotate all-icr-io -A --ibm-cluster CLUSTER` has IBM Cloud create it again, and brings all copies up to date"
)
"""Words, because it changes all copies: IBM Cloud may revoke the key that they have."""
_LONGEST_KEY: Final = 1000
"""Characters of a key that a command may correct; no image has a longer name."""
_MOST_KEYS: Final = 100
"""Keys of a secret that a command names; IBM Cloud's own secret has some 30."""


def copying(name: str, home: str, namespace: str, *more: Flag) -> SuggestedCommand:
    """The command that copies a secret from the namespace that has it."""
    return pullsecret("copy", Name(name), Flag("--from", home), Flag("--to", namespace), *more)


def copied_again(copy: Object, source: Object) -> SuggestedCommand:
    """The command that updates a copy."""
    renamed = (Flag("--name", name_of(copy)),) if name_of(copy) != name_of(source) else ()
    recreate = (Flag("--recreate"),) if copy.get("immutable") is True else ()
    return copying(name_of(source), namespace_of(source), namespace_of(copy), *renamed, *recreate)


def recreated_secret(subject: CheckedSecret, _match: Match) -> FixOrAdvice:
    """The command that prompts for the one credential of a secret; None where others would be lost."""
    if subject.file is not None:
        is_config_file = subject.file != "-" and not subject.secret_name
        return _with_one_credential("regcred", subject.secret) if is_config_file else None
    return _applied(subject) or at_source(subject, recreated_in_place)


def recreated_in_place(secret: Object) -> SuggestedCommand | None:
    """The same for a secret where it is."""
    return None if _loses_data(secret) else _with_one_credential(name_of(secret), secret, *replacing(secret))


def with_corrected_key(subject: CheckedSecret, match: Match) -> FixOrAdvice:
    """The command that corrects a key and leaves everything else as it is; where no key can be shown, as recreated."""
    if not match.corrected or is_hidden(match.keys[0]) or len(match.keys[0]) > _LONGEST_KEY:
        return recreated_secret(subject, match)
    substitution = _substitution(match.keys[0], match.corrected)
    if subject.file is not None:
        is_config_file = subject.file != "-" and not subject.secret_name
        return command(Program.SED, Flag("-i.bak"), substitution, subject.file) if is_config_file else None
    return _applied(subject) or at_source(subject, partial(_edited, substitution))


def with_more_servers(subject: CheckedSecret, servers: Sequence[str]) -> FixOrAdvice:
    """The command that prompts for the one credential of a secret, for its own servers and for these."""

    def recreated(secret: Object) -> SuggestedCommand | None:
        is_lossy = _loses_data(secret)
        return None if is_lossy else _with_one_credential(name_of(secret), secret, *replacing(secret), more=servers)

    return None if subject.file is not None else _applied(subject) or at_source(subject, recreated)


def with_local_credentials(subject: CheckedSecret, match: Match) -> FixOrAdvice:
    """The command that takes the credentials of docker or podman on this machine for one registry."""
    return (
        recreated_secret(subject, match)
        if subject.file is not None
        else _applied(subject) or at_source(subject, _local)
    )


def with_other_type(subject: CheckedSecret, match: Match) -> FixOrAdvice:
    """The command that gives the same content the type kubernetes.io/dockerconfigjson."""
    if subject.file is not None:
        return recreated_secret(subject, match)
    return _applied(subject) or at_source(subject, _retyped)


def detached_and_deleted(subject: CheckedSecret, _match: Match) -> FixOrAdvice:
    """The command that removes a secret and the references to it; words while pods run with it."""
    if subject.file is not None:
        return None
    if subject.secret_name in subject.circumstances.used_by_pods:
        return "detach it from the service accounts, recreate the pods that reference it, then delete it"
    name, place = subject.secret_name, Flag("-n", subject.namespace)
    detaching = pullsecret("detach", Name(name), Flag("--all-serviceaccounts"), place)
    return detaching.then(kubectl("delete", "secret", Name(name), place, Flag("--ignore-not-found")))


def _applied(subject: CheckedSecret) -> FixOrAdvice:
    """What fixes the secret that IBM Cloud itself writes; None for every other one."""
    if subject.secret_name != ALL_ICR_IO or subject.source is not None or _has_other_hosts(subject.content.keys):
        return None
    if subject.namespace == "default":
        return RENEWAL_ADVICE
    if subject.shared is None:
        return f"{RENEWAL_ADVICE}; then copy it to this namespace, with --overwrite"
    recreate = (Flag("--recreate"),) if _must_go(subject.secret) else ()
    place = Flag("--to", subject.namespace)
    return pullsecret("copy", ALL_ICR_IO, Flag("--from", "default"), place, Flag("--overwrite"), *recreate)


def _is_applied(source: Object, keys: Sequence[str]) -> bool:
    """Whether a source is the secret that IBM Cloud writes in `default`, with these server keys."""
    return (namespace_of(source), name_of(source)) == ("default", ALL_ICR_IO) and not _has_other_hosts(keys)


def _has_other_hosts(keys: Sequence[str]) -> bool:
    """Whether a secret has entries that are not of IBM Cloud Container Registry, and that a copy would lose."""
    return not all(key == "*.icr.io" or is_registry_host(_server(key)) for key in keys)


def _must_go(secret: Object) -> bool:
    """Whether a secret has to be deleted and created again in order to be changed."""
    return secret.get("immutable") is True or text_at(secret, "type") != DOCKER_CONFIG_JSON


def at_source(subject: CheckedSecret, fix: Callable[[Object], SuggestedCommand | None]) -> FixOrAdvice:
    """The fix of the secret, or of the source that it is a copy of, which is copied again then.

    A source in a namespace that gives nothing to this one is its owner's.
    """
    if subject.source is None:
        return fix(subject.secret)
    if not gives_to(subject.source, subject.namespace):
        return OWNER_ADVICE
    if _is_applied(subject.source, subject.content.keys):
        return RENEWAL_ADVICE
    fixed = fix(subject.source)
    return fixed and fixed.then(copied_again(subject.secret, subject.source))


def replacing(secret: Object) -> tuple[Flag, ...]:
    """The namespace, and the flags that let create replace what is there."""
    recreate = (Flag("--recreate"),) if _must_go(secret) else ()
    return Flag("-n", namespace_of(secret)), Flag("--overwrite"), *recreate


def _local(secret: Object) -> SuggestedCommand | None:
    """The credentials of one registry to fill in: all those of this machine are not for everyone in the namespace.

    None for a secret whose entries are outside auths, where the kubelet finds none: they would be lost.
    """
    if _loses_data(secret) or _has_legacy_entries(secret):
        return None
    taking = (Flag("--from-docker-config"), Flag("--registry", "HOST"))
    return pullsecret("create", Name(name_of(secret)), *taking, *replacing(secret))


def _has_legacy_entries(secret: Object) -> bool:
    """Whether a secret has credentials in the form of kubernetes.io/dockercfg, whatever its type says."""
    legacy = "kubernetes.io/dockercfg"
    content = text_at(secret, "data", DATA_KEYS.get(text_at(secret, "type"), ""))
    entries = content_of({"type": legacy, "data": {DATA_KEYS[legacy]: content}}).registries.entries
    return any(entry.username or entry.password for entry in entries)


def _edited(substitution: str, secret: Object) -> SuggestedCommand | None:
    """The same data with a substitution, through a pipe, and never shown; None where other data would be lost."""
    if _loses_data(secret):
        return None
    reading = _reading(secret)
    editing = command(Program.SED, Flag("-e", substitution))
    writing = pullsecret("create", Name(name_of(secret)), Flag("--from-file", "/dev/stdin"), *replacing(secret))
    return reading.into(editing).into(writing)


def _retyped(secret: Object) -> SuggestedCommand | None:
    if _loses_data(secret):
        return None
    writing = pullsecret("create", Name(name_of(secret)), Flag("--from-file", "/dev/stdin"), *replacing(secret))
    return _reading(secret).into(writing)


def _substitution(key: str, corrected: str) -> str:
    """What sed does to replace a key in JSON."""
    old = re.sub(r"([\\.*\[\]^$#])", r"\\\1", json_quoted(key))
    new = re.sub(r"([\\&#])", r"\\\1", json_quoted(corrected))
    return f"s#{old}#{new}#"


def _loses_data(secret: Object) -> bool:
    """Whether a secret that must be recreated has more than its registries."""
    return _must_go(secret) and len(mapping_at(secret, "data")) > 1


def _reading(secret: Object) -> SuggestedCommand:
    """The command that prints a secret's data; of one whose type changes, also when it has changed."""
    key = DATA_KEYS[DOCKER_CONFIG_JSON].replace(".", "\\.") if text_at(secret, "type") == DOCKER_CONFIG_JSON else "*"
    return reading_data(secret, key)


def reading_data(secret: Object, key: str) -> SuggestedCommand:
    """The command that prints what a secret has under a key, or for `*` under its only key."""
    place = Flag("-n", namespace_of(secret))
    reading = kubectl("get", "secret", Name(name_of(secret)), place, Flag("-o", f"jsonpath={{.data.{key}}}"))
    return reading.into(command(Program.BASE64, Flag("-d")))


def _with_one_credential(name: str, secret: Object, *flags: Flag, more: Sequence[str] = ()) -> SuggestedCommand | None:
    """The command that creates a secret with its one credential, for its servers and more; None if it has several."""
    content = content_of(secret)
    keys, entries = content.keys, content.registries.entries
    if len(keys) > _MOST_KEYS or not (len(keys) <= 1 or len({(one.username, one.password) for one in entries}) == 1):
        return None
    if more and "*.icr.io" in keys:
        return None  # the wildcard has a finding of its own
    if "*.icr.io" in keys:
        return None if _has_other_hosts(keys) else pullsecret("create", Name(name), Flag("--icr", "all"), *flags)
    return creating(name, [*map(_server, keys), *more], *flags, username=entries[0].open_username if entries else "")


def creating(name: str, servers: Sequence[str], *flags: Flag, username: str = "") -> SuggestedCommand | None:
    """The command that creates a secret with one credential, and prompts for its password.

    None where one credential cannot be right for all servers: those of IBM Cloud take nothing else than their own.
    """
    servers = list(dict.fromkeys(servers)) or ["HOST"]
    if len(set(map(_issuer, servers))) > 1:
        return None
    if all(map(is_registry_host, servers)):
        return pullsecret("create", Name(name), Flag("--icr", ",".join(servers)), *flags)
    if len(servers) == 1 and servers[0].partition("/")[0] in ENTITLED_HOSTS:
        staging = (Flag("--staging"),) if servers[0].startswith(ENTITLED_HOSTS[1]) else ()
        return pullsecret("entitled", Name(name), *staging, *flags)
    given = (Flag("--registry", server) for server in servers)
    return pullsecret("create", Name(name), *given, Flag("--username", username_to_type(username, servers[0])), *flags)


def _issuer(server: str) -> str:
    """Who issues the credentials of a server, where others are of no use: a host, or one name for many hosts."""
    host = server.partition("/")[0]
    return host if host in ENTITLED_HOSTS else "icr" if is_registry_host(host) else ""


def _server(key: str) -> str:
    """A key as `--registry` or `--icr` needs it: corrected, the successor of a retired host, or HOST to fill in."""
    problem = key_problem(key)
    if shown_key(key).startswith("<") or has_placeholder(key) or (problem and not problem.corrected):
        return "HOST"
    good = problem.corrected if problem else key
    bare = re.sub(r"^https?://(?:[^/@]*@)?|/(?:v[12]/)?$", "", good)
    if is_retired_host(bare.partition("/")[0]):
        return successor_of(bare.partition("/")[0]) or "icr.io"
    return bare if is_registry_host(bare) or bare.partition("/")[0] in ENTITLED_HOSTS else good.rpartition("@")[2]


def username_to_type(name: str, host: str = "") -> str:
    """The username for a command; USER, to be filled in, for one that is faulty or must not be shown."""
    if expected := username_expected(host):
        return expected
    is_usable = name.strip() and not looks_like_a_credential(name) and is_printable(name)
    is_wrong = has_placeholder(name) or belongs_to_a_job(name) or username_changed_by_shell(name, host)
    return name.strip() if is_usable and not is_wrong else "USER"
