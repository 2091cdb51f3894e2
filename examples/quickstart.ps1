#requires -Version 7.6
<#
.SYNOPSIS
    The life of a federation, step by step, each step checked on the clusters themselves.
.DESCRIPTION
    Without parameters it plays on a sandbox: a host and three members in this process's memory. With -KubeConfig, -HostContext and three -MemberContext
    it plays on your own clusters, in a namespace of its own, and tidies up behind itself; the host keeps the control plane that was installed and the
    types that were enabled.
.EXAMPLE
    ./examples/quickstart.ps1
.EXAMPLE
    ./examples/quickstart.ps1 -KubeConfig ~/.kube/config -HostContext hub -MemberContext east, west, south
#>
[CmdletBinding(DefaultParameterSetName = 'Sandbox')]
param(
    [Parameter(Mandatory, ParameterSetName = 'Own')]
    [string[]] $KubeConfig,

    [Parameter(Mandatory, ParameterSetName = 'Own')]
    [string] $HostContext,

    [Parameter(Mandatory, ParameterSetName = 'Own')]
    [string[]] $MemberContext,

    [string] $Namespace = 'kubefed-quickstart',

    # Leaves everything in place at the end.
    [switch] $Keep
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3.0
if (-not (Get-Module KubeFed)) {
    Import-Module (Join-Path $PSScriptRoot '..' 'KubeFed.psd1')
}

if ($PSCmdlet.ParameterSetName -eq 'Own') {
    # pwsh -File passes a list as one text.
    $MemberContext = @($MemberContext -split ',').Trim()
    if ($MemberContext.Count -ne 3) {
        throw "-MemberContext: the story needs three members, not $($MemberContext.Count)."
    }
}

$script:step = 0
function Write-Step([string] $Text) {
    $script:step++
    Write-Host ''
    Write-Host ('{0,2}. {1}' -f $script:step, $Text) -ForegroundColor Cyan
}

function Assert-True([bool] $Condition, [string] $What) {
    if (-not $Condition) {
        throw "Step $($script:step): not so: $What"
    }

    Write-Host "    ok: $What" -ForegroundColor Green
}

# Deletions take the time that finalizers and grace periods take; on real clusters a sync may have to come back to them.
function Invoke-SyncUntilSettled([int] $TimeoutSec = 120) {
    $deadline = [datetime]::UtcNow.AddSeconds($TimeoutSec)
    do {
        $results = @(Invoke-KubeFedSync -Namespace $Namespace)
        $results
        $pending = @($results | Where-Object { $_.Action -eq 'Wait' -or $_.Status -eq 'WaitingForRemoval' })
        if ($pending) {
            Start-Sleep -Milliseconds 500
        }
    } while ($pending -and [datetime]::UtcNow -lt $deadline)
}

function Show-Table {
    $input | Out-String -Stream -Width 140 | Where-Object { $_.Trim() } | ForEach-Object { Write-Host "    $_" }
}

$sandbox = $null
try {
    if ($PSCmdlet.ParameterSetName -eq 'Sandbox') {
        Write-Step 'Start a sandbox: a host and three members in memory'
        $sandbox = Start-KubeFedSandbox -Member 3 -Name quickstart
        $sandbox | Show-Table
        $KubeConfig = $sandbox.KubeConfig
        $MemberContext = $sandbox.Members
        Assert-True ($MemberContext.Count -eq 3) 'the sandbox has three members'
    }
    else {
        Write-Step "Connect to the host cluster $HostContext"
        Connect-KubeFed -KubeConfig $KubeConfig -Context $HostContext | Show-Table
    }

    $first, $second, $third = $MemberContext

    Write-Step 'Install the control plane: CRDs, a namespace and its configuration'
    Install-KubeFed | Show-Table

    Write-Step 'Join three clusters, labelled for placement'
    $MemberContext | Join-KubeFedCluster -Label @{ tier = 'web' } | Out-Null
    Get-KubeFedCluster -Name $MemberContext | Show-Table
    Assert-True (@(Get-KubeFedCluster -Name $MemberContext).Count -eq 3) 'three clusters are registered'

    Write-Step 'Enable namespaces, configmaps and deployments.apps'
    Enable-KubeFedType -Name namespaces, configmaps, deployments.apps | Show-Table
    Assert-True (@(Get-KubeFedType -Name namespaces, configmaps, deployments.apps).Count -eq 3) 'three types are enabled'

    Write-Step 'Federate a namespace, and a ConfigMap that exists already'
    $configMap = "/api/v1/namespaces/$Namespace/configmaps/settings"
    Invoke-KubeFedRequest "/api/v1/namespaces/$Namespace" -Method Apply -Body @{ kind = 'Namespace' } | Out-Null
    Invoke-KubeFedRequest $configMap -Method Apply -Body @{ kind = 'ConfigMap'; data = @{ colour = 'blue' } } | Out-Null
    ConvertTo-FederatedResource namespaces $Namespace -Create | Out-Null
    ConvertTo-FederatedResource configmaps settings -Namespace $Namespace -Cluster $MemberContext -Create | Out-Null

    Write-Step "Declare a Deployment for clusters labelled tier=web, with more replicas and another image on $second"
    $template = @'
spec:
  replicas: 2
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
      - name: web
        image: registry.k8s.io/pause:3.9
'@
    $declaration = @{
        Type            = 'deployments.apps'
        Name            = 'web'
        Namespace       = $Namespace
        Template        = $template
        ClusterSelector = 'tier=web'
        Override        = @{ $second = @{ '/spec/replicas' = 3; '/spec/template/spec/containers/0/image' = 'registry.k8s.io/pause:3.10' } }
    }
    New-FederatedResource @declaration | Out-Null
    $declared = @(Get-FederatedResource -Namespace $Namespace)
    $declared | Show-Table
    Assert-True ($declared.Count -eq 3) 'the host declares a namespace, a ConfigMap and a Deployment'

    Write-Step 'See the plan: a sync with -WhatIf reads everything and writes nothing'
    $plan = @(Invoke-KubeFedSync -Namespace $Namespace -WhatIf)
    $plan | Show-Table
    Assert-True ($plan.Count -eq 9 -and -not ($plan | Where-Object Action -NE 'Create')) 'nine copies are to be created'
    Assert-True (-not ($plan | Where-Object Written)) 'nothing was written'
    Assert-True (-not (Get-FederatedObject configmaps settings -Namespace $Namespace | Where-Object Status -NE 'Missing')) 'no member has its copy yet'

    Write-Step 'Sync, and see the copies across clusters'
    Invoke-KubeFedSync -Namespace $Namespace | Show-Table
    $copies = @(Get-FederatedObject deployments.apps web -Namespace $Namespace)
    $copies | Show-Table
    Assert-True (@($copies | Where-Object Status -EQ 'Present').Count -eq 3) 'each member has the Deployment'
    $different = $copies | Where-Object Cluster -EQ $second
    Assert-True ($different.Raw.spec.replicas -eq 3) "$second has three replicas"
    Assert-True ($different.Raw.spec.template.spec.containers[0].image -eq 'registry.k8s.io/pause:3.10') "$second has the other image"
    Assert-True (($copies | Where-Object Cluster -EQ $first).Raw.spec.replicas -eq 2) "$first has two replicas"

    Write-Step "Edit the copy in $second by hand, and repair the drift"
    Invoke-KubeFedRequest $configMap -Method Patch -Body @{ data = @{ colour = 'red' } } -Cluster $second | Out-Null
    Assert-True ((Invoke-KubeFedRequest $configMap -Cluster $second).data.colour -eq 'red') "the copy in $second says red"
    $results = @(Invoke-KubeFedSync -Namespace $Namespace)
    $results | Where-Object Action -NE 'None' | Show-Table
    Assert-True (@($results | Where-Object Written).Count -eq 1) 'the sync wrote one copy'
    Assert-True ((Invoke-KubeFedRequest $configMap -Cluster $second).data.colour -eq 'blue') "the copy in $second says blue again"

    Write-Step "Take $third out of the ConfigMap's placement"
    Set-FederatedResource configmaps settings -Namespace $Namespace -RemoveCluster $third
    Invoke-SyncUntilSettled | Where-Object Action -NE 'None' | Show-Table
    $copies = @(Get-FederatedObject configmaps settings -Namespace $Namespace)
    $copies | Show-Table
    Assert-True (($copies | Where-Object Cluster -EQ $third).Status -eq 'Absent') "the copy in $third is gone"
    Assert-True (@($copies | Where-Object Status -EQ 'Present').Count -eq 2) 'the other two are there'

    Write-Step 'Remove the ConfigMap everywhere'
    Remove-FederatedResource configmaps settings -Namespace $Namespace -Confirm:$false
    Invoke-SyncUntilSettled | Where-Object Action -NE 'None' | Show-Table
    Assert-True (-not (Get-FederatedObject configmaps settings -Namespace $Namespace | Where-Object Status -NE 'Absent')) 'no member has a copy'
    Assert-True (-not (Get-FederatedResource configmaps -Namespace $Namespace)) 'nor has the host a declaration'

    Write-Step 'Remove the Deployment, and leave its copies'
    Remove-FederatedResource deployments.apps web -Namespace $Namespace -Orphan -Confirm:$false
    Invoke-SyncUntilSettled | Where-Object Action -NE 'None' | Show-Table
    $copies = @(Get-FederatedObject deployments.apps web -Namespace $Namespace)
    $copies | Show-Table
    Assert-True (@($copies | Where-Object Status -EQ 'Unmanaged').Count -eq 3) 'each member keeps its Deployment, unmanaged'

    Write-Step "Unjoin $third, and touch nothing else there"
    Remove-KubeFedCluster $third -Confirm:$false | Show-Table
    $kept = Invoke-KubeFedRequest "/apis/apps/v1/namespaces/$Namespace/deployments/web" -KubeConfig $KubeConfig -Context $third
    Assert-True ($kept.metadata.name -eq 'web') "$third keeps its Deployment"
    Assert-True (@(Get-KubeFedCluster -Name $first, $second).Count -eq 2) 'the other two are still registered'
    Assert-True (-not (Get-KubeFedCluster | Where-Object Name -EQ $third)) "$third is not"

    Write-Step 'Sync once more: there is nothing left to do'
    $results = @(Invoke-KubeFedSync -Namespace $Namespace)
    $results | Show-Table
    Assert-True ($results.Count -gt 0 -and -not ($results | Where-Object Written)) 'the sync wrote nothing'

    if ($PSCmdlet.ParameterSetName -eq 'Own' -and -not $Keep) {
        Write-Step 'Tidy up'
        Remove-FederatedResource namespaces $Namespace -Confirm:$false
        Invoke-SyncUntilSettled | Out-Null
        Remove-KubeFedCluster $first, $second -Confirm:$false | Out-Null
        foreach ($context in $third, $HostContext) {
            Invoke-KubeFedRequest "/api/v1/namespaces/$Namespace" -Method Delete -KubeConfig $KubeConfig -Context $context | Out-Null
        }

        Assert-True (-not (Get-KubeFedCluster | Where-Object Name -In $MemberContext)) 'no member is registered any more'
    }

    Write-Host ''
    Write-Host "The story held, in $($script:step) steps." -ForegroundColor Green
}
finally {
    if ($sandbox -and -not $Keep) {
        $sandbox | Stop-KubeFedSandbox
    }
}
