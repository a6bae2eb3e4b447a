"""Which schedules `generate cronjob` accepts: those that the API server accepts, and no other."""

from __future__ import annotations

import pytest

from cron_schedules import ACCEPTED, REFUSED
from pullsecret.commands.flags.generating import job_options
from pullsecret.errors import UsageError
from pullsecret.model.manifests.cron_schedule import schedule_problem


@pytest.mark.parametrize("schedule", ACCEPTED)
def test_schedule_is_accepted_as_kubernetes_has_it(schedule: str) -> None:
    assert schedule_problem(schedule) == ""


@pytest.mark.parametrize(("schedule", "problem"), REFUSED.items(), ids=[key[:20] for key in REFUSED])
def test_schedule_is_refused_with_its_reason(schedule: str, problem: str) -> None:
    assert schedule_problem(schedule).endswith(problem)


def test_schedule_is_judged_with_the_flags_and_in_one_line() -> None:
    with pytest.raises(UsageError) as refused:
        job_options(schedule="0 3 *\n\x1b * *  9")

    assert "invalid --schedule" in str(refused.value)
    assert not {"\n", "\x1b"} & set(str(refused.value))
