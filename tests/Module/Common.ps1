# Dot-sourced by every suite. The module under test is the staged one, or the one KUBEFED_MODULE names.
$script:RepositoryRoot = (Resolve-Path (Join-Path $PSScriptRoot '..' '..')).Path
$script:ModulePath = if ($env:KUBEFED_MODULE) { $env:KUBEFED_MODULE } else { Join-Path $script:RepositoryRoot 'out' 'KubeFed' 'KubeFed.psd1' }
# Starts another PowerShell like this one; one that is a dotnet tool is a library that dotnet runs.
$script:Pwsh = (Get-Process -Id $PID).Path
$script:PwshLibrary = @(if ((Split-Path -LeafBase $script:Pwsh) -eq 'dotnet') { Join-Path $PSHOME 'pwsh.dll' })
Import-Module $script:ModulePath

# A sandbox with a control plane, three members and the types of the story, connected to as the default session.
function Start-TestFederation([string] $Name = 'test', [string[]] $Type = @('namespaces', 'configmaps', 'deployments.apps')) {
    $sandbox = Start-KubeFedSandbox -Member 3 -Name $Name
    Install-KubeFed | Out-Null
    $sandbox.Members | Join-KubeFedCluster -Label @{ env = 'test' } | Out-Null
    Enable-KubeFedType -Name $Type | Out-Null
    Invoke-KubeFedRequest /api/v1/namespaces/demo -Method Apply -Body @{ kind = 'Namespace' } | Out-Null
    ConvertTo-FederatedResource namespaces demo -Create | Out-Null
    $sandbox
}

# The FullyQualifiedErrorId's own half, before the command's class name.
function Get-ErrorId($ErrorRecord) { ($ErrorRecord.FullyQualifiedErrorId -split ',')[0] }

# What a script block throws; fails when it throws nothing.
function Get-Thrown([scriptblock] $Block) {
    try { $null = & $Block } catch { return $_ }
    throw 'Nothing was thrown.'
}

# The requests a script block sends that change something, as the verbose stream tells them. A review is a question in the form of a POST.
function Get-Write([scriptblock] $Block) {
    @(& $Block 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] -and $_.Message -match ': (POST|PUT|PATCH|DELETE) ' -and
            $_.Message -notmatch 'dryRun=All|/selfsubject(access|rules)reviews ' } | ForEach-Object Message)
}

# Runs a script in a fresh process, where nothing is loaded yet; returns its output.
function Invoke-Fresh([string] $Script) {
    $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
    Set-Content -Path $file -Value $Script
    & $script:Pwsh @script:PwshLibrary -NoProfile -NonInteractive -File $file 2>&1
}

# A kubeconfig with one context, named cluster.
function New-TestKubeConfig([string] $Server, [string] $CertificateAuthority, [string] $Name = 'cluster') {
    $file = Join-Path $TestDrive "$([guid]::NewGuid()).kubeconfig"
    $authority = if ($CertificateAuthority) { "    certificate-authority-data: $CertificateAuthority" }
    Set-Content -Path $file -Value @"
apiVersion: v1
kind: Config
current-context: $Name
clusters:
- name: $Name
  cluster:
    server: $Server
$authority
contexts:
- name: $Name
  context: { cluster: $Name, user: $Name }
users:
- name: $Name
  user: { token: secret-token-value }
"@
    $file
}
