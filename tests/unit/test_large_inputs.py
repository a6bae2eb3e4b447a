"""Inputs of 1 MiB that are made to be slow: no reader of foreign text needs more than a second of CPU for one."""

from __future__ import annotations

import base64
import gc
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import pytest

from pullsecret.actions import check_file
from pullsecret.cluster.http.response import object_in, warnings_in
from pullsecret.cluster.kubeconfig.yaml_file import read_yaml_file
from pullsecret.cluster.login.execcredential import credential_in
from pullsecret.cluster.login.oidc import is_current
from pullsecret.errors import PullSecretError
from pullsecret.model.doctor.runtime_messages import pattern_of
from pullsecret.model.go.base64 import decoded_base64
from pullsecret.model.go.duration import seconds_of
from pullsecret.model.go.json import json_quoted, parsed
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import address, index_key
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.images.edited_entries import EntryEdits, edited_secret
from pullsecret.model.images.keyring import credentials_for
from pullsecret.model.images.login_file import problems_of
from pullsecret.model.images.reference import parsed_reference
from pullsecret.model.images.server_keys import key_problem, shown_key
from pullsecret.model.objects.objects import label_problem, subdomain_problem
from pullsecret.network.http.message import Response
from pullsecret.network.redaction import credentials_in, without
from pullsecret.registry.challenge import challenge_in
from pullsecret.registry.responses import image_verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Input = TypeVar("Input")

SIZE = 1 << 20
CPU_SECONDS = 1.0
"""What a reader may cost; on a machine where plain Python is slower than on ours, as much more."""

MEASUREMENTS = 3
HEAD = 1 << 17  # bytes of a response's head
TEXTS = (" ", "a", "[", "a.", "*a", "a=,", "%41", "ftp://", '"', "oauth token ", "299 ")
TEXT_READERS: dict[str, Callable[[str], object]] = {
    "image": lambda text: parsed_reference(f"us.icr.io/{text}"),
    "server key": index_key,
    "image name": address,
    "problem of a server key": key_problem,
    "shown server key": shown_key,
    "namespace": label_problem,
    "object's name": subdomain_problem,
    "duration": seconds_of,
    "challenge": lambda text: challenge_in([text, f"Bearer realm={text}", f'Bearer realm="{text}']),
    "message of a runtime": pattern_of,
    "Warning header": lambda text: warnings_in(
        Response(status=200, headers=(("Warning", f'299 - "{text}'), ("Warning", text)))
    ),
    "redaction": lambda text: without(text, ("word", "a" * 1000, text[:5000])),
    "token": lambda text: is_current({"id-token": f"a.{text}.b"}),
    "quoting": json_quoted,
    "output": printable,
    "base64": lambda text: decoded_base64(text.encode()),
}

DOCUMENTS = {
    "numbers": (b'{"x":[', b"1,", b"1]} x"),
    "objects": (b'{"x":[', b"{},", b"1]} x"),
    "brackets": (b"", b"[", b""),
    "members": (b"", b'{"a":', b""),
    "equal keys": (b'{"auths":{', b'"a":{},', b'"z":{}}}'),
    "long key": (b'{"auths":{"', b"a.", b'":{"auth":"dTpw"}}}'),
    "long credential": (b'{"auths":{"h":{"auth":"', b"YTph", b'"}}}'),
    "escapes": (b'{"auths":{"', b"\\u0000", b'":{}}}'),
    "bytes that are not UTF-8": (b"", b"\xff", b""),
    "YAML mapping": (b"kind: Secret\n", b"a: b\n", b""),
    "YAML lists": (b"kind: Secret\na: ", b"[", b""),
    "YAML anchors": (b"kind: Secret\n", b"a: &b [*b]\n", b""),
    "YAML merge keys": (b"kind: Secret\n", b"<<: {a: b}\n", b""),
    "YAML values": (b"kind: Secret\na: [", b"'',", b"'']"),
}
EDITS = EntryEdits(added=(RegistryEntry(server="us.icr.io", username="u", password=""),), removed=("a", "h"))
DOCUMENT_READERS: dict[str, Callable[[Path, bytes], object]] = {
    "JSON": lambda _, data: parsed(data),
    "pull secret": lambda _, data: credentials_for([secret(data)], "us.icr.io/a"),
    "edit of a pull secret": lambda _, data: edited_secret(secret(data), EDITS),
    "login file": lambda _, data: problems_of(data),
    "check --from-file": lambda path, _: check(path),
    "kubeconfig": lambda path, _: read_yaml_file(str(path)),
    "request with a secret": lambda _, data: credentials_in(json.dumps(secret(data)).encode(), "Bearer t"),
    "API server's answer": lambda _, data: object_in(Response(status=500, body=data), "get secrets"),
    "registry's answer": lambda _, data: image_verdict(Response(status=403, body=data), logged_in=True),
    "credential plugin's output": lambda _, data: credential_in(data, "v1"),
}


@pytest.fixture(scope="module", autouse=True)
def small_heap() -> Iterator[None]:
    """What other tests left in memory does not count: the program begins with little."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def limit() -> float:
    """The limit for a reader on this machine, at this moment."""
    return max(
        CPU_SECONDS, 20 * cpu_seconds(lambda numbers: sum(number * number for number in numbers), range(1_500_000))
    )


@pytest.mark.parametrize("name", TEXT_READERS)
def test_long_text_costs_little(name: str, limit: float) -> None:
    costs = {text: cpu_seconds(TEXT_READERS[name], text * (SIZE // len(text)), limit) for text in TEXTS}

    assert {text: seconds for text, seconds in costs.items() if seconds > limit} == {}


@pytest.mark.parametrize("name", DOCUMENT_READERS)
def test_large_document_costs_little(tmp_path: Path, name: str, limit: float) -> None:
    path, costs = tmp_path / "file", dict[str, float]()
    for kind, (begin, middle, end) in DOCUMENTS.items():
        data = begin + middle * ((SIZE - len(begin + end)) // len(middle)) + end
        path.write_bytes(data)
        costs[kind] = cpu_seconds(lambda content: DOCUMENT_READERS[name](path, content), data, limit)

    assert {kind: seconds for kind, seconds in costs.items() if seconds > limit} == {}


def cpu_seconds(read: Callable[[Input], object], content: Input, enough: float = CPU_SECONDS / 2) -> float:
    """What reading costs: the least of three measurements, or the first that is less than `enough`.

    A neighbor on the same core makes a second of CPU time do half its work.
    """
    costs: list[float] = []
    while not costs or (min(costs) >= enough and len(costs) < MEASUREMENTS):
        began = time.process_time()
        with suppress(PullSecretError, ValueError):
            read(content)
        costs.append(time.process_time() - began)
    return min(costs)


def secret(data: bytes) -> dict[str, object]:
    content = {".dockerconfigjson": base64.b64encode(data).decode()}
    return {"metadata": {"name": "s"}, "type": "kubernetes.io/dockerconfigjson", "data": content}


def check(path: Path) -> object:
    request = check_file.CheckFileRequest(files=(str(path),))
    return check_file.plan(request, check_file.observe(request))


KEYS = {"no host": '"k{}":{{}}', "null": '"k{}.a":null', "uppercase": '"A{}.B":{{"auth":"dTpw"}}'}


@pytest.mark.parametrize("kind", KEYS)
def test_check_of_a_hundred_thousand_keys_costs_seconds(tmp_path: Path, limit: float, kind: str) -> None:
    entries = ",".join(KEYS[kind].format(number) for number in range(SIZE // len(KEYS[kind])))
    path = tmp_path / "file"
    path.write_text(f'{{"auths":{{{entries[: SIZE - 100].rpartition(",")[0]}}}}}')

    assert cpu_seconds(check, path, 4 * limit) < 4 * limit
