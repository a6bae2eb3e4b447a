"""Secrets with one fault each, by the code that `check` must report, and good configurations."""

from __future__ import annotations

import base64
import json
import secrets
import time
from typing import TYPE_CHECKING

from objects import all_icr_io, docker_config_secret, encoded, made_up_password, registry_entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from control_plane.api import Object

DAY = 24 * 60 * 60  # seconds
TYPE = "kubernetes.io/dockerconfigjson"


def api_key() -> str:
    """What looks like an API key of IBM Cloud."""
    return secrets.token_urlsafe(33)


def web_token(*, issued: float = -DAY, expires: float | None = None) -> str:
    """What looks like a JSON web token; times are seconds from now, without `expires` it does not expire."""
    now = int(time.time())
    ends = {} if expires is None else {"exp": now + int(expires)}
    parts = ({"alg": "HS256"}, {"iat": now + int(issued), **ends, "jti": made_up_password()})
    body = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{body}.{made_up_password()}"


def with_text(name: str, text: str, kind: str = TYPE) -> Object:
    """A pull secret around any text."""
    key = {TYPE: ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg", "Opaque": ".dockerconfigjson"}[kind]
    return {"kind": "Secret", "metadata": {"name": name}, "type": kind, "data": {key: encoded(text)}}


def with_entry(name: str, key: str, entry: object) -> Object:
    """A pull secret with one entry, whatever it is."""
    return with_text(name, json.dumps({"auths": {key: entry}}))


def with_key(name: str, key: str) -> Object:
    """A pull secret for a server key."""
    return docker_config_secret(name, {key: registry_entry("iamapikey", api_key())})


def with_login(name: str, host: str, username: str, password: str) -> Object:
    """A pull secret with one credential."""
    return docker_config_secret(name, {host: registry_entry(username, password)})


def duplicate_key() -> str:
    one, other = (json.dumps(registry_entry()) for _ in range(2))
    return f'{{"auths":{{"reg.example.org":{one},"reg.example.org":{other}}}}}'


def faulty_secrets() -> Mapping[str, tuple[str, Object]]:
    """By a name: the code, and a secret that has this one fault."""
    made = [
        ("PS101", with_entry("no-colon", "reg.example.org", {"auth": encoded(made_up_password())})),
        ("PS101", with_entry("no-base64", "reg.example.org", {"auth": "@@"})),
        ("PS101", with_text("auths-is-a-list", '{"auths": []}')),
        ("PS101", with_text("old-and-broken", '{"reg.example.org": {"auth": 1}}', "kubernetes.io/dockercfg")),
        (
            "PS107",
            with_text(
                "new-form", json.dumps({"auths": {"reg.example.org": registry_entry()}}), "kubernetes.io/dockercfg"
            ),
        ),
        ("PS102", with_text("nothing", "{}")),
        ("PS102", with_text("old-form", json.dumps({"reg.example.org": registry_entry()}))),
        ("PS102", with_text("helper", '{"auths": {}, "credsStore": "desktop"}')),
        ("PS103", with_entry("empty-entry", "reg.example.org", {})),
        (
            "PS103",
            with_entry("identity-token", "us.icr.io", {"auth": encoded("me:"), "identitytoken": api_key()}),
        ),
        ("PS104", with_entry("no-password", "reg.example.org", {"username": "puller"})),
        ("PS104", with_entry("no-user-name", "reg.example.org", {"password": made_up_password()})),
        (
            "PS105",
            with_entry("two-passwords", "reg.example.org", {**registry_entry(), "password": made_up_password()}),
        ),
        ("PS106", with_text("twice", duplicate_key())),
        ("PS201", with_key("blank-key", "us.icr.io ")),
        ("PS201", with_key("port-wildcard", "reg.example.org:*")),
        ("PS202", with_key("oci", "oci://reg.example.org")),
        ("PS202", with_key("capital-scheme", "HTTPS://us.icr.io")),
        ("PS203", with_key("v2", "https://us.icr.io/v2")),
        ("PS204", with_key("port", "us.icr.io:443")),
        ("PS205", with_key("capitals", "US.icr.io")),
        ("PS206", with_key("hub", "hub.docker.com")),
        ("PS206", with_key("hub-server", "registry-1.docker.io")),
        ("PS207", with_key("wildcard", "us.icr.io/team*")),
        ("PS208", with_key("tag", "us.icr.io/team/app:1")),
        ("PS209", with_key("icr-wildcard", "*.icr.io")),
        ("PS210", with_key("place", "us-south.icr.io")),
        ("PS301", with_login("cp-at-icr", "us.icr.io", "cp", web_token())),
        ("PS301", with_login("registry-token", "icr.io", "token", made_up_password())),
        ("PS302", with_login("api-key-at-cp", "cp.icr.io", "iamapikey", api_key())),
        ("PS302", with_login("ekey", "cp.icr.io", "ekey", web_token())),
        ("PS303", with_login("bearer", "us.icr.io", "iambearer", web_token(expires=DAY / 24))),
        ("PS303", with_login("refresh", "private.de.icr.io", "iamrefresh", made_up_password())),
        ("PS304", with_login("cut-key", "us.icr.io", "iamapikey", api_key()[:30])),
        ("PS305", with_login("no-token", "cp.icr.io", "cp", api_key())),
        ("PS306", with_login("newline", "reg.example.org", "puller", f"{made_up_password()}\n")),
        ("PS307", with_login("placeholder", "reg.example.org", "puller", "$API_KEY")),
        ("PS307", with_login("placeholder-username", "reg.example.org", "${REGISTRY_USER}", made_up_password())),
        ("PS307", with_login("placeholder-key", "%!s(<nil>)", "puller", made_up_password())),
        ("PS308", with_login("no-dollar", "nvcr.io", "oauthtoken", made_up_password())),
        ("PS308", with_login("end-of-dollar", "reg.example.org", "robot$", made_up_password())),
        ("PS309", with_login("fine-grained", "ghcr.io", "me", f"github_pat_{made_up_password()}")),
        ("PS401", with_login("expired", "cp.icr.io", "cp", web_token(issued=-9 * DAY, expires=-DAY))),
        ("PS402", with_login("expiring", "cp.icr.io", "cp", web_token(issued=-9 * DAY, expires=3 * DAY))),
        ("PS404", with_login("retired", "registry.eu-de.bluemix.net", "token", made_up_password())),
        ("PS406", with_login("job-of-gitlab", "registry.gitlab.com", "gitlab-ci-token", made_up_password())),
        ("PS406", with_login("job-of-github", "ghcr.io", "x-access-token", f"ghs_{made_up_password()}")),
        (
            "PS408",
            with_login("openshift", "image-registry.openshift-image-registry.svc:5000", "<token>", made_up_password()),
        ),
        ("PS405", with_login("bluemix-default-secret", "registry.ng.bluemix.net", "token", made_up_password())),
    ]
    return {secret["metadata"]["name"]: (code, secret) for code, secret in made}


def right_secrets() -> list[Object]:
    """Good secrets as registries and clusters use them."""
    service_key = json.dumps({"type": "service_account", "private_key": f"--\n{made_up_password()}\n--"}) + "\n"
    configs: Mapping[str, Mapping[str, Object]] = {
        "docker-hub": {
            "https://index.docker.io/v1/": registry_entry("me", f"dckr_pat_{made_up_password()}", "me@example.org")
        },
        "docker-hub-short": {"docker.io": registry_entry("me")},
        "github": {"ghcr.io": registry_entry("me", f"ghp_{made_up_password()}")},
        "quay": {"quay.io": registry_entry("org+robot"), "quay.io/org": registry_entry("org+other")},
        "amazon": {"123456789012.dkr.ecr.eu-west-1.amazonaws.com": registry_entry("AWS", amazon_token(DAY / 2))},
        "google-token": {
            "https://europe-docker.pkg.dev": registry_entry("oauth2accesstoken", f"ya29.{made_up_password()}")
        },
        "google-key": {"https://gcr.io": registry_entry("_json_key", service_key)},
        "microsoft": {
            "example.azurecr.io": registry_entry("00000000-0000-0000-0000-000000000000", web_token(expires=10800))
        },
        "red-hat": {
            "registry.redhat.io": registry_entry("1234567|pool", web_token()),
            "registry.connect.redhat.com": registry_entry("|uhc-pool", web_token()),
            "cloud.openshift.com": registry_entry("openshift-release-dev+ocm"),
            "quay.io": registry_entry("openshift-release-dev+ocm"),
        },
        "artifactory": {
            "example.jfrog.io": registry_entry("me@example.org"),
            "https://art.example.org:8443": registry_entry("ci"),
        },
        "gitlab": {"registry.gitlab.com/group/project": registry_entry("gitlab+deploy-token-1")},
        "entitled": {"cp.icr.io": registry_entry("cp", web_token())},
        "profile": {
            "us.icr.io": registry_entry("Profile-0a1b", api_key()),
            "private.us.icr.io": registry_entry("iamapikey", api_key()),
        },
    }
    old = with_text(
        "older-type", json.dumps({"https://reg.example.org/v1/": registry_entry()}), "kubernetes.io/dockercfg"
    )
    made = [docker_config_secret(name, entries) for name, entries in configs.items()]
    return [*made, old, all_icr_io(api_key()), with_text("kaniko", json.dumps({"auths": {}}), "Opaque")]


def amazon_token(expires: float) -> str:
    """What looks like a password of Amazon's registry; `expires` is in seconds from now."""
    content = {"payload": made_up_password(), "version": "2", "expiration": int(time.time() + expires)}
    return base64.b64encode(json.dumps(content).encode()).decode()
