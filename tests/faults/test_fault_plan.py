"""A failure can be reproduced: the same seed has the same faults, and all seeds together have every fault."""

from __future__ import annotations

from random import Random

from faults.fault_plan import EVERYTHING, FaultPlan
from faults.proxy import ProxiedRequest

SEEDS = range(270)


def requests(slug: str, name: str) -> list[ProxiedRequest]:
    places = [f"/api/v1/namespaces/{slug}-{n}/{rest}" for n in range(4) for rest in ("secrets", f"secrets/{name}")]
    methods = ("GET", "POST", "PATCH", "DELETE")
    return [ProxiedRequest(method=m, path=p, nth=n, in_flight=1) for m in methods for p in places for n in range(3)]


def test_same_seed_has_the_same_faults_in_any_order_and_under_any_names() -> None:
    for seed in SEEDS:
        first, second = FaultPlan(seed=seed, forget=("a-1", "x")), FaultPlan(seed=seed, forget=("b-2", "y"))
        pairs = list(zip(requests("a-1", "x"), requests("b-2", "y"), strict=True))
        done = [first(request) for request, _ in pairs]
        shuffled = Random(seed).sample(range(len(pairs)), len(pairs))  # noqa: S311  an order
        assert {n: second(pairs[n][1]) for n in shuffled} == dict(enumerate(done))


def test_all_seeds_together_have_every_fault() -> None:
    snapshot = {FaultPlan(seed=seed, forget=())(request) for seed in SEEDS for request in requests("a-1", "x")}

    assert snapshot >= set(EVERYTHING)
