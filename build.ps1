#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packages. Thin over dotnet, Pester and platyPS.
.DESCRIPTION
    Build       the solution; the module is staged in out/KubeFed
    Test        everything: dotnet test, which runs the Pester suite too
    Help        en-US/*-Help.xml from docs/cmdlets (needs Microsoft.PowerShell.PlatyPS 1.0)
    Package     a Release build of the module in out/package/KubeFed/<version> and a zip of it
    Quickstart  examples/quickstart.ps1 on the sandbox
.EXAMPLE
    ./build.ps1
.EXAMPLE
    ./build.ps1 -Task Build, Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Help', 'Package', 'Quickstart')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3.0
$PSNativeCommandUseErrorActionPreference = $true
Set-Location $PSScriptRoot

function Invoke-BuildTask { dotnet build KubeFed.PowerShell.sln --configuration $Configuration --nologo -clp:ErrorsOnly }

function Invoke-TestTask { dotnet test KubeFed.PowerShell.sln --configuration $Configuration --nologo }

function Invoke-HelpTask {
    Import-Module Microsoft.PowerShell.PlatyPS -MinimumVersion 1.0
    $maml = Join-Path ([System.IO.Path]::GetTempPath()) "kubefed-help-$([guid]::NewGuid())"
    $commands = Get-ChildItem docs/cmdlets/*.md | Import-MarkdownCommandHelp
    Export-MamlCommandHelp -CommandHelp $commands -OutputFolder $maml -Force | Out-Null
    Copy-Item (Join-Path $maml KubeFed KubeFed.PowerShell.dll-Help.xml) en-US/
    Remove-Item -Recurse $maml
}

function Invoke-PackageTask {
    $version = (Import-PowerShellDataFile KubeFed.psd1).ModuleVersion
    $folder = Join-Path $PSScriptRoot out package KubeFed $version
    if (Test-Path $folder) {
        Remove-Item -Recurse $folder
    }

    dotnet build src/KubeFed.PowerShell --configuration Release --nologo -clp:ErrorsOnly "-p:ModuleStage=$folder/"
    Remove-Item (Join-Path $folder *.pdb)
    Copy-Item LICENSE, README.md, CHANGELOG.md $folder -ErrorAction Ignore
    Test-ModuleManifest (Join-Path $folder KubeFed.psd1) | Out-Null
    $zip = Join-Path $PSScriptRoot out "KubeFed-$version.zip"
    Compress-Archive -Path (Join-Path $PSScriptRoot out package KubeFed) -DestinationPath $zip -Force
    Get-Item $zip
}

function Invoke-QuickstartTask { & (Join-Path $PSScriptRoot examples quickstart.ps1) }

foreach ($name in $Task) {
    & "Invoke-${name}Task"
}
