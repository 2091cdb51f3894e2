BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $script = Join-Path $RepositoryRoot 'examples' 'takeover.ps1'
}

Describe 'Taking a host over from KubeFed' {
    It 'tells its whole story on the sandbox, every step as it says' {
        $output = Invoke-Fresh "& '$script'; 'exit ' + `$?"

        $output | Should -Contain 'exit True' -Because ($output -join "`n")
        $output | Where-Object { $_ -match 'ok: no member was written to' } | Should -Not -BeNullOrEmpty
        $output | Where-Object { $_ -match 'The host is taken over' } | Should -Not -BeNullOrEmpty
    }

    It 'shows with -WhatIf what it would write, and stops there' {
        $output = Invoke-Fresh "& '$script' -WhatIf; 'exit ' + `$?"

        $output | Should -Contain 'exit True' -Because ($output -join "`n")
        $output | Should -Contain 'What if: Update CustomResourceDefinition federatedconfigmaps.types.kubefed.io in host'
        $output | Should -Contain 'What if: Sync: nothing to write'
        $output | Where-Object { $_ -match 'Stop the controller: two writers|taken over' } | Should -BeNullOrEmpty
    }
}
