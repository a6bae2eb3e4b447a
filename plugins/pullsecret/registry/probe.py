"""From the ping to the verdict: log in as the registry asks, and read the image's manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.network.address import resolve_zones, url_parts, zone_of_host
from pullsecret.network.http.web import UnreachableError, request_to
from pullsecret.network.redaction import distinguishable
from pullsecret.registry.once import RegistryMemory, SettledError
from pullsecret.registry.ping import Contact, challenge_of, is_safe, ping_registry
from pullsecret.registry.responses import image_verdict, open_verdict
from pullsecret.registry.token import TokenServer, basic, read_token, realm_url, secrets_of

if TYPE_CHECKING:
    from pullsecret.model.images.verdict import Identity, RegistryQuery
    from pullsecret.network.address import Zone
    from pullsecret.network.http.message import Request, Response
    from pullsecret.network.http.web import WebTransport
    from pullsecret.network.timeouts import Deadline
    from pullsecret.registry.challenge import Challenge

MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json, */*"
)
"""What a container runtime accepts (containerd: remotes/docker/resolver.go)."""

_MAX_REDIRECTS: Final = 5


class Probe:
    """Runs queries from as many threads as needed; what is learned of a host or a credential serves them all."""

    def __init__(self, transport: WebTransport, *, insecure: bool, memory: RegistryMemory | None = None) -> None:
        self._transport, self._insecure = transport, insecure
        known = memory or RegistryMemory()
        self._hosts, self._logins = known.hosts, known.logins

    def run(self, query: RegistryQuery) -> Verdict:
        """Send a query's requests and return the registry's verdict; that there is no response is one, too."""
        try:
            return self._read_verdict(query, self._ping(query.host))
        except SettledError as end:
            return end.verdict

    def _ping(self, host: str) -> Contact:
        return self._hosts.at(host).run(lambda: ping_registry(host, self._transport, insecure=self._insecure))

    def _read_verdict(self, query: RegistryQuery, contact: Contact) -> Verdict:
        if not query.repository:
            return self._try_login(query, contact)
        challenge = contact.challenge
        if challenge is None:
            response = self._read_manifest(query, contact, "")
            challenge = challenge_of(response)
            if challenge is None:
                return _without_login(self._judge_manifest(response, query, contact, ""), query)
        header = self._authorize(query, challenge, contact)
        response = self._read_manifest(query, contact, header)
        return self._judge_manifest(response, query, contact, header)

    def _try_login(self, query: RegistryQuery, contact: Contact) -> Verdict:
        if contact.challenge is None:
            return Verdict(result=Result.NOT_TRIED, detail="does not require login unless an image is specified")
        if query.identity is None:
            return Verdict(result=Result.LOGIN_REQUIRED)
        header = self._authorize(query, contact.challenge, contact)
        if contact.challenge.scheme == "basic":  # that was the proof
            return Verdict(result=Result.LOGS_IN)
        response = self._send(_request_with(header, "GET", f"{contact.origin}/v2/", query.identity))
        if verdict := open_verdict(response):
            return verdict
        if response.status in {401, 403}:
            detail = f"the registry rejects the token server's token: {response.status_line}"
            return Verdict(result=Result.BAD_CREDENTIAL, detail=detail)
        return Verdict(result=Result.LOGS_IN)

    def _authorize(self, query: RegistryQuery, challenge: Challenge, contact: Contact) -> str:
        """The Authorization header for a manifest; "" for an anonymous request where the registry uses Basic."""
        if challenge.scheme == "basic":
            return self._prove_password(query, contact) if query.identity else ""
        return f"Bearer {self._read_token(query, challenge, contact)}"

    def _read_token(self, query: RegistryQuery, challenge: Challenge, contact: Contact) -> str:
        identity, transport = query.identity, self._transport
        url = realm_url(challenge, contact.origin, insecure=self._insecure)
        server = TokenServer(url=url, service=challenge.service, zones=self._zones_from(contact, url))
        proof = ""
        if identity:
            proof = self._logins.at(url, identity).run(lambda: read_token(server, "", identity, transport))
        if not query.repository:
            return proof
        return read_token(server, f"repository:{query.repository}:pull", identity, transport)

    def _prove_password(self, query: RegistryQuery, contact: Contact) -> str:
        """Username and password, once accepted; tried without an image where possible, so that they are at fault."""
        identity = query.identity
        if identity is None or not identity.password:
            detail = "the registry does not accept identity tokens"
            raise SettledError(Verdict(result=Result.BAD_CREDENTIAL, detail=detail))
        header = basic(identity)
        by_login = _request_with(header, "GET", f"{contact.origin}/v2/", identity)
        by_image = _request_with(header, "HEAD", _manifest_url(query, contact), identity)

        def attempt() -> str:
            response = self._send(by_login if contact.challenge else by_image)
            if verdict := open_verdict(response):
                raise SettledError(verdict)
            if response.status == 401 or (response.status == 403 and contact.challenge):  # noqa: PLR2004
                raise SettledError(Verdict(result=Result.BAD_CREDENTIAL, detail=response.status_line))
            return header

        return self._logins.at(contact.origin, identity).run(attempt)

    def _send(self, request: Request) -> Response:
        try:
            return self._transport.send(request)
        except UnreachableError as error:
            raise SettledError(Verdict(result=Result.UNREACHABLE, detail=error.words)) from error

    def _read_manifest(self, query: RegistryQuery, contact: Contact, header: str) -> Response:
        """The manifest's headers; where HEAD is refused, the response to GET, whose body tells why."""
        url = _manifest_url(query, contact)
        response = self._send(_request_with(header, "HEAD", url, query.identity))
        if response.status in {403, 405} or (response.status == 401 and header):  # noqa: PLR2004
            return self._send(_request_with(header, "GET", url, query.identity))
        return response

    def _judge_manifest(self, response: Response, query: RegistryQuery, contact: Contact, header: str) -> Verdict:
        if not 300 <= response.status < 400:  # noqa: PLR2004
            return image_verdict(response, logged_in=bool(query.identity and header))
        return self._follow_redirects(contact, _manifest_url(query, contact), response)

    def _follow_redirects(self, contact: Contact, url: str, response: Response) -> Verdict:
        """The verdict from where the registry redirects for the image; no credential and no token is sent there."""
        deadline = self._transport.start_deadline()
        for _ in range(_MAX_REDIRECTS):
            url, host = _redirect_target(url, response.value("Location"))
            if not host or not is_safe(url, insecure=self._insecure):
                detail = f"the registry redirects to {host or 'no valid URL'} without TLS"
                return Verdict(result=Result.INSECURE, detail=detail)
            response = self._send_redirected(contact, url, deadline)
            if not 300 <= response.status < 400:  # noqa: PLR2004
                verdict = image_verdict(response, logged_in=False)
                return verdict if verdict.result is not Result.LOGIN_REQUIRED else _redirected_to_login(host)
        return Verdict(result=Result.FAILED, detail="too many redirects")

    def _send_redirected(self, contact: Contact, url: str, deadline: Deadline) -> Response:
        request = request_to("HEAD", url, headers={"Accept": MANIFESTS}, zones=self._zones_from(contact, url))
        try:
            return self._transport.send(request, deadline, is_redirected=True)
        except UnreachableError as error:
            if error.zone:
                detail = f"the registry redirects to {urlsplit(url).netloc}, which has a {error.zone.value} address"
                raise SettledError(Verdict(result=Result.INTERNAL_ADDRESS, detail=detail)) from error
            raise SettledError(Verdict(result=Result.UNREACHABLE, detail=error.words)) from error

    def _zones_from(self, contact: Contact, url: str) -> frozenset[Zone] | None:
        """The internal networks that a registry may point to: those that it is in itself; any on its own host."""
        host = urlsplit(contact.origin).hostname or ""
        if urlsplit(url).netloc == urlsplit(contact.origin).netloc:
            return None
        literal = zone_of_host(host)
        if literal or self._transport.is_proxied(contact.origin):
            return frozenset({literal} if literal else ())
        return resolve_zones(host)


def _redirect_target(url: str, location: str) -> tuple[str, str]:
    """Where a redirect leads, and its host, "" when that is not a valid URL."""
    try:
        target = urljoin(url, location)
        return target, url_parts(target).hostname or ""
    except ValueError:
        return url, ""


def _manifest_url(query: RegistryQuery, contact: Contact) -> str:
    return f"{contact.origin}/v2/{query.repository}/manifests/{query.reference}"


def _without_login(verdict: Verdict, query: RegistryQuery) -> Verdict:
    """The verdict where no login was required: an image that anyone can pull does not prove the credentials."""
    is_public = verdict.result is Result.WORKS and query.identity
    return Verdict(result=Result.WORKS, detail="no login required") if is_public else verdict


def _redirected_to_login(host: str) -> Verdict:
    return Verdict(result=Result.FAILED, detail=f"the registry redirects to {host}, which requires a login of its own")


def _request_with(header: str, method: str, url: str, identity: Identity | None) -> Request:
    """A request that may have credentials, and knows which of their forms no response may show."""
    headers = {"Accept": MANIFESTS} | ({"Authorization": header} if header else {})
    secrets = (*(secrets_of(identity) if identity else ()), header.partition(" ")[2])
    return request_to(method, url, headers=headers, secrets=distinguishable(secrets))
