"""What the kubelet shows for each way in which a pull fails, word for word, and what doctor makes of it.

The rows of containerd were seen with kubelet 1.36.3 and containerd 1.6.20. Those of CRI-O are the forms of
containers/image.
"""

from __future__ import annotations

from typing import NamedTuple

from pullsecret.model.doctor.runtime_messages import PullError

RESOLVING = 'failed to pull and unpack image "{image}": failed to resolve reference "{image}": '
ASKING = RESOLVING + 'failed to do request: Head "{url}": '
TOKEN = RESOLVING + "failed to authorize: failed to fetch oauth token: unexpected status: "
ANSWERED = RESOLVING + "pulling from host {host} failed with status code [manifests {tag}]: "
BACK_OFF = 'Back-off pulling image "{image}": ErrImagePull: '
EXAMPLES = {
    "address": "10.0.0.9:443",
    "server": "10.0.0.2:53",
    "names": "a.example, b.example",
    "now": "2026-11-21T07:00:00Z",
    "then": "2026-11-20T07:00:00Z",
}
"""Names and addresses that a message contains."""


class Message(NamedTuple):
    """A waiting message, and the error that it reports."""

    error: PullError
    text: str

    def of(self, image: str, **surroundings: str) -> str:
        """The message for an image; `surroundings` are in place of some examples."""
        host, _, rest = image.partition("/")
        repository, _, tag = rest.rpartition(":")
        url = f"https://{host}/v2/{repository}/manifests/{tag}"
        parts = {"image": image, "host": host, "repository": repository, "tag": tag, "url": url}
        return self.text.format(**(EXAMPLES | parts | surroundings))


CONTAINERD = {
    "basic-login": Message(PullError.UNAUTHORIZED, ANSWERED + "401 Unauthorized"),
    "no-such-tag": Message(
        PullError.NOT_FOUND, "rpc error: code = NotFound desc = " + RESOLVING + "{image}: not found"
    ),
    "dead-registry": Message(PullError.UNREACHABLE, ASKING + "dial tcp {address}: connect: connection refused"),
    "no-way-there": Message(PullError.UNREACHABLE, ASKING + "dial tcp {address}: connect: network is unreachable"),
    "silent-registry": Message(PullError.UNREACHABLE, ASKING + "net/http: TLS handshake timeout"),
    "no-tls": Message(PullError.UNREACHABLE, ASKING + "tls: first record does not look like a TLS handshake"),
    "unknown-host": Message(PullError.UNKNOWN_HOST, ASKING + "dial tcp: lookup {host} on {server}: no such host"),
    "broken-name-server": Message(
        PullError.UNKNOWN_HOST, ASKING + "dial tcp: lookup {host} on {server}: server misbehaving"
    ),
    "certificate-for-others": Message(
        PullError.CERTIFICATE, ASKING + "x509: certificate is valid for {names}, not {host}"
    ),
    "expired-certificate": Message(
        PullError.CERTIFICATE,
        ASKING + "x509: certificate has expired or is not yet valid: current time {now} is after {then}",
    ),
    "unknown-authority": Message(PullError.CERTIFICATE, ASKING + "x509: certificate signed by unknown authority"),
    "token-without-right": Message(
        PullError.NOT_AUTHORIZED,
        RESOLVING + "pull access denied, repository does not exist or may require authorization: "
        "server message: insufficient_scope: authorization failed",
    ),
    "token-login-400": Message(PullError.BAD_USERNAME, TOKEN + "400 Bad Request"),
    "token-login-401": Message(PullError.LOGIN_REJECTED, TOKEN + "401 Unauthorized"),
    "token-login-403": Message(PullError.FORBIDDEN, TOKEN + "403 Forbidden"),
    "token-login-429": Message(PullError.RATE_LIMIT, TOKEN + "429 Too Many Requests"),
    "token-login-500": Message(PullError.SERVER_ERROR, TOKEN + "500 Internal Server Error"),
    "token-login-503": Message(PullError.SERVER_ERROR, TOKEN + "503 Service Unavailable"),
    "manifest-403": Message(PullError.FORBIDDEN, ANSWERED + "403 Forbidden"),
    "manifest-429": Message(PullError.RATE_LIMIT, ANSWERED + "429 Too Many Requests"),
    "manifest-500": Message(PullError.SERVER_ERROR, ANSWERED + "500 Internal Server Error"),
    "manifest-503": Message(PullError.SERVER_ERROR, ANSWERED + "503 Service Unavailable"),
    "auth-without-colon": Message(
        PullError.MALFORMED, "unable to parse auth field, must be formatted as base64(username:password)"
    ),
    "auth-not-base64": Message(PullError.MALFORMED, "illegal base64 data at input byte 0"),
    "auths-no-object": Message(
        PullError.MALFORMED,
        "json: cannot unmarshal array into Go struct field DockerConfigJSON.auths "
        "of type credentialprovider.DockerConfig",
    ),
    "upper-case": Message(
        PullError.INVALID_NAME,
        'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": '
        "invalid reference format: repository name ({repository}) must be lowercase",
    ),
    "never": Message(PullError.NEVER_PULLED, 'Container image "{image}" is not present with pull policy of Never'),
}
"""build/real-node.sh has each of them from a real node (tests/real_node/texts.py)."""

CRI_O = {
    "no-login": Message(
        PullError.UNAUTHORIZED,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: unauthorized: authentication required",
    ),
    "wrong-login": Message(
        PullError.LOGIN_REJECTED,
        "initializing source docker://{image}: unable to retrieve auth token: invalid username/password: "
        "unauthorized: The login credentials are not valid",
    ),
    "no-right": Message(
        PullError.NOT_AUTHORIZED,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: "
        "denied: requested access to the resource is denied",
    ),
    "hidden-or-absent": Message(
        PullError.NOT_AUTHORIZED,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: denied: denied",
    ),
    "401-without-a-right": Message(
        PullError.NOT_AUTHORIZED,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: "
        "unauthorized: access to the requested resource is not authorized",
    ),
    "401-of-a-project": Message(
        PullError.NOT_AUTHORIZED,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: "
        "unauthorized: unauthorized to access repository: a/b, action: pull",
    ),
    "no-entitlement": Message(
        PullError.NOT_AUTHORIZED,
        "initializing source docker://{image}: reading manifest 1 in cp.icr.io/cp/b: "
        "denied: You are not authorized to access the specified resource",
    ),
    "insufficient-scope": Message(
        PullError.NOT_AUTHORIZED,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: denied: Insufficient scope",
    ),
    "private-only": Message(
        PullError.PRIVATE_ONLY,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: "
        "denied: Private-only access is enabled",
    ),
    "absent": Message(
        PullError.NOT_FOUND,
        "initializing source docker://{image}: reading manifest 1 in {host}/a/b: manifest unknown",
    ),
    "unreachable": Message(
        PullError.UNREACHABLE,
        'initializing source docker://{image}: pinging container registry {host}: Get "https://{host}/v2/": '
        "dial tcp 10.0.0.9:443: connect: connection refused",
    ),
    "signature": Message(
        PullError.SIGNATURE,
        "copying system image from manifest list: Source image rejected: A signature was required, "
        "but no signature exists",
    ),
    "rate-limit": Message(
        PullError.RATE_LIMIT,
        "initializing source docker://{image}: reading manifest 1 in docker.io/a/b: "
        "toomanyrequests: You have reached your unauthenticated pull rate limit.",
    ),
}
