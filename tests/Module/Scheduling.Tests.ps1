BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name scheduling
    $template = @{ spec = @{
            selector = @{ matchLabels = @{ app = 'web' } }
            template = @{ metadata = @{ labels = @{ app = 'web' } }; spec = @{ containers = @(@{ name = 'web'; image = 'nginx' }) } }
        }
    }
    New-FederatedResource deployments web -Namespace demo -Cluster * -Template $template | Out-Null

    function Format-Plan($Plan) { ($Plan | Sort-Object Name | ForEach-Object { "$($_.Name)=$($_.Replicas)" }) -join ' ' }
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'Get-ReplicaSchedulingPlan from parameters' {
    It 'gives KubeFed''s numbers: <Expected>' -ForEach @(
        @{ Total = 10; Key = 'ns/web'; Preference = @{}; Expected = 'cluster1=4 cluster2=4 cluster3=2' }
        @{ Total = 9; Key = 'ns/web'; Preference = @{ cluster1 = 1; cluster2 = 2 }; Expected = 'cluster1=3 cluster2=6 cluster3=0' }
        @{ Total = 8; Key = ''; Preference = @{ '*' = @{ MinReplicas = 1; MaxReplicas = 2; Weight = 1 } }; Expected = 'cluster1=2 cluster2=2 cluster3=2' }
    ) {
        Format-Plan ('cluster1', 'cluster2', 'cluster3' | Get-ReplicaSchedulingPlan -TotalReplicas $Total -Key $Key -ClusterPreference $Preference) | Should -Be $Expected
    }

    It 'takes what runs and what fits from objects, and explains every step' {
        $plan = @{ Name = 'A' }, [pscustomobject]@{ Name = 'B' }, @{ name = 'C'; capacity = 10 } | Get-ReplicaSchedulingPlan -TotalReplicas 50 -Rebalance
        ($plan | Where-Object Name -EQ 'C').Planned | Should -Be 10
        ($plan | Where-Object Name -EQ 'C').Overflow | Should -Be 7
        ($plan | Where-Object Name -EQ 'C').Steps.Rule | Should -Be 'RoundedUpShare', 'CutToCapacity', 'ParkOverflow'
        ($plan | Where-Object Name -EQ 'A').Rule | Should -Match 'rounded up'
    }

    It 'is fair when asked to be' {
        Format-Plan ('A', 'B', 'C' | Get-ReplicaSchedulingPlan -TotalReplicas 10 -Mode Fair) | Should -Be 'A=3 B=3 C=4'
    }

    It 'needs no cluster and no kubeconfig' {
        Invoke-Fresh "Import-Module '$ModulePath'; `$env:KUBECONFIG = '/nowhere'; ('A', 'B' | Get-ReplicaSchedulingPlan -TotalReplicas 3).Count" | Should -Be 2
    }

    It 'refuses what cannot be meant: <Id>' -ForEach @(
        @{ Id = 'InvalidPreference'; Script = { Get-ReplicaSchedulingPlan -Cluster A -TotalReplicas 3 -ClusterPreference @{ A = -1 } } }
        @{ Id = 'InvalidClusterPreference'; Script = { Get-ReplicaSchedulingPlan -Cluster A -TotalReplicas 3 -ClusterPreference @{ A = 'many' } } }
        @{ Id = 'InvalidClusterPreference'; Script = { Get-ReplicaSchedulingPlan -Cluster A -TotalReplicas 3 -ClusterPreference @{ A = @{ Wait = 1 } } } }
        @{ Id = 'DuplicateCluster'; Script = { Get-ReplicaSchedulingPlan -Cluster A, A -TotalReplicas 3 } }
        @{ Id = 'InvalidClusterState'; Script = { Get-ReplicaSchedulingPlan -Cluster @{ Current = 3 } -TotalReplicas 3 } }
    ) {
        Get-ErrorId (Get-Thrown $Script) | Should -Be $Id
    }
}

Describe 'A preference' {
    It 'is not made without a target and a total' {
        Get-ErrorId (Get-Thrown { Set-ReplicaSchedulingPreference web -Namespace demo -TotalReplicas 3 -ErrorAction Stop }) | Should -Be 'PreferenceIncomplete'
    }

    It 'shows its plan under -WhatIf and writes nothing' {
        Get-Write { Set-ReplicaSchedulingPreference web 9 -Namespace demo -TargetKind deployments -WhatIf -Verbose } | Should -BeNullOrEmpty
        Format-Plan (Set-ReplicaSchedulingPreference web 9 -Namespace demo -TargetKind deployments -WhatIf) | Should -Be 'member1=3 member2=3 member3=3'
    }

    It 'is made true by one sync' {
        $made = Set-ReplicaSchedulingPreference web 9 -Namespace demo -TargetKind deployments
        $made.TargetKind | Should -Be 'FederatedDeployment'
        Invoke-KubeFedSync | Out-Null
        (Get-FederatedObject deployments web -Namespace demo | Sort-Object Cluster).Raw.spec.replicas | Should -Be 3, 3, 3
        (Get-ReplicaSchedulingPreference web -Namespace demo).Status | Should -Be 'Scheduled'
    }

    It 'changes only what is named' {
        $changed = Get-FederatedResource deployments web -Namespace demo | Set-ReplicaSchedulingPreference -Mode Fair -ClusterPreference @{ member1 = 2; '*' = 1 }
        $changed.TotalReplicas | Should -Be 9
        $changed.Mode | Should -Be 'Fair'
        "$($changed.ClusterPreference)" | Should -Be '*: weight 1, 0 to any member1: weight 2, 0 to any'
        $plan = Get-ReplicaSchedulingPlan web -Namespace demo
        ($plan | Where-Object Name -EQ 'member1').Current | Should -Be 3
        ($plan | Measure-Object Replicas -Sum).Sum | Should -Be 9
    }

    It 'is refused with the field that is wrong' {
        $thrown = Get-Thrown { Set-ReplicaSchedulingPreference web -Namespace demo -ClusterPreference @{ member1 = @{ MinReplicas = 3; MaxReplicas = 2 } } -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'InvalidPreference'
        "$thrown" | Should -Match 'spec\.clusters\[member1\]\.minReplicas: Invalid value: 3'
    }

    It 'says why it leads to nothing' {
        Set-ReplicaSchedulingPreference other 2 -Namespace demo -TargetKind deployments | Out-Null
        Get-ErrorId (Get-Thrown { Get-ReplicaSchedulingPlan other -Namespace demo -ErrorAction Stop }) | Should -Be 'TargetNotFound'
        Invoke-KubeFedSync -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
        "$warnings" | Should -Match 'demo/other: TargetNotFound'
        (Get-ReplicaSchedulingPreference other -Namespace demo).Status | Should -Be 'TargetNotFound'
    }

    It 'is removed, and the workload keeps its replicas' {
        Remove-ReplicaSchedulingPreference web, other -Namespace demo -Confirm:$false
        Get-ReplicaSchedulingPreference -Namespace demo | Should -BeNullOrEmpty
        Get-ErrorId (Get-Thrown { Get-ReplicaSchedulingPreference web -ErrorAction Stop }) | Should -Be 'PreferenceNotFound'
        Invoke-KubeFedSync | Out-Null
        (Get-FederatedObject deployments web -Namespace demo | Sort-Object Cluster).Raw.spec.replicas | Should -Be 3, 3, 3
    }
}
