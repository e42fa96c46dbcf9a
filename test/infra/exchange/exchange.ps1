# Stand-ins for the cmdlets of ExchangeOnlineManagement that ExchangeAccess.ps1 calls: the same names and parameters, with a state.
# As Exchange does, a Get cmdlet answers with everything where nothing has the name asked for, a filter comes back in brackets, and a
# second object of the same name is refused.

Set-StrictMode -Version 3.0

function Reset-Exchange {
    $global:exchange = @{
        pointers    = @([pscustomobject] @{ AppId = 'another app'; ObjectId = 'other'; DisplayName = 'Somebody else' })
        scopes      = @([pscustomobject] @{ Name = 'Somebody else'; RecipientFilter = "(Title -eq 'CEO')" })
        assignments = @([pscustomobject] @{ Name = 'Somebody else'; Role = 'Application Mail.Read'; App = 'other'; CustomResourceScope = 'Somebody else'; RecipientAdministrativeUnitScope = ''; Enabled = $true })
        groups      = @{
            'traders@bank.example' = "CN=Traders O'Hara,OU=bank,DC=example"
            'twice'                = @('CN=A,DC=example', 'CN=B,DC=example')
        }
        mailboxes   = @{
            'trader@bank.example' = @{ MemberOfGroup = "CN=Traders O'Hara,OU=bank,DC=example"; CustomAttribute7 = 'ICE'; unit = '00000000-0000-4000-8000-00000000000a' }
            'ceo@bank.example'    = @{ MemberOfGroup = ''; CustomAttribute7 = ''; unit = '' }
        }
        changes     = 0
    }
}

function Select-ByIdentity($All, [string] $Identity, [scriptblock] $Names) {
    $found = @($All | Where-Object { @(& $Names $_) -contains $Identity })
    if ($Identity -eq '' -or $found.Count -eq 0) { return $All }
    $found
}

function New-ServicePrincipal {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [string] $AppId, [Parameter(Mandatory)] [string] $ObjectId, [string] $DisplayName)
    if (@($exchange.pointers | Where-Object { $_.AppId -eq $AppId }).Count -gt 0) { throw "The service principal $AppId already exists." }
    $global:exchange.pointers += [pscustomobject] @{ AppId = $AppId; ObjectId = $ObjectId; DisplayName = $DisplayName }
    $global:exchange.changes++
}

function Get-ServicePrincipal {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Identity)
    Select-ByIdentity $exchange.pointers $Identity { $args[0].AppId, $args[0].ObjectId, $args[0].DisplayName }
}

function Remove-ServicePrincipal {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param([Parameter(Mandatory, Position = 0)] [string] $Identity)
    $global:exchange.pointers = @($exchange.pointers | Where-Object { $_.ObjectId -ne $Identity -and $_.AppId -ne $Identity })
    $global:exchange.changes++
}

function New-ManagementScope {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory, Position = 0)] [ValidateLength(1, 64)] [string] $Name, [Parameter(Mandatory)] [string] $RecipientRestrictionFilter, [switch] $Exclusive)
    if (@($exchange.scopes | Where-Object { $_.Name -eq $Name }).Count -gt 0) { throw "The scope $Name already exists." }
    $global:exchange.scopes += [pscustomobject] @{ Name = $Name; RecipientFilter = "($RecipientRestrictionFilter)" }
    $global:exchange.changes++
}

function Get-ManagementScope {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Identity)
    Select-ByIdentity $exchange.scopes $Identity { $args[0].Name }
}

function Set-ManagementScope {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory, Position = 0)] [string] $Identity, [string] $RecipientRestrictionFilter)
    foreach ($scope in $exchange.scopes) { if ($scope.Name -eq $Identity) { $scope.RecipientFilter = "($RecipientRestrictionFilter)" } }
    $global:exchange.changes++
}

function Remove-ManagementScope {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param([Parameter(Mandatory, Position = 0)] [string] $Identity)
    if (@($exchange.assignments | Where-Object { $_.CustomResourceScope -eq $Identity }).Count -gt 0) { throw "The scope $Identity is used by a role assignment." }
    $global:exchange.scopes = @($exchange.scopes | Where-Object { $_.Name -ne $Identity })
    $global:exchange.changes++
}

function New-ManagementRoleAssignment {
    [CmdletBinding(SupportsShouldProcess)]
    param(
        [Parameter(Position = 0)] [ValidateLength(1, 64)] [string] $Name,
        [Parameter(Mandatory)] [string] $Role,
        [Parameter(Mandatory, ParameterSetName = 'App')] [string] $App,
        [Parameter(ParameterSetName = 'App')] [string] $CustomResourceScope = '',
        [string] $RecipientAdministrativeUnitScope = ''
    )
    if (@($exchange.pointers | Where-Object { $_.ObjectId -eq $App }).Count -eq 0) { throw "The service principal $App was not found." }
    if ($CustomResourceScope -ne '' -and @($exchange.scopes | Where-Object { $_.Name -eq $CustomResourceScope }).Count -eq 0) { throw "The scope $CustomResourceScope was not found." }
    if (@($exchange.assignments | Where-Object { $_.Name -eq $Name }).Count -gt 0) { throw "The role assignment $Name already exists." }
    $global:exchange.assignments += [pscustomobject] @{ Name = $Name; Role = $Role; App = $App; CustomResourceScope = $CustomResourceScope; RecipientAdministrativeUnitScope = $RecipientAdministrativeUnitScope; Enabled = $true }
    $global:exchange.changes++
}

function Get-ManagementRoleAssignment {
    [CmdletBinding(DefaultParameterSetName = 'Identity')]
    param([Parameter(Position = 0, ParameterSetName = 'Identity')] [string] $Identity, [Parameter(ParameterSetName = 'RoleAssignee')] [string] $Role)
    if ($Role) { return $exchange.assignments | Where-Object { $_.Role -eq $Role } }
    Select-ByIdentity $exchange.assignments $Identity { $args[0].Name }
}

function Remove-ManagementRoleAssignment {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param([Parameter(Mandatory, Position = 0)] [string] $Identity)
    $global:exchange.assignments = @($exchange.assignments | Where-Object { $_.Name -ne $Identity })
    $global:exchange.changes++
}

function Get-Group {
    [CmdletBinding()]
    param([Parameter(Mandatory, Position = 0)] [string] $Identity)
    if (-not $exchange.groups.ContainsKey($Identity)) { throw "The group $Identity was not found." }
    foreach ($name in $exchange.groups[$Identity]) { [pscustomobject] @{ DistinguishedName = $name } }
}

function Test-ServicePrincipalAuthorization {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory, Position = 0)] [string] $Identity, [string] $Resource = '')
    foreach ($one in @($exchange.assignments | Where-Object { $_.App -eq $Identity -and $_.Enabled })) {
        $scope, $type = if ($one.CustomResourceScope) { $one.CustomResourceScope, 'CustomRecipientScope' } elseif ($one.RecipientAdministrativeUnitScope) { $one.RecipientAdministrativeUnitScope, 'AdministrativeUnit' } else { 'Organization', 'Organization' }
        [pscustomobject] @{
            RoleName = $one.Role; GrantedPermissions = $one.Role -replace 'Application ', ''
            AllowedResourceScope = $scope; ScopeType = $type
            InScope = if ($Resource -eq '') { 'Not Run' } else { "$(Test-InScope $one $exchange.mailboxes[$Resource])" }
        }
    }
}

function Test-InScope($Assignment, $Mailbox) {
    if ($Assignment.RecipientAdministrativeUnitScope) { return $Mailbox.unit -eq $Assignment.RecipientAdministrativeUnitScope }
    if (-not $Assignment.CustomResourceScope) { return $true }
    $filter = @($exchange.scopes | Where-Object { $_.Name -eq $Assignment.CustomResourceScope })[0].RecipientFilter
    if ($filter -notmatch "^\(*(?<property>\w+) -eq '(?<value>([^']|'')*)'\)*$") { throw "The filter cannot be read: $filter" }
    $Mailbox[$Matches.property] -eq $Matches.value.Replace("''", "'")
}

# Runs one step and tells what came out: its parts, what it threw, how many changes it made.
function Step([string] $Title, [scriptblock] $Action) {
    $before = $exchange.changes
    $thrown = ''
    $warnings = @()
    $parts = @()
    try { $parts = @(& $Action 3>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.WarningRecord]) { $warnings += "$_" } else { $_ } }) } catch { $thrown = "$_" }
    [pscustomobject] @{
        Title = $Title; Changes = $exchange.changes - $before; Thrown = $thrown; Warnings = $warnings -join "`n"
        Parts = ($parts | ForEach-Object { "$($_.Part): $($_.State)" }) -join "`n"
    }
}

Reset-Exchange
