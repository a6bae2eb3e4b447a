"""`create --internal-registry` that is refused, interrupted, cut off, or not alone."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.faults import failed, failed_after, forward, reset_after, reset_before, slow
from faults.proxy import FaultyProxy
from openshift.internal_registry import reviewed
from openshift.test_account_token import as_holder, token_in
from pullsecret.model.openshift.puller import PULLER
from rights import grants_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faults.proxy import Decide, Fault, ProxiedRequest
    from kubeconfig.certificates import Certificate
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from registry.registry_setup import Registries
    from rights import Rights

pytestmark = pytest.mark.source


@pytest.fixture(scope="module")
def certificate(registries: Registries) -> Certificate:
    """That of a proxy."""
    return registries.authority.issue("openshift-proxy", "subjectAltName=IP:127.0.0.1")


@pytest.fixture
def proxied(openshift: OpenShift, certificate: Certificate) -> Callable[[Decide], FaultyProxy]:
    """A proxy with faults before the cluster, for a `with` block."""
    return lambda decide: FaultyProxy(openshift.plane.access, certificate, decide)


def words(images: str, *targets: str) -> tuple[str, ...]:
    return "create", "images", "--internal-registry", "--from", images, "-n", ",".join(targets)


def is_for_token(request: ProxiedRequest) -> bool:
    return request.path.endswith("/token")


def is_for_secret(request: ProxiedRequest) -> bool:
    return request.is_write and "/secrets" in request.path


def test_permissions_that_are_printed_suffice(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program, os_restricted: Rights
) -> None:
    images, target = projects(2)
    command = (*words(images, target), "--attach")
    kubeconfig = os_restricted.printed(os_pullsecret, command)

    made = os_pullsecret(*command, kubeconfig=kubeconfig)

    assert f"note: not allowed to list the role bindings of namespace {images}: other roles of" in made.stderr
    assert "note: not allowed to read the routes of the internal registry" in made.stderr
    with as_holder(openshift, token_in(openshift.api, target)) as holder:
        assert reviewed(holder) == f"system:serviceaccount:{images}:{PULLER}"
    again = os_pullsecret(*command, kubeconfig=kubeconfig)
    assert "2 namespaces: 2 unchanged" in again.stderr


def test_user_who_may_not_make_tokens_reads_what_was_created(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program, os_restricted: Rights
) -> None:
    images, target = projects(2)
    command = words(images, target)
    grants = grants_of(*command, without=("serviceaccounts/token", "create"))
    kubeconfig = os_restricted(*grants)

    refused = os_pullsecret(*command, kubeconfig=kubeconfig, expect=1)

    notes, error = refused.stderr.splitlines()[:2], refused.stderr.splitlines()[2]
    assert notes == [
        f"note: serviceaccount/{PULLER} created in namespace {images}",
        f"note: rolebinding/{PULLER} created in namespace {images}",
    ]
    assert error.startswith("Error from server (Forbidden): ")
    assert 'cannot create resource "serviceaccounts/token"' in error
    assert openshift.api.find("Secret", "images", target) is None


def test_token_that_no_secret_has_is_told_with_its_end(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program, os_restricted: Rights
) -> None:
    images, target = projects(2)
    command = words(images, target)
    kubeconfig = os_restricted(*grants_of(*command, without=("secrets", "create")))

    refused = os_pullsecret(*command, kubeconfig=kubeconfig, expect=1)

    said = f"warning: no secret has the new token of serviceaccount/{PULLER} in namespace {images}; it is valid until "
    assert said in refused.stderr
    assert "(30 days); deleting the account revokes it, and all other tokens of the account\n" in refused.stderr
    assert openshift.api.find("ServiceAccount", PULLER, images)
    os_pullsecret(*command)
    assert token_in(openshift.api, target)


def test_lost_answer_with_a_token_is_asked_for_again(
    openshift: OpenShift,
    projects: Namespaces,
    os_pullsecret: Program,
    registries: Registries,
    proxied: Callable[[Decide], FaultyProxy],
    tmp_path: Path,
) -> None:
    images, target = projects(2)

    def lose(request: ProxiedRequest) -> Fault:
        return reset_after if is_for_token(request) and not request.nth else forward

    with proxied(lose) as proxy:
        kubeconfig = proxy.kubeconfig(tmp_path, registries.authority)
        os_pullsecret(*words(images, target), kubeconfig=kubeconfig)
        asked = [request for request in proxy.writes if is_for_token(request)]

    assert len(asked) == 2
    with as_holder(openshift, token_in(openshift.api, target)) as holder:
        assert reviewed(holder)


WRITES = {
    "account": "/serviceaccounts",
    "binding": "/rolebindings",
    "token": "/token",
    "secret": "/secrets",
    "default-account": "/serviceaccounts/default",
}
"""The writes of a run with --attach, by the ends of their paths."""

FAULTS: dict[str, Fault] = {
    "lost-before": reset_before,
    "lost-after": reset_after,
    "504-after": failed_after(504),
    "403": failed(403),
}


LASTING = ("lost-after", "403")
"""Those of them that a run may meet at each attempt."""

FAILURE = re.compile(r"^(?:error: |Error from server |Unable to connect to the server: )", re.MULTILINE)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("is_lasting", [False, True], ids=["once", "from-then-on"])
def test_fault_at_any_write_leaves_good_secrets_or_is_told(
    openshift: OpenShift,
    projects: Namespaces,
    os_pullsecret: Program,
    registries: Registries,
    proxied: Callable[[Decide], FaultyProxy],
    tmp_path: Path,
    write: str,
    is_lasting: bool,
) -> None:
    """Whatever fails, the next run completes, and a secret that is there has a token that the API server takes."""
    for name, fault in FAULTS.items() if not is_lasting else ((name, FAULTS[name]) for name in LASTING):
        images, target = projects(2)
        begun: list[ProxiedRequest] = []

        def decide(request: ProxiedRequest, fault: Fault = fault, begun: list[ProxiedRequest] = begun) -> Fault:
            is_hit = request.is_write and request.path.endswith(WRITES[write]) and (is_lasting or not begun)
            if is_hit:
                begun.append(request)
            return fault if is_hit else forward

        command = (*words(images, target), "--attach", "--request-timeout=3s")
        with proxied(decide) as proxy:
            kubeconfig = proxy.kubeconfig(tmp_path, registries.authority)
            result = os_pullsecret(*command, kubeconfig=kubeconfig, expect=None)

        assert begun, name
        secret = openshift.api.find("Secret", "images", target)
        assert "ey" + "J" not in result.stdout + result.stderr
        assert result.status == 0 or FAILURE.search(result.stderr), (name, result)
        assert result.status == 0 or write == "default-account" or "secret/images created" not in result.stdout
        assert (
            name != "403" or write == "account" or f"serviceaccount/{PULLER} created" in result.stdout + result.stderr
        )
        if secret is not None:
            with as_holder(openshift, token_in(openshift.api, target)) as holder:
                assert reviewed(holder) == f"system:serviceaccount:{images}:{PULLER}"
        elif write == "secret":
            assert "warning: " in result.stderr, (name, result)
        if not is_lasting and name != "403":
            assert result.status == 0, (name, result)
        os_pullsecret(*command)
        with as_holder(openshift, token_in(openshift.api, target)) as holder:
            assert reviewed(holder) == f"system:serviceaccount:{images}:{PULLER}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_interrupted_write_tells_of_the_token(
    openshift: OpenShift,
    projects: Namespaces,
    os_pullsecret: Program,
    registries: Registries,
    proxied: Callable[[Decide], FaultyProxy],
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    images, target = projects(2)

    with proxied(lambda request: slow(60) if is_for_secret(request) else forward) as proxy:
        kubeconfig = proxy.kubeconfig(tmp_path, registries.authority)
        process = os_pullsecret.start(*words(images, target), kubeconfig=kubeconfig)
        until(lambda: any(map(is_for_secret, proxy.writes)), "the write of the secret")
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)

    assert process.returncode == 128 + number
    said = (
        f"warning: it is not known whether a secret has the new token of serviceaccount/{PULLER} in namespace {images}"
    )
    assert f"{said}; it is valid until " in stderr
    assert f"serviceaccount/{PULLER} created in namespace {images}" in stdout
    os_pullsecret(*words(images, target))
    assert token_in(openshift.api, target)


@pytest.mark.parametrize("stuck", [is_for_token, is_for_secret], ids=["token", "secret"])
def test_killed_run_is_completed_by_the_next_one(
    projects: Namespaces,
    os_pullsecret: Program,
    registries: Registries,
    proxied: Callable[[Decide], FaultyProxy],
    tmp_path: Path,
    stuck: Callable[[ProxiedRequest], bool],
) -> None:
    images, target = projects(2)
    with proxied(lambda request: slow(60) if stuck(request) else forward) as proxy:
        kubeconfig = proxy.kubeconfig(tmp_path, registries.authority)
        process = os_pullsecret.start(*words(images, target), kubeconfig=kubeconfig)
        until(lambda: any(map(stuck, proxy.writes)), "the request at which it is killed")
        process.kill()
        process.communicate(timeout=60)

    again = os_pullsecret(*words(images, target))

    assert f"serviceaccount/{PULLER} unchanged in namespace {images}" in again.stdout
    assert f"rolebinding/{PULLER} unchanged in namespace {images}" in again.stdout
    assert f"secret/images created in namespace {target}" in again.stdout


def test_token_that_another_run_wrote_meanwhile_stays(
    openshift: OpenShift,
    projects: Namespaces,
    os_pullsecret: Program,
    registries: Registries,
    proxied: Callable[[Decide], FaultyProxy],
    tmp_path: Path,
) -> None:
    images, target = projects(2)
    theirs: list[str] = []

    def run_another(request: ProxiedRequest) -> Fault:
        if is_for_secret(request) and not theirs:
            os_pullsecret(*words(images, target))
            theirs.append(token_in(openshift.api, target))
        return forward

    with proxied(run_another) as proxy:
        kubeconfig = proxy.kubeconfig(tmp_path, registries.authority)
        made = os_pullsecret(*words(images, target), kubeconfig=kubeconfig)

    assert f"secret/images unchanged in namespace {target}" in made.stdout
    assert f"warning: no secret has the new token of serviceaccount/{PULLER} in namespace {images}" in made.stderr
    assert [token_in(openshift.api, target)] == theirs


def test_secret_of_another_is_refused_before_a_token_is_made(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    images, target = projects(2)
    theirs = {"kind": "Secret", "metadata": {"name": "images"}, "type": "Opaque", "stringData": {"a": "b"}}
    openshift.api.create(theirs, target)

    refused = os_pullsecret(*words(images, target), "-v=6", expect=1)

    assert "is not a pull secret" in refused.stderr
    assert "/token" not in refused.stderr
    assert openshift.api.find("ServiceAccount", PULLER, images) is None
