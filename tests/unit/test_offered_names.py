"""Names that TAB offers: words that no shell acts on, whatever the name of a context or an object."""

from __future__ import annotations

import pytest

from hostile_names import HOSTILE, REFUSED
from pullsecret.entry.live_names import can_be_offered

GOOD = (
    "team-a",
    "kubernetes-admin@kubernetes",
    "arn:aws:eks:eu-west-1:1234:cluster/prod",
    "default/api-crc-testing:6443/kubeadmin",
    "gke_project_europe-west1_prod",
    "mycluster/c2f1q0d",
    "bücher",
)


@pytest.mark.parametrize("name", GOOD)
def test_usual_name_is_offered(name: str) -> None:
    assert can_be_offered(name)


BAD = {**HOSTILE, **REFUSED, "empty": "", "filler": "a\u3164", "directive": ":4"}


@pytest.mark.parametrize("name", [text for text in BAD.values() if text != "bücher"])
def test_name_that_a_shell_would_act_on_is_not_offered(name: str) -> None:
    assert not can_be_offered(name)
