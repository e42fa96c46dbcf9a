targetScope = 'subscription'

metadata description = 'The resource group and everything in it in one deployment: for azd, and for whoever has rights on the whole subscription. The parameters are those of main.bicep; a test keeps them so.'

import { Settings } from 'settings.bicep'

@minLength(2)
@maxLength(10)
@description('What the names of all resources begin with. Letters and digits.')
param workload string = 'icechat'

@minLength(2)
@maxLength(30)
@description('Which environment this is, e.g. dev or prod. Only its letters and digits count. Several may stand in one subscription, or in one resource group.')
param environmentName string

@description('Name of the resource group, which is made if it is not there.')
param resourceGroupName string = 'rg-${workload}-${environmentName}'

@description('Region. It has to have Flex Consumption: az functionapp list-flexconsumption-locations')
param location string

@description('Tags of every resource, besides workload and environment.')
param tags object = {}

@description('Client id of the app registration that people sign in with; empty until it is there, and then nobody gets in.')
param signInClientId string = ''

@description('Who gets alerts and the budget\'s warnings.')
param alertEmails string[]

@description('Rules of alerts.yaml that are switched off here, by name.')
param mutedAlerts string[] = []

@minValue(1)
@maxValue(240)
@description('A connector that gets no new file for so long raises an alert. Saturdays and Sundays (UTC) do not count; a daily drop that may be hours late fits the default.')
param noDropAfterHours int = 36

@allowed([512, 2048, 4096])
@description('Memory of an instance. 2048 is enough for drops of any size; 512 for ten thousand items a day (docs/cost.md).')
param instanceMemoryInMb int = 2048

@minValue(1)
@maxValue(40)
@description('Most instances at a time.')
param maximumInstances int = 40

@minValue(1)
@maxValue(10)
@description('Instances that always wait for blob events.')
param alwaysReadyBlobInstances int = 1

@description('Whether the app\'s instances are spread over availability zones.')
param isZoneRedundant bool = false

@description('Settings of the app that differ from their defaults.')
param settings Settings = {}

@description('Address range of the network, a /24 or larger. Choose one that the firm\'s network does not use if they are ever to be joined.')
param addressPrefix string = '10.60.0.0/24'

@description('Availability zones of the outbound address; empty where the region has none.')
param outboundZones string[] = ['1', '2', '3']

@description('Storage and vault by private endpoints only, instead of service endpoints.')
param hasPrivateEndpoints bool = false

@description('Private DNS zones that exist already, by service; the others are made here.')
param privateDnsZoneIds { blob: string?, queue: string?, vault: string? } = {}

@description('Public addresses or ranges from which admins reach storage and vault themselves.')
param adminAddresses string[] = []

@description('Public addresses or ranges from which the admin\'s page is reached; empty for everywhere.')
param portalAddresses string[] = []

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_RAGRS', 'Standard_GZRS', 'Standard_RAGZRS'])
@description('How many copies storage keeps, and where.')
param storageSku string = 'Standard_ZRS'

@description('off: for development. unlocked: evidence, ledger and audit are immutable, and the policies can be taken back. locked: they were locked by hand.')
param immutability 'off' | 'unlocked' | 'locked'

@minValue(1)
@maxValue(146000)
@description('For how long they are immutable. 2557 days are seven years.')
param retentionInDays int = 2557

@minValue(7)
@maxValue(90)
@description('How long deleted secrets can be brought back. Fixed when the vault is made.')
param vaultSoftDeleteInDays int = 90

@description('True for one deployment, to bring back a deleted vault.')
param isVaultRecovered bool = false

@minValue(30)
@maxValue(730)
@description('How long logs are kept.')
param logRetentionInDays int = 90

@description('Gigabytes of logs a day after which the rest is dropped; -1 for no limit.')
param dailyLogLimitInGb int = -1

@description('Whether reads of blobs are logged: who looked at what.')
param logsReads bool = true

@description('Locks against deletion on storage, vault and the outbound address.')
param hasLocks bool = false

@description('A monthly budget: amount, and the first day of the month it begins with (yyyy-mm-01).')
param budget { amount: int, startDate: string }?

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: resourceGroupName
  location: location
  // azd finds its environments by the last of these tags.
  tags: union(tags, { workload: workload, environment: environmentName, 'azd-env-name': environmentName })
}

module main 'main.bicep' = {
  name: '${workload}-${environmentName}'
  scope: group
  params: {
    workload: workload
    environmentName: environmentName
    location: location
    tags: tags
    signInClientId: signInClientId
    alertEmails: alertEmails
    mutedAlerts: mutedAlerts
    noDropAfterHours: noDropAfterHours
    instanceMemoryInMb: instanceMemoryInMb
    maximumInstances: maximumInstances
    alwaysReadyBlobInstances: alwaysReadyBlobInstances
    isZoneRedundant: isZoneRedundant
    settings: settings
    addressPrefix: addressPrefix
    outboundZones: outboundZones
    hasPrivateEndpoints: hasPrivateEndpoints
    privateDnsZoneIds: privateDnsZoneIds
    adminAddresses: adminAddresses
    portalAddresses: portalAddresses
    storageSku: storageSku
    immutability: immutability
    retentionInDays: retentionInDays
    vaultSoftDeleteInDays: vaultSoftDeleteInDays
    isVaultRecovered: isVaultRecovered
    logRetentionInDays: logRetentionInDays
    dailyLogLimitInGb: dailyLogLimitInGb
    logsReads: logsReads
    hasLocks: hasLocks
    budget: budget
  }
}

output resourceGroupName string = group.name
output outboundIp string = main.outputs.outboundIp
output functionAppName string = main.outputs.functionAppName
output portalUrl string = main.outputs.portalUrl
output vaultName string = main.outputs.vaultName
output storageAccountName string = main.outputs.storageAccountName
output identityClientId string = main.outputs.identityClientId
output identityPrincipalId string = main.outputs.identityPrincipalId
output workbookId string = main.outputs.workbookId
