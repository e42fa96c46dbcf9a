<#
.SYNOPSIS
Lets the connector's identity write to the mailboxes that it archives chats in, and to no others.

.DESCRIPTION
Exchange Online's Role Based Access Control for Applications: a pointer to the identity's service principal, a management scope, and
the role "Application Mail.ReadWrite" within that scope. It can be repeated; what is as it has to be is left alone. -WhatIf tells what it
would do.

Changes work after 30 minutes to 2 hours, since Exchange keeps an app's permissions that long. Test-ServicePrincipalAuthorization, which
-Check uses, sees them at once. Permissions in Entra add to these: with Mail.ReadWrite there, the identity reaches all mailboxes whatever
the scope says. "npm run register -- --check" looks for that, and this script too where Connect-MgGraph was called before.

Needs the module ExchangeOnlineManagement, Connect-ExchangeOnline, and a member of the role group Organization Management (the Entra role
Exchange Administrator is enough).

.PARAMETER Name
The deployment's output functionAppName: scope and role assignment are named after it.

.PARAMETER ClientId
The deployment's output identityClientId.

.PARAMETER PrincipalId
The deployment's output identityPrincipalId.

.PARAMETER Group
The mailboxes are the direct members of this group; members of groups in it are not. A mail-enabled security group is the usual choice.

.PARAMETER Filter
The mailboxes are those that fit this OPATH filter, such as "CustomAttribute7 -eq 'ICE'".

.PARAMETER AdministrativeUnit
The mailboxes are the members of this Entra administrative unit (its object id).

.PARAMETER InScope
With -Check: mailboxes that the identity has to reach.

.PARAMETER OutOfScope
With -Check: mailboxes that it must not reach. Name at least one: a scope that is too wide shows in nothing else.

.PARAMETER Check
Changes nothing, and fails when something is not as it has to be.

.PARAMETER Undo
Removes the role assignment, the scope, and the pointer if nothing else uses it.

.EXAMPLE
./infra/access/ExchangeAccess.ps1 -Name func-icechat-prod-abc123 -ClientId 1111... -PrincipalId 2222... -Group ice-chat-mailboxes@bank.example

.EXAMPLE
./infra/access/ExchangeAccess.ps1 -Name func-icechat-prod-abc123 -ClientId 1111... -PrincipalId 2222... -Group ice-chat-mailboxes@bank.example -Check -InScope trader@bank.example -OutOfScope ceo@bank.example

.LINK
https://learn.microsoft.com/exchange/permissions-exo/application-rbac
#>
[CmdletBinding(SupportsShouldProcess, DefaultParameterSetName = 'None')]
param(
    [Parameter(Mandatory)] [ValidateLength(2, 40)] [string] $Name,
    [Parameter(Mandatory)] [guid] $ClientId,
    [Parameter(Mandatory)] [guid] $PrincipalId,
    [Parameter(Mandatory, ParameterSetName = 'Group')] [string] $Group,
    [Parameter(Mandatory, ParameterSetName = 'Filter')] [string] $Filter,
    [Parameter(Mandatory, ParameterSetName = 'AdministrativeUnit')] [guid] $AdministrativeUnit,
    [string[]] $InScope = @(),
    [string[]] $OutOfScope = @(),
    [switch] $Check,
    [switch] $Undo
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$role = 'Application Mail.ReadWrite'
# Exchange allows 64 characters.
$ourName = "ICE Chat archive ($Name)"
$graphAppId = '00000003-0000-0000-c000-000000000000'
$shell = $PSCmdlet
$problems = [System.Collections.Generic.List[string]]::new()

function Assert-Ready {
    if (-not (Get-Command -Name New-ServicePrincipal -ErrorAction Ignore)) {
        throw 'Call Connect-ExchangeOnline first (Install-Module ExchangeOnlineManagement), as a member of Organization Management.'
    }
    if ($Check -and $Undo) { throw 'Either -Check or -Undo.' }
    if (-not $Undo -and $shell.ParameterSetName -eq 'None') {
        throw 'Say which mailboxes: -Group, -Filter or -AdministrativeUnit. Without a scope the identity would reach all of them.'
    }
}

# Exchange's Get cmdlets answer with everything when there is nothing of the name asked for. So all is read, and looked through here.
function Find-Pointer {
    Get-ServicePrincipal | Where-Object { "$($_.AppId)" -eq "$ClientId" }
}

function Find-Scope {
    Get-ManagementScope | Where-Object { $_.Name -eq $ourName }
}

function Find-Assignment {
    Get-ManagementRoleAssignment -Role $role | Where-Object { $_.Name -eq $ourName }
}

function Get-WantedFilter {
    if ($shell.ParameterSetName -ne 'Group') { return $Filter }
    $found = @(Get-Group -Identity $Group)
    if ($found.Count -ne 1) { throw "There are $($found.Count) groups called $Group; name one by its address." }
    $name = $found[0].DistinguishedName.Replace("'", "''")
    "MemberOfGroup -eq '$name'"
}

# As Exchange may hand a filter back: with brackets around it and other spaces.
function ConvertTo-PlainFilter([string] $Text) {
    $plain = ($Text -replace '\s+', ' ').Trim()
    while ($plain -match '^\((?<inside>[^()]*)\)$') { $plain = $Matches.inside.Trim() }
    $plain
}

function Write-Part([string] $Part, [string] $State) {
    [pscustomobject] @{ Part = $Part; State = $State }
}

function Add-Problem([string] $Part, [string] $Text) {
    $problems.Add("${Part}: $Text")
    Write-Part $Part $Text
}

# Makes one part, or says in -Check that it is missing.
function Set-Part([string] $Part, [string] $Wrong, [scriptblock] $Make) {
    if ($Wrong -eq '') { return Write-Part $Part 'is as it has to be' }
    if ($Check) { return Add-Problem $Part $Wrong }
    if (-not $shell.ShouldProcess($ourName, "${Part}: $Wrong; put it right")) { return Write-Part $Part "$Wrong; would be put right" }
    & $Make | Out-Null
    Write-Part $Part 'put right'
}

function Set-Pointer {
    $found = Find-Pointer
    if ($found -and "$($found.ObjectId)" -ne "$PrincipalId") {
        throw "Exchange knows the client id $ClientId with another object id, $($found.ObjectId). Look at identityPrincipalId; it is the enterprise application's, not an app registration's."
    }
    Set-Part 'service principal' $(if ($found) { '' } else { 'is not known to Exchange' }) {
        New-ServicePrincipal -AppId "$ClientId" -ObjectId "$PrincipalId" -DisplayName $ourName -Confirm:$false
    }
}

function Set-Scope([string] $Wanted) {
    if ($shell.ParameterSetName -eq 'AdministrativeUnit') { return }
    $found = Find-Scope
    if (-not $found) {
        return Set-Part 'scope' 'is not there' {
            New-ManagementScope -Name $ourName -RecipientRestrictionFilter $Wanted -Confirm:$false
        }
    }
    $isSame = (ConvertTo-PlainFilter "$($found.RecipientFilter)") -eq (ConvertTo-PlainFilter $Wanted)
    Set-Part 'scope' $(if ($isSame) { '' } else { "has another filter: $($found.RecipientFilter)" }) {
        Set-ManagementScope -Identity $ourName -RecipientRestrictionFilter $Wanted -Confirm:$false
    }
}

function Get-AssignmentFault($Found) {
    if (-not $Found) { return 'is not there' }
    if (-not $Found.Enabled) { return 'is switched off' }
    $scope, $wanted = if ($shell.ParameterSetName -eq 'AdministrativeUnit') {
        "$($Found.RecipientAdministrativeUnitScope)", "$AdministrativeUnit"
    } else {
        "$($Found.CustomResourceScope)", $ourName
    }
    if ($scope -ne $wanted) { return "has another scope: '$scope'" }
    ''
}

function Set-Assignment {
    $found = Find-Assignment
    Set-Part 'role' (Get-AssignmentFault $found) {
        if ($found) { Remove-ManagementRoleAssignment -Identity $ourName -Confirm:$false }
        $scope = if ($shell.ParameterSetName -eq 'AdministrativeUnit') {
            @{ RecipientAdministrativeUnitScope = "$AdministrativeUnit" }
        } else {
            @{ CustomResourceScope = $ourName }
        }
        New-ManagementRoleAssignment -Name $ourName -Role $role -App "$PrincipalId" @scope -Confirm:$false
    }
}

# Everything that Exchange gives the identity, and nothing beside ours.
function Test-Grants {
    if (-not (Find-Pointer)) { return }
    $ours = if ($shell.ParameterSetName -eq 'AdministrativeUnit') { "$AdministrativeUnit" } else { $ourName }
    foreach ($grant in @(Test-ServicePrincipalAuthorization -Identity "$PrincipalId")) {
        if ($grant.RoleName -eq $role -and "$($grant.AllowedResourceScope)" -eq $ours) { continue }
        $text = "the identity also has $($grant.RoleName) for $($grant.AllowedResourceScope) ($($grant.ScopeType))"
        if ($Check) { Add-Problem 'other roles' $text } else { $shell.WriteWarning($text) }
    }
}

function Test-Mailbox([string] $Mailbox, [bool] $IsWanted) {
    $granted = @(Test-ServicePrincipalAuthorization -Identity "$PrincipalId" -Resource $Mailbox | Where-Object { "$($_.InScope)" -eq 'True' })
    $canWrite = @($granted | Where-Object { $_.RoleName -eq $role }).Count -gt 0
    if ($IsWanted -and -not $canWrite) { return Add-Problem "mailbox $Mailbox" 'has to be in scope, and is not' }
    if (-not $IsWanted -and $granted.Count -gt 0) { return Add-Problem "mailbox $Mailbox" 'must not be in scope, and is' }
    Write-Part "mailbox $Mailbox" $(if ($IsWanted) { 'is in scope' } else { 'is out of scope' })
}

# Entra's permissions count for all mailboxes, beside Exchange's.
function Test-EntraGrants {
    if (-not (Get-Command -Name Get-MgServicePrincipalAppRoleAssignment -ErrorAction Ignore)) {
        return $shell.WriteWarning('Entra was not looked at: "npm run register -- --check" tells whether the identity has Mail permissions there, which would make the scope worthless.')
    }
    $graph = Get-MgServicePrincipal -Filter "appId eq '$graphAppId'"
    foreach ($grant in @(Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId "$PrincipalId" -All)) {
        $name = @($graph.AppRoles | Where-Object { "$($_.Id)" -eq "$($grant.AppRoleId)" }).ForEach({ $_.Value }) -join ''
        if ($name -notlike 'Mail*' -and "$($grant.ResourceDisplayName)" -notlike '*Exchange*') { continue }
        $text = "the identity has $name ($($grant.ResourceDisplayName)) for all mailboxes in Entra: take it away there, or the scope is worth nothing"
        if ($Check) { Add-Problem 'Entra' $text } else { $shell.WriteWarning($text) }
    }
}

function Remove-Part([string] $Part, $Found, [scriptblock] $Remove) {
    if (-not $Found) { return Write-Part $Part 'is not there' }
    if (-not $shell.ShouldProcess($ourName, "remove the $Part")) { return Write-Part $Part 'would be removed' }
    & $Remove | Out-Null
    Write-Part $Part 'removed'
}

function Undo-All {
    Remove-Part 'role' (Find-Assignment) { Remove-ManagementRoleAssignment -Identity $ourName -Confirm:$false }
    Remove-Part 'scope' (Find-Scope) { Remove-ManagementScope -Identity $ourName -Confirm:$false }
    $pointer = Find-Pointer
    # Without the role above; with -WhatIf that one is still there.
    $others = @(if ($pointer -and -not (Find-Assignment)) { Test-ServicePrincipalAuthorization -Identity "$PrincipalId" })
    if ($others.Count -gt 0) {
        return Write-Part 'service principal' "stays: $($others.Count) other roles use it"
    }
    Remove-Part 'service principal' $pointer { Remove-ServicePrincipal -Identity "$PrincipalId" -Confirm:$false }
}

Assert-Ready
if ($Undo) { return Undo-All }
# A group that is not there has to show before anything is changed.
$wantedFilter = Get-WantedFilter
Set-Pointer
Set-Scope $wantedFilter
Set-Assignment
Test-Grants
Test-EntraGrants
if (-not $Check) { return $shell.WriteWarning('It works after 30 minutes to 2 hours; then run it with -Check, -InScope and -OutOfScope.') }
foreach ($mailbox in $InScope) { Test-Mailbox $mailbox $true }
foreach ($mailbox in $OutOfScope) { Test-Mailbox $mailbox $false }
if ($OutOfScope.Count -eq 0) { $shell.WriteWarning('Name a mailbox with -OutOfScope: a scope that is too wide shows in nothing else.') }
if ($problems.Count -gt 0) { throw "Not as it has to be: $($problems -join '; ')" }
