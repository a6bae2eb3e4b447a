"""Which logins to try for which images: the kubelet's own choice, as inquiries to registries."""

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
from pullsecret.model.images.verdict import Identity, RegistryQuery, Result, Verdict
from pullsecret.model.objects.objects import mappings_at, name_of, namespace_of, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.objects.objects import Object

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
_AT_AN_END = frozenset({"Succeeded", "Failed"})


@dataclass(frozen=True, kw_only=True)
class LoginCheck:
    """A secret to try for an image, or for a registry's login.

    `secret` is "" for an image that is pulled without any, `image` is as written in the pod, or the registry's host, or
    "" for what is wrong with all of the secret. `inquiries` are what the kubelet would try, in its order; `known` is
    the verdict where nothing need be asked. `by_token`: they are by identity tokens, which the kubelet cannot read.
    """

    namespace: str
    secret: str
    image: str
    queries: tuple[RegistryQuery, ...] = ()
    known: Verdict | None = None
    by_token: bool = False

    def judged(self, verdicts: Mapping[RegistryQuery, Verdict]) -> Verdict:
        """The first good answer, as for the kubelet; else the first one."""
        if self.known:
            return self.known
        found = [verdicts[query] for query in self.queries]
        verdict = next((verdict for verdict in found if verdict.result.is_good), found[0])
        if self.by_token:
            detail = f"only an identity token, which no kubelet reads ({verdict.text})"
            return Verdict(result=Result.NO_PASSWORD, detail=detail)
        query = self.queries[0]
        if verdict.result is Result.UNREACHABLE and not query.repository and is_private_name(query.host):
            return replace(verdict, result=Result.UNTRIED)
        return verdict


def secret_checks(secret: Object, images: Iterable[str]) -> tuple[LoginCheck, ...]:
    """A secret tried for those images that it has an entry for; for none, the logins in it are tried by themselves."""
    if problem := _problem(secret):
        return (problem,)
    return tuple(login_check for image in images if (login_check := _image_trial(secret, image))) or _login_trials(
        secret
    )


def image_checks(secret: Object, images: Iterable[str], *, all_images: bool) -> tuple[LoginCheck, ...]:
    """A secret tried for these images and nothing else; with `all_images`, that it has no entry for one is told."""
    if problem := _problem(secret):
        return (problem,)
    found = [(image, _image_trial(secret, image)) for image in images]
    nothing = Verdict(result=Result.NO_ENTRY)
    login_checks = (
        login_check or (_trial(secret, image, known=nothing) if all_images else None) for image, login_check in found
    )
    return tuple(login_check for login_check in login_checks if login_check)


def _problem(secret: Object) -> LoginCheck | None:
    content = registries_of(secret)
    if content.malformed:
        return _trial(secret, "", known=Verdict(result=Result.MALFORMED, detail=content.malformed))
    if not content.entries:
        return _trial(secret, "", known=Verdict(result=Result.NO_PASSWORD, detail="it holds no login"))
    return None


def _trial(secret: Object, image: str, *, known: Verdict | None = None) -> LoginCheck:
    return LoginCheck(namespace=namespace_of(secret), secret=name_of(secret), image=image, known=known)


def unaided_checks(namespace: str, pods: Iterable[Object], secrets: Mapping[str, Object]) -> tuple[LoginCheck, ...]:
    """The images of a namespace's pods for which the pod's own secrets have no entry: pulled by anybody."""
    found: dict[str, LoginCheck] = {}
    for pod in pods:
        named = [text_at(reference, "name") for reference in mappings_at(pod, "spec", "imagePullSecrets")]
        own = [secrets[name] for name in named if name in secrets]
        for image in images_to_pull(pod):
            credentials = credentials_for(own, image)
            if not (credentials.credentials or credentials.malformed):
                found.setdefault(image, anonymous_check(namespace, image))
    return tuple(found.values())


def anonymous_check(namespace: str, image: str) -> LoginCheck:
    """An image asked for without a login."""
    login_check = LoginCheck(namespace=namespace, secret="", image=image)
    try:
        return replace(login_check, queries=(_inquiry(image),))
    except InvalidReferenceError as error:
        return replace(login_check, known=Verdict(result=Result.INVALID_IMAGE, detail=str(error)))


def images_to_pull(pod: Object) -> tuple[str, ...]:
    """The images of all containers of a pod that may still have to pull them, each once."""
    if text_at(pod, "status", "phase") in _AT_AN_END:
        return ()
    containers = (container for field in _CONTAINERS for container in mappings_at(pod, "spec", field))
    return tuple(dict.fromkeys(image for container in containers if (image := text_at(container, "image"))))


def _image_trial(secret: Object, image: str) -> LoginCheck | None:
    entries = [credential.entry for credential in credentials_for([secret], image).credentials]
    if not entries:
        return None
    try:
        query = _inquiry(image)
    except InvalidReferenceError as error:
        return _trial(secret, image, known=Verdict(result=Result.INVALID_IMAGE, detail=str(error)))
    return _tried(secret, image, [(entry, query) for entry in entries])


def _login_trials(secret: Object) -> tuple[LoginCheck, ...]:
    """A trial for each host; a pattern names none."""
    by_host: dict[str, list[tuple[RegistryEntry, RegistryQuery]]] = {}
    for entry in registries_of(secret).entries:
        host = (index_key(entry.server) or "").partition("/")[0]
        by_host.setdefault(host, []).append((entry, RegistryQuery(host=host)))
    nowhere = Verdict(result=Result.UNTRIED, detail="no host by itself; name an image with --image")
    return tuple(
        _tried(secret, host, pairs)
        if _HOST.fullmatch(host)
        else _trial(secret, display_name(pairs[0][0].server), known=nowhere)
        for host, pairs in by_host.items()
    )


def _tried(secret: Object, image: str, pairs: Sequence[tuple[RegistryEntry, RegistryQuery]]) -> LoginCheck:
    """The trial of these logins, those without a password left out; by their identity tokens where that is all."""
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
    nothing = None if queries else Verdict(result=Result.NO_PASSWORD, detail="so nobody logs in with it")
    return replace(_trial(secret, image, known=nothing), queries=queries, by_token=bool(by_token))


def _inquiry(image: str) -> RegistryQuery:
    """Anybody's question for an image that is a reference; raises InvalidReferenceError for another."""
    found = parsed_reference(image)
    if not found.domain:
        raise InvalidReferenceError("its first part is no host")
    return RegistryQuery(host=found.domain, repository=found.path, reference=found.digest or found.tag or "latest")
