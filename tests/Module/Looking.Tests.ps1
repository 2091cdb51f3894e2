BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name looking
    $web = @{
        Template = @{ spec = @{ replicas = 2; selector = @{ matchLabels = @{ app = 'web' } }
                template = @{ metadata = @{ labels = @{ app = 'web' } }; spec = @{ containers = @(@{ name = 'web'; image = 'nginx:1.29' }) } } } }
        Cluster  = '*'
        Override = @{ member2 = @{ '/spec/replicas' = 5 } }
    }
    New-FederatedResource deployments.apps web -Namespace demo @web | Out-Null
    New-FederatedResource configmaps settings -Namespace demo -Template @{ metadata = @{ labels = @{ app = 'web' } }; data = @{ a = '1'; b = '2' } } -Cluster * | Out-Null

    # Writes to a member as somebody there would, under a name of their own.
    function Edit-Member([string] $Member, [string] $Path, [hashtable] $Body) {
        $session = Connect-KubeFed -KubeConfig $sandbox.KubeConfig -Context $Member -NotDefault
        Invoke-KubeFedRequest $Path -Method Patch -Body $Body -FieldManager kubectl-edit -Session $session | Out-Null
        $session | Disconnect-KubeFed
    }
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'Get-FederatedResource -Explain' {
    It 'tells of each cluster whether the resource goes there, and why' {
        Set-FederatedResource configmaps settings -Namespace demo -Cluster member1, nowhere
        $lines = Get-FederatedResource configmaps settings -Namespace demo -Explain
        $lines.Cluster | Should -Be 'member1', 'member2', 'member3', 'nowhere'
        $lines.Verdict | Should -Be 'Listed', 'NotListed', 'NotListed', 'NotRegistered'
        ($lines | Where-Object Selected).Cluster | Should -Be 'member1'
        $lines[3].Explanation | Should -BeLike '*no such cluster is registered*'
        $lines[0].GetType().FullName | Should -Be 'KubeFed.PlacementExplanation'
        Set-FederatedResource configmaps settings -Namespace demo -Cluster *
    }

    It 'fits a table, and takes the pipeline' {
        $text = Get-FederatedResource configmaps settings | Get-FederatedResource -Explain | Out-String -Width 80
        $text | Should -Match 'SELECTED +EXPLANATION'
        $text | Should -Match 'labels match'
    }
}

Describe 'Compare-FederatedResource' {
    It 'shows what is not there yet' {
        $missing = Compare-FederatedResource configmaps settings -Namespace demo
        $missing.Cluster | Sort-Object | Should -Be 'member1', 'member2', 'member3'
        $missing.Path | Select-Object -Unique | Should -Be '/'
        $missing.State | Select-Object -Unique | Should -Be 'Missing'
        $missing.Action | Select-Object -Unique | Should -Be 'Create'
        $missing[0].Desired.data.a | Should -Be '1'
    }

    It 'shows nothing after a sync, defaults and all' {
        Invoke-KubeFedSync | Out-Null
        Compare-FederatedResource | Should -BeNullOrEmpty
        $equal = Compare-FederatedResource deploy web -Namespace demo -IncludeEqual -Cluster member2
        ($equal | Where-Object Path -EQ '/spec/replicas').Actual | Should -Be 5
        $equal.State | Select-Object -Unique | Should -Be 'Same'
        $equal.Owner | Select-Object -Unique | Should -Be 'kubefed'
    }

    It 'shows who changed what, and what a sync would make of it' {
        Edit-Member member1 /apis/apps/v1/namespaces/demo/deployments/web @{ spec = @{ replicas = 9 } }
        $drift = Get-FederatedResource -Namespace demo | Compare-FederatedResource
        @($drift).Count | Should -Be 1
        "$drift" | Should -Be 'member1: deployments.apps demo/web: /spec/replicas: 9, should be 2 (kubectl-edit)'
        $drift.Owners[0].Operation | Should -Be 'Update'
        $drift.Owners[0].Time | Should -BeOfType datetime
        $drift.Action | Should -Be 'Update'
        Compare-FederatedResource deploy web -Cluster member[23] | Should -BeNullOrEmpty
        $text = $drift | Out-String -Width 100
        $text | Should -Match 'NAME +CLUSTER +PATH +ACTUAL +DESIRED +OWNER'
    }

    It 'gives a pointer that an override takes, for drift that is to stay' {
        $drift = Compare-FederatedResource deploy web -Namespace demo
        Set-FederatedResource deploy web -Namespace demo -Override @(
            @{ cluster = $drift.Cluster; path = $drift.Pointer; value = $drift.Actual }, @{ cluster = 'member2'; path = '/spec/replicas'; value = 5 })
        Compare-FederatedResource deploy web -Namespace demo | Should -BeNullOrEmpty
        Invoke-KubeFedSync deploy | Out-Null
    }

    It 'compares what is only composed, as if it were stored' {
        $composed = @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'settings'; namespace = 'demo' }; data = @{ a = 'new' } } |
            ConvertTo-FederatedResource -Cluster member1
        $found = $composed | Compare-FederatedResource | Sort-Object Cluster, Path
        $found | Where-Object Cluster -EQ member1 | ForEach-Object { "$($_.State) $($_.Path)" } |
            Should -Be 'Differs /data/a', 'Leftover /data/b', 'Leftover /metadata/labels/app'
        $found | Where-Object Cluster -NE member1 | ForEach-Object { "$($_.Cluster) $($_.Action) $($_.State)" } |
            Should -Be 'member2 Delete Leftover', 'member3 Delete Leftover'
        (Get-FederatedResource configmaps settings -Namespace demo).Placement | Should -Be '*'
    }

    It 'writes nothing' {
        Edit-Member member1 /api/v1/namespaces/demo/configmaps/settings @{ data = @{ a = 'x' } }
        Get-Write { Compare-FederatedResource -Verbose } | Should -BeNullOrEmpty
        Invoke-KubeFedSync configmaps | Out-Null
    }

    It 'is one error for a cluster that is gone, however many resources there are, and none for the others' {
        $broken = Get-KubeFedCluster member3
        Invoke-KubeFedRequest "/apis/core.kubefed.io/v1beta1/namespaces/kube-federation-system/kubefedclusters/member3" -Method Patch -Body @{
            spec = @{ apiEndpoint = 'http://gone.sandbox.invalid' } } | Out-Null
        try {
            $found = Compare-FederatedResource -IncludeEqual -ErrorAction SilentlyContinue -ErrorVariable problems
            $found.Cluster | Sort-Object -Unique | Should -Be 'member1', 'member2'
            @($problems | ForEach-Object { Get-ErrorId $_ }) | Should -Be 'ClusterNotReady'

            $copies = Get-FederatedObject configmaps s* -Namespace demo -ErrorAction SilentlyContinue -ErrorVariable problems
            $copies.Cluster | Sort-Object | Should -Be 'member1', 'member2'
            @($problems | ForEach-Object { Get-ErrorId $_ }) | Should -Be 'ClusterUnreadable'
            $problems[0].TargetObject | Should -Be 'member3'
        }
        finally {
            Invoke-KubeFedRequest "/apis/core.kubefed.io/v1beta1/namespaces/kube-federation-system/kubefedclusters/member3" -Method Patch -Body @{
                spec = @{ apiEndpoint = $broken.ApiEndpoint } } | Out-Null
        }
    }

    It 'names a cluster that is not registered' {
        Get-ErrorId (Get-Thrown { Compare-FederatedResource -Cluster nowhere -ErrorAction Stop }) | Should -Be 'ClusterNotFound'
    }
}

Describe 'Get-FederatedObject' {
    It 'takes wildcards for resources and clusters' {
        (Get-FederatedObject configmaps set* -Namespace demo -Cluster *1, member2).Cluster | Sort-Object | Should -Be 'member1', 'member2'
        Get-FederatedObject configmaps nothing* | Should -BeNullOrEmpty
    }

    It 'selects copies by their labels' {
        $found = Get-FederatedObject configmaps -LabelSelector app=web
        $found.Name | Select-Object -Unique | Should -Be 'settings'
        $found.Count | Should -Be 3
        (Get-FederatedObject configmaps settings -Namespace demo -LabelSelector app=web -Cluster member1).Status | Should -Be 'Present'
        Get-FederatedObject configmaps settings -Namespace demo -LabelSelector app=other | Should -BeNullOrEmpty
        Get-ErrorId (Get-Thrown { Get-FederatedObject configmaps -LabelSelector '=' -ErrorAction Stop }) | Should -Be 'InvalidSelector'
    }

    It 'calls a copy missing that should be there, and says of a cluster that it is not selected' {
        Set-FederatedResource configmaps settings -Namespace demo -Cluster member1, member2
        Invoke-KubeFedSync configmaps | Out-Null
        Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/settings -Cluster member2 -Method Delete -Confirm:$false | Out-Null
        foreach ($word in 'settings', 'set*') {
            $rows = Get-FederatedObject configmaps $word -Namespace demo | Sort-Object Cluster
            $rows.Status | Should -Be 'Present', 'Missing', 'Absent'
            $rows.Health | Should -Be 'Healthy', 'Missing', ''
            $rows[1].Message | Should -Match 'should be here, for spec.placement.clusters names it'
            $rows[2].Message | Should -Be 'not selected: spec.placement.clusters does not name it'
        }
        (Get-FederatedObject configmaps nowhere -Namespace demo -Cluster member1).Message | Should -Be 'no FederatedConfigMap declares it'
        Set-FederatedResource configmaps settings -Namespace demo -Cluster *
        Invoke-KubeFedSync configmaps | Out-Null
    }

    It 'has a row where there is no copy, and where there is one that is not ours' {
        Set-FederatedResource configmaps settings -Namespace demo -Cluster member1
        Invoke-KubeFedSync configmaps | Out-Null
        Edit-Member member1 /api/v1/namespaces/demo/configmaps/settings @{ metadata = @{ labels = @{ 'kubefed.io/managed' = $null } } }
        (Get-FederatedObject configmaps set* | Sort-Object Cluster).Status | Should -Be 'Unmanaged', 'Absent', 'Absent'
        Set-FederatedResource configmaps settings -Namespace demo -Cluster *
        Invoke-KubeFedSync configmaps | Out-Null
    }
}

Describe 'Several namespaces' {
    It 'are looked in by each cmdlet that looks, by name and by wildcard' {
        Invoke-KubeFedRequest /api/v1/namespaces/dem2 -Method Apply -Body @{ kind = 'Namespace' } | Out-Null
        ConvertTo-FederatedResource namespaces dem2 -Create | Out-Null
        New-FederatedResource configmaps twin -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        New-FederatedResource configmaps twin -Namespace dem2 -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        try {
            foreach ($place in @('demo', 'dem2'), 'dem*') {
                (Get-FederatedResource configmaps twin -Namespace $place).Namespace | Sort-Object | Should -Be 'dem2', 'demo'
                (Get-FederatedObject configmaps twin -Namespace $place -Cluster member1).Namespace | Sort-Object | Should -Be 'dem2', 'demo'
                (Compare-FederatedResource configmaps twin -Namespace $place -Cluster member1 3>$null).Namespace | Select-Object -Unique | Sort-Object | Should -Be 'dem2', 'demo'
                { Test-FederatedResource configmaps twin -Namespace $place -ErrorAction Stop } | Should -Not -Throw
            }

            (Get-FederatedResource configmaps 'tw[ij]n' -Namespace 'dem[o2]').Count | Should -Be 2
            (Invoke-KubeFedSync configmaps 'tw[ij]n' -Namespace 'dem[o2]' -WhatIf).Count | Should -Be 2
            Get-FederatedResource configmaps -Namespace nothing* | Should -BeNullOrEmpty
            Get-ErrorId (Get-Thrown { Get-FederatedResource configmaps twin -Namespace other, nothing -ErrorAction Stop }) | Should -Be 'FederatedResourceNotFound'
        }
        finally {
            Get-FederatedResource configmaps twin | Remove-FederatedResource -Confirm:$false
            Get-FederatedResource namespaces dem2 | Remove-FederatedResource -Confirm:$false
            Invoke-KubeFedSync | Out-Null
        }
    }
}

Describe 'Rows of several clusters' {
    It 'come by resource, and by cluster within each' {
        1..3 | ForEach-Object {
            (Get-FederatedObject configmaps settings -Namespace demo).Cluster | Should -Be 'member1', 'member2', 'member3'
            (Get-FederatedObject * -Namespace demo -ErrorAction SilentlyContinue) | Out-Null
            $rows = Get-FederatedObject configmaps * -Namespace demo
            "$($rows | ForEach-Object { "$($_.Name)/$($_.Cluster)" })" | Should -Be "$($rows | Sort-Object Name, Cluster | ForEach-Object { "$($_.Name)/$($_.Cluster)" })"
        }
    }
}

Describe 'What Invoke-KubeFedSync is asked for' {
    AfterAll {
        Remove-FederatedResource configmaps asked -Namespace demo -Confirm:$false
        Invoke-KubeFedSync configmaps asked | Out-Null
    }

    It 'and is not there is an error each, and keeps nothing else from being synchronised' {
        New-FederatedResource configmaps asked -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        $results = Invoke-KubeFedSync configmaps asked, nope, nothing* -Namespace demo -ErrorVariable problems -ErrorAction SilentlyContinue
        $results.Name | Should -Be 'asked'
        $problems.Count | Should -Be 1
        Get-ErrorId $problems[0] | Should -Be 'FederatedResourceNotFound'
        $problems[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$($problems[0])" | Should -Match "FederatedConfigMap 'nope' in namespace 'demo'"
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'Get-FederatedResource configmaps'
        Invoke-KubeFedSync configmaps nothing* -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'is told of in a dry run as well, and of what came down the pipeline' {
        Get-ErrorId (Get-Thrown { Invoke-KubeFedSync configmaps nope -WhatIf -ErrorAction Stop }) | Should -Be 'FederatedResourceNotFound'
        $lines = 'asked', 'nope', 'neither' | ForEach-Object { [pscustomobject]@{ Type = 'configmaps'; Name = $_; Namespace = 'demo' } }
        $lines | Invoke-KubeFedSync -ErrorVariable problems -ErrorAction SilentlyContinue | Should -Not -BeNullOrEmpty
        $problems.TargetObject | Should -Be 'neither', 'nope'
    }

    It 'is a namespace: one that is not there is an error, one without resources is not' {
        $thrown = Get-Thrown { Invoke-KubeFedSync -Namespace shp -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'FederatedResourceNotFound'
        "$thrown" | Should -Match "'shp'"
        Invoke-KubeFedSync configmaps -Namespace default -ErrorAction Stop | Should -BeNullOrEmpty
        Get-ErrorId (Get-Thrown { Invoke-KubeFedSync configmaps asked -Namespace shp -ErrorAction Stop }) | Should -Be 'FederatedResourceNotFound'
    }

    It 'is not told apart by case, for Kubernetes has lower-case names alone' {
        (Invoke-KubeFedSync configmaps ASKED -Namespace demo -ErrorAction Stop).Name | Select-Object -Unique | Should -Be 'asked'
    }

    It 'may be types by wildcard' {
        (Invoke-KubeFedSync config*, NAMESP* -Namespace demo).Type | Select-Object -Unique | Sort-Object | Should -Be 'configmaps', 'namespaces'
        Invoke-KubeFedSync nothing* -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'may be clusters out of the pipeline, whose names are not resources' {
        $results = Get-KubeFedCluster member1, member2 | Invoke-KubeFedSync namespaces demo -ErrorAction Stop
        $results.Cluster | Sort-Object | Should -Be 'member1', 'member2'
        $results.Type | Select-Object -Unique | Should -Be 'namespaces'
    }

    It 'may be types out of the pipeline' {
        (Get-KubeFedType configmaps | Invoke-KubeFedSync -Namespace demo -ErrorAction Stop).Type | Select-Object -Unique | Should -Be 'configmaps'
    }

    It 'is refused where it is none of these, instead of being taken for everything' {
        Get-ErrorId (Get-Thrown { 'asked' | Invoke-KubeFedSync configmaps -ErrorAction Stop }) | Should -Be 'InvalidInput'
        { $null | Invoke-KubeFedSync configmaps -ErrorAction Stop } | Should -Throw
    }
}

Describe 'Invoke-KubeFedSync' {
    It 'with -PassThru writes the resources as it left them' {
        Set-FederatedResource configmaps settings -Namespace demo -Template @{ data = @{ a = 'changed' } }
        $stored = Get-FederatedResource -Namespace demo | Invoke-KubeFedSync -PassThru
        $stored.Name | Sort-Object | Should -Be 'demo', 'settings', 'web'
        $stored.Status | Select-Object -Unique | Should -Be 'Propagated'
        $stored[0].GetType().FullName | Should -Be 'KubeFed.FederatedResource'
        Remove-FederatedResource configmaps settings -Namespace demo -Confirm:$false
        Invoke-KubeFedSync configmaps -PassThru | Should -BeNullOrEmpty
    }

    It 'with -PassThru and -WhatIf still writes the plan' {
        (Invoke-KubeFedSync deploy -PassThru -WhatIf)[0].GetType().FullName | Should -Be 'KubeFed.SyncResult'
    }

    It 'makes namespaces before what lies in them, also of resources that come down the pipeline' {
        Invoke-KubeFedRequest /api/v1/namespaces/later -Method Apply -Body @{ kind = 'Namespace' } | Out-Null
        ConvertTo-FederatedResource namespaces later -Create | Out-Null
        New-FederatedResource configmaps one -Namespace later -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
        New-FederatedResource configmaps other -Namespace later -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null

        $results = Get-FederatedResource configmaps, namespaces one, later -Namespace later -ErrorAction SilentlyContinue | Invoke-KubeFedSync -ErrorAction Stop

        ($results | Where-Object Written).Name | Sort-Object -Unique | Should -Be 'later', 'one'
    }

    It 'keeps to the types, names, namespaces and clusters it is given' {
        $some = Invoke-KubeFedSync configmaps oth* -Namespace later -Cluster member2 -ThrottleLimit 1
        $some | ForEach-Object { "$($_.Name) $($_.Cluster) $($_.Action)" } | Should -Be 'other member2 Create'
        (Get-FederatedObject configmaps other -Namespace later | Where-Object Status -EQ Present).Cluster | Should -Be 'member2'
        Get-ErrorId (Get-Thrown { Invoke-KubeFedSync -Cluster nowhere -ErrorAction Stop }) | Should -Be 'ClusterNotFound'
    }
}
