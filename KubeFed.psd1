@{
    # Paths point into out/, which a build fills; the copy staged there has them relative to itself.
    RootModule             = 'out/KubeFed/KubeFed.PowerShell.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = '5d6a0c3e-8f2b-4b0e-9d1c-6f0b7c7a3c51'
    Author                 = 'The KubeFed for PowerShell authors'
    CompanyName            = 'KubeFed for PowerShell'
    Copyright              = 'Copyright The KubeFed for PowerShell authors. Apache-2.0.'
    Description            = 'Kubernetes federation from PowerShell: declare a resource once on a host cluster and make it true, with the differences you ask for, on every member cluster. Speaks the APIs of KubeFed.'
    PowerShellVersion      = '7.6'
    CompatiblePSEditions   = @('Core')
    FormatsToProcess       = @('out/KubeFed/KubeFed.Format.ps1xml')
    CmdletsToExport        = @(
        'Add-FederatedOverride'
        'Compare-FederatedResource'
        'Connect-KubeFed'
        'ConvertTo-FederatedResource'
        'ConvertTo-KubeFedYaml'
        'Disable-KubeFedType'
        'Disconnect-KubeFed'
        'Enable-KubeFedType'
        'Get-FederatedObject'
        'Get-FederatedOverride'
        'Get-FederatedResource'
        'Get-KubeFedCluster'
        'Get-KubeFedConfig'
        'Get-KubeFedController'
        'Get-KubeFedSandbox'
        'Get-KubeFedSession'
        'Get-KubeFedType'
        'Get-ReplicaSchedulingPlan'
        'Get-ReplicaSchedulingPreference'
        'Install-KubeFed'
        'Invoke-KubeFedRequest'
        'Invoke-KubeFedSync'
        'Join-KubeFedCluster'
        'New-FederatedResource'
        'Remove-FederatedOverride'
        'Remove-FederatedResource'
        'Remove-KubeFedCluster'
        'Remove-ReplicaSchedulingPreference'
        'Resume-KubeFedCluster'
        'Set-FederatedResource'
        'Set-KubeFedCluster'
        'Set-KubeFedConfig'
        'Set-ReplicaSchedulingPreference'
        'Start-KubeFedController'
        'Start-KubeFedSandbox'
        'Stop-KubeFedController'
        'Stop-KubeFedSandbox'
        'Suspend-KubeFedCluster'
        'Test-FederatedResource'
        'Test-KubeFed'
        'Test-KubeFedCluster'
        'Uninstall-KubeFed'
        'Wait-FederatedResource'
        'Wait-KubeFedCluster'
    )
    FunctionsToExport      = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags         = @('Kubernetes', 'KubeFed', 'Federation', 'MultiCluster', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://www.apache.org/licenses/LICENSE-2.0'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
