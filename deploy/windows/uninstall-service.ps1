#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Removes the RvpServer service and its firewall rule. The program, the configuration and the data stay where they are.
#>
[CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$name = 'RvpServer'

if (-not $PSCmdlet.ShouldProcess($name, 'Remove service')) { return }

Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue | Remove-NetFirewallRule
if (Get-Service -Name $name -ErrorAction SilentlyContinue) {
    Stop-Service -Name $name
    # Remove-Service is not there in PowerShell 5.1.
    & sc.exe delete $name | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "sc.exe delete $name ended with exit code $LASTEXITCODE" }
}
