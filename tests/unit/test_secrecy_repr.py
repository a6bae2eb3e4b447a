"""No repr() shows a credential: a value may end up in a traceback, or in a future message."""

from __future__ import annotations

import base64
import importlib
import json
import pkgutil
from dataclasses import fields, is_dataclass

import pytest

import pullsecret
from objects import made_up_password
from pullsecret.cluster.http.request import ApiRequest
from pullsecret.cluster.login.credential import Credential
from pullsecret.commands.flags import connection
from pullsecret.commands.pflag import typer_arguments
from pullsecret.credentials.password import Password
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.model.command_line import FlagSpec, tokens
from pullsecret.model.go.json import parsed
from pullsecret.model.images.credential_checks import secret_checks
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded, registries_of
from pullsecret.model.images.login_file import config_file, problems_of
from pullsecret.model.images.verdict import Identity
from pullsecret.model.objects.objects import Kind, Object
from pullsecret.model.objects.pullsecret import ReplacePolicy, built
from pullsecret.model.plan.change import Change, Done, Outcome, Plan
from pullsecret.model.plan.existing_secret import NewSecret
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.placement import Placement, placement_plan, secret_change
from pullsecret.model.request.targets import Selection, Targets
from pullsecret.network.http.message import Request, Response

TELLING = frozenset(
    {"authorization", "body", "credentials", "data", "env", "headers", "key", "literal", "object", "pairs", "present"}
    | {"result", "secret", "seen", "sources", "token", "value", "values", "wanted"}
)
"""Names of fields with a credential, or with an object that has one."""

NAMES_ONLY = frozenset(
    {
        ("model.plan.waiting_pods", "RestartHint", "secret"),
        ("model.images.keyring", "PullCredential", "secret"),
        ("model.images.credential_checks", "CredentialCheck", "secret"),
        ("model.results.verify", "VerifyRow", "secret"),
        ("model.images.verdict", "Verdict", "result"),
        ("model.can_pull.answer", "Answer", "result"),
        ("model.ibmcloud.policy", "Attribute", "value"),
        # An ApiKey, whose value is in no repr.
        ("ibmcloud.key_details", "KeyDetails", "key"),
        ("model.ibmcloud.key_assignment", "KeptKey", "key"),
        ("actions.composed.service_id", "SecretKey", "key"),
        # An AccountToken, whose value is in no repr.
        ("pipeline.account_token", "_MadeToken", "token"),
        ("pipeline.rotate_key", "_State", "key"),
        ("pipeline.rotate_key", "_State", "seen"),
        ("model.doctor.causes", "Cause", "secret"),
        ("model.doctor.fixes", "Fix", "secret"),
        ("model.doctor.fixes", "AttachStep", "secret"),
        ("model.doctor.fixes", "CopyStep", "secret"),
        ("credentials.password_source", "PasswordSource", "env"),
        ("model.rbac.usage", "Usage", "sources"),
        ("model.objects.objects", "CustomKind", "value"),
    }
)
"""Fields with these names that have no credential: the name of a secret or a variable, or a result."""

PASSWORD = made_up_password()
LOGIN = RegistryEntry(server="reg.example", username="puller", password=PASSWORD)
CONFIG = encoded([LOGIN])
SECRET = built("regcred", CONFIG)


def classes() -> list[tuple[str, type]]:
    """Every dataclass of the program with the module that defines it."""
    found = []
    for info in pkgutil.walk_packages(pullsecret.__path__, "pullsecret."):
        module = importlib.import_module(info.name)
        found += [
            (info.name.removeprefix("pullsecret."), item)
            for item in vars(module).values()
            if isinstance(item, type) and is_dataclass(item) and item.__module__ == info.name
        ]
    return found


def test_field_with_a_credential_is_never_in_a_repr() -> None:
    shown = {
        (module, kind.__name__, field.name)
        for module, kind in classes()
        for field in fields(kind)
        if field.repr and field.name in TELLING
    }

    assert shown <= NAMES_ONLY


def plan() -> Plan:
    observed = ObservedNamespaces(
        selection=Selection(names=("a",)), secrets=Observed(present={("a", "regcred"): SECRET})
    )
    return placement_plan(
        observed,
        lambda _: (NewSecret(secret=SECRET),),
        Placement(targets=Targets(), replace_policy=ReplacePolicy(), attachment=None),
    )


def change() -> Change:
    return secret_change(
        NewSecret(secret=SECRET), "a", ObservedNamespaces(selection=Selection(names=("a",))), ReplacePolicy()
    )


def outcome(secret: Object) -> Outcome:
    return Outcome(kind=Kind.SECRET, namespace="a", name="regcred", done=Done.CREATED, result=secret)


VALUES = {
    "login": LOGIN,
    "registries": registries_of(SECRET),
    "config-file": config_file(CONFIG),
    "parsed-json": parsed(CONFIG),
    "parsed-number": parsed(b'{"auths": {"a": {"password": 8472650193}}}'),
    "problems": problems_of(CONFIG.replace(b'"auth":"', b'"auth":"!')),
    "password": Password(value=PASSWORD),
    "password-source": PasswordSource(value=PASSWORD, value_flag="docker-password"),
    "typer-arguments": typer_arguments([f"--token={PASSWORD}"], [FlagSpec(("--token",), "TOKEN")]),
    "tokens": list(tokens([f"--token={PASSWORD}"], {"--token": FlagSpec(("--token",), "TOKEN")}.get)),
    "connection": connection(token=PASSWORD),
    "credential": Credential(authorization=f"Bearer {PASSWORD}"),
    "api-request": ApiRequest(method="POST", path="/", body=json.dumps(SECRET).encode()),
    "response": Response(status=200, body=CONFIG, credentials=(PASSWORD,)),
    "request": Request(method="GET", origin="https://h", target="/", body=CONFIG, secrets=(PASSWORD,)),
    "change": change(),
    "plan": plan(),
    "outcome": outcome(SECRET),
    "observed": Observed(present={("a", "regcred"): SECRET}),
    "identity": Identity(username="puller", password=PASSWORD, identity_token=PASSWORD),
    "login-checks": secret_checks(SECRET, ["reg.example/app"]),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_repr_of_a_value_shows_no_credential(value: object) -> None:
    auth = base64.b64encode(f"puller:{PASSWORD}".encode()).decode()
    text = repr(value)

    for form in (PASSWORD, auth, base64.b64encode(CONFIG).decode(), "8472650193"):
        assert form not in text
