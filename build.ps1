#requires -Version 7.4
<#
.SYNOPSIS
    Builds, tests and packages. Thin over dotnet and platyPS.
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
    $help = [xml](Get-Content -Raw (Join-Path $maml KubeFed KubeFed.PowerShell.dll-Help.xml))
    Remove-Item -Recurse $maml
    Repair-Help $help
    $settings = [System.Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = [System.Text.UTF8Encoding]::new($false) }
    $writer = [System.Xml.XmlWriter]::Create((Join-Path $PSScriptRoot en-US KubeFed.PowerShell.dll-Help.xml), $settings)
    try {
        $help.Save($writer)
        $writer.WriteRaw("`n")
    }
    finally {
        $writer.Dispose()
    }
}

# platyPS leaves an example's code in its introduction, fences and all, and keeps the line ends of the source; Get-Help wants code as code, and wraps itself.
function Repair-Help([xml] $Help) {
    $fence = '^```\w*\r?\n([\s\S]*?)\r?\n```$'
    foreach ($example in $Help.GetElementsByTagName('command:example')) {
        $code = $example['dev:code']
        $remarks = $example['dev:remarks']
        foreach ($paragraph in @($example['maml:introduction'].ChildNodes)) {
            if ($paragraph.InnerText -match $fence) {
                $code.InnerText = $Matches[1]
                $null = $paragraph.ParentNode.RemoveChild($paragraph)
            }
            elseif ($paragraph.InnerText.Trim([char]0x80, ' ')) {
                $null = $remarks.AppendChild($paragraph)
            }
            else {
                $null = $paragraph.ParentNode.RemoveChild($paragraph)
            }
        }
    }

    # PowerShell takes an address for one it can open, and fails at "Get-Help -Online" where it can't; the name alone is what a reader needs.
    foreach ($link in @($Help.GetElementsByTagName('maml:navigationLink'))) {
        $address = $link['maml:uri']
        if ($address.InnerText -notmatch '^https?://') {
            $address.IsEmpty = $true
        }

        if ($link['maml:linkText'].InnerText -eq 'Online Version' -and -not $address.InnerText) {
            $null = $link.ParentNode.RemoveChild($link)
        }
    }

    foreach ($paragraph in @($Help.GetElementsByTagName('maml:para'))) {
        foreach ($text in $paragraph.InnerText -split '\r?\n\s*\r?\n') {
            $part = $paragraph.CloneNode($false)
            $part.InnerText = ($text -replace '\s*\r?\n\s*', ' ') -replace '`([^`]+)`', '$1'
            $null = $paragraph.ParentNode.InsertBefore($part, $paragraph)
        }

        $null = $paragraph.ParentNode.RemoveChild($paragraph)
    }
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
