global using System.Management.Automation;
global using KubeFed.PowerShell.Completion;
global using KubeFed.PowerShell.Input;
global using KubeFed.PowerShell.Mapping;
global using KubeFed.PowerShell.Running;
global using KubeFed.PowerShell.Sessions;
