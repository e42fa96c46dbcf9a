metadata description = 'The one identity of the app, and everything it may do. A test lists these roles and fails when there is one more.'

import { Names } from '../names.bicep'

param names Names
param location string
param tags object

var roles = {
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  keyVaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: names.identity
  location: location
  tags: tags
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: names.storageAccount

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource hosts 'containers' existing = {
      name: 'azure-webjobs-hosts'
    }

    resource secrets 'containers' existing = {
      name: 'azure-webjobs-secrets'
    }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: names.vault
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.applicationInsights
}

// Reads and writes every container of the account. On the account and not container by container, because the functions host lists
// and makes containers. Contributor and not Owner, because Owner may also take back a policy that is not locked yet: the app
// must not be able to make its evidence deletable.
resource blobRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, roles.blobDataContributor)
  scope: storage
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The functions host keeps its locks, timers and blob receipts there: Owner is the role that Azure's documents ask for.
resource hostLocksRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage::blobs::hosts.id, identity.id, roles.blobDataOwner)
  scope: storage::blobs::hosts
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataOwner)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The functions host keeps its keys there, the one of the event webhook among them.
resource hostKeysRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage::blobs::secrets.id, identity.id, roles.blobDataOwner)
  scope: storage::blobs::secrets
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataOwner)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Sends, takes and deletes messages. On the account, because the host makes the blob trigger's own queue, whose name it chooses.
resource queueRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, identity.id, roles.queueDataContributor)
  scope: storage
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueDataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Reads the connectors' secrets and writes those it makes (SSH and PGP keys). On the vault: secrets get their names at run time.
resource vaultRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, roles.keyVaultSecretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsOfficer)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Sends telemetry: Application Insights takes no keys.
resource telemetryRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(applicationInsights.id, identity.id, roles.monitoringMetricsPublisher)
  scope: applicationInsights
  properties: {
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.monitoringMetricsPublisher
    )
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
