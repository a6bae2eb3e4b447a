"""The secrets that OpenShift generates for service accounts: which ones they are, and that nothing is done to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry
from pullsecret.actions.attach import AttachRequest, refusal_of
from pullsecret.actions.composed.project_copy import plan as project_plan
from pullsecret.actions.copy import CopyRequest
from pullsecret.errors import RefusedError
from pullsecret.model.ibmcloud.code_engine import Project
from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
from pullsecret.model.objects.generated_secrets import account_of_generated, is_account_token, is_written_by_openshift
from pullsecret.model.objects.objects import merged
from pullsecret.model.objects.pullsecret import MANAGED, ReplacePolicy, built, copied, in_namespace
from pullsecret.model.owners.managed_secret import is_ours
from pullsecret.model.plan.existing_secret import NewSecret, placed
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.rotation import check_source
from pullsecret.model.request.command_request import Attachment, CheckLevel

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.model.objects.objects import Object

HOST = "image-registry.openshift-image-registry.svc:5000"
PROJECT = Project(id="1", name="p", region="us-south")
OWNER = {"apiVersion": "v1", "kind": "ServiceAccount", "name": "web", "uid": "9"}
REFUSAL = (
    'secrets "web-dockercfg-abcde" in namespace team is OpenShift\'s own, which renews it for serviceaccount/web; '
    "it is never copied, changed, deleted or attached elsewhere"
)


def secret(name: str = "web-dockercfg-abcde", **metadata: object) -> Object:
    entry = registry_entry("<token>")
    body = docker_config_secret(name, {HOST: entry}, namespace="team")
    return merged(body, {"metadata": metadata})


MARKED = secret(annotations={"openshift.io/internal-registry-auth-token.service-account": "web"})
OWNED = secret(ownerReferences=[OWNER])

KINDS = {
    "marked": (MARKED, True, "web"),
    "owned-with-its-name": (OWNED, True, "web"),
    "before-4.16": (
        secret(annotations={"openshift.io/token-secret.name": "t", "kubernetes.io/service-account.name": "web"}),
        True,
        "web",
    ),
    "name-alone": (secret(), False, ""),
    "owned-with-another-name": (secret("pull", ownerReferences=[OWNER]), False, "web"),
    "left-out-of-imports": (secret("pull", annotations={"openshift.io/image.excludeSecret": "true"}), False, ""),
}


@pytest.mark.parametrize(("item", "is_generated", "account"), KINDS.values(), ids=KINDS)
def test_generated_secret_is_recognized(item: Object, is_generated: bool, account: str) -> None:
    assert is_written_by_openshift(item) is is_generated
    assert account_of_generated(item) == account


def test_secret_with_the_name_alone_is_no_source_but_may_be_written() -> None:
    assert is_account_token(secret())
    assert not is_written_by_openshift(secret())


def put_over(item: Object) -> object:
    new = NewSecret(secret=in_namespace(built("web-dockercfg-abcde", b'{"auths":{}}'), "team"))
    return placed(item, new, ReplacePolicy(overwrite=True, recreate=True, force_conflicts=True))


def put_into_project(item: Object) -> object:
    return project_plan(CopyRequest(), (), [(item, "")], ProjectSecrets(project=PROJECT))


WAYS: dict[str, Callable[[Object], object]] = {
    "copy": partial(copied, name="x", namespace="b"),
    "copy-to-code-engine": put_into_project,
    "write-over": put_over,
    "rotate": check_source,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("item", [MARKED, OWNED], ids=["marked", "owned"])
def test_generated_secret_is_refused_whatever_is_asked_for(way: Callable[[Object], object], item: Object) -> None:
    with pytest.raises(RefusedError) as caught:
        way(item)

    assert (caught.value.message, caught.value.hint) == (
        REFUSAL,
        "to let pods pull images of another project, use allow-pull; no secret is needed",
    )


def test_generated_secret_with_our_label_is_not_ours() -> None:
    assert is_ours(secret(labels={MANAGED: "true"}))
    assert not is_ours(merged(OWNED, {"metadata": {"labels": {MANAGED: "true"}}}))


@pytest.mark.parametrize(
    ("attachment", "is_refused"),
    [
        (Attachment(accounts=("web",)), False),
        (Attachment(accounts=("web",), fields=("secrets",)), False),
        (Attachment(accounts=("default",)), True),
        (Attachment(accounts=("web", "default")), True),
        (Attachment(every=True), True),
    ],
)
def test_generated_secret_is_attached_to_its_own_account_only(attachment: Attachment, is_refused: bool) -> None:
    request = AttachRequest(names=("web-dockercfg-abcde",), attachment=attachment, check_level=CheckLevel.OFF)
    observed = ObservedNamespaces(secrets=Observed(present={("team", "web-dockercfg-abcde"): OWNED}))

    refusal = refusal_of("team", "web-dockercfg-abcde", request, observed)

    assert (refusal is not None and refusal.message == REFUSAL) is is_refused
