"""A token that an API server makes is in no log, warning or error, even if what is before the server echoes it."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from kubeconfig.recorder import Recorder
from objects import encoded, made_up_password
from pullsecret.cluster import connect
from pullsecret.errors import ApiError, ConnectError
from pullsecret.model.request.connection import ConnectionFlags

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = {"kind": "ServiceAccount", "metadata": {"namespace": "shop", "name": "puller", "uid": "u"}}


def made_up_token() -> str:
    claims = {"iat": 1_900_000_000, "exp": 1_900_086_400, "nonce": made_up_password()}
    return f"eyJ{made_up_password()}.{encoded(json.dumps(claims)).rstrip('=')}.{made_up_password()}"


@pytest.mark.parametrize(
    ("status", "kind"), [(201, "TokenRequest"), (201, "Secret"), (403, "TokenRequest"), (500, "TokenRequest")]
)
def test_token_that_is_echoed_is_hidden(tmp_path: Path, status: int, kind: str) -> None:
    token, said = made_up_token(), list[str]()
    parts = token.split(".")
    with Recorder() as server:
        answer = {"kind": kind, "status": {"token": token, "expirationTimestamp": "2030-03-18T00:00:00Z"}}
        server.answer = lambda _: (status, answer)
        server.headers = (("Warning", f'299 - "made {token}"'), ("X-Echo", token), ("X-Part", parts[1]))
        flags = ConnectionFlags(server=server.url, verbosity=9, request_timeout="2s")
        with closing(connect(flags, environ={"HOME": str(tmp_path)}, log=said.append, warn=said.append)) as cluster:
            try:
                made = cluster.create_token(ACCOUNT, seconds=3600)
            except (ApiError, ConnectError) as error:
                said += [str(error), repr(error), error.line]
            else:
                assert made.value == token
                said.append(repr(made))

    assert len(said) > 3
    assert not [line for line in said for part in parts if part in line]
