"""kubectl pullsecret completion."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable

SHELLS = ("bash", "zsh", "fish", "powershell")
KUBECTL = "kubectl"
_ALIASES = {"pwsh": "powershell"}


def completion(
    shells: Annotated[
        list[str] | None,
        Argument(metavar="[SHELL]", help="bash, zsh, fish, powershell, or kubectl; default: the shell that runs this."),
        CompletionHint(choices=(*SHELLS, f"{KUBECTL}\tthe file that kubectl's own completion asks")),
    ] = None,
) -> int:
    """Print a shell's completion script for the name kubectl-pullsecret.

    For the words behind `kubectl pullsecret` no shell needs one: kubectl's own completion asks the program
    kubectl_complete-pullsecret, if that is on PATH. Packages install it; where it is missing, as after an installation
    with krew, the second example makes it.

    \b
    Examples:
      # bash, in this session; put the line into ~/.bashrc for every one
      source <({prog} completion bash)
      # What kubectl asks on TAB, into a directory of PATH
      {prog} completion kubectl > ~/.local/bin/kubectl_complete-pullsecret
      chmod +x ~/.local/bin/kubectl_complete-pullsecret
      # fish, for every session
      {prog} completion fish > ~/.config/fish/completions/kubectl-pullsecret.fish
    """
    from pullsecret.report.shell_scripts import SCRIPTS
    from pullsecret.report.streams import put

    put(SCRIPTS[chosen(shells or [])])
    return 0


def chosen(words: list[str]) -> str:
    """The one asked for, or the shell that runs this process.

    Raises:
        UsageError: there is no script for it, or several were named.
    """
    if len(words) > 1:
        raise UsageError(f"at most one SHELL can be given, got {len(words)}")
    shell = words[0] if words else running_shell()
    shell = _ALIASES.get(shell, shell)
    if shell not in (*SHELLS, KUBECTL):
        known = ", ".join((*SHELLS[:-1], f"{SHELLS[-1]} and {KUBECTL}"))
        raise UsageError(f'no completion for "{printable(shell)}"', hint=f"there is one for {known}")
    return shell


def running_shell() -> str:
    """The shell among this process's parents.

    Raises:
        UsageError: there is none that can be told.
    """
    import shellingham

    try:
        name: str = shellingham.detect_shell()[0]
    except OSError:  # ShellDetectionFailure is one
        raise UsageError("cannot tell which shell this is", hint="name it: bash, zsh, fish or powershell") from None
    return name
