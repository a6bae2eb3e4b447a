"""Tokens of service accounts in secrets, the account that may only pull, and the hosts of the internal registry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from objects import docker_config_secret, encoded, made_up_password, named, registry_entry
from pullsecret.cluster.http.token_request import token_from, token_request
from pullsecret.errors import ConnectError, RefusedError
from pullsecret.model.check.expiry_rules import EXPIRY_RULES
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.token_fixes import RENEWAL_WORDS
from pullsecret.model.images.credential_kinds import credential_kind
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.objects.pullsecret import MANAGED
from pullsecret.model.openshift.account_tokens import TokenOwner, lasting_token, owner_in
from pullsecret.model.openshift.internal_hosts import internal_hosts
from pullsecret.model.openshift.puller import (
    PULLER,
    PULLER_ROLE,
    check_other_roles,
    puller_account,
    puller_binding,
    shared_role_warnings,
)
from pullsecret.model.request.suggested_command import CommandStyle, SuggestedCommand, typed
from pullsecret.network.redaction import issued_credentials

if TYPE_CHECKING:
    from control_plane.api import Object

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOST = "image-registry.openshift-image-registry.svc:5000"
LONG = "image-registry.openshift-image-registry.svc.cluster.local:5000"
ROUTE = "default-route-openshift-image-registry.apps.example.com"
OWNER = TokenOwner(namespace="shop", name=PULLER, uid="uid-1")


def token(age: float = 1, life: float = 30, uid: str = "uid-1", project: str = "shop", **bound: object) -> str:
    """A token of that age and life in days, as the API server writes its claims."""
    issued = NOW - timedelta(days=age)
    about = {"namespace": project, "serviceaccount": {"name": PULLER, "uid": uid}, **bound}
    claims = {"iat": issued.timestamp(), "exp": (issued + timedelta(days=life)).timestamp(), "kubernetes.io": about}
    return f"eyJ{made_up_password()}.{encoded(json.dumps(claims)).rstrip('=')}.{made_up_password()}"


def secret(value: str, *hosts: str, username: str = PULLER, **metadata: object) -> Object:
    entries = {host: registry_entry(username, value) for host in hosts or (HOST, LONG)}
    made = docker_config_secret("images", entries, **metadata)
    return {**made, "metadata": {**made["metadata"], "namespace": "web"}}


FRESH = token()
RULES = {rule.code: rule for rule in EXPIRY_RULES}


@pytest.mark.parametrize(
    ("found", "is_kept"),
    {
        "none": (None, False),
        "fresh": (secret(FRESH), True),
        "fresh-without-the-route": (secret(FRESH, HOST), True),
        "with-an-entry-of-another-registry": (
            docker_config_secret("images", {HOST: registry_entry(PULLER, FRESH), "a.example": registry_entry()}),
            True,
        ),
        "exactly-half": (secret(token(age=15)), True),
        "less-than-half": (secret(token(age=15.001)), False),
        "ended": (secret(token(age=31)), False),
        "of-an-account-that-was-created-again": (secret(token(uid="uid-2")), False),
        "of-another-project": (secret(token(project="web")), False),
        "bound-to-a-secret": (secret(token(secret={"name": "x", "uid": "y"})), False),
        "with-another-username": (secret(FRESH, username="serviceaccount"), False),
        "two-tokens": (
            docker_config_secret(
                "images", {HOST: registry_entry(PULLER, FRESH), LONG: registry_entry(PULLER, token())}
            ),
            False,
        ),
        "no-token": (secret(made_up_password()), False),
        "other-hosts": (secret(FRESH, "a.example"), False),
    }.values(),
)
def test_token_is_kept_while_half_of_its_life_is_left(found: Object | None, is_kept: bool) -> None:
    kept = lasting_token(found, (HOST, LONG, ROUTE), OWNER, NOW)

    assert (kept is not None) is is_kept
    assert kept is None or kept.value not in repr(kept)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "eyJhIjoxfQ",
        f"eyJ.{encoded('[]')}.x",
        f"eyJ.{encoded(json.dumps({'kubernetes.io': []}))}.x",
        f"eyJ.{encoded(json.dumps({'kubernetes.io': {'serviceaccount': 'x'}}))}.x",
    ],
)
def test_other_passwords_have_no_owner(password: str) -> None:
    assert owner_in(password) is None


def test_account_and_binding_are_created_with_the_one_role() -> None:
    account, binding = puller_account(None, "shop"), puller_binding(None, "shop")

    assert puller_account(account, "shop") is account
    assert puller_binding(binding, "shop") is binding
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": PULLER_ROLE}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": PULLER, "namespace": "shop"}]


def bound(role: str = PULLER_ROLE, kind: str = "ClusterRole", marks: str = "true", **subject: str) -> Object:
    """A RoleBinding of the account, or of another subject."""
    body = named("RoleBinding", PULLER, labels={MANAGED: marks})
    subjects = [{"kind": "ServiceAccount", "name": PULLER, "namespace": "shop", **subject}]
    return {
        **body,
        "metadata": {"name": PULLER, "labels": {MANAGED: marks}},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
        "subjects": subjects,
    }


@pytest.mark.parametrize(
    "current",
    [bound(marks=""), bound(role="edit"), bound(kind="Role"), bound(name="default"), bound(namespace="other")],
    ids=["unmarked", "other-role", "role-of-the-namespace", "other-account", "other-namespace"],
)
def test_other_bindings_of_the_name_are_refused(current: Object) -> None:
    with pytest.raises(RefusedError, match='rolebindings "pullsecret-puller" in namespace shop was not made'):
        puller_binding(current, "shop")


def test_account_without_our_mark_is_refused() -> None:
    with pytest.raises(RefusedError, match="use --token-serviceaccount pullsecret-puller"):
        puller_account(named("ServiceAccount", PULLER), "shop")


@pytest.mark.parametrize(
    ("binding", "is_refused"),
    [
        (bound(), False),
        (bound(role="edit"), True),
        (bound(role="edit", kind="Role"), True),
        (bound(role=PULLER_ROLE, kind="Role"), True),
        (bound(role="edit", kind="ClusterRole", name="default"), False),
        (bound(role="edit", namespace="other"), False),
        ({**bound(role="edit"), "subjects": [{"kind": "User", "name": f"system:serviceaccount:shop:{PULLER}"}]}, True),
        ({**bound(role="view"), "subjects": [{"kind": "Group", "name": "system:serviceaccounts"}]}, False),
        ({**bound(role="edit"), "subjects": None}, False),
    ],
)
def test_account_with_more_than_pulls_is_refused(binding: Object, is_refused: bool) -> None:
    if not is_refused:
        check_other_roles([binding], "shop")
        return
    with pytest.raises(RefusedError, match="gives serviceaccount/pullsecret-puller in namespace shop the role"):
        check_other_roles([binding], "shop")


@pytest.mark.parametrize(
    ("role", "group", "is_warned"),
    [
        ("edit", "system:serviceaccounts:shop", True),
        (PULLER_ROLE, "system:serviceaccounts:shop", False),
        ("edit", "system:serviceaccounts:other", False),
    ],
)
def test_role_of_all_accounts_is_warned_of(role: str, group: str, is_warned: bool) -> None:
    """It is no reason to refuse: other accounts have it, too, but their tokens stay in the cluster."""
    binding = {**bound(role=role, name="shared"), "subjects": [{"kind": "Group", "name": group}]}
    warning = (
        "warning: rolebinding/shared in namespace shop gives all its service accounts the role edit: who can read the "
        "secret can use that, too"
    )
    warned = list(shared_role_warnings([{**binding, "metadata": {"name": "shared"}}], "shop"))
    assert warned == ([warning] if is_warned else [])


def config(internal: str = HOST, external: object = None) -> Object:
    return {"status": {"internalRegistryHostname": internal, "externalRegistryHostnames": external}}


def route(host: str, service: str = "image-registry", **status: object) -> Object:
    return {"spec": {"host": host, "to": {"kind": "Service", "name": service}}, "status": status}


STREAM = {
    "status": {"dockerImageRepository": f"{HOST}/shop/app", "publicDockerImageRepository": f"{ROUTE}/shop/app"},
}


@pytest.mark.parametrize(
    ("found", "internal", "external"),
    {
        "no-route": ((config(), ()), (HOST, LONG), ()),
        "the-operators-route": ((config(external=[ROUTE]), ()), (HOST, LONG), (ROUTE,)),
        "routes-made-by-hand": (
            (config(), (route("a.example"), route("b.example", service="other"))),
            (HOST, LONG),
            ("a.example",),
        ),
        "the-host-that-routers-admitted": (
            (config(), (route("", ingress=[{"host": "a.example"}, {"host": "b.example"}]),)),
            (HOST, LONG),
            ("a.example", "b.example"),
        ),
        "each-host-once": ((config(external=[ROUTE]), (route(ROUTE),)), (HOST, LONG), (ROUTE,)),
        "another-internal-name": ((config("registry.example:5000"), ()), ("registry.example:5000",), ()),
        "nothing-may-be-read": ((None, None), (HOST, LONG), ()),
        "streams-only": ((None, None, (STREAM,)), (HOST, LONG), (ROUTE,)),
        "what-is-no-host": (
            (config(external=["a b", "", 'x"y', "A.example", "a/b", "-a"]), (route("a.example\n"),)),
            (HOST, LONG),
            (),
        ),
        "what-is-no-list": ((config(external={"a": "b"}), ()), (HOST, LONG), ()),
    }.values(),
)
def test_hosts_of_the_registry(found: tuple[Any, ...], internal: tuple[str, ...], external: tuple[str, ...]) -> None:
    hosts = internal_hosts(*found)

    assert (hosts.internal, hosts.external) == (internal, external)
    assert hosts.is_complete is (found[1] is not None)


ACCOUNT = {"metadata": {"namespace": "shop", "name": PULLER, "uid": "uid-1"}}
ACCOUNTS = {("shop", PULLER): ACCOUNT}
COMMAND = "kubectl pullsecret create images --internal-registry --from=shop -n web --overwrite"


@pytest.mark.parametrize(
    ("found", "accounts", "fix"),
    {
        "proven": (secret(token(age=25)), ACCOUNTS, COMMAND),
        "account-not-read": (secret(token(age=25)), {}, RENEWAL_WORDS),
        "made-up-uid": (secret(token(age=25, uid="x")), ACCOUNTS, RENEWAL_WORDS),
        "made-up-project": (secret(token(age=25, project="x; touch planted")), ACCOUNTS, RENEWAL_WORDS),
        "other-entries": (
            docker_config_secret("images", {HOST: registry_entry(PULLER, token(age=25)), "b": registry_entry()}),
            ACCOUNTS,
            None,
        ),
    }.values(),
)
def test_command_that_renews_is_advised_for_a_token_of_the_account_only(
    found: Object, accounts: dict[tuple[str, str], Object], fix: str | None
) -> None:
    checked = CheckedSecret(secret=found, circumstances=Circumstances(now=NOW, accounts=accounts))

    rule = RULES["PS402"]
    match = next(iter(rule.condition(checked)))
    advised = rule.fix(checked, match)

    assert (typed(advised, CommandStyle()) if isinstance(advised, SuggestedCommand) else advised) == fix


@pytest.mark.parametrize(
    ("age", "life", "code"),
    [
        *((1, 30, ""), (22.9, 30, ""), (23.1, 30, "PS402"), (31, 30, "PS401")),
        *((1, 10, ""), (4, 10, ""), (5.1, 10, "PS402")),
        *((1.5, 2, ""), (3, 2, "PS401"), (0.1, 0.2, "")),
    ],
)
def test_check_warns_when_a_token_was_not_renewed(age: float, life: float, code: str) -> None:
    checked = CheckedSecret(secret=secret(token(age=age, life=life)), circumstances=Circumstances(now=NOW))

    assert [one for one in ("PS401", "PS402", "PS408") if any(RULES[one].condition(checked))] == (
        [code] if code else []
    )


def test_kind_of_a_token_tells_its_life_only_if_it_ends_with_a_secret() -> None:
    kinds = [
        credential_kind(registries_of(secret(value, HOST)).entries[0])
        for value in (FRESH, token(secret={"name": "x", "uid": "y"}))
    ]

    assert [kind.name for kind in kinds] == ["OpenShift service account token"] * 2
    assert [bool(kind.life) for kind in kinds] == [False, True]


def test_request_is_for_this_server_and_bound_to_nothing() -> None:
    request = token_request({**ACCOUNT, "kind": "ServiceAccount"}, 3600)

    assert request.path == f"/api/v1/namespaces/shop/serviceaccounts/{PULLER}/token"
    assert request.query == ()
    body = json.loads(request.body or b"")
    assert body["spec"] == {"expirationSeconds": 3600}
    assert body["metadata"]["uid"] == "uid-1"


def response(value: str, end: str = "2026-12-20T00:00:00Z", **rest: object) -> Object:
    return {"kind": "TokenRequest", "status": {"token": value, "expirationTimestamp": end}, **rest}


def test_token_ends_at_the_first_of_the_times_that_the_server_says() -> None:
    value = token(age=0, life=30)

    assert token_from(response(value), ACCOUNT).expires == datetime(2026, 12, 20, tzinfo=UTC)
    assert token_from(response(value, "2027-12-20T00:00:00Z"), ACCOUNT).expires == NOW + timedelta(days=30)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"kind": "Status"},
        response(""),
        response(made_up_password()),
        response(FRESH, ""),
        response(FRESH, metadata={"name": "other"}),
        {**response(FRESH), "kind": "Secret"},
        {"kind": "TokenRequest", "status": FRESH},
    ],
)
def test_response_without_a_usable_token_is_an_error_that_repeats_nothing(content: Object) -> None:
    with pytest.raises(ConnectError) as caught:
        token_from(content, ACCOUNT)

    assert FRESH not in str(caught.value)


def test_token_in_a_response_is_hidden_with_its_parts() -> None:
    hidden = issued_credentials(json.dumps(response(FRESH)).encode())

    assert set(hidden) == {FRESH, *(part for part in FRESH.split("."))}
    assert issued_credentials(b"not JSON") == issued_credentials(b"[]") == issued_credentials(b'{"status": 1}') == ()
