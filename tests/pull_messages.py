"""What the kubelet shows for each way in which a pull fails, word for word, and what doctor makes of it.

The rows of containerd were seen with kubelet 1.36.3 and containerd 1.6.20; `{image}` and `{host}` are the image and its
registry. build/real-node.sh may produce them again. Those of CRI-O are the forms of containers/image.
"""

from __future__ import annotations

from typing import NamedTuple

from pullsecret.model.diagnosis.texts import Saying

RESOLVING = 'failed to pull and unpack image "{image}": failed to resolve reference "{image}": '
BACK_OFF = 'Back-off pulling image "{image}": ErrImagePull: '


class Message(NamedTuple):
    """A waiting message, and what it means."""

    saying: Saying
    text: str

    def of(self, image: str) -> str:
        """The message for an image."""
        return self.text.format(image=image, host=image.partition("/")[0])


CONTAINERD = {
    "basic-login": Message(
        Saying.UNAUTHORIZED,
        RESOLVING + "pulling from host {host} failed with status code [manifests 1]: 401 Unauthorized",
    ),
    "no-such-tag": Message(
        Saying.NOT_FOUND,
        "rpc error: code = NotFound desc = " + RESOLVING + "{image}: not found",
    ),
    "dead-registry": Message(
        Saying.UNREACHABLE,
        RESOLVING + 'failed to do request: Head "http://127.0.0.1:1/v2/acme/b/manifests/1": '
        "dial tcp 127.0.0.1:1: connect: connection refused",
    ),
    "unknown-host": Message(
        Saying.UNKNOWN_HOST,
        RESOLVING + 'failed to do request: Head "https://nohost.invalid/v2/b/manifests/1": '
        "dial tcp: lookup nohost.invalid on 10.0.0.2:53: no such host",
    ),
    "certificate-for-others": Message(
        Saying.CERTIFICATE,
        RESOLVING + 'failed to do request: Head "https://{host}/v2/b/manifests/1": '
        "x509: certificate is valid for a.example, b.example, not {host}",
    ),
    "unknown-authority": Message(
        Saying.CERTIFICATE,
        RESOLVING + 'failed to do request: Head "https://{host}/v2/b/manifests/1": '
        "x509: certificate signed by unknown authority",
    ),
    "token-without-right": Message(
        Saying.NO_RIGHT,
        RESOLVING + "pull access denied, repository does not exist or may require authorization: "
        "server message: insufficient_scope: authorization failed",
    ),
    "token-login-401": Message(
        Saying.UNAUTHORIZED,
        RESOLVING + "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized",
    ),
    "token-login-400": Message(
        Saying.BAD_USERNAME,
        RESOLVING + "failed to authorize: failed to fetch oauth token: unexpected status: 400 Bad Request",
    ),
    "token-login-403": Message(
        Saying.FORBIDDEN,
        RESOLVING + "failed to authorize: failed to fetch oauth token: unexpected status: 403 Forbidden",
    ),
    "token-login-429": Message(
        Saying.THROTTLED,
        RESOLVING + "failed to authorize: failed to fetch oauth token: unexpected status: 429 Too Many Requests",
    ),
    "token-login-500": Message(
        Saying.SERVER_ERROR,
        RESOLVING + "failed to authorize: failed to fetch oauth token: unexpected status: 500 Internal Server Error",
    ),
    "manifest-403": Message(
        Saying.FORBIDDEN,
        RESOLVING + "pulling from host {host} failed with status code [manifests 1]: 403 Forbidden",
    ),
    "auth-without-colon": Message(
        Saying.MALFORMED, "unable to parse auth field, must be formatted as base64(username:password)"
    ),
    "auth-not-base64": Message(Saying.MALFORMED, "illegal base64 data at input byte 0"),
    "auths-no-object": Message(
        Saying.MALFORMED,
        "json: cannot unmarshal array into Go struct field DockerConfigJSON.auths "
        "of type credentialprovider.DockerConfig",
    ),
    "upper-case": Message(
        Saying.INVALID_NAME,
        'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": '
        "invalid reference format: repository name (Acme/b) must be lowercase",
    ),
    "never": Message(Saying.NEVER_PULLED, 'Container image "{image}" is not present with pull policy of Never'),
}

CRI_O = {
    "no-login": Message(
        Saying.UNAUTHORIZED,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: unauthorized: authentication required",
    ),
    "wrong-login": Message(
        Saying.UNAUTHORIZED,
        "initializing source docker://{image}: unable to retrieve auth token: invalid username/password: "
        "unauthorized: The login credentials are not valid",
    ),
    "no-right": Message(
        Saying.NO_RIGHT,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: "
        "denied: requested access to the resource is denied",
    ),
    "no-entitlement": Message(
        Saying.NO_RIGHT,
        "initializing source docker://{image}: reading manifest 1 in cp.icr.io/cp/b: "
        "denied: You are not authorized to access the specified resource",
    ),
    "insufficient-scope": Message(
        Saying.NO_RIGHT,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: denied: Insufficient scope",
    ),
    "private-only": Message(
        Saying.PRIVATE_ONLY,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: "
        "denied: Private-only access is enabled",
    ),
    "absent": Message(
        Saying.NOT_FOUND,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: manifest unknown",
    ),
    "unreachable": Message(
        Saying.UNREACHABLE,
        'initializing source docker://{image}: pinging container registry {host}: Get "https://{host}/v2/": '
        "dial tcp 10.0.0.9:443: connect: connection refused",
    ),
    "signature": Message(
        Saying.SIGNATURE,
        "copying system image from manifest list: Source image rejected: A signature was required, "
        "but no signature exists",
    ),
    "rate-limit": Message(
        Saying.THROTTLED,
        "initializing source docker://{image}: reading manifest 1 in docker.io/a/b: "
        "toomanyrequests: You have reached your unauthenticated pull rate limit.",
    ),
}
