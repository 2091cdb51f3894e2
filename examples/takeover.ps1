#requires -Version 7.6
<#
.SYNOPSIS
    Takes over a host that a KubeFed v0.10 controller managed, step by step, each step checked.
.DESCRIPTION
    Without parameters it plays on a sandbox, where it first builds such a host (takeover/New-LegacyHost.ps1) and afterwards shows that changes propagate.
    With -KubeConfig and -HostContext it takes over your own host: it examines it, completes the installation, enables every type again and synchronises,
    which writes to no member where KubeFed left things as they should be. It stops before anything is written unless you agree.

    docs/guides/takeover.md tells the same story, and what to do when a step finds something else.
.EXAMPLE
    ./examples/takeover.ps1
.EXAMPLE
    ./examples/takeover.ps1 -KubeConfig ~/.kube/config -HostContext hub -WhatIf
#>
[CmdletBinding(DefaultParameterSetName = 'Sandbox', SupportsShouldProcess, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory, ParameterSetName = 'Own')]
    [string[]] $KubeConfig,

    [Parameter(Mandatory, ParameterSetName = 'Own')]
    [string] $HostContext,

    [Parameter(ParameterSetName = 'Own')]
    [string] $KubeFedNamespace = 'kube-federation-system',

    # Deletes the PropagatedVersions at the end, which nothing needs any more.
    [switch] $RemovePropagatedVersion
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3.0
if (-not (Get-Module KubeFed)) {
    Import-Module (Join-Path $PSScriptRoot '..' 'KubeFed.psd1')
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

# What a sync would do; ends the script when a resource that is well now would not be afterwards.
function Get-Plan([object[]] $Resource) {
    $plan = @(Invoke-KubeFedSync -WhatIf)
    $plan | Show-Table
    $healthy = @($Resource | Where-Object Status -EQ 'Propagated' | ForEach-Object { "$($_.Type) $($_.Namespace)/$($_.Name)" })
    $broken = @($plan | Where-Object { -not $_.Succeeded -and "$($_.Type) $($_.Namespace)/$($_.Name)" -in $healthy })
    if ($broken) {
        $broken | ForEach-Object { Write-Warning "$($_.Type) $($_.Namespace)/$($_.Name) in $($_.Cluster): $($_.Status): $($_.Message)" }
        throw "Step $($script:step): $($broken.Count) of the copies of resources that are well now could not be kept as they are. Correct these first."
    }

    $script:plan = $plan
}

function Show-Table {
    $input | Out-String -Stream -Width 140 | Where-Object { $_.Trim() } | ForEach-Object { Write-Host "    $_" }
}

# The managers that own fields of a ConfigMap's copy, by cluster.
function Get-Owner([string] $Cluster) {
    @((Invoke-KubeFedRequest /api/v1/namespaces/shop/configmaps/settings -Cluster $Cluster).metadata.managedFields.manager) | Sort-Object -Unique
}

$sandbox = $null
$play = $PSCmdlet.ParameterSetName -eq 'Sandbox'
try {
    if ($play) {
        Write-Step 'Build a host as KubeFed v0.10 leaves it: a sandbox with three members'
        $asked = $WhatIfPreference
        $WhatIfPreference = $false
        $sandbox = Start-KubeFedSandbox -Member 3 -Name takeover
        & (Join-Path $PSScriptRoot 'takeover' 'New-LegacyHost.ps1') -KubeConfig $sandbox.KubeConfig -Member $sandbox.Members
        $WhatIfPreference = $asked
        $ConfirmPreference = 'None'
        $RemovePropagatedVersion = $true
        $KubeFedNamespace = 'kube-federation-system'
    }
    else {
        Write-Step "Connect to the host cluster $HostContext"
        Connect-KubeFed -KubeConfig $KubeConfig -Context $HostContext -KubeFedNamespace $KubeFedNamespace | Show-Table
    }

    $controller = "/apis/apps/v1/namespaces/$KubeFedNamespace/deployments/kubefed-controller-manager"

    Write-Step 'Examine it: what is there, and what stands in the way'
    $findings = @(Test-KubeFed)
    $findings | Show-Table
    Get-KubeFedCluster | Show-Table
    Get-KubeFedType | Show-Table
    $before = @(Get-FederatedResource)
    $before | Show-Table
    $errors = @($findings | Where-Object Severity -EQ 'Error')
    if ($errors) {
        throw "KubeFed's federation has $($errors.Count) errors. Follow the remedies above first: what is broken now would be broken afterwards."
    }

    if (-not $PSCmdlet.ShouldProcess("federation $KubeFedNamespace", 'Stop the KubeFed controller and take over')) {
        Write-Step 'What an installation and enabling the types again would write'
        Install-KubeFed -WhatIf
        Get-KubeFedType | Enable-KubeFedType -WhatIf
        Write-Step 'What a sync would do'
        Get-Plan $before
        return
    }

    Write-Step 'Stop the controller: two writers would undo each other'
    if ($findings.Check -contains 'ControllerRunning') {
        Invoke-KubeFedRequest $controller -Method Patch -Body @{ spec = @{ replicas = 0 } } -Confirm:$false | Out-Null
    }

    Assert-True ((Test-KubeFed -HostOnly).Check -notcontains 'ControllerRunning') 'no KubeFed controller runs'

    Write-Step 'Complete the installation; the configuration keeps its values'
    $adopt = (Get-KubeFedConfig).AdoptResources
    Install-KubeFed -Confirm:$false | Show-Table
    Assert-True ((Get-KubeFedConfig).AdoptResources -eq $adopt) 'the configuration is as it was'

    Write-Step 'Enable every type again: the federated kinds get room for messages and versions'
    $types = @(Get-KubeFedType | Where-Object Propagation -EQ 'Enabled')
    $types | Enable-KubeFedType -Confirm:$false | Show-Table
    Assert-True (@(Get-FederatedResource).Count -eq $before.Count) 'all federated resources are there'

    Write-Step 'See the plan: what KubeFed recorded is believed, so no copy need be sent again'
    Get-Plan $before
    $sends = @($plan | Where-Object Action -NE 'None')
    if ($play) {
        Assert-True ($plan.Count -eq 9 -and -not $sends) 'nine copies are as they should be, none is to be written'
    }
    elseif ($sends -and -not $PSCmdlet.ShouldContinue("$($sends.Count) copies differ from what is declared and would be written.", 'Go on?')) {
        return
    }

    Write-Step 'Sync: the record moves into the status of each resource'
    $results = @(Invoke-KubeFedSync)
    if ($play) {
        Assert-True ($results.Count -eq 9 -and -not ($results | Where-Object Written)) 'no member was written to'
        Assert-True ((Get-Owner member1) -contains 'controller-manager') 'the copies still belong to KubeFed''s controller'
    }

    Assert-True (-not (Get-FederatedResource | Where-Object Status -NE 'Propagated')) 'every resource is propagated'
    Assert-True (-not (Invoke-KubeFedSync | Where-Object Written)) 'a second sync finds nothing to do'

    if ($play) {
        Write-Step 'Change a resource: one field differs, one is no longer declared; and a member added one of its own'
        $path = '/api/v1/namespaces/shop/configmaps/settings'
        Invoke-KubeFedRequest $path -Method Patch -Body @{ data = @{ local = 'mine' } } -Cluster member2 | Out-Null
        Set-FederatedResource configmaps settings -Namespace shop -Template @{ data = @{ colour = 'red' } }
        $results = @(Invoke-KubeFedSync)
        $results | Where-Object Action -NE 'None' | Show-Table
        Assert-True (@($results | Where-Object Written).Count -eq 3) 'three copies were written, and no other'
        $copies = @(Get-FederatedObject configmaps settings -Namespace shop)
        Assert-True (-not ($copies | Where-Object { $_.Raw.data.colour -ne 'red' })) 'all three say red'
        Assert-True (-not ($copies | Where-Object { $_.Raw.data.PSObject.Properties['size'] })) 'the field that is no longer declared is gone'
        Assert-True (($copies | Where-Object Cluster -EQ member2).Raw.data.local -eq 'mine') 'what the member added stays'
        Assert-True (-not (@('member1', 'member2', 'member3') | Where-Object { (Get-Owner $_) -contains 'controller-manager' })) `
            'KubeFed''s controller owns nothing in them any more'
    }

    if ($RemovePropagatedVersion) {
        Write-Step 'Delete the PropagatedVersions: nothing reads them any more'
        $versions = foreach ($plural in 'propagatedversions', 'clusterpropagatedversions') {
            Invoke-KubeFedRequest "/apis/core.kubefed.io/v1alpha1/$plural"
        }
        foreach ($version in $versions) {
            $place = $version.metadata.PSObject.Properties['namespace']
            $path = $place ? "namespaces/$($place.Value)/propagatedversions" : 'clusterpropagatedversions'
            Invoke-KubeFedRequest "/apis/core.kubefed.io/v1alpha1/$path/$($version.metadata.name)" -Method Delete -Confirm:$false | Out-Null
        }

        Assert-True (-not (Invoke-KubeFedSync | Where-Object Written)) 'a sync without them finds nothing to do either'
    }

    Write-Step 'Examine it again'
    $left = @(Test-KubeFed -Severity Error, Warning)
    $left | Show-Table
    Assert-True (-not ($left | Where-Object Check -In 'ControllerRunning', 'StatusWithoutMessages')) 'nothing is left of what the take-over was to change'
    Write-Host ''
    Write-Host "The host is taken over, in $($script:step) steps." -ForegroundColor Green
}
finally {
    if ($sandbox) {
        $sandbox | Stop-KubeFedSandbox -WhatIf:$false
    }
}
