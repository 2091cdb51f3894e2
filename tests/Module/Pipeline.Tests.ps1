BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name pipeline
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'The pipeline' {
    It 'feeds clusters to the cmdlets that take them by name' {
        (Get-KubeFedCluster member1, member2 | Test-KubeFedCluster).Name | Sort-Object | Should -Be 'member1', 'member2'
        Get-KubeFedCluster member3 | Set-KubeFedCluster -Label @{ zone = 'c' }
        (Get-KubeFedCluster member3).Labels['zone'] | Should -Be 'c'
        (Get-KubeFedCluster -LabelSelector zone=c).Name | Should -Be 'member3'
        Get-KubeFedCluster member3 | Set-KubeFedCluster -Label @{ zone = $null }
        (Get-KubeFedCluster member3).Labels.ContainsKey('zone') | Should -BeFalse
    }

    It 'takes clusters out by pipeline and joins them again' {
        (Get-KubeFedCluster member3 | Remove-KubeFedCluster -Confirm:$false).Name | Should -Be 'member3'
        (Get-KubeFedCluster).Name | Should -Be 'member1', 'member2'
        ('member3' | Join-KubeFedCluster -Label @{ env = 'test' }).Status | Should -Be 'Ready'
    }

    It 'feeds resources to copies and to sync' {
        New-FederatedResource configmaps one -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        New-FederatedResource configmaps two -Namespace demo -Template @{ data = @{ a = '2' } } -Cluster member1 | Out-Null
        Invoke-KubeFedSync namespaces | Out-Null

        $results = Get-FederatedResource configmaps one, two -Namespace demo | Invoke-KubeFedSync

        $results.Name | Sort-Object | Should -Be 'one', 'two'
        $copies = Get-FederatedResource configmaps one -Namespace demo | Get-FederatedObject -Cluster member1
        $copies.Status | Should -Be 'Present'
        $copies.Raw.data.a | Should -Be '1'
        (Get-FederatedResource configmaps one -Namespace demo).Status | Should -Be 'Propagated'
        Get-FederatedResource configmaps -Namespace demo | Remove-FederatedResource -Confirm:$false
        Invoke-KubeFedSync | Out-Null
        Get-FederatedResource configmaps | Should -BeNullOrEmpty
    }

    It 'does nothing for nothing' {
        @() | Invoke-KubeFedSync | Should -BeNullOrEmpty
    }

    It 'reads templates as hashtables, objects, YAML, JSON and files alike' {
        $json = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"t","namespace":"demo"},"data":{"a":"1"}}'
        $yaml = "apiVersion: v1`nkind: ConfigMap`nmetadata: { name: t, namespace: demo }`ndata: { a: '1' }"
        $file = Join-Path $TestDrive 't.yaml'
        Set-Content $file $yaml
        foreach ($made in @(
                { $json | New-FederatedResource -Cluster * }
                { $yaml | New-FederatedResource -Cluster * }
                { $json | ConvertFrom-Json | New-FederatedResource -Cluster * }
                { $json | ConvertFrom-Json -AsHashtable | New-FederatedResource -Cluster * }
                { New-FederatedResource -Path $file -Cluster * }
                { ConvertTo-FederatedResource -Path $file -Create })) {
            $resource = & $made
            $resource.Raw.spec.template.data.a | Should -Be '1' -Because "$made"
            $resource.ClusterSelector | Should -Be '*'
            Remove-FederatedResource configmaps t -Namespace demo -Confirm:$false
            Invoke-KubeFedSync configmaps t -Namespace demo | Out-Null
        }
    }

    It 'writes what it composes without storing it, unless -Create is given' {
        $composed = @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'composed'; namespace = 'demo' }; data = @{ a = '1' } } | ConvertTo-FederatedResource
        $composed.Stored | Should -BeFalse
        ($composed.ToJson() | ConvertFrom-Json).kind | Should -Be 'FederatedConfigMap'
        Get-FederatedResource configmaps composed* | Should -BeNullOrEmpty
    }

    It 'places by names, by selector text, by labels and everywhere' {
        $template = @{ data = @{ a = '1' } }
        $made = New-FederatedResource configmaps p1 -Namespace demo -Template $template -Cluster member1, member2
        $made.Clusters | Should -Be 'member1', 'member2'
        (New-FederatedResource configmaps p2 -Namespace demo -Template $template -ClusterSelector 'env=test,zone notin (a,b)').ClusterSelector |
            Should -Be 'env=test,zone notin (a,b)'
        (New-FederatedResource configmaps p3 -Namespace demo -Template $template -ClusterSelector @{ env = 'test' }).ClusterSelector | Should -Be 'env=test'
        (New-FederatedResource configmaps p4 -Namespace demo -Template $template -Cluster *).ClusterSelector | Should -Be '*'
        (Set-FederatedResource configmaps p1 -Namespace demo -RemoveCluster member2 -AddCluster member3 -PassThru).Clusters | Should -Be 'member1', 'member3'
        (Set-FederatedResource configmaps p1 -Namespace demo -ClusterSelector env=test -PassThru).Clusters | Should -BeNullOrEmpty
        Get-FederatedResource configmaps p? -Namespace demo | Remove-FederatedResource -Confirm:$false
        Invoke-KubeFedSync configmaps | Out-Null
    }

    It 'takes overrides in every form, and gives them back' {
        $template = @{ data = @{ a = '1'; b = '2' } }
        $forms = @(
            @{ cluster = 'member1'; path = '/data/a'; value = 'x' }
            @{ member2 = @{ '/data/a' = 'y'; '/data/b' = 'z' } }
            @{ member3 = @{ op = 'remove'; path = '/data/b' } })
        $made = New-FederatedResource configmaps o -Namespace demo -Template $template -Cluster * -Override $forms
        $made.Overrides.Count | Should -Be 4
        (Set-FederatedResource configmaps o -Namespace demo -Override ($made.Overrides | Where-Object Cluster -EQ member3) -PassThru).Overrides.Op | Should -Be 'remove'
        (Set-FederatedResource configmaps o -Namespace demo -Override @() -PassThru).Overrides | Should -BeNullOrEmpty
        Remove-FederatedResource configmaps o -Namespace demo -Confirm:$false
        Invoke-KubeFedSync configmaps | Out-Null
    }
}

Describe 'Names' {
    It 'that are wildcards and meet nothing are silent' {
        Get-KubeFedCluster no* -ErrorAction Stop | Should -BeNullOrEmpty
        Get-KubeFedType no* -ErrorAction Stop | Should -BeNullOrEmpty
        Get-FederatedResource configmaps no* -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'ignore case' {
        (Get-KubeFedCluster MEMBER1).Name | Should -Be 'member1'
    }

    It 'that are unknown do not stop the others' {
        $found = Get-KubeFedCluster member1, nowhere, member2 -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Name | Should -Be 'member1', 'member2'
        $problems.Count | Should -Be 1
    }

    It 'are completed' {
        $line = 'Get-KubeFedCluster -Name mem'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'member1', 'member2', 'member3'
        $line = 'Get-FederatedResource -Type conf'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'configmaps'
        $line = 'Connect-KubeFed -KubeConfig /nowhere -Context x'
        { TabExpansion2 $line $line.Length } | Should -Not -Throw
    }
}

Describe 'Completion of resources' {
    BeforeAll {
        New-FederatedResource configmaps tab-one -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 -Override @{ member1 = @{ '/data/a' = 'x' } } | Out-Null
        function Get-Completion([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
    }

    AfterAll {
        Remove-FederatedResource configmaps tab-one -Namespace demo -Confirm:$false
        Invoke-KubeFedSync configmaps tab-one | Out-Null
    }

    It 'offers names of the type, and namespaces: <_>' -ForEach 'Get-FederatedResource', 'Set-FederatedResource', 'Remove-FederatedResource', 'Wait-FederatedResource',
    'Test-FederatedResource', 'Compare-FederatedResource', 'Get-FederatedObject', 'Add-FederatedOverride', 'Get-FederatedOverride', 'Remove-FederatedOverride', 'Invoke-KubeFedSync' {
        Get-Completion "$_ configmaps tab" | Should -Be 'tab-one'
        Get-Completion "$_ configmaps -Namespace demo tab" | Should -Be 'tab-one'
        Get-Completion "$_ configmaps -Namespace dem" | Should -Be 'demo'
    }

    It 'offers the paths a resource has overrides of' {
        Get-Completion 'Remove-FederatedOverride configmaps tab-one -Namespace demo -Path ' | Should -Be '/data/a'
    }
}

Describe 'Tables' {
    It 'show at most six columns, the name first: <_>' -ForEach 'Get-KubeFedCluster', 'Get-KubeFedType', 'Get-FederatedResource', 'Get-KubeFedSession', 'Get-KubeFedSandbox' {
        $lines = & $_ | Out-String -Stream -Width 200 | Where-Object { $_.Trim() }
        $plain = @($lines -replace '\x1b\[[0-9;]*m' | Where-Object { $_ -notmatch '^   \w+: ' }) # a view may be grouped
        $plain[0] | Should -Match '^NAME'
        ($plain[1].Trim() -split '\s+').Count | Should -BeLessOrEqual 6
    }
}

Describe 'A pipeline that wants no more' {
    BeforeAll {
        1..40 | ForEach-Object { New-FederatedResource configmaps "many$_" -Namespace demo -Template @{ data = @{ a = "$_" } } -Cluster * | Out-Null }
    }

    It 'stops the work' {
        @(Get-FederatedResource configmaps many* | Select-Object -First 1).Count | Should -Be 1
        @(Invoke-KubeFedSync configmaps -ThrottleLimit 1 | Select-Object -First 1).Count | Should -Be 1
    }

    It 'leaves nothing half-recorded: the next sync ends where a whole one would' {
        Invoke-KubeFedSync configmaps | Out-Null
        @(Get-FederatedObject configmaps many* | Where-Object Status -EQ 'Present').Count | Should -Be 120
        Get-Write { Invoke-KubeFedSync -Verbose } | Should -BeNullOrEmpty
    }
}

Describe 'Progress' {
    It 'is shown while a sync runs and taken off the screen at its end' {
        $shell = [powershell]::Create()
        try {
            $shell.AddScript("Import-Module '$ModulePath'; Invoke-KubeFedSync -KubeConfig '$($sandbox.KubeConfig)' -Context host | Out-Null").Invoke() | Out-Null
            $shell.Streams.Error | Should -BeNullOrEmpty
            $records = @($shell.Streams.Progress | Where-Object ActivityId -EQ 6174)
            $records.Count | Should -BeGreaterThan 1
            $records[-1].RecordType | Should -Be 'Completed'
        }
        finally {
            $shell.Dispose()
        }
    }
}

Describe 'Ctrl+C' {
    It 'ends a cmdlet that waits for a silent server within two seconds' {
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        try {
            $config = New-TestKubeConfig "http://127.0.0.1:$($listener.LocalEndpoint.Port)"
            $shell = [powershell]::Create()
            $shell.AddScript("Import-Module '$ModulePath'; Get-KubeFedCluster -KubeConfig '$config'") | Out-Null
            $running = $shell.BeginInvoke()
            $listener.AcceptTcpClientAsync().Wait(10000) | Should -BeTrue
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
            $running.IsCompleted | Should -BeTrue
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally {
            $listener.Stop()
            $shell.Dispose()
        }
    }
}

Describe 'Sessions' {
    It 'stand side by side, and each cmdlet can be given one' {
        $member = Connect-KubeFed -KubeConfig $sandbox.KubeConfig -Context member1 -NotDefault
        (Get-KubeFedSession | Where-Object IsDefault).Name | Should -Be 'host'
        (Invoke-KubeFedRequest /api/v1/namespaces -Session $member).metadata.name | Should -Contain 'kube-federation-system'
        $member | Disconnect-KubeFed
        Get-ErrorId (Get-Thrown { Get-KubeFedCluster -Session $member }) | Should -Be 'SessionClosed'
    }

    It 'can be shared by runspaces' {
        $session = Connect-KubeFed -KubeConfig $sandbox.KubeConfig -Context host -NotDefault
        $counts = 1..8 | ForEach-Object -Parallel { Import-Module $using:ModulePath; @(Get-KubeFedCluster -Session $using:session).Count } -ThrottleLimit 8
        $counts | Select-Object -Unique | Should -Be 3
        $session | Disconnect-KubeFed
    }

    It 'are found from a thread job through the kubeconfig' {
        $file = $sandbox.KubeConfig
        $job = Start-ThreadJob { Import-Module $using:ModulePath; Get-KubeFedCluster -KubeConfig $using:file -Context host }
        ($job | Wait-Job | Receive-Job).Name | Should -Be 'member1', 'member2', 'member3'
    }
}
