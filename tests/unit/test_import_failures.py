"""What helps an import that failed, by what OpenShift used and what the registry said."""

from __future__ import annotations

import pytest

from objects import all_icr_io, docker_config_secret, registry_entry
from pullsecret.model.openshift.image_imports import ImportResult
from pullsecret.model.openshift.import_credential import ImportCredential
from pullsecret.model.openshift.import_failures import FailedImport, would_use
from pullsecret.model.request.suggested_command import CommandStyle, typed

IMAGE, INTERNAL = "us.icr.io/acme/web:1", "image-registry.openshift-image-registry.svc:5000/shop/web:1"
REFUSED = ImportResult(reason="Unauthorized", message="you may not have access")
DENIED = ImportResult(reason="InternalError", message=f"Internal error occurred: {IMAGE}: denied: no")
ABSENT = ImportResult(reason="NotFound", message="not found")
NOTHING, USED = ImportCredential(), ImportCredential(name="regcred", server="https://us.icr.io/v2/")
ADVICE = {
    "no entry": (IMAGE, REFUSED, NOTHING, "create us-icr-io --registry=us.icr.io --username=USER -n team-a"),
    "an entry that a longer key goes before": (
        IMAGE,
        DENIED,
        USED,
        "create us-icr-io-acme-web --registry=us.icr.io/acme/web --username=USER -n team-a",
    ),
    "an entry that no key goes before": (IMAGE, REFUSED, ImportCredential(name="x", server="us.icr.io/acme/web"), ""),
    "secrets that may not be read": (IMAGE, REFUSED, None, ""),
    "no such image": (IMAGE, ABSENT, USED, ""),
    "another project's image": (INTERNAL, REFUSED, NOTHING, "allow-pull --from=shop -n team-a"),
    "Docker Hub": ("acme/app:1", REFUSED, NOTHING, "create docker-io --registry=docker.io --username=USER -n team-a"),
    "a malformed secret": (IMAGE, DENIED, ImportCredential(name="x", malformed="odd"), "check x -n team-a"),
}


@pytest.mark.parametrize(("image", "outcome", "used", "command"), ADVICE.values(), ids=ADVICE)
def test_advice(image: str, outcome: ImportResult, used: ImportCredential | None, command: str) -> None:
    advice = FailedImport(project="team-a", image=image, outcome=outcome, used=used).advice

    line = typed(advice[1], CommandStyle()) if advice else ""
    assert line == (f"kubectl pullsecret {command}" if command else "")


def test_the_clusters_own_secret_is_copied_where_it_would_be_used() -> None:
    failed = FailedImport(project="team-a", image=IMAGE, outcome=REFUSED, used=NOTHING, is_in_shared=True)

    assert failed.advice is not None
    assert typed(failed.advice[1], CommandStyle()) == "kubectl pullsecret copy all-icr-io --from=default --to=team-a"


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("regcred", "other.example", True),
        ("regcred", "us.icr.io", True),  # the first name of equal keys
        ("a", "us.icr.io", False),
        ("regcred", "us.icr.io/acme", False),
        ("all-icr-io", "other.example", False),
    ],
)
def test_a_copy_is_used_by_its_key_and_name(name: str, key: str, *, expected: bool) -> None:
    assert would_use(all_icr_io("x"), [docker_config_secret(name, {key: registry_entry()})], IMAGE) is expected
