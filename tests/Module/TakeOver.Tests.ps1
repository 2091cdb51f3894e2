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

    It 'takes over a host of one''s own in the same way, and leaves it as the next sync wants it' {
        $output = Invoke-Fresh @"
Import-Module '$ModulePath'
`$sandbox = Start-KubeFedSandbox -Member 1 -Name own
& '$RepositoryRoot/examples/takeover/New-LegacyHost.ps1' -KubeConfig `$sandbox.KubeConfig -Member `$sandbox.Members
Disconnect-KubeFed
& '$script' -KubeConfig `$sandbox.KubeConfig -HostContext `$sandbox.HostContext -RemovePropagatedVersion -Confirm:`$false
'written ' + @(Invoke-KubeFedSync | Where-Object Written).Count
'versions ' + @(Invoke-KubeFedRequest /apis/core.kubefed.io/v1alpha1/propagatedversions).Count
"@
        $output | Should -Contain 'written 0' -Because ($output -join "`n")
        $output | Should -Contain 'versions 0'
        $output | Where-Object { $_ -match 'The host is taken over' } | Should -Not -BeNullOrEmpty
    }

    It 'ends in failure where a resource that is well could not be kept as it is<_>' -ForEach '', ' -WhatIf' {
        # KubeFed counts a negative index from the end; here it is refused.
        $output = Invoke-Fresh @"
Import-Module '$ModulePath'
`$sandbox = Start-KubeFedSandbox -Member 1 -Name own
& '$RepositoryRoot/examples/takeover/New-LegacyHost.ps1' -KubeConfig `$sandbox.KubeConfig -Member `$sandbox.Members
`$path = '/apis/types.kubefed.io/v1beta1/namespaces/shop/federateddeployments/web'
`$image = @{ path = '/spec/template/spec/containers/-1/image'; value = 'web:1' }
`$overrides = @(@{ clusterName = `$sandbox.Members[0]; clusterOverrides = @(`$image) })
`$web = Invoke-KubeFedRequest `$path -Method Patch -Body @{ spec = @{ overrides = `$overrides } }
Invoke-KubeFedRequest "`$path/status" -Method Patch -Body @{ status = @{ observedGeneration = `$web.metadata.generation } } | Out-Null
'before ' + (Get-FederatedResource deployments.apps web -Namespace shop).Status
Disconnect-KubeFed
& '$script' -KubeConfig `$sandbox.KubeConfig -HostContext `$sandbox.HostContext -Confirm:`$false$_
'went on'
"@
        $LASTEXITCODE | Should -Be 1 -Because ($output -join "`n")
        $output | Should -Contain 'before Propagated'
        $said = $output -join ' ' -replace '\e\[[\d;]*m' -replace '[\s|]+', ' '
        $said | Should -Match "web in member1: ApplyOverridesFailed: .* '-1' is a negative index"
        $said | Should -Match '1 of the copies of resources that are well now could not be kept as they are'
        $output | Where-Object { $_ -match 'went on|taken over|Sync: the record' } | Should -BeNullOrEmpty
    }
}
