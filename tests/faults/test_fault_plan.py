"""A failure can be replayed: the same seed does the same again, and all seeds together do everything."""

from __future__ import annotations

from random import Random

from faults.fault_plan import EVERYTHING, Weather
from faults.proxy import Asked

SEEDS = range(270)


def requests(slug: str, name: str) -> list[Asked]:
    places = [f"/api/v1/namespaces/{slug}-{n}/{rest}" for n in range(4) for rest in ("secrets", f"secrets/{name}")]
    methods = ("GET", "POST", "PATCH", "DELETE")
    return [Asked(method=m, path=p, nth=n, under_way=1) for m in methods for p in places for n in range(3)]


def test_same_seed_does_the_same_in_any_order_and_under_any_names() -> None:
    for seed in SEEDS:
        first, second = Weather(seed=seed, forget=("a-1", "x")), Weather(seed=seed, forget=("b-2", "y"))
        pairs = list(zip(requests("a-1", "x"), requests("b-2", "y"), strict=True))
        done = [first(asked) for asked, _ in pairs]
        shuffled = Random(seed).sample(range(len(pairs)), len(pairs))  # noqa: S311  an order
        assert {n: second(pairs[n][1]) for n in shuffled} == dict(enumerate(done))


def test_seeds_together_do_everything_that_can_go_wrong() -> None:
    seen = {Weather(seed=seed, forget=())(asked) for seed in SEEDS for asked in requests("a-1", "x")}

    assert seen >= set(EVERYTHING)
