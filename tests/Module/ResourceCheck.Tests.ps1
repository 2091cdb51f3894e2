BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name check

    function New-Manifest([string] $Name, [string] $Spec, [string] $Kind = 'FederatedConfigMap', [string] $Namespace = 'demo') {
        "apiVersion: types.kubefed.io/v1beta1`nkind: $Kind`nmetadata: { name: $Name, namespace: $Namespace }`nspec: $Spec"
    }

    function Get-Check($Findings) { @($Findings | ForEach-Object { "$($_.Severity) $($_.Check) $($_.Field)" }) }
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'Test-FederatedResource' {
    It 'finds nothing wrong with what is right' {
        New-FederatedResource configmaps good -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * | Out-Null
        Test-FederatedResource | Should -BeNullOrEmpty
        Test-FederatedResource -Quiet | Should -BeTrue
        Test-FederatedResource configmaps good -ServerDryRun | Should -BeNullOrEmpty
        Get-FederatedResource configmaps | Test-FederatedResource -Quiet | Should -BeTrue
    }

    It 'finds P-55: <Check>' -ForEach @(
        @{ Check = 'Error MissingSpec spec'; Spec = '' }
        @{ Check = 'Error InvalidTemplate spec.template.kind'; Spec = '{ template: { kind: Secret }, placement: { clusterSelector: {} } }' }
        @{ Check = 'Error DuplicateCluster spec.placement.clusters[1].name'; Spec = '{ placement: { clusters: [{ name: member1 }, { name: member1 }] } }' }
        @{ Check = 'Error InvalidSelector spec.placement.clusterSelector.matchExpressions[0].operator'
            Spec = '{ placement: { clusterSelector: { matchExpressions: [{ key: a, operator: Is }] } } }' }
        @{ Check = 'Error UnknownField spec.placement.clusterSelector.matchLabel'
            Spec = '{ placement: { clusterSelector: { matchLabel: { env: prod } } } }' }
        @{ Check = 'Error UnknownField spec.placment'; Spec = '{ placment: { clusterSelector: {} } }' }
        @{ Check = 'Error UnknownField spec.overrides[0].clusterOverrides[0].vlaue'
            Spec = '{ placement: { clusterSelector: {} }, overrides: [{ clusterName: member1, clusterOverrides: [{ path: /data/a, vlaue: x }] }] }' }
        @{ Check = 'Error InvalidOverridePath spec.overrides[0].clusterOverrides[0].path'
            Spec = '{ placement: { clusterSelector: {} }, overrides: [{ clusterName: member1, clusterOverrides: [{ path: data/a }] }] }' }
    ) {
        $manifest = if ($Spec) { New-Manifest bad $Spec } else { (New-Manifest bad '') -replace 'spec: ' }
        Get-Check ($manifest | Test-FederatedResource) | Should -Contain $Check
        Get-Check ($manifest | Test-FederatedResource -Offline) | Should -Contain $Check
        $manifest | Test-FederatedResource -Quiet | Should -BeFalse
        ($manifest | Test-FederatedResource)[0].Remedy | Should -Not -BeNullOrEmpty
    }

    It 'finds what only shows beside the federation: <Check>' -ForEach @(
        @{ Check = 'Error ClusterNotFound spec.placement.clusters'; Spec = '{ placement: { clusters: [{ name: nowhere }] } }' }
        @{ Check = 'Warning PlacedNowhere spec.placement'; Spec = '{ placement: { clusterSelector: { matchLabels: { env: prod } } } }' }
        @{ Check = 'Warning OverrideForUnknownCluster spec.overrides[0].clusterName'
            Spec = '{ template: { data: { a: x } }, placement: { clusterSelector: {} }, overrides: [{ clusterName: gone, clusterOverrides: [{ path: /data/a, value: z }] }] }' }
        @{ Check = 'Information OverrideWithoutEffect spec.overrides[0].clusterName'
            Spec = '{ template: { data: { a: x } }, placement: { clusters: [{ name: member1 }] }, overrides: [{ clusterName: member2, clusterOverrides: [{ path: /data/a, value: z }] }] }' }
        @{ Check = 'Error OverrideDoesNotFit spec.overrides'
            Spec = '{ template: {}, placement: { clusterSelector: {} }, overrides: [{ clusterName: member2, clusterOverrides: [{ path: /data/a/b, value: z }] }] }' }
        @{ Check = 'Warning UnknownField spec.team'; Spec = '{ template: {}, placement: { clusterSelector: {} }, team: payments }' }
        @{ Check = 'Warning TemplateFieldIgnored spec.template.metadata.name'
            Spec = '{ template: { metadata: { name: other } }, placement: { clusterSelector: {} } }' }
    ) {
        Get-Check (New-Manifest bad $Spec | Test-FederatedResource) | Should -Be $Check
        New-Manifest bad $Spec | Test-FederatedResource -Quiet | Should -Be ($Check -notlike 'Error*')
    }

    It 'finds a namespace that is not federated, and one that goes elsewhere' {
        $found = New-Manifest web '{ placement: { clusterSelector: {} } }' -Namespace default | Test-FederatedResource
        Get-Check $found | Should -Contain 'Error NamespaceNotFederated metadata.namespace'
        Set-FederatedResource namespaces demo -Namespace demo -Cluster member1, member2
        $found = New-Manifest web '{ placement: { clusterSelector: {} } }' | Test-FederatedResource
        Get-Check $found | Should -Be 'Information NamespaceElsewhere spec.placement'
        $named = New-Manifest web '{ placement: { clusters: [{ name: member3 }] } }' | Test-FederatedResource
        Get-Check $named | Should -Be 'Warning NamespaceElsewhere spec.placement'
        $found.Cluster | Should -Be 'member3'
        Set-FederatedResource namespaces demo -Namespace demo -Cluster *
    }

    It 'reads files, several objects in each, and names what it does not check' {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive manifests)
        $good = New-Manifest one '{ template: { data: { a: "1" } }, placement: { clusterSelector: {} } }'
        $bad = New-Manifest two '{ placement: { clusters: [{ name: nowhere }] } }'
        $plain = "apiVersion: v1`nkind: ConfigMap`nmetadata: { name: plain }"
        $foreign = New-Manifest three '{}' -Kind FederatedGadget
        Set-Content (Join-Path $folder a.yaml) ($good, $bad, $plain -join "`n---`n")
        Set-Content (Join-Path $folder b.json) (@{ apiVersion = 'v1'; kind = 'List'; items = @(
                    @{ apiVersion = 'types.kubefed.io/v1beta1'; kind = 'FederatedConfigMap'; metadata = @{ name = 'four' } }) } | ConvertTo-Json -Depth 9)
        Set-Content (Join-Path $folder c.yaml) $foreign

        $found = Test-FederatedResource -Path $folder/*

        $found | ForEach-Object { "$($_.Name) $($_.Severity) $($_.Check)" } |
            Should -Be 'two Error ClusterNotFound', 'plain Information NotFederated', 'four Error MissingSpec', 'three Error TypeNotEnabled'
        ($found | Where-Object Name -EQ four).Namespace | Should -Be 'default'
        Test-FederatedResource -Path $folder/*.yaml -Quiet | Should -BeFalse
        ($found | Where-Object Name -EQ two).Path | Should -Be (Join-Path $folder a.yaml)
        $found.Line | Should -Be 6, 11, 1, 1
        ($found[0] | Out-String -Width 200) | Should -Match 'a\.yaml:6'
        Get-ErrorId (Get-Thrown { Test-FederatedResource -Path $folder/none.yaml -ErrorAction Stop }) | Should -Be 'FileNotFound'
    }

    It 'goes on past files that cannot be read, each a finding, and past files that are not there, each an error' {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive broken)
        Set-Content (Join-Path $folder a.yaml) "data:`n  a: b`n- c"
        [IO.File]::WriteAllBytes((Join-Path $folder b.yaml), [byte[]] (0x61, 0x3a, 0x20, 0xe9, 0x0a))
        Set-Content (Join-Path $folder c.yaml) ''
        Set-Content (Join-Path $folder d.yaml) "- a`n- b"
        Set-Content (Join-Path $folder e.yaml) "apiVersion: v1`nkind: List`nitems: [null, 5, { apiVersion: v1, kind: ConfigMap }]"
        Set-Content (Join-Path $folder f.yaml) (New-Manifest last '{ placement: [] }')
        $files = 'a', 'b', 'c', 'd', 'e', 'missing', 'f' | ForEach-Object { Join-Path $folder "$_.yaml" }

        $found = Test-FederatedResource -Path $files -Offline -ErrorVariable problems -ErrorAction SilentlyContinue

        $found | ForEach-Object { "$(Split-Path -Leaf $_.Path) $($_.Severity) $($_.Check) $($_.Field)".TrimEnd() } | Should -Be @(
            'a.yaml Error InvalidManifest', 'b.yaml Error InvalidEncoding', 'c.yaml Warning EmptyManifest', 'd.yaml Error InvalidManifest'
            'e.yaml Error InvalidManifest items[0]', 'e.yaml Error InvalidManifest items[1]', 'e.yaml Information NotFederated kind'
            'f.yaml Error InvalidPlacement spec.placement')
        $found[0].Message | Should -Match '^Line \d' -Because 'the file is in the path'
        $found[4].Message | Should -Match 'not null'
        $found[5].Message | Should -Match 'not a number'
        $found.Remedy | ForEach-Object { $_ | Should -Not -BeNullOrEmpty }
        $problems.Count | Should -Be 1
        "$($problems[0])" | Should -Match 'missing\.yaml'
        Test-FederatedResource -Path $files[0] -Offline -Quiet | Should -BeFalse
        Test-FederatedResource -Path $files[5] -Offline -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
        (Test-FederatedResource -Path $folder -Offline).Count | Should -Be $found.Count -Because 'a directory stands for the manifests in it'
        Get-ErrorId (Get-Thrown { New-FederatedResource -Path $folder -Cluster * -ErrorAction Stop }) | Should -Be 'InvalidPath'
    }

    It 'says that a wildcard found no file, for a gate that checks nothing passes everything' {
        Test-FederatedResource -Path (Join-Path $TestDrive 'none-*.yaml') -Offline -WarningVariable warnings -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$warnings" | Should -Match 'No file is checked'
        Test-FederatedResource -Path (Join-Path $TestDrive 'none-*.yaml') -Offline -Quiet -WarningAction SilentlyContinue | Should -BeFalse
        $empty = New-Item -ItemType Directory (Join-Path $TestDrive 'hollow')
        Test-FederatedResource -Path $empty -Offline -Quiet -WarningAction SilentlyContinue | Should -BeFalse
    }

    It 'goes on past what the pipeline brings and is no object, and takes text line by line' {
        $good = New-Manifest one '{ placement: [] }'
        $found = 5, $good, @{ kind = 'List'; apiVersion = 'v1'; items = @($null) } | Test-FederatedResource -Offline -ErrorVariable problems -ErrorAction SilentlyContinue
        $found.Check | Should -Be 'InvalidPlacement', 'InvalidManifest'
        Get-ErrorId $problems[0] | Should -Be 'InvalidInput'
        "$($problems[0])" | Should -Match 'not an Int32'
        5 | Test-FederatedResource -Offline -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
        ($good -split "`n" | Test-FederatedResource -Offline).Check | Should -Be 'InvalidPlacement'
    }

    It 'checks what is composed before it is stored' {
        $composed = @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'composed'; namespace = 'demo' } } | ConvertTo-FederatedResource -Cluster nowhere
        Get-Check ($composed | Test-FederatedResource) | Should -Be 'Error ClusterNotFound spec.placement.clusters'
    }

    It 'lets the members try it, where that is asked for' {
        $spec = '{ template: { spec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: c } }, spec: { containers: [{ name: c, image: i }] } } } }, placement: { clusterSelector: {} } }'
        $manifest = New-Manifest bad $spec -Kind FederatedDeployment
        Invoke-KubeFedSync namespaces | Out-Null
        $manifest | Test-FederatedResource | Should -BeNullOrEmpty

        $found = $manifest | Test-FederatedResource -ServerDryRun

        $found.Cluster | Sort-Object | Should -Be 'member1', 'member2', 'member3'
        $found.Check | Select-Object -Unique | Should -Be 'CreationFailed'
        $found[0].Message | Should -Match 'selector'
        Get-Write { $manifest | Test-FederatedResource -ServerDryRun -Verbose } | Should -BeNullOrEmpty
    }

    It 'needs no cluster with -Offline' {
        $result = Invoke-Fresh @"
`$env:KUBECONFIG = '/nowhere'; `$env:HOME = '/nowhere'
Import-Module '$ModulePath'
'$(New-Manifest x '{ template: { data: { a: x } }, placement: { clusterSelector: {} } }')' | Test-FederatedResource -Offline -Quiet
'$(New-Manifest x '{ placement: [] }')' | Test-FederatedResource -Offline -Quiet
"@
        $result | Should -Be 'True', 'False'
        Get-ErrorId (Get-Thrown { New-Manifest x '{}' | Test-FederatedResource -Offline -ServerDryRun }) | Should -Be 'InvalidInput'
    }

    It 'has not passed when what was named is not there' {
        Test-FederatedResource configmaps nothing -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
        Test-FederatedResource configmaps nothing* -Quiet | Should -BeTrue
    }

    It 'prints each finding as sentences: where, what, and what to do' {
        $text = New-Manifest bad '{ placement: { clusters: [{ name: nowhere }] } }' | Test-FederatedResource | Out-String -Width 100
        $text | Should -Match 'Error ClusterNotFound: configmaps demo/bad in nowhere'
        $text | Should -Match 'Join nowhere, or take the name out'
    }
}
