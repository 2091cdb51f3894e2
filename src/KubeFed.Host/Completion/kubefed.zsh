#compdef kubefed kubefedctl
# Completion for kubefed in zsh. Load it with:  source <(kubefed completion zsh)
_kubefed() {
    local -a candidates
    local word text line="${(j: :)words[1,CURRENT]}"
    while IFS=$'\t' read -r word text; do
        candidates+=("${word//:/\\:}${text:+:$text}")
    done < <("${words[1]}" __complete "$line" 2>/dev/null)

    if (( ${#candidates} )); then
        _describe kubefed candidates
    else
        _files
    fi
}

# Found on the fpath, this file is the body of the function; sourced, it registers it.
if [[ $funcstack[1] == _kubefed ]]; then
    _kubefed
else
    compdef _kubefed kubefed kubefedctl
fi
