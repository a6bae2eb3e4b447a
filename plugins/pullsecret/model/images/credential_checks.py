"""The credentials to check for each image: the kubelet's own choice, as queries to registries."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import display_name, registries_of
from pullsecret.model.images.icr import is_private_name
from pullsecret.model.images.keyring import credentials_for
from pullsecret.model.images.login_file import identity_tokens
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.images.verdict import Identity, RegistryQuery, Result, Verdict
from pullsecret.model.objects.objects import mappings_at, name_of, namespace_of, text_at
from pullsecret.model.objects.pod import image_volumes, is_static

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.objects.objects import Object

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_ENDED = frozenset({"Succeeded", "Failed"})


@dataclass(frozen=True, kw_only=True)
class CredentialCheck:
    """A secret to check for an image, or for a login at a registry.

    `secret` is "" for an image that is pulled anonymously. `image` is as written in the pod, or the registry's host, or
    "" for a problem of the whole secret. `queries` are what the kubelet would try, in its order; `known` is the verdict
    if no query is needed. `by_token`: the queries use identity tokens, which the kubelet does not support.
    """

    namespace: str
    secret: str
    image: str
    queries: tuple[RegistryQuery, ...] = ()
    known: Verdict | None = None
    by_token: bool = False

    def verdict_from(self, verdicts: Mapping[RegistryQuery, Verdict]) -> Verdict:
        """The first good verdict, which the kubelet would use; else the first one."""
        if self.known:
            return self.known
        found = [verdicts[query] for query in self.queries]
        verdict = next((verdict for verdict in found if verdict.result.is_good), found[0])
        if self.by_token:
            detail = f"identity token only (not supported by the kubelet): {verdict.text}"
            return Verdict(result=Result.NO_PASSWORD, detail=detail)
        query = self.queries[0]
        if verdict.result is Result.UNREACHABLE and not query.repository and is_private_name(query.host):
            return replace(verdict, result=Result.NOT_TRIED)
        return verdict


def secret_checks(secret: Object, images: Iterable[str]) -> tuple[CredentialCheck, ...]:
    """Checks of a secret for the images of pods that it has an entry for; without any, of a login at each registry."""
    if problem := _problem(secret):
        return (problem,)
    found = (_image_check(secret, image, is_named=False) for image in images)
    return tuple(check for check in found if check) or _host_checks(secret)


def image_checks(
    secret: Object, images: Iterable[str], *, all_images: bool, is_named: bool = True
) -> tuple[CredentialCheck, ...]:
    """Checks of a secret for these images only.

    With `all_images`, an image without an entry is a check, too. `is_named`: the user named the images on the command
    line; where only pods did, no wildcard's credentials go to their hosts.
    """
    if problem := _problem(secret):
        return (problem,)
    found = [(image, _image_check(secret, image, is_named=is_named)) for image in images]
    nothing = Verdict(result=Result.NO_ENTRY)
    checks = (check or (_check(secret, image, known=nothing) if all_images else None) for image, check in found)
    return tuple(check for check in checks if check)


def _problem(secret: Object) -> CredentialCheck | None:
    content = registries_of(secret)
    if content.malformed:
        return _check(secret, "", known=Verdict(result=Result.MALFORMED, detail=content.malformed))
    if not content.entries:
        return _check(secret, "", known=Verdict(result=Result.NO_PASSWORD, detail="no registry entries"))
    return None


def _check(secret: Object, image: str, *, known: Verdict | None = None) -> CredentialCheck:
    return CredentialCheck(namespace=namespace_of(secret), secret=name_of(secret), image=image, known=known)


def anonymous_checks(
    namespace: str, pods: Iterable[Object], secrets: Mapping[str, Object]
) -> tuple[CredentialCheck, ...]:
    """Checks of the images for which a pod's own secrets have no entry, so that they are pulled anonymously.

    Those of static pods are pulled with the node's own credentials, which are not known here.
    """
    found: dict[str, CredentialCheck] = {}
    for pod in pods:
        if is_static(pod):
            continue
        names = [text_at(reference, "name") for reference in mappings_at(pod, "spec", "imagePullSecrets")]
        own = [secrets[name] for name in names if name in secrets]
        for image in images_to_pull(pod):
            credentials = credentials_for(own, image)
            if not (credentials.credentials or credentials.malformed):
                found.setdefault(image, anonymous_check(namespace, image))
    return tuple(found.values())


def anonymous_check(namespace: str, image: str) -> CredentialCheck:
    """The check of an image without credentials."""
    check = CredentialCheck(namespace=namespace, secret="", image=image)
    try:
        return replace(check, queries=(_query(image),))
    except InvalidReferenceError as error:
        return replace(check, known=Verdict(result=Result.INVALID_IMAGE, detail=str(error)))


def images_to_pull(pod: Object) -> tuple[str, ...]:
    """The images of all containers and volumes of a pod that may still have to pull them, each once."""
    if text_at(pod, "status", "phase") in _ENDED:
        return ()
    containers = (container for field in _CONTAINERS for container in mappings_at(pod, "spec", field))
    images = (text_at(container, "image") for container in containers)
    return tuple(dict.fromkeys(filter(None, (*images, *image_volumes(pod).values()))))


def _image_check(secret: Object, image: str, *, is_named: bool) -> CredentialCheck | None:
    matching = [credential.entry for credential in credentials_for([secret], image).credentials]
    if not matching:
        return None
    entries = [entry for entry in matching if is_named or names_its_host(entry.server)]
    if not entries:
        return _check(secret, image, known=_only_a_wildcard(matching[0]))
    try:
        query = _query(image)
    except InvalidReferenceError as error:
        return _check(secret, image, known=Verdict(result=Result.INVALID_IMAGE, detail=str(error)))
    return _entries_check(secret, image, [(entry, query) for entry in entries])


def names_its_host(server: str) -> bool:
    """Whether a server key that matches an image names the image's host literally.

    Anyone who may create a pod chooses its image's host: credentials under a wildcard are not sent there.
    """
    return "*" not in (index_key(server) or "*").partition("/")[0]


def _only_a_wildcard(entry: RegistryEntry) -> Verdict:
    detail = f"{shown_key(entry.server)} is a wildcard, and only a pod names this host; use verify --image"
    return Verdict(result=Result.NOT_TRIED, detail=detail)


def _host_checks(secret: Object) -> tuple[CredentialCheck, ...]:
    """A check for each host; a key that is not a host, such as one with a wildcard, cannot be checked alone."""
    by_host: dict[str, list[tuple[RegistryEntry, RegistryQuery]]] = {}
    for entry in registries_of(secret).entries:
        host = (index_key(entry.server) or "").partition("/")[0]
        by_host.setdefault(host, []).append((entry, RegistryQuery(host=host)))
    no_host = Verdict(result=Result.NOT_TRIED, detail="not a single host; specify --image")
    return tuple(
        _entries_check(secret, host, pairs)
        if _HOST.fullmatch(host)
        else _check(secret, display_name(pairs[0][0].server), known=no_host)
        for host, pairs in by_host.items()
    )


def _entries_check(secret: Object, image: str, pairs: Sequence[tuple[RegistryEntry, RegistryQuery]]) -> CredentialCheck:
    """The check of these entries that have a password; by their identity tokens if none has one."""
    by_password = [
        replace(query, identity=Identity(username=entry.username, password=entry.password))
        for entry, query in pairs
        if entry.has_password
    ]
    tokens = {} if by_password else identity_tokens(secret)
    by_token = [
        replace(query, identity=Identity(username=entry.username, identity_token=tokens[entry.server]))
        for entry, query in pairs
        if entry.server in tokens
    ]
    queries = tuple(dict.fromkeys(by_password or by_token))
    nothing = None if queries else Verdict(result=Result.NO_PASSWORD)
    return replace(_check(secret, image, known=nothing), queries=queries, by_token=bool(by_token))


def _query(image: str) -> RegistryQuery:
    """The anonymous query for an image; raises InvalidReferenceError if it is not a reference."""
    found = parsed_reference(image)
    if not found.domain:
        raise InvalidReferenceError("its first component is not a valid host")
    return RegistryQuery(host=found.domain, repository=found.path, reference=found.digest or found.tag or "latest")
