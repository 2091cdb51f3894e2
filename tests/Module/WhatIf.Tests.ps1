BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name whatif
    New-FederatedResource configmaps there -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox -WhatIf:$false
}

Describe '-WhatIf' {
    It 'writes nothing: <_>' -ForEach @(
        { Install-KubeFed -WhatIf -Verbose }
        { Install-KubeFed -KubeFedNamespace elsewhere -WhatIf -Verbose }
        { Uninstall-KubeFed -Abandon -DeleteCrd -WhatIf -Verbose }
        { Uninstall-KubeFed -Teardown -DeleteCrd -WhatIf -Verbose }
        { Set-KubeFedConfig -AdoptResources $false -WhatIf -Verbose }
        { Join-KubeFedCluster member1 -WhatIf -Verbose }
        { Join-KubeFedCluster again -ClusterContext member1 -WhatIf -Verbose }
        { Set-KubeFedCluster member1 -Label @{ a = 'b' } -WhatIf -Verbose }
        { Suspend-KubeFedCluster member1 -WhatIf -Verbose }
        { Resume-KubeFedCluster member1 -WhatIf -Verbose }
        { Remove-KubeFedCluster member1 -WhatIf -Verbose }
        { Enable-KubeFedType secrets -WhatIf -Verbose }
        { Disable-KubeFedType configmaps -WhatIf -Verbose }
        { Disable-KubeFedType configmaps -ResourcePolicy Delete -DeleteCrd -WhatIf -Verbose }
        { New-FederatedResource configmaps new -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * -WhatIf -Verbose }
        { ConvertTo-FederatedResource configmaps kube-root-ca.crt -Namespace demo -Create -WhatIf -Verbose -ErrorAction SilentlyContinue }
        { ConvertTo-FederatedResource -Namespace default -Contents -Create -EnableType -WhatIf -Verbose -WarningAction SilentlyContinue }
        { Set-FederatedResource configmaps there -Namespace demo -Cluster member1 -WhatIf -Verbose }
        { Remove-FederatedResource configmaps there -Namespace demo -WhatIf -Verbose }
        { Remove-FederatedResource configmaps there -Namespace demo -Force -WhatIf -Verbose }
        { Set-ReplicaSchedulingPreference there 3 -Namespace demo -TargetKind FederatedDeployment -WhatIf -Verbose -ErrorAction SilentlyContinue }
        { Remove-ReplicaSchedulingPreference there -Namespace demo -WhatIf -Verbose -ErrorAction SilentlyContinue }
        { Invoke-KubeFedSync -WhatIf -Verbose }
        { Invoke-KubeFedSync -TakeOver -WhatIf -Verbose }
        { Invoke-KubeFedRequest /api/v1/namespaces/demo -Method Delete -WhatIf -Verbose }
    ) {
        Get-Write $_ | Should -BeNullOrEmpty
    }

    It 'gives the plan of a sync as results' {
        $plan = Invoke-KubeFedSync configmaps there -WhatIf
        $plan.Count | Should -Be 3
        $plan.Action | Select-Object -Unique | Should -Be 'Create'
        $plan.WhatIf | Select-Object -Unique | Should -BeTrue
        $plan.Written | Select-Object -Unique | Should -BeFalse
        $plan.Status | Select-Object -Unique | Should -Be 'Planned' -Because 'OK is what is done, or as declared'
    }

    It 'does not count as planned what a sync would refuse to do' {
        Invoke-KubeFedSync namespaces | Out-Null
        $theirs = @{ kind = 'ConfigMap'; data = @{ a = 'b' } }
        Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/theirs -Cluster member2 -Method Apply -Body $theirs | Out-Null
        Set-FederatedResource namespaces demo -Cluster member1
        try {
            # What the command says under -WhatIf goes to the host alone, so it is read from the transcript.
            $file = Join-Path $TestDrive 'said.txt'
            Start-Transcript $file | Out-Null
            $plan = Invoke-KubeFedSync namespaces -WhatIf -ErrorAction SilentlyContinue
            Stop-Transcript | Out-Null
            $plan | ForEach-Object { "$($_.Cluster) $($_.Action) $($_.Status)" } | Sort-Object |
                Should -Be 'member1 None OK', 'member2 Delete DeletionFailed', 'member3 Delete Planned'
            Get-Content $file -Raw | Should -Match "What if: Sync: 1 Delete in 1 cluster; 1 can't be done"

            # A plan that can't be carried out is a plan all the same, also where errors end a script.
            $plan = Invoke-KubeFedSync namespaces -WhatIf -ErrorAction Stop -WarningVariable said -WarningAction SilentlyContinue
            $plan.Count | Should -Be 3
            "$said" | Should -Match "in cluster 'member2': DeletionFailed"
            $ErrorActionPreference = 'Stop'
            @(Invoke-KubeFedSync namespaces -WhatIf -WarningAction SilentlyContinue).Count | Should -Be 3
        }
        finally {
            Set-FederatedResource namespaces demo -Cluster *
            Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/theirs -Cluster member2 -Method Delete | Out-Null
        }
    }

    It 'prints what would happen, line by line: <_.Expected>' -ForEach @(
        @{ Script = 'Join-KubeFedCluster again -ClusterContext member1 -WhatIf'; Expected = 'What if: Create KubeFedCluster kube-federation-system/again in host' }
        @{ Script = 'Enable-KubeFedType secrets -WhatIf'; Expected = 'What if: Create FederatedTypeConfig kube-federation-system/secrets in host' }
        @{ Script = 'Invoke-KubeFedSync -WhatIf | Out-Null'; Expected = 'What if: Sync: nothing to write' }
    ) {
        Invoke-Fresh @"
Import-Module '$ModulePath'
`$sandbox = Start-KubeFedSandbox -Member 1
`$null = Install-KubeFed
`$null = Enable-KubeFedType namespaces
$($_.Script)
"@ | Should -Contain $_.Expected
    }

    It 'is in force as a preference too' {
        $WhatIfPreference = $true
        Get-Write { Remove-FederatedResource configmaps there -Namespace demo -Verbose } | Should -BeNullOrEmpty
    }
}

Describe 'A sync' {
    It 'writes only what its plan said, and nothing the second time' {
        (Invoke-KubeFedSync | Where-Object Written).Count | Should -BeGreaterThan 0
        Get-Write { Invoke-KubeFedSync -Verbose } | Should -BeNullOrEmpty
        Invoke-KubeFedSync | Where-Object Written | Should -BeNullOrEmpty
    }

    It 'costs for a new resource on three clusters three writes there, and on the host one for the finalizer and one for the status' {
        Invoke-KubeFedSync | Out-Null
        New-FederatedResource configmaps budget -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null

        $writes = Get-Write { Invoke-KubeFedSync configmaps budget -Verbose }

        @($writes | Where-Object { $_ -match '^member\d: ' }).Count | Should -Be 3
        @($writes | Where-Object { $_ -match '^host: ' }).Count | Should -BeLessOrEqual 2
        @($writes | Where-Object { $_ -match '^host: \w+ \S*/status' }).Count | Should -Be 1
    }
}
