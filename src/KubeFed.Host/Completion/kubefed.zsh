#compdef kubefed kubefedctl
# Completion for kubefed in zsh. Load it with:  source <(kubefed completion zsh)
_kubefed() {
    local -a candidates
    local word text line="${(j: :)words[1,CURRENT]}"
    while IFS=$'\t' read -r word text; do
        candidates+=("${word//:/\\:}${text:+:$text}")
    done < <("${words[1]}" __complete "$line" 2>/dev/null)

    if (( ${#candidates} )); then
        _describe -V kubefed candidates
    else
        _files
    fi
}
compdef _kubefed kubefed kubefedctl
