BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-KubeFedSandbox -Member 6 -Name joining
    Install-KubeFed | Out-Null
    Enable-KubeFedType namespaces, configmaps | Out-Null
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'Join-KubeFedCluster' {
    It 'joins the clusters of a CSV file: one object for each that joined, one error for each that did not' {
        $file = Join-Path $TestDrive 'clusters.csv'
        Set-Content -Path $file -Value @'
Name,ClusterContext,Label,ApiEndpoint
one,member1,"region=eu,tier=gold",
nowhere,,region=eu,
three,member3,,tcp://nonsense
four,member4,no label,
member2,,region=us,
'@
        $joined = Get-Content $file | ConvertFrom-Csv | Join-KubeFedCluster -ErrorVariable problems -ErrorAction SilentlyContinue
        $joined.Name | Sort-Object | Should -Be 'member2', 'one'
        $joined.Status | Select-Object -Unique | Should -Be 'Ready'
        $one = Get-KubeFedCluster one
        $one.Labels['region'] | Should -Be 'eu'
        $one.Labels['tier'] | Should -Be 'gold'
        $problems | ForEach-Object { Get-ErrorId $_ } | Sort-Object |
            Should -Be 'ClusterEndpointInvalid', 'KubeConfigInvalid', 'ParameterArgumentTransformationError'
    }

    It 'takes a token that expires, with no more rights than the enabled types take, and renews it on request' {
        $cluster = Join-KubeFedCluster member5 -LeastPrivilege -TokenLifetime (New-TimeSpan -Days 30)
        $cluster.Status | Should -Be 'Ready'
        $first = (Test-KubeFedCluster member5).CredentialsExpire
        $first | Should -BeGreaterThan (Get-Date).AddDays(29)
        Start-Sleep -Milliseconds 1100
        Set-KubeFedCluster member5 -RenewCredential
        (Test-KubeFedCluster member5).CredentialsExpire | Should -BeGreaterThan $first
        (Test-KubeFedCluster member5).Findings.Check | Should -Not -Contain 'BroadRole'

        # The context it was joined with is in the session's kubeconfig, so its role follows the enabled types.
        Enable-KubeFedType secrets -WarningVariable warnings | Out-Null
        $warnings | Should -BeNullOrEmpty
        (Test-KubeFedCluster member5).Findings.Check | Should -Not -Contain 'PermissionMissing'
        Disable-KubeFedType secrets -Confirm:$false
        (Test-KubeFedCluster member5).Findings.Check | Should -Not -Contain 'RoleWider'
    }

    It 'refuses a lifetime that was meant as something else' {
        $problem = Get-Thrown { Join-KubeFedCluster member6 -TokenLifetime 30 -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'InvalidTokenLifetime'
    }

    It 'keeps what was given when the cluster is joined again' {
        $path = '/apis/core.kubefed.io/v1beta1/namespaces/kube-federation-system/kubefedclusters/member6'
        Join-KubeFedCluster member6 -ProxyUrl http://proxy.invalid:3128 -WarningAction SilentlyContinue | Out-Null
        (Invoke-KubeFedRequest $path).spec.proxyURL | Should -Be 'http://proxy.invalid:3128'
        Join-KubeFedCluster member6 -WarningAction SilentlyContinue | Out-Null
        (Invoke-KubeFedRequest $path).spec.proxyURL | Should -Be 'http://proxy.invalid:3128'
    }

    It 'writes nothing when clusters that are joined are piped into it' {
        Get-Write { Get-KubeFedCluster member2, member5 | Join-KubeFedCluster -Verbose } | Should -BeNullOrEmpty
        (Get-KubeFedCluster member2, member5 | Join-KubeFedCluster).Changes.Action | Select-Object -Unique | Should -Be 'Unchanged'
    }

    It 'takes the authority of a file, and refuses what is none' {
        $file = Join-Path $TestDrive 'ca.pem'
        Set-Content -Path $file -Value 'nothing'
        Get-ErrorId (Get-Thrown { Join-KubeFedCluster member2 -CertificateAuthority $file -ErrorAction Stop }) | Should -Be 'ClusterInvalid'
        Get-ErrorId (Get-Thrown { Join-KubeFedCluster member2 -CertificateAuthority "$file.missing" -ErrorAction Stop }) | Should -Be 'FileNotFound'
    }
}
