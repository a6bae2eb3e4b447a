"""kubectl pullsecret completion."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.request.connection import ConnectionFlags

SHELLS = ("bash", "zsh", "fish", "powershell")
_KUBECTL = "kubectl"
_ALIASES = {"pwsh": "powershell"}


def completion(
    shells: Annotated[
        list[str] | None,
        Argument(
            metavar="[SHELL]",
            help="bash, zsh, fish, powershell or kubectl (default: the shell that runs this command).",
        ),
        CompletionHint(choices=(*SHELLS, f"{_KUBECTL}\tthe program that kubectl's own completion runs")),
    ] = None,
    *,
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Print a shell completion script for kubectl-pullsecret.

    `{prog} <TAB>` does not need one: kubectl runs kubectl_complete-pullsecret if it is on PATH. Packages install it;
    after installing with krew, create it as in the second example.

    Examples:
      # bash, in this session; add the line to ~/.bashrc for every session
      source <({prog} completion bash)
      # The program that kubectl runs on TAB, in a directory on PATH
      {prog} completion kubectl > ~/.local/bin/kubectl_complete-pullsecret
      chmod +x ~/.local/bin/kubectl_complete-pullsecret
      # fish, for every session
      {prog} completion fish > ~/.config/fish/completions/kubectl-pullsecret.fish
    """
    from pullsecret.report.shell_scripts import SCRIPTS
    from pullsecret.report.streams import print_block

    del connection  # accepted as for any command
    print_block(SCRIPTS[choose_shell(shells or [])])
    return 0


def choose_shell(words: list[str]) -> str:
    """Return the shell given, or detect the one that runs this process.

    Raises:
        UsageError: there is no script for it, or several were given.
    """
    if len(words) > 1:
        raise UsageError(f"at most one SHELL can be given, got {len(words)}")
    shell = words[0] if words else detect_shell()
    shell = _ALIASES.get(shell, shell)
    if shell not in (*SHELLS, _KUBECTL):
        known = ", ".join((*SHELLS, _KUBECTL))
        raise UsageError(f'unsupported shell "{printable(shell)}"', hint=f"supported: {known}")
    return shell


def detect_shell() -> str:
    """Find the shell among the parents of this process.

    Raises:
        UsageError: it cannot be detected.
    """
    import shellingham

    try:
        name: str = shellingham.detect_shell()[0]
    except OSError:  # ShellDetectionFailure is one
        raise UsageError("cannot detect the shell", hint=f"specify one of {', '.join(SHELLS)}") from None
    return name
