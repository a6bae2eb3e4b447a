"""The relay delays what clients and the API server send, and refuses writes as a busy server does."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from control_plane.api import Api, ApiError
from control_plane.relay import Relay

if TYPE_CHECKING:
    from control_plane.plane import ControlPlane

ROUND_TRIP = 0.05  # seconds
TOO_MANY_REQUESTS = 429


def test_relay_delays_each_round_trip_and_refuses_writes_above_its_limit(own_plane: ControlPlane) -> None:
    with Relay(own_plane, ROUND_TRIP) as far, Api(far.access) as api:
        assert seconds_of_version(api) >= 3 * ROUND_TRIP  # TCP, TLS, the request
        assert seconds_of_version(api) >= ROUND_TRIP
    with Relay(own_plane, ROUND_TRIP, most_writes=1) as far, Api(far.access) as api, ThreadPoolExecutor(16) as threads:
        statuses = list(threads.map(lambda number: status_of_create(api, f"relay-{number}"), range(64)))

        assert set(statuses) == {201, TOO_MANY_REQUESTS}
        assert far.refusals() == statuses.count(TOO_MANY_REQUESTS)
        assert len([name for name in names_of(api) if name.startswith("relay-")]) == statuses.count(201)


def seconds_of_version(api: Api) -> float:
    started = time.monotonic()
    api.request("GET", "/version")
    return time.monotonic() - started


def status_of_create(api: Api, name: str) -> int:
    try:
        api.create({"kind": "Namespace", "metadata": {"name": name}})
    except ApiError as error:
        return error.status if error.reason == "TooManyRequests" else 0
    return 201


def names_of(api: Api) -> list[str]:
    return [namespace["metadata"]["name"] for namespace in api.list("Namespace")]
