"""Asking on the terminal before something happens that cannot be taken back easily."""

from __future__ import annotations

import sys

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_message
from pullsecret.system.terminal import is_terminal_input


def check_can_ask(what: str) -> None:
    """Refuse to begin what will have to ask, where no one can answer.

    `what` is the command or flag, and what it is used on: "--fix", "deleting more than one secret".

    Raises:
        UsageError: standard input is not a terminal.
    """
    if not is_terminal_input(sys.stdin):
        message = f"{what} asks for confirmation, and stdin is not a terminal; use --yes to confirm, or --dry-run"
        raise UsageError(message)


def ask_to_continue() -> bool:
    """Prompt at the terminal, and return whether the answer is yes; without one, say that nothing was changed."""
    if ask("Continue?"):
        return True
    print_message(Printable("note: no changes were made"))
    return False


def ask(question: str) -> bool:
    """Ask a question at the terminal, and return whether the answer is yes."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        raise
    is_yes = answer.strip().lower() in ("y", "yes")
    if not is_yes and not answer.endswith("\n"):
        print(file=sys.stderr)
    return is_yes
