# What ExchangeAccess.ps1 is put through. $folder and $script are set by the test.
. "$folder/exchange.ps1"

$us = @{ Name = 'func-icechat-prod-abc123'; ClientId = '00000000-0000-4000-8000-000000000004'; PrincipalId = '00000000-0000-4000-8000-000000000003' }
$group = @{ Group = 'traders@bank.example' }
$mailboxes = @{ InScope = 'trader@bank.example'; OutOfScope = 'ceo@bank.example' }

Step 'no scope' { & $script @us }
Step 'two groups of that name' { & $script @us -Group twice }
Step 'what if' { & $script @us @group -WhatIf }
Step 'check before' { & $script @us @group -Check @mailboxes }
Step 'first' { & $script @us @group }
Step 'second' { & $script @us @group }
Step 'check' { & $script @us @group -Check @mailboxes }
Step 'check without a mailbox out of scope' { & $script @us @group -Check }
Step 'check the wrong way round' { & $script @us @group -Check -InScope ceo@bank.example -OutOfScope trader@bank.example }
Step 'another object id' { & $script -Name $us.Name -ClientId $us.ClientId -PrincipalId '00000000-0000-4000-8000-000000000009' @group }

foreach ($tampering in @(
        @{ Title = 'wider filter'; Change = { ($exchange.scopes | Where-Object { $_.Name -like 'ICE*' }).RecipientFilter = "(CustomAttribute7 -eq '')" } }
        @{ Title = 'no scope on the role'; Change = { ($exchange.assignments | Where-Object { $_.Name -like 'ICE*' }).CustomResourceScope = '' } }
        @{ Title = 'role switched off'; Change = { ($exchange.assignments | Where-Object { $_.Name -like 'ICE*' }).Enabled = $false } }
        @{ Title = 'role gone'; Change = { $exchange.assignments = @($exchange.assignments | Where-Object { $_.Name -notlike 'ICE*' }) } }
        @{ Title = 'pointer gone'; Change = { $exchange.pointers = @($exchange.pointers | Where-Object { $_.ObjectId -eq 'other' }) } }
    )) {
    & $tampering.Change
    Step "check: $($tampering.Title)" { & $script @us @group -Check @mailboxes }
    Step "again: $($tampering.Title)" { & $script @us @group }
    Step "check after: $($tampering.Title)" { & $script @us @group -Check @mailboxes }
}

New-ManagementRoleAssignment -Name 'by somebody' -Role 'Application Mail.ReadWrite' -App $us.PrincipalId
Step 'check: a role for everybody' { & $script @us @group -Check @mailboxes }
Step 'undo beside another role' { & $script @us -Undo }
Remove-ManagementRoleAssignment -Identity 'by somebody' -Confirm:$false
Step 'undo what if' { & $script @us -Undo -WhatIf }
Step 'undo' { & $script @us -Undo }
Step 'undo again' { & $script @us -Undo }
[pscustomobject] @{ Title = 'left'; Scopes = $exchange.scopes.Name -join ','; Assignments = $exchange.assignments.Name -join ','; Pointers = $exchange.pointers.DisplayName -join ',' }

$filter = @{ Filter = "CustomAttribute7 -eq 'ICE'" }
Step 'filter' { & $script @us @filter }
Step 'filter: check' { & $script @us @filter -Check @mailboxes }
Step 'other filter' { & $script @us @group }
Reset-Exchange
$unit = @{ AdministrativeUnit = '00000000-0000-4000-8000-00000000000a' }
Step 'unit' { & $script @us @unit }
Step 'unit: second' { & $script @us @unit }
Step 'unit: check' { & $script @us @unit -Check @mailboxes }
Step 'unit: undo' { & $script @us -Undo }

function Get-MgServicePrincipal { param($Filter) [pscustomobject] @{ AppRoles = @([pscustomobject] @{ Id = '1'; Value = 'User.Read.All' }, [pscustomobject] @{ Id = '2'; Value = 'Mail.ReadWrite' }) } }
function Get-MgServicePrincipalAppRoleAssignment { param($ServicePrincipalId, [switch] $All) foreach ($id in $granted) { [pscustomobject] @{ AppRoleId = $id; ResourceDisplayName = 'Microsoft Graph' } } }
$granted = @('1')
Step 'Entra: nothing too much' { & $script @us @group }
Step 'Entra: check' { & $script @us @group -Check @mailboxes }
$granted = @('1', '2')
Step 'Entra: mail' { & $script @us @group }
Step 'Entra: check mail' { & $script @us @group -Check @mailboxes }
