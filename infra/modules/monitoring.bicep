metadata description = 'Where logs and telemetry go. Both are written to and read with Entra identities only.'

import { Names } from '../names.bicep'

param names Names
param location string
param tags object

@minValue(30)
@maxValue(730)
param retentionInDays int

@description('Gigabytes a day at which the workspace takes no more until the next day; -1 for no limit. A limit hides what happens after it: for development only.')
param dailyLimitInGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: names.workspace
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    workspaceCapping: { dailyQuotaGb: dailyLimitInGb }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: names.applicationInsights
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    DisableIpMasking: false
    IngestionMode: 'LogAnalytics'
    WorkspaceResourceId: workspace.id
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

resource workspaceLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: workspace
  properties: {
    workspaceId: workspace.id
    // Who asked what of the logs.
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

output workspaceId string = workspace.id
@description('Where telemetry is sent; no secret, since keys are not taken (DisableLocalAuth).')
output connectionString string = applicationInsights.properties.ConnectionString
