# fish completion for kubectl-pullsecret: source it, or install it in ~/.config/fish/completions.
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
complete -c kubectl-pullsecret -f -a '(__kubectl_pullsecret)'
