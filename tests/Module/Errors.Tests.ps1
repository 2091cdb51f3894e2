BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name errors
    Invoke-KubeFedSync | Out-Null

    function New-Certificate([string] $Subject, [datetimeoffset] $From, [datetimeoffset] $To) {
        $key = [System.Security.Cryptography.RSA]::Create(2048)
        $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new(
            "CN=$Subject", $key, [System.Security.Cryptography.HashAlgorithmName]::SHA256, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $names = [System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
        $names.AddIpAddress([ipaddress]::Loopback)
        $request.CertificateExtensions.Add($names.Build())
        $request.CreateSelfSigned($From, $To)
    }

    function ConvertTo-AuthorityData($Certificate) {
        [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes($Certificate.ExportCertificatePem()))
    }

    # A server that does the TLS handshake, over and over, and says nothing after it.
    function Start-TlsServer($Certificate) {
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $job = Start-ThreadJob {
            $listener = $using:listener
            $certificate = $using:Certificate
            while ($true) {
                try {
                    $client = $listener.AcceptTcpClient()
                    [System.Net.Security.SslStream]::new($client.GetStream()).AuthenticateAsServer($certificate)
                }
                catch [System.Net.Sockets.SocketException] { return }
                catch { $null = $_ }
            }
        }
        @{ Listener = $listener; Job = $job; Url = "https://127.0.0.1:$($listener.LocalEndpoint.Port)" }
    }
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'A bad connection' {
    It 'to a cluster that cannot be reached says so' {
        $config = New-TestKubeConfig 'http://127.0.0.1:1' -Name gone
        $problem = Get-Thrown { Connect-KubeFed -KubeConfig $config -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'ClusterUnreachable'
        $problem.CategoryInfo.Category | Should -Be 'ConnectionError'
        "$problem" | Should -Match 'gone'
        "$problem" | Should -Match '127\.0\.0\.1:1'
    }

    It 'with the wrong authority says so' {
        $now = [datetimeoffset]::UtcNow
        $server = Start-TlsServer (New-Certificate 'server' $now.AddDays(-1) $now.AddDays(1))
        try {
            $other = New-Certificate 'another authority' $now.AddDays(-1) $now.AddDays(1)
            $config = New-TestKubeConfig $server.Url (ConvertTo-AuthorityData $other)
            $problem = Get-Thrown { Connect-KubeFed -KubeConfig $config -ErrorAction Stop }
            Get-ErrorId $problem | Should -Be 'CertificateNotTrusted'
            $problem.CategoryInfo.Category | Should -Be 'SecurityError'
            $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
        finally {
            $server.Listener.Stop()
        }
    }

    It 'with an expired certificate says so' {
        $now = [datetimeoffset]::UtcNow
        $expired = New-Certificate 'server' $now.AddDays(-9) $now.AddDays(-2)
        $server = Start-TlsServer $expired
        try {
            $config = New-TestKubeConfig $server.Url (ConvertTo-AuthorityData $expired)
            $problem = Get-Thrown { Connect-KubeFed -KubeConfig $config -ErrorAction Stop }
            Get-ErrorId $problem | Should -Be 'CertificateNotTrusted'
            "$problem" | Should -Match 'validity period'
        }
        finally {
            $server.Listener.Stop()
        }
    }

    It 'to a context that is not there names it and those that are' {
        $problem = Get-Thrown { Get-KubeFedCluster -KubeConfig $sandbox.KubeConfig -Context membre1 }
        Get-ErrorId $problem | Should -Be 'KubeConfigInvalid'
        $problem.CategoryInfo.Category | Should -Be 'InvalidData'
        "$problem" | Should -Match "'membre1'"
        $problem.ErrorDetails.RecommendedAction | Should -Match 'member1'
    }

    It 'with a kubeconfig that is not YAML names the file and the line' {
        $file = Join-Path $TestDrive 'broken.kubeconfig'
        Set-Content $file "apiVersion: v1`nclusters: [`nusers: {"
        $problem = Get-Thrown { Get-KubeFedCluster -KubeConfig $file }
        Get-ErrorId $problem | Should -Be 'KubeConfigInvalid'
        "$problem" | Should -Match 'broken\.kubeconfig'
        "$problem" | Should -Match 'line \d+'
    }

    It 'with a kubeconfig that is not there names it' {
        $problem = Get-Thrown { Get-KubeFedCluster -KubeConfig (Join-Path $TestDrive 'nowhere') }
        Get-ErrorId $problem | Should -Be 'KubeConfigInvalid'
        "$problem" | Should -Match 'nowhere'
    }

    It 'never shows a token' {
        $config = New-TestKubeConfig 'http://127.0.0.1:1'
        $all = Connect-KubeFed -KubeConfig $config -Verbose -Debug *>&1 | Out-String
        $all | Should -Not -Match 'secret-token-value'
    }

    It 'with a session and connection parameters at once is refused' {
        Get-ErrorId (Get-Thrown { Get-KubeFedCluster -Session (Get-KubeFedSession host) -Context member1 }) | Should -Be 'ConnectionAmbiguous'
    }

    It 'to a host without a control plane says how to get one' {
        $problem = Get-Thrown { Get-KubeFedCluster -KubeFedNamespace elsewhere -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'ControlPlaneNotFound'
        $problem.ErrorDetails.RecommendedAction | Should -Match 'Install-KubeFed'
    }
}

Describe 'A bad name' {
    It 'of a cluster' {
        $problem = Get-Thrown { Get-KubeFedCluster nowhere -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'ClusterNotFound'
        $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $problem.TargetObject | Should -Be 'nowhere'
    }

    It 'of a type that is not enabled' {
        $problem = Get-Thrown { Get-FederatedResource gizmos -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'TypeNotEnabled'
        $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $byKind = Get-Thrown { @{ apiVersion = 'v1'; kind = 'Secret'; metadata = @{ name = 's' } } | ConvertTo-FederatedResource -Create -ErrorAction Stop }
        Get-ErrorId $byKind | Should -Be 'TypeNotEnabled'
        $byKind.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$problem" | Should -Match 'gizmos'
        $problem.ErrorDetails.RecommendedAction | Should -Match 'Enable-KubeFedType|Get-KubeFedType'
    }

    It 'of a type that the host does not serve' {
        $problem = Get-Thrown { Enable-KubeFedType gizmos -ErrorAction Stop }
        "$problem" | Should -Match 'gizmos'
        Get-ErrorId $problem | Should -Be 'TypeNotServed'
    }

    It 'of a resource' {
        $problem = Get-Thrown { Get-FederatedResource configmaps nowhere -Namespace demo -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'FederatedResourceNotFound'
        $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'of a sandbox that runs already, or does not run' {
        $problem = Get-Thrown { Start-KubeFedSandbox -Name other -Member 1 -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'SandboxExists'
        $problem.ErrorDetails.RecommendedAction | Should -Match 'Stop-KubeFedSandbox'
        Get-ErrorId (Get-Thrown { Stop-KubeFedSandbox -Name nowhere -ErrorAction Stop }) | Should -Be 'SandboxNotFound'
        Get-ErrorId (Get-Thrown { Start-KubeFedSandbox -Name Bad -HostName 'Not_a_name' -Member x1 -ErrorAction Stop }) | Should -Be 'InvalidSandbox'
    }

    It 'of an object to federate' {
        $problem = Get-Thrown { ConvertTo-FederatedResource configmaps nowhere -Namespace demo -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'ObjectNotFound'
    }
}

Describe 'A bad declaration' {
    It 'without a placement' {
        $problem = Get-Thrown { New-FederatedResource configmaps x -Namespace demo -Template @{ data = @{} } -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'PlacementRequired'
        $problem.CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'with a selector that cannot be read' {
        $problem = Get-Thrown { New-FederatedResource configmaps x -Namespace demo -Template @{ data = @{} } -ClusterSelector 'a in' -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'InvalidSelector'
    }

    It 'with an override that is not one' {
        $problem = Get-Thrown { New-FederatedResource configmaps x -Namespace demo -Template @{ data = @{} } -Cluster * -Override @{ member1 = 5 } -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'InvalidOverride'
        "$problem" | Should -Match 'member1'
    }

    It 'that is not YAML' {
        $problem = Get-Thrown { New-FederatedResource -Template "a: [" -Cluster * -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'InvalidManifest'
        "$problem" | Should -Match 'line \d+'
    }

    It 'that exists already' {
        New-FederatedResource configmaps twice -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
        $problem = Get-Thrown { New-FederatedResource configmaps twice -Namespace demo -Template @{ data = @{ a = '2' } } -Cluster * -ErrorAction Stop }
        Get-ErrorId $problem | Should -Be 'FederatedResourceExists'
        $problem.CategoryInfo.Category | Should -Be 'ResourceExists'
        (Get-FederatedResource configmaps twice -Namespace demo).Raw.spec.template.data.a | Should -Be '1'
    }
}

Describe 'A resource that cannot be propagated' {
    BeforeAll {
        New-FederatedResource configmaps good -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
    }

    AfterEach {
        Get-FederatedResource configmaps bad* -Namespace demo | Remove-FederatedResource -Confirm:$false
        Invoke-KubeFedSync configmaps -ErrorAction SilentlyContinue | Out-Null
    }

    It 'for an override that cannot apply is one error, and the others go on' {
        New-FederatedResource configmaps bad -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * -Override @{ member2 = @{ '/data/nope/deep' = 1 } } | Out-Null

        $results = Invoke-KubeFedSync configmaps -ErrorAction SilentlyContinue -ErrorVariable problems

        $problems.Count | Should -Be 1
        Get-ErrorId $problems[0] | Should -Be 'ApplyOverridesFailed'
        $problems[0].CategoryInfo.Category | Should -Be 'InvalidData'
        "$($problems[0])" | Should -Match '/data/nope/deep'
        "$($problems[0])" | Should -Match 'member2'
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'Set-FederatedResource'
        ($results | Where-Object { $_.Name -eq 'bad' -and $_.Cluster -ne 'member2' }).Succeeded | Should -Not -Contain $false
        @(Get-FederatedObject configmaps good -Namespace demo | Where-Object Status -EQ 'Present').Count | Should -Be 3
        @(Get-FederatedObject configmaps bad -Namespace demo | Where-Object Status -EQ 'Present').Count | Should -Be 2
    }

    It 'for a cluster that is not registered is one error, and the others go on' {
        New-FederatedResource configmaps bad -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1, nowhere | Out-Null

        Invoke-KubeFedSync configmaps bad -ErrorAction SilentlyContinue -ErrorVariable problems | Out-Null

        $problems.Count | Should -Be 1
        Get-ErrorId $problems[0] | Should -Be 'ClusterNotFound'
        "$($problems[0])" | Should -Match 'nowhere'
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'Join-KubeFedCluster'
        (Get-FederatedObject configmaps bad -Namespace demo -Cluster member1).Status | Should -Be 'Present'
    }

    It 'for want of a spec is one error, and the others go on' {
        # The generated CRD demands a spec; CRDs that others made need not.
        $crd = Invoke-KubeFedRequest /apis/apiextensions.k8s.io/v1/customresourcedefinitions/federatedconfigmaps.types.kubefed.io
        $crd.spec.versions[0].schema.openAPIV3Schema.PSObject.Properties.Remove('required')
        Invoke-KubeFedRequest /apis/apiextensions.k8s.io/v1/customresourcedefinitions/federatedconfigmaps.types.kubefed.io -Method Put -Body $crd | Out-Null
        Invoke-KubeFedRequest /apis/types.kubefed.io/v1beta1/namespaces/demo/federatedconfigmaps/bad -Method Apply -Body @{ kind = 'FederatedConfigMap' } | Out-Null

        $results = Invoke-KubeFedSync configmaps -ErrorAction SilentlyContinue -ErrorVariable problems

        @($problems | Where-Object { "$_" -match 'demo/bad' }).Count | Should -Be 1
        "$($problems[0])" | Should -Match 'spec'
        ($results | Where-Object Name -EQ 'good').Succeeded | Should -Not -Contain $false
        @(Get-FederatedObject configmaps good -Namespace demo | Where-Object Status -EQ 'Present').Count | Should -Be 3
    }
}
