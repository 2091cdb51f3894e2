BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name health
    Set-KubeFedConfig -FeatureGate @{ RawResourceStatusCollection = $true } -Confirm:$false | Out-Null
    Enable-KubeFedType deployments.apps -StatusCollection Enabled -WarningVariable warnings | Out-Null

    # A Deployment everywhere; in member2 no node is large enough for it.
    $web = @{
        Template = @{ spec = @{ replicas = 2; selector = @{ matchLabels = @{ app = 'web' } }
                template = @{ metadata = @{ labels = @{ app = 'web' } }; spec = @{ containers = @(@{ name = 'web'; image = 'nginx:1.29' }) } } } }
        Cluster  = '*'
        Override = @{ member2 = @{ op = 'add'; path = '/spec/template/spec/containers/0/resources'; value = @{ requests = @{ cpu = '1000' } } } }
    }
    New-FederatedResource deployments.apps web -Namespace demo @web | Out-Null
    New-FederatedResource configmaps settings -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1, mars -WarningAction SilentlyContinue | Out-Null
    Invoke-KubeFedSync -ErrorAction SilentlyContinue | Out-Null
    foreach ($round in 1..100) {
        if ((Get-FederatedObject deployments.apps web -Namespace demo -Cluster member1).Health -eq 'Healthy') { break }
        Start-Sleep -Milliseconds 50
    }

    Invoke-KubeFedSync -ErrorAction SilentlyContinue | Out-Null
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'Enable-KubeFedType -StatusCollection' {
    It 'switches the collection of status on, and off' {
        $warnings | Should -BeNullOrEmpty
        (Get-KubeFedType deployments.apps).StatusCollection | Should -Be 'Enabled'
        (Get-KubeFedType configmaps).StatusCollection | Should -Be 'Disabled'
        (Enable-KubeFedType configmaps -StatusCollection Enabled).StatusCollection | Should -Be 'Enabled'
        (Enable-KubeFedType configmaps -StatusCollection Disabled).StatusCollection | Should -Be 'Disabled'
        (Enable-KubeFedType deployments.apps).StatusCollection | Should -Be 'Enabled'
    }
}

Describe 'Get-FederatedResource' {
    It 'shows how many clusters are in sync and the worst health among them' {
        $resource = Get-FederatedResource deployments.apps web -Namespace demo
        $resource.Status | Should -Be 'Propagated'
        $resource.InSync | Should -Be '3/3'
        $resource.Health | Should -Be 'Progressing'
        ($resource.ClusterStatus | Where-Object Cluster -EQ member2).HealthMessage | Should -Be '0 of 2 replicas are available'
        ($resource.ClusterStatus | Where-Object Cluster -EQ member1).Health | Should -Be 'Healthy'
    }

    It 'has no health for a type whose status is not collected, and counts the clusters in any case' {
        $resource = Get-FederatedResource configmaps settings -Namespace demo
        $resource.InSync | Should -Be '1/2'
        $resource.Health | Should -BeNullOrEmpty
    }

    It 'has both in its table, which is grouped by type' {
        $text = Get-FederatedResource deployments.apps web -Namespace demo | Out-String
        $text | Should -Match 'Type: deployments\.apps'
        $text | Should -Match 'NAME +NAMESPACE +STATUS +CLUSTERS +HEALTH +AGE'
        $text | Should -Match 'web +demo +Propagated +3/3 +Progressing +\d+\w'
    }
}

Describe 'Get-FederatedObject' {
    It 'judges the health of each object as it is now' {
        $copies = Get-FederatedObject deployments.apps web -Namespace demo | Sort-Object Cluster
        $copies.Health | Should -Be 'Healthy', 'Progressing', 'Healthy'
        $copies[1].HealthMessage | Should -Be '0 of 2 replicas are available'
        $copies | Out-String | Should -Match 'member2 +Present +0/2 +Progressing +\d+\w'
    }

    It 'leaves it open where there is no object' {
        $absent = Get-FederatedObject configmaps settings -Namespace demo -Cluster member3
        $absent.Status | Should -Be 'Absent'
        $absent.Health | Should -BeNullOrEmpty
    }
}

Describe 'Wait-FederatedResource' {
    It 'gives what is there already, at once' {
        $waited = Wait-FederatedResource deploy web -Namespace demo -Timeout 0
        $waited.GetType().FullName | Should -Be 'KubeFed.FederatedResource'
        $waited.InSync | Should -Be '3/3'
        (Get-FederatedResource deployments.apps | Wait-FederatedResource -Timeout 0).Name | Should -Be 'web'
    }

    It 'writes nothing unless asked to, and then makes it true on the way' {
        New-FederatedResource configmaps late -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
        Get-Write { Wait-FederatedResource configmaps late -Namespace demo -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable script:problems -Verbose } |
            Should -BeNullOrEmpty
        Get-ErrorId $script:problems[0] | Should -Be 'WaitTimedOut'
        $script:problems[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
        $script:problems[0].ErrorDetails.RecommendedAction | Should -Match '-Sync'
        $script:problems[0].TargetObject | Should -Be 'configmaps demo/late'

        $plan = Wait-FederatedResource configmaps late -Namespace demo -Sync -WhatIf 6>&1
        $plan | Should -BeNullOrEmpty
        (Get-FederatedResource configmaps late -Namespace demo).Status | Should -Be 'Pending'

        (Wait-FederatedResource configmaps late -Namespace demo -Sync).InSync | Should -Be '3/3'
    }

    It 'names the clusters that are missing and why, and gives the others all the same' {
        $waited = Get-FederatedResource configmaps settings, late -Namespace demo |
            Wait-FederatedResource -Timeout 1 -Sync -ErrorAction SilentlyContinue -ErrorVariable problems
        $waited.Name | Should -Be 'late'
        $problems.Count | Should -Be 1
        "$($problems[0])" | Should -Match 'configmaps demo/settings was not propagated within 1 s: mars: ClusterNotFound \('
        "$($problems[0])" | Should -Not -Match 'member1'
    }

    It 'waits for health, which it asks of the members themselves' {
        Wait-FederatedResource deploy web -Namespace demo -For Healthy -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        "$($problems[0])" | Should -Match 'was not healthy .* member2: Progressing \(0 of 2 replicas are available\)'
        Set-FederatedResource deployments.apps web -Namespace demo -Override @()
        (Wait-FederatedResource deploy web -Namespace demo -For Healthy -Sync -Timeout 30).Name | Should -Be 'web'
    }

    It 'waits until a resource is gone, and writes nothing for it' {
        Remove-FederatedResource configmaps late -Namespace demo -Confirm:$false
        Wait-FederatedResource configmaps late -Namespace demo -For Deleted -Timeout 0 -ErrorAction SilentlyContinue -ErrorVariable problems
        "$($problems[0])" | Should -Match 'its copies have not been removed yet'
        Wait-FederatedResource configmaps late -Namespace demo -For Deleted -Sync -ErrorVariable none | Should -BeNullOrEmpty
        $none | Should -BeNullOrEmpty
        (Get-FederatedObject configmaps late -Namespace demo).Status | Should -Be 'Absent', 'Absent', 'Absent'
        Wait-FederatedResource configmaps late -Namespace demo -For Deleted -Timeout 0 -ErrorVariable none | Should -BeNullOrEmpty
        $none | Should -BeNullOrEmpty
    }

    It 'says at once of what is not there that it is not' {
        Wait-FederatedResource configmaps nowhere -Namespace demo -Timeout 60 -ErrorAction SilentlyContinue -ErrorVariable problems
        Get-ErrorId $problems[0] | Should -Be 'FederatedResourceNotFound'
        Wait-FederatedResource widgets w -Timeout 60 -ErrorAction SilentlyContinue -ErrorVariable problems
        Get-ErrorId $problems[0] | Should -BeIn 'TypeNotEnabled', 'TypeNotServed'
    }

    It 'ends with Ctrl+C, and shows meanwhile what it waits for' {
        $shell = [powershell]::Create()
        try {
            $shell.AddScript("Import-Module '$ModulePath'; Wait-FederatedResource configmaps settings -Namespace demo -Timeout 600 -KubeConfig '$($sandbox.KubeConfig)' -Context host") |
                Out-Null
            $running = $shell.BeginInvoke()
            foreach ($round in 1..200) {
                if ($shell.Streams.Progress.Count -gt 0) { break }
                Start-Sleep -Milliseconds 50
            }

            $shell.Streams.Progress[0].Activity | Should -Be 'Waiting until Propagated'
            $shell.Streams.Progress[0].StatusDescription | Should -Match 'configmaps demo/settings: mars: ClusterNotFound'
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
            $running.IsCompleted | Should -BeTrue
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally {
            $shell.Dispose()
        }
    }
}
