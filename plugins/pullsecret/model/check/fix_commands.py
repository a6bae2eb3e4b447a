"""The command that mends what is wrong with a secret; a credential is asked for by it, or passes by unseen.

A remedy keeps what is good: where a secret has several logins, only the faulty part is written anew. A copy is mended
at its source, and copied again.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.check.entries import keys_in
from pullsecret.model.check.finding import Problem, Program
from pullsecret.model.check.logins import looks_like_a_credential
from pullsecret.model.check.retired import is_retired, successor_of
from pullsecret.model.check.server_keys import key_problem, shown_key
from pullsecret.model.go.json import json_quoted
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import ALL_ICR_IO, ENTITLED_HOSTS, is_registry_host
from pullsecret.model.objects.objects import Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.plan.observed import Key

OURS, KUBECTL = Program.PULLSECRET.value, Program.KUBECTL.value
APPLY = "ibmcloud ks cluster pull-secret apply --cluster CLUSTER"
_WRAPPED = """| { printf '{"auths":'; cat; printf '}'; } """
"""A .dockercfg as the .dockerconfigjson that create takes."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a secret is mended: the secret there, and the command that then brings it to where it was found."""

    secret: Object = field(repr=False)
    copying: str = ""

    @property
    def flags(self) -> str:
        """The namespace, and the flag that lets create replace what is there."""
        is_made_anew = self.secret.get("immutable") is True or text_at(self.secret, "type") != DOCKER_CONFIG_JSON
        return f"-n {namespace_of(self.secret)} {'--force' if is_made_anew else '--overwrite'}"


def place_of(secret: Object, source: Object | None) -> Place:
    """Where to mend a secret: at the source that it is a copy of, if there is one that has the same fault."""
    if source is None:
        return Place(secret=secret)
    return Place(secret=source, copying=f" && {copy_again(secret, source)}")


def copy_again(copy: Object, source: Object) -> str:
    """The command that brings a copy up to date."""
    renamed = f" --name {name_of(copy)}" if name_of(copy) != name_of(source) else ""
    force = " --force" if copy.get("immutable") is True else ""
    place = f"--from {namespace_of(source)} --to {namespace_of(copy)}"
    return f"{OURS} copy {name_of(source)} {place}{renamed}{force}"


def retyped(key: Key) -> str:
    """The command that makes a pull secret of one with such data and another type."""
    namespace, name = key
    read = f"{KUBECTL} get secret {name} -n {namespace} -o jsonpath='{{.data.\\.dockerconfigjson}}' | base64 -d"
    return f"{read} | {OURS} create {name} --from-file /dev/stdin -n {namespace} --force"


def secret_remedy(problem: Problem, place: Place) -> str:
    """The command for a problem of a secret that is in a cluster."""
    name, namespace = name_of(place.secret), namespace_of(place.secret)
    if problem.code == "PS405":
        taken_off = f"{OURS} detach {name} --all-serviceaccounts -n {namespace}"
        return f"{taken_off} && {KUBECTL} delete secret {name} -n {namespace}"
    if name == ALL_ICR_IO and not place.copying:
        return APPLY if namespace == "default" else f"{APPLY} && {OURS} copy {name} --to {namespace} --overwrite"
    if problem.code == "PS102":
        return f"{OURS} create {name} --from-docker-config {place.flags}{place.copying}"
    if _is_renaming(problem):
        return _renamed(problem, place) + place.copying
    return (_made_anew(place) or _edited(place)) + place.copying


def file_remedy(problem: Problem, path: str, secret: Object) -> str:
    """The command for a problem of a file."""
    if path == "-":
        return ""
    if _is_renaming(problem):
        return f"sed -i.bak {_substitution(problem)} {shlex.quote(path)}"
    return _login_line("regcred", secret) or f"${{EDITOR:-vi}} {shlex.quote(path)}"


def _is_renaming(problem: Problem) -> bool:
    """Whether a key is to be written otherwise that can be shown."""
    return bool(problem.mended) and shown_key(problem.registries[0]) == problem.registries[0]


def _renamed(problem: Problem, place: Place) -> str:
    """The same data with the key written right; it goes through a pipe, and nobody sees it."""
    read = _read(place.secret)
    return f"{read} | sed {_substitution(problem)} {_wrapped(place.secret)}| {_put(place)}"


def _substitution(problem: Problem) -> str:
    old = re.sub(r"([\\.*\[\]^$#])", r"\\\1", json_quoted(problem.registries[0]))
    new = re.sub(r"([\\&#])", r"\\\1", json_quoted(problem.mended))
    return shlex.quote(f"s#{old}#{new}#")


def _read(secret: Object) -> str:
    key = DATA_KEYS[text_at(secret, "type")].replace(".", "\\.")
    return f"{KUBECTL} get secret {name_of(secret)} -n {namespace_of(secret)} -o jsonpath='{{.data.{key}}}' | base64 -d"


def _wrapped(secret: Object) -> str:
    return "" if text_at(secret, "type") == DOCKER_CONFIG_JSON else _WRAPPED


def _put(place: Place) -> str:
    return f"{OURS} create {name_of(place.secret)} --from-file /dev/stdin {place.flags}"


def _edited(place: Place) -> str:
    """The file, an editor, and back; for what only a person can tell, beside logins that are good."""
    file = f"{name_of(place.secret)}.json"
    read = f"(umask 077; {_read(place.secret)} {_wrapped(place.secret)}> {file})"
    put = _put(place).replace("/dev/stdin", file, 1)
    return f"{read} && ${{EDITOR:-vi}} {file} && {put} && rm {file}"


def _made_anew(place: Place) -> str:
    """The command that asks for the one login of a secret; "" when it has several."""
    line = _login_line(name_of(place.secret), place.secret)
    return f"{line} {place.flags}" if line else ""


def _login_line(name: str, secret: Object) -> str:
    """The command for a secret with one login for all its registries; "" for others."""
    keys, entries = keys_in(secret), registries_of(secret).entries
    has_one = len({(entry.username, entry.password) for entry in entries}) == 1 or len(keys) == 1
    if "*.icr.io" in keys and has_one:
        return f"{OURS} create {name} --icr all"
    return creating(name, [_server(key) for key in keys], entries[0].username if entries else "") if has_one else ""


def creating(name: str, servers: Sequence[str], username: str = "") -> str:
    """The command that makes a secret for one login, and asks for its password."""
    servers = list(dict.fromkeys(servers))
    if all(map(is_registry_host, servers)):
        return f"{OURS} create {name} --icr {','.join(servers)}"
    if len(servers) == 1 and servers[0].partition("/")[0] in ENTITLED_HOSTS:
        return f"{OURS} entitled {name}" + (" --staging" if servers[0].startswith(ENTITLED_HOSTS[1]) else "")
    given = " ".join(f"--server {shlex.quote(server)}" for server in servers)
    return f"{OURS} create {name} {given} --username {_username(username)}"


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
    return shlex.quote(name.strip()) if usable else "USER"
