"""What a printed command may change, by its words, and what it did change."""

from __future__ import annotations

import base64
import json
import shlex
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from control_plane.api import Api, Object

Key: TypeAlias = tuple[str, str, str]
"""Kind, namespace and name of an object."""

KINDS = ("Secret", "ServiceAccount", "Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "Namespace")
OWN_MARKS = ("kubectl-pullsecret", "app.kubernetes.io/managed-by")
SERVER_SIDE = ("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation")
ANY = "*"
"""In the place of a name: every object of the kind."""


def snapshot(api: Api) -> dict[Key, Object]:
    """All objects of the cluster that a command could change."""
    with ThreadPoolExecutor(len(KINDS)) as pool:
        found = zip(KINDS, pool.map(api.list, KINDS), strict=True)
    return {
        (kind, item["metadata"].get("namespace", ""), item["metadata"]["name"]): item
        for kind, items in found
        for item in items
    }


def content(item: Object) -> Object:
    """An object without what the server writes at each change, and without its status."""
    metadata = {key: value for key, value in item["metadata"].items() if key not in SERVER_SIDE}
    return {key: value for key, value in item.items() if key != "status"} | {"metadata": metadata}


def named_in(command: str) -> set[Key]:
    """The objects that a command names, the pods of a named owner included."""
    parts = command.replace(" && ", " | ").split(" | ")
    return {key for part in parts for key in _named_in_part(shlex.split(part))}


def _named_in_part(words: Sequence[str]) -> Iterator[Key]:
    if words[0] == "ibmcloud":
        yield "Secret", "default", "all-icr-io"
    if words[0] != "kubectl":
        return
    flags = _flags_in(words)
    namespaces = [name for flag in ("-n", "--to") for value in flags.get(flag, ()) for name in value.split(",")]
    plain = [word for word in words[1:] if not word.startswith("-") and word not in namespaces]
    for namespace in namespaces:
        if plain[0] == "pullsecret":
            yield from _named_by_us(plain[1], plain[2], namespace, flags)
        elif plain[:2] == ["delete", "secret"]:
            yield "Secret", namespace, plain[2]
        elif plain[0] in {"delete", "patch", "set", "rollout", "get"}:
            yield from _named_by_kubectl(plain, namespace)


def _flags_in(words: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word.startswith("-"):
            following = words[number + 1] if number + 1 < len(words) else ""
            found.setdefault(name, []).append(value if equals else following)
    return found


def _named_by_us(verb: str, name: str, namespace: str, flags: Mapping[str, list[str]]) -> Iterator[Key]:
    if verb in {"create", "entitled", "copy"}:
        yield "Secret", namespace, flags.get("--name", [name])[0]
    accounts = flags.get("--serviceaccount", [])
    if verb in {"attach", "detach"} or accounts or "--attach" in flags:
        for account in [ANY] if "--all-serviceaccounts" in flags else accounts or ["default"]:
            yield "ServiceAccount", namespace, account


def _named_by_kubectl(plain: Sequence[str], namespace: str) -> Iterator[Key]:
    """Objects as `kind/name` or as `pod name name`, and what belongs to them."""
    titles = {kind.lower(): kind for kind in KINDS}
    for word in plain[1:]:
        kind, slash, name = word.partition("/")
        if slash and kind in titles:
            yield titles[kind], namespace, name
            yield "Pod", namespace, f"{name}{ANY}"
            yield "ReplicaSet", namespace, f"{name}{ANY}"
    if plain[:2] == ["delete", "pod"]:
        for name in plain[2:]:
            yield "Pod", namespace, f"{name.rpartition('-')[0] or name}{ANY}"


def is_named(key: Key, named: set[Key]) -> bool:
    kind, namespace, name = key
    return any(
        (kind, namespace) == other[:2]
        and (name == other[2] or (other[2].endswith(ANY) and name.startswith(other[2][:-1])))
        for other in named
    )


def foreign_changes(before: Mapping[Key, Object], after: Mapping[Key, Object], named: set[Key]) -> Iterator[str]:
    """What changed although no command names it, and what was lost in what they name."""
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if old and new and content(old) == content(new):
            continue
        if not is_named(key, named):
            yield f"CHANGED {key}"
        elif old and new:
            yield from (f"LOST {key}: {what}" for what in _lost(old, new))


def _lost(old: Object, new: Object) -> Iterator[str]:
    for marks in ("labels", "annotations") if old["kind"] in ("Secret", "ServiceAccount") else ():
        for key, value in old["metadata"].get(marks, {}).items():
            if not key.startswith(OWN_MARKS) and new["metadata"].get(marks, {}).get(key) != value:
                yield f"{marks} {key}"
    if old["kind"] == "Secret":
        yield from (f"data {key}" for key in old.get("data", {}).keys() - new.get("data", {}).keys() - {".dockercfg"})
        if old.get("immutable") and not new.get("immutable"):
            yield "immutable"
    if old["kind"] == "ServiceAccount":
        for field in set(old) | set(new):
            if field not in ("metadata", "imagePullSecrets") and old.get(field) != new.get(field):
                yield field


def entries_of(secret: Object) -> Mapping[str, Object]:
    """The entries of a pull secret by key; none of one that cannot be read."""
    try:
        text = base64.b64decode(next(iter(secret["data"].values())))
        document = json.loads(text)
        found = document.get("auths", document)
        return found if isinstance(found, dict) else {}
    except (KeyError, ValueError, StopIteration, AttributeError):
        return {}
