"""From the first contact to the verdict: log in as the registry wants it, and ask for the image's manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.network.address import url_parts
from pullsecret.network.redaction import told_apart
from pullsecret.registry.http import Reply, Request
from pullsecret.registry.once import Gates, SettledError
from pullsecret.registry.ping import Contact, challenge_of, first_contact, is_safe
from pullsecret.registry.responses import image_verdict, open_verdict
from pullsecret.registry.token import basic, read_token, realm_url, secrets_of
from pullsecret.registry.transport import NoAnswerError

if TYPE_CHECKING:
    from pullsecret.model.images.verdict import Identity, RegistryQuery
    from pullsecret.registry.challenge import Challenge
    from pullsecret.registry.transport import Wire

MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, */*"
)
"""What a container runtime asks for (containerd: remotes/docker/resolver.go)."""

_HOPS: Final = 5


class Dialogue:
    """Answers inquiries from any number of threads; what one learned of a host or a credential serves them all."""

    def __init__(self, wire: Wire, *, insecure: bool) -> None:
        self._wire, self._insecure = wire, insecure
        self._hosts: Gates[Contact] = Gates()
        self._logins: Gates[str] = Gates()

    def verdict(self, query: RegistryQuery) -> Verdict:
        """What the registry says. Never fails: that it cannot be asked is a verdict, too."""
        try:
            return self._asked(query, self._contact(query.host))
        except SettledError as end:
            return end.verdict

    def _contact(self, host: str) -> Contact:
        return self._hosts.at(host).through(lambda: first_contact(host, self._wire, insecure=self._insecure))

    def _asked(self, query: RegistryQuery, contact: Contact) -> Verdict:
        if not query.repository:
            return self._login_verdict(query, contact)
        challenge = contact.challenge
        if challenge is None:
            reply = self._manifest(query, contact, "")
            challenge = challenge_of(reply)
            if challenge is None:
                return _unasked(self._judged(reply, query, contact, ""), query)
        header = self._authorization(query, challenge, contact)
        reply = self._manifest(query, contact, header)
        return self._judged(reply, query, contact, header)

    def _login_verdict(self, query: RegistryQuery, contact: Contact) -> Verdict:
        if contact.challenge is None:
            return Verdict(result=Result.NOT_TRIED, detail="it asks nobody to log in, as long as no image is named")
        if query.identity is None:
            return Verdict(result=Result.LOGIN_REQUIRED)
        header = self._authorization(query, contact.challenge, contact)
        if contact.challenge.scheme == "basic":  # by that it is proved
            return Verdict(result=Result.LOGS_IN)
        reply = self._sent(_with(header, "GET", f"{contact.origin}/v2/", query.identity))
        if verdict := open_verdict(reply):
            return verdict
        if reply.status in {401, 403}:
            return Verdict(result=Result.BAD_CREDENTIAL, detail=f"its token server's token: {reply.status_line}")
        return Verdict(result=Result.LOGS_IN)

    def _authorization(self, query: RegistryQuery, challenge: Challenge, contact: Contact) -> str:
        """The Authorization header for a manifest; "" for nobody's where the registry takes user names only."""
        if challenge.scheme == "basic":
            return self._basic(query, contact) if query.identity else ""
        return f"Bearer {self._token(query, challenge, contact)}"

    def _token(self, query: RegistryQuery, challenge: Challenge, contact: Contact) -> str:
        identity = query.identity
        url = realm_url(challenge, contact.origin, insecure=self._insecure)

        def token_for(scope: str) -> str:
            return read_token(url, challenge.service, scope, identity, self._wire)

        proof = self._logins.at(url, identity).through(lambda: token_for("")) if identity else ""
        return token_for(f"repository:{query.repository}:pull") if query.repository else proof

    def _basic(self, query: RegistryQuery, contact: Contact) -> str:
        """User name and password, once they were taken; where possible without an image, so that it is about them."""
        identity = query.identity
        if identity is None or not identity.password:
            detail = "the registry takes no identity token"
            raise SettledError(Verdict(result=Result.BAD_CREDENTIAL, detail=detail))
        header = basic(identity)
        by_login = _with(header, "GET", f"{contact.origin}/v2/", identity)
        by_image = _with(header, "HEAD", _manifest_url(query, contact), identity)

        def attempt() -> str:
            reply = self._sent(by_login if contact.challenge else by_image)
            if verdict := open_verdict(reply):
                raise SettledError(verdict)
            if reply.status == 401 or (reply.status == 403 and contact.challenge):  # noqa: PLR2004
                raise SettledError(Verdict(result=Result.BAD_CREDENTIAL, detail=reply.status_line))
            return header

        return self._logins.at(contact.origin, identity).through(attempt)

    def _sent(self, request: Request) -> Reply:
        try:
            return self._wire.send(request)
        except NoAnswerError as error:
            raise SettledError(Verdict(result=Result.UNREACHABLE, detail=error.words)) from error

    def _manifest(self, query: RegistryQuery, contact: Contact, header: str) -> Reply:
        """The manifest's headers; where a refusal to HEAD has a reason to tell, the answer to GET, which has a body."""
        url = _manifest_url(query, contact)
        reply = self._sent(_with(header, "HEAD", url, query.identity))
        if reply.status in {403, 405} or (reply.status == 401 and header):  # noqa: PLR2004
            return self._sent(_with(header, "GET", url, query.identity))
        return reply

    def _judged(self, reply: Reply, query: RegistryQuery, contact: Contact, header: str) -> Verdict:
        if not 300 <= reply.status < 400:  # noqa: PLR2004
            return image_verdict(reply, logged_in=bool(query.identity and header))
        return self._followed(_manifest_url(query, contact), reply)

    def _followed(self, url: str, reply: Reply) -> Verdict:
        """Where the registry sends us for the image; no credential and no token goes there."""
        for _ in range(_HOPS):
            url, host = _target(url, next(iter(reply.values("Location")), ""))
            if not host or not is_safe(url, insecure=self._insecure):
                return Verdict(result=Result.INSECURE, detail=f"it redirects to {host or 'nowhere'} without TLS")
            reply = self._sent(Request(method="HEAD", url=url, headers={"Accept": MANIFESTS}, is_redirected=True))
            if not 300 <= reply.status < 400:  # noqa: PLR2004
                verdict = image_verdict(reply, logged_in=False)
                return verdict if verdict.result is not Result.LOGIN_REQUIRED else _not_followed(host)
        return Verdict(result=Result.FAILED, detail="it redirects without end")


def _target(url: str, location: str) -> tuple[str, str]:
    """Where a redirect leads, and its host, "" when that is no address."""
    try:
        target = urljoin(url, location)
        return target, url_parts(target).hostname or ""
    except ValueError:
        return url, ""


def _manifest_url(query: RegistryQuery, contact: Contact) -> str:
    return f"{contact.origin}/v2/{query.repository}/manifests/{query.reference}"


def _unasked(verdict: Verdict, query: RegistryQuery) -> Verdict:
    """The verdict where nobody had to log in: that the image can be had says nothing of the credential then."""
    is_telling = verdict.result is Result.WORKS and query.identity
    return Verdict(result=Result.WORKS, detail="nobody has to log in for it") if is_telling else verdict


def _not_followed(host: str) -> Verdict:
    return Verdict(result=Result.FAILED, detail=f"it redirects to {host}, which wants a login and gets none")


def _with(header: str, method: str, url: str, identity: Identity | None) -> Request:
    """A request that may carry a login, and knows what of it no answer may show."""
    headers = {"Accept": MANIFESTS} | ({"Authorization": header} if header else {})
    secrets = (*(secrets_of(identity) if identity else ()), header.partition(" ")[2])
    return Request(method=method, url=url, headers=headers, secrets=told_apart(secrets))
