"""What cannot be used with --global, one line each."""

from __future__ import annotations

import pytest

from pullsecret.commands.flags.global_secret import check_global_target
from pullsecret.errors import UsageError
from pullsecret.model.request.context_flags import ContextFlags
from pullsecret.model.request.targets import Targets


def test_name_is_refused() -> None:
    with pytest.raises(
        UsageError, match=r"^NAME cannot be used with --global; the cluster has one global pull secret$"
    ):
        check_global_target(("regcred",), Targets())


@pytest.mark.parametrize(
    ("targets", "flag"),
    [
        (Targets(names=("team-a",)), "--namespace"),
        (Targets(every=True), "--all-namespaces"),
        (Targets(selector="team=a"), "--namespace-selector"),
        (Targets(exclude=("kube-*",)), "--exclude"),
        (Targets(names=("team-a",), create_missing=True), "--namespace"),
        (Targets(include_system=True), "--include-system"),
        (Targets(contexts=ContextFlags(every=True)), "--contexts"),
    ],
)
def test_target_flag_is_refused(targets: Targets, flag: str) -> None:
    with pytest.raises(UsageError, match=rf"^{flag} cannot be used with --global$"):
        check_global_target((), targets)


def test_code_engine_project_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^--code-engine-project cannot be used with --global$"):
        check_global_target((), Targets(), project="shop")


def test_further_flag_of_a_command_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^--attach cannot be used with --global$"):
        check_global_target((), Targets(), refused={"--overwrite": False, "--attach": True})


def test_global_alone_is_accepted() -> None:
    check_global_target((), Targets(), refused={"--attach": False})
