BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name plane
    Invoke-KubeFedSync | Out-Null
    $system = '/api/v1/namespaces/kube-federation-system'
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'Test-KubeFed' {
    It 'finds no error in a sound federation, and says so when asked to be verbose' {
        $output = Test-KubeFed -Severity Error -Verbose 4>&1
        $output | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] } | Should -BeNullOrEmpty
        $output[-1].Message | Should -Be 'No problems of severity Error were found in the federation kube-federation-system in host.'
    }

    It 'writes one whole object per problem, the gravest first' {
        $findings = @(Test-KubeFed)
        $findings.Count | Should -BeGreaterThan 0
        $findings | ForEach-Object {
            $_.PSTypeNames[0] | Should -Be 'KubeFed.Finding'
            foreach ($property in 'Severity', 'Check', 'Target', 'Message', 'Remedy') {
                $_.$property | Should -Not -BeNullOrEmpty
            }
        }

        $ranks = @($findings | ForEach-Object { [array]::IndexOf(@('Error', 'Warning', 'Information'), $_.Severity) })
        $ranks | Should -Be ($ranks | Sort-Object)
    }

    It 'writes to no cluster, and with -HostOnly asks no member' {
        Get-Write { Test-KubeFed -Verbose } | Should -BeNullOrEmpty
        $requests = Test-KubeFed -HostOnly -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object Message
        $requests -match '^host: GET' | Should -Not -BeNullOrEmpty
        $requests -match '^member\d: ' | Should -BeNullOrEmpty
    }

    It 'names the member whose Secret is gone, until its remedy is followed' {
        $secret = (Get-KubeFedCluster member2).SecretName
        Invoke-KubeFedRequest "$system/secrets/$secret" -Method Delete -Confirm:$false | Out-Null

        $found = Test-KubeFed Error | Where-Object Check -EQ 'SecretMissing'
        $found.Target | Should -Be 'cluster member2'
        $found.Message | Should -Match ([regex]::Escape($secret))
        $found.Remedy | Should -Match 'Join'

        Join-KubeFedCluster member2 -Label @{ env = 'test' } | Out-Null
        Test-KubeFed Error | Should -BeNullOrEmpty
    }

    It 'names the CRD that is gone, until its remedy is followed' {
        $crd = 'propagatedversions.core.kubefed.io'
        Invoke-KubeFedRequest "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/$crd" -Method Delete -Confirm:$false | Out-Null

        $found = Test-KubeFed Error | Where-Object Check -EQ 'DefinitionMissing'
        $found.Target | Should -Match $crd
        $found.Remedy | Should -Match 'Install-KubeFed'

        Install-KubeFed | Out-Null
        Test-KubeFed Error | Should -BeNullOrEmpty
    }

    It 'says that there is no control plane where there is none' {
        (Test-KubeFed Error -KubeFedNamespace elsewhere).Check | Should -Contain 'ControlPlaneMissing'
    }

    It 'prints sentences that fit 80 columns, remedies included' {
        $found = Test-KubeFed
        $text = $found | Out-String -Width 80
        $text -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
        $text -replace '\s+', ' ' | Should -Match ([regex]::Escape("$($found[0].Message) $($found[0].Remedy)"))
    }
}

Describe 'Get-KubeFedConfig' {
    It 'shows what is stored, and defaults for the rest (A-50)' {
        $config = Get-KubeFedConfig
        $config.Name | Should -Be 'kube-federation-system'
        $config.Scope | Should -Be 'Cluster'
        $config.AdoptResources | Should -BeTrue
        $config.FeatureGates['PushReconciler'] | Should -BeTrue
        $config.FeatureGates['RawResourceStatusCollection'] | Should -BeFalse
        $config.UnavailableDelay | Should -Be ([timespan]'0:01:00')
        $config.HealthCheckFailureThreshold | Should -Be 3
        $config.Raw.kind | Should -Be 'KubeFedConfig'
    }

    It 'fits 80 columns' {
        $text = Get-KubeFedConfig | Out-String -Width 80
        $text | Should -Match 'PushReconciler'
        $text -split '\r?\n' | ForEach-Object { $_.Length | Should -BeLessOrEqual 80 }
    }

    It 'says that there is none where there is none' {
        Get-ErrorId (Get-Thrown { Get-KubeFedConfig -KubeFedNamespace elsewhere -ErrorAction Stop }) | Should -Be 'ControlPlaneNotFound'
    }
}

Describe 'Set-KubeFedConfig' {
    It 'changes adoption, and what a sync does with it' {
        (Set-KubeFedConfig -AdoptResources $false -PassThru).AdoptResources | Should -BeFalse
        (Get-KubeFedConfig).Raw.spec.syncController.adoptResources | Should -Be 'Disabled'
        $manifest = @{ kind = 'ConfigMap'; data = @{ mine = 'yes' } }
        Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/theirs -Method Apply -Body $manifest -Context member1 | Out-Null
        New-FederatedResource configmaps theirs -Namespace demo -Template @{ data = @{ mine = 'no' } } -Cluster member1 | Out-Null
        (Invoke-KubeFedSync configmaps theirs -ErrorAction SilentlyContinue).Status | Should -Contain 'AlreadyExists'

        Set-KubeFedConfig -AdoptResources $true | Should -BeNullOrEmpty
        (Invoke-KubeFedSync configmaps theirs).Status | Should -Not -Contain 'AlreadyExists'
    }

    It 'changes gates, durations and thresholds, and leaves the rest as it is' {
        $before = Get-KubeFedConfig
        $changed = Set-KubeFedConfig -FeatureGate @{ RawResourceStatusCollection = $true } -HealthCheckPeriod 0:01:30 -HealthCheckFailureThreshold 5 -PassThru
        $changed.FeatureGates['RawResourceStatusCollection'] | Should -BeTrue
        $changed.FeatureGates['PushReconciler'] | Should -BeTrue
        $changed.HealthCheckPeriod | Should -Be ([timespan]'0:01:30')
        $changed.HealthCheckFailureThreshold | Should -Be 5
        $changed.HealthCheckTimeout | Should -Be $before.HealthCheckTimeout
        $changed.Raw.spec.clusterHealthCheck.period | Should -Be '1m30s'
    }

    It 'writes nothing when nothing differs' {
        Set-KubeFedConfig -HealthCheckPeriod 0:00:20
        Get-Write { Set-KubeFedConfig -HealthCheckPeriod 0:00:20 -Verbose } | Should -BeNullOrEmpty
    }

    It 'refuses <_.Field> by its path, and writes nothing (<_.Fact>)' -ForEach @(
        @{ Fact = 'A-56'; Values = @{ AvailableDelay = [timespan]::Zero }; Field = 'spec.controllerDuration.availableDelay' }
        @{ Fact = 'A-57'; Values = @{ LeaseDuration = [timespan]'0:00:05' }; Field = 'spec.leaderElect.leaseDuration' }
        @{ Fact = 'A-57'; Values = @{ RetryPeriod = [timespan]'0:00:09' }; Field = 'spec.leaderElect.renewDeadline' }
        @{ Fact = 'A-59'; Values = @{ FeatureGate = @{ Nonsense = $true } }; Field = 'spec.featureGates.name' }
        @{ Fact = 'A-60'; Values = @{ HealthCheckFailureThreshold = 0 }; Field = 'spec.clusterHealthCheck.failureThreshold' }
    ) {
        $values = $_.Values
        $before = (Get-KubeFedConfig).ToJson()
        $problem = Get-Thrown { Set-KubeFedConfig @values -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'InvalidConfig'
        $problem.CategoryInfo.Category | Should -Be 'InvalidArgument'
        "$problem" | Should -Match ([regex]::Escape($_.Field))
        $problem.ErrorDetails.RecommendedAction | Should -Match ([regex]::Escape($_.Field))
        (Get-KubeFedConfig).ToJson() | Should -Be $before
    }

    It 'refuses no value at all, and ticks that were meant as seconds' {
        Get-ErrorId (Get-Thrown { Set-KubeFedConfig -ErrorAction Stop }) | Should -Be 'InvalidInput'
        $problem = Get-Thrown { Set-KubeFedConfig -HealthCheckPeriod 30 -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'InvalidInput'
        $problem.ErrorDetails.RecommendedAction | Should -Match '0:00:30'
    }
}

Describe 'Uninstall-KubeFed' {
    BeforeAll {
        New-FederatedResource configmaps kept -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
        Invoke-KubeFedSync | Out-Null
    }

    It 'is refused while federated resources are there, and leaves all as it was' {
        $problem = Get-Thrown { Uninstall-KubeFed -Confirm:$false -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'ControlPlaneInUse'
        $problem.CategoryInfo.Category | Should -Be 'InvalidOperation'
        "$problem" | Should -Match '3 clusters, 3 enabled types and 3 federated resources'
        $problem.ErrorDetails.RecommendedAction | Should -Match 'abandon'
        (Get-KubeFedCluster).Count | Should -Be 3
    }

    It 'abandons when told to: copies stay, and what stays in members is named (A-128)' {
        $removed = Uninstall-KubeFed -Abandon -DeleteCrd -Confirm:$false

        $removed.Name | Should -Be 'kube-federation-system'
        $removed.Cluster | Should -Be 'host'
        @($removed.Changes | Where-Object Action -EQ 'Delete').Count | Should -BeGreaterThan 5
        $removed.LeftBehind -match 'in member1$' | Should -Not -BeNullOrEmpty
        (Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/kept -Context member1).data.a | Should -Be '1'
        (Test-KubeFed Error).Check | Should -Contain 'ControlPlaneMissing'
    }

    It 'works without more once nothing is federated any more, and again when there is nothing left' {
        Install-KubeFed | Out-Null
        $sandbox.Members | Join-KubeFedCluster | Out-Null
        Enable-KubeFedType namespaces | Out-Null
        ConvertTo-FederatedResource namespaces demo -Create | Out-Null
        Invoke-KubeFedSync | Out-Null
        Get-ErrorId (Get-Thrown { Uninstall-KubeFed -Confirm:$false -ErrorAction Stop }) | Should -Be 'ControlPlaneInUse'

        Remove-FederatedResource namespaces demo -Namespace demo -Confirm:$false
        Invoke-KubeFedSync | Out-Null
        Disable-KubeFedType namespaces -Confirm:$false
        Get-KubeFedCluster | Remove-KubeFedCluster -Confirm:$false | Out-Null
        $removed = Uninstall-KubeFed -Confirm:$false

        $removed.LeftBehind | Should -BeNullOrEmpty
        $removed.Changes | ForEach-Object { "$_" } | Should -Contain 'Delete Namespace kube-federation-system in host'
        @((Uninstall-KubeFed -Confirm:$false).Changes | Where-Object Action -EQ 'Delete').Count | Should -Be 0
    }

    It 'tears down when told to: resources, copies, types, clusters and the control plane go (K-82)' {
        Install-KubeFed | Out-Null
        $sandbox.Members | Join-KubeFedCluster | Out-Null
        Enable-KubeFedType namespaces, configmaps | Out-Null
        ConvertTo-FederatedResource namespaces demo -Create | Out-Null
        New-FederatedResource configmaps torn -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
        Invoke-KubeFedSync | Out-Null
        (Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/torn -Context member1).data.a | Should -Be '1'

        $removed = Uninstall-KubeFed -Teardown -DeleteCrd -Confirm:$false

        $removed.Changes | ForEach-Object { "$_" } | Should -Contain 'Delete ConfigMap demo/torn in member1'
        $removed.Changes | ForEach-Object { "$_" } | Should -Contain 'Delete ServiceAccount kube-federation-system/member1-host in member1'
        Get-Thrown { Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/torn -Context member1 -ErrorAction Stop } |
            ForEach-Object { Get-ErrorId $_ } | Should -Be 'NotFound'
        (Test-KubeFed Error).Check | Should -Contain 'ControlPlaneMissing'
    }
}
