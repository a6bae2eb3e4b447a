"""Mirrors that the nodes of OpenShift contact instead of a registry, and which credentials they send them.

The machine-config-operator makes one entry of registries.conf of all rules with the same source, for digests and for
tags (openshift/runtime-utils: pkg/registries/registries.go); of those that cover an image, the longest source counts
(containers/image: pkg/sysregistriesv2). A mirror on another host than the image's gets no credentials of the pod
(containers/image: docker/docker_image_src.go), but those of the node, unless a CRIOCredentialProviderConfig lets the
secrets of the pod's namespace serve mirrors (cri-o/crio-credential-provider: internal/pkg/auth).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pullsecret.model.images.keyring import is_match
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.objects.objects import Object, mappings_at, name_of, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.images.reference import ImageReference

_FIELDS = {
    "imageDigestMirrors": "ImageDigestMirrorSet",
    "imageTagMirrors": "ImageTagMirrorSet",
    "repositoryDigestMirrors": "ImageContentSourcePolicy",
}
"""The field with the rules in each of OpenShift's three kinds; its name says whether they are for digests or tags."""

_HUB = ("registry-1.docker.io", "docker.io")


class _Rule(NamedTuple):
    holder: str
    source: str
    mirrors: tuple[str, ...]
    is_for_digests: bool
    is_only: bool


@dataclass(frozen=True, kw_only=True)
class Mirroring:
    """The rules that cover an image.

    `holder` names the objects that have them. `mirrors` are the locations in the rules, in their order, with
    `repositories` as the image is called in each; none where all rules are for the other half, digests or tags.
    `is_only`: the image's own registry is never contacted. `host` is that registry.
    """

    holder: str
    source: str
    mirrors: tuple[str, ...]
    repositories: tuple[str, ...]
    is_only: bool
    host: str

    @property
    def foreign(self) -> tuple[str, ...]:
        """The mirrors on other hosts, which get no credentials of the pod."""
        return tuple(mirror for mirror in self.mirrors if host_of_mirror(mirror) != self.host)

    @property
    def is_elsewhere(self) -> bool:
        """Whether only mirrors on other hosts are contacted, so that no credentials of the pod are sent at all."""
        return self.is_only and bool(self.foreign) and self.foreign == self.mirrors

    @property
    def is_blocked(self) -> bool:
        """Whether the image can be pulled from nowhere: no mirror is for it, and its registry is never contacted."""
        return self.is_only and not self.mirrors


def mirroring_of(image: ImageReference, policies: Iterable[Object]) -> Mirroring | None:
    """The rules for an image; None when its own registry is contacted first.

    The longest source decides, whether its rules are for digests or for tags; one of them that forbids its registry
    does so for both.
    """
    covering = [rule for policy in policies for rule in _rules(policy) if _match_length(rule.source, image.name) >= 0]
    source = max((rule.source for rule in covering), key=len, default="")
    rules = [rule for rule in covering if rule.source == source]
    used = [rule for rule in rules if rule.is_for_digests == bool(image.digest)]
    is_only = any(rule.is_only for rule in rules)
    mirrors = tuple(dict.fromkeys(mirror for rule in used for mirror in rule.mirrors if mirror != source))
    if not (mirrors or is_only):
        return None
    rest = image.name[_match_length(source, image.name) :]
    return Mirroring(
        holder=" and ".join(dict.fromkeys(rule.holder for rule in used or rules)),
        source=source,
        mirrors=mirrors,
        repositories=tuple(f"{mirror}{rest}" for mirror in mirrors),
        is_only=is_only,
        host=image.domain,
    )


def _rules(policy: Object) -> Iterator[_Rule]:
    """The rules of an object; those whose mirrors are the source itself are none (runtime-utils: addMirrorSet)."""
    for field, kind in _FIELDS.items():
        for rule in mappings_at(policy, "spec", field):
            source, mirrors = text_at(rule, "source"), rule.get("mirrors")
            found = tuple(mirror for mirror in mirrors if isinstance(mirror, str)) if isinstance(mirrors, list) else ()
            if source and any(mirror != source for mirror in found):
                is_only = text_at(rule, "mirrorSourcePolicy") == "NeverContactSource"
                yield _Rule(f"{kind}/{name_of(policy)}", source, found, "Digest" in field, is_only)


def _match_length(source: str, repository: str) -> int:
    """How much of a repository's name a source covers, -1 for none (sysregistriesv2: refMatchingPrefix).

    A source is a host, a part of a path, or `*.` and a domain, which covers hosts of any depth in it.
    """
    if source.startswith("*."):
        before, found, rest = repository.partition(source[1:])
        covers = found and "/" not in before and (not rest or rest[0] in ":/")
        return len(before) + len(found) if covers else -1
    rest = repository[len(source) :]
    return len(source) if repository.startswith(source) and (not rest or rest[0] in ":/") else -1


def host_of_mirror(location: str) -> str:
    """The host of a mirror, with its port; "" for a location that is no repository, and no part of one."""
    try:
        found = parsed_reference(f"{location}/x")
    except InvalidReferenceError:
        return ""
    return found.domain if location.partition("/")[0] == found.domain else ""


def node_key_for(keys: Iterable[str], repository: str) -> str:
    """The key under which a node finds credentials for a repository in its own file; "" for none.

    Each part of the path is tried with the key as it is, and at last the host, where keys may be URLs
    (containers/image: pkg/docker/config, findCredentialsInFile).
    """
    given = tuple(keys)
    parts = repository.split("/")
    tried = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
    exact = next((name for name in tried if name in given), "")
    host = _registry_of(parts[0])
    return exact or next((key for key in given if _registry_of(_host_in(key)) == host), "")


def _host_in(key: str) -> str:
    """The key, or the host of a URL."""
    stripped = key.removeprefix("http://").removeprefix("https://")
    return stripped if stripped == key else stripped.partition("/")[0]


def _registry_of(host: str) -> str:
    return "index.docker.io" if host in _HUB else host


def serves_mirrors(config: Object | None, image: str) -> bool:
    """Whether the secrets of a pod's namespace are sent to an image's mirrors, by CRIOCredentialProviderConfig.

    Its patterns are those of kubelet credential providers. They count once they are on the nodes; those that the
    operator left out are in the message of a condition (openshift/api: types_crio_credential_provider_config.go).
    """
    if config is None:
        return False
    conditions = {text_at(one, "type"): one for one in mappings_at(config, "status", "conditions")}
    validated, rendered = conditions.get("Validated", {}), conditions.get("MachineConfigRendered", {})
    if text_at(rendered, "status") != "True" or text_at(validated, "reason") == "ValidationFailed":
        return False
    is_partial = text_at(validated, "reason") == "ConfigurationPartiallyApplied"
    left_out = text_at(validated, "message").rpartition("[")[2].partition("]")[0].split() if is_partial else []
    return any(pattern not in left_out and is_match(pattern, image) for pattern in _patterns(config))


def _patterns(config: Object) -> tuple[str, ...]:
    spec = config.get("spec")
    found = spec.get("matchImages") if isinstance(spec, dict) else None
    return tuple(pattern for pattern in found if isinstance(pattern, str)) if isinstance(found, list) else ()


def namespace_key_for(keys: Iterable[str], location: str) -> str:
    """The key of a secret whose credentials are sent to a mirror where the namespace's secrets serve it; "" for none.

    It is the mirror's location, or begins it: no more of the image's path, and no wildcard.
    """
    for key in keys:
        name = key.removeprefix("https://").removeprefix("http://")
        if location == name or location.startswith(f"{name}/"):
            return key
    return ""
