BeforeDiscovery {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $commands = Get-Command -Module KubeFed
    $mutating = $commands | Where-Object Verb -In 'Add', 'Install', 'Uninstall', 'Join', 'Suspend', 'Resume', 'Set', 'Remove', 'Enable', 'Disable', 'New', 'Start', 'Stop'
    $destructive = $commands | Where-Object { $_.Verb -in 'Remove', 'Disable', 'Uninstall' -and $_.Name -ne 'Remove-FederatedOverride' }
    $withSession = $commands | Where-Object { $_.Name -notmatch 'Sandbox|Session|Yaml|^(Dis)?[Cc]onnect-' }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
}

Describe 'The module' {
    It 'has a manifest that Test-ModuleManifest accepts' {
        (Test-ModuleManifest -Path $ModulePath -ErrorAction Stop).Version | Should -Be '0.1.0'
    }

    It 'exports cmdlets only' {
        $module = Get-Module KubeFed
        $module.ExportedFunctions.Count + $module.ExportedAliases.Count + $module.ExportedVariables.Count | Should -Be 0
        $module.ExportedCmdlets.Count | Should -BeGreaterThan 20
    }

    It 'has topics' {
        foreach ($topic in 'about_KubeFed', 'about_KubeFed_Connection', 'about_KubeFed_Placement', 'about_KubeFed_Errors') {
            Get-Help $topic | Out-String | Should -Match $topic
        }
    }

    It 'is imported from the repository root as well' {
        $root = Join-Path $RepositoryRoot 'KubeFed.psd1'
        Invoke-Fresh "Import-Module '$root' -ErrorAction Stop; (Get-Command -Module KubeFed).Count; (Get-Help Invoke-KubeFedSync).Synopsis" | Select-Object -First 1 |
            Should -Be (Get-Command -Module KubeFed).Count
    }
}

Describe '<_>' -ForEach $commands {
    BeforeAll { $command = $_ }

    It 'has an approved verb' {
        $command.Verb | Should -BeIn (Get-Verb).Verb
    }

    It 'says what it writes' {
        $command.OutputType.Count | Should -BeGreaterThan 0
    }

    It 'takes no secret as plain text' {
        $command.Parameters.Values | Where-Object { $_.Name -match '^(Token|Password|Secret)$' -and $_.ParameterType -eq [string] } | Should -BeNullOrEmpty
    }

    It 'has help: a synopsis, a description, two examples and a text for every parameter' {
        $help = Get-Help $command.Name -Full
        $help.Synopsis.Trim() | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match "^\s*$($command.Name)" -Because 'without help PowerShell gives the syntax instead'
        ($help.Description | Out-String).Trim() | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        $help.examples.example.code | ForEach-Object { $_ | Should -Match $command.Noun.Substring(0, 6) -Because 'an example is code' }
        $help | Out-String | Should -Not -Match '```'
        foreach ($parameter in $command.Parameters.Keys | Where-Object { $_ -notin $common }) {
            $text = ($help.parameters.parameter | Where-Object name -EQ $parameter).description | Out-String
            $text.Trim() | Should -Not -BeNullOrEmpty -Because "-$parameter must be described"
        }
    }

    It 'names no address for its help that Get-Help -Online could not open' {
        (Get-Help $command.Name -Full).relatedLinks.navigationLink.uri | Where-Object { $_ -and $_ -notlike 'https://*' } | Should -BeNullOrEmpty
    }
}

Describe '<_> changes something, so it' -ForEach $mutating {
    It 'supports -WhatIf and -Confirm' {
        $_.Parameters.Keys | Should -Contain 'WhatIf'
        $_.Parameters.Keys | Should -Contain 'Confirm'
    }
}

Describe '<_> destroys something, so it' -ForEach $destructive {
    It 'asks unless told not to' {
        $_.ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $true).ConfirmImpact | Should -Be 'High'
    }
}

Describe '<_> asks a federation, so it' -ForEach $withSession {
    It 'takes the connection parameters that all take' {
        foreach ($name in 'Session', 'KubeConfig', 'Context', 'KubeFedNamespace') {
            $_.Parameters.Keys | Should -Contain $name
        }

        $_.Parameters['Context'].Aliases | Should -Contain 'HostClusterContext'
    }
}

Describe 'The scripts' {
    It 'pass PSScriptAnalyzer' {
        if (-not (Get-Module PSScriptAnalyzer -ListAvailable)) {
            Set-ItResult -Skipped -Because 'PSScriptAnalyzer is not installed'
            return
        }

        $settings = Join-Path $RepositoryRoot 'PSScriptAnalyzerSettings.psd1'
        $scripts = Get-ChildItem -Path $RepositoryRoot/*.ps1, $RepositoryRoot/*.psd1, $RepositoryRoot/examples/*.ps1, $RepositoryRoot/examples/*/*.ps1, $RepositoryRoot/tests/Module/*.ps1
        $scripts.Count | Should -BeGreaterThan 5
        $scripts | ForEach-Object { Invoke-ScriptAnalyzer -Path $_.FullName -Settings $settings } | ForEach-Object { "$($_.ScriptName):$($_.Line) $($_.Message)" } |
            Should -BeNullOrEmpty
    }
}
