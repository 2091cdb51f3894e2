BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    function Wait-Until([scriptblock] $Condition, [string] $What) {
        foreach ($try in 1..300) {
            if (& $Condition) { return }
            Start-Sleep -Milliseconds 50
        }

        throw "It did not come true that $What. $(Get-KubeFedController | Format-List | Out-String)"
    }
}

Describe 'A controller' {
    BeforeEach {
        $sandbox = Start-TestFederation -Name controller
    }

    AfterEach {
        Get-KubeFedSandbox | Stop-KubeFedSandbox
    }

    It 'makes true what is declared, without a sync' {
        Start-KubeFedController | Should -BeNullOrEmpty
        Wait-Until { (Get-KubeFedController).Status -eq 'Running' } 'it runs'
        New-FederatedResource configmaps web -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
        Wait-Until { @(Get-FederatedObject configmaps web -Namespace demo).Count -eq 3 } 'there are three copies'
        Wait-Until { @(Get-KubeFedController -Outcome | Where-Object { $_.Action -eq 'Create' -and $_.Name -eq 'web' }).Count -eq 3 } 'the creations are told'
        (Get-KubeFedController -Outcome)[0] | Should -BeOfType KubeFed.SyncResult
        $controller = Get-KubeFedController
        $controller.Clusters | Should -Be '3/3'
        $controller.Resources | Should -Be 2
        $controller.MemberWrites | Should -BeGreaterOrEqual 3
        $controller.Trouble | Should -BeNullOrEmpty
        $controller | Out-String | Should -Match 'NAME +STATUS +RESOURCES +QUEUE +CLUSTERS +AGE'
        Stop-KubeFedController
        Get-KubeFedController | Should -BeNullOrEmpty
    }

    It 'runs once, and is missing afterwards' {
        $started = Start-KubeFedController -PassThru
        $started | Should -BeOfType KubeFed.Controller
        $started.Name | Should -Be 'host'
        Get-ErrorId (Get-Thrown { Start-KubeFedController -ErrorAction Stop }) | Should -Be 'ControllerRunning'
        Stop-KubeFedController
        Get-ErrorId (Get-Thrown { Stop-KubeFedController -ErrorAction Stop }) | Should -Be 'ControllerNotRunning'
    }

    It 'does nothing under -WhatIf' {
        Start-KubeFedController -WhatIf
        Get-KubeFedController | Should -BeNullOrEmpty
        Start-KubeFedController
        Stop-KubeFedController -WhatIf
        Get-KubeFedController | Should -Not -BeNullOrEmpty
    }

    It 'ends with its session' {
        Start-KubeFedController
        Disconnect-KubeFed
        Connect-KubeFed -KubeConfig $sandbox.KubeConfig | Out-Null
        Get-KubeFedController | Should -BeNullOrEmpty
    }

    It 'may have a session of its own, and ends with its sandbox' {
        Start-KubeFedController -KubeConfig $sandbox.KubeConfig -Context host
        (Get-KubeFedController).Name | Should -Be 'host'
        (Get-KubeFedController -KubeConfig $sandbox.KubeConfig -Context host).Name | Should -Be 'host'
        Stop-KubeFedController -KubeConfig $sandbox.KubeConfig
        Get-KubeFedController | Should -BeNullOrEmpty
        Start-KubeFedController -KubeConfig $sandbox.KubeConfig -Context host
        Disconnect-KubeFed
        (Get-KubeFedController -KubeConfig $sandbox.KubeConfig -Context host).Name | Should -Be 'host'
        $sandbox | Stop-KubeFedSandbox
        $sandbox = Start-TestFederation -Name controller
        Get-KubeFedController | Should -BeNullOrEmpty
    }

    It 'is not started without a control plane' {
        Get-ErrorId (Get-Thrown { Start-KubeFedController -KubeFedNamespace nowhere -ErrorAction Stop }) | Should -Be 'ControlPlaneNotFound'
    }
}
