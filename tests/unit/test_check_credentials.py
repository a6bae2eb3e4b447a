"""What is known to be wrong with credentials: usernames and the shapes of passwords; never a word of a password."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime

import pytest

from golden_files import assert_golden
from objects import docker_config_secret, registry_entry
from pullsecret.model.check.fix_commands import RENEWAL_ADVICE
from pullsecret.model.check.rule import findings_of
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import SECRET_RULES
from pullsecret.model.images.credential_problem import credential_problem, entitlement_key_problem
from pullsecret.model.images.dockerconfig import RegistryEntry

API_KEY = secrets.token_urlsafe(33)
"""44 characters, as IBM's have."""
JWT = f"eyJ{secrets.token_urlsafe(20)}.{secrets.token_urlsafe(60)}.{secrets.token_urlsafe(30)}"
WORD = secrets.token_hex(9)
SERVICE_KEY = json.dumps({"type": "service_account", "private_key": f"-----\n{WORD}\n-----"}, indent=2) + "\n"

FITTING = {
    "api-key": ("us.icr.io", "iamapikey", API_KEY),
    "api-key-of-43": ("us.icr.io", "iamapikey", API_KEY[:43]),
    "api-key-with-scheme-and-path": ("https://private.us.icr.io/v2/ns", "iamapikey", API_KEY),
    "trusted-profile": ("icr.io", "Profile-12ab", API_KEY),
    "entitlement-key": ("cp.icr.io", "cp", JWT),
    "entitlement-key-for-a-path": ("cp.icr.io/cp", "cp", JWT),
    "staging-with-cp": ("cp.stg.icr.io", "cp", JWT),
    "staging-with-api-key": ("cp.stg.icr.io", "iamapikey", API_KEY),
    "somebody-elses-host": ("registry.example.org", "token", "x"),
    "no-host": ("x y", "token", "x"),
    "another-port": ("us.icr.io:5000", "puller", "x"),
    "docker-hub-token": ("https://index.docker.io/v1/", "me", f"dckr_pat_{WORD}"),
    "github": ("ghcr.io", "me", f"ghp_{WORD}"),
    "quay-robot": ("quay.io", "org+robot", WORD),
    "quay-token": ("quay.io", "$oauthtoken", WORD),
    "harbor-robot": ("harbor.example.com", "robot$ci", WORD),
    "nvidia": ("nvcr.io", "$oauthtoken", WORD),
    "amazon": ("1.dkr.ecr.us-east-1.amazonaws.com", "AWS", WORD),
    "google-token": ("gcr.io", "oauth2accesstoken", f"ya29.{WORD}"),
    "google-key": ("europe-docker.pkg.dev", "_json_key", SERVICE_KEY),
    "google-key-in-base64": ("europe-docker.pkg.dev", "_json_key_base64", f"{WORD}\n"),
    "microsoft": ("x.azurecr.io", "00000000-0000-0000-0000-000000000000", JWT),
    "red-hat": ("registry.redhat.io", "1234567|pool", JWT),
    "openshift": ("172.30.0.1:5000", "<token>", JWT),
    "artifactory": ("example.jfrog.io", "me@example.org", f"cmVmd{WORD}"),
    "gitlab": ("registry.gitlab.com", "gitlab+deploy-token-1", WORD),
    "passphrase": ("registry.example.org", "me", f"a {WORD} with blanks"),
    "dollar": ("registry.example.org", "me", f"${WORD}"),
}


@pytest.mark.parametrize(("server", "username", "password"), FITTING.values(), ids=FITTING.keys())
def test_credentials_that_fit_have_no_problem(server: str, username: str, password: str) -> None:
    assert credential_problem(RegistryEntry(server=server, username=username, password=password)) is None


DOUBTFUL = {
    "api-key-at-entitled": ("cp.icr.io", "iamapikey", API_KEY, "PS302"),
    "ekey": ("cp.icr.io", "ekey", JWT, "PS302"),
    "stranger-at-entitled": ("cp.icr.io/cp", "me@example.org", JWT, "PS302"),
    "api-key-with-cp-at-entitled": ("cp.icr.io", "cp", API_KEY, "PS305"),
    "cp-at-icr": ("us.icr.io", "cp", JWT, "PS301"),
    "ekey-at-icr": ("us.icr.io", "ekey", JWT, "PS301"),
    "token": ("us.icr.io", "token", "x", "PS301"),
    "bearer": ("us.icr.io", "iambearer", JWT, "PS303"),
    "refresh": ("private.de.icr.io", "iamrefresh", "x", "PS303"),
    "iam-profile": ("us.icr.io", "iam-Profile-1", API_KEY, "PS301"),
    "stranger": ("us.icr.io", "me@example.org", API_KEY, "PS301"),
    "jwt-as-api-key": ("us.icr.io", "iamapikey", JWT, "PS304"),
    "short-api-key": ("us.icr.io", "iamapikey", API_KEY[:30], "PS304"),
    "long-api-key": ("us.icr.io", "Profile-1", API_KEY + "Cg==", "PS304"),
    "newline": ("reg.example.org", "me", f"{WORD}\n", "PS306"),
    "carriage-return": ("reg.example.org", "me", f"{WORD}\r", "PS306"),
    "leading-blank": ("reg.example.org", "me", f" {WORD}", "PS306"),
    "two-lines": ("reg.example.org", "me", f"{WORD}\n{WORD}", "PS306"),
    "blank-in-user-name": ("reg.example.org", "me ", WORD, "PS306"),
    "api-key-with-newline": ("us.icr.io", "iamapikey", f"{API_KEY}\n", "PS306"),
    "shell-variable": ("reg.example.org", "me", "$API_KEY", "PS307"),
    "shell-braces": ("reg.example.org", "me", "${API_KEY}", "PS307"),
    "template": ("reg.example.org", "me", "{{ .Values.key }}", "PS307"),
    "angles": ("us.icr.io", "iamapikey", "<your API key>", "PS307"),
    "null": ("cp.icr.io", "cp", "null", "PS307"),
    "nil-of-fmt": ("reg.example.org", "me", "%!s(<nil>)", "PS307"),
    "no-value-of-a-template": ("reg.example.org", "me", "<no value>", "PS307"),
    "change-me": ("reg.example.org", "me", "CHANGEME", "PS307"),
    "username-of-fmt": ("reg.example.org", "%!s(<nil>)", WORD, "PS307"),
    "username-in-braces": ("reg.example.org", "${REGISTRY_USER}", WORD, "PS307"),
    "username-with-a-template": ("reg.example.org", "ci-{{ .Values.user }}", WORD, "PS307"),
    "registry-of-fmt": ("%!s(<nil>)", "me", WORD, "PS307"),
    "registry-in-braces": ("${REGISTRY_HOST}", "me", WORD, "PS307"),
    "registry-with-a-path": ("${REGISTRY_HOST}/team", "me", WORD, "PS307"),
    "byte-order-mark": ("reg.example.org", "me", f"\ufeff{WORD}", "PS306"),
    "quotation-marks": ("reg.example.org", "me", f'"{WORD}"', "PS306"),
    "shell-took-the-end": ("harbor.example.com", "robot$", WORD, "PS308"),
    "shell-took-the-name": ("harbor.example.com", "robot", WORD, "PS308"),
    "shell-got-a-backslash": ("harbor.example.com", "robot\\$ci", WORD, "PS308"),
    "nvidia-without-dollar": ("nvcr.io", "oauthtoken", WORD, "PS308"),
    "nvidia-with-a-backslash": ("nvcr.io", "\\$oauthtoken", WORD, "PS308"),
    "nvidia-with-another-name": ("nvcr.io", "me", WORD, "PS308"),
    "quay-without-dollar": ("quay.io", "oauthtoken", WORD, "PS308"),
    "fine-grained": ("ghcr.io", "me", f"github_pat_{WORD}", "PS309"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_credentials_that_do_not_fit_have_one_finding(name: str) -> None:
    server, username, password, code = DOUBTFUL[name]
    secret = docker_config_secret("x", {server: registry_entry(username, password)})
    checked = CheckedSecret(secret=secret, circumstances=Circumstances(now=datetime.now(UTC)))

    (finding,) = findings_of([rule for rule in SECRET_RULES if rule.code.startswith("PS3")], checked)

    assert finding.code == code
    assert len(password) < 5 or password.strip() not in finding.sentence
    assert_golden(f"check/credentials-{name}", finding.sentence)


@pytest.mark.parametrize("server", ["us.icr.io", "cp.icr.io"])
@pytest.mark.parametrize("key", [API_KEY, JWT], ids=["api-key", "token"])
def test_key_in_the_place_of_the_username_is_not_shown(server: str, key: str) -> None:
    problem = credential_problem(RegistryEntry(server=server, username=key, password="iamapikey"))  # noqa: S106  swapped

    assert problem is not None
    assert "it looks like a key" in problem.message
    assert key not in problem.message


KEYS = {
    "good": (JWT, ""),
    "line-break-inside": (f"{JWT[:20]}\n{JWT[20:]}", "whitespace"),
    "blank-at-the-end": (f"{JWT} ", "whitespace"),
    "api-key": (API_KEY, ""),
}


@pytest.mark.parametrize(("key", "problem"), KEYS.values(), ids=KEYS.keys())
def test_entitlement_key_with_whitespace_cannot_be_one(key: str, problem: str) -> None:
    found = entitlement_key_problem(key)

    assert bool(found) is bool(problem)
    assert problem in found
    assert key not in found


def test_secret_of_ibm_cloud_is_renewed_with_all_its_copies_and_not_for_one_of_them() -> None:
    entries = {"us.icr.io": registry_entry("iamapikey", API_KEY[:20])}
    source, copy = (docker_config_secret("all-icr-io", entries, namespace=place) for place in ("default", "a"))
    found = CheckedSecret(secret=copy, source=source, circumstances=Circumstances(now=datetime.now(UTC)))

    (finding,) = findings_of([rule for rule in SECRET_RULES if rule.code == "PS304"], found)

    assert finding.fix is None
    assert finding.advice == RENEWAL_ADVICE
