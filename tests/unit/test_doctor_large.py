"""What doctor costs where a tenant's pod and secret are as large as the server accepts."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import pytest
from doctor_evidence import NOW, UNAUTHORIZED, evidence_of, secret, waiting

from pullsecret.model.doctor.diagnosis import Report, diagnoses_of
from pullsecret.model.doctor.waiting_container import with_rejected_logins
from pullsecret.model.images.key_index import KeyIndex
from pullsecret.model.request.command_request import Output
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.report.doctor import show

if TYPE_CHECKING:
    from control_plane.api import Object

IMAGES = [f"h{number}.example.com/team/app{number}:1" for number in range(1000)]
SECONDS = 9
"""Three times what is promised, for machines that are slower than those of today."""

KEYS = {
    "paths": "h1.example.com/a{}",
    "wildcards": "*x{}*.example.com",
    "uppercase-wildcards": "*x{}.Example.com",
    "deeper-wildcards": "*.a{}.example.com",
}


def pod_of_many_images(*own: str) -> Object:
    item = waiting(*own)
    waits = {
        f"c{number}": {"reason": "ErrImagePull", "message": UNAUTHORIZED.of(image)}
        for number, image in enumerate(IMAGES)
    }
    containers = [{"name": name, "image": image} for name, image in zip(waits, IMAGES, strict=True)]
    statuses = [{"name": name, "state": {"waiting": wait}} for name, wait in waits.items()]
    return {**item, "spec": {**item["spec"], "containers": containers}, "status": {"containerStatuses": statuses}}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS.keys())
def test_a_thousand_images_and_seven_thousand_keys_take_seconds(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    large = secret("large", *(key.format(number) for number in range(7000)))
    evidence = evidence_of(pod_of_many_images("large"), secrets=[large])
    started = process_time()

    diagnoses = diagnoses_of(with_rejected_logins(evidence))
    show(Report(now=NOW, diagnoses=diagnoses), Output(), CommandStyle())

    assert process_time() - started < SECONDS
    assert capsys.readouterr().out.count(": cannot pull ") == len(IMAGES)


def test_name_is_compared_with_the_keys_of_its_host_only() -> None:
    index = KeyIndex([*(f"*.e{number}.example" for number in range(1000)), "a.e7.example/team", "a.e8.example"])

    assert index.matching("a.e7.example/team/app") == [7, 1000]
    assert index.matching("a.e8.example/team/app") == [8, 1001]
    assert index.matching("a.b.e7.example/app") == []
