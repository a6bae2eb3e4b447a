"""OpenShift's internal registry for tests: a real registry, whose token server asks the cluster as OpenShift's does.

It takes any username; the password is a token, with which it sends a SelfSubjectReview, and for each repository a
SelfSubjectAccessReview on imagestreams/layers (image-registry: pkg/dockerregistry/server/auth.go).
"""

from __future__ import annotations

import base64
import json
import ssl
from contextlib import ExitStack
from dataclasses import replace
from threading import Event, Thread
from typing import TYPE_CHECKING, Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from control_plane.api import Api, ApiError
from registry.images import MANIFEST, push_image
from registry.server import RegistryServer
from registry.tokenserver import ISSUER, SERVICE, TokenServer, User

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from control_plane.access import Access
    from control_plane.node import Node
    from kubeconfig.certificates import Authority
    from registry.fake_server import Received

NAMES = "subjectAltName=IP:127.0.0.1"


class ClusterTokenServer(TokenServer):
    """Lets those users of a cluster pull who may get the layers of an image stream."""

    def __init__(self, access: Access, authority: Authority) -> None:
        self._access = access
        super().__init__(
            authority.issue("cluster-tokens", NAMES),
            authority.issue("cluster-token-signer", "keyUsage=digitalSignature"),
            {},
        )

    def _user(self, received: Received, form: Mapping[str, list[str]]) -> User | None:
        _, token = received.login
        with Api(replace(self._access, token=token)) as api:
            try:
                reviewed(api)
            except ApiError:
                return None
            asked = (form if received.method == "POST" else received.query).get("scope", [])
            return User(password=token, repositories=tuple(self._allowed(api, asked)))

    def _allowed(self, api: Api, scopes: list[str]) -> Iterator[str]:
        for scope in scopes:
            repository = scope.split(":")[1]
            project, _, name = repository.partition("/")
            if may(api, "get", "imagestreams/layers", project, group="image.openshift.io", name=name):
                yield repository


class InternalRegistry:
    """Runs while the `with` block lasts, in a directory: `host` is that of its route."""

    def __init__(self, access: Access, directory: Path, authority: Authority) -> None:
        self._directory, self._authority = directory, authority
        self._tokens = ClusterTokenServer(access, authority)
        self._running = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.enter_context(self._tokens)
            storage = self._directory / "storage"
            self._open = starting.enter_context(RegistryServer(self._directory / "open", storage))
            auth = {
                "realm": f"{self._tokens.url}/token",
                "service": SERVICE,
                "issuer": ISSUER,
                "rootcertbundle": str(self._authority.certificate.path),
            }
            certificate = self._authority.issue("internal-registry", NAMES)
            server = RegistryServer(self._directory / "secured", storage, certificate=certificate, auth={"token": auth})
            self._server = starting.enter_context(server)
            self._running = starting.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def host(self) -> str:
        """HOST:PORT."""
        return self._server.host

    @property
    def ca_flag(self) -> str:
        """The flag with which the program trusts it."""
        return f"--registry-ca={self._authority.certificate.path}"

    def lets_pull(self, user: str, password: str, repository: str) -> bool:
        """Whether a node with these credentials gets the image's manifest, as the registry itself answers."""
        trust = ssl.create_default_context(cafile=str(self._authority.certificate.path))
        scope = urlencode({"service": SERVICE, "scope": f"repository:{repository}:pull"})
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        token = _answer(f"{self._tokens.url}/token?{scope}", f"Basic {login}", trust)
        if token is None:
            return False
        bearer = f"Bearer {json.loads(token)['token']}"
        return _answer(f"https://{self.host}/v2/{repository}/manifests/1", bearer, trust) is not None

    def push(self, repository: str) -> str:
        """Push an image, and return what a pod has to name to pull it from outside the cluster."""
        push_image(self._open.host, repository, "1")
        return f"{self.host}/{repository}:1"


def _answer(url: str, authorization: str, trust: ssl.SSLContext) -> bytes | None:
    """The body of an answer; None for a refusal, and for an image that there is not."""
    request = Request(url, headers={"Authorization": authorization, "Accept": MANIFEST})  # noqa: S310  the test's own
    try:
        with urlopen(request, context=trust) as response:  # noqa: S310
            return bytes(response.read())
    except HTTPError:
        return None


class NodeThatAsks:
    """Lets the registry decide about the pulls of a node, while the `with` block lasts.

    The node's kubelet is real and its runtime accepts what it is told (images.go): for each credential that the kubelet
    sent for an image of the internal registry, the registry is asked, again and again, and the runtime told its answer.
    """

    def __init__(self, node: Node, registry: InternalRegistry, names: str) -> None:
        self._node, self._registry, self._names = node, registry, names
        self._end = Event()
        self._thread = Thread(target=self._keep_asking, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _keep_asking(self) -> None:
        accepted: set[tuple[str, str]] = set()
        while not self._end.wait(0.2):
            for pull in self._node.records():
                host, _, repository = pull.image.partition("/")
                credential = (pull.user, pull.password)
                if host != self._names or not pull.user or credential in accepted:
                    continue
                if self._registry.lets_pull(*credential, repository.removesuffix(":1")):
                    accepted.add(credential)
                    self._node.accept(*credential)


def reviewed(api: Api) -> str:
    """The user that the API server takes the client for; ApiError for nobody."""
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    answer = api.request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", body)
    return str(answer["status"]["userInfo"]["username"])


def may(api: Api, verb: str, resource: str, namespace: str, *, group: str = "", name: str = "") -> bool:
    """Whether the client's user may do something."""
    plural, _, part = resource.partition("/")
    attributes = {"verb": verb, "group": group, "resource": plural, "subresource": part, "namespace": namespace}
    body = {"kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": {**attributes, "name": name}}}
    return bool(api.create({**body, "metadata": {}})["status"]["allowed"])
