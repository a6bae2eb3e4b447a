"""What the benchmark of many clusters makes of its times, without running any."""

from __future__ import annotations

import pytest

from bench.clusters import ROUND_TRIPS, ManyClusters, cluster_goals, clusters_table


def found(*, together: float) -> ManyClusters:
    alone = {ms: [number + 1.0, number + 2.0] for number, ms in enumerate(ROUND_TRIPS)}
    return ManyClusters(command="copy", alone=alone, together=[together, 2 * together])


def test_all_clusters_are_compared_with_the_slowest_of_the_same_round() -> None:
    assert found(together=3.0).times == pytest.approx((3 / 3 + 6 / 4) / 2)


@pytest.mark.parametrize(("together", "is_met"), [(4.0, True), (5.0, False)])
def test_goal_is_twice_the_slowest(together: float, *, is_met: bool) -> None:
    assert [goal.is_met for goal in cluster_goals([found(together=together)])] == [is_met]


def test_table_has_each_distance() -> None:
    assert "| copy | 1.50 s | 2.50 s | 3.50 s | 4.50 s | 1.25 |" in clusters_table([found(together=3.0)])
