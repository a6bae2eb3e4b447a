"""allow-pull writes RoleBindings to system:image-puller; what the API server then allows is asked of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import docker_config_secret, made_up_password, named, registry_entry, rule, service_account
from rights import GROUP, Grant

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from rights import Rights

PULLER = {"apiGroup": GROUP, "kind": "ClusterRole", "name": "system:image-puller"}


@pytest.fixture
def api(openshift: OpenShift) -> Api:
    """The OpenShift cluster's."""
    return openshift.api


def may_pull(
    api: Api, images: str, project: str, account: str = "default", verb: str = "get", *, is_wanted: bool = True
) -> bool:
    """Whether the registry would let a service account pull, asked as it asks: on the layers of an image stream.

    The server's authorizer learns of a binding a moment after it is written: what is wanted is waited for.
    """

    def is_allowed() -> bool:
        return _is_allowed(api, images, project, account, verb)

    until(lambda: is_allowed() is is_wanted, f"the right of {account} in {project} to be {is_wanted}")
    return is_wanted


def _is_allowed(api: Api, images: str, project: str, account: str, verb: str) -> bool:
    resource = {"group": "image.openshift.io", "resource": "imagestreams", "subresource": "layers", "name": "web"}
    spec = {
        "user": f"system:serviceaccount:{project}:{account}",
        "groups": ["system:serviceaccounts", f"system:serviceaccounts:{project}", "system:authenticated"],
        "resourceAttributes": {**resource, "verb": verb, "namespace": images},
    }
    return bool(api.create({"kind": "SubjectAccessReview", "metadata": {}, "spec": spec})["status"]["allowed"])


def account(name: str, project: str) -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": project}


def group(name: str) -> Object:
    return {"apiGroup": GROUP, "kind": "Group", "name": name}


def binding(name: str, *subjects: Object, role: Object = PULLER, **metadata: object) -> Object:
    body = {**named("RoleBinding", name), "metadata": {"name": name, **metadata}}
    return {**body, "roleRef": role, "subjects": list(subjects)}


def name_for(project: str) -> str:
    return f"pullsecret-image-puller-{project}"


def bindings_in(api: Api, project: str) -> dict[str, list[Object]]:
    return {item["metadata"]["name"]: item.get("subjects", []) for item in api.list("RoleBinding", project)}


def test_all_accounts_of_a_project_may_pull_and_nothing_else(
    api: Api, os_pullsecret: Program, projects: Namespaces
) -> None:
    images, prod, other = projects(3)

    result = os_pullsecret("allow-pull", "--from", images, "-n", prod)

    assert (result.stdout, result.stderr) == (f"rolebinding/{name_for(prod)} created in namespace {images}\n", "")
    made = api.read("RoleBinding", name_for(prod), images)
    assert made["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "kubectl-pullsecret",
        "kubectl-pullsecret/managed": "true",
    }
    assert (made["roleRef"], made["subjects"]) == (PULLER, [group(f"system:serviceaccounts:{prod}")])
    assert may_pull(api, images, prod)
    assert may_pull(api, images, prod, "created-later")
    assert not may_pull(api, images, prod, verb="update", is_wanted=False)
    assert not may_pull(api, images, other, is_wanted=False)
    assert not may_pull(api, other, prod, is_wanted=False)

    again = os_pullsecret("allow-pull", "--from", images, "-n", prod)
    assert again.stdout == f"rolebinding/{name_for(prod)} unchanged in namespace {images}\n"


def test_named_accounts_are_merged_into_one_binding_and_no_subject_is_lost(
    api: Api, os_pullsecret: Program, projects: Namespaces
) -> None:
    images, prod = projects(2)
    for name in ("web", "batch"):
        api.create(service_account(name), prod)
    os_pullsecret("allow-pull", "--from", images, "-n", prod, "--serviceaccount", "web")
    by_hand = {"apiGroup": GROUP, "kind": "User", "name": "alice"}
    api.patch("RoleBinding", name_for(prod), {"subjects": [by_hand, account("web", prod)]}, images)

    result = os_pullsecret("allow-pull", "--from", images, "-n", prod, "--serviceaccount", "batch,web")

    assert result.stdout == f"rolebinding/{name_for(prod)} configured in namespace {images}\n"
    subjects = bindings_in(api, images)[name_for(prod)]
    assert subjects == [by_hand, account("web", prod), account("batch", prod)]
    assert may_pull(api, images, prod, "batch")
    assert not may_pull(api, images, prod, is_wanted=False)


def test_accounts_that_are_allowed_at_the_same_time_are_all_in_the_binding(
    api: Api, os_pullsecret: Program, projects: Namespaces
) -> None:
    images, prod = projects(2)
    accounts = [f"worker-{number}" for number in range(8)]

    with ThreadPoolExecutor(len(accounts)) as pool:
        words = ("allow-pull", "--from", images, "-n", prod, "--serviceaccount")
        results = list(pool.map(lambda name: os_pullsecret(*words, name), accounts))

    dones = sorted(result.stdout.split()[1] for result in results)
    assert dones == [*["configured"] * 7, "created"]
    subjects = bindings_in(api, images)[name_for(prod)]
    assert sorted(subject["name"] for subject in subjects) == accounts
    with ThreadPoolExecutor(len(accounts)) as pool:
        list(pool.map(lambda name: os_pullsecret(*words, name, "--revoke"), accounts))
    assert bindings_in(api, images) == {}


def test_account_that_does_not_exist_is_allowed_with_a_warning(os_pullsecret: Program, projects: Namespaces) -> None:
    images, prod = projects(2)

    result = os_pullsecret("allow-pull", "--from", images, "-n", prod, "--serviceaccount", "late")

    assert result.stderr == f"warning: serviceaccount/late in namespace {prod} does not exist yet\n"


def test_right_that_is_there_already_is_named_and_nothing_is_written(
    api: Api, os_pullsecret: Program, projects: Namespaces
) -> None:
    images, prod = projects(2)
    api.create(binding("system:image-puller-0", account("default", prod)), images)

    result = os_pullsecret("allow-pull", "--from", images, "-n", prod, "--serviceaccount", "default")

    assert result.stdout == f"rolebinding/system:image-puller-0 unchanged in namespace {images}\n"
    assert result.stderr == (
        f"note: rolebinding/system:image-puller-0 in namespace {images} already allows "
        f"serviceaccount/default of project {prod} to pull\n"
    )
    assert set(bindings_in(api, images)) == {"system:image-puller-0"}


@pytest.mark.parametrize(
    ("labels", "role", "reason"),
    [
        ({}, {**PULLER, "name": "view"}, "is not for clusterrole/system:image-puller"),
        ({"kubectl-pullsecret/managed": "true"}, {**PULLER, "name": "admin"}, "is not for clusterrole"),
        ({}, PULLER, "is not managed by kubectl-pullsecret"),
    ],
    ids=["another-role", "our-label-on-another-role", "of-another-user"],
)
def test_binding_of_the_name_that_others_made_is_never_changed(
    api: Api, os_pullsecret: Program, projects: Namespaces, labels: Object, role: Object, reason: str
) -> None:
    images, prod = projects(2)
    api.create(binding(name_for(prod), group("others"), role=role, labels=labels), images)
    before = api.read("RoleBinding", name_for(prod), images)

    for words in ((), ("--revoke",)):
        result = os_pullsecret("allow-pull", "--from", images, "-n", prod, *words, expect=1)

        assert f'rolebindings "{name_for(prod)}" in namespace {images} {reason}' in result.stderr
    assert api.read("RoleBinding", name_for(prod), images) == before


def test_revoke_removes_what_was_allowed_and_names_what_still_allows_it(
    api: Api, os_pullsecret: Program, projects: Namespaces
) -> None:
    images, prod = projects(2)
    for name in ("web", "batch"):
        api.create(service_account(name), prod)
    os_pullsecret("allow-pull", "--from", images, "-n", prod, "--serviceaccount", "web,batch")
    api.create(binding("editors", account("web", prod), role={**PULLER, "name": "edit"}), images)

    one = os_pullsecret("allow-pull", "--from", images, "-n", prod, "--serviceaccount", "batch", "--revoke")
    assert one.stdout == f"rolebinding/{name_for(prod)} configured in namespace {images}\n"
    assert bindings_in(api, images)[name_for(prod)] == [account("web", prod)]

    rest = os_pullsecret("allow-pull", "--from", images, "-n", prod, "--revoke")
    assert rest.stdout == f"rolebinding/{name_for(prod)} deleted in namespace {images}\n"
    assert rest.stderr == (
        f"warning: rolebinding/editors (edit) in namespace {images} still allows all service accounts of project "
        f"{prod} to pull\n"
    )
    assert set(bindings_in(api, images)) == {"editors"}
    assert not may_pull(api, images, prod, "batch", is_wanted=False)

    again = os_pullsecret("allow-pull", "--from", images, "-n", prod, "--revoke")
    assert again.stdout == ""
    assert f"note: no rolebinding of allow-pull for project {prod} in namespace {images}" in again.stderr


def test_revoke_works_for_a_project_that_is_gone(api: Api, os_pullsecret: Program, projects: Namespaces) -> None:
    (images,) = projects(1)
    gone = f"{images}-gone"
    labels = {"kubectl-pullsecret/managed": "true"}
    api.create(binding(name_for(gone), group(f"system:serviceaccounts:{gone}"), labels=labels), images)

    os_pullsecret("allow-pull", "--from", images, "-n", gone, expect=1)
    result = os_pullsecret("allow-pull", "--from", images, "-n", gone, "--revoke")

    assert result.stdout == f"rolebinding/{name_for(gone)} deleted in namespace {images}\n"


def test_projects_of_a_rule_are_asked_about_and_system_namespaces_left_out(
    api: Api, os_pullsecret: Program, projects: Namespaces
) -> None:
    (images,) = projects(1)
    team = projects(2, labels={"team": images})

    refused = os_pullsecret("allow-pull", "--from", images, "-l", f"team={images}", expect=1)
    assert "allowing by -A, -l or a pattern asks for confirmation" in refused.stderr
    assert bindings_in(api, images) == {}

    dry = os_pullsecret("allow-pull", "--from", images, "-A", "--dry-run=client")
    assert "openshift-config" not in dry.stdout
    assert "system namespaces; use --include-system to include them" in dry.stderr

    os_pullsecret("allow-pull", "--from", images, "-l", f"team={images}", "--yes")
    assert set(bindings_in(api, images)) == set(map(name_for, team))

    os_pullsecret("allow-pull", "--from", images, "-A", "--revoke", expect=1)
    os_pullsecret("allow-pull", "--from", images, "-A", "--revoke", "--yes")
    assert bindings_in(api, images) == {}


def test_dry_runs_and_diff_write_nothing_and_manifests_can_be_applied(
    api: Api, os_pullsecret: Program, os_kubectl: Program, projects: Namespaces
) -> None:
    images, prod = projects(2)
    words = ("allow-pull", "--from", images, "-n", prod)

    line = f"rolebinding/{name_for(prod)} created in namespace {images}"
    assert os_pullsecret(*words, "--dry-run=client").stdout == f"{line} (dry run)\n"
    assert os_pullsecret(*words, "--dry-run=server").stdout == f"{line} (server dry run)\n"
    difference = os_pullsecret(*words, "--diff", expect=1).stdout
    assert f"+  name: {name_for(prod)}" in difference
    manifest = os_pullsecret(*words, "--dry-run=client", "-o", "yaml").stdout
    assert bindings_in(api, images) == {}

    os_kubectl("apply", "--server-side", "-f", "-", input=manifest)
    assert may_pull(api, images, prod)
    document = json.loads(os_pullsecret(*words, "-o", "json").stdout)
    (item,) = document["items"]
    assert (item["kind"], item["name"], item["result"]) == ("RoleBinding", name_for(prod), "unchanged")
    assert os_pullsecret(*words, "-o", "name").stdout == f"rolebinding/{name_for(prod)}\n"


def test_user_who_may_not_grant_learns_what_to_ask_for(
    os_pullsecret: Program, os_restricted: Rights, projects: Namespaces
) -> None:
    images, prod = projects(2)
    bindings = rule("get list create patch", "rolebindings", group=GROUP)
    may_read = os_restricted(Grant(rule("list", "rolebindings", group=GROUP), namespace=images))
    may_bind = os_restricted(Grant(bindings, namespace=images))
    nothing = os_restricted(Grant(rule("get", "pods"), namespace=prod))

    for kubeconfig in (may_read, may_bind, nothing):
        words = ("allow-pull", "--from", images, "-n", prod, "--serviceaccount", "default")
        result = os_pullsecret(*words, kubeconfig=kubeconfig, expect=1)

        error, hint = result.stderr.splitlines()[-2:]
        assert error.startswith("Error from server (Forbidden): rolebindings.rbac.authorization.k8s.io ")
        assert hint == (
            f"ask an administrator of project {images} to run: "
            f"kubectl pullsecret allow-pull --from={images} -n {prod} --serviceaccount=default"
        )


@pytest.mark.parametrize("flags", [(), ("--serviceaccount", "default"), ("--revoke",)], ids=" ".join)
def test_permissions_of_the_table_suffice(
    api: Api, os_pullsecret: Program, os_restricted: Rights, projects: Namespaces, flags: tuple[str, ...]
) -> None:
    images, prod = projects(2)
    if "--revoke" in flags:
        os_pullsecret("allow-pull", "--from", images, "-n", prod)
    words = ("allow-pull", "--from", images, "-n", prod, *flags)
    kubeconfig = os_restricted.printed(os_pullsecret, words)

    result = os_pullsecret(*words, kubeconfig=kubeconfig)

    assert result.stderr == ""
    is_wanted = "--revoke" not in flags
    assert may_pull(api, images, prod, is_wanted=is_wanted) is is_wanted


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-n", "a"), "--from is required: the project of the images"),
        (("--from", "A_b", "-n", "a"), 'invalid --from "A_b": a lowercase RFC 1123 label must consist of'),
        (("--from", "default"), "no target project; name one with -n, or select several with -l or -A"),
        (("--from", "default", "-n", "nowhere"), 'namespaces "nowhere" not found'),
    ],
)
def test_what_cannot_be_meant_is_refused(os_pullsecret: Program, words: tuple[str, ...], said: str) -> None:
    assert said in os_pullsecret("allow-pull", *words, expect=1).stderr


def generated_secret(name: str, account_name: str) -> Object:
    """The pull secret of a service account as OpenShift generates it."""
    entry = {"image-registry.openshift-image-registry.svc:5000": registry_entry("<token>")}
    marks = {"openshift.io/internal-registry-auth-token.service-account": account_name}
    return docker_config_secret(name, entry, annotations=marks)


def test_list_and_describe_show_what_is_allowed(
    api: Api, os_pullsecret: Program, os_restricted: Rights, projects: Namespaces
) -> None:
    images, prod = projects(2)
    for project in (images, prod):
        api.create(generated_secret("default-dockercfg-abcde", "default"), project)
    os_pullsecret("allow-pull", "--from", images, "-n", prod, "--serviceaccount", "default")

    for project in (images, prod):
        rows = [line.split() for line in os_pullsecret("list", "-n", project).stdout.partition("\n\n")[2].splitlines()]
        assert rows[0] == ["IMAGES", "OF", "PROJECT", "SERVICEACCOUNTS", "ROLEBINDING", "AGE"]
        assert rows[1][:4] == [images, prod, "default", name_for(prod)]
        (grant,) = json.loads(os_pullsecret("list", "-n", project, "-o", "json").stdout)["imageGrants"]
        assert (grant["namespace"], grant["project"], grant["serviceAccounts"]) == (images, prod, ["default"])

    described = os_pullsecret("describe", "default-dockercfg-abcde", "-n", prod).stdout
    assert f"Images Of:\n  project {images} (rolebinding/{name_for(prod)})\n" in described
    assert "Images Of" not in os_pullsecret("describe", "default-dockercfg-abcde", "-n", images).stdout

    few = Grant(rule("list", "secrets"), rule("list", "serviceaccounts"), namespace=prod)
    kubeconfig = os_restricted(few)
    shown = os_pullsecret("list", "-n", prod, "-o", "wide", kubeconfig=kubeconfig)
    assert "note: not allowed to list rolebindings; what allow-pull allows is not shown\n" in shown.stderr
    assert os_pullsecret("list", "-n", prod, kubeconfig=kubeconfig).stderr == ""


@pytest.mark.parametrize(
    "words",
    [
        ("copy", "default-dockercfg-abcde", "--from", "{images}", "-n", "{prod}", "--check=off"),
        ("copy", "mine", "--from", "{images}", "--name", "default-dockercfg-abcde", "-n", "{prod}", "--overwrite"),
        ("create", "default-dockercfg-abcde", "--registry=r.example", "--username=u", "-n", "{prod}"),
        ("entitled", "default-dockercfg-abcde", "--key-env=A", "-n", "{prod}"),
        ("attach", "default-dockercfg-abcde", "--serviceaccount=web", "-n", "{prod}", "--check=off"),
        ("attach", "default-dockercfg-abcde", "--all-serviceaccounts", "-n", "{prod}"),
        ("delete", "default-dockercfg-abcde", "-n", "{prod}"),
        ("rotate", "default-dockercfg-abcde", "--from={prod}", "-n", "{prod}", "--yes"),
    ],
    ids=lambda words: "-".join(words[:2]),
)
def test_no_command_touches_a_generated_secret(
    api: Api, os_pullsecret: Program, projects: Namespaces, words: tuple[str, ...]
) -> None:
    images, prod = projects(2)
    for project in (images, prod):
        api.create(generated_secret("default-dockercfg-abcde", "default"), project)
    api.create(docker_config_secret("mine", {"r.example": registry_entry()}), images)
    api.create(service_account("web"), prod)
    hard = ("--overwrite", "--recreate", "--force-conflicts") if words[0] in ("copy", "create", "entitled") else ()
    credential = ("--password-env=A",) if words[0] in ("create", "rotate") else ()
    before = {project: api.read("Secret", "default-dockercfg-abcde", project) for project in (images, prod)}

    line = [word.format(images=images, prod=prod) for word in words]
    env = {"A": f"eyJ{made_up_password()}.x.x"}
    result = os_pullsecret(*dict.fromkeys((*line, *hard)), *credential, env=env, expect=1)

    assert "OpenShift" in result.stderr
    assert {project: api.read("Secret", "default-dockercfg-abcde", project) for project in before} == before
    assert api.list("Secret", prod, fieldSelector="metadata.name!=default-dockercfg-abcde") == []
    assert not api.read("ServiceAccount", "web", prod).get("imagePullSecrets")
