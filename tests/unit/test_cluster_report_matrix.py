"""Which namespaces pull from which registries: a row for each way of pulling, and for what the matrix leaves out."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from objects import (
    deployment,
    docker_config_secret,
    encoded,
    made_up_password,
    named,
    pod,
    registry_entry,
    service_account,
)
from pullsecret.model.cluster_report.image_uses import use_by_pod, use_by_template, with_images
from pullsecret.model.cluster_report.matrix import PullState
from pullsecret.model.cluster_report.matrix_cells import MOST_REGISTRIES, matrix_of
from pullsecret.model.cluster_report.pull_verdicts import NamespaceView, NodeCredentials
from pullsecret.model.objects.objects import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from control_plane.api import Object
    from pullsecret.model.cluster_report.matrix import MatrixCell

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOST = "reg.example"
IMAGE = f"{HOST}/a/b:1"


def token(expires: int) -> str:
    """A JSON web token that says when it expires, in seconds since 1970."""
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{claims}.{made_up_password()}"


GOOD = docker_config_secret("good", {HOST: registry_entry()})
DEEP = docker_config_secret("deep", {f"{HOST}/a": registry_entry()})
BARE = docker_config_secret("bare", {HOST: {"username": "me"}})
OTHER = docker_config_secret("other", {"other.example": registry_entry()})
HUB = docker_config_secret("hub", {"https://index.docker.io/v1/": registry_entry()})
WIDE = docker_config_secret("wide", {"*.example": registry_entry()})
EXPIRED = docker_config_secret("expired", {HOST: registry_entry(password=token(1_700_000_000))})
DOUBTFUL = docker_config_secret("doubtful", {HOST: registry_entry(password=f"{made_up_password()}\n")})
BAD = {**docker_config_secret("bad", {}), "data": {".dockerconfigjson": encoded('{"auths":[]}')}}
MIRROR = named(
    "ImageTagMirrorSet",
    "ours",
    spec={
        "imageTagMirrors": [
            {"source": HOST, "mirrors": ["mirror.example/all"], "mirrorSourcePolicy": "NeverContactSource"}
        ]
    },
)


def running(*names: str, image: str = IMAGE, account: str = "default") -> Object:
    return pod("p", image, "n", pull_secrets=names, serviceAccountName=account)


def waiting(*names: str) -> Object:
    state = {"waiting": {"reason": "ImagePullBackOff", "message": "no"}}
    return {**running(*names), "status": {"containerStatuses": [{"name": "main", "state": state}]}}


def workload(*names: str, image: str = IMAGE, account: str = "default") -> Object:
    return deployment("web", running(*names, image=image, account=account))


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is in a namespace, and the cells that it gets: by registry, their state and a part of their reasons."""

    secrets: Sequence[Object] = ()
    accounts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    pods: Sequence[Object] = ()
    workloads: Sequence[Object] = ()
    nodes: NodeCredentials = field(default_factory=NodeCredentials)
    are_secrets_known: bool = True
    are_accounts_known: bool = True
    expected: Mapping[str, tuple[PullState, str]] = field(default_factory=dict)

    @property
    def view(self) -> NamespaceView:
        accounts = {name: service_account(name, listed) for name, listed in self.accounts.items()}
        templates = [
            use_by_template(
                Kind.DEPLOYMENT,
                with_images(Kind.DEPLOYMENT, item),
                accounts,
                are_accounts_known=self.are_accounts_known,
            )
            for item in self.workloads
        ]
        return NamespaceView(
            namespace="a",
            now=NOW,
            secrets={item["metadata"]["name"]: item for item in self.secrets},
            accounts=accounts,
            uses=(*(use_by_pod(item, accounts) for item in self.pods), *filter(None, templates)),
            are_secrets_known=self.are_secrets_known,
            nodes=self.nodes,
        )


CASES = {
    "by-account": Case(
        secrets=[GOOD],
        accounts={"default": ["good"]},
        pods=[running("good")],
        expected={HOST: (PullState.ACCOUNT, "")},
    ),
    "by-own-list": Case(
        secrets=[GOOD], accounts={"default": []}, pods=[running("good")], expected={HOST: (PullState.LIST, "")}
    ),
    "own-list-hides-that-of-the-account": Case(
        secrets=[GOOD, OTHER],
        accounts={"default": ["other"]},
        pods=[running("good")],
        expected={HOST: (PullState.LIST, ""), "other.example": (PullState.ACCOUNT, "")},
    ),
    "template-gets-the-list-of-its-account": Case(
        secrets=[GOOD],
        accounts={"puller": ["good"]},
        workloads=[workload(account="puller")],
        expected={HOST: (PullState.ACCOUNT, "")},
    ),
    "template-with-a-list": Case(
        secrets=[GOOD], accounts={}, workloads=[workload("good")], expected={HOST: (PullState.LIST, "")}
    ),
    "template-after-the-account-has-lost-its-secret": Case(
        secrets=[GOOD],
        accounts={"default": []},
        pods=[running("good")],
        workloads=[workload()],
        expected={HOST: (PullState.NONE, "1 image by the pod's own list")},
    ),
    "no-secret": Case(accounts={"default": []}, pods=[running()], expected={HOST: (PullState.NONE, "")}),
    "missing-secret": Case(pods=[running("gone")], expected={HOST: (PullState.NONE, "secret/gone does not exist")}),
    "missing-or-unreadable-secret": Case(
        pods=[running("gone")], are_secrets_known=False, expected={HOST: (PullState.UNKNOWN, "could not be read")}
    ),
    "unreadable-account": Case(
        secrets=[GOOD],
        workloads=[workload()],
        are_accounts_known=False,
        expected={HOST: (PullState.UNKNOWN, "list of the service account")},
    ),
    "malformed-secret": Case(
        secrets=[BAD, GOOD], pods=[running("good", "bad")], expected={HOST: (PullState.BROKEN, "secret/bad cannot")}
    ),
    "entry-without-a-password": Case(
        secrets=[BARE], pods=[running("bare")], expected={HOST: (PullState.UNKNOWN, "no password")}
    ),
    "expired-token": Case(
        secrets=[EXPIRED],
        pods=[running("expired")],
        expected={HOST: (PullState.BROKEN, "secret/expired: the password is a token that expired on 2023-11-14")},
    ),
    "second-secret-after-an-expired-token": Case(
        secrets=[EXPIRED, GOOD],
        pods=[running("expired", "good")],
        expected={HOST: (PullState.LIST, "")},
    ),
    "doubtful-password": Case(
        secrets=[DOUBTFUL], pods=[running("doubtful")], expected={HOST: (PullState.UNKNOWN, "secret/doubtful: ")}
    ),
    "private-registry-without-a-secret": Case(
        pods=[running(image="us.icr.io/a/b")], expected={"us.icr.io": (PullState.BROKEN, "the image is private")}
    ),
    "image-of-another-project": Case(
        pods=[running(image="image-registry.openshift-image-registry.svc:5000/build/web:1")],
        expected={
            "image-registry.openshift-image-registry.svc:5000": (PullState.UNKNOWN, "needs a role in project build")
        },
    ),
    "pod-that-waits": Case(
        secrets=[GOOD],
        pods=[waiting("good")],
        expected={HOST: (PullState.BROKEN, "pod/p waits: ImagePullBackOff")},
    ),
    "static-pod-uses-no-secret": Case(
        secrets=[GOOD],
        accounts={"default": ["good"]},
        pods=[
            {**running("good"), "metadata": {"name": "p", "annotations": {"kubernetes.io/config.mirror": "x"}}},
        ],
        expected={HOST: (PullState.NONE, "")},
    ),
    "docker-hub": Case(
        secrets=[HUB],
        accounts={"default": ["hub"]},
        pods=[running("hub", image="nginx")],
        expected={"docker.io": (PullState.ACCOUNT, "")},
    ),
    "global-pull-secret": Case(
        pods=[running()],
        nodes=NodeCredentials(secrets=(GOOD,)),
        expected={HOST: (PullState.NODES, "global pull secret")},
    ),
    "unreadable-global-pull-secret": Case(
        pods=[running()], nodes=NodeCredentials(is_known=False), expected={HOST: (PullState.UNKNOWN, "of the nodes")}
    ),
    "registry-of-a-cloud-provider": Case(
        pods=[running(image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/a")],
        expected={"123456789012.dkr.ecr.eu-west-1.amazonaws.com": (PullState.UNKNOWN, "nodes of EKS")},
    ),
    "mirror-only": Case(
        secrets=[GOOD],
        pods=[running("good")],
        nodes=NodeCredentials(mirrors=(MIRROR,)),
        expected={HOST: (PullState.UNKNOWN, "ImageTagMirrorSet/ours")},
    ),
    "invalid-image": Case(pods=[running(image="UPPER CASE")]),
    "unused-by-account": Case(secrets=[GOOD], accounts={"default": ["good"]}, expected={HOST: (PullState.ACCOUNT, "")}),
    "unused-and-not-listed": Case(
        secrets=[GOOD],
        accounts={"default": []},
        expected={HOST: (PullState.NONE, "no service account lists secret/good")},
    ),
    "unused-with-an-expired-token": Case(
        secrets=[EXPIRED],
        accounts={"default": ["expired"]},
        expected={HOST: (PullState.BROKEN, "secret/expired: ")},
    ),
    "malformed-secret-breaks-only-what-the-list-is-for": Case(
        secrets=[BAD, GOOD, OTHER],
        accounts={"default": ["bad", "good"]},
        expected={HOST: (PullState.BROKEN, "secret/bad"), "other.example": (PullState.NONE, "no service account")},
    ),
    "key-that-matches-nothing": Case(
        secrets=[docker_config_secret("typo", {"reg.example ": registry_entry(), "quay": registry_entry()})],
        accounts={"default": ["typo"]},
    ),
}


def cells_of(view: NamespaceView) -> Mapping[str, MatrixCell]:
    return {cell.registry: cell for cell in matrix_of([view]).cells}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_cell_says_how_images_of_a_registry_are_pulled(case: Case) -> None:
    found = cells_of(case.view)

    assert {registry: cell.state for registry, cell in found.items()} == {
        registry: state for registry, (state, _) in case.expected.items()
    }
    for registry, (_, reason) in case.expected.items():
        assert not reason or any(reason in one for one in found[registry].reasons), found[registry]


def test_cell_counts_images_and_pods_and_names_what_provides_credentials() -> None:
    case = Case(
        secrets=[GOOD],
        accounts={"default": ["good"], "puller": ["good"]},
        pods=[running("good"), running("good", image=f"{HOST}/c"), running("good", account="puller")],
        workloads=[workload()],
    )

    cell = cells_of(case.view)[HOST]

    assert (cell.images, cell.pods, cell.is_used) == (2, 3, True)
    assert (cell.secrets, cell.accounts, cell.reasons) == (("good",), ("default", "puller"), ())


def test_credentials_for_a_path_are_no_credentials_for_the_registry() -> None:
    limited = cells_of(Case(secrets=[DEEP], accounts={"default": ["deep"]}).view)[HOST]
    both = cells_of(Case(secrets=[DEEP, GOOD], accounts={"default": ["deep", "good"]}).view)[HOST]

    assert (limited.state, limited.paths, limited.accounts) == (PullState.ACCOUNT, (f"{HOST}/a",), ("default",))
    assert both.paths == ()


def test_wildcard_counts_where_a_registry_is_known() -> None:
    users = Case(pods=[running(image="x.example/a")]).view
    holder = Case(secrets=[WIDE], accounts={"default": ["wide"]}).view

    found = matrix_of([users, holder])

    assert [(cell.state, cell.secrets) for cell in found.cells] == [
        (PullState.NONE, ()),
        (PullState.ACCOUNT, ("wide",)),
    ]


def test_registries_in_use_come_first_and_the_columns_are_limited() -> None:
    many = {f"r{number}.example": registry_entry() for number in range(7000)}
    view = Case(
        secrets=[docker_config_secret("many", many)],
        accounts={"default": ["many"]},
        pods=[running("many")],
    ).view
    started = time.monotonic()

    found = matrix_of([view])

    assert found.registries[0] == HOST
    assert len(found.joined[found.registries[1]]) == MOST_REGISTRIES - 1
    assert [cell.registry for cell in found.cells] == list(found.registries)
    assert found.left_out == 7001 - MOST_REGISTRIES
    assert time.monotonic() - started < 60


def test_thousands_of_paths_are_judged_in_time() -> None:
    secrets = [
        docker_config_secret(f"s{count}", {f"{HOST}/s{count}/{number}": registry_entry() for number in range(3800)})
        for count in range(10)
    ]
    view = Case(secrets=secrets, accounts={"default": [f"s{count}" for count in range(10)]}).view
    started = time.monotonic()

    (cell,) = matrix_of([view]).cells

    assert (cell.state, cell.paths[0]) == (PullState.ACCOUNT, f"{HOST}/s0/0")
    assert time.monotonic() - started < 60


def test_equal_columns_that_nothing_uses_are_one() -> None:
    regions = {f"{name}.shop.example": registry_entry() for name in ("au", "br", "ca", "us")}
    views = [
        Case(
            secrets=[docker_config_secret("all", {**regions, HOST: registry_entry()}), OTHER],
            accounts={"default": ["all", "other"]},
            pods=[running("all", "other", image=image)],
        ).view
        for image in (IMAGE, "us.shop.example/a")
    ]

    found = matrix_of(views)

    name = "au.shop.example and 2 more"
    assert found.registries == (HOST, "us.shop.example", name, "other.example")
    assert found.joined == {name: ("au.shop.example", "br.shop.example", "ca.shop.example")}
    assert [cell.state for cell in found.cells if cell.registry == name] == [PullState.ACCOUNT] * 2


def test_accounts_with_a_list_each_are_judged_in_time() -> None:
    many = {f"r{number}.example": registry_entry() for number in range(7000)}
    accounts = {f"sa{number}": ["many", f"gone{number}"] for number in range(5000)}
    view = Case(secrets=[docker_config_secret("many", many)], accounts=accounts).view
    started = time.monotonic()

    found = matrix_of([view])

    assert {(cell.state, cell.secrets, len(cell.accounts)) for cell in found.cells} == {
        (PullState.ACCOUNT, ("many",), 5000)
    }
    assert time.monotonic() - started < 60


def test_credential_in_a_key_is_not_in_the_matrix() -> None:
    token = f"eyJ{base64.urlsafe_b64encode(json.dumps({'a': 1}).encode()).decode()}.x.x"
    keys = {f"https://user:{token}@{HOST}": registry_entry(), f"https://{token}/": registry_entry()}
    view = Case(secrets=[docker_config_secret("odd", keys)], accounts={"default": ["odd"]}).view

    assert token not in repr(matrix_of([view]))


def test_workload_that_has_ended_uses_no_images() -> None:
    job = {**workload(), "kind": "Job", "status": {"conditions": [{"type": "Complete", "status": "True"}]}}

    assert use_by_template(Kind.JOB, with_images(Kind.JOB, job), {}, are_accounts_known=True) is None
