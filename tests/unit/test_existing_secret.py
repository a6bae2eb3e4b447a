"""What becomes of a secret that exists already under the name of the one to write: the whole table."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import partial

import pytest

from objects import docker_config_secret, encoded, registry_entry
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import LAST_APPLIED, Object, mapping_at, mappings_at, merged, text_at
from pullsecret.model.objects.pullsecret import (
    MANAGED,
    ReplacePolicy,
    built,
    copied,
    holds_same,
    in_namespace,
    is_proven,
    must_be_recreated,
)
from pullsecret.model.openshift.global_secrets import SECRETS_OF_NODES
from pullsecret.model.owners.managed_secret import is_ours
from pullsecret.model.plan.existing_secret import NewSecret, placed, write_consequences

MANAGED_BY = "app.kubernetes.io/managed-by"
OLD, BETWEEN, LATER = "2026-11-01T10:00:00Z", "2026-11-02T10:00:00Z", "2026-11-03T10:00:00Z"
OWNED_DATA: Object = {"f:data": {"f:.dockerconfigjson": {}}, "f:type": {}}
OWNED_LABEL: Object = {"f:metadata": {"f:labels": {}}}


def docker_config(*hosts: str, password: str = "old") -> bytes:  # noqa: S107  a word, not a password
    return json.dumps({"auths": {host: registry_entry("puller", password) for host in hosts}}).encode()


def written_by(manager: str, time: str = OLD, fields: Object = OWNED_DATA) -> dict[str, object]:
    return {"manager": manager, "operation": "Update", "time": time, "fieldsV1": fields}


def there(*hosts: str, by: str = "kubectl-create", **change: object) -> Object:
    """An existing secret as the server sends it, with an old password, whose data a field manager owns."""
    found = in_namespace(built("x", docker_config(*hosts or ("reg.example",))), "team")
    more: Object = {"uid": "1", "resourceVersion": "7", "labels": {"app": "shop"}, "managedFields": [written_by(by)]}
    bare = {**found, "metadata": {"name": "x", "namespace": "team", **more}}
    return merged(bare, change)


def ours(*hosts: str, **change: object) -> Object:
    return merged(there(*hosts, by="pullsecret", metadata={"labels": {MANAGED: "true"}}), change)


def source(password: str, uid: str = "s") -> Object:
    return docker_config_secret("x", {"reg.example": registry_entry("puller", password)}, namespace="default", uid=uid)


def existing_copy(password: str = "old", uid: str = "s", **change: object) -> Object:  # noqa: S107  as above
    made = copied(source(password, uid), "x", "team")
    return merged(made, {"metadata": {"managedFields": [written_by("pullsecret")], "uid": "1"}, **change})


def new_copy(*, is_named: bool = True) -> NewSecret:
    home = source("new")
    return NewSecret(secret=copied(home, "x", "team"), is_proof_of=partial(is_proven, source=home), is_named=is_named)


NEW = NewSecret(secret=in_namespace(built("x", docker_config("reg.example", password="new")), "team"))  # noqa: S106
WIDER = NewSecret(secret=in_namespace(built("x", docker_config("reg.example", "two.example")), "team"))
COPY, COPY_EVERYWHERE = new_copy(), new_copy(is_named=False)
SAME = there(data=NEW.secret["data"])

NO, OVERWRITE, RECREATE = ReplacePolicy(), ReplacePolicy(overwrite=True), ReplacePolicy(recreate=True)
FORCE, BOTH = ReplacePolicy(force_conflicts=True), ReplacePolicy(overwrite=True, recreate=True)
ALL = ReplacePolicy(overwrite=True, recreate=True, force_conflicts=True)

HELM = there(metadata={"labels": {MANAGED_BY: "Helm"}, "annotations": {"meta.helm.sh/release-name": "app"}}, by="helm")
ESO = ours(metadata={"ownerReferences": [{"kind": "ExternalSecret", "name": "icr-pull", "controller": True}]})
EDITED = ours(
    metadata={"managedFields": [written_by("pullsecret", OLD, OWNED_LABEL), written_by("kubectl-edit", LATER)]}
)
TAKEN_OVER = ours(
    metadata={"managedFields": [written_by("kubectl-create", OLD), written_by("pullsecret", OLD, OWNED_LABEL)]}
)
EDITED_AFTER_TAKEOVER = ours(
    metadata={"managedFields": [written_by("kubectl-create", LATER), written_by("pullsecret", OLD, OWNED_LABEL)]}
)
OPAQUE = there(type="Opaque", data={"key": encoded("value")})
FIXED = there(immutable=True)
LEGACY = there(type="kubernetes.io/dockercfg", data={".dockercfg": encoded("{}"), ".dockerconfigjson": None})
FORGED = existing_copy(uid="forged")
OF_AN_OBJECT = merged(FIXED, {"metadata": {"ownerReferences": [{"kind": "Foo", "name": "foo", "uid": "1"}]}})

REPLACE = "--overwrite to replace its data"
RECREATING = "to delete and recreate it"
LEGACY_TYPE = "has type kubernetes.io/dockercfg, which cannot be changed"
OTHER_TYPE = "has type Opaque and is not a pull secret; kubectl-pullsecret never replaces it: use another name"
UNMANAGED = "is not managed by kubectl-pullsecret; use"
HELM_OWNS = (
    "is owned by Helm release app: the next helm upgrade takes the change back; change it in the values of the chart"
)
ESO_OWNS = "is owned by ExternalSecret icr-pull: the next refresh of External Secrets takes the change back; change"
NO_PROOF = "is marked as a copy of default/x without a valid proof"

REFUSED = {
    "nobodys": (there(), NEW, NO, f"already exists in namespace team and {UNMANAGED} {REPLACE}"),
    "nobodys-recreate": (there(), NEW, RECREATE, f"and {UNMANAGED} {REPLACE}"),
    "opaque": (OPAQUE, NEW, NO, OTHER_TYPE),
    "opaque-with-all-flags": (OPAQUE, NEW, ALL, OTHER_TYPE),
    "opaque-with-our-label": (merged(OPAQUE, {"metadata": {"labels": {MANAGED: "true"}}}), NEW, ALL, OTHER_TYPE),
    "legacy": (LEGACY, NEW, NO, f"{LEGACY_TYPE}, and {UNMANAGED} --overwrite and --recreate {RECREATING}"),
    "legacy-overwrite": (LEGACY, NEW, OVERWRITE, f"{LEGACY_TYPE}; use --recreate {RECREATING}"),
    "legacy-recreate": (LEGACY, NEW, RECREATE, f"and {UNMANAGED} {REPLACE}"),
    "immutable": (FIXED, NEW, NO, f"is immutable and {UNMANAGED} --overwrite and --recreate {RECREATING}"),
    "immutable-overwrite": (FIXED, NEW, OVERWRITE, f"is immutable; use --recreate {RECREATING}"),
    "immutable-ours": (ours(immutable=True), NEW, NO, f"is immutable; use --recreate {RECREATING}"),
    "with-finalizers": (merged(FIXED, {"metadata": {"finalizers": ["a/b"]}}), NEW, BOTH, "has finalizers"),
    "being-deleted": (
        ours(metadata={"deletionTimestamp": "2026-11-28T00:00:00Z"}),
        NEW,
        ALL,
        "is being deleted; run the command again when it is gone",
    ),
    "edited": (EDITED, NEW, NO, "was edited by kubectl-edit; use --overwrite to restore its data"),
    "edited-after-takeover": (EDITED_AFTER_TAKEOVER, NEW, NO, "was edited by kubectl-create; use --overwrite"),
    "edited-copy": (
        merged(EDITED, {"metadata": {"annotations": {"kubectl-pullsecret/copied-from": "default/x"}}}),
        COPY,
        NO,
        "was edited by kubectl-edit",
    ),
    "copy-over-created": (ours(), COPY, NO, f"and was created from credentials and is not a copy; use {REPLACE}"),
    "create-over-copy": (existing_copy(), NEW, NO, f"and is a copy of default/x; use {REPLACE}"),
    "copy-of-another-source": (
        existing_copy(metadata={"annotations": {"kubectl-pullsecret/copied-from": "tools/x"}}),
        COPY,
        NO,
        f"and is a copy of tools/x; use {REPLACE}",
    ),
    "copy-of-another-cluster": (
        existing_copy(metadata={"annotations": {"kubectl-pullsecret/source-cluster": "7"}}),
        COPY,
        NO,
        f"and is a copy of default/x in another cluster; use {REPLACE}",
    ),
    "fewer-registries": (
        ours("reg.example", "de.icr.io"),
        NEW,
        NO,
        f"and has entries for de.icr.io, too; use {REPLACE}",
    ),
    "forged-copy-everywhere": (FORGED, COPY_EVERYWHERE, NO, NO_PROOF),
    "forged-copy-everywhere-with-all-flags": (
        FORGED,
        COPY_EVERYWHERE,
        ALL,
        f"{NO_PROOF}: its source was recreated, or",
    ),
    "helm": (HELM, NEW, NO, f"{HELM_OWNS}, or use --force-conflicts to write it anyway"),
    "helm-overwrite": (HELM, NEW, OVERWRITE, f"{HELM_OWNS}, or use --force-conflicts"),
    "helm-immutable": (
        merged(HELM, {"immutable": True}),
        NEW,
        NO,
        f"is immutable and {HELM_OWNS}, or use --force-conflicts and --recreate {RECREATING}",
    ),
    "adopted-by-external-secrets": (ESO, NEW, OVERWRITE, ESO_OWNS),
}


@pytest.mark.parametrize(("seen", "new", "replace_policy", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_existing_secret_is_refused(seen: Object, new: NewSecret, replace_policy: ReplacePolicy, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        placed(seen, new, replace_policy)

    assert caught.value.message.startswith('secrets "x" ')
    assert "in namespace team" in caught.value.message
    assert words in caught.value.message


WRITTEN = {
    "ours": (ours(), NEW, NO, False),
    "ours-with-more-registries": (ours(), WIDER, NO, False),
    "taken-over-with-equal-data": (TAKEN_OVER, NEW, NO, False),
    "copy-of-the-same-source": (existing_copy(), COPY, NO, False),
    "proven-copy-everywhere": (existing_copy(), COPY_EVERYWHERE, NO, False),
    "unproven-copy-where-named": (FORGED, COPY, NO, False),
    "nobodys-overwrite": (there(), NEW, OVERWRITE, False),
    "edited-overwrite": (EDITED, NEW, OVERWRITE, False),
    "created-overwrite-by-copy": (ours(), COPY, OVERWRITE, False),
    "copy-overwrite-by-create": (existing_copy(), NEW, OVERWRITE, False),
    "fewer-registries-overwrite": (ours("reg.example", "de.icr.io"), NEW, OVERWRITE, False),
    "helm-force-conflicts": (HELM, NEW, FORCE, False),
    "external-secrets-force-conflicts": (ESO, NEW, FORCE, False),
    "nobodys-both": (there(), NEW, BOTH, False),
    "legacy-both": (LEGACY, NEW, BOTH, True),
    "immutable-both": (FIXED, NEW, BOTH, True),
    "immutable-ours-recreate": (ours(immutable=True), NEW, RECREATE, True),
    "immutable-of-an-object-both": (OF_AN_OBJECT, NEW, BOTH, True),
    "immutable-of-external-secrets-all": (merged(ESO, {"immutable": True}), NEW, ALL, True),
}


@pytest.mark.parametrize(("seen", "new", "replace_policy", "is_recreated"), WRITTEN.values(), ids=WRITTEN.keys())
def test_existing_secret_is_written(
    seen: Object, new: NewSecret, replace_policy: ReplacePolicy, *, is_recreated: bool
) -> None:
    before = deepcopy(seen)

    desired = placed(seen, new, replace_policy)

    assert must_be_recreated(seen, desired) == is_recreated
    assert holds_same(desired, new.secret)
    assert ("uid" in mapping_at(desired, "metadata")) == (not is_recreated)
    assert text_at(desired, "metadata", "labels", MANAGED) == "true"
    ours_before = {key: text for key, text in mapping_at(seen, "metadata", "labels").items() if key != MANAGED}
    assert mapping_at(desired, "metadata", "labels").items() >= ours_before.items()
    assert mappings_at(desired, "metadata", "ownerReferences") == mappings_at(seen, "metadata", "ownerReferences")
    origin = "kubectl-pullsecret/copied-from"
    origins = [mapping_at(item, "metadata", "annotations").get(origin) for item in (desired, new.secret)]
    assert origins[0] == origins[1]
    assert seen == before


UNCHANGED = {
    "same": SAME,
    "same-immutable": merged(SAME, {"immutable": True}),
    "same-with-more-data": merged(SAME, {"data": {"note": encoded("mine")}}),
    "same-with-a-finalizer": merged(SAME, {"metadata": {"finalizers": ["a/b"]}}),
    "same-of-helm": merged(HELM, {"data": NEW.secret["data"]}),
    "same-of-ours": ours(data=NEW.secret["data"]),
}


@pytest.mark.parametrize("replace_policy", [NO, RECREATE, FORCE], ids=["no-flag", "recreate", "force-conflicts"])
@pytest.mark.parametrize("seen", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_equal_secret_is_unchanged(seen: Object, replace_policy: ReplacePolicy) -> None:
    assert placed(seen, NEW, replace_policy) is seen


def test_equal_secret_is_taken_over_with_overwrite_unless_somebody_manages_it() -> None:
    taken = placed(SAME, NEW, OVERWRITE)

    assert taken["data"] == SAME["data"]
    assert mapping_at(taken, "metadata", "labels") == {
        "app": "shop",
        MANAGED: "true",
        MANAGED_BY: "kubectl-pullsecret",
    }
    for managed in (UNCHANGED["same-of-helm"], UNCHANGED["same-of-ours"]):
        assert placed(managed, NEW, OVERWRITE) is managed


def test_foreign_managed_by_stays_where_conflicts_are_forced() -> None:
    desired = placed(HELM, NEW, FORCE)

    assert text_at(desired, "metadata", "labels", MANAGED_BY) == "Helm"
    assert not is_ours(desired)


KUBECTL_APPLY_OWNS = (
    "is owned by kubectl apply: the next kubectl apply of its manifest takes the change back; change the manifest"
)
SCRIPT_OWNS = (
    "is owned by field manager script: its next run may take the change back; "
    "change it where this manager takes it from"
)

CONSEQUENCES = {
    "none": (there(), NEW, ()),
    "equal": (SAME, NEW, ()),
    "lost-registries": (there("reg.example", "de.icr.io"), NEW, ("no longer has entries for de.icr.io",)),
    "helm": (HELM, NEW, (HELM_OWNS,)),
    "kubectl-apply": (
        there(metadata={"annotations": {LAST_APPLIED: "{}"}}),
        NEW,
        (KUBECTL_APPLY_OWNS,),
    ),
    "script": (
        there(by="script"),
        NEW,
        (SCRIPT_OWNS,),
    ),
}


@pytest.mark.parametrize(("seen", "new", "words"), CONSEQUENCES.values(), ids=CONSEQUENCES.keys())
def test_consequences_of_a_write_are_named(seen: Object, new: NewSecret, words: tuple[str, ...]) -> None:
    assert write_consequences(seen, new) == words


def test_new_secret_is_created_where_none_exists() -> None:
    assert placed(None, NEW, NO) is NEW.secret


@pytest.mark.parametrize("key", SECRETS_OF_NODES)
def test_global_pull_secret_is_not_created_like_any_other(key: tuple[str, str]) -> None:
    namespace, name = key
    new = NewSecret(secret=in_namespace(built(name, docker_config("reg.example")), namespace))

    with pytest.raises(RefusedError, match="with --global only"):
        placed(None, new, ReplacePolicy(overwrite=True, recreate=True, force_conflicts=True))


def test_secret_with_a_name_too_long_for_its_sibling_is_not_recreated() -> None:
    long = merged(FIXED, {"metadata": {"name": "x" * 240}})
    new = NewSecret(secret=merged(NEW.secret, {"metadata": {"name": "x" * 240}}))

    with pytest.raises(RefusedError, match="cannot be recreated: the name of the secret that keeps its data meanwhile"):
        placed(long, new, BOTH)


def test_recreated_secret_stays_immutable_and_loses_only_what_kubectl_applied() -> None:
    marks = {"annotations": {"note": "by hand", LAST_APPLIED: "{}"}}

    desired = placed(merged(FIXED, {"metadata": marks}), NEW, BOTH)

    assert desired["immutable"] is True
    assert mapping_at(desired, "metadata", "annotations") == {"note": "by hand"}
