# Completion for kubefed in PowerShell. Load it with:  kubefed completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName kubefed, kubefedctl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $length = $cursorPosition - $commandAst.Extent.StartOffset
    $line = $commandAst.ToString().PadRight($length).Substring(0, $length)
    & $commandAst.CommandElements[0].ToString() __complete $line 2>$null | ForEach-Object {
        $word, $text = $_ -split "`t", 2
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', ($text ? $text : $word))
    }
}
