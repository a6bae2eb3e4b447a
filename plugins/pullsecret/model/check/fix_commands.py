"""The command that fixes a problem of a secret; it prompts for a credential, or passes it on without showing it.

A fix keeps what is good: where a secret has several credentials, only the faulty part is rewritten, and where no
command can do that, the finding says in words what to do. A copy is fixed at its source, and copied again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.check.entries import keys_in
from pullsecret.model.check.logins import looks_like_a_credential
from pullsecret.model.check.retired import is_retired, successor_of
from pullsecret.model.check.server_keys import key_problem, shown_key
from pullsecret.model.go.json import json_quoted
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import ALL_ICR_IO, ENTITLED_HOSTS, is_registry_host
from pullsecret.model.objects.objects import Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON
from pullsecret.model.request.suggested_command import Flag, Program, SuggestedCommand, command, kubectl, pullsecret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.check.finding import Problem
    from pullsecret.model.plan.observed import Key

SECRET_ADVICE = "recreate the secret with all its entries, this one corrected"  # noqa: S105  words, not a secret
FILE_ADVICE = "correct the entry in the file"

_APPLY = command(Program.IBMCLOUD, "ks", "cluster", "pull-secret", "apply", Flag("--cluster", "CLUSTER"))
_WRAPPING = (Flag("-e", '1s/^/{"auths":/'), Flag("-e", "$s/$/}/"))
"""What sed does to make a .dockerconfigjson, which create reads, of a .dockercfg."""


@dataclass(frozen=True, kw_only=True)
class FixTarget:
    """Where a secret is fixed: the secret there, and the command that then copies it to where it was found."""

    secret: Object = field(repr=False)
    copying: SuggestedCommand | None = None

    @property
    def flags(self) -> tuple[Flag, Flag]:
        """The namespace, and the flag that lets create replace what is there."""
        is_recreated = self.secret.get("immutable") is True or text_at(self.secret, "type") != DOCKER_CONFIG_JSON
        return Flag("-n", namespace_of(self.secret)), Flag("--force" if is_recreated else "--overwrite")


def fix_target(secret: Object, source: Object | None) -> FixTarget:
    """Where to fix a secret: at the source that it is a copy of, if there is one that has the same fault."""
    if source is None:
        return FixTarget(secret=secret)
    return FixTarget(secret=source, copying=copy_again(secret, source))


def copying(name: str, home: str, namespace: str, *more: Flag) -> SuggestedCommand:
    """The command that copies a secret from the namespace that has it."""
    return pullsecret("copy", name, Flag("--from", home), Flag("--to", namespace), *more)


def copy_again(copy: Object, source: Object) -> SuggestedCommand:
    """The command that brings a copy up to date."""
    renamed = (Flag("--name", name_of(copy)),) if name_of(copy) != name_of(source) else ()
    force = (Flag("--force"),) if copy.get("immutable") is True else ()
    return copying(name_of(source), namespace_of(source), namespace_of(copy), *renamed, *force)


def retyped(key: Key) -> SuggestedCommand:
    """The command that makes a pull secret of one with such data and another type."""
    namespace, name = key
    creating = pullsecret("create", name, Flag("--from-file", "/dev/stdin"), Flag("-n", namespace), Flag("--force"))
    return _reading(namespace, name, DATA_KEYS[DOCKER_CONFIG_JSON]).into(creating)


def secret_fix(problem: Problem, target: FixTarget) -> SuggestedCommand | None:
    """The command for a problem of a secret that is in a cluster; None where no command can keep what is good."""
    name, namespace = name_of(target.secret), namespace_of(target.secret)
    if problem.code == "PS405":
        detaching = pullsecret("detach", name, Flag("--all-serviceaccounts"), Flag("-n", namespace))
        return detaching.then(kubectl("delete", "secret", name, Flag("-n", namespace)))
    if name == ALL_ICR_IO and target.copying is None:
        again = pullsecret("copy", name, Flag("--to", namespace), Flag("--overwrite"))
        return _APPLY if namespace == "default" else _APPLY.then(again)
    if problem.code == "PS102":
        return pullsecret("create", name, Flag("--from-docker-config"), *target.flags).then(target.copying)
    if _is_renaming(problem):
        return _renamed(problem, target).then(target.copying)
    fixed = _with_one_login(name, target.secret, *target.flags)
    return fixed and fixed.then(target.copying)


def file_fix(problem: Problem, path: str, secret: Object) -> SuggestedCommand | None:
    """The command for a problem of a file; None for standard input, and where no command helps."""
    if path == "-":
        return None
    if _is_renaming(problem):
        return command(Program.SED, Flag("-i.bak"), _substitution(problem), path)
    return _with_one_login("regcred", secret)


def _is_renaming(problem: Problem) -> bool:
    """Whether a key is to be written otherwise that can be shown."""
    return bool(problem.mended) and shown_key(problem.registries[0]) == problem.registries[0]


def _renamed(problem: Problem, target: FixTarget) -> SuggestedCommand:
    """The same data with the corrected key; it goes through a pipe, and nobody sees it."""
    secret = target.secret
    wrapping = _WRAPPING if text_at(secret, "type") != DOCKER_CONFIG_JSON else ()
    editing = command(Program.SED, Flag("-e", _substitution(problem)), *wrapping)
    putting = pullsecret("create", name_of(secret), Flag("--from-file", "/dev/stdin"), *target.flags)
    return (
        _reading(namespace_of(secret), name_of(secret), DATA_KEYS[text_at(secret, "type")]).into(editing).into(putting)
    )


def _substitution(problem: Problem) -> str:
    old = re.sub(r"([\\.*\[\]^$#])", r"\\\1", json_quoted(problem.registries[0]))
    new = re.sub(r"([\\&#])", r"\\\1", json_quoted(problem.mended))
    return f"s#{old}#{new}#"


def _reading(namespace: str, name: str, data_key: str) -> SuggestedCommand:
    """The command that prints a secret's data."""
    field_name = data_key.replace(".", "\\.")
    reading = kubectl("get", "secret", name, Flag("-n", namespace), Flag("-o", f"jsonpath={{.data.{field_name}}}"))
    return reading.into(command(Program.BASE64, Flag("-d")))


def _with_one_login(name: str, secret: Object, *flags: Flag) -> SuggestedCommand | None:
    """The command that prompts for the one credential of a secret; None for a secret that has several."""
    keys, entries = keys_in(secret), registries_of(secret).entries
    has_one = len(keys) <= 1 or len({(entry.username, entry.password) for entry in entries}) == 1
    if not has_one:
        return None
    if "*.icr.io" in keys:
        return pullsecret("create", name, Flag("--icr", "all"), *flags)
    return creating(name, [_server(key) for key in keys], *flags, username=entries[0].username if entries else "")


def creating(name: str, servers: Sequence[str], *flags: Flag, username: str = "") -> SuggestedCommand:
    """The command that makes a secret for one login, and prompts for its password."""
    servers = list(dict.fromkeys(servers)) or ["HOST"]
    if all(map(is_registry_host, servers)):
        return pullsecret("create", name, Flag("--icr", ",".join(servers)), *flags)
    if len(servers) == 1 and servers[0].partition("/")[0] in ENTITLED_HOSTS:
        staging = (Flag("--staging"),) if servers[0].startswith(ENTITLED_HOSTS[1]) else ()
        return pullsecret("entitled", name, *staging, *flags)
    given = (Flag("--server", server) for server in servers)
    return pullsecret("create", name, *given, Flag("--username", _username(username)), *flags)


def _server(key: str) -> str:
    """A key as `--server` or `--icr` should get it: mended, and a retired host's successor instead of it."""
    if shown_key(key).startswith("<"):
        return "HOST"
    problem = key_problem(key)
    good = problem.mended if problem and problem.mended else key
    bare = re.sub(r"^https?://(?:[^/@]*@)?|/(?:v[12]/)?$", "", good)
    if is_retired(bare.partition("/")[0]):
        return successor_of(bare.partition("/")[0]) or "icr.io"
    return bare if is_registry_host(bare) or bare.partition("/")[0] in ENTITLED_HOSTS else good.rpartition("@")[2]


def _username(name: str) -> str:
    usable = name.strip() and not looks_like_a_credential(name) and name.isprintable()
    return name.strip() if usable else "USER"
