BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # A module of someone else's that carries a SharpYaml of its own.
    $other = Join-Path $TestDrive 'Other'
    New-Item -ItemType Directory -Path $other | Out-Null
    $yaml = @'
[assembly: System.Reflection.AssemblyVersion("99.0.0.0")]
namespace SharpYaml { public static class Foreign { public static string Name => "another SharpYaml"; } }
'@
    $cmdlet = @'
using System.Management.Automation;
[Cmdlet("Get", "OtherYaml")]
public class GetOtherYaml : PSCmdlet
{
    protected override void ProcessRecord() => WriteObject(SharpYaml.Foreign.Name + " " + typeof(SharpYaml.Foreign).Assembly.GetName().Version);
}
'@
    # Add-Type names its assemblies at random; a clash needs the very name, so the compiler is asked directly.
    Invoke-Fresh @"
Add-Type -AssemblyName Microsoft.CodeAnalysis, Microsoft.CodeAnalysis.CSharp
function Build(`$name, `$source, `$references) {
    `$all = @(Get-ChildItem `$PSHOME/ref/*.dll | ForEach-Object FullName) + `$references
    `$compilation = [Microsoft.CodeAnalysis.CSharp.CSharpCompilation]::Create(`$name,
        [Microsoft.CodeAnalysis.SyntaxTree[]]@([Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree]::ParseText(`$source)),
        [Microsoft.CodeAnalysis.MetadataReference[]]@(`$all | ForEach-Object { [Microsoft.CodeAnalysis.MetadataReference]::CreateFromFile(`$_) }),
        [Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions]::new([Microsoft.CodeAnalysis.OutputKind]::DynamicallyLinkedLibrary))
    `$result = [Microsoft.CodeAnalysis.FileSystemExtensions]::Emit(`$compilation, "$other/`$name.dll", [NullString]::Value, [NullString]::Value, [NullString]::Value, `$null, [Threading.CancellationToken]::None)
    `$result.Diagnostics | Where-Object Severity -EQ Error
}
Build SharpYaml @'
$yaml
'@ @()
Build Other @'
$cmdlet
'@ @("$other/SharpYaml.dll", [psobject].Assembly.Location)
"@ | Write-Host
    Test-Path "$other/Other.dll" | Should -BeTrue

    $use = @'
$sandbox = Start-KubeFedSandbox -Member 1
$text = "apiVersion: v1`nkind: ConfigMap`nmetadata: { name: a }"
$body = Invoke-KubeFedRequest /api/v1/namespaces/default/configmaps -Method Post -Body $text
"ours: $($body.metadata.name)"
'@
}

Describe 'Another module with another SharpYaml' {
    It 'loads beside this one, whichever comes first: <first>' -ForEach @(@{ first = 'ours' }, @{ first = 'theirs' }) {
        $ours = "Import-Module '$ModulePath' -ErrorAction Stop`n$use"
        $theirs = "Import-Module '$other/Other.dll' -ErrorAction Stop`n'theirs: ' + (Get-OtherYaml)"
        $script = if ($first -eq 'ours') { "$ours`n$theirs" } else { "$theirs`n$ours" }

        $output = Invoke-Fresh $script

        $output | Should -Contain 'ours: a'
        $output | Should -Contain 'theirs: another SharpYaml 99.0.0.0'
    }
}

Describe 'Importing the module' {
    It 'loads nothing but the cmdlets into the default context, and the rest into its own when first needed' {
        $output = Invoke-Fresh @"
Import-Module '$ModulePath' -ErrorAction Stop
function Show(`$when) { [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -match '^(KubeFed|SharpYaml|Polly)' } |
    ForEach-Object { "`$when `$(`$_.GetName().Name) `$([System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext(`$_).Name)" } }
Show before
`$null = Start-KubeFedSandbox -Member 1
Show after
"@
        $output | Where-Object { $_ -like 'before*' } | Should -Be 'before KubeFed.PowerShell Default'
        $output | Should -Contain 'after KubeFed.Engine KubeFed'
        $output | Should -Contain 'after SharpYaml KubeFed'
        $output | Where-Object { $_ -like 'after * Default' } | Should -Be 'after KubeFed.PowerShell Default'
    }

    It 'takes less than 400 ms' {
        # Other work on the machine is not what is measured: the best of five counts.
        $best = [double]::MaxValue
        for ($try = 0; $try -lt 5 -and $best -ge 400; $try++) {
            $best = [math]::Min($best, [double](Invoke-Fresh "(Measure-Command { Import-Module '$ModulePath' -ErrorAction Stop }).TotalMilliseconds"))
        }

        $best | Should -BeLessThan 400
    }

    It 'can be done again after removing it, and finds its sandbox again' {
        Invoke-Fresh @"
Import-Module '$ModulePath'
`$sandbox = Start-KubeFedSandbox -Member 1
Remove-Module KubeFed
Import-Module '$ModulePath' -Force
(Connect-KubeFed -KubeConfig `$sandbox.KubeConfig).Name
"@ | Should -Be 'host'
    }
}

Describe 'The public types' {
    It 'can be named in scripts' {
        [KubeFed.SyncResult].FullName | Should -Be 'KubeFed.SyncResult'
        [KubeFed.Age]::Format([timespan]::FromHours(100)) | Should -Be '4d4h'
    }
}
