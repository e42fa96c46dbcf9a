metadata description = 'The function app on Flex Consumption, its settings and who may call it from where.'

import { Names } from '../names.bicep'
import { Settings, settingDefaults } from '../settings.bicep'

param names Names
param location string
param tags object
param workspaceId string
param appSubnetId string
param outboundIp string
param identityId string
param identityClientId string
param blobUri string
param queueUri string
param packageContainerUri string
param vaultUri string
param telemetryConnectionString string

@allowed([512, 2048, 4096])
param instanceMemoryInMb int

@minValue(1)
@maxValue(40)
@description('Most instances at a time. 40 keep the app far below what Microsoft Graph takes of one app: instances x batch (4) x lanes (3).')
param maximumInstances int

@minValue(1)
@maxValue(10)
@description('Instances that always wait for blob events. An Event Grid blob trigger needs one.')
param alwaysReadyBlobInstances int

param isZoneRedundant bool

@description('Public addresses or ranges from which the admin\'s page is reached; empty for everywhere. Sign-in is asked for in any case.')
param portalAddresses string[]

param settings Settings

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: names.plan
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: isZoneRedundant
  }
}

var graphEndpoints = {
  AzureCloud: 'https://graph.microsoft.com'
  AzureUSGovernment: 'https://graph.microsoft.us'
  AzureChinaCloud: 'https://microsoftgraph.chinacloudapi.cn'
}
var authority = environment().authentication.loginEndpoint

// What the platform and the identity library read. Everything else is known to shared/config/settings.ts.
var platformSettings = {
  // Flex Consumption is said to set it by itself; apps without it have been seen to load no function
  // (github.com/Azure/azure-functions-host/issues/10714).
  FUNCTIONS_EXTENSION_VERSION: '~4'
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AZURE_CLIENT_ID: identityClientId
  // So that DefaultAzureCredential tries nothing but the managed identity.
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
  APPLICATIONINSIGHTS_CONNECTION_STRING: telemetryConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // Sign-in proves the app to Entra with its identity instead of a secret (modules/sign-in.bicep).
  OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identityClientId
  languageWorkers__node__arguments: '--enable-source-maps --max-semi-space-size=8 --max-old-space-size=384'
  // glibc gives each thread a heap of its own, of which little comes back: two are enough, and a tenth less memory (docs/performance.md).
  MALLOC_ARENA_MAX: '2'
}

var connectorSettings = {
  // By address and not by account name: with the name the host would look for tables too, where the identity has no role.
  AzureWebJobsStorage__blobServiceUri: blobUri
  AzureWebJobsStorage__queueServiceUri: queueUri
  KEY_VAULT_URI: vaultUri
  GRAPH_ENDPOINT: graphEndpoints[environment().name]
  ENTRA_AUTHORITY_HOST: endsWith(authority, '/') ? take(authority, length(authority) - 1) : authority
  OUTBOUND_IP: outboundIp
  BLOB_TRIGGER_SOURCE: 'EventGrid'
}

// App settings are texts; a truth value's would begin with a capital letter.
var chosenSettings = mapValues(
  union(settingDefaults, settings),
  setting => contains(['True', 'False'], string(setting)) ? toLower(string(setting)) : string(setting)
)

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: names.functionApp
  location: location
  // azd finds the app to publish to by this tag.
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: appSubnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUri
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: '24' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryInMb
        maximumInstanceCount: maximumInstances
        alwaysReady: [{ name: 'blob', instanceCount: alwaysReadyBlobInstances }]
      }
    }
    // Flex Consumption refuses most of siteConfig (error 51021); these it takes.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: empty(portalAddresses) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: empty(portalAddresses)
        ? []
        : [
            ...map(portalAddresses, (address, i) => {
              name: 'portal-${i}'
              action: 'Allow'
              priority: 100 + i
              ipAddress: contains(address, '/') ? address : '${address}/32'
            })
            {
              // Without it no blob event arrives, and drops wait for the sweep.
              name: 'blob-events'
              action: 'Allow'
              priority: 200
              tag: 'ServiceTag'
              ipAddress: 'AzureEventGrid'
            }
          ]
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: { ...platformSettings, ...connectorSettings, ...chosenSettings }
}

// Publishing takes Entra tokens only; a publishing password would be a second, silent way in.
resource noFtpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource appLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    // Not FunctionAppLogs: Application Insights has the same lines, and both are paid for by the gigabyte.
    logs: [{ category: 'AppServiceAuthenticationLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource planMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: plan
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
