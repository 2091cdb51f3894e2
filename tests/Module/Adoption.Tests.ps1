BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name adoption
    $clusters = '/apis/core.kubefed.io/v1beta1/namespaces/kube-federation-system/kubefedclusters'
    Invoke-KubeFedSync | Out-Null

    function Set-Map([string] $Cluster, [string] $Name, [hashtable] $Data) {
        Invoke-KubeFedRequest "/api/v1/namespaces/demo/configmaps/$Name" -Cluster $Cluster -Method Apply -Body @{ kind = 'ConfigMap'; data = $Data } | Out-Null
    }

    function Set-Endpoint([string] $Cluster, [string] $Endpoint) {
        Invoke-KubeFedRequest "$clusters/$Cluster" -Method Patch -Body @{ spec = @{ apiEndpoint = $Endpoint } } | Out-Null
    }
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe '-AdoptionPolicy' {
    It 'declares at creation what becomes of objects that are there, and the sync goes by it (P-47)' {
        Set-Map member1 given @{ a = '1'; mine = 'x' }
        Set-Map member2 given @{ a = 'old' }
        $resource = New-FederatedResource configmaps given -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * -AdoptionPolicy adoptifidentical
        $resource.AdoptionPolicy | Should -BeExactly AdoptIfIdentical

        $plan = Invoke-KubeFedSync configmaps given -WhatIf -ErrorAction SilentlyContinue
        $results = Invoke-KubeFedSync configmaps given -ErrorAction SilentlyContinue -ErrorVariable failures
        foreach ($run in $plan, $results) {
            ($run | Where-Object Cluster -EQ member1).Action | Should -Be Adopt
            ($run | Where-Object Cluster -EQ member2).Status | Should -Be AlreadyExists
            ($run | Where-Object Cluster -EQ member2).Message | Should -Match '/data/a is "old" and should be "1"'
            ($run | Where-Object Cluster -EQ member3).Action | Should -Be Create
        }

        $failures.Count | Should -Be 1
        Get-ErrorId $failures[0] | Should -Be AlreadyExists
        $failures[0].ErrorDetails.RecommendedAction | Should -Match 'kubefed.io/adoption-policy'
    }

    It 'is changed, shown and taken back by Set-FederatedResource' {
        Set-FederatedResource configmaps given -Namespace demo -AdoptionPolicy Adopt
        (Get-FederatedResource configmaps given -Namespace demo).AdoptionPolicy | Should -BeExactly Adopt
        $adopted = Invoke-KubeFedSync configmaps given | Where-Object Cluster -EQ member2
        $adopted.Action | Should -Be Adopt
        $adopted.Message | Should -Match '/data/a was "old" and is now "1"'
        Set-FederatedResource configmaps given -Namespace demo -AdoptionPolicy Default
        (Get-FederatedResource configmaps given -Namespace demo).AdoptionPolicy | Should -BeNullOrEmpty
    }

    It 'comes along when an object is federated' {
        (@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'own'; namespace = 'demo' } } |
            ConvertTo-FederatedResource -AdoptionPolicy Abort).AdoptionPolicy | Should -BeExactly Abort
    }

    It 'is one of the choices' {
        { New-FederatedResource configmaps x -Namespace demo -Template @{} -Cluster * -AdoptionPolicy Maybe } | Should -Throw '*AdoptIfIdentical*'
    }

    It 'that somebody wrote otherwise is found before a sync' {
        $value = @{ apiVersion = 'types.kubefed.io/v1beta1'; kind = 'FederatedConfigMap'; metadata = @{ name = 'x'; namespace = 'demo'
                annotations = @{ 'kubefed.io/adoption-policy' = 'adopt' } }; spec = @{ template = @{}; placement = @{ clusterSelector = @{} } } }
        ($value | Test-FederatedResource | Where-Object Check -EQ InvalidAdoptionPolicy).Remedy | Should -Match 'Adopt, Abort or AdoptIfIdentical'
    }
}

Describe 'Remove-FederatedResource -Force' {
    BeforeEach {
        New-FederatedResource configmaps doomed -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
        Invoke-KubeFedSync configmaps doomed | Out-Null
        $endpoint = (Invoke-KubeFedRequest "$clusters/member2").spec.apiEndpoint
        Set-Endpoint member2 'http://gone.sandbox.invalid'
    }

    AfterEach {
        Set-Endpoint member2 $endpoint
        Get-FederatedResource configmaps doom* -Namespace demo | Remove-FederatedResource -Confirm:$false
        Invoke-KubeFedSync | Out-Null
    }

    It 'shows what it would give up, and writes nothing' {
        Get-Write { Remove-FederatedResource configmaps doomed -Namespace demo -Force -WhatIf -Verbose | Set-Variable plan -Scope Script } | Should -BeNullOrEmpty
        ($plan | Where-Object Cluster -EQ member2).Action | Should -Be Abandon
        ($plan | Where-Object Cluster -In member1, member3).Action | Should -Be Delete, Delete
        Get-FederatedResource configmaps doomed -Namespace demo | Should -Not -BeNullOrEmpty
    }

    It 'ends a deletion that would wait, and tells of every copy (P-36)' {
        Remove-FederatedResource configmaps doomed -Namespace demo -Confirm:$false | Should -BeNullOrEmpty
        $waiting = Invoke-KubeFedSync configmaps doomed -ErrorAction SilentlyContinue
        ($waiting | Where-Object { -not $_.Cluster }).Message | Should -Match 'waits for member2 \(ClusterNotReady\)'
        (Get-FederatedResource configmaps doomed -Namespace demo).Status | Should -Be Deleting

        $results = Remove-FederatedResource configmaps doomed -Namespace demo -Force -Confirm:$false
        $given = $results | Where-Object Cluster -EQ member2
        $given.Action | Should -Be Abandon
        $given.Succeeded | Should -BeTrue
        $given.Message | Should -Match 'the next sync takes its label off'
        Get-FederatedResource configmaps doomed* -Namespace demo | Should -BeNullOrEmpty

        Set-Endpoint member2 $endpoint
        Invoke-KubeFedSync | Out-Null
        $left = Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/doomed -Cluster member2
        $left.metadata.labels.'kubefed.io/managed' | Should -BeNullOrEmpty
    }
}

Describe 'Invoke-KubeFedSync -TakeOver' {
    It 'takes over the copies of another federation, which a sync without it leaves alone (P-56)' {
        New-FederatedResource configmaps contested -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        Invoke-KubeFedSync configmaps contested | Out-Null
        Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/contested -Cluster member1 -Method Patch -Body @{
            metadata = @{ annotations = @{ 'kubefed.io/federation' = 'other/system' } }
        } | Out-Null

        $left = Invoke-KubeFedSync configmaps contested -ErrorAction SilentlyContinue
        $left.Status | Should -Be OwnedByOtherFederation
        $left.Message | Should -Match 'federation other/system'
        (Test-KubeFed -ErrorAction SilentlyContinue | Where-Object Check -EQ OwnedByOtherFederation).Target | Should -Match 'demo/contested'

        $plan = Invoke-KubeFedSync configmaps contested -TakeOver -WhatIf
        $plan.Action | Should -Be Adopt
        $plan.Written | Should -BeFalse
        $taken = Invoke-KubeFedSync configmaps contested -TakeOver
        $taken.Action | Should -Be Adopt
        $taken.Written | Should -BeTrue
        $taken.Message | Should -Match 'taken over from federation other/system'
        Get-Write { Invoke-KubeFedSync configmaps contested -Verbose } | Should -BeNullOrEmpty
    }
}
