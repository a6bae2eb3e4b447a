"""Pods that fail with each of the messages in tests/pull_messages.py, and the cause that doctor finds.

Kubernetes 1.36 with containerd 1.6; test_texts.py does it.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, NamedTuple

from objects import docker_config_secret, encoded, registry_entry
from pull_messages import CONTAINERD
from real_node.fake_registries import DEAD, FAR, ICR, NAMES, UNNAMED

if TYPE_CHECKING:
    from control_plane.api import Object
    from real_node.fake_registries import Login


class Row(NamedTuple):
    """A pod that fails to pull, and the message of one of its events."""

    cause: str
    image: str
    message: str
    """A name in pull_messages.CONTAINERD, or a message that is in no status."""
    code: str
    """The cause that doctor finds."""
    secrets: tuple[str, ...] = ()
    """The pod's pull secrets, by their names in `made`."""
    reason: str = "Failed"
    """The reason of the event."""
    policy: str = "Always"
    address: str = ""
    """The address of the registry, if it is in the message."""

    @property
    def expected(self) -> str:
        """The message of the event without the kubelet's own prefix; `...` in it matches anything."""
        if self.message not in CONTAINERD:
            return self.message
        names = ", ".join(name for name in NAMES[ICR] if name != UNNAMED)
        surroundings = {"address": self.address, "server": "127.0.0.1:53", "names": names, "now": "...", "then": "..."}
        return CONTAINERD[self.message].of(self.image, **surroundings)


def made(icr: Login) -> list[Object]:
    """The secrets of the table; `icr` are the credentials that us.icr.io accepts."""
    right = registry_entry(icr.user, icr.password)
    token = {"tokens.example": registry_entry("puller")}
    twice = base64.b64encode(right["auth"].encode()).decode()
    configs: dict[str, Object] = {
        "good": {"auths": {"us.icr.io": right, "expired.example": right}},
        "wrong": {"auths": {"us.icr.io": registry_entry(icr.user)}},
        "newline": {"auths": {"us.icr.io": registry_entry(icr.user, f"{icr.password}\n")}},
        "no-auths": {},
        "empty-auths": {"auths": {}},
        "empty-entry": {"auths": {"us.icr.io": {}}},
        "port": {"auths": {"us.icr.io:443": right}},
        "no-colon": {"auths": {"us.icr.io": {"auth": encoded("token")}}},
        "elsewhere-no-colon": {"auths": {"elsewhere.example": {"auth": encoded("token")}}},
        "base64-twice": {"auths": {"us.icr.io": {"auth": twice}}},
        "not-base64": {"auths": {"us.icr.io": {"auth": "!"}}},
        "list": {"auths": []},
        "token": {"auths": token},
    }
    secrets = [docker_config_secret(name, {}) for name in configs]
    for secret, config in zip(secrets, configs.values(), strict=True):
        secret["data"] = {".dockerconfigjson": encoded(json.dumps(config))}
    opaque = docker_config_secret("opaque", {"us.icr.io": right})
    return [*secrets, opaque | {"type": "Opaque"}]


WEB = "us.icr.io/acme/web:1"
TEXTS = (
    Row("no credential", WEB, "basic-login", "SecretNotAttached"),
    Row("wrong password", WEB, "basic-login", "CredentialsRejected", secrets=("wrong",)),
    Row("newline after the password", WEB, "basic-login", "WhitespaceInCredentials", secrets=("newline",)),
    Row("secret of type Opaque", WEB, "basic-login", "WrongSecretType", secrets=("opaque",)),
    Row("config without auths", WEB, "basic-login", "SecretNotAttached", secrets=("no-auths",)),
    Row("empty auths", WEB, "basic-login", "SecretNotAttached", secrets=("empty-auths",)),
    Row("empty entry", WEB, "basic-login", "EmptyEntry", secrets=("empty-entry",)),
    Row("key with a port", WEB, "basic-login", "WrongRegistryKey", secrets=("port",)),
    Row("secret that is not there", WEB, "basic-login", "MissingSecret", secrets=("gone",)),
    Row(
        "secrets that are not there",
        WEB,
        "Unable to retrieve some image pull secrets (gone, gone-too); attempting to pull the image may not succeed.",
        "MissingSecret",
        secrets=("gone", "gone-too"),
        reason="FailedToRetrieveImagePullSecret",
    ),
    Row("tag that is not there", "us.icr.io/acme/web:absent", "no-such-tag", "ImageNotFound", secrets=("good",)),
    Row("repository that is not there", "us.icr.io/acme/absent:1", "no-such-tag", "ImageNotFound", secrets=("good",)),
    Row("closed port", "dead.example/a/b:1", "dead-registry", "RegistryUnreachable", address=f"{DEAD}:443"),
    Row("no way there", "far.example/a/b:1", "no-way-there", "RegistryUnreachable", address=f"{FAR}:443"),
    Row("no response", "silent.example/a/b:1", "silent-registry", "RegistryUnreachable"),
    Row("no TLS", "plain.example/a/b:1", "no-tls", "RegistryUnreachable"),
    Row("unknown name", "nobody.example/a/b:1", "unknown-host", "RegistryUnreachable"),
    Row("name server fails", "broken.example/a/b:1", "broken-name-server", "RegistryUnreachable"),
    Row("certificate for other names", "other-name.example/a/b:1", "certificate-for-others", "RegistryCertificate"),
    Row("unknown authority", "unknown-authority.example/a/b:1", "unknown-authority", "RegistryCertificate"),
    Row("expired certificate", "expired.example/a/b:1", "expired-certificate", "RegistryCertificate"),
    # There is secret/token, but the next row sees its credentials rejected.
    Row("token login, no credential", "tokens.example/manifest-401/b:1", "token-without-right", "NoSecret"),
    Row(
        "token login, no right",
        "tokens.example/manifest-401/b:2",
        "token-without-right",
        "NotAuthorized",
        secrets=("token",),
    ),
    *(
        Row(f"{what} {status}", f"tokens.example/{what}-{status}/b:1", message, code, secrets=("token",))
        for what, status, message, code in (
            ("token", 400, "token-login-400", "WrongUsername"),
            ("token", 401, "token-login-401", "CredentialsRejected"),
            ("token", 403, "token-login-403", "NotAuthorized"),
            ("token", 429, "token-login-429", "RateLimitExceeded"),
            ("token", 500, "token-login-500", "RegistryServerError"),
            ("token", 503, "token-login-503", "RegistryServerError"),
            ("manifest", 403, "manifest-403", "NotAuthorized"),
            ("manifest", 429, "manifest-429", "RateLimitExceeded"),
            ("manifest", 500, "manifest-500", "RegistryServerError"),
            ("manifest", 503, "manifest-503", "RegistryServerError"),
        )
    ),
    Row("auth without a colon", WEB, "auth-without-colon", "MalformedSecret", secrets=("no-colon",)),
    Row("auth in base64 twice", WEB, "auth-without-colon", "MalformedSecret", secrets=("base64-twice",)),
    Row("malformed beside good", WEB, "auth-without-colon", "MalformedSecret", secrets=("good", "elsewhere-no-colon")),
    Row("auth not in base64", WEB, "auth-not-base64", "MalformedSecret", secrets=("not-base64",)),
    Row("auths not an object", WEB, "auths-no-object", "MalformedSecret", secrets=("list",)),
    Row("upper case", "us.icr.io/Acme/web:1", "upper-case", "InvalidImageName", reason="InspectFailed"),
    Row("never pulled", "us.icr.io/a/never:1", "never", "PullPolicyNever", reason="ErrImageNeverPull", policy="Never"),
)
