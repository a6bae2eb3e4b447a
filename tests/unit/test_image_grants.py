"""RoleBindings of allow-pull: who is in them, and what a grant or a revocation makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import RefusedError
from pullsecret.model.openshift.image_grants import (
    Puller,
    allowed,
    allows,
    binding_name,
    is_grant,
    project_of_binding,
    pullers_in,
    pullers_of,
    revoked,
    still_allows,
)

if TYPE_CHECKING:
    from control_plane.api import Object

GROUP = "rbac.authorization.k8s.io"
PULLER = {"apiGroup": GROUP, "kind": "ClusterRole", "name": "system:image-puller"}
ALL, WEB = Puller(project="prod"), Puller(project="prod", account="web")


def group(name: str) -> Object:
    return {"apiGroup": GROUP, "kind": "Group", "name": name}


def user(name: str) -> Object:
    return {"apiGroup": GROUP, "kind": "User", "name": name}


def account(name: str, namespace: str = "prod") -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def binding(*subjects: Object, role: Object = PULLER, **metadata: object) -> Object:
    place = {"name": "pullsecret-image-puller-prod", "namespace": "build"}
    marks = {"labels": {"kubectl-pullsecret/managed": "true"}, **metadata}
    return {"metadata": {**place, **marks}, "roleRef": role, "subjects": list(subjects)}


IN = {
    "account": (account("web"), True, False),
    "another-account": (account("batch"), False, False),
    "account-of-another-project": (account("web", "test"), False, False),
    "user-name-of-the-account": (user("system:serviceaccount:prod:web"), True, False),
    "user-of-the-same-name": (user("web"), False, False),
    "accounts-of-the-project": (group("system:serviceaccounts:prod"), True, True),
    "accounts-of-another-project": (group("system:serviceaccounts:prod-2"), False, False),
    "all-accounts": (group("system:serviceaccounts"), True, True),
    "all-users": (group("system:authenticated"), True, True),
    "users-that-are-not-signed-in": (group("system:unauthenticated"), False, False),
    "group-in-another-letter": (group("system:ServiceAccounts"), False, False),
    "no-subject": ({}, False, False),
}
"""A subject, and whether it lets one account pull, and all of the project."""


@pytest.mark.parametrize(("subject", "has_web", "has_all"), IN.values(), ids=IN)
def test_subject_lets_an_account_pull(subject: Object, has_web: bool, has_all: bool) -> None:
    found = binding(subject)

    assert (allows(found, WEB), allows(found, ALL)) == (has_web, has_all)


ROLES = {
    "image-puller": (PULLER, True, True),
    "edit": ({**PULLER, "name": "edit"}, False, True),
    "view": ({**PULLER, "name": "view"}, False, False),
    "role-of-the-namespace": ({**PULLER, "kind": "Role"}, False, False),
}


@pytest.mark.parametrize(("role", "is_granted", "is_still"), ROLES.values(), ids=ROLES)
def test_roles_that_let_pull(role: Object, is_granted: bool, is_still: bool) -> None:
    found = binding(account("web"), role=role)

    assert (allows(found, WEB), still_allows(found, WEB), still_allows(found, ALL)) == (is_granted, is_still, is_still)


OURS = {
    "ours": (binding(), True),
    "without-label": (binding(labels={}), False),
    "another-role": (binding(role={**PULLER, "name": "admin"}), False),
    "of-a-controller": (binding(ownerReferences=[{"kind": "App", "name": "a", "controller": True}]), False),
    "of-argo-cd": (
        binding(
            annotations={"argocd.argoproj.io/tracking-id": "app:rbac/RoleBinding:build/pullsecret-image-puller-prod"}
        ),
        False,
    ),
}


@pytest.mark.parametrize(("found", "is_ours"), OURS.values(), ids=OURS)
def test_only_bindings_of_allow_pull_are_written(found: Object, is_ours: bool) -> None:
    assert is_grant(found) is is_ours
    assert project_of_binding(found) == ("prod" if is_ours else "")
    if not is_ours:
        with pytest.raises(RefusedError, match='rolebindings "pullsecret-image-puller-prod" in namespace build is'):
            allowed(found, (WEB,), "build", "x")
        with pytest.raises(RefusedError, match="and is left unchanged"):
            revoked(found, (WEB,))


def test_subjects_are_added_once_and_others_kept() -> None:
    before = binding(user("alice"), account("batch"))

    after = allowed(before, pullers_of("prod", ["web", "batch"]), "build", "x")

    assert after == {**before, "subjects": [user("alice"), account("batch"), account("web")]}
    assert allowed(after, pullers_of("prod", ["web"]), "build", "x") is after
    assert before["subjects"] == [user("alice"), account("batch")]


def test_account_of_a_project_that_is_allowed_as_a_whole_is_not_added() -> None:
    before = binding(dict(ALL.subject))

    assert allowed(before, (WEB,), "build", "x") is before


@pytest.mark.parametrize(
    ("before", "pullers", "left"),
    [
        ([account("web"), account("batch")], [WEB], [account("batch")]),
        ([account("web"), dict(ALL.subject), account("web", "test")], [ALL], [account("web", "test")]),
        ([dict(ALL.subject)], [WEB], [dict(ALL.subject)]),
        ([account("web"), user("alice")], [ALL], [user("alice")]),
        ([account("web")], [WEB], None),
        ([account("web"), dict(ALL.subject)], [ALL], None),
        ([], [ALL], None),
    ],
)
def test_revocation_leaves_the_subjects_of_others(
    before: list[Object], pullers: list[Puller], left: list[Object] | None
) -> None:
    after = revoked(binding(*before), pullers)

    assert (after and after["subjects"]) == left


def test_name_fits_for_the_longest_project() -> None:
    assert len(binding_name("p" * 63)) <= 253


def test_pullers_of_a_binding() -> None:
    found = binding(
        account("web"), dict(ALL.subject), user("alice"), group("system:serviceaccounts"), account("x", "test")
    )

    assert pullers_in(found) == (WEB, ALL, Puller(project="test", account="x"))
