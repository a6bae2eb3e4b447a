"""Files for `check --from-file`, `can-pull -f` and `create --from-file`: findings, answers, or an error on one line."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.docker_configs import SEEDS as CONFIGS
from fuzz.docker_configs import WORDS as CONFIG_WORDS
from fuzz.fuzzer import Fault, Fuzzer, chance_of, expect_one_line, faults_of
from fuzz.mutation import mutated
from pullsecret.actions import check_file
from pullsecret.actions.can_pull import CanPullRequest
from pullsecret.actions.composed import can_pull_offline
from pullsecret.credentials.dockerconfig_file import read_dockerconfigjson
from pullsecret.errors import PullSecretError
from pullsecret.model.go.printable import Printable, is_printable
from pullsecret.model.request.suggested_command import NOT_PASTEABLE, CommandStyle, typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DATA = base64.b64encode(CONFIGS[0])
BLOCK = (
    b"apiVersion: v1\nkind: Secret\nmetadata:\n  name: pull\n  namespace: team-a\n"
    b"type: kubernetes.io/dockerconfigjson\n"
    b"data:\n  .dockerconfigjson: " + DATA + b"\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: other}\n"
)
LIST = (
    b'{"kind":"List","apiVersion":"v1","items":[{"kind":"Secret","metadata":{"name":"a"},"type":"kubernetes.io/dockercfg",'
    b'"data":{".dockercfg":"e30="}},{"kind":"Secret","type":"kubernetes.io/dockerconfigjson","stringData":'
    b'{".dockerconfigjson":"{\\"auths\\":{\\"us.icr.io/v2\\":{\\"auth\\":\\"dTpw\\"}}}"}}]}'
)
WORKLOADS = (
    b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n"
    b"      serviceAccountName: puller\n      imagePullSecrets:\n      - name: pull\n      - name: gone\n"
    b"      initContainers: [{name: a, image: us.icr.io/abc/app}]\n"
    b"      containers:\n      - name: web\n        image: us.icr.io/team/app:1\n"
    b"      volumes: [{name: v, image: {reference: app}}]\n---\n"
    b"apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: puller}\nimagePullSecrets: [{name: sealed}]\n"
    b"---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: sealed}\n"
    b"spec: {template: {type: kubernetes.io/dockerconfigjson}}\n---\n" + BLOCK
)
SEEDS = (BLOCK, WORKLOADS, WORKLOADS, LIST, *CONFIGS)
WORDS = (
    *CONFIG_WORDS,
    *(b"!!timestamp x", b"!!bool x", b"!!int x", b"!!float x"),
    *(
        b"kind: Secret\n",
        b"stringData:\n  .dockerconfigjson: |\n    {}\n",
        b"---\n",
        b"&a ",
        b"*a",
        b"<<: *a",
        b"!!binary ",
    ),
    *(
        b"!!python/object:os.system x",
        b"!!timestamp ",
        b"2026-01-01",
        b"items: [{kind: Secret}]\n",
        b"type: 5\n",
        b"data: [1]\n",
    ),
    *(b"imagePullSecrets: x\n", b"imagePullSecrets: [x]\n", b"imagePullSecrets: [{name: [x]}]\n", b"template: 1\n"),
    *(b"containers: {}\n", b"containers: [x]\n", b"image: [x]\n", b"image: {}\n", b"kind: ServiceAccount\n"),
    *(b"sops: {mac: x}\n", b"ENC[x]", b"kind: Kustomization\nsecretGenerator: [x]\n", b"spec: []\n", b"name: 5\n"),
    *(b"metadata: null\n", b"name: {}\n", b"? [a]\n: b\n", b"1: 2\n", b"\xe2\x80\xae", b"immutable: yes\n"),
)


def answer(path: Path) -> None:
    """Answer as can-pull does without a cluster: what it prints is fit for a terminal."""
    request = CanPullRequest(files=(str(path),))
    try:
        report = can_pull_offline.plan(request, can_pull_offline.observe(request))
    except PullSecretError as error:
        expect_one_line(error.line)
        return
    for one in report.answers:
        expect_findable(one.answer.message)
        for command in one.fix.commands:
            expect_findable(typed(command, CommandStyle()) or NOT_PASTEABLE)


def examine(seeds: Sequence[int]) -> Mapping[int, str]:
    """Check the file of each seed, and read it as create does."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "file")

        def check(seed: int) -> None:
            path.write_bytes(mutated(chance_of(seed), SEEDS, WORDS))
            request = check_file.CheckFileRequest(files=(str(path),))
            try:
                result = check_file.plan(request, check_file.observe(request))
                for finding in result.findings:
                    expect_findable(finding.message)
            except PullSecretError as error:
                expect_one_line(error.line)
            answer(path)
            try:
                read_dockerconfigjson(str(path))
            except PullSecretError as error:
                for line in error.line.splitlines():
                    expect_one_line(line)

        return faults_of(seeds, check)


def expect_findable(message: str) -> None:
    """A fault if a finding is not one line."""
    if not message or not is_printable(Printable(message)):
        raise Fault(f"a finding of several lines: {message!r}")


FUZZER = Fuzzer(name="manifests", examine=examine, batches=2, batch=500)
