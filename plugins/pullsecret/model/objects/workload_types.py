"""The types of workloads in kubectl's spellings: `deploy`, `deployments`, `deployments.apps`, `deployments.v1.apps`."""

from __future__ import annotations

import re

from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.secret_uses import POD_SPECS

SHORT_NAMES = {
    "po": Kind.POD,
    "deploy": Kind.DEPLOYMENT,
    "sts": Kind.STATEFUL_SET,
    "ds": Kind.DAEMON_SET,
    "rs": Kind.REPLICA_SET,
    "rc": Kind.REPLICATION_CONTROLLER,
    "cj": Kind.CRON_JOB,
}
"""kubectl's short names of pods and of what creates them."""

_NAMES = {**SHORT_NAMES, **{name: kind for kind in (Kind.POD, *POD_SPECS) for name in (kind.word, kind.value)}}
_VERSION = re.compile(r"v\d+(?:(?:alpha|beta)\d+)?")


def workload_kind(word: str) -> Kind | None:
    """Kubernetes' own kind for a type, pods included; None for another one, and for one of another group."""
    name, version, group = type_parts(word)
    kind = _NAMES.get(name)
    if kind is None or group not in ("", kind.group.rpartition("/")[0]):
        return None
    return kind if version in ("", kind.group.rpartition("/")[2]) else None


def type_parts(word: str) -> tuple[str, str, str]:
    """The resource, version and group of a type as kubectl takes them: `RESOURCE.VERSION.GROUP`; "" for none."""
    name, _, rest = word.lower().partition(".")
    version, _, group = rest.partition(".")
    return (name, version, group) if _VERSION.fullmatch(version) else (name, "", rest)
