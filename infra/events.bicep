metadata description = 'The second deployment, once the code is there: blob events reach the function that opens drop files. Its key, the host makes when the code has been published.'

import { toNames, toToken } from 'names.bicep'

@minLength(2)
@maxLength(10)
@description('As in main.bicep.')
param workload string = 'icechat'

@minLength(2)
@maxLength(30)
@description('As in main.bicep.')
param environmentName string

@description('As in main.bicep.')
param location string = resourceGroup().location

@minLength(4)
@maxLength(6)
@description('As in main.bicep.')
param token string = toToken(resourceGroup().id, workload, environmentName)

@description('As in main.bicep.')
param tags object = {}

// functions/registrations.ts is the truth of both; a test compares.
var blobFunction = 'openDropFile'
var watchedContainer = 'released'

var names = toNames(workload, environmentName, token)
var allTags = union(tags, { workload: workload, environment: environmentName })

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: names.storageAccount
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: names.workspace
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' existing = {
  name: names.actionGroup
}

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: names.functionApp
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: names.eventTopic
  location: location
  tags: allTags
  properties: {
    source: storage.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'released-drop-files'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${blobFunction}&code=${listKeys('${app.id}/host/default', app.apiVersion).systemKeys.blobs_extension}'
        minimumTlsVersionAllowed: '1.2'
        maxEventsPerBatch: 1
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      subjectBeginsWith: '/blobServices/default/containers/${watchedContainer}/'
      subjectEndsWith: '.json'
      isSubjectCaseSensitive: true
      enableAdvancedFilteringOnArrays: true
      advancedFilters: [
        {
          // The calls after which a blob is whole.
          operatorType: 'StringIn'
          key: 'data.api'
          values: ['PutBlob', 'PutBlockList', 'CopyBlob']
        }
      ]
    }
    // No dead letters: an event that is lost is made up for by the sweep, which enqueues from the blobs themselves.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}

resource topicLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: topic
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource droppedEvents 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${names.prefix}-events-dropped'
  location: 'global'
  tags: allTags
  properties: {
    description: 'Blob events were given up. Drops go on by the sweep, some minutes later. What to do: docs/runbooks/events-dropped.md'
    enabled: true
    severity: 3
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'events-dropped'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DroppedEventCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: actionGroup.id }]
  }
}

output subscriptionName string = subscription.name
