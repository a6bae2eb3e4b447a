"""The completion scripts of the shells for kubectl-pullsecret; completions/ has the same texts as files.

Each runs `kubectl-pullsecret __complete WORDS...`, whose answer entry/complete.py describes.
"""

from __future__ import annotations

from typing import Final

BASH: Final = r"""# bash completion for kubectl-pullsecret: source this file, or install it for bash-completion.
_kubectl_pullsecret() {
    local line=${COMP_LINE:0:COMP_POINT} words cur answer directive given='' kept='' value about
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    cur=${words[${#words[@]} - 1]}
    answer=$("${1/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null)
    directive=${answer##*:}
    if [[ $cur == -*=* ]]; then
        [[ $COMP_WORDBREAKS == *=* ]] || given=${cur%%=*}=
        cur=${cur#*=}
    fi
    # Readline replaces only what is after the last colon.
    [[ $COMP_WORDBREAKS == *:* ]] && kept=${cur%"${cur##*:}"}
    COMPREPLY=()
    while IFS=$'\t' read -r value about; do
        [[ -n $value && $value == "$cur"* ]] || continue
        value=$given${value#"$kept"}
        [[ $value == *[[:space:]\$\`\"\'\\\&\|\;\<\>\(\)*?]* ]] && printf -v value %q "$value"
        [[ $COMP_TYPE == 63 && -n $about ]] && value+="  ($about)"
        COMPREPLY+=("$value")
    done <<<"${answer%:*}"
    ((directive & 2)) && compopt -o nospace
    ((directive & 4)) || compopt -o default
}
complete -F _kubectl_pullsecret kubectl-pullsecret"""

ZSH: Final = r"""#compdef kubectl-pullsecret
# zsh completion for kubectl-pullsecret: install it on fpath as _kubectl-pullsecret, or source it after compinit.
_kubectl-pullsecret() {
    local answer directive line value
    local -a candidates space
    answer=$("${~${(Q)words[1]}}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    directive=${answer##*:}
    [[ $PREFIX == -*=* ]] && compset -P '*='
    for line in "${(@f)${answer%:*}}"; do
        [[ -n $line ]] || continue
        value=${${line%%$'\t'*}//:/\\:}
        [[ $line == *$'\t'* ]] && value+=":${line#*$'\t'}"
        candidates+=("$value")
    done
    (( directive & 2 )) && space=(-S '')
    if (( $#candidates )); then
        _describe -t values kubectl-pullsecret candidates $space
    elif (( ! (directive & 4) )); then
        _files
    fi
}
if [[ $funcstack[1] == _kubectl-pullsecret ]]; then
    _kubectl-pullsecret "$@"
else
    compdef _kubectl-pullsecret kubectl-pullsecret
fi"""

FISH: Final = r"""# fish completion for kubectl-pullsecret: source it, or install it in ~/.config/fish/completions.
function __kubectl_pullsecret
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l answer ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
    set -l directive (string replace : '' -- $answer[-1])
    set -e answer[-1]
    set -l flag (string match -r -- '^-[^=]*=' "$typed")
    if test (count $answer) -eq 0 -a "$directive" = 0
        set answer (__fish_complete_path (string replace -- "$flag" '' "$typed"))
    end
    if test (count $answer) -gt 0
        printf '%s\n' "$flag"$answer
    end
end
complete -c kubectl-pullsecret -f -a '(__kubectl_pullsecret)'"""

POWERSHELL: Final = r"""# PowerShell completion for kubectl-pullsecret: dot-source this file in your profile.
Register-ArgumentCompleter -Native -CommandName 'kubectl-pullsecret' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition }
    $words = @($before | ForEach-Object { "$_" })
    $name, $words = $words
    $words = @($words)
    if ("$wordToComplete" -eq '') {
        # Before 7.3 PowerShell drops empty arguments.
        $words += if ($PSVersionTable.PSVersion -lt [version]'7.3.0') { '""' } else { '' }
    }
    $flag = if ("$wordToComplete" -match '^(-[^=]*=)') { $Matches[1] } else { '' }
    foreach ($line in @(& $name __complete @words 2>$null)) {
        $value, $about = "$line" -split "`t", 2
        if ($value -eq '' -or $value -match '^:\d+$') { continue }
        $text = $flag + $value
        if ($text -match '[\s''"`$(){};&|<>]') { $text = "'" + ($text -replace "'", "''") + "'" }
        $about = if ($about) { $about } else { $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}"""

KUBECTL: Final = r"""#!/bin/sh
# kubectl runs this to complete `kubectl pullsecret`: install it on PATH as kubectl_complete-pullsecret, executable.
exec kubectl-pullsecret __complete "$@" """.rstrip()

SCRIPTS: Final = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL, "kubectl": KUBECTL}
"""The script for each shell, and the program for kubectl's own completion."""

SCRIPT_FILES: Final = {
    "bash": "kubectl-pullsecret.bash",
    "zsh": "_kubectl-pullsecret",
    "fish": "kubectl-pullsecret.fish",
    "powershell": "kubectl-pullsecret.ps1",
    "kubectl": "kubectl_complete-pullsecret",
}
"""The name of each in completions/ and where packages install it."""
