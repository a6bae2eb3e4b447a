"""What kind of credential an entry has: host and username decide with the password's shape, and when it expires."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from objects import made_up_jwt, made_up_password
from pullsecret.model.images.credential_kinds import credential_kind
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.images.temporary_logins import expiry_of

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
AMAZON = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
NIL = "00000000-0000-0000-0000-000000000000"


def encoded(claims: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


def token(**claims: object) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}.{secrets.token_hex(8)}"


KINDS = {
    "amazon": (AMAZON, "AWS", made_up_password(), "Amazon ECR token"),
    "amazon's user elsewhere": ("reg.example", "AWS", made_up_password(), "password"),
    "google": ("europe-docker.pkg.dev", "_token", made_up_password(), "Google access token"),
    "google key": ("gcr.io/project", "_json_key", "{}", "Google service account key"),
    "azure": ("a.azurecr.io", NIL, token(exp=1), "Azure token"),
    "azure principal": ("a.azurecr.io", "1B4e2800-2fa1-11d2-8831-0016d3000427", "x", "Azure service principal"),
    "github": ("ghcr.io", "me", f"ghp_{secrets.token_hex(18)}", "GitHub personal access token"),
    "github app": ("ghcr.io", "x-access-token", f"ghs_1_{token()}", "GitHub app or Actions token"),
    "github's shape elsewhere": ("reg.example", "me", f"ghp_{secrets.token_hex(18)}", "password"),
    "gitlab deploy": ("reg.example", "gitlab+deploy-token-7", "x", "GitLab deploy token"),
    "gitlab job": ("reg.example", "gitlab-ci-token", "x", "GitLab CI job token"),
    "quay": ("quay.io", "org+robot", "A1" * 32, "Quay robot token"),
    "quay, federated": ("quay.io", "org+robot", token(), "Quay robot token, federated"),
    "harbor": ("harbor.example", "robot$project+ci", made_up_password(), "Harbor robot account"),
    "hub": ("https://index.docker.io/v1/", "me", "dckr_pat_x", "Docker Hub access token"),
    "nvidia": ("nvcr.io", "$oauthtoken", made_up_password(), "NVIDIA NGC API key"),
    "openshift, by its claims": (
        "reg.example",
        "any",
        token(**{"kubernetes.io": {}}),
        "OpenShift service account token",
    ),
    "openshift user": ("reg.example", "me", f"sha256~{secrets.token_urlsafe(32)}", "OpenShift user token"),
    "ibm": ("private.us.icr.io", "iamapikey", secrets.token_urlsafe(33)[:44], "IBM Cloud API key"),
    "ibm, not a key": ("us.icr.io", "iamapikey", "short", "password"),
    "ibm session": ("us.icr.io", "iambearer", token(), "IBM Cloud access token"),
    "ibm profile": ("us.icr.io", "Profile-1", made_up_password(), "IBM Cloud trusted profile"),
    "ibm retired": ("registry.ng.bluemix.net", "token", made_up_jwt(), "IBM Cloud registry token"),
    "entitlement": ("cp.icr.io", "cp", made_up_jwt(), "IBM entitlement key"),
    "red hat": ("registry.redhat.io", "123|name", made_up_jwt(), "Red Hat service account"),
    "any token": ("reg.example", "me", made_up_jwt(), "JSON web token"),
    "a password": ("reg.example", "me", made_up_password(), "password"),
    "none": ("reg.example", "me", "", "<none>"),
    "a key that is no address": ("%zz", "AWS", "x", "password"),
}


@pytest.mark.parametrize(("server", "username", "password", "name"), KINDS.values(), ids=KINDS)
def test_credential_kind_fits_host_username_and_shape(server: str, username: str, password: str, name: str) -> None:
    assert credential_kind(RegistryEntry(server=server, username=username, password=password)).name == name


@pytest.mark.parametrize(
    ("server", "username", "password", "written", "expires"),
    [
        (AMAZON, "AWS", encoded({"payload": "x", "expiration": int(NOW.timestamp())}), None, NOW),
        (AMAZON, "AWS", "x", NOW, NOW + timedelta(hours=12)),
        (AMAZON, "AWS", "x", None, None),
        ("reg.example", "me", token(exp=int(NOW.timestamp())), NOW - timedelta(days=9), NOW),
        ("reg.example", "me", "x", NOW, None),
        ("reg.example", "gitlab-ci-token", "x", NOW, None),
    ],
    ids=["amazon-says", "amazon-by-age", "amazon-unknown", "token-says", "password", "job-token"],
)
def test_expiry_is_that_of_the_token_or_of_its_kind(
    server: str, username: str, password: str, written: datetime | None, expires: datetime | None
) -> None:
    assert expiry_of(RegistryEntry(server=server, username=username, password=password), written) == expires
