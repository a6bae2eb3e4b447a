# bash completion for kubectl-pullsecret: source this file, or install it for bash-completion.
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
complete -F _kubectl_pullsecret kubectl-pullsecret
