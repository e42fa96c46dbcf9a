metadata description = 'Everything that one environment of the connector needs, in one resource group. docs/deploy.md says how to deploy it.'

import { toNames, toToken } from 'names.bicep'
import { Settings } from 'settings.bicep'

@minLength(2)
@maxLength(10)
@description('What the names of all resources begin with. Letters and digits.')
param workload string = 'icechat'

@minLength(2)
@maxLength(30)
@description('Which environment this is, e.g. dev or prod. Only its letters and digits count. Several may stand in one subscription, or in one resource group.')
param environmentName string

@description('Region. It has to have Flex Consumption: az functionapp list-flexconsumption-locations')
param location string = resourceGroup().location

@minLength(4)
@maxLength(6)
@description('Makes the names of storage, vault and app unique in all of Azure. Set it only when the usual one is taken.')
param token string = toToken(resourceGroup().id, workload, environmentName)

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

var names = toNames(workload, environmentName, token)
var allTags = union(tags, { workload: workload, environment: environmentName })

module monitoring 'modules/monitoring.bicep' = {
  name: '${names.prefix}-monitoring'
  params: {
    names: names
    location: location
    tags: allTags
    retentionInDays: logRetentionInDays
    dailyLimitInGb: dailyLogLimitInGb
  }
}

module network 'modules/network.bicep' = {
  name: '${names.prefix}-network'
  params: {
    names: names
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    addressPrefix: addressPrefix
    zones: outboundZones
    hasPrivateEndpoints: hasPrivateEndpoints
  }
}

module storage 'modules/storage.bicep' = {
  name: '${names.prefix}-storage'
  params: {
    names: names
    location: location
    tags: allTags
    appSubnetId: network.outputs.appSubnetId
    sku: storageSku
    hasPrivateEndpoints: hasPrivateEndpoints
    allowedAddresses: adminAddresses
    immutability: immutability
    retentionInDays: retentionInDays
  }
}

module storageLogs 'modules/storage-logs.bicep' = {
  name: '${names.prefix}-storage-logs'
  params: {
    names: names
    workspaceId: monitoring.outputs.workspaceId
    logsReads: logsReads
  }
  dependsOn: [storage]
}

module vault 'modules/vault.bicep' = {
  name: '${names.prefix}-vault'
  params: {
    names: names
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    appSubnetId: network.outputs.appSubnetId
    hasPrivateEndpoints: hasPrivateEndpoints
    allowedAddresses: adminAddresses
    softDeleteInDays: vaultSoftDeleteInDays
    isRecovered: isVaultRecovered
  }
}

module privateEndpoints 'modules/private-endpoints.bicep' = if (hasPrivateEndpoints) {
  name: '${names.prefix}-private-endpoints'
  params: {
    prefix: names.prefix
    location: location
    tags: allTags
    networkId: network.outputs.networkId
    subnetId: network.outputs.endpointSubnetId
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    zoneIds: privateDnsZoneIds
  }
}

module identity 'modules/identity.bicep' = {
  name: '${names.prefix}-identity'
  params: {
    names: names
    location: location
    tags: allTags
  }
  // What the roles are given on. Named and not handed over, so that what-if can tell the roles before anything is there.
  dependsOn: [monitoring, storage, vault]
}

module app 'modules/function-app.bicep' = {
  name: '${names.prefix}-app'
  params: {
    names: names
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    appSubnetId: network.outputs.appSubnetId
    outboundIp: network.outputs.outboundIp
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    blobUri: storage.outputs.blobUri
    queueUri: storage.outputs.queueUri
    packageContainerUri: storage.outputs.packageContainerUri
    vaultUri: vault.outputs.uri
    telemetryConnectionString: monitoring.outputs.connectionString
    instanceMemoryInMb: instanceMemoryInMb
    maximumInstances: maximumInstances
    alwaysReadyBlobInstances: alwaysReadyBlobInstances
    isZoneRedundant: isZoneRedundant
    portalAddresses: portalAddresses
    settings: settings
  }
  // With private endpoints the app finds storage and vault only once their names lead into the network.
  dependsOn: [privateEndpoints]
}

module signIn 'modules/sign-in.bicep' = {
  name: '${names.prefix}-sign-in'
  params: {
    names: names
    clientId: signInClientId
  }
  dependsOn: [app]
}

module alerts 'modules/alerts.bicep' = {
  name: '${names.prefix}-alerts'
  params: {
    names: names
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    natGatewayId: network.outputs.natGatewayId
    emails: alertEmails
    mutedRules: mutedAlerts
    noDropAfterHours: noDropAfterHours
  }
}

module workbook 'modules/workbook.bicep' = {
  name: '${names.prefix}-workbook'
  params: {
    names: names
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module spending 'modules/budget.bicep' = if (budget != null) {
  name: '${names.prefix}-budget'
  params: {
    name: 'budget-${names.prefix}'
    amount: budget!.amount
    startDate: budget!.startDate
    emails: alertEmails
  }
}

module locks 'modules/locks.bicep' = if (hasLocks) {
  name: '${names.prefix}-locks'
  params: {
    names: names
  }
  // Last: a lock also keeps this deployment from replacing what it has to replace.
  dependsOn: [network, storage, vault, app, signIn]
}

@description('The address that ICE allow-lists.')
output outboundIp string = network.outputs.outboundIp
@description('Name for: func azure functionapp publish <name> --no-build')
output functionAppName string = app.outputs.name
@description('The admin\'s page; its redirect address is this plus /.auth/login/aad/callback')
output portalUrl string = 'https://${app.outputs.hostName}'
output vaultName string = vault.outputs.name
output storageAccountName string = storage.outputs.name
@description('The identity that Exchange and Entra give their permissions to.')
output identityClientId string = identity.outputs.clientId
output identityPrincipalId string = identity.outputs.principalId
output workbookId string = workbook.outputs.id
