BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name types
    function Get-Kind($Yaml) { @($Yaml -match '(?m)^kind: ' | ForEach-Object { [regex]::Match($_, '(?m)^kind: (.*)$').Groups[1].Value }) }
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'Enable-KubeFedType' {
    It 'takes the directive files of kubefedctl, several to a file' {
        $file = Join-Path $TestDrive 'directives.yaml'
        Set-Content $file @'
apiVersion: core.kubefed.io/v1beta1
kind: EnableTypeDirective
metadata: { name: secrets }
---
apiVersion: core.kubefed.io/v1beta1
kind: EnableTypeDirective
metadata: { name: daemonsets.apps }
spec: { targetVersion: v1, federatedGroup: types.example.io, federatedVersion: v1 }
'@
        $types = Enable-KubeFedType -Path $file

        $types.Name | Should -Be 'secrets', 'daemonsets.apps'
        $types[1].FederatedApiVersion | Should -Be 'types.example.io/v1'
    }

    It 'names the file and the field of a directive that names no type' {
        $file = Join-Path $TestDrive 'nameless.yaml'
        Set-Content $file 'kind: EnableTypeDirective'
        $thrown = Get-Thrown { Enable-KubeFedType -Path $file }
        Get-ErrorId $thrown | Should -Be 'InvalidDirective'
        $thrown.Exception.Message | Should -Match 'metadata\.name'
    }

    It 'takes many types down the pipeline, and one that is wrong does not end the rest' {
        $types = 'services', 'nonsense', 'jobs.batch' | Enable-KubeFedType -ErrorVariable problems -ErrorAction SilentlyContinue
        $types.Name | Should -Be 'services', 'jobs.batch'
        Get-ErrorId $problems[0] | Should -Be 'TypeNotServed'
    }

    It 'refuses a federated group that is no domain, in the words of the webhook' {
        $thrown = Get-Thrown { Enable-KubeFedType statefulsets -FederatedGroup nodomain -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'InvalidTypeConfig'
        $thrown.Exception.Message | Should -Match 'spec\.federatedType\.group: Invalid value: "nodomain": should be a domain with at least one dot'
    }

    It 'gives manifests instead of writing, as -AsManifest and as -PassThru' {
        $writes = Get-Write { $script:manifests = Enable-KubeFedType replicasets.apps -PassThru -Verbose }
        $writes | Should -BeNullOrEmpty
        $manifests.Kind | Should -Be 'CustomResourceDefinition', 'FederatedTypeConfig'
        $manifests[1].Raw.spec.federatedType.pluralName | Should -Be 'federatedreplicasets'
        (Enable-KubeFedType replicasets.apps -AsManifest).Name | Should -Be $manifests.Name
        Get-KubeFedType | Where-Object Name -EQ 'replicasets.apps' | Should -BeNullOrEmpty
    }

    It 'completes the types the host serves' {
        $line = 'Enable-KubeFedType statefu'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'statefulsets.apps'
    }
}

Describe 'Disable-KubeFedType' {
    BeforeEach {
        Enable-KubeFedType configmaps | Out-Null
        New-FederatedResource configmaps web -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * -ErrorAction SilentlyContinue | Out-Null
        Invoke-KubeFedSync | Out-Null
    }

    It 'refuses to strand resources, and says what can be done' {
        $thrown = Get-Thrown { Disable-KubeFedType configmaps -Confirm:$false -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'ResourcesWouldBeStranded'
        $thrown.ErrorDetails.RecommendedAction | Should -Match '-ResourcePolicy Release'
        (Get-KubeFedType configmaps).Propagation | Should -Be 'Enabled'
    }

    It 'releases them, and the copies stay' {
        Disable-KubeFedType configmaps -ResourcePolicy Release -Confirm:$false
        Invoke-KubeFedRequest /apis/types.kubefed.io/v1beta1/namespaces/demo/federatedconfigmaps/web -Method Delete -Confirm:$false | Out-Null
        Get-Thrown { Invoke-KubeFedRequest /apis/types.kubefed.io/v1beta1/namespaces/demo/federatedconfigmaps/web -ErrorAction Stop } |
            ForEach-Object { Get-ErrorId $_ } | Should -Be 'NotFound'
        (Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/web -Cluster member2).data.a | Should -Be '1'
    }

    It 'deletes them with their copies and their definition, after showing so' {
        $plan = Invoke-Fresh @"
Import-Module '$ModulePath'
`$sandbox = Start-KubeFedSandbox -Member 1
`$null = Install-KubeFed
`$null = Join-KubeFedCluster member1
`$null = Enable-KubeFedType namespaces
`$null = Invoke-KubeFedRequest /api/v1/namespaces/shop -Method Apply -Body @{ kind = 'Namespace' }
`$null = ConvertTo-FederatedResource namespaces shop -Create
`$null = Invoke-KubeFedSync
Disable-KubeFedType namespaces -ResourcePolicy Delete -DeleteCrd -WhatIf
"@
        $plan | Should -Contain 'What if: Delete Namespace shop in member1'
        $plan | Should -Contain 'What if: Delete CustomResourceDefinition federatednamespaces.types.kubefed.io in host'

        Disable-KubeFedType configmaps -ResourcePolicy Delete -DeleteCrd -Confirm:$false
        Get-KubeFedType | Where-Object Name -EQ 'configmaps' | Should -BeNullOrEmpty
        Get-Thrown { Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/web -Cluster member2 -ErrorAction Stop } |
            ForEach-Object { Get-ErrorId $_ } | Should -Be 'NotFound'
    }
}

Describe 'ConvertTo-KubeFedYaml' {
    It 'prints an installation that can be applied, in an order that can be' {
        $yaml = Install-KubeFed -PassThru | ConvertTo-KubeFedYaml
        $kinds = Get-Kind $yaml
        $kinds[0] | Should -Be 'Namespace'
        $kinds[-1] | Should -Be 'KubeFedConfig'
        @($kinds -eq 'CustomResourceDefinition').Count | Should -BeGreaterOrEqual 7
        @($kinds -eq 'ClusterRole').Count | Should -Be 3
        @((Install-KubeFed -Scope Namespaced -AsManifest).Kind -eq 'ClusterRole').Count | Should -Be 0
        $yaml | ForEach-Object { $_ | Should -Match '^---\n' }
    }

    It 'leaves out what the cluster keeps, unless asked not to' {
        Get-KubeFedType namespaces | ConvertTo-KubeFedYaml | Should -Not -Match 'uid|resourceVersion|creationTimestamp|managedFields'
        Get-KubeFedType namespaces | ConvertTo-KubeFedYaml -AsStored | Should -Match 'resourceVersion'
    }

    It 'makes documents that the module reads back' {
        $resource = ConvertTo-FederatedResource namespaces demo
        $again = $resource | ConvertTo-KubeFedYaml | ConvertTo-KubeFedYaml
        $again | Should -Be ($resource | ConvertTo-KubeFedYaml)
        @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'a' } } | ConvertTo-KubeFedYaml | Should -Match 'kind: ConfigMap'
    }
}
