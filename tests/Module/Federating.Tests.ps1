BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation -Name federating
    $app = Join-Path $TestDrive 'app.yaml'
    Set-Content $app @'
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: demo, annotations: { note: kept } }
data: { colour: blue }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: demo }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: "web:1" }] } }
---
apiVersion: v1
kind: Secret
metadata: { name: key }
stringData: { a: b }
'@
    function Clear-Demo {
        Get-FederatedResource -Namespace demo | Where-Object Type -NE namespaces | Remove-FederatedResource -Confirm:$false
        Invoke-KubeFedSync -Namespace demo | Out-Null
    }
}

AfterAll {
    $sandbox | Stop-KubeFedSandbox
}

Describe 'ConvertTo-FederatedResource' {
    AfterEach { Clear-Demo }

    It 'stores what can be stored of a file, and says of the rest which object and why' {
        $mixed = Join-Path $TestDrive 'mixed.yaml'
        Set-Content $mixed @'
apiVersion: v1
kind: ConfigMap
metadata: { name: first, namespace: demo }
data: { on: "1" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: "cm:colon", namespace: demo }
---
broken: [
---
apiVersion: v1
kind: ConfigMap
metadata: { generateName: once-, namespace: demo }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: last, namespace: demo }
'@
        $made = ConvertTo-FederatedResource -Path $mixed -Create -EnableType -Confirm:$false -ErrorVariable errors -ErrorAction SilentlyContinue -WarningAction SilentlyContinue

        "$made" | Should -Be 'configmaps demo/first configmaps demo/last'
        $made[0].Raw.spec.template.data.true | Should -Be '1'
        $errors | Should -HaveCount 3
        "$($errors[0])" | Should -Match 'mixed.yaml: document 3: Line 1'
        "$errors" | Should -Match 'cm:colon'
        "$errors" | Should -Match "generateName .?once-"
    }

    It 'stores nothing where -ErrorAction Stop says that one fault is enough' {
        $mixed = Join-Path $TestDrive 'stop.yaml'
        Set-Content $mixed "apiVersion: v1`nkind: ConfigMap`nmetadata: { name: stopped, namespace: demo }`n---`nb: [`n"

        { ConvertTo-FederatedResource -Path $mixed -Create -EnableType -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue } | Should -Throw
        Get-FederatedResource configmaps stopped -Namespace demo -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'keeps of dates what ConvertFrom-Json leaves, and tells once what it lost' {
        $json = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"dates","namespace":"demo","creationTimestamp":"2024-01-01T00:00:00Z",' +
            '"annotations":{"at":"2024-05-06T07:08:09.1234567Z"}},"data":{"bare":"2024-05-06T07:08:09","zone":"2024-05-06T07:08:09.5+05:30","day":"2024-05-06"}}'

        $made = $json, $json | ConvertFrom-Json | ConvertTo-FederatedResource -WarningVariable warnings -WarningAction SilentlyContinue
        $exact = $json | ConvertFrom-Json -DateKind String | ConvertTo-FederatedResource -WarningVariable none -WarningAction SilentlyContinue

        $made[0].Raw.spec.template.metadata.annotations.at | Should -BeExactly '2024-05-06T07:08:09.1234567Z'
        $made[0].Raw.spec.template.data.bare | Should -BeExactly '2024-05-06T07:08:09'
        [datetimeoffset]::Parse($made[0].Raw.spec.template.data.zone).UtcDateTime | Should -Be ([datetimeoffset]'2024-05-06T07:08:09.5+05:30').UtcDateTime
        $made[0].Raw.spec.template.data.day | Should -BeExactly '2024-05-06'
        @($warnings | Where-Object { "$_" -match 'DateKind String' }) | Should -HaveCount 1
        $exact.Raw.spec.template.data.zone | Should -BeExactly '2024-05-06T07:08:09.5+05:30'
        @($none | Where-Object { "$_" -match 'DateKind String' }) | Should -HaveCount 0
    }

    It 'converts the objects of a file in their order, and says which types would have to be enabled' {
        $made = ConvertTo-FederatedResource -Path $app -WarningVariable warnings -WarningAction SilentlyContinue

        "$made" | Should -Be 'configmaps demo/settings deployments.apps demo/web secrets default/key'
        $made.ClusterSelector | Select-Object -Unique | Should -Be '*'
        $made[0].Raw.spec.template.metadata.annotations.note | Should -Be 'kept'
        "$warnings" | Should -Match 'Enable-KubeFedType secrets'
        Get-FederatedResource settings | Should -BeNullOrEmpty -ErrorAction SilentlyContinue
    }

    It 'takes what Get-ChildItem gives, and a directory as the files in it' {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'files[1]')
        Set-Content -LiteralPath (Join-Path $folder 'a.yaml') "apiVersion: v1`nkind: ConfigMap`nmetadata: { name: a, namespace: demo }"
        Set-Content -LiteralPath (Join-Path $folder 'b.json') '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","namespace":"demo"}}'
        "$(Get-ChildItem -LiteralPath $folder | ConvertTo-FederatedResource)" | Should -Be 'configmaps demo/a configmaps demo/b'
        "$(ConvertTo-FederatedResource -Path ([WildcardPattern]::Escape($folder)))" | Should -Be 'configmaps demo/a configmaps demo/b'
        $found = Get-ChildItem -LiteralPath $folder | Test-FederatedResource -Offline
        $found.Check | Should -Be 'NotFederated', 'NotFederated'
        $found.Path | Split-Path -Leaf | Should -Be 'a.yaml', 'b.json'
        $none = New-Item -ItemType Directory (Join-Path $TestDrive 'nothing')
        Get-ErrorId (Get-Thrown { ConvertTo-FederatedResource -Path $none -ErrorAction Stop }) | Should -Be 'FileNotFound'
    }

    It 'takes text from the pipeline line by line, whole, as several documents, and lists' {
        $byLine = Get-Content $app | ConvertTo-FederatedResource -WarningAction SilentlyContinue
        $whole = Get-Content $app -Raw | ConvertTo-FederatedResource -WarningAction SilentlyContinue
        $chain = $whole | ForEach-Object { $_.Raw.spec.template } | Measure-Object
        "$byLine" | Should -Be "$whole"
        $chain.Count | Should -Be 3

        $two = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}'
        $list = '{"apiVersion":"v1","kind":"List","items":[' + ($two -join ',') + ']}'
        "$($list | ConvertTo-FederatedResource -Namespace demo)" | Should -Be 'configmaps demo/a configmaps demo/b'
        "$($two | ConvertTo-FederatedResource)" | Should -Be 'configmaps default/a configmaps default/b'
        "$(@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'c' } }, $two[0] | ConvertTo-FederatedResource)" |
            Should -Be 'configmaps default/c configmaps default/a'
    }

    It 'stores nothing while a type is missing, and with -EnableType enables it first' {
        $thrown = Get-Thrown { ConvertTo-FederatedResource -Path $app -Namespace demo -Create -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'TypeNotEnabled'
        $thrown.ErrorDetails.RecommendedAction | Should -Match '-EnableType'
        Get-FederatedResource configmaps -Namespace demo | Should -BeNullOrEmpty

        $plan = Get-Write { ConvertTo-FederatedResource -Path $app -Namespace demo -Create -EnableType -WhatIf -Verbose }
        $plan | Should -BeNullOrEmpty

        $made = ConvertTo-FederatedResource -Path $app -Namespace demo -Create -EnableType
        "$made" | Should -Be 'configmaps demo/settings deployments.apps demo/web secrets demo/key'
        $made.Stored | Select-Object -Unique | Should -BeTrue
        (Get-KubeFedType secrets).Propagation | Should -Be 'Enabled'
    }

    It 'checks all before it stores the first: each fault is told, the others are stored, and with -ErrorAction Stop none is' {
        $objects = @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'good' } },
        @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'Bad_Name' } },
        @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{} }
        $quiet = @{ ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue' }
        $made = $objects | ConvertTo-FederatedResource -Namespace demo -Create -ErrorVariable faults -WarningVariable warnings @quiet

        "$made" | Should -Be 'configmaps demo/good'
        $faults | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | ForEach-Object { Get-ErrorId $_ } |
            Should -Be 'InvalidName', 'InvalidManifest'
        "$warnings" | Should -Match '2 of 3'

        $objects[0].metadata.name = 'other'
        { $objects | ConvertTo-FederatedResource -Namespace demo -Create -ErrorAction Stop -WarningAction SilentlyContinue } | Should -Throw
        (Get-FederatedResource configmaps -Namespace demo).Name | Should -Be 'good'
    }

    It 'goes on past one that exists already, with an object or an error for each' {
        New-FederatedResource configmaps settings -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        $made = ConvertTo-FederatedResource -Path $app -Namespace demo -Create -EnableType -ErrorVariable problems -ErrorAction SilentlyContinue

        $made.Name | Should -Be 'web', 'key'
        Get-ErrorId $problems[0] | Should -Be 'FederatedResourceExists'
    }

    It 'federates a namespace with what people made in it' {
        Invoke-KubeFedRequest /api/v1/namespaces/shop -Method Apply -Body @{ kind = 'Namespace' } | Out-Null
        Invoke-KubeFedRequest /api/v1/namespaces/shop/configmaps/mine -Method Apply -Body @{ kind = 'ConfigMap'; data = @{ a = '1' } } | Out-Null
        Invoke-KubeFedRequest /api/v1/namespaces/shop/limitranges/limits -Method Apply -Body @{ kind = 'LimitRange'; spec = @{ limits = @() } } | Out-Null

        $shown = ConvertTo-FederatedResource -Namespace shop -Contents -SkipApiResource limitranges -WarningVariable warnings -WarningAction SilentlyContinue
        "$shown" | Should -Be 'namespaces shop/shop configmaps shop/mine'
        "$warnings" | Should -Match 'ConfigMap kube-root-ca.crt is left out: every namespace has one'

        $made = ConvertTo-FederatedResource -Namespace shop -Contents -Create -EnableType -Cluster member1, member2 -WarningAction SilentlyContinue
        "$made" | Should -Be 'namespaces shop/shop configmaps shop/mine limitranges shop/limits'
        $results = Invoke-KubeFedSync -Namespace shop
        @($results | Where-Object Action -EQ 'Create').Count | Should -Be 6
        Get-ErrorId (Get-Thrown { ConvertTo-FederatedResource -Namespace nowhere -Contents -ErrorAction Stop }) | Should -Be 'NamespaceNotFound'
    }

    It 'shows with -WhatIf every object it would store and every type it would enable' {
        Invoke-Fresh @"
Import-Module '$ModulePath'
`$sandbox = Start-KubeFedSandbox -Member 1
`$null = Install-KubeFed
`$null = Invoke-KubeFedRequest /api/v1/namespaces/demo -Method Apply -Body @{ kind = 'Namespace' }
ConvertTo-FederatedResource -Namespace demo -Contents -Create -EnableType -WhatIf -WarningAction SilentlyContinue
"@ | Should -Be 'What if: Create CustomResourceDefinition federatednamespaces.types.kubefed.io in host',
        'What if: Create FederatedTypeConfig kube-federation-system/namespaces in host', 'What if: Create FederatedNamespace demo/demo in host'
    }

    It 'needs no control plane and no host that answers to convert a file' {
        $config = New-TestKubeConfig -Server 'http://127.0.0.1:9'
        $made = ConvertTo-FederatedResource -Path $app -KubeConfig $config -WarningVariable warnings -WarningAction SilentlyContinue
        $made.Kind | Should -Be 'FederatedConfigMap', 'FederatedDeployment', 'FederatedSecret'
        $made[2].Namespace | Should -BeNullOrEmpty
        "$warnings" | Should -Match 'guessed'
    }
}

Describe 'What ConvertTo-FederatedResource writes' {
    AfterEach { Clear-Demo }

    It 'is stored by New-FederatedResource as it is, or placed elsewhere' {
        $made = Get-Content $app | ConvertTo-FederatedResource -Namespace demo -WarningAction SilentlyContinue | Where-Object Type -NE secrets |
            New-FederatedResource
        "$made" | Should -Be 'configmaps demo/settings deployments.apps demo/web'
        $made.Stored | Select-Object -Unique | Should -BeTrue
        $made.Placement | Select-Object -Unique | Should -Be '*'
        Clear-Demo

        $file = Join-Path $TestDrive 'federated.yaml'
        ConvertTo-FederatedResource -Path $app -WarningAction SilentlyContinue | Where-Object Type -EQ configmaps | ConvertTo-KubeFedYaml | Set-Content $file
        $placed = New-FederatedResource -Path $file -Cluster member1 -Override @{ member1 = @{ '/data/colour' = 'red' } }
        $placed.Clusters | Should -Be 'member1'
        $placed.Raw.spec.template.data.colour | Should -Be 'blue'
        "$($placed.Overrides)" | Should -Be 'member1: replace /data/colour'
    }

    It 'gives its template to what is stored through Set-FederatedResource, and leaves the placement' {
        New-FederatedResource configmaps settings -Namespace demo -Template @{ data = @{ colour = 'green' } } -Cluster member2 | Out-Null
        $changed = ConvertTo-FederatedResource -Path $app -WarningAction SilentlyContinue | Where-Object Type -EQ configmaps |
            Set-FederatedResource -PassThru
        $changed.Raw.spec.template.data.colour | Should -Be 'blue'
        $changed.Clusters | Should -Be 'member2'
        (Get-FederatedResource configmaps settings | Set-FederatedResource -AddCluster member3 -PassThru).Clusters | Should -Be 'member2', 'member3'
    }

    It 'is refused by name while its type is not enabled' {
        $secret = @{ apiVersion = 'batch/v1'; kind = 'Job'; metadata = @{ name = 'j' } } | ConvertTo-FederatedResource -WarningAction SilentlyContinue
        $thrown = Get-Thrown { $secret | New-FederatedResource -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'TypeNotEnabled'
        $thrown.ErrorDetails.RecommendedAction | Should -Match 'Enable-KubeFedType Job'
    }
}

Describe 'Finalizers of a template' {
    AfterAll { Clear-Demo }

    It 'P-41 are kept where a template is declared, by each cmdlet that takes one' {
        $template = @{ metadata = @{ finalizers = @('example.com/hold') }; data = @{ a = '1' } }
        $new = New-FederatedResource configmaps held -Namespace demo -Cluster member1 -Template $template
        $new.Raw.spec.template.metadata.finalizers | Should -Be 'example.com/hold'
        $template.metadata.finalizers += 'example.com/more'
        $set = Set-FederatedResource configmaps held -Namespace demo -Template $template -PassThru
        $set.Raw.spec.template.metadata.finalizers | Should -Be 'example.com/hold', 'example.com/more'
        $converted = @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'x'; finalizers = @('example.com/hold') } } | ConvertTo-FederatedResource
        $converted.Raw.spec.template.metadata.finalizers | Should -Be 'example.com/hold'
    }

    It 'are left out where an object of a cluster is federated: they are for controllers of that cluster' {
        $body = @{ kind = 'ConfigMap'; metadata = @{ finalizers = @('example.com/hold') }; data = @{ a = '1' } }
        $live = Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/live -Method Apply -Body $body
        try {
            $live.metadata.finalizers | Should -Be 'example.com/hold'
            $made = @(
                ConvertTo-FederatedResource configmaps live -Namespace demo
                $live | ConvertTo-FederatedResource
                New-FederatedResource -Template $live -Cluster member1)
            $made.Count | Should -Be 3
            $made | ForEach-Object { $_.Raw.spec.template.PSObject.Properties.Name | Should -Be 'data' }
        }
        finally {
            Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/live -Method Patch -Body @{ metadata = @{ finalizers = $null } } | Out-Null
            Invoke-KubeFedRequest /api/v1/namespaces/demo/configmaps/live -Method Delete | Out-Null
        }
    }
}

Describe 'A file that is not UTF-8' {
    It 'is refused with the place of the first byte that is not, instead of being altered' {
        $file = Join-Path $TestDrive 'latin.yaml'
        $text = "apiVersion: v1`nkind: ConfigMap`nmetadata: { name: latin, namespace: demo }`ndata: { a: caf"
        [IO.File]::WriteAllBytes($file, [byte[]] ([Text.Encoding]::Latin1.GetBytes("$text$([char]0xe9) }`n")))
        foreach ($block in { ConvertTo-FederatedResource -Path $file -ErrorAction Stop }, { New-FederatedResource -Path $file -Cluster * -ErrorAction Stop }) {
            $thrown = Get-Thrown $block
            Get-ErrorId $thrown | Should -Be 'InvalidEncoding'
            "$thrown" | Should -Match "latin\.yaml: .*byte 0xE9 at offset $($text.Length)"
            $thrown.ErrorDetails.RecommendedAction | Should -Match 'UTF-8'
        }
    }

    It 'is read where a byte order mark says what it is' {
        $text = "apiVersion: v1`nkind: ConfigMap`nmetadata: { name: marked, namespace: demo }`ndata: { a: café }`n"
        foreach ($encoding in 'utf8BOM', 'unicode', 'bigendianunicode', 'utf32') {
            $file = Join-Path $TestDrive "$encoding.yaml"
            Set-Content $file $text -Encoding $encoding
            (ConvertTo-FederatedResource -Path $file).Raw.spec.template.data.a | Should -Be 'café'
        }
    }
}

Describe 'An empty selector' {
    It 'is refused, since an empty variable would mean every cluster' {
        $empty = ''
        foreach ($block in
            { New-FederatedResource configmaps all -Namespace demo -Template @{ data = @{} } -ClusterSelector $empty -ErrorAction Stop },
            { Set-FederatedResource namespaces demo -ClusterSelector ' ' -ErrorAction Stop },
            { ConvertTo-FederatedResource namespaces demo -ClusterSelector $empty -ErrorAction Stop }) {
            $thrown = Get-Thrown $block
            Get-ErrorId $thrown | Should -Be 'InvalidSelector'
            "$thrown" | Should -Match '-ClusterSelector'
            $thrown.ErrorDetails.RecommendedAction | Should -Match '\*.*every cluster'
        }
    }
}

Describe 'What is declared and probably not meant' {
    BeforeAll {
        New-FederatedResource configmaps meant -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null

        function Get-Warning([scriptblock] $Block) { @(& $Block 3>&1 | Where-Object { $_ -is [System.Management.Automation.WarningRecord] } | ForEach-Object Message) }
    }

    AfterAll { Clear-Demo }

    It 'is a warning of each cmdlet that declares it: <Expected>' -ForEach @(
        @{ Expected = 'mars'; Declared = @{ Cluster = 'member1', 'mars' } }
        @{ Expected = 'matches the selector'; Declared = @{ ClusterSelector = 'env=nope' } }
        @{ Expected = 'cluster mars'; Declared = @{ Cluster = 'member1'; Override = @{ mars = @{ '/data/a' = 'x' } } } }
        @{ Expected = 'clusters env=nope'; Declared = @{ Cluster = 'member1'; Override = @{ 'env=nope' = @{ '/data/a' = 'x' } } } }
        @{ Expected = 'member1 more than once'; Declared = @{ Cluster = 'member1', 'member1' } }
        @{ Expected = 'member1 beside it changes nothing'; Declared = @{ Cluster = '*', 'member1' } }
    ) {
        $template = @{ data = @{ a = '1' } }
        $object = @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'x'; namespace = 'demo' } }
        Get-Warning { New-FederatedResource configmaps unmeant -Namespace demo -Template $template @Declared -WhatIf } | Should -Match $Expected
        Get-Warning { Set-FederatedResource configmaps meant -Namespace demo @Declared -WhatIf } | Should -Match $Expected
        Get-Warning { $object | ConvertTo-FederatedResource @Declared } | Should -Match $Expected
    }

    It 'is told once, however many objects there are, and not at all where all is well' {
        $objects = 1..3 | ForEach-Object { @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = "x$_"; namespace = 'demo' } } }
        Get-Warning { $objects | ConvertTo-FederatedResource -Cluster mars } | Should -HaveCount 1
        Get-Warning { $objects | ConvertTo-FederatedResource -ClusterSelector env=test -Override @{ member1 = @{ '/data/a' = 'x' } } } | Should -BeNullOrEmpty
        Get-Warning { Set-FederatedResource configmaps meant -Namespace demo -Cluster member1 -RetainReplicas:$false } | Should -BeNullOrEmpty
    }

    It 'is told before it is stored, and once for all that the pipeline brings' {
        1..3 | ForEach-Object { New-FederatedResource configmaps "early$_" -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 } | Out-Null
        $many = Get-Warning { Get-FederatedResource configmaps early* -Namespace demo | Set-FederatedResource -Cluster mars -Override @{ pluto = @{ '/data/a' = 'x' } } }
        $many | Should -HaveCount 2
        @(Get-FederatedResource configmaps early* -Namespace demo).ForEach{ "$($_.Clusters)" } | Should -Be 'mars', 'mars', 'mars'

        Get-Thrown { New-FederatedResource configmaps late -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster mars -WarningAction Stop } | Should -Match 'mars'
        Get-FederatedResource configmaps late* -Namespace demo | Should -BeNullOrEmpty
        Get-Thrown { Set-FederatedResource configmaps early1 -Namespace demo -Cluster venus -WarningAction Stop } | Should -Match 'venus'
        Get-Thrown { Add-FederatedOverride configmaps early1 -Namespace demo -Cluster venus -Path /data/a -Value z -WarningAction Stop } | Should -Match 'venus'
        $object = @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'late'; namespace = 'demo' } }
        Get-Thrown { $object | ConvertTo-FederatedResource -Create -Cluster venus -WarningAction Stop } | Should -Match 'venus'
        (Get-FederatedResource configmaps early1 -Namespace demo).Raw.spec | ConvertTo-Json -Depth 9 | Should -Not -Match 'venus'
        Get-FederatedResource configmaps late* -Namespace demo | Should -BeNullOrEmpty
    }

    It 'asks for the clusters once, however many resources the pipeline brings' {
        $objects = 1..3 | ForEach-Object { @{ kind = 'ConfigMap'; apiVersion = 'v1'; metadata = @{ name = "asked$_"; namespace = 'demo' } } }
        $told = $objects | New-FederatedResource -Cluster member1 -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        @($told | Where-Object { "$_" -match 'GET .*/kubefedclusters' }) | Should -HaveCount 1
    }

    It 'is no removal of copies where there are none' {
        Get-Warning { New-FederatedResource configmaps new -Namespace demo -Template @{ } -ClusterSelector env=nope -WhatIf } | Should -Match 'goes nowhere'
        New-FederatedResource configmaps old -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        Invoke-KubeFedSync configmaps old -Namespace demo | Out-Null
        Get-Warning { Set-FederatedResource configmaps old -Namespace demo -ClusterSelector env=nope -WhatIf } | Should -Match 'copies there are will be removed'
    }

    It 'is a change without anything to change' {
        Get-Warning { Set-FederatedResource configmaps meant -Namespace demo } | Should -Match 'Nothing is set of configmaps meant'
    }

    It 'is a namespace elsewhere than in itself, which is refused' {
        $thrown = Get-Thrown { New-FederatedResource namespaces other -Namespace demo -Template @{} -Cluster * -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'InvalidNamespace'
        $thrown.ErrorDetails.RecommendedAction | Should -Match 'Leave -Namespace out'
    }

    It 'is an override of what can be no cluster, which is refused as a placement refuses it' {
        foreach ($block in
            { Add-FederatedOverride configmaps meant -Namespace demo -Cluster member* -Path /data/a -Value x -ErrorAction Stop },
            { Set-FederatedResource configmaps meant -Namespace demo -Override @{ 'member*' = @{ '/data/a' = 'x' } } -ErrorAction Stop },
            { Set-FederatedResource configmaps meant -Namespace demo -Override @{ cluster = 'member*'; path = '/data/a'; value = 'x' } -ErrorAction Stop }) {
            $thrown = Get-Thrown $block
            Get-ErrorId $thrown | Should -Be 'InvalidOverride'
            "$thrown" | Should -Match "'member\*'"
        }
    }

    It 'is null as a value, which is told without a word of old definitions' {
        Add-FederatedOverride configmaps meant -Namespace demo -Cluster member1 -Path /metadata/annotations/n -Value $null
        $told = Get-Warning { Invoke-KubeFedSync configmaps meant }
        "$told" | Should -Match 'set to null'
        "$told" | Should -Not -Match 'too old'
    }
}

Describe 'How copies are deleted' {
    AfterAll { Clear-Demo }

    It 'E-92 is said with the deletion, as KubeFed writes it' {
        New-FederatedResource configmaps going -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        Remove-FederatedResource configmaps going -Namespace demo -PropagationPolicy foreground -GracePeriodSeconds 5 -Confirm:$false
        $stored = Get-FederatedResource configmaps going -Namespace demo
        $stored.Status | Should -Be 'Deleting'
        $stored.Raw.metadata.annotations.'kubefed.io/deleteoption' | Should -Be '{"gracePeriodSeconds":5,"propagationPolicy":"Foreground"}'
        (Invoke-KubeFedSync configmaps going -Namespace demo).Succeeded | Should -Not -Contain $false
    }

    It 'E-92 keeps what is stored and is not said anew' {
        New-FederatedResource configmaps kept -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        Remove-FederatedResource configmaps kept -Namespace demo -PropagationPolicy Orphan -Confirm:$false
        Remove-FederatedResource configmaps kept -Namespace demo -GracePeriodSeconds 5 -Confirm:$false
        $options = (Get-FederatedResource configmaps kept -Namespace demo).Raw.metadata.annotations.'kubefed.io/deleteoption' | ConvertFrom-Json
        $options.propagationPolicy | Should -Be 'Orphan'
        $options.gracePeriodSeconds | Should -Be 5
    }

    It 'is warned of where the copies stay by what is stored' {
        New-FederatedResource configmaps stays -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        Set-FederatedResource configmaps stays -Namespace demo -Orphan
        $warning = Remove-FederatedResource configmaps stays -Namespace demo -PropagationPolicy Foreground -Confirm:$false 3>&1
        "$warning" | Should -Match 'leaves its copies .*Foreground.* -Orphan:\$false'
    }

    It 'is not said of copies that stay' {
        $thrown = Get-Thrown { Remove-FederatedResource configmaps any -Namespace demo -Orphan -PropagationPolicy Orphan -Confirm:$false -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'InvalidInput'
    }

    It 'P-32 may be together with what others put into a namespace' {
        (Set-FederatedResource namespaces demo -DeleteUnmanagedContent -PassThru).Raw.metadata.annotations.'kubefed.io/delete-unmanaged-content' | Should -Be 'true'
        $reverted = Set-FederatedResource namespaces demo -DeleteUnmanagedContent:$false -PassThru
        $reverted.Raw.metadata.annotations.PSObject.Properties.Name | Should -Not -Contain 'kubefed.io/delete-unmanaged-content'
        New-FederatedResource configmaps flat -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 | Out-Null
        Get-ErrorId (Get-Thrown { Set-FederatedResource configmaps flat -Namespace demo -DeleteUnmanagedContent -ErrorAction Stop }) | Should -Be 'InvalidInput'
    }
}

Describe 'Orphaning' {
    It 'P-130 is switched for as many resources as the pipeline brings, and shown' {
        1..3 | ForEach-Object { New-FederatedResource configmaps "o$_" -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster member1 } | Out-Null
        Get-FederatedResource configmaps o* -Namespace demo | Set-FederatedResource -Orphan
        (Get-FederatedResource configmaps o* -Namespace demo).Orphan | Should -Be $true, $true, $true
        (Get-FederatedResource configmaps o1 -Namespace demo).Raw.metadata.annotations.'kubefed.io/orphan' | Should -Be 'true'
        Get-FederatedResource configmaps o1 -Namespace demo | Set-FederatedResource -Orphan:$false
        (Get-FederatedResource configmaps o1 -Namespace demo).Orphan | Should -BeFalse
    }
}
