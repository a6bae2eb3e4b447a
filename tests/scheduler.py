"""Binds pods to a node: the clusters of the tests have no scheduler, for pods that leave the node to the cluster."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from control_plane.api import ApiError

if TYPE_CHECKING:
    from control_plane.api import Api

PAUSE = 0.05


class Scheduler:
    """Binds the pods of some namespaces, or of all without any, to a node during the `with` block."""

    def __init__(self, api: Api, node: str, *namespaces: str) -> None:
        self._api, self._node, self._namespaces = api, node, namespaces or ("",)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._bind_pods, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _bind_pods(self) -> None:
        while not self._stop.wait(PAUSE):
            for namespace in self._namespaces:
                for pod in self._api.list("Pod", namespace, fieldSelector="spec.nodeName="):
                    self._bind(pod["metadata"]["name"], pod["metadata"]["namespace"])

    def _bind(self, name: str, namespace: str) -> None:
        target = {"apiVersion": "v1", "kind": "Node", "name": self._node}
        binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": target}
        with suppress(ApiError):  # it was deleted meanwhile
            self._api.request("POST", f"/api/v1/namespaces/{namespace}/pods/{name}/binding", binding)
