#requires -Version 7.6
<#
.SYNOPSIS
    Makes a sandbox look as KubeFed v0.10 leaves a federation: its definitions, configuration, clusters, types, resources and versions on the host, and in
    the members the copies its controller wrote.
.DESCRIPTION
    Nothing here uses this module's own federation: every object is written with plain requests, as kubefedctl and the controller-manager wrote them, under
    the field manager that the controller's binary gave them. Run it on an empty sandbox that is the default session.
.EXAMPLE
    $sandbox = Start-KubeFedSandbox -Member 3; ./examples/takeover/New-LegacyHost.ps1 -KubeConfig $sandbox.KubeConfig -Member $sandbox.Members
#>
[CmdletBinding()]
param(
    # Kubeconfig contexts of the clusters that joined.
    [Parameter(Mandatory)]
    [string[]] $Member,

    [Parameter(Mandatory)]
    [string] $KubeConfig
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3.0
$system = 'kube-federation-system'
$controller = 'controller-manager'

$paths = @{
    Namespace                = '/api/v1/namespaces'
    CustomResourceDefinition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    KubeFedConfig            = "/apis/core.kubefed.io/v1beta1/namespaces/$system/kubefedconfigs"
    FederatedTypeConfig      = "/apis/core.kubefed.io/v1beta1/namespaces/$system/federatedtypeconfigs"
    KubeFedCluster           = "/apis/core.kubefed.io/v1beta1/namespaces/$system/kubefedclusters"
    Deployment               = "/apis/apps/v1/namespaces/$system/deployments"
}

function Send([string] $Path, [string] $Method, $Body, [string] $Context, [string] $Manager = $controller) {
    $where = if ($Context) { @{ KubeConfig = $KubeConfig; Context = $Context } } else { @{} }
    Invoke-KubeFedRequest $Path -Method $Method -Body $Body -FieldManager $Manager @where -Confirm:$false
}

# A status goes through its own door, after the object.
function New-Stored([string] $Path, $Object) {
    $stored = Send $Path Post $Object
    if ($Object['status']) {
        $stored = Send "$Path/$($stored.metadata.name)/status" Patch @{ status = $Object['status'] }
    }

    $stored
}

# The JSON that KubeFed hashed: keys in order, nothing between them, a line feed at the end.
function ConvertTo-Canonical($Value) {
    if ($Value -is [System.Collections.IDictionary]) {
        $members = foreach ($key in $Value.Keys | Sort-Object -CaseSensitive) { (ConvertTo-Json $key) + ':' + (ConvertTo-Canonical $Value[$key]) }
        return '{' + ($members -join ',') + '}'
    }

    if ($Value -is [System.Collections.IList]) {
        return '[' + (@($Value | ForEach-Object { ConvertTo-Canonical $_ }) -join ',') + ']'
    }

    ConvertTo-Json $Value -Compress
}

function Get-Hash([string] $Json) {
    [Convert]::ToHexString([System.Security.Cryptography.MD5]::HashData([System.Text.Encoding]::UTF8.GetBytes("$Json`n"))).ToLowerInvariant()
}

$overridesAbsent = '{"overrides":null}'

# The control plane, as the chart installs it.
foreach ($text in (Get-Content -Raw (Join-Path $PSScriptRoot 'kubefed-v0.10.yaml')) -split '(?m)^---\r?\n') {
    $kind = [regex]::Match($text, '(?m)^kind: (\S+)').Groups[1].Value
    $stored = Send $paths[$kind] Post $text -Manager helm
    if ($text -match '(?m)^status: ') {
        Send "$($paths[$kind])/$($stored.metadata.name)/status" Patch @{ status = @{ observedGeneration = 1; propagationController = 'Running' } } | Out-Null
    }
}

# The clusters, as kubefedctl joins them.
foreach ($cluster in $Member) {
    $account = "$cluster-host"
    $secret = @{
        kind     = 'Secret'
        metadata = @{ name = $account; annotations = @{ 'kubernetes.io/service-account.name' = $account } }
        type     = 'kubernetes.io/service-account-token'
    }
    $role = "kubefed-controller-manager:$account"
    $subject = @{ kind = 'ServiceAccount'; name = $account; namespace = $system }
    $rules = @(@{ apiGroups = @('*'); resources = @('*'); verbs = @('*') }, @{ nonResourceURLs = @('*'); verbs = @('get') })
    $rbac = '/apis/rbac.authorization.k8s.io/v1'
    $reference = @{ apiGroup = 'rbac.authorization.k8s.io'; kind = 'ClusterRole'; name = $role }
    Send /api/v1/namespaces Post @{ kind = 'Namespace'; metadata = @{ name = $system } } $cluster kubefedctl | Out-Null
    Send "/api/v1/namespaces/$system/serviceaccounts" Post @{ kind = 'ServiceAccount'; metadata = @{ name = $account } } $cluster kubefedctl | Out-Null
    Send "/api/v1/namespaces/$system/secrets" Post $secret $cluster kubefedctl | Out-Null
    Send "$rbac/clusterroles" Post @{ kind = 'ClusterRole'; metadata = @{ name = $role }; rules = $rules } $cluster kubefedctl | Out-Null
    Send "$rbac/clusterrolebindings" Post @{ kind = 'ClusterRoleBinding'; metadata = @{ name = $role }; roleRef = $reference; subjects = @($subject) } $cluster kubefedctl | Out-Null
    do {
        $filled = Invoke-KubeFedRequest "/api/v1/namespaces/$system/secrets/$account" -KubeConfig $KubeConfig -Context $cluster
    } until ($filled.PSObject.Properties['data'])

    $kept = Send "/api/v1/namespaces/$system/secrets" Post @{ kind = 'Secret'; metadata = @{ generateName = "$cluster-" }; data = @{ token = $filled.data.token } }
    $now = [datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
    New-Stored $paths.KubeFedCluster @{
        kind     = 'KubeFedCluster'
        metadata = @{ name = $cluster }
        spec     = @{ apiEndpoint = "http://$cluster.sandbox.invalid"; secretRef = @{ name = $kept.metadata.name }; proxyURL = '' }
        status   = @{
            conditions        = @(@{
                    type               = 'Ready'
                    status             = 'True'
                    reason             = 'ClusterReady'
                    message            = '/healthz responded with ok'
                    lastProbeTime      = $now
                    lastTransitionTime = $now
                })
            kubernetesVersion = 'v1.31.0'
        }
    } | Out-Null
}

# The resources, and what the controller made of them: copies by POST, a finalizer, a status, and a PropagatedVersion each.
function Add-Federated([string] $Kind, [string] $Plural, [string] $Api, [string] $Name, [hashtable] $Template, [hashtable] $Override = @{}) {
    $path = "/apis/types.kubefed.io/v1beta1/namespaces/shop/federated$Plural"
    $overrides = @($Override.Keys | ForEach-Object { [ordered]@{ clusterName = $_; clusterOverrides = @($Override[$_]) } })
    $spec = @{ template = $Template; placement = @{ clusterSelector = @{ matchLabels = @{} } } }
    if ($overrides) {
        $spec.overrides = $overrides
    }

    $metadata = @{ name = $Name; finalizers = @('kubefed.io/sync-controller') }
    $stored = Send $path Post @{ kind = "Federated$Kind"; metadata = $metadata; spec = $spec } -Manager kubectl
    $versions = foreach ($cluster in $Member) {
        $copy = ConvertFrom-Json (ConvertTo-Json $Template -Depth 20) -AsHashtable
        $copy.kind = $Kind
        $copy.metadata = @{ name = $Name; labels = @{ 'kubefed.io/managed' = 'true' } }
        if ($Override[$cluster]) {
            $parent = $copy
            $segments = $Override[$cluster].path.Trim('/') -split '/'
            $segments | Select-Object -SkipLast 1 | ForEach-Object { $parent = $parent[$_] }
            $parent[$segments[-1]] = $Override[$cluster].value
        }

        $written = Send $Api Post $copy $cluster
        $generation = $written.metadata.PSObject.Properties['generation']
        @{ clusterName = $cluster; version = $generation ? "gen:$($generation.Value)" : "rv:$($written.metadata.resourceVersion)" }
    }

    $now = [datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
    Send "$path/$Name/status" Patch @{
        status = @{
            observedGeneration = 1
            clusters           = @($Member | ForEach-Object { @{ name = $_ } })
            conditions         = @(@{ type = 'Propagation'; status = 'True'; lastUpdateTime = $now; lastTransitionTime = $now })
        }
    } | Out-Null
    $owner = @{ apiVersion = 'types.kubefed.io/v1beta1'; kind = "Federated$Kind"; name = $Name; uid = $stored.metadata.uid }
    New-Stored '/apis/core.kubefed.io/v1alpha1/namespaces/shop/propagatedversions' @{
        kind     = 'PropagatedVersion'
        metadata = @{ name = "$($Kind.ToLowerInvariant())-$Name"; ownerReferences = @($owner) }
        status   = @{
            templateVersion  = Get-Hash (ConvertTo-Canonical $Template)
            overridesVersion = Get-Hash ($overrides ? '{"overrides":' + (ConvertTo-Json @($overrides) -Depth 20 -Compress) + '}' : $overridesAbsent)
            clusterVersions  = @($versions | Sort-Object { $_.clusterName })
        }
    } | Out-Null
}

Send /api/v1/namespaces Post @{ kind = 'Namespace'; metadata = @{ name = 'shop' } } -Manager kubectl | Out-Null
Add-Federated Namespace namespaces /api/v1/namespaces shop @{}
Add-Federated ConfigMap configmaps /api/v1/namespaces/shop/configmaps settings @{ data = @{ colour = 'blue'; size = 'large' } }
Add-Federated Deployment deployments /apis/apps/v1/namespaces/shop/deployments web @{
    spec = @{
        replicas = 2
        selector = @{ matchLabels = @{ app = 'web' } }
        template = @{ metadata = @{ labels = @{ app = 'web' } }; spec = @{ containers = @(@{ name = 'web'; image = 'web:1' }) } }
    }
} @{ $Member[-1] = [ordered]@{ path = '/spec/replicas'; value = 5 } }
