"""The commands that the documents show: the program must accept each of them."""

from __future__ import annotations

import io
import re
import shlex
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from pullsecret import pipeline
from pullsecret.main import main as pullsecret
from pullsecret.pipeline import (
    account_token,
    cluster_report,
    end_key,
    fix,
    global_commands,
    image_grants,
    import_image,
    probe,
    project_commands,
    project_service_id,
    removal,
    renewal,
    rotate,
    rotate_key,
    service_id,
    workloads,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAM = "kubectl pullsecret"
CODE = re.compile(r"^```(?:sh|text|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
ROW = re.compile(r"^\|.*$", re.MULTILINE)
SPAN = re.compile(r"`([^`]*)`")
REDIRECTION = re.compile(r" [<>|] .*")
COMMAND = re.compile(
    r"^(?:\$ | *)(?:.*\| )?(?:kubectl[ -]|ibmcloud )pullsecret (?!COMMAND|<TAB>|.*\[flags\])(.*)", re.MULTILINE
)


def problems(document: Path) -> list[str]:
    """Return the errors of the program for the commands in a document that it refuses."""
    return [f"{command}: {said}" for command in commands_in(document.read_text()) if (said := refusal_of(command))]


def commands_in(text: str) -> list[str]:
    """The program's command lines in a text's code and tables, also after a pipe; continued lines are joined."""
    codes = [code.replace("\\\n", " ") for code in CODE.findall(text)]
    found = (command for code in (*codes, *cells_of(text)) for command in COMMAND.findall(code))
    return [f"{PROGRAM} {command}" for command in found if "<TAB>" not in command]


def cells_of(text: str) -> list[str]:
    """The code in the rows of a text's tables."""
    return [span.replace("\\|", "|") for row in ROW.findall(text) for span in SPAN.findall(row)]


def refusal_of(command: str) -> str:
    """Return the error of a command that the program refuses, "" otherwise; no cluster is contacted."""
    said = io.StringIO()
    words = shlex.split(REDIRECTION.sub("", command), comments=True)[len(PROGRAM.split()) :]
    with commands_parsed_only(), redirect_stdout(said), redirect_stderr(said):
        status = pullsecret(words, PROGRAM)
    return said.getvalue().strip() or f"exit status {status}" if status else ""


@contextmanager
def commands_parsed_only() -> Iterator[None]:
    """End commands before they contact the cluster."""
    functions = [
        (pipeline, "run_change"),
        (pipeline, "run_query"),
        (pipeline, "run_offline"),
        (fix, "fix"),
        (image_grants, "change_grants"),
        (import_image, "import_image"),
        (removal, "delete_secrets"),
        (probe, "verify_by_probe"),
        *((project_commands, name) for name in ("copy_to_project", "create_in_project", "delete_in_project")),
        *((project_commands, name) for name in ("describe_in_project", "list_project", "rotate_in_project")),
        (project_commands, "sync_project"),
        *((global_commands, name) for name in ("copy_to_global", "create_in_global", "rotate_in_global")),
        (project_service_id, "create_in_project_with_service_id"),
        (removal, "sync_copies"),
        (renewal, "run_renewal"),
        (rotate, "run_step"),
        (rotate_key, "rotate_to_new_key"),
        (end_key, "finish_with_key"),
        (service_id, "create_with_service_id"),
        (account_token, "create_with_account_token"),
        (cluster_report, "report_clusters_as_page"),
        (workloads, "change_workloads"),
    ]
    before = [getattr(module, name) for module, name in functions]
    for module, name in functions:
        setattr(module, name, accept)
    try:
        yield
    finally:
        for (module, name), function in zip(functions, before, strict=True):
            setattr(module, name, function)


def accept(*_: object) -> int:
    """End a command whose flags were parsed into a request."""
    return 0
