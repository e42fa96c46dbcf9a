metadata description = 'The vault that holds the connectors\' secrets: read and written by the app\'s identity, by nobody else without a role.'

import { Names } from '../names.bicep'

param names Names
param location string
param tags object
param workspaceId string
param appSubnetId string
param hasPrivateEndpoints bool

@description('Public addresses or ranges of admins who put secrets in by hand.')
param allowedAddresses string[]

@minValue(7)
@maxValue(90)
@description('How long a deleted secret, or the deleted vault, can be brought back. It cannot be changed later.')
param softDeleteInDays int

@description('True to bring back a vault of this name that was deleted and cannot be purged yet.')
param isRecovered bool

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: names.vault
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    createMode: isRecovered ? 'recover' : 'default'
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    softDeleteRetentionInDays: softDeleteInDays
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: hasPrivateEndpoints && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'None'
      virtualNetworkRules: hasPrivateEndpoints ? [] : [{ id: appSubnetId }]
      ipRules: map(allowedAddresses, address => { value: address })
    }
  }
}

resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = vault.id
output name string = vault.name
output uri string = 'https://${vault.name}${environment().suffixes.keyvaultDns}'
