# Completion for kubefed in bash. Load it with:  source <(kubefed completion bash)
_kubefed() {
    local line="${COMP_LINE:0:COMP_POINT}"
    local word="${line##*[[:space:]]}"
    local IFS=$'\n'
    COMPREPLY=($("${COMP_WORDS[0]}" __complete "$line" 2>/dev/null | cut -f 1))

    # Readline takes = and : for ends of words and replaces only what follows the last of them.
    if [[ $COMP_WORDBREAKS == *=* && $COMP_WORDBREAKS == *:* ]]; then
        local before="${word%"${word##*[=:]}"}"
        COMPREPLY=("${COMPREPLY[@]#"$before"}")
    fi
}
complete -o default -F _kubefed kubefed kubefedctl
