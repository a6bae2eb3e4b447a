"""--diff: what a command would change, shown by `diff` or the program in KUBECTL_EXTERNAL_DIFF, as in `kubectl diff`.

Source of the conventions: kubectl, pkg/cmd/diff/diff.go.
"""

from __future__ import annotations

import os
import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from pullsecret.errors import PullSecretError
from pullsecret.model.go.printable import Printable
from pullsecret.model.plan.masked import masked_pair
from pullsecret.report.failures import failure_lines, unfinished_lines
from pullsecret.report.manifests import as_yaml
from pullsecret.report.order import in_order
from pullsecret.report.streams import flush_output, print_message
from pullsecret.system.variables import without_variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Outcome, Plan
    from pullsecret.model.request.command_request import CommandRequest

NO_DIFFERENCE, DIFFERENT, FAILED = 0, 1, 2
"""The exit statuses, as `diff` has them."""

EXTERNAL = "KUBECTL_EXTERNAL_DIFF"
_ARGUMENT = re.compile(r"[a-zA-Z0-9-=]+")
_LONGEST_NAME = 255
"""Bytes of a file's name, at most; a namespace and a name can have more."""


def report_differences(plan: Plan, stream: Iterable[Sequence[Outcome]], request: CommandRequest) -> int:
    """Show the differences; 0 for none, 1 for some, 2 if something could not be compared.

    Args:
        plan: what to do, with the notes to print before.
        stream: the outcomes of a server-side dry run, with their objects.
        request: what was asked for.
    """
    for note in plan.notes:
        print_message(Printable(note))
    ended = tuple(chain.from_iterable(in_order(plan, stream)))
    status = _show([outcome for outcome in ended if outcome.is_good], request)
    for line in (*failure_lines(ended, all_names=True), *unfinished_lines(ended, all_names=True)):
        print_message(line)
    return status if all(outcome.is_good for outcome in ended) else FAILED


def _show(outcomes: Sequence[Outcome], request: CommandRequest) -> int:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="LIVE-") as live, tempfile.TemporaryDirectory(prefix="MERGED-") as merged:
        for outcome in outcomes:
            for directory, state in zip((live, merged), masked_pair(outcome.before, outcome.result), strict=True):
                if state:
                    _write_state(Path(directory), outcome, state)
        flush_output()
        return _run(live, merged, request)


def _write_state(directory: Path, outcome: Outcome, state: Object) -> None:
    text = as_yaml({"apiVersion": outcome.kind.group, "kind": outcome.kind.title, **state})
    (directory / file_name(outcome)).write_text(text, encoding="utf-8")


def file_name(outcome: Outcome) -> str:
    """The name of an object's file in both directories: `v1.Secret.team-a.regcred`, `apps.v1.Deployment.team-a.app`."""
    name = f"{outcome.kind.group.replace('/', '.')}.{outcome.kind.title}.{outcome.namespace}.{outcome.name}"
    if len(name) <= _LONGEST_NAME:
        return name
    import hashlib

    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - len(digest) - 1]}-{digest}"


def _run(live: str, merged: str, request: CommandRequest) -> int:
    from pullsecret.programs.run_program import inherited_environment, run_with_our_streams

    program, *arguments = _program(os.environ.get(EXTERNAL, ""))
    environ = without_variable(inherited_environment(os.environ), request.password_variable)
    try:
        status = run_with_our_streams([program, *arguments, live, merged], environ=environ)
    except OSError as error:
        raise PullSecretError(f"{program}: {os.strerror(error.errno or 0).lower()}").with_exit_status(FAILED) from None
    return status if status in (NO_DIFFERENCE, DIFFERENT) else FAILED


def _program(text: str) -> tuple[str, ...]:
    """The program and its arguments: words between spaces, of which kubectl passes on letters, digits, `-` and `=`."""
    if not text:
        return "diff", "-u", "-N"
    program, *arguments = text.split(" ")
    return program, *filter(_ARGUMENT.fullmatch, arguments)
