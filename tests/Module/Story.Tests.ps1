BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
}

Describe 'The quickstart' {
    It 'tells its whole story on the sandbox, every step as it says' {
        $output = Invoke-Fresh "& '$RepositoryRoot/examples/quickstart.ps1'; 'exit ' + `$?"

        $output | Should -Contain 'exit True' -Because ($output -join "`n")
        $output | Where-Object { $_ -match 'The story held' } | Should -Not -BeNullOrEmpty
    }
}
