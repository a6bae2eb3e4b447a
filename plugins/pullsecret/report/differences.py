"""--diff: what a command would change, shown by `diff` or the program in KUBECTL_EXTERNAL_DIFF, as in `kubectl diff`.

Source of the conventions: kubectl, pkg/cmd/diff/diff.go.
"""

from __future__ import annotations

import os
import re
from collections import deque
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.errors import PullSecretError
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.masked import masked_pair
from pullsecret.report.failures import failure_lines, unfinished_lines
from pullsecret.report.manifests import as_yaml
from pullsecret.report.order import in_order
from pullsecret.report.streams import flush_output, print_error, print_message
from pullsecret.system.variables import without_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pullsecret.model.objects.objects import AnyKind, Object
    from pullsecret.model.plan.change import Change, Outcome, Plan
    from pullsecret.model.request.command_request import CommandRequest

FailureLines: TypeAlias = "Callable[[Sequence[Outcome]], Iterable[Printable]]"

NO_DIFFERENCE, DIFFERENT, FAILED = 0, 1, 2
"""The exit statuses, as `diff` has them."""

EXTERNAL = "KUBECTL_EXTERNAL_DIFF"
_ARGUMENT = re.compile(r"[a-zA-Z0-9-=]+")
_UNUSUAL = re.compile(r"[^a-zA-Z0-9.-]")
_LONGEST_PLACE = 60
"""Characters of a context's name in the names of the directories, where several clusters are compared."""

_LONGEST_NAME = 255
"""Bytes of a file's name, at most; a namespace and a name can have more."""


def report_differences(
    plan: Plan, stream: Iterable[Sequence[Outcome]], request: CommandRequest, failures: FailureLines | None = None
) -> int:
    """Show the differences; 0 for none, 1 for some, 2 if something could not be compared.

    Args:
        plan: what to do, with the notes to print before.
        stream: the outcomes of a server-side dry run, with their objects.
        request: what was asked for.
        failures: the lines about what failed, where they are not those for namespaces.
    """
    for note in plan.notes:
        print_message(Printable(note))
    ended = tuple(chain.from_iterable(in_order(plan, stream)))
    status = _show(net_outcomes(plan, ended), request)
    for line in (failures or _failure_lines)(ended):
        print_message(line)
    return status if all(outcome.is_good for outcome in ended) else FAILED


def _failure_lines(ended: Sequence[Outcome]) -> Iterable[Printable]:
    return (*failure_lines(ended, all_names=True), *unfinished_lines(ended, all_names=True))


def net_outcomes(plan: Plan, ended: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """The good outcomes, one for each object: what several changes of one object make of it together.

    The server validates each change alone, because none of them is written.
    """
    changes: dict[tuple[AnyKind, str, str], deque[Change]] = {}
    for planned in (change for steps in plan.sequences for change in steps):
        changes.setdefault((planned.kind, planned.namespace, planned.name), deque()).append(planned)
    found: dict[tuple[AnyKind, str, str], Outcome] = {}
    for outcome in ended:
        place = (outcome.kind, outcome.namespace, outcome.name)
        own = changes.get(place)
        change = own.popleft() if own else None
        if outcome.is_good and place in found and change is not None:
            found[place] = replace(found[place], result=change.desired(found[place].result or None))
        elif outcome.is_good:
            found[place] = outcome
    return tuple(found.values())


def _show(outcomes: Sequence[Outcome], request: CommandRequest) -> int:
    import tempfile

    place = _UNUSUAL.sub("_", f"{request.output.context}-"[-_LONGEST_PLACE:]) if request.output.spans_contexts else ""
    before, after = (tempfile.TemporaryDirectory(prefix=f"{name}-{place}") for name in ("LIVE", "MERGED"))
    with before as live, after as merged:
        for outcome in outcomes:
            states = masked_pair(outcome.before, outcome.result)
            for directory, state in zip((live, merged), states, strict=True) if any(states) else ():
                _write_state(Path(directory), outcome, state)
        flush_output()
        return _run(live, merged, request)


def _write_state(directory: Path, outcome: Outcome, state: Object | None) -> None:
    """Write one state of an object; an empty file for an object that does not exist in it."""
    text = as_yaml({"apiVersion": outcome.kind.group, "kind": outcome.kind.title, **state}) if state else ""
    (directory / file_name(outcome)).write_text(text, encoding="utf-8")


def file_name(outcome: Outcome) -> str:
    """The name of an object's file in both directories: `v1.Secret.team-a.regcred`, `apps.v1.Deployment.team-a.app`."""
    namespace = "" if outcome.kind is Kind.NAMESPACE else outcome.namespace
    name = f"{outcome.kind.group.replace('/', '.')}.{outcome.kind.title}.{namespace}.{outcome.name}"
    if len(name) <= _LONGEST_NAME:
        return name
    import hashlib

    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_NAME - len(digest) - 1]}-{digest}"


def _run(live: str, merged: str, request: CommandRequest) -> int:
    from pullsecret.programs.run_program import inherited_environment, run_with_our_streams

    words = diff_command(os.environ.get(EXTERNAL, ""), live, merged)
    environ = without_variable(inherited_environment(os.environ), request.password_variable)
    try:
        status = run_with_our_streams(words, environ=environ)
    except FileNotFoundError:
        raise _failure(words[0], "executable file not found in $PATH") from None
    except OSError as error:
        raise _failure(words[0], os.strerror(error.errno or 0).lower()) from None
    if status not in (NO_DIFFERENCE, DIFFERENT):
        print_error(_failure(words[0], f"exit status {status}"))
        return FAILED
    return status


def _failure(program: str, reason: str) -> PullSecretError:
    return PullSecretError(f'failed to run "{printable(program)}": {reason}').with_exit_status(FAILED)


def diff_command(text: str, live: str, merged: str) -> tuple[str, ...]:
    """The program with the directories to compare and its arguments, which come after them, as kubectl has it.

    Words are between spaces; kubectl passes on those of letters, digits, `-` and `=`.
    """
    if not text:
        return "diff", "-u", "-N", live, merged
    program, *arguments = text.split(" ")
    return program, live, merged, *filter(_ARGUMENT.fullmatch, arguments)
