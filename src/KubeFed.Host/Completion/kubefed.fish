# Completion for kubefed in fish. Load it with:  kubefed completion fish | source
function __kubefed_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] __complete (string join -- ' ' $words) 2>/dev/null
end

for name in kubefed kubefedctl
    complete -c $name -f -a '(__kubefed_complete)'
    complete -c $name -l kubeconfig -r -F
    complete -c $name -l filename -s f -r -F
end
