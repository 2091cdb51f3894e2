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

Describe 'Test-KubeFedCluster' {
    It 'finds nothing worse than information in a sound cluster' {
        $health = Test-KubeFedCluster member1
        $health.Ready | Should -BeTrue
        $health.CredentialsExpire | Should -BeNullOrEmpty
        $health.Findings | Where-Object Severity -NE Information | Should -BeNullOrEmpty
    }

    It 'finds what the credentials may not do, and shows it in the table' {
        $path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/kubefed-controller-manager:member3-host'
        $rules = @(@{ apiGroups = @(''); resources = @('*'); verbs = @('*') }, @{ nonResourceURLs = @('*'); verbs = @('get') })
        Invoke-KubeFedRequest $path -Cluster member3 -Method Patch -Body @{ rules = $rules } | Out-Null
        $health = Test-KubeFedCluster member3
        $health.Ready | Should -BeTrue
        ($health.Findings | Where-Object Check -EQ PermissionMissing).Message | Should -Match 'deployments.apps'
        $health | Out-String | Should -Match 'PermissionMissing'
        Join-KubeFedCluster member3 | Out-Null
        (Test-KubeFedCluster member3).Findings.Check | Should -Not -Contain 'PermissionMissing'
    }
}

Describe 'Wait-KubeFedCluster' {
    It 'gives those that are ready, and an error with the reason for those that are not' {
        $secret = (Get-KubeFedCluster member2).SecretName
        $path = "/api/v1/namespaces/kube-federation-system/secrets/$secret"
        $kept = Invoke-KubeFedRequest $path
        Invoke-KubeFedRequest $path -Method Delete -Confirm:$false | Out-Null
        $ready = Wait-KubeFedCluster -Timeout 0 -ErrorVariable problems -ErrorAction SilentlyContinue
        $ready.Name | Sort-Object | Should -Be 'member1', 'member3'
        $problems.Count | Should -Be 1
        Get-ErrorId $problems[0] | Should -Be 'WaitTimedOut'
        $problems[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
        $problems[0].Exception.Message | Should -Match $secret
        Wait-KubeFedCluster member2 -For NotReady -Timeout 0 | ForEach-Object Status | Should -Be 'NotReady'
        Join-KubeFedCluster member2 | Out-Null
        (Get-KubeFedCluster | Wait-KubeFedCluster -Timeout 5).Count | Should -Be 3
    }

    It 'is at once done with what is gone' {
        Wait-KubeFedCluster nowhere -For Removed -Timeout 0 | Should -BeNullOrEmpty
        Wait-KubeFedCluster member1 -For Removed -Timeout 0 -ErrorVariable problems -ErrorAction SilentlyContinue
        Get-ErrorId $problems[0] | Should -Be 'WaitTimedOut'
    }
}

Describe 'Set-KubeFedCluster' {
    It 'takes labels as text' {
        (Set-KubeFedCluster member1 -Label 'zone=a,floor=2' -PassThru).Labels['zone'] | Should -Be 'a'
        (Set-KubeFedCluster member1 -Label 'zone-,floor-' -PassThru).Labels.ContainsKey('zone') | Should -BeFalse
    }

    It 'rotates a token that does not expire' {
        $path = "/api/v1/namespaces/kube-federation-system/secrets/$((Get-KubeFedCluster member1).SecretName)"
        $before = (Invoke-KubeFedRequest $path).data.token
        Set-KubeFedCluster member1 -RenewCredential
        (Invoke-KubeFedRequest $path).data.token | Should -Not -Be $before
        (Test-KubeFedCluster member1).Ready | Should -BeTrue
    }

    It 'says so when there is nothing to change' {
        Get-ErrorId (Get-Thrown { Set-KubeFedCluster member1 }) | Should -Be 'InvalidInput'
    }
}

Describe 'Remove-KubeFedCluster' {
    It 'counts the copies and writes nothing with -WhatIf: <Policy>' -ForEach @(
        @{ Policy = 'Keep'; Expected = 'Remove cluster member1: 1 copies stay, labels and all, 7 deletions in all' }
        @{ Policy = 'Orphan'; Expected = 'Remove cluster member1: 1 copies stay and lose the managed label, 7 deletions in all' }
        @{ Policy = 'Delete'; Expected = 'Remove cluster member1: 1 copies are deleted, but for namespaces that hold something else, 8 deletions in all' }
    ) {
        Invoke-Fresh @"
Import-Module '$ModulePath'
`$sandbox = Start-KubeFedSandbox -Member 1
`$null = Install-KubeFed
`$null = Join-KubeFedCluster member1
`$null = Enable-KubeFedType namespaces
`$null = Invoke-KubeFedRequest /api/v1/namespaces/shop -Method Apply -Body @{ kind = 'Namespace' }
`$null = ConvertTo-FederatedResource namespaces shop -Create
`$null = Invoke-KubeFedSync
Remove-KubeFedCluster member1 -CopyPolicy $Policy -WhatIf
"@ | Should -Contain "What if: $Expected"
    }

    It 'takes the name out of placements on request, and is done with what is gone (P-15)' {
        New-FederatedResource configmaps named -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1, member3 | Out-Null
        $removed = Remove-KubeFedCluster member3 -CopyPolicy Delete -RemoveReferences -Confirm:$false
        $removed.LeftBehind | Should -BeNullOrEmpty
        (Invoke-KubeFedRequest /apis/types.kubefed.io/v1beta1/namespaces/demo/federatedconfigmaps/named).spec.placement.clusters.name | Should -Be 'member1'
        (Remove-KubeFedCluster member3 -Force -Confirm:$false).Name | Should -Be 'member3'
        Get-ErrorId (Get-Thrown { Remove-KubeFedCluster member3 -Confirm:$false -ErrorAction Stop }) | Should -Be 'ClusterNotFound'
        Join-KubeFedCluster member3 -Label @{ env = 'test' } | Out-Null
    }
}
