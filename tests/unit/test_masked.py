"""What --diff compares: objects without a credential, in which what differs of one can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, encoded, made_up_password, registry_entry
from pullsecret.model.objects.objects import LAST_APPLIED
from pullsecret.model.plan.masked import masked_pair

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

OLD, NEW = made_up_password(), made_up_password()


def regcred(user: str = "me", password: str = OLD, host: str = "reg.example", **rest: str) -> Object:
    return docker_config_secret("regcred", {host: {**registry_entry(user, password), **rest}})


def data(secret: Object, other: Object | None) -> object:
    before, _ = masked_pair(secret, other)
    assert before
    return before["data"]


def entry(user: str, password: str, host: str = "reg.example") -> Object:
    return {".dockerconfigjson": {host: {"username": user, "password": password}}}


PAIRS = {
    "same": (regcred(), regcred(), entry("me", "***")),
    "new": (regcred(), None, entry("me", "***")),
    "other-password": (regcred(), regcred(password=NEW), entry("me", "*** (before)")),
    "other-username": (regcred(), regcred("you"), entry("me", "***")),
    "other-host": (regcred(), regcred(host="b.example"), entry("me", "***")),
    "other-email-only": (regcred(email="a@x"), regcred(email="b@x"), {".dockerconfigjson": "*** (before)"}),
    "username-that-is-the-password": (regcred(OLD), regcred(), entry("<hidden>", "***")),
    "malformed": (
        {**regcred(), "data": {".dockerconfigjson": encoded(f"{{{OLD}")}},
        regcred(),
        {".dockerconfigjson": "*** (before)"},
    ),
    "other-keys": (
        {**regcred(), "type": "Opaque", "data": {"a": encoded(OLD), "b": encoded(OLD)}},
        {**regcred(), "type": "Opaque", "data": {"a": encoded(NEW), "b": encoded(OLD)}},
        {"a": "*** (before)", "b": "***"},
    ),
}


@pytest.mark.parametrize(("one", "other", "shown"), PAIRS.values(), ids=PAIRS.keys())
def test_data_is_masked_and_what_differs_is_shown(one: Object, other: Object | None, shown: Object) -> None:
    assert data(one, other) == shown


def test_last_applied_configuration_and_what_the_server_sets_are_not_shown() -> None:
    annotations = {LAST_APPLIED: OLD, "kept": "yes"}
    metadata = {"name": "regcred", "uid": "u", "managedFields": [{}], "annotations": annotations}
    secret: Object = {**regcred(), "metadata": metadata}

    before, after = masked_pair(secret, None)

    assert after is None
    assert before
    assert before["metadata"] == {"name": "regcred", "annotations": {"kept": "yes"}}
    assert OLD not in repr(before)
