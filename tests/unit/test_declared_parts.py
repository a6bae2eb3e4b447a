"""What manifests declare and promise: secrets, service accounts and workloads, each in its namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import deployment, docker_config_secret, made_up_password, service_account
from pullsecret.model.declared.declared import Declared, DeclaredObject
from pullsecret.model.declared.declared_parts import declared_parts
from pullsecret.model.declared.file_line import FileLine
from pullsecret.model.objects.objects import namespace_of
from pullsecret.model.objects.pod import account_of

if TYPE_CHECKING:
    from pullsecret.model.declared.declared_parts import DeclaredParts
    from pullsecret.model.objects.objects import Object

PULL = "kubernetes.io/dockerconfigjson"
ENCRYPTED = {".dockerconfigjson": "ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]"}


def secret(name: str, namespace: str = "", **fields: object) -> Object:
    home = {"namespace": namespace} if namespace else {}
    return {**docker_config_secret(name, {}, **home), **fields}


def parts(*objects: Object, namespace: str = "") -> DeclaredParts:
    place = FileLine(file="all.yaml", line=1)
    return declared_parts(
        Declared(objects=tuple(DeclaredObject(content=item, place=place) for item in objects)), namespace
    )


def custom(kind: str, api: str, spec: Object, name: str = "holder", namespace: str = "") -> Object:
    home = {"namespace": namespace} if namespace else {}
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **home}, "spec": spec}


PROMISED = {
    "sealed": (
        custom("SealedSecret", "bitnami.com/v1alpha1", {"template": {"type": PULL}}, "regcred", "a"),
        ("a", "regcred", PULL, "SealedSecret"),
    ),
    "sealed-without-type": (
        custom("SealedSecret", "bitnami.com/v1alpha1", {"encryptedData": {}}, "regcred", "a"),
        ("a", "regcred", "", "SealedSecret"),
    ),
    "external": (
        custom("ExternalSecret", "external-secrets.io/v1", {"target": {"name": "regcred"}}, namespace="a"),
        ("a", "regcred", "", "ExternalSecret"),
    ),
    "external-of-its-own-name": (
        custom("ExternalSecret", "external-secrets.io/v1beta1", {"target": {"template": {"type": PULL}}}, "regcred"),
        ("home", "regcred", PULL, "ExternalSecret"),
    ),
    "external-everywhere": (
        custom("ClusterExternalSecret", "external-secrets.io/v1", {"externalSecretName": "regcred"}),
        (None, "regcred", "", "ClusterExternalSecret"),
    ),
    "csi": (
        custom(
            "SecretProviderClass",
            "secrets-store.csi.x-k8s.io/v1",
            {"secretObjects": [{"secretName": "regcred", "type": PULL}]},
        ),
        ("home", "regcred", PULL, "SecretProviderClass"),
    ),
    "vault": (
        custom("VaultStaticSecret", "secrets.hashicorp.com/v1beta1", {"destination": {"name": "regcred"}}),
        ("home", "regcred", "", "VaultStaticSecret"),
    ),
    "sops": (
        secret("regcred", "b", data=ENCRYPTED, sops={"mac": "ENC[x]"}),
        ("b", "regcred", PULL, "SOPS"),
    ),
    "sops-with-encrypted-type": (
        secret("regcred", "b", type="ENC[AES256_GCM,x]", data=ENCRYPTED, sops={"mac": "ENC[x]"}),
        ("b", "regcred", "", "SOPS"),
    ),
    "argo-cd-vault-plugin": (
        secret("regcred", "b", data={".dockerconfigjson": "<path:kv/data/registry#config>"}),
        ("b", "regcred", PULL, "a placeholder"),
    ),
    "flux-substitution": (
        secret("regcred", "b", data={".dockerconfigjson": "${DOCKER_CONFIG}"}),
        ("b", "regcred", PULL, "a placeholder"),
    ),
    "kustomize": (
        {"kind": "Kustomization", "namespace": "k", "secretGenerator": [{"name": "regcred", "type": PULL}]},
        ("k", "regcred", PULL, "secretGenerator"),
    ),
    "kustomize-opaque": (
        {"kind": "Kustomization", "secretGenerator": [{"name": "regcred"}]},
        (None, "regcred", "Opaque", "secretGenerator"),
    ),
}


@pytest.mark.parametrize(("item", "expected"), PROMISED.values(), ids=PROMISED.keys())
def test_a_promised_secret_counts_without_content(item: Object, expected: tuple[str | None, str, str, str]) -> None:
    (found,) = parts(item, namespace="home").secrets

    assert (found.namespace, found.name, found.type, found.promised_by) == expected
    assert found.content is None


NO_PROMISE = {
    "external-merge": custom(
        "ExternalSecret", "external-secrets.io/v1", {"target": {"name": "x", "creationPolicy": "Merge"}}
    ),
    "other-group": custom("SealedSecret", "example.com/v1", {}),
    "generator": custom("ECRAuthorizationToken", "generators.external-secrets.io/v1alpha1", {"region": "x"}),
    "flux-kustomization": custom("Kustomization", "kustomize.toolkit.fluxcd.io/v1", {"path": "./"}),
}


@pytest.mark.parametrize("item", NO_PROMISE.values(), ids=NO_PROMISE.keys())
def test_what_creates_no_secret_promises_none(item: Object) -> None:
    assert parts(item).secrets == ()
    assert not parts(item).has_hidden_names


def test_names_that_sops_encrypted_are_known_to_be_hidden() -> None:
    hidden = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "ENC[AES256_GCM,x]"}, "sops": {"mac": "x"}}

    found = parts({**hidden, "kind": "ENC[x]"})

    assert found.has_hidden_names
    assert found.secrets == ()
    assert not parts(secret("regcred", "b", sops={"mac": "x"})).has_hidden_names


def test_secret_is_as_the_api_server_stores_it() -> None:
    password = made_up_password()
    plain = secret("regcred", stringData={".dockerconfigjson": f'{{"auths":{{"{password}":1}}}}'})

    (found,) = parts(plain, namespace="a").secrets

    assert found.content is not None
    assert "stringData" not in found.content
    assert namespace_of(found.content) == "a"
    assert password not in repr(parts(plain))


def test_secret_is_found_by_namespace_where_both_are_known() -> None:
    found = parts(secret("one", "a"), secret("two"))

    assert found.secret("a", "one")
    assert found.secret("", "one")
    assert not found.secret("b", "one")
    assert found.secret("b", "two")
    assert not found.secret("a", "three")


def test_workload_has_its_pods_in_its_namespace() -> None:
    spec = {"serviceAccount": "builder", "containers": [{"name": "web", "image": "x"}]}
    workload = {"apiVersion": "apps/v1", **deployment("web", {"spec": spec})}

    found = parts(workload, service_account("builder"), namespace="a")

    (work,), (account,) = found.workloads, found.accounts
    assert (work.subject, work.namespace) == ("deployment/web", "a")
    assert [(namespace_of(one.pod), account_of(one.pod)) for one in work.templates] == [("a", "builder")]
    assert (account.namespace, account.name) == ("a", "builder")
    assert found.account("", "builder") == account
