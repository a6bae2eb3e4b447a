"""The findings of manifests, each with its line: tables without a server, and with what would be in one."""

from __future__ import annotations

import json
import secrets
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
import yaml

from objects import all_icr_io, docker_config_secret, encoded, registry_entry, service_account
from pullsecret.actions.check_file import CheckedFilesView, CheckFileRequest, plan
from pullsecret.errors import ForbiddenError
from pullsecret.files.checked_files import CheckedFiles, read_checked_files
from pullsecret.model.check.observed import Inventory
from pullsecret.model.objects.objects import name_of
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.targets import Selection

if TYPE_CHECKING:
    from pathlib import Path

    from pullsecret.model.check.rule import Finding
    from pullsecret.model.objects.objects import Object

REG, OTHER = "registry.example.com", "other.example.net"


def workload(
    names: str = "[]", image: str = f"{REG}/team/app:1", *, account: str = "default", kind: str = "Deployment"
) -> str:
    api = {"Deployment": "apps/v1", "Rollout": "argoproj.io/v1alpha1"}[kind]
    return (
        f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: web}}\nspec:\n  template:\n    spec:\n"
        f"      serviceAccountName: {account}\n      imagePullSecrets: {names}\n"
        f'      containers:\n      - name: web\n        image: "{image}"\n'
    )


def account(names: str, name: str = "default") -> str:
    return f"apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}}}\nimagePullSecrets: {names}\n"


def secret(name: str, *keys: str, metadata: str = "") -> str:
    config = json.dumps({"auths": {key: registry_entry() for key in keys}})
    return (
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}{metadata}}}\n"
        f"type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: {encoded(config)}\n"
    )


def of_icr() -> str:
    """IBM Cloud's secret, with all of its regions."""
    return yaml.safe_dump({"apiVersion": "v1", **all_icr_io(secrets.token_urlsafe(33))})


def promise(kind: str, api: str, name: str, spec: str = "{}") -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"


SEALED = promise("SealedSecret", "bitnami.com/v1alpha1", "regcred")
NO_KEY = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ntype: kubernetes.io/dockercfg\n"
MISPLACED = workload().replace("spec:\n  template:", "spec:\n  imagePullSecrets: [{name: regcred}]\n  template:")
GENERATED = (
    "kind: Kustomization\nsecretGenerator: [{name: regcred, type: kubernetes.io/dockerconfigjson}]\nresources: [a]\n"
)
IN_A = f"apiVersion: v1\nkind: List\nitems:\n{indent(workload('[{name: regcred}]'), '    ')}".replace(
    "items:\n    api", "items:\n  - api"
).replace("{name: web}", "{name: web, namespace: a}")


def findings(path: Path, *documents: str, inventory: Inventory | None = None, private: bool = False) -> list[Finding]:
    file = path / "all.yaml"
    file.write_text("---\n".join(documents))
    request = CheckFileRequest(files=(str(file),), needs_private=private)
    namespace = "shop" if inventory else ""
    view = CheckedFilesView(files=read_checked_files(request.files), namespace=namespace, inventory=inventory)
    return list(plan(request, view).findings)


def codes(found: list[Finding]) -> list[tuple[str, int]]:
    return [(finding.code, finding.place.line if finding.place else 0) for finding in found]


GOOD = {
    "entry-and-image": (secret("regcred", REG), workload("[{name: regcred}]")),
    "by-the-account": (secret("regcred", REG), account("[{name: regcred}]"), workload()),
    "sealed": (SEALED, workload("[{name: regcred}]")),
    "sealed-of-unknown-type-is-not-judged": (SEALED, account("[{name: regcred}]"), workload()),
    "external": (promise("ExternalSecret", "external-secrets.io/v1", "regcred"), workload("[{name: regcred}]")),
    "kustomize": (GENERATED, workload("[{name: regcred}]")),
    "hidden-names": ("apiVersion: v1\nkind: ENC[x]\nsops: {mac: x}\n", workload("[{name: regcred}]")),
    "placeholder": (workload('[{name: "${SECRET}"}]', "${IMAGE}"),),
    "image-trigger": (workload(image=" "),),
    "official-image": (workload(image="nginx:1.29"),),
    "organization": (workload(image="acme/app:1"),),
    "one-of-several-images": (
        secret("regcred", REG),
        workload("[{name: regcred}]"),
        workload("[{name: regcred}]", "nginx"),
    ),
    "list-hides-nothing-that-is-needed": (
        secret("a", REG),
        secret("b", OTHER),
        account("[{name: b}]"),
        workload("[{name: a}]"),
    ),
    "other-regions-of-icr": (of_icr(), workload("[{name: all-icr-io}]", "us.icr.io/team/app")),
    "copied-by-reflector": (
        secret("x", REG, metadata=", namespace: b, annotations: {reflector.v1.k8s.emberstack.com/reflects: c/x}"),
    ),
    "hash-in-list": (secret("regcred-5g9b6h2ctk", REG), workload("[{name: regcred-5g9b6h2ctk}]")),
    "custom-kind-may-have-the-field-anywhere": (
        promise("Widget", "example.com/v1", "w", "{imagePullSecrets: [{name: any}]}"),
    ),
}


@pytest.mark.parametrize("documents", GOOD.values(), ids=GOOD.keys())
def test_good_manifests_have_no_findings(tmp_path: Path, documents: tuple[str, ...]) -> None:
    assert findings(tmp_path, *documents) == []


LOCAL = workload(image="app:1").replace("{name: web}", "{name: local}")

BAD: dict[str, tuple[tuple[str, ...], list[tuple[str, int]]]] = {
    "not-in-the-manifests": ((workload("[{name: gone}]"),), [("PS002", 8)]),
    "account-lists-what-is-not-there": ((account("\n- name: gone"),), [("PS002", 5)]),
    "in-another-namespace": ((IN_A, secret("regcred", REG, metadata=", namespace: b")), [("PS003", 11)]),
    "kustomize-did-not-rename-the-reference": (
        (secret("regcred-5g9b6h2ctk", REG), workload("[{name: regcred}]", kind="Rollout")),
        [("PS003", 15)],
    ),
    "hidden-credentials": (
        (
            secret("a", OTHER),
            secret("b", REG),
            account("[{name: b}]"),
            workload("[{name: a}]"),
            workload("[{name: a}]", f"{OTHER}/x"),
        ),
        [("PS004", 27)],
    ),
    "hidden-and-unknown": (
        (SEALED, secret("a", OTHER), account("[{name: regcred}]"), workload("[{name: a}]")),
        [("PS006", 11), ("PS005", 25)],
    ),
    "no-image-of-this-registry": ((secret("regcred", OTHER), workload("[{name: regcred}]")), [("PS006", 6)]),
    "subdomain": ((secret("regcred", "example.com"), workload("[{name: regcred}]")), [("PS006", 6)]),
    "key-with-its-own-problem": ((secret("regcred", f"{REG}/v2"), workload("[{name: regcred}]")), [("PS203", 6)]),
    "one-of-several-entries": ((secret("regcred", REG, OTHER), workload("[{name: regcred}]")), [("PS013", 6)]),
    "entry-for-another-path": (
        (
            secret("regcred", f"{REG}/team", f"{REG}/other"),
            workload("[{name: regcred}]"),
            workload("[{name: regcred}]", f"{REG}/shops/a"),
        ),
        [("PS013", 6), ("PS014", 30)],
    ),
    "image-without-entry": (
        (
            secret("regcred", f"{REG}/team"),
            workload("[{name: regcred}]"),
            workload("[{name: regcred}]", f"{REG}/shop/a"),
        ),
        [("PS014", 30)],
    ),
    "no-data": ((NO_KEY,), [("PS007", 4)]),
    "opaque": (
        (secret("regcred", REG).replace("kubernetes.io/dockerconfigjson", "Opaque"), workload("[{name: regcred}]")),
        [("PS501", 1)],
    ),
    "sealed-as-opaque": (
        (
            promise("SealedSecret", "bitnami.com/v1alpha1", "regcred", "{template: {type: Opaque}}"),
            workload("[{name: regcred}]"),
        ),
        [("PS501", 1)],
    ),
    "names-instead-of-objects": ((workload("[regcred]"),), [("PS008", 8)]),
    "one-object-instead-of-a-list": ((account("{name: regcred}"),), [("PS008", 4)]),
    "misplaced": ((MISPLACED,), [("PS009", 5)]),
    "invalid-image": ((workload(image=f"{REG}/Team/app"),), [("PS010", 11)]),
    "no-repository": ((workload(image=":1.0"),), [("PS010", 11)]),
    "limits-of-icr": ((workload(image="us.icr.io/abc/app"),), [("PS011", 11)]),
    "hub-without-organization": ((workload(image="app:1"),), [("PS012", 11)]),
    "nameless": ((workload('[{name: ""}]'),), [("PS603", 8)]),
    "nameless-of-account": ((account("[{}]"),), [("PS509", 4)]),
    "doubled": ((SEALED, account("[{name: regcred}, {name: regcred}]")), [("PS503", 9)]),
    "malformed": ((secret("regcred", REG).replace("json: eyJ", "json: eyJ$"),), [("PS101", 6)]),
}


@pytest.mark.parametrize(("documents", "expected"), BAD.values(), ids=BAD.keys())
def test_finding_has_its_line(tmp_path: Path, documents: tuple[str, ...], expected: list[tuple[str, int]]) -> None:
    assert codes(findings(tmp_path, *documents)) == expected


def in_cluster(*secrets: Object, accounts: tuple[Object, ...] = (), forbidden: bool = False) -> Inventory:
    def keyed(items: tuple[Object, ...], namespace: str = "shop") -> dict[tuple[str, str], Object]:
        return {(namespace, name_of(item)): item for item in items}

    error = ForbiddenError("secrets is forbidden", code=403, reason="Forbidden")
    observed = ObservedNamespaces(
        selection=Selection(names=("shop",)),
        secrets=Observed(present=keyed(secrets), unreadable={("shop", ""): error} if forbidden else {}),
        accounts=Observed(present=keyed(accounts)),
    )
    shared = docker_config_secret("shared", {REG: registry_entry()}, namespace="default")
    return Inventory(observed=observed, sources=Observed(present={("default", "shared"): shared}))


def there(name: str, *keys: str) -> Object:
    return docker_config_secret(name, {key: registry_entry() for key in keys}, namespace="shop")


CLUSTER = {
    "there": (workload("[{name: regcred}]"), in_cluster(there("regcred", REG)), []),
    "missing": (workload("[{name: gone}]"), in_cluster(), [("PS001", 8)]),
    "missing-for-account": (account("[{name: gone}]"), in_cluster(), [("PS502", 4)]),
    "may-not-be-read": (workload("[{name: gone}]"), in_cluster(forbidden=True), []),
    "namespace-with-a-placeholder": (
        workload("[{name: gone}]").replace("{name: web}", '{name: web, namespace: "${NAMESPACE}"}'),
        in_cluster(),
        [],
    ),
    "hides-the-list-in-the-cluster": (
        workload("[{name: a}]"),
        in_cluster(there("a", OTHER), there("b", REG), accounts=(service_account("default", ["b"]),)),
        [("PS004", 8)],
    ),
    "secrets-of-openshift-are-for-its-registry": (
        workload("[{name: a}]"),
        in_cluster(there("a", OTHER), accounts=(service_account("default", ["default-dockercfg-x7k2p"]),)),
        [],
    ),
}


@pytest.mark.parametrize(("document", "inventory", "expected"), CLUSTER.values(), ids=CLUSTER.keys())
def test_cluster_tells_what_is_there(
    tmp_path: Path, document: str, inventory: Inventory, expected: list[tuple[str, int]]
) -> None:
    assert codes(findings(tmp_path, document, inventory=inventory)) == expected


def test_missing_secret_may_be_copied_from_where_it_is(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, workload("[{name: shared}]"), inventory=in_cluster())

    assert found.fix is not None
    assert "shared" in repr(found.fix)
    (other,) = findings(tmp_path, workload("[{name: gone}]"), inventory=in_cluster())
    assert (other.fix, other.advice.startswith("add the secret to the manifests")) == (None, True)


def test_near_miss_is_explained(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, secret("regcred", "example.com"), workload("[{name: regcred}]"))

    assert found.registries == ("example.com",)
    assert found.message == (
        f"matches none of the images that are pulled with it: {REG}/team/app:1 of deployment/web; "
        "example.com: keys do not match subdomains"
    )


def test_short_name_is_compared_with_the_other_images(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, secret("regcred", REG), workload("[{name: regcred}]"), LOCAL)

    assert found.message == (
        f"has image app:1, which means Docker Hub: docker.io/library/app; {REG}/team/app:1 is in the manifests, too"
    )


def test_entry_that_nearly_matches_is_explained(tmp_path: Path) -> None:
    shop = workload("[{name: regcred}]", f"{REG}/shop/a")
    (found,) = findings(tmp_path, secret("regcred", f"{REG}/team"), workload("[{name: regcred}]"), shop)

    assert found.message.startswith(f"has image {REG}/shop/a, which no entry matches; ")
    assert found.message.endswith(f"({REG}/team in secret/regcred)")


def test_private_hosts_are_required_only_if_asked(tmp_path: Path) -> None:
    assert findings(tmp_path, workload(image="us.icr.io/team/app")) == []
    assert codes(findings(tmp_path, workload(image="us.icr.io/team/app"), private=True)) == [("PS508", 11)]


def test_thousand_objects_are_checked_quickly(tmp_path: Path) -> None:
    documents = [workload("[{name: regcred}]").replace("{name: web}", f"{{name: web-{n}}}") for n in range(1000)]
    file = tmp_path / "all.yaml"
    file.write_text("---\n".join([secret("regcred", REG), *documents]))
    content: CheckedFiles = read_checked_files((str(file),))

    assert len(content.declared.objects) == len(documents) + 1
    assert plan(CheckFileRequest(files=()), CheckedFilesView(files=content)).findings == ()
