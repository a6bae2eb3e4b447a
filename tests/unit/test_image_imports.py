"""Imports into image streams: what is written for a tag, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import RefusedError, UsageError
from pullsecret.model.openshift.image_imports import (
    ImportResult,
    ReferencePolicy,
    WantedImport,
    imported,
    result_in,
    tag_of,
)
from pullsecret.model.request.stream_tag import StreamTag, import_targets, parsed_stream_tag
from pullsecret.model.request.targets import Targets

if TYPE_CHECKING:
    from control_plane.api import Object

IMAGE = "us.icr.io/acme/app:1"
KEY = ("team-a", "app:1")
WANTED = WantedImport(image=IMAGE)


def stream(tag: Object | None = None, status: Object | None = None) -> Object:
    """An image stream with a tag 1, and what became of its import."""
    about = {"name": "app", "namespace": "team-a", "resourceVersion": "7", "uid": "u"}
    tags = [{"name": "1", **tag}] if tag else []
    events = [{"tag": "1", **status}] if status else []
    return {
        "metadata": about,
        "spec": {"tags": tags},
        "status": {"dockerImageRepository": "r/team-a/app", "tags": events},
    }


def reference(image: str = IMAGE, policy: str = "Local", **fields: object) -> Object:
    return {
        "from": {"kind": "DockerImage", "name": image},
        "generation": 3,
        "importPolicy": {},
        "referencePolicy": {"type": policy},
        **fields,
    }


def written(tag: Object, wanted: WantedImport = WANTED, *, is_done: bool = True) -> Object:
    """The tag that is written over one."""
    current = tag_of(stream(tag), "1")
    result = imported(current, wanted, key=KEY, is_done=is_done)
    assert result["metadata"] == (current or {})["metadata"]
    found = result["tag"]
    assert isinstance(found, dict)
    return found


def test_new_tag_is_as_oc_sends_it() -> None:
    assert imported(None, WANTED, key=KEY, is_done=False) == {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamTag",
        "metadata": {"name": "app:1", "namespace": "team-a"},
        "tag": {
            "name": "1",
            "from": {"kind": "DockerImage", "name": IMAGE},
            "generation": 0,
            "importPolicy": {},
            "referencePolicy": {"type": "Local"},
        },
    }


def test_tag_that_is_imported_already_stays_as_it_is() -> None:
    current = tag_of(stream(reference()), "1")
    assert imported(current, WANTED, key=KEY, is_done=True) is current
    again = imported(current, WANTED, key=KEY, is_done=False)
    assert again["tag"] == {"name": "1", **reference(generation=0)}


CHANGED = {
    "scheduled": (reference(), WantedImport(image=IMAGE, is_scheduled=True), {"importPolicy": {"scheduled": True}}),
    "no longer scheduled": (reference(importPolicy={"scheduled": True}), WANTED, {"importPolicy": {}}),
    "source": (
        reference(),
        WantedImport(image=IMAGE, policy=ReferencePolicy.SOURCE),
        {"referencePolicy": {"type": "Source"}},
    ),
    "no policy is that to the source": (reference(referencePolicy={}), WANTED, {"referencePolicy": {"type": "Local"}}),
    "others' choices": (
        reference(policy="Source", importPolicy={"insecure": True, "importMode": "PreserveOriginal"}),
        WANTED,
        {"referencePolicy": {"type": "Local"}, "importPolicy": {"insecure": True, "importMode": "PreserveOriginal"}},
    ),
    "another image": (reference("us.icr.io/acme/old:1"), WantedImport(image=IMAGE, overwrite=True), {}),
    "a tag of another stream": (
        {**reference(), "from": {"kind": "ImageStreamTag", "name": "base:1", "namespace": "x"}},
        WantedImport(image=IMAGE, overwrite=True),
        {},
    ),
}


@pytest.mark.parametrize(("before", "wanted", "differs"), CHANGED.values(), ids=CHANGED)
def test_tag_is_changed_as_asked_and_imported_again(before: Object, wanted: WantedImport, differs: Object) -> None:
    image = {"from": {"kind": "DockerImage", "name": IMAGE}}
    assert written(before, wanted) == {"name": "1", **before, **image, "generation": 0, **differs}


@pytest.mark.parametrize(
    ("before", "shown"),
    [
        (reference("us.icr.io/acme/old:1"), "us.icr.io/acme/old:1"),
        ({**reference(), "from": {"kind": "ImageStreamTag", "name": "base:1"}}, "ImageStreamTag base:1"),
        ({**reference(), "from": {"kind": "DockerImage", "name": "x\n\x1b[31m"}}, "x\\n\\x1b[31m"),
    ],
)
def test_tag_of_another_image_is_refused(before: Object, shown: str) -> None:
    with pytest.raises(RefusedError) as caught:
        written(before)
    assert f'imagestreamtags "app:1" in namespace team-a refers to {shown}; use --overwrite' in str(caught.value)


FAILED = {"type": "ImportSuccess", "status": "False", "reason": "Unauthorized", "message": "no", "generation": 3}
ITEM = {"image": "sha256:a", "generation": 3}
RESULTS = {
    "not yet": (None, ImportResult(repository="r/team-a/app")),
    "imported": ({"items": [ITEM]}, ImportResult(digest="sha256:a", repository="r/team-a/app")),
    "an earlier image": ({"items": [{**ITEM, "generation": 2}]}, ImportResult(repository="r/team-a/app")),
    "failed": (
        {"items": None, "conditions": [FAILED]},
        ImportResult(reason="Unauthorized", message="no", repository="r/team-a/app"),
    ),
    "failed before": ({"conditions": [{**FAILED, "generation": 2}]}, ImportResult(repository="r/team-a/app")),
    "good again": (
        {"items": [ITEM], "conditions": [{**FAILED, "status": "True"}]},
        ImportResult(digest="sha256:a", repository="r/team-a/app"),
    ),
    "not an object": ({"items": ["x"], "conditions": "x"}, ImportResult(repository="r/team-a/app")),
}


@pytest.mark.parametrize(("status", "expected"), RESULTS.values(), ids=RESULTS)
def test_result_is_that_of_the_last_import(status: Object | None, expected: ImportResult) -> None:
    found = result_in(stream(reference(), status), "1")
    assert found == expected
    assert found.is_known == bool(expected.digest or expected.reason)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app:1", StreamTag("", "app", "1")),
        ("team-a/app:v1.2_3-x", StreamTag("team-a", "app", "v1.2_3-x")),
        ("t/a__b.c:latest", StreamTag("t", "a__b.c", "latest")),
    ],
)
def test_stream_tag(text: str, expected: StreamTag) -> None:
    assert parsed_stream_tag(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app",
        ":1",
        "app:",
        "/app:1",
        "a/b/app:1",
        "App:1",
        "app:1:2",
        "app:.1",
        f"app:{'x' * 129}",
        "A/app:1",
        "a@b:1",
    ],
)
def test_word_that_is_no_stream_tag_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="invalid image stream tag"):
        parsed_stream_tag(text)


def test_project_of_the_tag_is_the_target() -> None:
    tag = StreamTag("team-a", "app", "1")
    assert import_targets(tag, Targets()).names == ("team-a",)
    assert import_targets(tag, Targets(names=("team-a",))).names == ("team-a",)
    assert import_targets(tag._replace(project=""), Targets()).names == ()
    for wrong in (Targets(every=True), Targets(names=("a", "b")), Targets(names=("other",))):
        with pytest.raises(UsageError):
            import_targets(tag, wrong)
