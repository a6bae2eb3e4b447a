"""Secrets as large as the API server takes: how much memory the program needs for them."""

from __future__ import annotations

import base64
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from objects import docker_config_secret, pod, registry_entry
from program import Program

if TYPE_CHECKING:
    from control_plane.api import Api, Object

_SECRETS = 20
_MEBIBYTES = 120
"""What a run may take; before pages had a limit and secrets were packed, 20 of them took 129 to 166."""

_MEASURED = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
unit = 1 if sys.platform == "darwin" else 1024
print("took", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit >> 20, file=sys.stderr)
sys.exit(status)
"""


def text_of(letters: random.Random, length: int) -> str:
    """Text that no compression makes much smaller."""
    return base64.b32encode(letters.randbytes(length)).decode()[:length].lower()


def long_key(letters: random.Random) -> dict[str, Object]:
    """The entries of a secret with one key of 300 kB and one password of 300 kB, which comes twice."""
    return {f"h.invalid/{text_of(letters, 300_000)}": registry_entry("u", text_of(letters, 300_000))}


def many_keys(letters: random.Random) -> dict[str, Object]:
    """The entries of a secret with 3,800 keys."""
    entry = registry_entry("u")
    return {f"h.invalid/{text_of(letters, 80)}": entry for _ in range(3_800)}


def run_waiting(api: Api, namespace: str) -> None:
    """Create a pod that waits for an image which the secrets are for."""
    image = "h.invalid/app:1"
    body = pod("waiting", image, "", pull_secrets=("s0",))
    del body["spec"]["nodeName"]
    api.create(body, namespace)
    message = f'failed to pull image "{image}": 401 Unauthorized'
    state = {"waiting": {"reason": "ErrImagePull", "message": message}}
    status = {"name": "c", "image": image, "imageID": "", "ready": False, "restartCount": 0, "state": state}
    name = body["spec"]["containers"][0]["name"]
    change = {"phase": "Pending", "containerStatuses": [{**status, "name": name}]}
    api.patch("Pod", "waiting", {"status": change}, namespace, subresource="status")


def test_large_secrets_take_little_memory(api: Api, namespace: str, pullsecret: Program) -> None:
    def create(number: int) -> None:
        letters = random.Random(number)  # noqa: S311  the same each time
        api.create(docker_config_secret(f"s{number}", (long_key, many_keys)[number % 2](letters)), namespace)

    run_waiting(api, namespace)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create, range(_SECRETS)))
    measured = Program([sys.executable, "-c", _MEASURED, *pullsecret.command], pullsecret.home, pullsecret.kubeconfig)

    took = {
        line: int(measured(*line.split(), "-n", namespace, expect=None).stderr.rpartition("took ")[2])
        for line in ("list", "list -o json", "list -o yaml", "check", "verify", "doctor", "report")
    }
    assert max(took.values()) <= _MEBIBYTES, took
