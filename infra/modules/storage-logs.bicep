metadata description = 'What is logged of the storage account: every write and deletion, and who looked at what.'

import { Names } from '../names.bicep'

param names Names
param workspaceId string

@description('Whether reads of blobs are logged too.')
param logsReads bool

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: names.storageAccount
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

// Nobody uses them; whoever does leaves a trace.
resource fileService 'Microsoft.Storage/storageAccounts/fileServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' existing = {
  parent: account
  name: 'default'
}

var writesAndDeletes = [
  { category: 'StorageWrite', enabled: true }
  { category: 'StorageDelete', enabled: true }
]
var reads = [{ category: 'StorageRead', enabled: true }]
var allMetrics = [{ category: 'AllMetrics', enabled: true }]

resource accountLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: account
  properties: {
    workspaceId: workspaceId
    metrics: allMetrics
  }
}

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: logsReads ? [...writesAndDeletes, ...reads] : writesAndDeletes
    metrics: allMetrics
  }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: queueService
  properties: {
    workspaceId: workspaceId
    // Never reads: every instance asks every queue each second or two.
    logs: writesAndDeletes
    metrics: allMetrics
  }
}

resource fileLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: fileService
  properties: {
    workspaceId: workspaceId
    logs: [...writesAndDeletes, ...reads]
    metrics: allMetrics
  }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: [...writesAndDeletes, ...reads]
    metrics: allMetrics
  }
}
