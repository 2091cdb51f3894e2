BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $sandbox = Start-TestFederation overrides
    Set-KubeFedCluster member1 -Label @{ region = 'eu' } | Out-Null
    Set-KubeFedCluster member2 -Label @{ region = 'eu'; tier = 'edge' } | Out-Null

    # A federated ConfigMap with one value, placed everywhere.
    function New-Setting([string] $Name) {
        New-FederatedResource configmaps $Name -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster *
    }

    function Get-Shown([string] $Name, [string] $Cluster) {
        $where = if ($Cluster) { @{ Cluster = $Cluster } } else { @{} }
        @(Get-FederatedOverride configmaps $Name @where | ForEach-Object { "$($_.Cluster)[$($_.ClusterSelector)] $($_.Op) $($_.Path) $($_.Value)$($_.ValueTemplate)" })
    }

    function Get-Data([string] $Name, [string] $Cluster) {
        (Get-FederatedObject configmaps $Name -Namespace demo -Cluster $Cluster).Raw.data
    }
}

AfterAll {
    Stop-KubeFedSandbox overrides
}

Describe 'Add-FederatedOverride' {
    It 'overrides by name and by label, and clusters get it at the next sync' {
        New-Setting first | Add-FederatedOverride -Cluster member1 -Path /data/a -Value named
        Add-FederatedOverride configmaps first -Namespace demo -ClusterSelector 'region=eu' -Path /data/a -Value eu
        Add-FederatedOverride configmaps first -Namespace demo -ClusterSelector @{ region = 'eu' } -Path /data/url -ValueTemplate 'https://${cluster.name}.${cluster.labels.region}/${cluster.labels.tier:-standard}'
        Invoke-KubeFedSync | Out-Null

        $member1, $member2, $member3 = 'member1', 'member2', 'member3' | ForEach-Object { Get-Data first $_ }
        $member1.a | Should -Be 'named'
        $member1.url | Should -Be 'https://member1.eu/standard'
        $member2.a | Should -Be 'eu'
        $member2.url | Should -Be 'https://member2.eu/edge'
        $member3.a | Should -Be '1'
        $member3.PSObject.Properties.Name | Should -Be 'a'
    }

    It 'keeps what others wrote and sets the same field again in its place' {
        New-Setting again | Add-FederatedOverride -Cluster member1, member2 -Path /data/a -Value x
        Add-FederatedOverride configmaps again -Namespace demo -Cluster member2 -Path /data/b -Value y
        Add-FederatedOverride configmaps again -Namespace demo -Cluster member2 -Path /data/a -Value z
        Get-Shown again | Should -Be 'member1[] replace /data/a x', 'member2[] replace /data/a z', 'member2[] replace /data/b y'
    }

    It 'takes any value, null included, and operations other than replace' {
        New-Setting any | Out-Null
        $where = @{ Type = 'configmaps'; Name = 'any'; Namespace = 'demo'; Cluster = 'member1' }
        Add-FederatedOverride @where -Path /metadata/annotations/n -Value $null
        Add-FederatedOverride @where -Operation Add -Path /l -Value @{ team = 'x'; deep = @{ list = 1, 2 } }
        $result = Add-FederatedOverride @where -Operation Remove -Path /data/a -PassThru
        $result | Should -BeOfType KubeFed.FederatedResource
        $operations = $result.Raw.spec.overrides[0].clusterOverrides
        $operations[0].path, $operations[0].op, $operations[0].value | Should -Be '/metadata/annotations/n', $null, $null
        $operations[1].op, $operations[1].value.deep.list[1] | Should -Be 'add', 2
        $operations[2].PSObject.Properties.Name | Should -Be 'op', 'path'
    }

    It 'shows with -WhatIf what it would do, and writes nothing' {
        New-Setting whatif | Out-Null
        $writes = Get-Write { Add-FederatedOverride configmaps whatif -Namespace demo -Cluster member1 -Path /data/a -Value x -WhatIf -Verbose }
        $writes | Should -BeNullOrEmpty
        $said = Invoke-Fresh @"
Import-Module '$ModulePath'
Start-KubeFedSandbox -Member 1 -Name other | Out-Null
Install-KubeFed | Out-Null
Enable-KubeFedType namespaces | Out-Null
New-FederatedResource namespaces default -Template @{ metadata = @{} } -Cluster * | Out-Null
Add-FederatedOverride namespaces default -Cluster member1 -Path /metadata/labels/a -Value x -WhatIf
"@
        $said | Where-Object { $_ -match 'What if' } | Should -Match 'Add override for cluster member1: replace /metadata/labels/a = "x"'
        Get-Shown whatif | Should -BeNullOrEmpty
    }

    It 'warns of clusters that are not there, and of labels they lack' {
        New-Setting warned | Out-Null
        Add-FederatedOverride configmaps warned -Namespace demo -Cluster mars -Path /data/a -Value x -WarningVariable unknown -WarningAction SilentlyContinue
        $unknown | Should -Match 'cluster mars'
        Add-FederatedOverride configmaps warned -Namespace demo -ClusterSelector * -Path /data/a -ValueTemplate '${cluster.labels.tier}' -WarningVariable lacking -WarningAction SilentlyContinue
        $lacking.Count | Should -Be 2
        $lacking[0] | Should -Match "member1 will not be updated: .*no label 'tier'.*Set-KubeFedCluster member1"
    }

    It 'takes an operation in any case, as PowerShell takes names' {
        New-Setting case | Out-Null
        $where = @{ Type = 'configmaps'; Name = 'case'; Namespace = 'demo'; Cluster = 'member1' }
        Add-FederatedOverride @where -Operation remove -Path /data/a
        Add-FederatedOverride @where -Operation ADD -Path /data/b -Value x
        Add-FederatedOverride @where -Operation replace -Path /data/c -Value y
        $operations = (Get-FederatedResource configmaps case).Raw.spec.overrides[0].clusterOverrides
        $operations.op | Should -Be 'remove', 'add', $null
        $operations[0].PSObject.Properties.Name | Should -Be 'op', 'path'
        $operations[2].PSObject.Properties.Name | Should -Be 'path', 'value'
        Get-ErrorId (Get-Thrown { Add-FederatedOverride @where -Operation remove -Path /data/a -Value 3 -ErrorAction Stop }) | Should -Be 'InvalidOverride'
    }

    It 'is refused with <Id> for <Why>' -ForEach @(
        @{ Id = 'OverrideTargetRequired'; Why = 'no cluster'; Given = @{ Path = '/a'; Value = 1 } }
        @{ Id = 'OverrideTargetAmbiguous'; Why = 'both targets'; Given = @{ Path = '/a'; Value = 1; Cluster = 'member1'; ClusterSelector = 'a=b' } }
        @{ Id = 'InvalidOverride'; Why = 'no value'; Given = @{ Path = '/a'; Cluster = 'member1' } }
        @{ Id = 'InvalidOverride'; Why = 'both values'; Given = @{ Path = '/a'; Cluster = 'member1'; Value = 1; ValueTemplate = 'x' } }
        @{ Id = 'InvalidOverride'; Why = 'a value for Remove'; Given = @{ Path = '/a'; Cluster = 'member1'; Value = 1; Operation = 'Remove' } }
        @{ Id = 'InvalidOverridePath'; Why = 'a path without a slash'; Given = @{ Path = 'data/a'; Cluster = 'member1'; Value = 1 } }
        @{ Id = 'ForbiddenOverridePath'; Why = 'its name'; Given = @{ Path = '/metadata/name'; Cluster = 'member1'; Value = 'x' } }
        @{ Id = 'InvalidValueTemplate'; Why = 'an unknown variable'; Given = @{ Path = '/a'; Cluster = 'member1'; ValueTemplate = '${zone}' } }
        @{ Id = 'InvalidSelector'; Why = 'an empty selector, as an empty variable gives it'; Given = @{ Path = '/a'; ClusterSelector = ' '; Value = 1 } }
        @{ Id = 'InvalidSelector'; Why = 'a selector that is none'; Given = @{ Path = '/a'; ClusterSelector = 'a in b'; Value = 1 } }
        @{ Id = 'FederatedResourceNotFound'; Why = 'a resource that is not there'; Given = @{ Path = '/a'; Cluster = 'member1'; Value = 1; Name = 'nothing' } }
    ) {
        if ($Id -ne 'FederatedResourceNotFound' -and -not (Get-FederatedResource configmaps refused -ErrorAction Ignore)) { New-Setting refused | Out-Null }
        $parameters = @{ Type = 'configmaps'; Name = 'refused'; Namespace = 'demo'; ErrorAction = 'Stop' } + @{}
        foreach ($key in $Given.Keys) { $parameters[$key] = $Given[$key] }
        $thrown = Get-Thrown { Add-FederatedOverride @parameters }
        Get-ErrorId $thrown | Should -Be $Id
        $thrown.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-Shown refused | Should -BeNullOrEmpty
    }
}

Describe 'Get-FederatedOverride' {
    BeforeAll {
        New-FederatedResource configmaps shown -Namespace demo -Template @{ data = @{ a = '1' } } -Cluster * -Override @(
            @{ member1 = @{ '/data/a' = 'own' } }
            @{ 'region=eu' = @{ '/data/a' = 'eu' } }
            @{ clusterSelector = '*'; op = 'add'; path = '/data/b'; valueTemplate = '${cluster.name}' }) | Out-Null
    }

    It 'lists what is declared, in its order' {
        Get-Shown shown | Should -Be 'member1[] replace /data/a own', '[region=eu] replace /data/a eu', '[*] add /data/b ${cluster.name}'
    }

    It 'shows what a cluster gets, in the order it is carried out' {
        $shown = Get-FederatedResource configmaps shown | Get-FederatedOverride -Cluster member1
        $shown.ClusterSelector | Should -Be 'region=eu', '*', $null
        $shown.Cluster | Select-Object -Unique | Should -Be 'member1'
        $shown.Value | Should -Be 'eu', 'member1', 'own'
        $shown[1].ValueTemplate | Should -Be '${cluster.name}'
        (Get-FederatedOverride configmaps shown -Cluster 'member[23]').Value | Should -Be 'eu', 'member2', 'member3'
    }

    It 'is a table with the resource first' {
        (Get-FederatedOverride configmaps shown | Out-String -Width 120) -split "`n" | Where-Object { $_ -match 'data/b' } |
            Should -Match '^shown +demo +\[\*\] +add +/data/b +"\$\{cluster.name\}"'
    }

    It 'gives back what can be declared again' {
        New-FederatedResource configmaps copy -Namespace demo -Template @{ data = @{} } -Cluster * -Override (Get-FederatedOverride configmaps shown) | Out-Null
        Get-Shown copy | Should -Be (Get-Shown shown)
        Set-FederatedResource configmaps copy -Namespace demo -Override (Get-FederatedOverride configmaps shown -Cluster member2)
        Get-Shown copy | Should -Be 'member2[] replace /data/a eu', 'member2[] add /data/b member2'
    }

    It 'says which clusters are not there' {
        Get-FederatedOverride configmaps shown -Cluster mars -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        Get-ErrorId $problem[0] | Should -Be 'ClusterNotFound'
    }
}

Describe 'Remove-FederatedOverride' {
    BeforeEach {
        New-Setting removed | Out-Null
        Set-FederatedResource configmaps removed -Namespace demo -Override @(
            @{ member1 = @{ op = 'add'; path = '/l/-'; value = 1 }, @{ op = 'add'; path = '/l/-'; value = 2 }, @{ path = '/data/a'; value = 'x' } }
            @{ 'region=eu' = @{ '/data/a' = 'eu' } })
    }

    AfterEach {
        Remove-FederatedResource configmaps removed -Namespace demo -Confirm:$false
    }

    It 'takes away one field, all of a cluster, or all of a selector' {
        Remove-FederatedOverride configmaps removed -Namespace demo -Cluster member1 -Path /data/a -Confirm:$false
        Get-Shown removed | Should -Be 'member1[] add /l/- 1', 'member1[] add /l/- 2', '[region=eu] replace /data/a eu'
        Get-FederatedResource configmaps removed | Remove-FederatedOverride -Cluster member1 -Confirm:$false
        Get-Shown removed | Should -Be '[region=eu] replace /data/a eu'
        (Remove-FederatedOverride configmaps removed -Namespace demo -ClusterSelector @{ region = 'eu' } -PassThru -Confirm:$false).Overrides | Should -BeNullOrEmpty
    }

    It 'takes away what is piped to it' {
        Get-FederatedOverride configmaps removed | Where-Object Path -Like '/l/*' | Remove-FederatedOverride -Confirm:$false -ErrorAction Stop
        Get-Shown removed | Should -Be 'member1[] replace /data/a x', '[region=eu] replace /data/a eu'
        Get-FederatedOverride configmaps removed | Remove-FederatedOverride -Confirm:$false -ErrorAction Stop
        Get-Shown removed | Should -BeNullOrEmpty
    }

    It 'does not take from one cluster what a selector gives to others' {
        $thrown = Get-Thrown { Get-FederatedOverride configmaps removed -Cluster member2 | Remove-FederatedOverride -Confirm:$false -ErrorAction Stop }
        Get-ErrorId $thrown | Should -Be 'OverrideOfSelector'
        (Get-Shown removed).Count | Should -Be 4
    }

    It 'says what is not there, and with -WhatIf too' {
        foreach ($whatIf in $true, $false) {
            $thrown = Get-Thrown { Remove-FederatedOverride configmaps removed -Namespace demo -Cluster member3 -Confirm:$false -WhatIf:$whatIf -ErrorAction Stop }
            Get-ErrorId $thrown | Should -Be 'OverrideNotFound'
        }

        Remove-FederatedOverride configmaps removed -Namespace demo -Cluster member1 -WhatIf
        (Get-Shown removed).Count | Should -Be 4
    }
}

Describe '-Override and -ClusterSelector' {
    It 'are the same for the three cmdlets that declare' {
        foreach ($command in 'ConvertTo-FederatedResource', 'New-FederatedResource', 'Set-FederatedResource') {
            (Get-Command $command).Parameters.Keys | Should -Contain 'Override'
        }
    }

    It 'are taken by ConvertTo-FederatedResource' {
        $made = @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'converted'; namespace = 'demo' }; data = @{ a = '1' } } |
            ConvertTo-FederatedResource -ClusterSelector 'region=eu' -Override @{ member1 = @{ '/data/a' = '2' } }
        $made.Placement | Should -Be 'region=eu'
        "$($made.Overrides)" | Should -Be 'member1: replace /data/a'
        $thrown = Get-Thrown {
            @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'x'; namespace = 'demo' } } |
                ConvertTo-FederatedResource -Override @{ member1 = @{ '/kind' = 'x' } } -ErrorAction Stop
        }
        Get-ErrorId $thrown | Should -Be 'ForbiddenOverridePath'
    }
}
