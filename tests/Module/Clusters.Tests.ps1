BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name clusters
    New-FederatedResource configmaps there -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
    Invoke-KubeFedSync | Out-Null
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'Suspend-KubeFedCluster' {
    AfterEach { Get-KubeFedCluster | Resume-KubeFedCluster }

    It 'keeps every sync away from the cluster and says why' {
        Get-KubeFedCluster member2 | Suspend-KubeFedCluster -Reason 'new switches'
        Set-FederatedResource configmaps there -Namespace demo -Template @{ data = @{ a = '2' } }
        $results = Invoke-KubeFedSync configmaps there
        $skipped = $results | Where-Object Cluster -EQ member2
        $skipped.Action | Should -Be 'Skip'
        $skipped.Status | Should -Be 'ClusterSuspended'
        $skipped.Message | Should -Match 'suspended since .* \(new switches\)'
        ($results | Where-Object Cluster -NE member2).Action | Should -Be 'Update', 'Update'

        Resume-KubeFedCluster member2
        $caughtUp = Invoke-KubeFedSync configmaps there | Where-Object Cluster -EQ member2
        $caughtUp.Action | Should -Be 'Update'
        $caughtUp.Written | Should -BeTrue
    }

    It 'is shown by Get-KubeFedCluster' {
        $cluster = Suspend-KubeFedCluster member1 -Reason 'why not' -PassThru
        $cluster.Suspended | Should -BeTrue
        $cluster.SuspendedReason | Should -Be 'why not'
        $cluster.SuspendedSince | Should -BeGreaterThan (Get-Date).AddMinutes(-1)
        Get-KubeFedCluster | Out-String | Should -Match 'member1 +Ready,Suspended'
        (Get-KubeFedCluster | Where-Object Suspended).Name | Should -Be 'member1'
        (Resume-KubeFedCluster member1 -PassThru).Suspended | Should -BeFalse
    }

    It 'writes nothing with -WhatIf' {
        Get-Write { Suspend-KubeFedCluster member1 -WhatIf -Verbose } | Should -BeNullOrEmpty
        (Get-KubeFedCluster member1).Suspended | Should -BeFalse
    }

    It 'tells of a name that is not registered, and goes on' {
        Suspend-KubeFedCluster nowhere, member3 -ErrorVariable problems -ErrorAction SilentlyContinue
        Get-ErrorId $problems[0] | Should -Be 'ClusterNotFound'
        (Get-KubeFedCluster member3).Suspended | Should -BeTrue
    }
}
