BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name health
    Set-KubeFedConfig -FeatureGate @{ RawResourceStatusCollection = $true } -Confirm:$false | Out-Null
    $collect = @{ spec = @{ statusCollection = 'Enabled' } }
    Invoke-KubeFedRequest /apis/core.kubefed.io/v1beta1/namespaces/kube-federation-system/federatedtypeconfigs/deployments.apps -Method Patch -Body $collect | Out-Null

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
