"""What one use of a command needs: in which namespaces, on which objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pullsecret.commands.other_command import usage_in
from pullsecret.errors import PullSecretError
from pullsecret.model.manifests.roles import BoundSubject, RoleOptions, role_documents
from pullsecret.model.objects.objects import mapping_at, name_of
from pullsecret.model.objects.sibling import sibling_name
from pullsecret.model.rbac.needed import grants_for, left_out

if TYPE_CHECKING:
    from pullsecret.model.rbac.usage import Usage

KEPT = f"x,{sibling_name('x')}"
ALL_KEPT = f"all-icr-io,{sibling_name('all-icr-io')}"

GLOBAL = {
    "": ["infrastructures.config.openshift.io cluster: get"],
    "openshift-config": ["secrets pull-secret: get patch"],
}

NEEDED = {
    "copy x --from tools -n a,b": {
        "tools": ["secrets x: get"],
        "a": [f"secrets {KEPT}: get", "secrets x: patch", "secrets: create"],
        "b": [f"secrets {KEPT}: get", "secrets x: patch", "secrets: create"],
    },
    "kubectl pullsecret copy x --from tools -A --attach": {
        "": [
            f"secrets {KEPT}: get list",
            "secrets x: patch",
            "secrets: create",
            "serviceaccounts default: get list patch",
            "namespaces: list",
        ],
        "tools": ["secrets x: get"],
    },
    "copy -n a --dry-run": {"default": ["secrets all-icr-io: get"], "a": [f"secrets {ALL_KEPT}: get"]},
    "copy 'x*' -n a": {"default": ["secrets: list"], "a": ["secrets: get create patch"]},
    "copy x -n a --name {namespace}-x": {
        "default": ["secrets x: get"],
        "a": [f"secrets a-x,{sibling_name('a-x')}: get", "secrets a-x: patch", "secrets: create"],
    },
    "copy x -l team --name {namespace}-x": {
        "": ["secrets: get list create patch", "namespaces: list"],
        "default": ["secrets x: get"],
    },
    "create secret docker-registry x --docker-username=u -n a --create-namespaces": {
        "": [
            f"secrets {KEPT}: get",
            "secrets x: patch",
            "secrets: create",
            "namespaces a: get",
            "namespaces: create",
        ]
    },
    "create x --username=u --append-hash -n a": {"a": ["secrets: get create patch"]},
    "create --global --registry r.example --username u": GLOBAL,
    "create --global --remove-registry r.example": GLOBAL,
    "entitled --global": GLOBAL,
    "rotate --global --registry r.example": GLOBAL,
    "rotate --global --registry r.example --dry-run=client": {
        "": ["infrastructures.config.openshift.io cluster: get"],
        "openshift-config": ["secrets pull-secret: get"],
    },
    "copy x --from tools --global": {**GLOBAL, "tools": ["secrets x: get"]},
    **{
        f"{command} --global": {
            "": ["infrastructures.config.openshift.io cluster: get"],
            "openshift-config": ["secrets pull-secret: get"],
        }
        for command in ("list", "describe", "check", "verify")
    },
    "import registry.example.com/acme/app:1 team/app:1": {
        "team": ["imagestreams.image.openshift.io: get", "imagestreamtags.image.openshift.io: create patch"]
    },
    "attach x --serviceaccount=s": {"here": ["secrets x: get", "serviceaccounts s: get patch"]},
    "attach x --workload deploy/app,rollouts.v1alpha1.argoproj.io/r --keep-account-secrets -n a": {
        "a": [
            "secrets x: get",
            "deployments.apps app: get patch",
            "rollouts.argoproj.io r: get patch",
            "serviceaccounts: get",
        ]
    },
    "detach x --workload cj/app -l team": {"": ["cronjobs.batch app: get list patch", "namespaces: list"]},
    "attach x --buildconfig b --for push -n a": {
        "a": ["secrets x: get", "buildconfigs.build.openshift.io b: get patch"]
    },
    "detach x --buildconfig bc/b,c --for pull -A": {
        "": ["buildconfigs.build.openshift.io b,c: get list patch", "namespaces: list"]
    },
    "detach x --all-serviceaccounts -n 'team-*'": {"": ["serviceaccounts: get list patch", "namespaces: list"]},
    "verify x -n a": {"a": ["secrets x: get"]},
    "verify -n a": {"a": ["secrets: list"]},
    "verify --in-cluster reg.example/a -n a": {"a": ["imagestreamimports.image.openshift.io: create"]},
    "rotate x --from tools -l team --canary a --probe": {
        "": ["secrets: get list patch", "namespaces: list"],
        "tools": ["secrets x: get patch", "secrets x-previous: get", "secrets: create"],
        "a": ["pods: get list create delete"],
    },
    "rotate all-icr-io -A --ibm-cluster c": {
        "": ["secrets: get list patch", "namespaces: list"],
        "default": ["secrets all-icr-io: get"],
    },
    "create x --internal-registry -n a": {
        "here": [
            "serviceaccounts pullsecret-puller: get",
            "serviceaccounts/token pullsecret-puller: create",
            "serviceaccounts: create",
            "rolebindings.rbac.authorization.k8s.io: create",
            "rolebindings.rbac.authorization.k8s.io pullsecret-puller: get",
            "clusterroles.rbac.authorization.k8s.io system:image-puller: bind",
        ],
        "a": [f"secrets {KEPT}: get", "secrets x: patch", "secrets: create"],
    },
    "create x --internal-registry --from shop --token-serviceaccount builder -n a": {
        "shop": ["serviceaccounts builder: get", "serviceaccounts/token builder: create"],
        "a": [f"secrets {KEPT}: get", "secrets x: patch", "secrets: create"],
    },
    "create x --internal-registry --from shop -n a --dry-run": {
        "shop": [
            "serviceaccounts pullsecret-puller: get",
            "rolebindings.rbac.authorization.k8s.io pullsecret-puller: get",
        ],
        "a": [f"secrets {KEPT}: get"],
    },
    "copy x --code-engine-project p --name {registry}": {"default": ["secrets x: get"]},
    "sync --code-engine-project p --from tools": {"default": ["secrets: list"], "tools": ["secrets: list"]},
    "doctor --from tools -n a": {"tools": ["secrets: list"], "a": ["pods: list"]},
}
"""A command line, and the rules by namespace."""


@pytest.mark.parametrize(("line", "expected"), NEEDED.items(), ids=NEEDED)
def test_a_use_needs_no_more_than_these_rules(line: str, expected: dict[str, list[str]]) -> None:
    usage = use_in(line)

    found = {grant.namespace: [rule_in_words(*entry) for entry in grant.rules.items()] for grant in grants_for(usage)}

    assert found == expected


def use_in(line: str) -> Usage:
    usage, _ = usage_in(line.replace("'", "").split(), "kubectl pullsecret")
    return replace(usage, namespace="here")


def rule_in_words(on: tuple[str, tuple[str, ...]], verbs: tuple[str, ...]) -> str:
    resource, names = on
    return f"{resource} {','.join(names)}".strip() + f": {' '.join(verbs)}"


def test_optional_permissions_are_granted_on_request_and_named_otherwise() -> None:
    usage = use_in("list -n a")

    purposes = [purpose for purpose, _ in left_out(usage)]
    (grant,) = grants_for(usage, with_optional=True)

    assert "fills the SERVICEACCOUNTS column" in purposes
    assert grant.rules == {
        ("secrets", ()): ("list",),
        ("namespaces", ("a",)): ("get",),
        ("serviceaccounts", ()): ("list",),
        ("rolebindings.rbac.authorization.k8s.io", ()): ("list",),
    }


@pytest.mark.parametrize(
    "line",
    ["version", "nope", "copy --nope", "check --from-file x", "copy a b --name c -n d", "list --code-engine-project p"],
)
def test_command_lines_without_permissions_are_refused(line: str) -> None:
    with pytest.raises(PullSecretError):
        use_in(line)


WARNINGS = {
    "copy x -n a": ["a token of any service account in namespace a."],
    "create x --username=u -A": ["a token of any service account in every namespace, which is nearly cluster-admin."],
    "list -A": ["the credentials and tokens in them, which is nearly cluster-admin."],
    "doctor --fix -n a": [
        "a token of any service account in namespace a.",
        "as any service account in namespace a.",
        "in namespace default reads the credentials and tokens in them.",
    ],
    "attach x -A": [],
    "verify x -n a": [],
}
"""What is said of a role that is close to more than the command needs."""


@pytest.mark.parametrize(("line", "ends"), WARNINGS.items(), ids=WARNINGS)
def test_roles_that_amount_to_more_say_so(line: str, ends: list[str]) -> None:
    usage = use_in(line)

    comments = [
        text
        for document in role_documents(usage, RoleOptions())
        for text in document.comment
        if text.startswith("Warning")
    ]

    assert [comment.endswith(end) for comment, end in zip(comments, ends, strict=True)] == [True] * len(ends)


def test_source_in_another_cluster_is_told_and_not_granted_here() -> None:
    documents = role_documents(use_in("copy x --from-context prod -n a"), RoleOptions())

    assert [mapping_at(document.body, "metadata").get("namespace") for document in documents] == ["a"]
    assert "Not included: secrets x: get in namespace default of the source's cluster." in documents[0].comment


def test_project_of_images_in_another_cluster_is_told_and_not_granted_here() -> None:
    line = "create x --internal-registry --from-context prod --from shop --token-serviceaccount b -n a"

    documents = role_documents(use_in(line), RoleOptions(with_optional=True))

    assert [mapping_at(document.body, "metadata").get("namespace") for document in documents] == ["a"]
    told = "\n".join(documents[0].comment)
    assert "Not included: serviceaccounts b: get; serviceaccounts/token b: create; namespaces: get; " in told
    assert "routes.route.openshift.io: list in namespace openshift-image-registry of the source's cluster." in told


EVERYWHERE = {
    "verify x -A": "because -A, -l and patterns are: name namespaces with -n",
    "create x --username=u -n a --create-namespaces": "because a Role needs one that exists: create them first",
    "list -n a --contexts prod-*": "needs in namespace a of each of its clusters.",
}


@pytest.mark.parametrize(("line", "told"), EVERYWHERE.items(), ids=EVERYWHERE)
def test_comment_says_where_a_grant_is_for_more_than_one_namespace(line: str, told: str) -> None:
    document, *_ = role_documents(use_in(line), RoleOptions())

    assert told in "\n".join(document.comment)


def test_bindings_of_other_subjects_and_roles_of_other_uses_have_other_names() -> None:
    names: list[str] = []
    for line in ("verify x -n a", "verify y -n a"):
        usage = use_in(line)
        for subject in (
            BoundSubject(kind="User", name="u"),
            BoundSubject(kind="ServiceAccount", name="u", namespace="n"),
        ):
            role, binding = (document.body for document in role_documents(usage, RoleOptions(subject=subject)))
            names += [name_of(role), name_of(binding)]

    assert len(set(names)) == 6
    assert all(name.startswith("pullsecret-verify-") for name in names)
