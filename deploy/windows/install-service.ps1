#Requires -Version 5.1
#Requires -RunAsAdministrator
<#
.SYNOPSIS
Installs RvpServer as a Windows service, or brings an installed one up to date.

.DESCRIPTION
The service runs under its own virtual account (NT SERVICE\RvpServer), which has no password and no rights but those given here:
to read the configuration and to write its data. Run "dotnet publish src/RvpServer -c Release -r win-x64 --self-contained false -o PROGRAM"
before, and "rvpserver.exe config check --config CONFIGURATION" to see whether the configuration is right.

.EXAMPLE
.\install-service.ps1 -Program "C:\Program Files\RvpServer" -Configuration C:\ProgramData\RvpServer\appsettings.json
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The folder that holds rvpserver.exe.
    [string] $Program = (Join-Path $env:ProgramFiles 'RvpServer'),

    # The configuration file. *File keys in it are relative to its folder.
    [string] $Configuration = (Join-Path $env:ProgramData 'RvpServer\appsettings.json'),

    # Where the store lies.
    [string] $Data = (Join-Path $env:ProgramData 'RvpServer\data'),

    # The port in "Urls", which the firewall lets in.
    [ValidateRange(1, 65535)]
    [int] $Port = 80
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$name = 'RvpServer'
$account = "NT SERVICE\$name"

function Invoke-Native([string] $File, [string[]] $Arguments) {
    & $File @Arguments | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "$File $($Arguments -join ' ') ended with exit code $LASTEXITCODE" }
}

$executable = Join-Path $Program 'rvpserver.exe'
foreach ($file in $executable, $Configuration) {
    if (-not (Test-Path -LiteralPath $file -PathType Leaf)) { throw "$file is missing" }
}

# Their permissions are replaced below: nothing else may live in these folders.
$Data = [IO.Path]::GetFullPath($Data)
$Configuration = [IO.Path]::GetFullPath($Configuration)
foreach ($folder in $Data, (Split-Path -Parent $Configuration)) {
    if (-not (Split-Path -Parent $folder)) { throw "$folder is a whole drive: use a folder of the server's own" }
}

if (-not $PSCmdlet.ShouldProcess($name, 'Install service')) { return }

$commandLine = "`"$executable`" run --config `"$Configuration`""
if (Get-Service -Name $name -ErrorAction SilentlyContinue) {
    Stop-Service -Name $name
    # Not "sc.exe config binPath=": PowerShell 5.1 and 7 pass quotation marks to programs in different ways.
    $change = Get-CimInstance Win32_Service -Filter "Name='$name'" | Invoke-CimMethod -MethodName Change -Arguments @{ PathName = $commandLine }
    if ($change.ReturnValue -ne 0) { throw "The service's command line could not be changed: Win32_Service.Change returned $($change.ReturnValue)" }
} else {
    New-Service -Name $name -DisplayName 'RvpServer' -StartupType Automatic -BinaryPathName $commandLine `
        -Description 'Presence and instant messaging by RVP' | Out-Null
}

# New-Service asks for a password with every account, and a virtual account has none.
Invoke-Native sc.exe @('config', $name, 'obj=', $account)
# Restart after 2 s, after 10 s, then every minute; the count starts anew after a day.
Invoke-Native sc.exe @('failure', $name, 'reset=', '86400', 'actions=', 'restart/2000/restart/10000/restart/60000')
Invoke-Native sc.exe @('failureflag', $name, '1')
Set-ItemProperty -LiteralPath "HKLM:\SYSTEM\CurrentControlSet\Services\$name" -Name Environment -Type MultiString `
    -Value @("Rvp__DataDirectory=$Data", "Rvp__ProtocolLog__Directory=$(Join-Path $Data 'logs')")

# Secrets lie beside the configuration: administrators, the system and the service, nobody else.
New-Item -ItemType Directory -Path $Data -Force | Out-Null
Invoke-Native icacls.exe @((Split-Path -Parent $Configuration), '/inheritance:r', '/grant:r',
    '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-18:(OI)(CI)F', "${account}:(OI)(CI)RX")
Invoke-Native icacls.exe @($Data, '/inheritance:r', '/grant:r',
    '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-18:(OI)(CI)F', "${account}:(OI)(CI)M")

Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue | Remove-NetFirewallRule
New-NetFirewallRule -Name $name -DisplayName 'RvpServer' -Direction Inbound -Action Allow -Protocol TCP -LocalPort $Port `
    -Program $executable | Out-Null

Start-Service -Name $name
Get-Service -Name $name
