"""What a credential plugin prints, without running one."""

from __future__ import annotations

import json

import pytest

from pullsecret.cluster.login.execcredential import InvalidExecCredentialError, credential_in

V1 = "client.authentication.k8s.io/v1"


@pytest.mark.parametrize("version", ["v1\nerror: run this", {"a": "\n"}, "v" * 100_000])
def test_other_version_is_reported_in_one_short_line(version: object) -> None:
    answer = json.dumps({"kind": "ExecCredential", "apiVersion": version, "status": {"token": "t"}})

    with pytest.raises(InvalidExecCredentialError, match="plugin returned version") as caught:
        credential_in(answer.encode(), V1)

    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 1_000


def test_certificate_that_is_no_text_is_reported() -> None:
    status = {"clientCertificateData": "\ud800", "clientKeyData": "k\ud800"}
    answer = json.dumps({"kind": "ExecCredential", "apiVersion": V1, "status": status})

    with pytest.raises(InvalidExecCredentialError) as caught:
        credential_in(answer.encode(), V1)

    assert len(str(caught.value).splitlines()) == 1
